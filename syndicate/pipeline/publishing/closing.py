"""Archive pages (RFC 5005 §4): closed when something would else be nowhere.

A story that the current document does not show (any more) has to stand on a page. As
soon as one does not, what stands on no page is put on new ones, in the order in which
it came, up to a hundred each; so the newest page and the current document overlap. A
closed page keeps its address and its stories for ever, so whoever walks back from the
current document to a page that it knows has missed nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from syndicate.model import Feed
from syndicate.pipeline.publishing.work import DOCUMENTS, Press
from syndicate.publish.units import Unit, UnitKind
from syndicate.store import Connection, carried, feeds
from syndicate.store.feeds import FeedRow

ON_A_PAGE = 100
LIMIT = Feed(key="", title="").limit
"""Of the feeds of cited documents."""


def close_pages(
    connection: Connection, limits: Mapping[str, int], pages: Mapping[str, int]
) -> dict[str, int]:
    """Close the pages that feeds need; how many each has then.

    ``limits`` are how many stories the current documents show, ``pages`` how many are
    closed already, by feed.
    """
    return {
        feed: _close(connection, feed, limit, pages.get(feed, 0))
        for feed, limit in limits.items()
    }


def _close(connection: Connection, feed: str, limit: int, pages: int) -> int:
    waiting = carried.unpaged(connection, feed)
    last = carried.last_shown(connection, feed, limit) if waiting else None
    if last is None:
        return pages
    for some in _pages(waiting, last):
        pages += 1
        carried.close(connection, pages, some)
    return pages


def _pages(waiting: Sequence[tuple[int, str]], last: str) -> Iterable[list[int]]:
    """Yield the rows of new pages, as long as one waits that stands behind ``last``."""
    behind = [number for number, (_, place) in enumerate(waiting) if place < last]
    needed = behind[-1] + 1 if behind else 0
    start = 0
    while start < needed:
        yield [row for row, _ in waiting[start : start + ON_A_PAGE]]
        start += ON_A_PAGE


def settle_feeds(
    on: Press,
    connection: Connection,
    keys: Collection[str],
    units: dict[Unit, None],
) -> None:
    """Close pages of feeds, keep how they stand, and note their documents."""
    rows = feeds.get_many(connection, keys)
    limits = {
        key: on.feeds[key].limit if key in on.feeds else LIMIT
        for key in keys
        if key in on.feeds or (key in rows and key.startswith(DOCUMENTS))
    }
    before = {key: row.pages for key, row in rows.items()}
    pages = close_pages(connection, limits, before)
    for key in limits:
        for number in range(max(before.get(key, 0), 1), pages[key] + 1):
            # The one before, too: it names the next.
            if pages[key] > before.get(key, 0):
                units[Unit(UnitKind.ARCHIVE, key, number)] = None
        units[Unit(UnitKind.FEED, key)] = None
    feeds.save(
        connection,
        (
            FeedRow(
                feed=key,
                stamp=rows[key].stamp if key in rows else "",
                changed_at=on.now,
                pages=pages[key],
            )
            for key in limits
        ),
    )
