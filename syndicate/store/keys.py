"""The keys that entries are known by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, true

from syndicate.model import StoredEntry
from syndicate.store.columns import mark
from syndicate.store.rows import entries_by_id, portions
from syndicate.store.schema import entries, keys

Key = tuple[str, str]
"""(kind, value): ``("guid", "news_12")``."""


def remember(connection: Connection, entry_id: int, new: Sequence[Key]) -> None:
    """Note that ``entry_id`` is known by these keys too; old ones stay."""
    held = select(keys.c.kind, keys.c.mark).where(keys.c.entry_id == entry_id)
    known = {(row.kind, row.mark) for row in connection.execute(held)}
    rows = {
        (kind, mark(value)): {
            "kind": kind,
            "mark": mark(value),
            "entry_id": entry_id,
            "value": value,
        }
        for kind, value in new
    }
    fresh = [row for pair, row in rows.items() if pair not in known]
    if fresh:
        connection.execute(insert(keys), fresh)


def matching(
    connection: Connection, source: str, wanted: Sequence[Key]
) -> list[tuple[str, StoredEntry]]:
    """Entries of ``source`` that hold any of the keys, with the kind that matched.

    In the order of the keys, then of the ids; an entry comes once for every key that
    it holds. Withdrawn entries are among them.
    """
    return _held(connection, wanted, entries.c.source == source)


def anywhere(
    connection: Connection, wanted: Sequence[Key]
) -> list[tuple[str, StoredEntry]]:
    """Entries of any source that hold any of the keys; else as :func:`matching`."""
    return _held(connection, wanted, true())


def _held(
    connection: Connection, wanted: Sequence[Key], where: ColumnElement[bool]
) -> list[tuple[str, StoredEntry]]:
    marked = list(dict.fromkeys((kind, mark(value)) for kind, value in wanted))
    holders: defaultdict[Key, list[int]] = defaultdict(list)
    # SQLite nests an OR as deep as it is long, and gives up at a thousand.
    for some in portions(marked, 200):
        pairs = (and_(keys.c.kind == kind, keys.c.mark == one) for kind, one in some)
        query = (
            select(keys.c.kind, keys.c.mark, keys.c.entry_id)
            .join(entries, entries.c.id == keys.c.entry_id)
            .where(or_(*pairs), where)
            .order_by(keys.c.entry_id)
        )
        for row in connection.execute(query):
            holders[row.kind, row.mark].append(row.entry_id)
    known = entries_by_id(connection, {one for ids in holders.values() for one in ids})
    return [(pair[0], known[one]) for pair in marked for one in holders[pair]]
