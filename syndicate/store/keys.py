"""The keys that entries are known by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select

from syndicate.model import StoredEntry
from syndicate.store.bulk import Row, insert_rows, rows_in
from syndicate.store.codecs import storable
from syndicate.store.columns import mark
from syndicate.store.rows import entries_by_id, portions
from syndicate.store.schema import keys

Key = tuple[str, str]
"""(kind, value): ``("guid", "tin news_12")``."""
Mark = tuple[str, str]
"""(kind, :func:`~syndicate.store.columns.mark` of the value)."""

_SHOWN = 200
"""Characters of a value that are kept, for people."""
_HASHES = frozenset({"content", "text"})
"""Kinds whose value says nothing to a person."""
_COLUMNS = ("kind", "mark", "entry_id", "value")
_HELD = """
    SELECT mark, entry_id FROM keys WHERE mark IN {some} AND kind = ?
    ORDER BY entry_id
"""


def marked(wanted: Iterable[Key]) -> list[Mark]:
    """Each key as it stands in the index, in their order."""
    return [(kind, mark(value)) for kind, value in wanted]


def remember(connection: Connection, entry_id: int, new: Sequence[Key]) -> None:
    """Note that ``entry_id`` is known by these keys too; old ones stay."""
    remember_all(connection, [(entry_id, new)])


def remember_all(
    connection: Connection,
    new: Iterable[tuple[int, Sequence[Key]]],
    *,
    most: int | None = None,
) -> None:
    """Note what entries are known by too: (id, keys); old ones stay.

    An entry that is known by ``most`` keys gets no more.
    """
    wanted = list(new)
    if most is not None and wanted:
        full = _full(connection, [entry_id for entry_id, _ in wanted], most)
        wanted = [one for one in wanted if one[0] not in full]
    rows: dict[tuple[str, str, int], Row] = {}
    for entry_id, some in wanted:
        for kind, value in some:
            shown = "" if kind in _HASHES else storable(value[:_SHOWN])
            found = (kind, mark(value), entry_id)
            rows.setdefault(found, (*found, shown))
    insert_rows(
        connection, keys, _COLUMNS, [rows[one] for one in sorted(rows)], known="keep"
    )


def _full(connection: Connection, ids: Sequence[int], most: int) -> set[int]:
    found: set[int] = set()
    for some in portions(ids):
        query = (
            select(keys.c.entry_id)
            .where(keys.c.entry_id.in_(some))
            .group_by(keys.c.entry_id)
            .having(func.count() >= most)
        )
        found.update(connection.scalars(query))
    return found


def holders(connection: Connection, wanted: Iterable[Mark]) -> dict[Mark, list[int]]:
    """Ids of the entries that hold each of these, whatever their source; rising."""
    by_kind: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for kind, one in wanted:
        by_kind[kind][one] = None
    found: dict[Mark, list[int]] = {}
    for kind, marks in by_kind.items():
        for one, entry_id in rows_in(connection, _HELD, marks, kind):
            found.setdefault((kind, one), []).append(entry_id)
    return found


def of_entry(connection: Connection, entry_id: int) -> list[Key]:
    """Every key that an entry was ever known by, for people."""
    query = (
        select(keys.c.kind, keys.c.value)
        .where(keys.c.entry_id == entry_id)
        .order_by(keys.c.kind, keys.c.mark)
    )
    return [(kind, value) for kind, value in connection.execute(query)]


def matching(
    connection: Connection, source: str, wanted: Sequence[Key]
) -> list[tuple[str, StoredEntry]]:
    """Entries of ``source`` that hold any of the keys, with the kind that matched.

    In the order of the keys, then of the ids; an entry comes once for every key that
    it holds. Withdrawn entries are among them.
    """
    found = anywhere(connection, wanted)
    return [(kind, stored) for kind, stored in found if stored.entry.source == source]


def anywhere(
    connection: Connection, wanted: Sequence[Key]
) -> list[tuple[str, StoredEntry]]:
    """Entries of any source that hold any of the keys; else as :func:`matching`."""
    asked = list(dict.fromkeys(marked(wanted)))
    held = holders(connection, asked)
    known = entries_by_id(connection, {one for ids in held.values() for one in ids})
    return [(pair[0], known[one]) for pair in asked for one in held.get(pair, ())]
