"""What each feed was last made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from syndicate.store.bulk import insert_rows, moments
from syndicate.store.rows import portions
from syndicate.store.schema import feeds

_COLUMNS = ("feed", "stamp", "changed_at", "pages")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """How a feed stands; keys with a colon in front are notes on the whole site."""

    feed: str
    stamp: str
    """Of its settings: another one, and it is made anew."""
    changed_at: datetime
    """When what it carries last changed: the moment of publishing."""
    pages: int = 0
    """Archive pages that are closed."""


def get(connection: Connection, feed: str) -> FeedRow | None:
    """How one feed stands; None if it was never made."""
    return get_many(connection, [feed]).get(feed)


def get_many(connection: Connection, keys: Collection[str]) -> dict[str, FeedRow]:
    """How feeds stand; those that were never made are left out."""
    found: dict[str, FeedRow] = {}
    for some in portions(sorted(keys)):
        query = select(feeds).where(feeds.c.feed.in_(some))
        found |= {row.feed: _row(row) for row in connection.execute(query)}
    return found


def all_of(connection: Connection) -> dict[str, FeedRow]:
    """How all feeds stand."""
    return {row.feed: _row(row) for row in connection.execute(select(feeds))}


def starting(connection: Connection, start: str) -> dict[str, FeedRow]:
    """How the feeds stand whose keys begin so."""
    query = select(feeds).where(feeds.c.feed.startswith(start, autoescape=True))
    return {row.feed: _row(row) for row in connection.execute(query)}


def others(connection: Connection, start: str) -> dict[str, FeedRow]:
    """How the feeds stand whose keys do not begin so."""
    which = ~feeds.c.feed.startswith(start, autoescape=True)
    return {
        row.feed: _row(row) for row in connection.execute(select(feeds).where(which))
    }


def save(connection: Connection, rows: Iterable[FeedRow]) -> None:
    """Keep how feeds stand."""
    told = moments(connection)
    cells = [(one.feed, one.stamp, told(one.changed_at), one.pages) for one in rows]
    insert_rows(connection, feeds, _COLUMNS, cells, known="replace")


def remove(connection: Connection, keys: Collection[str]) -> None:
    """Forget feeds."""
    for some in portions(sorted(keys)):
        connection.execute(delete(feeds).where(feeds.c.feed.in_(some)))


def _row(row: Row[Any]) -> FeedRow:
    return FeedRow(
        feed=row.feed, stamp=row.stamp, changed_at=row.changed_at, pages=row.pages
    )
