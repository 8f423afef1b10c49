"""A whole site as documents: path under the feeds folder → bytes (pure).

``<key>.rss``, ``.atom``, ``.json`` and ``.html`` for each feed, and ``index.html``,
``feeds.opml``, ``sources.opml``, ``style.css``, ``feed.xsl`` for all of them. Each is
read at ``site.base_url`` + ``/feeds/`` + path.

A story becomes an item, and an item its part of a document, once in a run however
many feeds carry it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from syndicate.model import Category, Feed, Site, Source, Story
from syndicate.publish import pages
from syndicate.publish.addresses import public
from syndicate.publish.item import Item, items
from syndicate.publish.jsonfeed import jsonfeed
from syndicate.publish.opml import opml, published_outlines, source_outlines
from syndicate.publish.select import carried, ready
from syndicate.publish.shelved import Shelved
from syndicate.publish.xml import atom, rss
from syndicate.templating import Templates

_LATEST = 20
"""Stories on the front page."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A feed and the items that it carries now."""

    feed: Feed
    items: tuple[Item, ...]


def documents(  # noqa: PLR0913 - one for each thing a site is made of
    stories: Iterable[Story],
    feeds: Iterable[Feed],
    *,
    site: Site,
    sources: Mapping[str, Source],
    categories: Sequence[Category],
    templates: Templates,
    now: datetime,
) -> dict[str, bytes]:
    """Return every document of the site at ``now``.

    Where two feeds have one key, the first is written. Raises a TemplateError if a
    page does not render; :func:`feed_documents` cannot fail so.
    """
    filled = fill(
        stories, feeds, site=site, sources=sources, categories=categories, now=now
    )
    return feed_documents(filled, site=site, sources=sources) | page_documents(
        filled, site=site, templates=templates
    )


def fill(  # noqa: PLR0913 - one for each thing an item is made of
    stories: Iterable[Story],
    feeds: Iterable[Feed],
    *,
    site: Site,
    sources: Mapping[str, Source],
    categories: Sequence[Category],
    now: datetime,
    papers: Mapping[int, Sequence[Shelved]] | None = None,
) -> tuple[Filled, ...]:
    """Decide what each feed carries at ``now``.

    ``papers`` are the documents with pages that each story cites, by its number.
    """
    ordered = ready(stories, sources, now)
    distinct = {feed.key: feed for feed in reversed(list(feeds))}
    chosen = {
        key: carried(feed, ordered, sources) for key, feed in reversed(distinct.items())
    }
    needed = {story.uid: story for told in chosen.values() for story in told}
    made = items(
        needed.values(),
        site=site,
        sources=sources,
        categories=categories,
        papers=papers,
    )
    by_uid = {item.uid: item for item in made}
    return tuple(
        Filled(distinct[key], tuple(by_uid[story.uid] for story in told))
        for key, told in chosen.items()
    )


def feed_documents(
    filled: Sequence[Filled], *, site: Site, sources: Mapping[str, Source]
) -> dict[str, bytes]:
    """Return the RSS, Atom and JSON documents of ``filled``, and their OPML lists."""
    feeds = [each.feed for each in filled]
    found = {
        "feeds.opml": opml(site.title, published_outlines(feeds, site)),
        "sources.opml": opml(site.title, source_outlines(sources.values())),
    }
    for each in filled:
        paths = [f"{each.feed.key}.{ending}" for ending in ("rss", "atom", "json")]
        urls = [public(site, path) for path in paths]
        found |= {
            paths[0]: rss(each.feed, each.items, site=site, self_url=urls[0]),
            paths[1]: atom(each.feed, each.items, site=site, self_url=urls[1]),
            paths[2]: jsonfeed(each.feed, each.items, site=site, feed_url=urls[2]),
        }
    return found


def page_documents(
    filled: Sequence[Filled], *, site: Site, templates: Templates, shelved: int = 0
) -> dict[str, bytes]:
    """Return the pages for people, their style, and that of feeds in a browser.

    ``shelved``: how many cited documents have pages of their own.
    """
    keys = frozenset(each.feed.key for each in filled)
    render = partial(pages.story, keys=keys, templates=templates)
    kept: dict[tuple[str, str], str] = {}

    def story(item: Item, depth: str) -> str:
        place = (item.uid, depth)
        if place not in kept:
            kept[place] = render(item, depth=depth)
        return kept[place]

    found = {
        f"{each.feed.key}.html": pages.feed_page(
            each.feed,
            [story(item, pages.up(each.feed.key)) for item in each.items],
            site=site,
            templates=templates,
        )
        for each in filled
    }
    latest = _latest(filled)
    found["index.html"] = pages.index(
        [each.feed for each in filled],
        [story(item, "") for item in latest],
        site=site,
        templates=templates,
        shelved=shelved,
    )
    found["style.css"] = pages.stylesheet(templates)
    found["feed.xsl"] = pages.feed_stylesheet(site, templates)
    return found


def _latest(filled: Sequence[Filled]) -> tuple[Item, ...]:
    """Return the front page's items: those of ``all``, else of the first feed."""
    everything = [each for each in filled if each.feed.key == "all"] or filled
    return everything[0].items[:_LATEST] if everything else ()
