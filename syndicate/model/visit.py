"""What a visit to a source came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What one gathered entry turned out to be."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REPEAT = "repeat"
    """New, and it tells a story that we have: in the same words, or in others."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One gathering of one source, for the log and for people."""

    source: str
    at: datetime
    error: str = ""
    """Empty if the source answered and could be read."""
    not_modified: bool = False
    """304, or the same body as before."""
    status: int = 0
    """HTTP status of the source's own answer; 0 if there was none."""
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    details: tuple[str, ...] = ()
    """A line for each entry that failed, and why."""
