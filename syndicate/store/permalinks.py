"""The page of each story, and the days on which they are listed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, select

from syndicate.store.bulk import as_moment, insert_rows, moments, rows_in
from syndicate.store.rows import portions
from syndicate.store.schema import permalinks

_COLUMNS = (
    "uid",
    "story_id",
    "day",
    "changed_at",
    "gone_at",
    "into",
    "place",
    "stamp",
)
# As store.heads orders the tellers of a story. (Older SQLite knows no column from
# outside in ORDER BY.)
_OF_DAYS = """
    SELECT permalinks.uid, permalinks.changed_at, coalesce(
        (SELECT source FROM entries
         WHERE entries.id = stories.lead_id AND entries.withdrawn_at IS NULL),
        (SELECT source FROM entries
         WHERE entries.story_id = permalinks.story_id AND entries.withdrawn_at IS NULL
         ORDER BY coalesce(published_at, seen_at), source, url, id LIMIT 1))
    FROM permalinks JOIN stories ON stories.id = permalinks.story_id
    WHERE permalinks.day IN {some} AND permalinks.gone_at IS NULL
    ORDER BY permalinks.uid
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permalink:
    """The page of a story."""

    uid: str
    story_id: int
    day: str
    """YYYY-MM-DD in the time zone of the site."""
    changed_at: datetime
    """When its content last changed: Item.updated."""
    gone_at: datetime | None = None
    into: str = ""
    """The uid of the story that it was merged into."""
    place: str = ""
    """publish.places.place in the order of gathering; it never changes."""
    stamp: str = ""
    """Of all that documents show of it."""


def save(connection: Connection, rows: Iterable[Permalink]) -> None:
    """Keep the pages of stories."""
    told = moments(connection)
    cells = [
        (
            one.uid,
            one.story_id,
            one.day,
            told(one.changed_at),
            told(one.gone_at),
            one.into,
            one.place,
            one.stamp,
        )
        for one in rows
    ]
    insert_rows(connection, permalinks, _COLUMNS, cells, known="replace")


def remove(connection: Connection, uids: Collection[str]) -> None:
    """Forget pages."""
    for some in portions(sorted(uids)):
        connection.execute(delete(permalinks).where(permalinks.c.uid.in_(some)))


def get_many(connection: Connection, uids: Collection[str]) -> dict[str, Permalink]:
    """The pages of stories, also of those that are gone."""
    found: dict[str, Permalink] = {}
    for some in portions(sorted(uids)):
        query = select(permalinks).where(permalinks.c.uid.in_(some))
        found |= {row.uid: _permalink(row) for row in connection.execute(query)}
    return found


def of_stories(connection: Connection, ids: Collection[int]) -> list[Permalink]:
    """The pages of stories by their numbers."""
    found: list[Permalink] = []
    for some in portions(sorted(ids)):
        query = select(permalinks).where(permalinks.c.story_id.in_(some))
        found += [_permalink(row) for row in connection.execute(query)]
    return found


def all_uids(connection: Connection) -> list[str]:
    """The uids of all pages."""
    return list(connection.scalars(select(permalinks.c.uid)))


def all_days(connection: Connection) -> list[str]:
    """The days of all pages, also of stories that are gone."""
    query = select(permalinks.c.day).distinct().order_by(permalinks.c.day)
    return list(connection.scalars(query))


def newest(connection: Connection, uids: Collection[str]) -> datetime | None:
    """When the content of one of these stories last changed."""
    query = "SELECT max(changed_at) FROM permalinks WHERE uid IN {some}"
    (told,) = rows_in(connection, query, sorted(uids))[0]
    return None if told is None else as_moment(told)


# ── Days and months ──────────────────────────────────────────────────────────


def of_day(connection: Connection, day: str) -> list[int]:
    """Numbers of the stories of a day that stand, in the order of feeds."""
    query = (
        select(permalinks.c.story_id)
        .where(permalinks.c.day == day, permalinks.c.gone_at.is_(None))
        .order_by(permalinks.c.place.desc(), permalinks.c.story_id.desc())
    )
    return list(connection.scalars(query))


def days_with(connection: Connection, days: Collection[str]) -> set[str]:
    """Those of the days that have a story that stands."""
    return {day for day in sorted(days) if _has(connection, day)}


def days_beside(connection: Connection, day: str) -> tuple[str, str]:
    """The nearest days before and after that have a story; "" where there is none."""
    stands, told = permalinks.c.gone_at.is_(None), permalinks.c.day
    before = select(told).where(told < day, stands).order_by(told.desc()).limit(1)
    after = select(told).where(told > day, stands).order_by(told).limit(1)
    return connection.scalar(before) or "", connection.scalar(after) or ""


def listed_on(connection: Connection, day: str) -> list[tuple[str, datetime, str]]:
    """Stories of a day that stand: (uid, when changed, source that leads)."""
    return [
        (uid, as_moment(changed_at), source or "")
        for uid, changed_at, source in rows_in(connection, _OF_DAYS, [day])
    ]


def counts_of(connection: Connection, month: str) -> dict[str, int]:
    """How many stories each day of a month has, of those that have any."""
    query = (
        select(permalinks.c.day, func.count())
        .where(
            permalinks.c.day > month,
            permalinks.c.day < f"{month}-99",
            permalinks.c.gone_at.is_(None),
        )
        .group_by(permalinks.c.day)
    )
    return {row.day: row[1] for row in connection.execute(query)}


def days(connection: Connection) -> list[str]:
    """Days that have a story, the first first."""
    return list(_leaps(connection, lambda day: day))


def months(connection: Connection) -> list[str]:
    """Months that have a story, "2026-11", the first first."""
    found = _leaps(connection, lambda day: f"{day[: len('2026-11')]}-99")
    return [day[: len("2026-11")] for day in found]


def _leaps(connection: Connection, end: Callable[[str], str]) -> Iterator[str]:
    """Days that have a story, the next one each time after ``end`` of the last.

    There are far more stories than days: each is looked up, none is counted.
    """
    told, stands = permalinks.c.day, permalinks.c.gone_at.is_(None)
    after = ""
    while True:
        query = select(told).where(told > after, stands).order_by(told).limit(1)
        day = connection.scalar(query)
        if day is None:
            return
        yield day
        after = end(day)


def _has(connection: Connection, day: str) -> bool:
    which = (permalinks.c.day == day) & permalinks.c.gone_at.is_(None)
    return bool(connection.scalar(select(exists().where(which))))


def _permalink(row: Row[Any]) -> Permalink:
    return Permalink(
        uid=row.uid,
        story_id=row.story_id,
        day=row.day,
        changed_at=row.changed_at,
        gone_at=row.gone_at,
        into=row.into,
        place=row.place,
        stamp=row.stamp,
    )
