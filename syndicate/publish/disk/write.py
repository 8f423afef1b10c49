"""Writing documents to the disk: whole, only when they differ, beside their twins.

A reader of the folder sees the old document or the new one, never a part: bytes go to
a temporary name in the same folder, are on the disk before anything is renamed, and
then renamed. Two files cannot be renamed at once, so the old twins (.gz, .br, .zst) go
first and the new ones come last: whenever a writer is killed, a twin is that of the
document or is not there, and a web server that finds none sends the document. Whatever
else goes wrong leaves the old document in place and the others unharmed.

Many documents are written together: all temporary files are filled, then all of them
brought to the disk, then renamed. One by one each would wait for the journal of the
file system: for the 16,000 files of a first publish that is most of the time.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from syndicate.errors import PublishError
from syndicate.files import fill, settle, settle_all
from syndicate.publish.disk.folder import (
    aside,
    cause_of,
    made,
    target_of,
)
from syndicate.publish.disk.twins import TWINS, twin
from syndicate.publish.forms.fragments import Document

_MANY = 16
"""Files from which on one sync of the file system costs less than one of each."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A document on the disk."""

    sha256: str
    size: int
    mtime: int
    """Of the file, in nanoseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What became of documents that were to be put in place."""

    changed: dict[str, Fact] = field(default_factory=dict)
    same: dict[str, Fact] = field(default_factory=dict)
    failed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Pending:
    """Files that wait under temporary names to be renamed."""

    path: str
    target: Path
    content: bytes
    files: tuple[tuple[Path, Path], ...]
    """(temporary, in its place), the document first."""


def place(
    folder: Path,
    documents: Mapping[str, Document],
    *,
    known: Mapping[str, Fact] | None = None,
    packed: Sequence[str] = ("gz",),
) -> Placed:
    """Put in place what differs of ``documents``, and its twins (``packed``).

    The caller is :func:`~syndicate.files.alone` in the folder. ``known`` is what was
    written before: a file of that size and time holds what we wrote and is not read.
    """
    base = made(folder)
    placed = Placed()
    failed: list[tuple[str, str]] = []
    pending: list[_Pending] = []
    for path, document in documents.items():
        try:
            target = target_of(base, path)
            fact = _as_it_should_be(target, document, (known or {}).get(path), packed)
            if fact is not None:
                placed.same[path] = fact
            else:
                pending.append(_filled(path, target, document, packed))
        except OSError as error:
            failed.append((path, cause_of(path, error)))
        except PublishError as error:
            failed.append((path, str(error)))
    _bring_to_disk(base, pending, failed)
    for one in pending:
        try:
            placed.changed[one.path] = _renamed(one)
        except OSError as error:
            failed.append((one.path, cause_of(one.path, error)))
            _let_go(one)
    parents = sorted({one.target.parent for one in pending})
    if len(parents) < _MANY or not settle_all(base):
        for parent in parents:
            with suppress(OSError):
                settle(parent)
    said = dict(failed)
    return Placed(
        changed=placed.changed,
        same=placed.same,
        failed=tuple((path, said[path]) for path in documents if path in said),
    )


def fill_in(file: Path, content: bytes) -> None:
    """Write a small file of our own beside the documents; raises PublishError."""
    temporary = aside(file)
    try:
        fill(temporary, content)
        temporary.replace(file)
        settle(file.parent)
    except OSError as error:
        _unlink([temporary])
        raise PublishError(cause_of(str(file), error)) from error


def _as_it_should_be(
    target: Path, document: Document, known: Fact | None, packed: Sequence[str]
) -> Fact | None:
    """Return what is on the disk if that is ``document`` with its twins, else None."""
    try:
        found = target.stat()
    except FileNotFoundError:
        return None
    digest = sha256(document.content).hexdigest()
    there = Fact(digest, found.st_size, found.st_mtime_ns)
    if there != known and not _holds(target, document.content):
        return None
    for ending in packed:
        beside = target.with_name(f"{target.name}.{ending}")
        if not _is_twin(beside, ending, document, trusted=there == known):
            return None
    surplus = set(TWINS) - set(packed)
    if any(target.with_name(f"{target.name}.{one}").exists() for one in surplus):
        return None
    return there


def _is_twin(beside: Path, ending: str, document: Document, *, trusted: bool) -> bool:
    if trusted:
        return beside.exists()
    if ending == "gz":
        return _packs(beside, document.content)
    return _holds(beside, twin(document, ending))


def _filled(
    path: str, target: Path, document: Document, packed: Sequence[str]
) -> _Pending:
    """Write a document and its twins under temporary names."""
    target.parent.mkdir(parents=True, exist_ok=True)
    contents = [document.content, *(twin(document, ending) for ending in packed)]
    names = [target.name, *(f"{target.name}.{ending}" for ending in packed)]
    files: list[tuple[Path, Path]] = []
    try:
        for name, content in zip(names, contents, strict=True):
            temporary = aside(target)
            files.append((temporary, target.with_name(name)))
            with temporary.open("xb") as stream:
                stream.write(content)
    except OSError:
        _unlink(temporary for temporary, _ in files)
        raise
    return _Pending(path, target, document.content, tuple(files))


def _bring_to_disk(
    base: Path, pending: list[_Pending], failed: list[tuple[str, str]]
) -> None:
    """Wait until what was filled is on the disk; what fails is let go."""
    if sum(len(one.files) for one in pending) >= _MANY and settle_all(base):
        return
    for one in list(pending):
        try:
            for temporary, _ in one.files:
                with temporary.open("rb") as stream:
                    os.fsync(stream.fileno())
        except OSError as error:
            failed.append((one.path, cause_of(one.path, error)))
            pending.remove(one)
            _let_go(one)


def _renamed(one: _Pending) -> Fact:
    """Put a document and its twins in place: old twins first, new ones last."""
    target = one.target
    for ending in TWINS:
        target.with_name(f"{target.name}.{ending}").unlink(missing_ok=True)
    found = one.files[0][0].stat()
    for temporary, final in one.files:
        temporary.replace(final)
    digest = sha256(one.content).hexdigest()
    return Fact(digest, found.st_size, found.st_mtime_ns)


def _let_go(one: _Pending) -> None:
    _unlink(temporary for temporary, _ in one.files)


def _unlink(files: Iterable[Path]) -> None:
    for file in files:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _holds(file: Path, content: bytes) -> bool:
    try:
        return file.stat().st_size == len(content) and file.read_bytes() == content
    except FileNotFoundError:
        return False


def _packs(file: Path, content: bytes) -> bool:
    """Say whether a .gz is that of ``content``, by its trailer (RFC 1952 §2.3.1).

    Packing again to compare would cost more than everything else here.
    """
    length = (len(content) & 0xFFFFFFFF).to_bytes(4, "little")
    try:
        return (
            file.read_bytes()[-8:] == zlib.crc32(content).to_bytes(4, "little") + length
        )
    except FileNotFoundError:
        return False
