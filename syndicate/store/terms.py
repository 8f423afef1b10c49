"""Under which marks entries are found: a rare term within a span of days.

A mark stands for a term and a few days, so that what is found does not grow with the
store; its days are its high bits, so that what is new lies together on few pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, delete

from syndicate.store.bulk import insert_rows, rows_in
from syndicate.store.schema import terms

COMMON = 50
"""Entries that are kept under one mark. The first ones: an event of which a thousand
entries tell is found by them still, and a look-up never costs more."""

Held = Mapping[int, str]
"""Who stands under a mark: ids with commas between them."""

_COLUMNS = ("mark", "entry_id")
_HELD = "SELECT mark, {ids} FROM terms WHERE mark IN {some} GROUP BY mark"


def holding(connection: Connection, marks: Collection[int]) -> dict[int, str]:
    """Who stands under each of these marks; those with nobody are left out."""
    if not marks:
        return {}
    postgres = connection.dialect.name == "postgresql"
    ids = "string_agg(entry_id::text, ',')" if postgres else "group_concat(entry_id)"
    rows = rows_in(connection, _HELD.replace("{ids}", ids), sorted(set(marks)))
    return dict(map(tuple, rows))


def shared(marks: Iterable[int], held: Held) -> Counter[int]:
    """Under how many of ``marks`` each entry stands."""
    together = ",".join(held[one] for one in marks if one in held)
    counts = Counter(together.split(",")) if together else {}
    return Counter({int(one): count for one, count in counts.items()})


def keep_all(
    connection: Connection, new: Iterable[tuple[int, Collection[int]]], held: Held
) -> None:
    """Put entries under marks: (id, marks); ``held`` is who stood there before.

    ``held`` must know all of the marks under which anybody stands, and none of the
    entries may be among those.
    """
    counts = {mark: some.count(",") + 1 for mark, some in held.items()}
    rows: list[tuple[int, int]] = []
    for entry_id, marks in new:
        for mark in dict.fromkeys(marks):
            there = counts.get(mark, 0)
            if there < COMMON:
                counts[mark] = there + 1
                rows.append((mark, entry_id))
    insert_rows(connection, terms, _COLUMNS, sorted(rows))


def keep(connection: Connection, entry_id: int, marks: Collection[int]) -> None:
    """Put an entry under these marks, and under no others any more."""
    connection.execute(delete(terms).where(terms.c.entry_id == entry_id))
    keep_all(connection, [(entry_id, marks)], holding(connection, marks))
