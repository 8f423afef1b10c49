"""What we remember of article pages between two visits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from syndicate.model import Page
from syndicate.store.columns import mark
from syndicate.store.rows import portions
from syndicate.store.schema import entries, pages

_FIELDS = tuple(one.name for one in fields(Page))


def load(connection: Connection, source: str, urls: Collection[str]) -> dict[str, Page]:
    """The pages of ``source`` at these addresses, by address; unknown ones left out."""
    wanted = {mark(url): url for url in urls}
    found: dict[str, Page] = {}
    for some in portions(sorted(wanted)):
        query = select(pages).where(
            pages.c.source == source, pages.c.url_mark.in_(some)
        )
        for row in connection.execute(query):
            # Under the address that was asked for, in case storing altered it.
            found[wanted[row.url_mark]] = _page(row)
    return found


def save(connection: Connection, page: Page) -> None:
    """Remember ``page`` in place of what was known of it."""
    values = {name: getattr(page, name) for name in _FIELDS}
    values["url_mark"] = mark(page.url)
    known = (pages.c.source == page.source) & (pages.c.url_mark == mark(page.url))
    done = connection.execute(update(pages).where(known).values(values))
    if done.rowcount == 0:
        connection.execute(insert(pages).values(values))


def told(connection: Connection, source: str) -> list[Page]:
    """The pages of a source whose entries are kept and not withdrawn, oldest first."""
    query = (
        select(pages)
        .join(entries, entries.c.id == pages.c.entry_id)
        .where(pages.c.source == source, entries.c.withdrawn_at.is_(None))
        .order_by(pages.c.entry_id, pages.c.url_mark)
    )
    return [_page(row) for row in connection.execute(query)]


def to_recheck(connection: Connection, source: str, since: datetime) -> list[Page]:
    """Pages whose entry was first seen at ``since`` or later and is not withdrawn.

    Those that were not visited for longest come first.
    """
    query = (
        select(pages)
        .join(entries, entries.c.id == pages.c.entry_id)
        .where(
            pages.c.source == source,
            entries.c.source == source,
            entries.c.seen_at >= since,
            entries.c.withdrawn_at.is_(None),
        )
        .order_by(pages.c.visited_at, pages.c.url_mark)
    )
    return [_page(row) for row in connection.execute(query)]


def _page(row: Row[Any]) -> Page:
    return Page(**{name: row._mapping[name] for name in _FIELDS})
