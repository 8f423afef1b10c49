"""The packed twins that stand beside a document (pure)."""

from __future__ import annotations

import brotli  # type: ignore[import-untyped]  # it has no stubs
import zstandard

from syndicate.publish.forms.fragments import Document

TWINS = ("gz", "br", "zst")
"""Endings of the files that we ever write beside a document."""

# Made whenever a document changes, so a middle way: the highest levels cost fifty
# times as much for a tenth less.
_BROTLI = 5
_ZSTANDARD = 9


def twin(document: Document, ending: str) -> bytes:
    """Return the bytes of the twin with that ending; the same for the same document.

    Raises a ValueError for an ending that we do not write.
    """
    if ending == "gz":
        return document.packed
    if ending == "br":
        return bytes(brotli.compress(document.content, quality=_BROTLI))
    if ending == "zst":
        made = zstandard.ZstdCompressor(level=_ZSTANDARD, write_checksum=True)
        return made.compress(document.content)
    raise ValueError(f"{ending} is no packed twin")
