"""What a feed document says: its entries, and itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from syndicate.model import RawEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """What a feed says of itself; addresses are absolute, empty if not said."""

    title: str = ""
    home: str = ""
    """Its page for people."""
    topic: str = ""
    """Its own address (``rel="self"``)."""
    hub: str = ""
    """Its WebSub hub (``rel="hub"``)."""
    next_page: str = ""
    """Older entries: RFC 5005 ``next`` or ``prev-archive``."""
    complete: bool = False
    """RFC 5005 ``fh:complete``: what is not here is gone."""
    hint: timedelta | None = None
    """How long it is good: ``ttl``, or ``sy:updatePeriod`` / ``updateFrequency``."""
    skip_hours: tuple[int, ...] = ()
    """UTC hours without news."""
    skip_days: tuple[int, ...] = ()
    """Weekdays without news, Monday is 0."""
    generator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """A feed that was read."""

    entries: tuple[RawEntry, ...]
    facts: FeedFacts = FeedFacts()
    deleted: tuple[str, ...] = ()
    """Guids of tombstones (RFC 6721 ``at:deleted-entry``)."""
    fast: bool = False
    """It was read without feedparser."""
