"""Publish: the pages of stories, days and months, and what a site has once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from syndicate.errors import TemplateError
from syndicate.model import Feed, Rights, Site, Source
from syndicate.publish.forms.fragments import Document, packed_whole
from syndicate.publish.forms.item import Item
from syndicate.publish.forms.jsonfeed import ABOUT
from syndicate.publish.forms.opml import opml, published_outlines, source_outlines
from syndicate.publish.forms.paging import story_path
from syndicate.publish.html import pages
from syndicate.publish.html.aboutpage import about_page
from syndicate.publish.html.days import (
    FOLDER,
    LIST,
    SHOWN,
    day_pages,
    day_path,
    days_page,
    month_page,
    month_path,
)
from syndicate.publish.html.sitemaps import (
    INDEX,
    OF_FEEDS,
    Listed,
    day_sitemap,
    feeds_sitemap,
    sitemap_index,
    sitemap_path,
)
from syndicate.publish.html.storypage import gone_page, indexed, story_page
from syndicate.publish.units import Unit, UnitKind
from syndicate.store import Connection, carried, permalinks, written
from syndicate.store.permalinks import Permalink
from syndicate.templating import Templates

LISTS = "lists"
"""Key of the unit of all that follows the settings alone."""
SITEMAP = "sitemap"
"""Key of the unit of the index of sitemaps: a day got its first story."""
_LONGEST = 10
"""Mergers in a row that a page follows."""

Documents = Mapping[str, Document | None]
"""Path → document; None for one that is to be removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDesk:
    """What pages are made of."""

    site: Site
    sources: Mapping[str, Source]
    feeds: Sequence[Feed]
    """All of them, the standing ones too."""
    templates: Templates
    shelved: int
    """How many cited documents have pages."""
    rights: Rights = Rights.FULL
    """The most that is passed on."""
    items: Callable[[Connection, Collection[int]], Mapping[int, Item]]
    """By story, as they may be told now; of one that may not there is none."""
    fragments: Callable[[Connection, Sequence[int]], Mapping[int, bytes]]
    """HTML fragments by story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The documents of a unit."""

    unit: Unit
    documents: Documents = field(default_factory=dict)
    failed: tuple[tuple[str, str], ...] = ()
    """(path, cause) of what a template could not make; the others are there."""


def make_pages(
    desk: PageDesk, connection: Connection, units: Sequence[Unit]
) -> Iterator[Made]:
    """Make the documents of stories, days, months and the site; others are passed over.

    What is asked of the store for stories is asked once for all of ``units``.
    """
    told = _Stories(desk, connection, units)
    makers: dict[UnitKind, Callable[[Unit], Documents]] = {
        UnitKind.STORY: told.page,
        UnitKind.DAY: lambda unit: _day(desk, connection, unit.key),
        UnitKind.MONTH: lambda unit: _month(desk, connection, unit.key),
        UnitKind.SITE: lambda unit: _site(desk, connection, unit.key),
    }
    for unit in units:
        maker = makers.get(unit.kind)
        if maker is None:
            continue
        try:
            yield Made(unit=unit, documents=maker(unit))
        except TemplateError as error:
            yield Made(unit=unit, failed=((_named(unit), str(error)),))


def _named(unit: Unit) -> str:
    """Name the page of a unit that failed."""
    paths = {
        UnitKind.STORY: story_path(unit.key),
        UnitKind.SITE: unit.key or "index.html",
    }
    return paths.get(unit.kind, f"{FOLDER}/{unit.key}.html")


# ── Stories ──────────────────────────────────────────────────────────────────


class _Stories:
    """Pages of stories, whose items are read together when the first is asked for."""

    def __init__(
        self, desk: PageDesk, connection: Connection, units: Sequence[Unit]
    ) -> None:
        uids = [unit.key for unit in units if unit.kind is UnitKind.STORY]
        self._desk, self._connection = desk, connection
        self._rows = permalinks.get_many(connection, uids) if uids else {}
        standing = [row.story_id for row in self._rows.values() if not row.gone_at]
        self._items = desk.items(connection, standing) if standing else {}
        self._keys = frozenset(feed.key for feed in desk.feeds)

    def page(self, unit: Unit) -> Documents:
        """Make the page of a story, or what stays of it."""
        desk, row = self._desk, self._rows.get(unit.key)
        if row is None:
            return {story_path(unit.key): None}
        if row.gone_at:
            into = self._last(row)
            made = gone_page(
                row.uid, into=into, site=desk.site, templates=desk.templates
            )
            return {story_path(row.uid): made}
        item = self._items.get(row.story_id)
        if item is None:
            return {story_path(row.uid): None}
        made = story_page(
            item, site=desk.site, keys=self._keys, templates=desk.templates
        )
        return {story_path(row.uid): made}

    def _last(self, row: Permalink) -> str:
        """Follow a story to the one that tells it now; "" where that is gone, too."""
        for _step in range(_LONGEST):
            if not row.into:
                return "" if row.gone_at else row.uid
            found = permalinks.get_many(self._connection, [row.into])
            if row.into not in found:
                return ""
            row = found[row.into]
        return ""


# ── Days and months ──────────────────────────────────────────────────────────


def _day(desk: PageDesk, connection: Connection, day: str) -> Documents:
    """Make the pages of a day, and its sitemap; parts that it has no more go."""
    listed = [
        Listed(uid, changed, _indexed(desk, source))
        for uid, changed, source in permalinks.listed_on(connection, day)
    ]
    map_path = sitemap_path(day)
    made: dict[str, Document | None] = dict.fromkeys(
        [*written.under(connection, f"{FOLDER}/{day}"), day_path(day), map_path]
    )
    if not listed:
        return made
    told = permalinks.of_day(connection, day)[:SHOWN]
    fragments = desk.fragments(connection, told)
    made |= day_pages(
        day,
        [fragments[story] for story in told if story in fragments],
        count=len(listed),
        beside=permalinks.days_beside(connection, day),
        site=desk.site,
        templates=desk.templates,
    )
    return made | {map_path: day_sitemap(day, listed, site=desk.site)}


def _month(desk: PageDesk, connection: Connection, month: str) -> Documents:
    counts = permalinks.counts_of(connection, month)
    if not counts:
        return {month_path(month): None}
    months = permalinks.months(connection)
    made = month_page(
        month,
        counts,
        earlier=max((one for one in months if one < month), default=""),
        later=min((one for one in months if one > month), default=""),
        site=desk.site,
        templates=desk.templates,
    )
    return {month_path(month): made}


def _indexed(desk: PageDesk, source: str) -> bool:
    """Say whether search engines may have the page of a story of that source.

    The lower of two rights counts: that of the source, and that of the desk.
    """
    known = desk.sources.get(source)
    rights = {known.rights if known else Rights.LINK, desk.rights}
    lowest = next(one for one in Rights if one in rights)
    return indexed(lowest)


# ── The site ─────────────────────────────────────────────────────────────────


def _site(desk: PageDesk, connection: Connection, key: str) -> Documents:
    if key == LISTS:
        return _lists(desk, connection) | _sitemap(desk, connection)
    if key == SITEMAP:
        return _sitemap(desk, connection)
    newest = [story for _uid, story in _newest(desk, connection)]
    fragments = desk.fragments(connection, newest)
    made = pages.index(
        desk.feeds,
        [fragments[story] for story in newest if story in fragments],
        site=desk.site,
        templates=desk.templates,
        shelved=desk.shelved,
    )
    return {"index.html": made}


def _newest(desk: PageDesk, connection: Connection) -> Sequence[tuple[str, int]]:
    """Return what the front page shows: of ``all``, else of the first feed."""
    keys = [feed.key for feed in desk.feeds]
    if not keys:
        return ()
    key = "all" if "all" in keys else keys[0]
    return carried.current(connection, key, pages.LATEST)


def _lists(desk: PageDesk, connection: Connection) -> dict[str, Document]:
    """What follows the settings, and which months there are."""
    site, templates = desk.site, desk.templates
    whole = {
        "feeds.opml": opml(
            site.title, published_outlines(desk.feeds, site, shelved=desk.shelved)
        ),
        "sources.opml": opml(site.title, source_outlines(desk.sources.values())),
        "style.css": pages.stylesheet(templates),
        "feed.xsl": pages.feed_stylesheet(site, templates),
        "feed.css": pages.feed_plain_style(site, templates),
        "widget.js": pages.widget(templates),
        ABOUT: about_page(site, templates),
    }
    months = permalinks.months(connection)
    return {path: packed_whole(content) for path, content in whole.items()} | {
        LIST: days_page(months, site=site, templates=templates),
        OF_FEEDS: feeds_sitemap(desk.feeds, site=site),
    }


def _sitemap(desk: PageDesk, connection: Connection) -> dict[str, Document]:
    return {INDEX: sitemap_index(permalinks.days(connection), site=desk.site)}
