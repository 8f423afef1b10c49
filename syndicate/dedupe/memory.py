"""Whether an entry that was purged is kept away, and how often one may change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

_SAYS = ("content", "text", "title-date")
"""Kinds of keys that stand for what an entry says."""
_PLACES = ("guid", "address")
"""Kinds that a source may give to another entry later ("Lịch công tác")."""


def stays_away(published: datetime | None, stones: Mapping[str, datetime]) -> str:
    """The kind of key by which an entry is known to have been purged, or "".

    ``stones`` holds kinds of its keys and when an entry with such a key was purged.
    What says the same is the same. At the same place there may be something new: it
    was published after the other had been purged.
    """
    for kind in _SAYS:
        if kind in stones:
            return kind
    for kind in _PLACES:
        if kind in stones and (published is None or published <= stones[kind]):
            return kind
    return ""


def changes_today(changes: int, changed_at: datetime, now: datetime) -> int:
    """How often an entry changed on the day (UTC) of ``now``.

    ``changes`` is how often it did on the day of ``changed_at``.
    """
    same_day = changed_at.astimezone(UTC).date() == now.astimezone(UTC).date()
    return changes if same_day else 0
