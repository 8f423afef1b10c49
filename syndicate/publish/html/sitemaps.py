"""Sitemaps (sitemaps.org 0.9): an index, one for the feeds' pages, and one a day.

Listed is what is its own canonical address and may be indexed: pages of stories that
we tell in our own way, pages of feeds, of days. No sitemap of news is written: that
is where a publisher lists articles of its own, and these belong to others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from typing import NamedTuple

from syndicate.model import Feed, Site
from syndicate.publish.forms.addresses import public
from syndicate.publish.forms.fragments import Document, packed_whole
from syndicate.publish.forms.paging import story_path
from syndicate.publish.html.days import LIST, day_path
from syndicate.publish.html.pages import feed_page_path

INDEX = "sitemap.xml"
OF_FEEDS = "sitemap/feeds.xml"
MOST = 45_000
"""Addresses in one sitemap; 50,000 are allowed, and 50 MB."""
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class Listed(NamedTuple):
    """A story's page in a sitemap."""

    uid: str
    changed: datetime
    indexed: bool
    """It may be found by search engines, and here is its canonical address."""


def sitemap_path(day: str) -> str:
    """Return the path of a day's sitemap."""
    return f"sitemap/{day}.xml"


def day_sitemap(day: str, stories: Sequence[Listed], *, site: Site) -> Document:
    """Write the sitemap of a day: its page, and those of its stories.

    Of more than one sitemap may hold, the rest is found through the pages of feeds.
    """
    changed = max(one.changed for one in stories)
    before, after = public(site, story_path("\x00")).split("%00")
    rows = [_row("url", public(site, day_path(day)), changed)]
    rows += [
        _row("url", f"{before}{one.uid}{after}", one.changed)
        for one in stories
        if one.indexed
    ]
    return _document("urlset", rows[:MOST])


def feeds_sitemap(feeds: Iterable[Feed], *, site: Site) -> Document:
    """Write the sitemap of the front page, of every feed's page and the list of days.

    Without dates: they change with every story.
    """
    paths = ["index.html", LIST, *(feed_page_path(feed.key) for feed in feeds)]
    return _document(
        "urlset", [_row("url", public(site, path)) for path in dict.fromkeys(paths)]
    )


def sitemap_index(days: Iterable[str], *, site: Site) -> Document:
    """Write the index of all sitemaps: that of the feeds, and of ``days``.

    Without dates, so that it changes when there is a new sitemap and not before.
    """
    paths = [OF_FEEDS, *map(sitemap_path, days)]
    rows = [_row("sitemap", public(site, path)) for path in paths]
    return _document("sitemapindex", rows)


def _row(name: str, address: str, changed: datetime | None = None) -> str:
    at = ""
    if changed is not None:
        moment = changed.astimezone(UTC).replace(microsecond=0, tzinfo=None)
        at = f"<lastmod>{moment.isoformat()}Z</lastmod>"
    return f"<{name}><loc>{escape(address)}</loc>{at}</{name}>\n"


def _document(name: str, rows: Sequence[str]) -> Document:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="{_SPACE}">\n'
    return packed_whole(f"{head}{''.join(rows)}</{name}>\n".encode())
