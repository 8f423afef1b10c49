"""HTML pages for people: one per feed, and the front page that lists them.

They load nothing from elsewhere (no pictures, no fonts, no scripts): reading them
tells nobody who reads. Links inside the folder are relative, so that a copy of it
works under any address.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from syndicate.model import Feed, Site
from syndicate.publish.addresses import home, public
from syndicate.publish.characters import legal, line
from syndicate.publish.item import Item
from syndicate.templating import Templates

_GROUPS = ("category/", "source/")


def index(
    feeds: Sequence[Feed],
    stories: Sequence[str],
    *,
    site: Site,
    templates: Templates,
    shelved: int = 0,
) -> bytes:
    """Write the front page: ``stories`` (of :func:`story`), and every feed.

    ``shelved``: how many cited documents have pages.
    """
    categories, sources = (
        [feed for feed in feeds if feed.key.startswith(group)] for group in _GROUPS
    )
    others = [feed for feed in feeds if not feed.key.startswith(_GROUPS)]
    return page(
        templates,
        "web/index.html",
        site=site,
        up="",
        here=public(site, "index.html"),
        home=home(site),
        titles=short_titles(feeds, site),
        categories=categories,
        sources=sources,
        others=others,
        stories=stories,
        shelved=shelved,
    )


def feed_page(
    feed: Feed, stories: Sequence[str], *, site: Site, templates: Templates
) -> bytes:
    """Write the page of one feed; ``stories`` are those of :func:`story`."""
    return page(
        templates,
        "web/feed.html",
        site=site,
        up=up(feed.key),
        here=public(site, f"{feed.key}.html"),
        home=home(site),
        feed=feed,
        title=short_titles([feed], site)[feed.key],
        stories=stories,
    )


def story(
    item: Item, *, depth: str, keys: Collection[str], templates: Templates
) -> str:
    """Write one story as HTML, for pages that are ``depth`` ("", "../") down.

    ``keys`` are the feeds that exist, so that nothing links to one that does not.
    """
    return templates.render("web/story.html", item=item, up=depth, keys=keys)


def stylesheet(templates: Templates) -> bytes:
    """Write the style of all pages."""
    return page(templates, "web/style.css")


def feed_stylesheet(site: Site, templates: Templates) -> bytes:
    """Write the XSLT by which a feed that is opened in a browser explains itself."""
    css = templates.render("web/style.css")
    return page(templates, "feed/feed.xsl", site=site, home=home(site), css=css)


def up(key: str) -> str:
    """Return the way from a document to the feeds folder: "" or "../"."""
    return "../" * key.count("/")


def short_titles(feeds: Sequence[Feed], site: Site) -> dict[str, str]:
    """Name feeds (key → title) where the site's own name is already said."""
    ending = f" – {site.title}"
    return {
        feed.key: line(feed.title.removesuffix(ending)) or feed.key for feed in feeds
    }


def page(templates: Templates, name: str, **values: object) -> bytes:
    """Render a document; titles from a configuration may hold any character."""
    return legal(templates.render(name, **values)).encode()
