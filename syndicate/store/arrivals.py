"""What came in a span of time: the stories that an issue is made of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from syndicate.store.rows import portions
from syndicate.store.schema import entries, sources, stories


def story_ids(
    connection: Connection,
    start: datetime,
    end: datetime,
    known: Collection[str] = (),
    after: int = 0,
) -> set[int]:
    """Numbers of the stories of which an article was first seen in that time.

    Of sources that were ever visited, and of those ``known`` besides. A story that
    began then is among them, whoever tells it. Of articles filed ``after`` that number
    alone, if it is given.
    """
    began = select(stories.c.id).where(
        stories.c.seen_at >= start, stories.c.seen_at < end
    )
    if after:
        filed = (entries.c.story_id == stories.c.id) & (entries.c.id > after)
        began = began.where(exists().where(filed))
    found = set(connection.scalars(began))
    keys = {*connection.scalars(select(sources.c.source)), *known}
    # By source, for that is how the index goes: it costs what came in that time.
    for some in portions(sorted(keys)):
        told = select(entries.c.story_id).where(
            entries.c.source.in_(some),
            entries.c.seen_at >= start,
            entries.c.seen_at < end,
            entries.c.id > after,
        )
        found.update(connection.scalars(told.distinct()))
    return found


def moved_since(
    connection: Connection, story_ids: Collection[int], at: datetime
) -> set[int]:
    """Numbers of entries of these stories that joined them after ``at``."""
    found: set[int] = set()
    for some in portions(sorted(set(story_ids))):
        query = select(entries.c.id).where(
            entries.c.story_id.in_(some), entries.c.joined_at > at
        )
        found.update(connection.scalars(query))
    return found


def newest(connection: Connection) -> int:
    """Number of the newest article; 0 if there is none."""
    return int(connection.scalar(select(func.max(entries.c.id))) or 0)
