"""Old entries: found, and removed with all that hangs on them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, select, update

from syndicate.model import StoredEntry
from syndicate.store import decisions as decided
from syndicate.store import indexing
from syndicate.store.rows import stored_entry
from syndicate.store.schema import (
    aliases,
    citings,
    decisions,
    entries,
    gists,
    keys,
    labels,
    pages,
    reviews,
    rulings,
    shingles,
    stories,
    terms,
)


def old(connection: Connection, before: datetime, most: int) -> list[int]:
    """Ids of entries first seen before that moment, of the oldest stories first."""
    query = (
        select(entries.c.id)
        .join(stories, stories.c.id == entries.c.story_id)
        # No entry of a story is older than the story, and stories have the index.
        .where(stories.c.seen_at < before, entries.c.seen_at < before)
        .order_by(stories.c.seen_at, stories.c.id, entries.c.id)
        .limit(most)
    )
    return list(connection.scalars(query))


def count_old(connection: Connection, before: datetime) -> int:
    """How many entries were first seen before that moment."""
    query = select(func.count()).where(entries.c.seen_at < before)
    return connection.execute(query).scalar_one()


def remove(connection: Connection, ids: Collection[int]) -> list[int]:
    """Remove entries; returns the stories that they told and that others tell still.

    Stories that nobody tells any more are removed with their labels. Pages stay, as
    read and not kept: they need not be read again while they are listed.
    """
    told = set(
        connection.scalars(
            select(entries.c.story_id).where(entries.c.id.in_(ids)).distinct()
        )
    )
    decided.hand_on(connection, ids)
    indexing.forget(connection, ids)
    for table in (keys, shingles, terms, gists, citings, decisions, rulings):
        connection.execute(delete(table).where(table.c.entry_id.in_(ids)))
    connection.execute(delete(rulings).where(rulings.c.other_id.in_(ids)))
    connection.execute(
        update(pages).where(pages.c.entry_id.in_(ids)).values(entry_id=None)
    )
    connection.execute(
        update(stories).where(stories.c.lead_id.in_(ids)).values(lead_id=None)
    )
    connection.execute(delete(entries).where(entries.c.id.in_(ids)))
    left = set(
        connection.scalars(
            select(stories.c.id).where(
                stories.c.id.in_(told),
                exists().where(entries.c.story_id == stories.c.id),
            )
        )
    )
    empty = told - left
    for table in (labels, reviews, aliases):
        connection.execute(delete(table).where(table.c.story_id.in_(empty)))
    connection.execute(delete(stories).where(stories.c.id.in_(empty)))
    return sorted(left)


def uncounted(connection: Connection, most: int) -> list[StoredEntry]:
    """The newest entries with a text whose grams were never counted."""
    query = (
        select(entries)
        .where(entries.c.grams == 0, entries.c.text != "")
        .order_by(entries.c.id.desc())
        .limit(most)
    )
    return [stored_entry(row) for row in connection.execute(query)]


def count_grams(connection: Connection, entry_id: int, grams: int) -> None:
    """Note how many grams a text has; a text without words counts as one."""
    done = update(entries).where(entries.c.id == entry_id).values(grams=max(grams, 1))
    connection.execute(done)
