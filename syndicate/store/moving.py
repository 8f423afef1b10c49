"""Entries that go from story to story, because an editor says so.

Nothing else moves an entry once it has its story.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, update

from syndicate.model import Bond
from syndicate.store import aliases
from syndicate.store.schema import labels, reviews, stories
from syndicate.store.stories import join


def begin(
    connection: Connection, uid: str, *, seen_at: datetime, changed_at: datetime
) -> int:
    """A story without entries, whose first entry was had at ``seen_at``; its number.

    :raises StoreError: at the end of ``write``, if ``uid`` is taken
    """
    values = {"uid": uid, "seen_at": seen_at, "changed_at": changed_at}
    query = insert(stories).values(values).returning(stories.c.id)
    return int(connection.execute(query).scalar_one())


def move(
    connection: Connection, bonds: Mapping[int, Bond], story_id: int, now: datetime
) -> None:
    """Let entries tell another story from now on: (entry, why it belongs there)."""
    for entry_id, bond in bonds.items():
        join(connection, story_id, entry_id, bond, now)


def dissolve(
    connection: Connection, story_id: int, uid: str, into: int, now: datetime
) -> None:
    """Remove a story that has no entries any more; its uids lead to ``into``."""
    aliases.turn(connection, story_id, into)
    for table in (labels, reviews):
        connection.execute(delete(table).where(table.c.story_id == story_id))
    connection.execute(delete(stories).where(stories.c.id == story_id))
    aliases.add(connection, uid, into, now)


def seen_from(connection: Connection, story_id: int, seen_at: datetime) -> None:
    """Note when the first of a story's entries was first had."""
    which = stories.c.id == story_id
    connection.execute(update(stories).where(which).values(seen_at=seen_at))


def touch(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Note that stories are others than before: feeds are made anew."""
    which = stories.c.id.in_(ids)
    connection.execute(update(stories).where(which).values(changed_at=now))
