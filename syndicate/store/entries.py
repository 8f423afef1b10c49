"""Entries: articles as we keep them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from syndicate.errors import StoreError
from syndicate.model import Bond, Dated, Entry, StoredEntry
from syndicate.store import indexing
from syndicate.store import shingles as shingled
from syndicate.store.bulk import moments, next_ids, run_many
from syndicate.store.codecs import dumps, from_json, to_json
from syndicate.store.columns import fits, mark
from syndicate.store.keys import Key, anywhere, matching, remember
from syndicate.store.rows import (
    NewRow,
    bond_values,
    entries_by_id,
    entry_values,
    insert_entries,
    portions,
    stored_entry,
)
from syndicate.store.schema import entries, stories
from syndicate.store.shingles import sharing

__all__ = [
    "Held",
    "Key",
    "NewRow",
    "add",
    "anywhere",
    "by_url",
    "change",
    "count",
    "get",
    "get_many",
    "heads",
    "insert_entries",
    "matching",
    "new_ids",
    "redate",
    "restore",
    "sharing",
    "tell",
    "tellings",
    "withdraw",
]

TELLINGS = 5_000
"""Newest entries of a source whose tellings are looked at; more no feed lists."""


@dataclass(frozen=True, slots=True)
class Held:
    """What of an entry is needed to know it again: all but its long texts."""

    id: int
    story: int
    source: str
    url: str
    guid: str
    fingerprint: str
    told: str
    published: Dated | None
    changed_at: datetime
    changes: int
    """How often it changed on the day of ``changed_at``."""
    withdrawn_at: datetime | None


_HEADS = select(
    entries.c.id,
    entries.c.story_id,
    entries.c.source,
    entries.c.url,
    entries.c.guid,
    entries.c.fingerprint,
    entries.c.told,
    entries.c.published,
    entries.c.changed_at,
    entries.c.changes,
    entries.c.withdrawn_at,
).where(entries.c.id.in_(bindparam("ids", expanding=True)))


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
    """Keep a new entry as a teller of ``story``; many at once: ``insert_entries``.

    The story's own time of change stays: a further teller is no change of content.
    """
    values = entry_values(entry) | bond_values(bond)
    values |= {"story_id": story, "backlog": backlog}
    values |= {"joined_at": now, "seen_at": now, "changed_at": now}
    query = insert(entries).values(values).returning(entries.c.id)
    entry_id = connection.execute(query).scalar_one()
    indexing.note(connection, [entry_id])
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
    **facts: int | str,
) -> StoredEntry:
    """Replace the content of an entry; its keys of before stay its own.

    ``changed_at`` moves to ``now``, that of the story too if the entry leads it.
    ``facts`` are what else is kept of it: ``grams``, ``changes``, ``told``.

    :raises StoreError: there is no such entry, or it belongs to another source
    """
    _replace(connection, entry_id, entry, {"changed_at": now, **facts})
    remember(connection, entry_id, keys)
    shingled.keep(connection, entry_id, shingles)
    stored = _need(connection, entry_id)
    if _leading(connection, stored.story) == entry_id:
        which = stories.c.id == stored.story
        connection.execute(update(stories).where(which).values(changed_at=now))
    return stored


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


def new_ids(connection: Connection, count: int) -> list[int]:
    """Numbers for so many new entries; inside a transaction that writes."""
    return next_ids(connection, entries, count)


def get_many(connection: Connection, ids: Collection[int]) -> dict[int, StoredEntry]:
    """The entries with these ids; unknown ids are left out."""
    return entries_by_id(connection, ids)


def heads(connection: Connection, ids: Collection[int]) -> dict[int, Held]:
    """What these entries are known by, without their texts; unknown ids left out."""
    found: dict[int, Held] = {}
    for some in portions(sorted(set(ids))):
        for row in connection.execute(_HEADS, {"ids": some}):
            known = Held(*row)
            found[known.id] = _with_date(known)
    return found


def tellings(connection: Connection, source: str) -> frozenset[str]:
    """Hashes of what ``source`` said of its newest entries, as it said it last.

    Withdrawn entries are left out: what comes again has to be looked at.
    """
    query = (
        select(entries.c.told)
        .where(
            entries.c.source == source,
            entries.c.withdrawn_at.is_(None),
            entries.c.told != "",
        )
        .order_by(entries.c.seen_at.desc())
        .limit(TELLINGS)
    )
    return frozenset(connection.scalars(query))


def tell(connection: Connection, new: Iterable[tuple[int, str]]) -> None:
    """Note what sources say of entries now: (id, hash)."""
    rows = [(told, entry_id) for entry_id, told in new]
    run_many(connection, "UPDATE entries SET told = ? WHERE id = ?", rows)


def redate(connection: Connection, new: Iterable[tuple[int, Entry]]) -> None:
    """Take the date of each entry, and its claims, from these; no other time moves."""
    told = moments(connection)
    rows = [
        (
            dumps(to_json(entry.published)),
            told(entry.published.value if entry.published else None),
            dumps(to_json(entry.dates)),
            entry_id,
        )
        for entry_id, entry in new
    ]
    run_many(
        connection,
        "UPDATE entries SET published = ?, published_at = ?, dates = ? WHERE id = ?",
        rows,
    )
    indexing.note(connection, [row[-1] for row in rows])


def count(connection: Connection) -> int:
    """How many entries there are, withdrawn ones among them."""
    return connection.execute(select(func.count()).select_from(entries)).scalar_one()


def _with_date(known: Held) -> Held:
    """The date of a row is plain JSON, and most rows are looked at without it."""
    return replace(known, published=from_json(Dated | None, known.published))


def _leading(connection: Connection, story_id: int) -> int | None:
    """The entry that readers see first; the same order as in ``stories``.

    Sorted here, not by the database: each has its own idea of an alphabet.
    """
    query = (
        select(
            entries.c.withdrawn_at.is_not(None),
            # Not "!=": that is NULL, and sorts differently, when nobody was chosen.
            case((entries.c.id == stories.c.lead_id, 0), else_=1),
            func.coalesce(entries.c.published_at, entries.c.seen_at),
            entries.c.source,
            entries.c.url,
            entries.c.id,
        )
        .join(stories, stories.c.id == entries.c.story_id)
        .where(entries.c.story_id == story_id)
    )
    tellers = [tuple(row) for row in connection.execute(query)]
    return min(tellers)[-1] if tellers else None


def _replace(
    connection: Connection, entry_id: int, entry: Entry, more: dict[str, Any]
) -> None:
    indexing.forget(connection, [entry_id])
    indexing.note(connection, [entry_id])
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
