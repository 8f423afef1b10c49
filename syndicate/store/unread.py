"""What gathering asks of many sources at once: pages still to be read, and entries
that a complete feed no longer names.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from syndicate.store.rows import portions
from syndicate.store.schema import entries, pages


class Waiting(NamedTuple):
    """A page that could not be read so far."""

    url: str
    visited_at: datetime
    misses: int
    """Tries in a row that failed."""


class Living(NamedTuple):
    """An entry that is not withdrawn, by what a feed calls it."""

    id: int
    guid: str
    url: str


def waiting(connection: Connection, source: str = "") -> dict[str, list[Waiting]]:
    """The pages that were tried and never read, by source; of one, or of all."""
    query = select(
        pages.c.source, pages.c.url, pages.c.visited_at, pages.c.misses
    ).where(pages.c.entry_id.is_(None), pages.c.misses > 0)
    if source:
        query = query.where(pages.c.source == source)
    found: dict[str, list[Waiting]] = {}
    for row in connection.execute(query):
        one = Waiting(row.url, row.visited_at, row.misses)
        found.setdefault(row.source, []).append(one)
    return found


def to_recheck(
    connection: Connection,
    sources: Collection[str],
    *,
    since: datetime,
    before: datetime,
) -> set[str]:
    """Those of ``sources`` with a page that was visited ``before`` and not after.

    Only pages count whose entry was first seen at ``since`` or later and is not
    withdrawn.
    """
    found: set[str] = set()
    for some in portions(sorted(sources)):
        query = (
            select(entries.c.source)
            .distinct()
            .join(pages, pages.c.entry_id == entries.c.id)
            .where(
                entries.c.source.in_(some),
                entries.c.seen_at >= since,
                entries.c.withdrawn_at.is_(None),
                pages.c.source == entries.c.source,
                pages.c.visited_at <= before,
            )
        )
        found.update(connection.scalars(query))
    return found


def living(connection: Connection, source: str) -> list[Living]:
    """The entries of a source that it has not taken back."""
    query = (
        select(entries.c.id, entries.c.guid, entries.c.url)
        .where(entries.c.source == source, entries.c.withdrawn_at.is_(None))
        .order_by(entries.c.id)
    )
    return [Living(*row) for row in connection.execute(query)]
