"""What is left in Atom of a story that was withdrawn (RFC 6721).

Only the id, the moment and a word of why: nothing of what the story said, and no link.
Readers that know nothing of tombstones take a link in one for the feed's own
(feedparser does).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A story that is gone."""

    uid: str
    at: datetime
    into: str = ""
    """The uid of the story that it was merged into, if it was."""


def ordered(tombstones: Iterable[Tombstone]) -> tuple[Tombstone, ...]:
    """Put them into the order in which they are written: the last one first."""
    newest_first = sorted(
        tombstones, key=lambda one: (-one.at.timestamp(), one.uid, one.into)
    )
    found: dict[str, Tombstone] = {}
    for one in newest_first:
        found.setdefault(one.uid, one)
    return tuple(found.values())
