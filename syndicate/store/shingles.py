"""Sampled hashes of texts: which entries share many of them?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete

from syndicate.model import StoredEntry
from syndicate.store.bulk import insert_rows, moments, rows_in
from syndicate.store.rows import entries_by_id
from syndicate.store.schema import shingles

COMMON = 50
"""A hash that so many entries have is a formula ("căn cứ Luật Tổ chức …"). More are
not kept, so that the price of a look-up does not grow with the store."""

Held = Mapping[int, str]
"""Who has a hash: ids with commas between them; "" if it is a formula."""

_COLUMNS = ("hash", "entry_id")
_HELD = """
    SELECT hash, CASE WHEN count(*) < ? THEN {ids} ELSE '' END
    FROM shingles WHERE hash IN {some} GROUP BY hash
"""
_ALL = "SELECT entry_id, count(*) FROM shingles WHERE hash IN {some} GROUP BY entry_id"
_SIZES = "SELECT id, grams FROM entries WHERE id IN {some} AND seen_at >= ?"


def keep(connection: Connection, entry_id: int, hashes: Collection[int]) -> None:
    """Make ``hashes`` (signed, 64 bits) those of ``entry_id``, in place of any old."""
    connection.execute(delete(shingles).where(shingles.c.entry_id == entry_id))
    keep_all(connection, [(entry_id, hashes)], holding(connection, hashes))


def keep_all(
    connection: Connection, new: Iterable[tuple[int, Collection[int]]], held: Held
) -> None:
    """Add the hashes of new entries: (id, hashes); ``held`` is who has them already."""
    rows = {
        (one, entry_id)
        for entry_id, hashes in new
        for one in hashes
        if held.get(one) != ""
    }
    insert_rows(connection, shingles, _COLUMNS, sorted(rows))


def holding(connection: Connection, hashes: Collection[int]) -> dict[int, str]:
    """Who has each of these hashes, by hash; hashes that nobody has are left out."""
    postgres = connection.dialect.name == "postgresql"
    ids = "string_agg(entry_id::text, ',')" if postgres else "group_concat(entry_id)"
    query = _HELD.replace("?", str(COMMON)).replace("{ids}", ids)
    return dict(map(tuple, rows_in(connection, query, sorted(set(hashes)))))


def shared(connection: Connection, hashes: Collection[int], held: Held) -> Counter[int]:
    """How many of ``hashes`` each entry has.

    A formula does not count, unless half of a text is like that: half of the country
    may have printed it.
    """
    known = [held[one] for one in hashes if one in held]
    if 2 * known.count("") >= len(hashes) > 0:
        rows = rows_in(connection, _ALL, sorted(set(hashes)))
        return Counter(dict(map(tuple, rows)))
    together = ",".join(filter(None, known))
    counts = Counter(together.split(",")) if together else {}
    return Counter({int(one): count for one, count in counts.items()})


def sharing(
    connection: Connection,
    hashes: Collection[int],
    *,
    since: datetime,
    limit: int = 20,
) -> list[tuple[int, StoredEntry]]:
    """(how many shared, entry) for entries first seen since ``since``, most first.

    Withdrawn entries are among the answer.
    """
    counts = shared(connection, hashes, holding(connection, hashes))
    known = sizes(connection, counts, since)
    ranked = sorted((-counts[one], one) for one in known)[:limit]
    texts = entries_by_id(connection, [one for _, one in ranked])
    return [(-count, texts[one]) for count, one in ranked]


def sizes(
    connection: Connection, ids: Collection[int], since: datetime
) -> dict[int, int]:
    """Grams of the texts of those entries that were first seen at ``since`` or later.

    0 for a text whose grams nobody counted.
    """
    moment = moments(connection)(since)
    return dict(map(tuple, rows_in(connection, _SIZES, sorted(ids), moment)))
