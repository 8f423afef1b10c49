"""The file beside the store that only grows: who left, and who gets nothing more.

A line for each, by mark::

    2026-10-14T03:00:00+00:00 suppressed MARK - complaint
    2026-10-14T03:00:00+00:00 left MARK weekly -
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

SUPPRESSED, LIFTED, LEFT, BACK = "suppressed", "lifted", "left", "back"
_NONE = "-"
Key = tuple[str, str]
"""A mark, and a digest; "" for all of them."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """What the file says last of somebody."""

    at: datetime
    kind: str
    mark: str
    digest: str
    reason: str = _NONE

    def __str__(self) -> str:
        """Return the line as it is written."""
        digest = self.digest or _NONE
        return f"{self.at.isoformat()} {self.kind} {self.mark} {digest} {self.reason}\n"


def file_beside(counter: Path | None) -> Path | None:
    """Where the file lies, given where the one that counts claims does."""
    return None if counter is None else counter.with_suffix(".departed")


def read(path: Path) -> dict[Key, Line]:
    """What the file says last of each; a torn line says nothing.

    :raises OSError: it is there and cannot be read
    """
    known: dict[Key, Line] = {}
    try:
        text = path.read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return known
    for said in text.split("\n"):
        words = said.split(" ")
        if len(words) != 5:
            continue
        try:
            at = datetime.fromisoformat(words[0])
        except ValueError:
            continue
        if at.tzinfo is not None:
            digest = "" if words[3] == _NONE else words[3]
            line = Line(at, words[1], words[2], digest, words[4])
            known[line.mark, digest] = line
    return known


def append(path: Path, lines: Iterable[Line]) -> None:
    """Add lines, and have them on the disk; raises OSError."""
    text = "".join(map(str, lines))
    if not text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="ascii") as file:
        # A line that a crash has torn must not swallow the next one.
        file.write(text if _ends_whole(path) else f"\n{text}")
        file.flush()
        os.fsync(descriptor)


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def note(path: Path | None, lines: Iterable[Line]) -> None:
    """Add lines; what cannot be written is told in the log, and made good later."""
    try:
        if path is not None:
            append(path, lines)
    except OSError as error:
        log.warning("members: %s: %s", path, error)
