"""Saved pages and feeds in a folder, for sources of the kind "folder"."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from syndicate.errors import Unreachable
from syndicate.model import Source

SUFFIXES = frozenset(
    {".html", ".htm", ".xhtml", ".xml", ".rss", ".atom", ".rdf", ".json"}
)
MAX_FILES = 5_000
MAX_BYTES = 20_000_000
# A browser keeps a saved page's pictures and frames in such a folder beside it.
_COMPANIONS = ("_files", "_tep_tin")


class SavedFile(NamedTuple):
    """A saved document: its path below the folder, its bytes, when it was saved."""

    name: str
    body: bytes
    modified: datetime


def read_folder(path: Path, *, source: Source) -> list[SavedFile]:
    """Read the saved documents below ``path``, by name.

    Hidden files, links out of the folder, other kinds of file and files beyond
    :data:`MAX_BYTES` or :data:`MAX_FILES` are passed over; so is a file that cannot
    be read, for it must not lose the others. Raises Unreachable if there is no such
    folder.
    """
    try:
        root = path.resolve(strict=True)
        names = sorted(each for each in root.rglob("*") if _is_document(each, root))
    except OSError as error:
        raise Unreachable(
            str(path),
            f"the folder cannot be read: check url of the source {source.key!r}"
            f" ({error.strerror or error})",
        ) from error
    if not root.is_dir():
        raise Unreachable(str(path), f"not a folder: check url of {source.key!r}")
    saved = (_read(each, root) for each in names[:MAX_FILES])
    return [each for each in saved if each is not None]


def _is_document(path: Path, root: Path) -> bool:
    inside = path.relative_to(root).parts
    return (
        path.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in inside)
        and not any(part.endswith(_COMPANIONS) for part in inside[:-1])
        and path.resolve().is_relative_to(root)
        and path.is_file()
    )


def _read(path: Path, root: Path) -> SavedFile | None:
    try:
        facts = path.stat()
        if facts.st_size > MAX_BYTES:
            return None
        body = path.read_bytes()
    except OSError:
        return None
    modified = datetime.fromtimestamp(facts.st_mtime, tz=UTC)
    return SavedFile(path.relative_to(root).as_posix(), body, modified)
