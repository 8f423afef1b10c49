"""What editors decided of stories, as :class:`~syndicate.model.Ruling`.

A ruling is never changed. It goes when it is taken back, and with an entry that it
speaks of. Of two that conflict the newer holds, which is the one with the larger
number: writers come one after another.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from syndicate.model import Ruling, RulingKind
from syndicate.store.bulk import insert_rows, moments, next_ids, rows_in
from syndicate.store.codecs import storable
from syndicate.store.columns import fits
from syndicate.store.rows import portions
from syndicate.store.schema import rulings

StoryPair = tuple[int, int]
"""Numbers of two stories, the smaller first."""

_SPOKEN_OF = """
    SELECT rulings.id, entries.id, entries.story_id
    FROM rulings JOIN entries ON entries.id IN (rulings.entry_id, rulings.other_id)
    WHERE entries.id IN {some} AND rulings.kind = 'apart'
"""
_HEIRS = """
    SELECT id, story_id FROM entries WHERE story_id IN {some} ORDER BY id DESC
"""
_COLUMNS = ("id", "kind", "entry_id", "other_id", "at", "by", "note")
_CHOSEN = """
    SELECT entries.story_id, entries.id
    FROM entries JOIN rulings ON rulings.entry_id = entries.id
    WHERE entries.story_id IN {some} AND rulings.kind = 'lead'
    ORDER BY rulings.id DESC
"""
_PAIRS = """
    SELECT one.story_id, other.story_id, rulings.kind, rulings.entry_id,
        rulings.other_id
    FROM entries AS one
    JOIN rulings ON rulings.entry_id = one.id
    JOIN entries AS other ON other.id = rulings.other_id
    WHERE one.story_id IN {some} AND other.story_id <> one.story_id
    ORDER BY rulings.id
"""

# ── Writing ──────────────────────────────────────────────────────────────────


def keep(connection: Connection, new: Sequence[Ruling]) -> tuple[Ruling, ...]:
    """Keep rulings, in their order; returns them with the numbers that they got."""
    told = moments(connection)
    numbers = next_ids(connection, rulings, len(new)) if new else []
    rows = [
        (
            number,
            one.kind.value,
            one.entry,
            one.other or None,
            told(one.at),
            storable(one.by),
            storable(one.note),
        )
        for number, one in zip(numbers, new, strict=True)
    ]
    insert_rows(connection, rulings, _COLUMNS, rows)
    found = _those(connection, numbers)
    return tuple(found[number] for number in numbers)


def remove(connection: Connection, ruling_id: int) -> Ruling | None:
    """Take a ruling back; returns what it was, None if there is none."""
    if not fits(ruling_id):
        return None
    found = _those(connection, [ruling_id]).get(ruling_id)
    if found is not None:
        connection.execute(delete(rulings).where(rulings.c.id == ruling_id))
    return found


def hand_on(connection: Connection, leaving: Collection[int]) -> None:
    """Let stories stay apart whose entries are about to go, for those that stay.

    A choice of a lead goes with its entry; what is together is so without a ruling.
    """
    gone = set(leaving)
    spoken_of = rows_in(connection, _SPOKEN_OF, sorted(gone))
    if not spoken_of:
        return
    told = {story for _, _, story in spoken_of}
    heirs = {
        story: entry
        for entry, story in rows_in(connection, _HEIRS, sorted(told))
        if entry not in gone
    }
    for ruling, entry, story in spoken_of:
        for column in (rulings.c.entry_id, rulings.c.other_id):
            if story in heirs:
                connection.execute(
                    update(rulings)
                    .where(rulings.c.id == ruling, column == entry)
                    .values({column.name: heirs[story]})
                )


# ── Reading ──────────────────────────────────────────────────────────────────


def newest(
    connection: Connection, *, limit: int | None = None, since: datetime | None = None
) -> list[Ruling]:
    """Rulings, the newest first; ``limit`` None for all."""
    query = select(rulings).order_by(rulings.c.id.desc()).limit(limit)
    if since is not None:
        query = query.where(rulings.c.at >= since)
    return [_ruling(row) for row in connection.execute(query)]


def of_entries(connection: Connection, ids: Collection[int]) -> list[Ruling]:
    """Rulings that speak of any of these entries, the newest first."""
    found: dict[int, Ruling] = {}
    for some in portions(sorted(set(ids))):
        touched = or_(rulings.c.entry_id.in_(some), rulings.c.other_id.in_(some))
        for row in connection.execute(select(rulings).where(touched)):
            found[row.id] = _ruling(row)
    return [found[number] for number in sorted(found, reverse=True)]


def chosen(connection: Connection, stories: Collection[int]) -> dict[int, list[int]]:
    """The entries that are to lead these stories, by story, the newest choice first.

    One that is withdrawn is among them: it leads again when it comes back.
    """
    found: dict[int, list[int]] = {}
    if not _any(connection):
        return found
    for story, entry in rows_in(connection, _CHOSEN, sorted(set(stories))):
        found.setdefault(story, []).append(entry)
    return found


def apart(connection: Connection, stories: Collection[int]) -> set[StoryPair]:
    """Pairs among these stories that hold entries which are ruled apart."""
    wanted = set(stories)
    if len(wanted) < 2 or not _any(connection):
        return set()
    held: dict[StoryPair, tuple[str, StoryPair]] = {}
    for one, other, kind, entry, opposite in rows_in(
        connection, _PAIRS, sorted(wanted)
    ):
        if other in wanted:
            # In the order of their making, so that the newest of a pair is left.
            held[_pair(entry, opposite)] = (kind, _pair(one, other))
    return {pair for kind, pair in held.values() if kind == RulingKind.APART.value}


def _any(connection: Connection) -> bool:
    """Most desks rule nothing: then gathering asks no more than this."""
    query = "SELECT 1 FROM rulings LIMIT 1"
    return connection.exec_driver_sql(query).first() is not None


def _pair(one: int, other: int) -> StoryPair:
    return (one, other) if one < other else (other, one)


def _those(connection: Connection, ids: Sequence[int]) -> dict[int, Ruling]:
    found: dict[int, Ruling] = {}
    for some in portions(ids):
        query = select(rulings).where(rulings.c.id.in_(some))
        found |= {row.id: _ruling(row) for row in connection.execute(query)}
    return found


def _ruling(row: Row[Any]) -> Ruling:
    return Ruling(
        id=row.id,
        kind=RulingKind(row.kind),
        entry=row.entry_id,
        other=row.other_id or 0,
        at=row.at,
        by=row.by,
        note=row.note,
    )
