"""Which feed carries which story, in what place, and on which archive page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    delete,
    exists,
    func,
    select,
    union_all,
    update,
)

from syndicate.store.bulk import insert_rows, moments, rows_of, run_many
from syndicate.store.rows import portions
from syndicate.store.schema import carried, permalinks

_COLUMNS = ("feed", "uid", "story_id", "place", "page", "gone_at")
_TOGETHER = 100
"""Feeds that one statement asks for."""
_CURRENT = """
    SELECT uid, story_id FROM carried WHERE feed = ? AND gone_at IS NULL
    ORDER BY place DESC, id LIMIT ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A story in a feed."""

    id: int = 0
    """The order in which stories came; 0 for one that is to come."""
    feed: str
    uid: str
    story: int
    place: str
    """publish.places.place; the greatest stands first."""
    page: int = 0
    """Its archive page; 0 while that is not closed."""
    gone_at: datetime | None = None
    """When it was withdrawn, or merged into another."""


# ── Writing ──────────────────────────────────────────────────────────────────


def add(connection: Connection, new: Iterable[Place]) -> None:
    """Let stories come to feeds, in this order."""
    told = moments(connection)
    rows = [
        (one.feed, one.uid, one.story, one.place, one.page, told(one.gone_at))
        for one in new
    ]
    insert_rows(connection, carried, _COLUMNS, rows)


def change(connection: Connection, rows: Iterable[Place]) -> None:
    """Note which story a row is, whether it is gone, and its place."""
    told = moments(connection)
    cells = [(one.story, told(one.gone_at), one.place, one.id) for one in rows]
    statement = "UPDATE carried SET story_id = ?, gone_at = ?, place = ? WHERE id = ?"
    run_many(connection, statement, cells)


def unplace(connection: Connection, feed: str) -> None:
    """Take their places from all that a feed carries; pages keep what they hold."""
    which = carried.c.feed == feed
    connection.execute(update(carried).where(which).values(place=""))


def remove(connection: Connection, rows: Collection[int]) -> None:
    """Let stories leave feeds without a trace."""
    run_many(connection, "DELETE FROM carried WHERE id = ?", [(one,) for one in rows])


def remove_feeds(connection: Connection, feeds: Collection[str]) -> None:
    """Forget all that feeds carried."""
    for some in portions(sorted(feeds)):
        connection.execute(delete(carried).where(carried.c.feed.in_(some)))


def close(connection: Connection, page: int, rows: Collection[int]) -> None:
    """Put stories on an archive page, where they stay."""
    cells = [(page, one) for one in rows]
    run_many(connection, "UPDATE carried SET page = ? WHERE id = ?", cells)


# ── Reading ──────────────────────────────────────────────────────────────────


def of_uids(connection: Connection, uids: Collection[str]) -> list[Place]:
    """Every row of these stories."""
    found: list[Place] = []
    for some in portions(sorted(uids)):
        query = select(carried).where(carried.c.uid.in_(some)).order_by(carried.c.id)
        found += [_place(row) for row in connection.execute(query)]
    return found


def current(connection: Connection, feed: str, limit: int) -> list[tuple[str, int]]:
    """What the current document of a feed carries, first first: (uid, story)."""
    rows = rows_of(connection, _CURRENT, feed, max(limit, 0))
    return [(uid, story) for uid, story in rows]


def current_of(
    connection: Connection, feeds: Collection[str], limit: int
) -> list[tuple[str, int]]:
    """The newest stories of several feeds together, each once: (uid, story).

    Where feeds give a story places of their own, the first of them counts.
    """
    found: dict[str, tuple[str, int]] = {}
    for some in portions(sorted(set(feeds)), _TOGETHER):
        parts = [
            select(carried.c.uid, carried.c.story_id, carried.c.place)
            .where(_stands(feed))
            .order_by(carried.c.place.desc(), carried.c.id)
            .limit(max(limit, 0))
            .subquery()
            for feed in some
        ]
        query = union_all(*(select(part) for part in parts))
        for uid, story, where in connection.execute(query):
            found[uid] = max(found.get(uid, ("", 0)), (where, story))
    ordered = sorted(found.items(), key=lambda one: one[1], reverse=True)
    return [(uid, story) for uid, (_, story) in ordered[: max(limit, 0)]]


def page(connection: Connection, feed: str, number: int) -> list[tuple[str, int]]:
    """What a closed page holds still, the last that came first: (uid, story)."""
    query = (
        select(carried.c.uid, carried.c.story_id)
        .where(_stands(feed), carried.c.page == number)
        .order_by(carried.c.id.desc())
    )
    return [(uid, story) for uid, story in connection.execute(query)]


def gone(
    connection: Connection, feed: str, since: datetime, most: int
) -> list[tuple[str, datetime, str]]:
    """What is gone from a feed, the last first: (uid, when, uid it went into)."""
    query = (
        select(carried.c.uid, carried.c.gone_at, permalinks.c.into)
        .join(permalinks, permalinks.c.uid == carried.c.uid, isouter=True)
        .where(carried.c.feed == feed, carried.c.gone_at > since)
        .order_by(carried.c.gone_at.desc(), carried.c.uid)
        .limit(most)
    )
    return [(uid, at, into or "") for uid, at, into in connection.execute(query)]


def unpaged(connection: Connection, feed: str) -> list[tuple[int, str]]:
    """What stands in a feed and on no closed page, as it came: (row, place)."""
    query = (
        select(carried.c.id, carried.c.place)
        .where(_stands(feed), carried.c.page == 0)
        .order_by(carried.c.id)
    )
    return [(number, where) for number, where in connection.execute(query)]


def last_shown(connection: Connection, feed: str, limit: int) -> str | None:
    """The place of the last story that a current document shows; None if all are."""
    query = (
        select(carried.c.place)
        .where(_stands(feed))
        .order_by(carried.c.place.desc(), carried.c.id)
        .offset(max(limit, 1) - 1)
        .limit(1)
    )
    return connection.scalar(query)


def count(connection: Connection, feed: str) -> int:
    """How many stories stand in a feed and its archive."""
    query = select(func.count()).select_from(carried).where(_stands(feed))
    return connection.execute(query).scalar_one()


def counts(connection: Connection, start: str = "") -> dict[str, int]:
    """The same of all feeds whose keys begin so; those that carry nothing left out."""
    query = (
        select(carried.c.feed, func.count())
        .where(carried.c.gone_at.is_(None))
        .group_by(carried.c.feed)
    )
    if start:
        query = query.where(carried.c.feed.startswith(start, autoescape=True))
    return {row[0]: row[1] for row in connection.execute(query)}


def feeds_of(connection: Connection, uid: str) -> dict[str, Place]:
    """The rows of one story, by feed."""
    return {one.feed: one for one in of_uids(connection, [uid])}


def current_everywhere(
    connection: Connection, limits: Iterable[tuple[str, int]]
) -> set[int]:
    """Numbers of the stories that the current documents of feeds carry."""
    return {
        story for feed, limit in limits for _, story in current(connection, feed, limit)
    }


def first_of_pages(connection: Connection) -> dict[tuple[str, int], int]:
    """Of every archive page the story that came first, by its row."""
    query = (
        select(carried.c.feed, carried.c.page, func.min(carried.c.id))
        .where(carried.c.page > 0)
        .group_by(carried.c.feed, carried.c.page)
    )
    return {(feed, page): row for feed, page, row in connection.execute(query)}


def last_page(connection: Connection, feed: str) -> int:
    """The number of the newest archive page that ever held something; 0 for none."""
    query = select(func.max(carried.c.page)).where(carried.c.feed == feed)
    return connection.scalar(query) or 0


def any_stands(connection: Connection, feed: str) -> bool:
    """Whether a feed carries anything."""
    return bool(connection.scalar(select(exists().where(_stands(feed)))))


def _stands(feed: str) -> ColumnElement[bool]:
    return (carried.c.feed == feed) & carried.c.gone_at.is_(None)


def _place(row: Row[Any]) -> Place:
    return Place(
        id=row.id,
        feed=row.feed,
        uid=row.uid,
        story=row.story_id,
        place=row.place,
        page=row.page,
        gone_at=row.gone_at,
    )
