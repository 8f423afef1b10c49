"""Writing documents to the disk: whole, only when they differ, beside their .gz.

A reader of the folder sees the old document or the new one, never a part: bytes go to
a temporary name in the same folder, are fsynced, and renamed. Two files cannot be
renamed at once, so the old .gz goes first and the new one comes last: whenever a
writer is killed, the .gz is that of the document or is not there, and a web server
that finds none sends the document. Whatever else goes wrong leaves the old document
in place and the others unharmed.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from syndicate.errors import PublishError
from syndicate.files import alone, fill, settle

_TEMPORARY = ".syndicate-"
_SUFFIXES = (".rss", ".atom", ".json", ".html", ".opml", ".css", ".xsl")
_numbers = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of the documents."""

    changed: tuple[str, ...] = ()
    """Paths that were written (or removed)."""
    unchanged: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    """(path, the cause for a person)."""


def write(folder: Path, documents: Mapping[str, bytes]) -> Written:
    """Write each of ``documents`` (path under ``folder`` → bytes) that differs.

    Beside each stands the same bytes as ``.gz``. What cannot be written is reported
    in ``failed`` and does not keep the others from being written; an error is raised
    for nothing but a ``folder`` that cannot be made.
    """
    base = _made(folder)
    changed: list[str] = []
    failed: list[tuple[str, str]] = []
    with alone(base):
        _sweep(base)
        for path, content in documents.items():
            try:
                if _write_one(base, path, content):
                    changed.append(path)
            except PublishError as error:
                failed.append((path, str(error)))
    for parent in sorted({(base / path).parent for path in changed}):
        settle(parent)
    return Written(
        changed=tuple(changed),
        unchanged=len(documents) - len(changed) - len(failed),
        failed=tuple(failed),
    )


def stale(folder: Path, expected: Collection[str]) -> tuple[str, ...]:
    """List documents under ``folder`` that are not ``expected`` (any more).

    Only names that we could have written are listed: a README or a file with a dot
    in front is none of our business, and nothing behind a link is looked at.
    """
    known = {name for path in expected for name in (path, f"{path}.gz")}
    found = (
        Path(root, name).relative_to(folder).as_posix()
        for root, folders, names in os.walk(folder)
        for name in names
        if _ours(name)
    )
    return tuple(sorted(set(found) - known))


def remove(folder: Path, paths: Iterable[str]) -> Written:
    """Remove documents, and folders that are empty then; ``changed`` lists them.

    Each .gz goes before its document: one that is left alone would still be served.
    """
    base = _made(folder)
    changed: list[str] = []
    failed: list[tuple[str, str]] = []
    for path in sorted(paths, key=lambda path: (not path.endswith(".gz"), path)):
        try:
            target = _target(base, path)
            target.unlink(missing_ok=True)
            changed.append(path)
        except PublishError as error:
            failed.append((path, str(error)))
        except OSError as error:
            failed.append((path, _cause(path, error)))
    _prune({_target(base, path).parent for path in changed}, base)
    return Written(changed=tuple(sorted(changed)), failed=tuple(failed))


def _write_one(base: Path, path: str, content: bytes) -> bool:
    """Write one document if it differs; raises a PublishError that names it."""
    target = _target(base, path)
    packed = target.with_name(f"{target.name}.gz")
    try:
        if _holds(target, content) and _packs(packed, content):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        _swap(target, packed, content)
    except OSError as error:
        raise PublishError(_cause(path, error)) from error
    return True


def _target(base: Path, path: str) -> Path:
    """Return the file of ``path``, which must be inside ``base``, links followed."""
    parts = path.split("/")
    wrong = {"", ".", ".."}.intersection(parts) or "\0" in path or "\\" in path
    if wrong or any(part.startswith(_TEMPORARY) for part in parts):
        raise PublishError(f"{path!r}: not a path inside the feeds folder")
    target = base.joinpath(*parts)
    try:
        inside = target.parent.resolve().is_relative_to(base)
    except (OSError, RuntimeError) as error:  # a loop of links
        raise PublishError(f"{path}: {error}") from error
    if not inside:
        raise PublishError(f"{path!r}: leads out of the feeds folder")
    return target


def _swap(target: Path, packed: Path, content: bytes) -> None:
    """Put a document and its .gz in place, or neither if the disk has no room."""
    temporaries = [
        target.with_name(f"{_TEMPORARY}{os.getpid()}-{next(_numbers)}")
        for _file in (target, packed)
    ]
    try:
        # mtime 0: the same document has the same bytes, packed too.
        fill(temporaries[0], content)
        fill(temporaries[1], gzip.compress(content, 6, mtime=0))
        packed.unlink(missing_ok=True)
        temporaries[0].replace(target)
        temporaries[1].replace(packed)
    finally:
        for temporary in temporaries:
            temporary.unlink(missing_ok=True)


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


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return folder.resolve()
    except OSError as error:
        raise PublishError(_cause(str(folder), error)) from error


def _sweep(base: Path) -> None:
    """Remove what a killed writer left; never the work of one that still runs."""
    # Not rglob, which costs ten times as much: cited documents are thousands.
    for root, _folders, names in os.walk(base):
        for name in names:
            if not name.startswith(_TEMPORARY):
                continue
            number = name.removeprefix(_TEMPORARY).partition("-")[0]
            if number.isdigit() and not _runs(int(number)):
                Path(root, name).unlink(missing_ok=True)


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _ours(name: str) -> bool:
    return not name.startswith(".") and name.removesuffix(".gz").endswith(_SUFFIXES)


def _prune(folders: Iterable[Path], base: Path) -> None:
    for folder in folders:
        while folder != base and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent  # noqa: PLW2901 - climbing is the point


def _cause(path: str, error: OSError) -> str:
    return f"{path}: {error.strerror or error}"
