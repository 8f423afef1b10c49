"""Stories that may have changed since they were last published.

The database adds to them by itself (:mod:`syndicate.store.schema.triggers`); this is
how they are read and removed, and how a moment is noted at which a story changes
without anybody writing: the end of an embargo.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, exists, or_, select, union

from syndicate.store.bulk import insert_rows, moments
from syndicate.store.rows import portions
from syndicate.store.schema import changes, labels, permalinks, stories
from syndicate.store.schema import entries as told

_READ = 5_000
"""Rows that are read at once: filing notes a story several times."""


class Due(NamedTuple):
    """What is to be looked at together."""

    rows: tuple[int, ...]
    """To be removed once that is done."""
    stories: tuple[int, ...]
    """In the order in which they changed."""


def note(
    connection: Connection, story_ids: Iterable[int], due_at: datetime | None = None
) -> None:
    """Note that stories may have changed, or will have at ``due_at``."""
    due = moments(connection)(due_at)
    rows = [(one, due) for one in story_ids]
    insert_rows(connection, changes, ("story_id", "due_at"), rows)


def note_all(
    connection: Connection,
    categories: Collection[str] = (),
    sources: Collection[str] = (),
) -> None:
    """Note every story, the oldest first; or those of categories, or of sources.

    Every story: also those that are gone, and each once, whatever was noted before.
    """
    if not categories and not sources:
        _note_everything(connection)
        return
    query = select(stories.c.id).order_by(stories.c.id)
    if categories:
        among = select(labels.c.story_id).where(labels.c.category.in_(categories))
        query = query.where(stories.c.id.in_(among))
    if sources:
        among = select(told.c.story_id).where(told.c.source.in_(sources))
        query = query.where(stories.c.id.in_(among))
    connection.execute(changes.insert().from_select(["story_id"], query))


def _note_everything(connection: Connection) -> None:
    told = (
        union(select(stories.c.id), select(permalinks.c.story_id)),
        select(changes.c.story_id).where(changes.c.due_at.is_(None)),
    )
    # Read before the old rows go: stories that are no more are known by these alone.
    ids = sorted({one for query in told for one in connection.scalars(query)})
    connection.execute(delete(changes).where(changes.c.due_at.is_(None)))
    note(connection, ids)


def pending(connection: Connection, now: datetime) -> bool:
    """Whether there is a story to look at."""
    return bool(connection.scalar(select(exists().where(_due(now)))))


def count(connection: Connection, now: datetime) -> int:
    """How many stories there are to look at."""
    query = select(changes.c.story_id).where(_due(now)).distinct()
    return len(connection.execute(query).all())


def due(connection: Connection, now: datetime, most: int) -> Due:
    """The first stories to look at, at most so many."""
    query = (
        select(changes.c.id, changes.c.story_id)
        .where(_due(now))
        .order_by(changes.c.id)
        .limit(_READ)
    )
    found: dict[int, None] = {}
    rows: list[int] = []
    for number, story in connection.execute(query):
        if story not in found and len(found) >= most:
            continue
        found[story] = None
        rows.append(number)
    return Due(tuple(rows), tuple(found))


def remove(connection: Connection, rows: Collection[int]) -> None:
    """Forget what was looked at."""
    for some in portions(list(rows)):
        connection.execute(delete(changes).where(changes.c.id.in_(some)))


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(changes.c.due_at.is_(None), changes.c.due_at <= now)
