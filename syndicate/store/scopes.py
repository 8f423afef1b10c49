"""What several feeds carry together, and whether that has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from syndicate.model import FollowerState
from syndicate.store.rows import portions
from syndicate.store.schema import carried, feeds, followers, permalinks


@dataclass(frozen=True, slots=True)
class Placed:
    """A story and where it stands; ``place`` is the greatest that it has in a scope."""

    place: str
    uid: str
    story: int


@dataclass(frozen=True, slots=True)
class Gone:
    """A story that was withdrawn or merged."""

    uid: str
    at: datetime
    into: str
    """The uid of the story that it was merged into; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a feed has, as it was last published."""

    feed: str
    changed_at: datetime
    stories: int
    gone: int
    """Withdrawn or merged stories that it still tells of."""
    pages: int
    """Archive pages that are closed."""


def version(connection: Connection, keys: Sequence[str]) -> tuple[object, ...]:
    """A value that is another one once any of these feeds has changed."""
    query = (
        select(feeds.c.feed, feeds.c.stamp, feeds.c.changed_at, feeds.c.pages)
        .where(feeds.c.feed.in_(keys))
        .order_by(feeds.c.feed)
    )
    return tuple(tuple(row) for row in connection.execute(query))


def published(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Those of these feeds that were ever published."""
    return set(connection.scalars(select(feeds.c.feed).where(feeds.c.feed.in_(keys))))


def newest(
    connection: Connection, keys: Sequence[str], limit: int, *, before: str = ""
) -> list[Placed]:
    """The stories of these feeds together, each once, the greatest place first.

    At most ``limit``; with ``before`` only those whose place is less. Each feed is
    asked for its first ones alone, however many stories it carries.
    """
    found: dict[str, Placed] = {}
    for key in keys:
        query = (
            select(carried.c.place, carried.c.uid, carried.c.story_id)
            .where(carried.c.feed == key, carried.c.gone_at.is_(None))
            .order_by(carried.c.place.desc())
            .limit(limit)
        )
        if before:
            query = query.where(carried.c.place < before)
        for row in connection.execute(query):
            known = found.get(row.uid)
            if known is None or known.place < row.place:
                found[row.uid] = Placed(row.place, row.uid, row.story_id)
    ordered = sorted(found.values(), key=lambda one: (one.place, one.uid), reverse=True)
    return ordered[:limit]


def last_change(connection: Connection, uids: Sequence[str]) -> datetime | None:
    """When the newest change of these stories was."""
    latest = func.max(permalinks.c.changed_at)
    found = [
        at
        for some in portions(uids)
        if (at := connection.scalar(select(latest).where(permalinks.c.uid.in_(some))))
    ]
    return max(found, default=None)


def gone_since(
    connection: Connection, keys: Sequence[str], since: datetime, limit: int
) -> list[Gone]:
    """Stories that these feeds carried and that are gone since then, newest first."""
    at, into = func.max(carried.c.gone_at), func.max(permalinks.c.into)
    query = (
        select(carried.c.uid, at.label("at"), into.label("into"))
        .outerjoin(permalinks, permalinks.c.uid == carried.c.uid)
        .where(carried.c.feed.in_(keys), carried.c.gone_at >= since)
        .group_by(carried.c.uid)
        .order_by(at.desc(), carried.c.uid)
        .limit(limit)
    )
    found = connection.execute(query)
    return [Gone(row.uid, row.at, row.into or "") for row in found]


def figures(connection: Connection) -> dict[str, Figures]:
    """What each feed has that was ever published, by its key."""
    query = select(
        carried.c.feed,
        func.count().label("all"),
        func.count(carried.c.gone_at).label("gone"),
    ).group_by(carried.c.feed)
    counts = {row.feed: (row.all, row.gone) for row in connection.execute(query)}
    found = {}
    for row in connection.execute(select(feeds)):
        total, gone = counts.get(row.feed, (0, 0))
        found[row.feed] = Figures(
            feed=row.feed,
            changed_at=row.changed_at,
            stories=total - gone,
            gone=gone,
            pages=row.pages,
        )
    return found


def followed(connection: Connection, now: datetime) -> dict[str, int]:
    """How many follow each address of a document at our own hub at ``now``."""
    query = (
        select(followers.c.topic, func.count())
        .where(followers.c.state == FollowerState.VERIFIED.value)
        .where(followers.c.lease_until > now)
        .group_by(followers.c.topic)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
