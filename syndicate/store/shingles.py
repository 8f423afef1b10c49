"""Sampled hashes of texts: which entries share many of them?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from syndicate.model import StoredEntry
from syndicate.store.rows import entries_by_id, portions
from syndicate.store.schema import entries, shingles

COMMON = 200
"""A hash that more entries have is a formula ("căn cứ Luật Tổ chức …")."""


def keep(connection: Connection, entry_id: int, hashes: Collection[int]) -> None:
    """Make ``hashes`` (signed, 64 bits) those of ``entry_id``, in place of any old."""
    connection.execute(delete(shingles).where(shingles.c.entry_id == entry_id))
    rows = [{"hash": one, "entry_id": entry_id} for one in sorted(set(hashes))]
    if rows:
        connection.execute(insert(shingles), rows)


def sharing(
    connection: Connection,
    hashes: Collection[int],
    *,
    since: datetime,
    limit: int = 20,
    skip: frozenset[int] = frozenset(),
) -> list[tuple[int, StoredEntry]]:
    """(how many shared, entry) for entries first seen since ``since``, most first.

    Hashes of more than :data:`COMMON` entries do not count, unless all are like that.
    ``skip`` names entries that are not wanted. Withdrawn entries are among the answer.
    """
    wanted = sorted(set(hashes))
    shared = _shared(connection, _rare(connection, wanted) or wanted)
    ranked = sorted(
        (
            (count, entry_id)
            for entry_id, count in shared.items()
            if entry_id not in skip
        ),
        key=lambda one: (-one[0], one[1]),
    )
    found: list[tuple[int, int]] = []
    for some in portions(ranked):
        ids = _young(connection, [entry_id for _, entry_id in some], since)
        found += [one for one in some if one[1] in ids]
        if len(found) >= limit:
            break
    return _loaded(connection, found[:limit])


def _rare(connection: Connection, wanted: Sequence[int]) -> list[int]:
    # Also those that nobody has: they cost nothing, and "all are common" stays exact.
    common: set[int] = set()
    for some in portions(wanted):
        query = (
            select(shingles.c.hash)
            .where(shingles.c.hash.in_(some))
            .group_by(shingles.c.hash)
            .having(func.count() > COMMON)
        )
        common.update(connection.scalars(query))
    return [one for one in wanted if one not in common]


def _shared(connection: Connection, wanted: Sequence[int]) -> Counter[int]:
    # From the index alone: to look at each entry's row here would cost ten times more.
    shared: Counter[int] = Counter()
    for some in portions(wanted):
        query = (
            select(shingles.c.entry_id, func.count())
            .where(shingles.c.hash.in_(some))
            .group_by(shingles.c.entry_id)
        )
        for entry_id, count in connection.execute(query):
            shared[entry_id] += count
    return shared


def _young(connection: Connection, ids: Sequence[int], since: datetime) -> set[int]:
    query = select(entries.c.id).where(
        entries.c.id.in_(ids), entries.c.seen_at >= since
    )
    return set(connection.scalars(query))


def _loaded(
    connection: Connection, found: Sequence[tuple[int, int]]
) -> list[tuple[int, StoredEntry]]:
    known = entries_by_id(connection, [entry_id for _, entry_id in found])
    return [(count, known[entry_id]) for count, entry_id in found]
