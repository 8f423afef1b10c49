"""What is made and written at once: a unit of publishing, as the store names it (pure).

A change in the store leads to units, and a unit to documents. The store keeps the names
of units until their documents are on the disk, so a process that dies in between loses
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class UnitKind(StrEnum):
    """What there is to make."""

    FEED = "feed"
    """The documents of a feed as it is now: key."""
    ARCHIVE = "archive"
    """A closed archive page of a feed (RFC 5005 §4): key, and number from 1."""
    STORY = "story"
    """The page of a story: uid."""
    DAY = "day"
    """The page of a day, "2026-11-22", in the time zone of the site."""
    MONTH = "month"
    """What lists a month, "2026-11": its sitemap."""
    SHELF = "shelf"
    """The lists of cited documents."""
    SITE = "site"
    """What there is once: front page, lists, styles, the index of sitemaps."""


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """One thing to make; ``number`` is that of an archive page, else 0."""

    kind: UnitKind
    key: str = ""
    number: int = 0

    def __str__(self) -> str:
        """Name it as the store does; :func:`parsed` reads it again."""
        return f"{self.kind.value}:{self.number}:{self.key}"


def parsed(name: str) -> Unit | None:
    """Read a name; None for one that this version does not know."""
    kind, _, rest = name.partition(":")
    number, _, key = rest.partition(":")
    if kind not in set(UnitKind) or not number.isdigit():
        return None
    return Unit(UnitKind(kind), key, int(number))
