"""Entries: articles as we keep them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, select, update

from syndicate.errors import StoreError
from syndicate.model import Bond, Entry, StoredEntry
from syndicate.store import shingles as shingled
from syndicate.store.columns import fits, mark
from syndicate.store.keys import Key, anywhere, matching, remember
from syndicate.store.rows import bond_values, entry_values, stored_entry
from syndicate.store.schema import entries, stories
from syndicate.store.shingles import sharing

__all__ = [
    "Key",
    "add",
    "anywhere",
    "by_url",
    "change",
    "count",
    "get",
    "matching",
    "refresh",
    "restore",
    "sharing",
    "withdraw",
]


def add(  # noqa: PLR0913 - one argument for each thing that a new entry brings
    connection: Connection,
    entry: Entry,
    *,
    story: int,
    bond: Bond,
    keys: Sequence[Key],
    shingles: Collection[int],
    now: datetime,
    backlog: bool,
) -> StoredEntry:
    """Keep a new entry as a teller of ``story``.

    The story's own time of change stays: a further teller is no change of content.
    """
    values = entry_values(entry) | bond_values(bond)
    values |= {"story_id": story, "backlog": backlog}
    values |= {"joined_at": now, "seen_at": now, "changed_at": now}
    query = insert(entries).values(values).returning(entries.c.id)
    entry_id = connection.execute(query).scalar_one()
    remember(connection, entry_id, keys)
    shingled.keep(connection, entry_id, shingles)
    return _need(connection, entry_id)


def change(
    connection: Connection,
    entry_id: int,
    entry: Entry,
    *,
    keys: Sequence[Key],
    shingles: Collection[int],
    now: datetime,
) -> StoredEntry:
    """Replace the content of an entry; its keys of before stay its own.

    ``changed_at`` moves to ``now``, that of the story too if the entry leads it.

    :raises StoreError: there is no such entry, or it belongs to another source
    """
    _replace(connection, entry_id, entry, {"changed_at": now})
    remember(connection, entry_id, keys)
    shingled.keep(connection, entry_id, shingles)
    stored = _need(connection, entry_id)
    if _leading(connection, stored.story) == entry_id:
        which = stories.c.id == stored.story
        connection.execute(update(stories).where(which).values(changed_at=now))
    return stored


def refresh(
    connection: Connection, entry_id: int, entry: Entry, keys: Sequence[Key]
) -> StoredEntry:
    """Note what is known better now (a date, an address) of the same content.

    No time of change moves.

    :raises StoreError: there is no such entry, or it belongs to another source
    """
    _replace(connection, entry_id, entry, {})
    remember(connection, entry_id, keys)
    return _need(connection, entry_id)


def get(connection: Connection, entry_id: int) -> StoredEntry | None:
    """The entry with this id."""
    if not fits(entry_id):
        return None
    row = connection.execute(select(entries).where(entries.c.id == entry_id)).first()
    return None if row is None else stored_entry(row)


def by_url(connection: Connection, url: str) -> StoredEntry | None:
    """The entry at this canonical address.

    If several sources list it: the first that is not withdrawn.
    """
    query = (
        select(entries)
        .where(entries.c.url_mark == mark(url))
        .order_by(entries.c.withdrawn_at.is_not(None), entries.c.id)
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else stored_entry(row)


def withdraw(connection: Connection, entry_id: int, now: datetime) -> None:
    """Note that the source took the entry back; the first time counts."""
    connection.execute(
        update(entries)
        .where(entries.c.id == entry_id, entries.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )


def restore(connection: Connection, entry_id: int) -> None:
    """Note that a withdrawn entry is there again."""
    connection.execute(
        update(entries).where(entries.c.id == entry_id).values(withdrawn_at=None)
    )


def count(connection: Connection) -> int:
    """How many entries there are, withdrawn ones among them."""
    return connection.execute(select(func.count()).select_from(entries)).scalar_one()


def _leading(connection: Connection, story_id: int) -> int | None:
    """The entry that readers see first; the same order as in ``stories``."""
    query = (
        select(entries.c.id)
        .join(stories, stories.c.id == entries.c.story_id)
        .where(entries.c.story_id == story_id)
        .order_by(
            entries.c.withdrawn_at.is_not(None),
            # Not "!=": that is NULL, and sorts differently, when nobody was chosen.
            case((entries.c.id == stories.c.lead_id, 0), else_=1),
            func.coalesce(entries.c.published_at, entries.c.seen_at),
            entries.c.id,
        )
        .limit(1)
    )
    return connection.scalar(query)


def _replace(
    connection: Connection, entry_id: int, entry: Entry, more: dict[str, Any]
) -> None:
    # The source is part of the condition: nobody overwrites another's article.
    result = connection.execute(
        update(entries)
        .where(entries.c.id == entry_id, entries.c.source == entry.source)
        .values(entry_values(entry) | more)
    )
    if result.rowcount != 1:
        raise StoreError(f"source {entry.source} has no entry {entry_id}")


def _need(connection: Connection, entry_id: int) -> StoredEntry:
    found = get(connection, entry_id)
    if found is None:
        raise StoreError(f"there is no entry {entry_id}")
    return found
