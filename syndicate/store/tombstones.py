"""What was purged and is still listed by its source, so that it stays away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from syndicate.store.bulk import insert_rows, moments, run_many
from syndicate.store.keys import Mark
from syndicate.store.rows import portions
from syndicate.store.schema import entries, keys, tombstones

_DAY = timedelta(days=1)
_COLUMNS = ("source", "kind", "mark", "purged_at", "listed_at")
_STANDING = select(tombstones.c.kind, tombstones.c.mark, tombstones.c.purged_at).where(
    tombstones.c.source == bindparam("source"),
    tombstones.c.kind == bindparam("kind"),
    tombstones.c.mark.in_(bindparam("some", expanding=True)),
)


def standing(
    connection: Connection, source: str, wanted: Iterable[Mark]
) -> dict[Mark, datetime]:
    """Those of the keys that are a stone of ``source``, and when it was purged."""
    any_stone = select(tombstones.c.kind).where(tombstones.c.source == source).limit(1)
    if connection.execute(any_stone).first() is None:
        return {}
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for kind, one in dict.fromkeys(wanted):
        by_kind[kind].append(one)
    found: dict[Mark, datetime] = {}
    for kind, marks in by_kind.items():
        for some in portions(marks):
            asked = {"source": source, "kind": kind, "some": some}
            for row in connection.execute(_STANDING, asked):
                found[row.kind, row.mark] = row.purged_at
    return found


def listed(
    connection: Connection, source: str, stones: Iterable[Mark], now: datetime
) -> None:
    """Note that ``source`` lists these still; once a day is enough."""
    told = moments(connection)
    run_many(
        connection,
        "UPDATE tombstones SET listed_at = ?"
        " WHERE source = ? AND kind = ? AND mark = ? AND listed_at < ?",
        [(told(now), source, *one, told(now - _DAY)) for one in sorted(set(stones))],
    )


def raise_for(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Put up a stone for every key of these entries."""
    told = moments(connection)(now)
    rows: list[tuple[object, ...]] = []
    for some in portions(sorted(ids)):
        query = (
            select(entries.c.source, keys.c.kind, keys.c.mark)
            .join(entries, entries.c.id == keys.c.entry_id)
            .where(keys.c.entry_id.in_(some))
        )
        rows += {(*row, told, told) for row in connection.execute(query)}
    insert_rows(connection, tombstones, _COLUMNS, rows, known="replace")


def clear(connection: Connection, unlisted: timedelta) -> int:
    """Take away what a source has not listed for so long; how many were taken.

    What counts is when we last heard a list of the source: a stone that was listed,
    or an entry that was new. A feed that stood still for a year was not read again,
    and lists all that it did.
    """
    newest = select(tombstones.c.source, func.max(tombstones.c.listed_at)).group_by(
        tombstones.c.source
    )
    taken = 0
    for source, listed_at in connection.execute(newest).all():
        seen = select(func.max(entries.c.seen_at)).where(entries.c.source == source)
        heard = max(listed_at, connection.scalar(seen) or listed_at)
        done = connection.execute(
            tombstones.delete().where(
                tombstones.c.source == source,
                tombstones.c.listed_at < heard - unlisted,
            )
        )
        taken += done.rowcount
    return taken
