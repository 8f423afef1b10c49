"""Documents put together from parts that are kept, and packed without packing again.

A story stands in many documents, and most of a document is what it was an hour ago. So
each story is rendered and deflated once for each form. A part is deflated on its own
and ends on a byte (``Z_FULL_FLUSH``), so parts put one behind the other are one deflate
stream (RFC 1951 §2.3), and with head and tail one gzip member (RFC 1952): the twin of a
long document costs copying and a CRC, no compression.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from syndicate.model import Rights

_LEVEL = 6
SMALL = 512_000
"""Bytes of a document that is packed whole: that takes some milliseconds, and the twin
is half as large, since what one story says another says too."""
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""A gzip header without name or time (RFC 1952 §2.3): the same bytes every day."""


class Form(StrEnum):
    """What a story is rendered as; also how the names of such documents end."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"
    HTML = "html"


def form_key(form: Form, rights: Rights) -> str:
    """Name what a story looks like in ``form`` under a ceiling of rights.

    With the ceiling that takes nothing away it is the name of the form.
    """
    return form.value if rights is Rights.FULL else f"{form.value}/{rights.value}"


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a document, as it is and deflated."""

    content: bytes
    packed: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """A document and its gzip twin."""

    content: bytes
    packed: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the stories of a document, and between two of them."""

    head: bytes
    between: bytes
    tail: bytes


def fragment(content: bytes) -> Fragment:
    """Deflate a part so that it can stand anywhere in a document."""
    deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflater.compress(content) + deflater.flush(zlib.Z_FULL_FLUSH)
    return Fragment(content, packed)


def document(
    frame: Frame, parts: Iterable[Fragment], *, small: int = SMALL
) -> Document:
    """Put a document together; the same arguments give the same bytes.

    One of up to ``small`` bytes is packed whole.
    """
    told, head, tail = [*parts], fragment(frame.head), fragment(frame.tail)
    if frame.between and told:
        between = _known(frame.between)
        told = [each for part in told for each in (between, part)][1:]
    content = b"".join([head.content, *[part.content for part in told], tail.content])
    if len(content) <= small:
        return packed_whole(content)
    deflated = [head.packed, *[part.packed for part in told], tail.packed]
    return Document(content, b"".join([_HEAD, *deflated, _END, _trailer(content)]))


def packed_whole(content: bytes) -> Document:
    """Pack a document that is made in one piece."""
    return Document(content, gzip.compress(content, _LEVEL, mtime=0))


_known = lru_cache(maxsize=16)(fragment)


def _end() -> bytes:
    """Give the last, empty block of a deflate stream."""
    deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflater.flush(zlib.Z_FINISH)


_END = _end()


def _trailer(content: bytes) -> bytes:
    length = (len(content) & 0xFFFFFFFF).to_bytes(4, "little")
    return zlib.crc32(content).to_bytes(4, "little") + length
