"""Explain: the whole life of one article, for a person who asks "why?"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicate.model import Feed, Source, StoredEntry, Story
from syndicate.publish.select import carries, free_at
from syndicate.store import Database, entries, keys, stories
from syndicate.store.keys import Key
from syndicate.text.urls import canonical

MOST_DIGITS = 20
"""A longer number is no number of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What we know of an entry and its story."""

    entry: StoredEntry
    known_by: tuple[Key, ...]
    """Every key that it was ever known by: (kind, value)."""
    story: Story | None
    """None if everything in it was withdrawn."""
    feeds: tuple[Feed, ...]
    """The feeds whose rules it meets."""
    held_until: datetime | None
    """End of its embargo, if that is still to come."""


def explain(
    database: Database,
    asked: str,
    *,
    feeds: Sequence[Feed],
    sources: Mapping[str, Source],
    now: datetime,
) -> Explanation | None:
    """Find an entry by its address or number; None if there is no such entry."""
    with database.read() as connection:
        if asked.isdecimal() and len(asked) < MOST_DIGITS:
            stored = entries.get(connection, int(asked))
        else:
            stored = entries.by_url(connection, canonical(asked))
        if stored is None:
            return None
        story = stories.get(connection, stored.story)
        known_by = tuple(keys.of_entry(connection, stored.id))
    if story is None:
        return Explanation(
            entry=stored, known_by=known_by, story=None, feeds=(), held_until=None
        )
    return Explanation(
        entry=stored,
        known_by=known_by,
        story=story,
        feeds=tuple(feed for feed in feeds if carries(feed, story, sources)),
        held_until=free if (free := free_at(story, sources)) > now else None,
    )
