"""The feeds folder: what may stand in it, what is left over, what killed writers left.

Only names that we could have written are ours: a README or a file with a dot in front
is none of our business, and nothing behind a link is looked at.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from syndicate.errors import PublishError
from syndicate.publish.disk.twins import TWINS

_TEMPORARY = ".syndicate-"
_SUFFIXES = (
    ".rss",
    ".atom",
    ".json",
    ".html",
    ".opml",
    ".css",
    ".xsl",
    ".xml",
    ".js",
)
_numbers = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of the documents."""

    changed: tuple[str, ...] = ()
    """Paths that were written (or removed)."""
    unchanged: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    """(path, the cause for a person)."""
    units: int = 0
    """Units that were made: publish.units."""
    stories: int = 0
    """Stories that were looked at."""
    busy: bool = False
    """Another process publishes: nothing was done."""


def made(folder: Path) -> Path:
    """Make the folder, if need be; its path without links. Raises PublishError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return folder.resolve()
    except OSError as error:
        raise PublishError(cause_of(str(folder), error)) from error


def sweep(base: Path) -> None:
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


def aside(target: Path) -> Path:
    """Return a name beside ``target`` that nobody else has; :func:`sweep` knows it."""
    return target.with_name(f"{_TEMPORARY}{os.getpid()}-{next(_numbers)}")


def target_of(base: Path, path: str) -> Path:
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


def stale(folder: Path, expected: Collection[str]) -> tuple[str, ...]:
    """List documents under ``folder`` that are not ``expected`` (any more).

    Only names that we could have written are listed: a README or a file with a dot
    in front is none of our business, and nothing behind a link is looked at.
    """
    endings = ["", *(f".{ending}" for ending in TWINS)]
    known = {f"{path}{ending}" for path in expected for ending in endings}
    found = (
        Path(root, name).relative_to(folder).as_posix()
        for root, folders, names in os.walk(folder)
        for name in names
        if _ours(name)
    )
    return tuple(sorted(set(found) - known))


def remove(folder: Path, paths: Iterable[str]) -> Written:
    """Remove documents, and folders that are empty then; ``changed`` lists them.

    Each twin goes before its document: one that is left alone would still be served.
    """
    base = made(folder)
    changed: list[str] = []
    failed: list[tuple[str, str]] = []
    for path in sorted(paths, key=lambda path: (not _is_packed(path), path)):
        try:
            target = target_of(base, path)
            target.unlink(missing_ok=True)
            changed.append(path)
        except PublishError as error:
            failed.append((path, str(error)))
        except OSError as error:
            failed.append((path, cause_of(path, error)))
    _prune({target_of(base, path).parent for path in changed}, base)
    return Written(changed=tuple(sorted(changed)), failed=tuple(failed))


def _is_packed(path: str) -> bool:
    return path.endswith(tuple(f".{ending}" for ending in TWINS))


def _ours(name: str) -> bool:
    for ending in TWINS:
        name = name.removesuffix(f".{ending}")
    return not name.startswith(".") and name.endswith(_SUFFIXES)


def _prune(folders: Iterable[Path], base: Path) -> None:
    for folder in folders:
        while folder != base and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent  # noqa: PLW2901 - climbing is the point


def cause_of(path: str, error: OSError) -> str:
    """Say what is wrong with a path, for a person."""
    return f"{path}: {error.strerror or error}"
