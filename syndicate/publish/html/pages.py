"""HTML pages for people: one per feed, and the front page that lists them.

They load nothing from elsewhere (no pictures, no fonts, no scripts): reading them
tells nobody who reads. Links inside the folder are relative, so that a copy of it
works under any address.

A story in a list is written once (:func:`story_fragment`) and stands on pages of any
depth: where its links begin, it holds :data:`WAY_UP`, which a page fills in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from urllib.parse import quote

from syndicate.model import Feed, Site
from syndicate.publish.forms.addresses import home, public
from syndicate.publish.forms.characters import legal, line
from syndicate.publish.forms.fragments import Document, Form, packed_whole
from syndicate.publish.forms.item import Item
from syndicate.publish.forms.paging import archive_path, current_path
from syndicate.templating import Templates
from syndicate.translate import translation

WAY_UP = "\x00"
"""Stands in a fragment for the way to the feeds folder: "", "../", "../../"."""
LATEST = 20
"""Stories on the front page."""
_GROUPS = ("category/", "source/")
_ODD = re.compile("[<>&\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]")


# ── A story in a list ────────────────────────────────────────────────────────


def story_fragment(item: Item, *, keys: Collection[str], templates: Templates) -> bytes:
    """Write one story as HTML, for pages of any depth (:data:`WAY_UP`).

    ``keys`` are the feeds that exist, so that nothing links to one that does not.
    Raises TemplateError.
    """
    made = templates.render("web/story.html", item=item, up=WAY_UP, keys=keys)
    return WAY_UP.join(map(legal, made.split(WAY_UP))).encode()


def joined(stories: Iterable[bytes], way_up: str) -> str:
    """Put the fragments of stories behind one another, on a page that is so deep."""
    return b"".join(stories).replace(WAY_UP.encode(), way_up.encode()).decode()


# ── Pages ────────────────────────────────────────────────────────────────────


def index(
    feeds: Sequence[Feed],
    stories: Sequence[bytes],
    *,
    site: Site,
    templates: Templates,
    shelved: int = 0,
) -> Document:
    """Write the front page: ``stories`` are fragments, ``feeds`` are all of them.

    ``shelved``: how many cited documents have pages. Raises TemplateError.
    """
    rows = [_row(feed, site) for feed in feeds]
    categories, sources = (
        [row for row in rows if row[1].startswith(group)] for group in _GROUPS
    )
    made = page(
        templates,
        "web/index.html",
        site=site,
        up="",
        here=public(site, "index.html"),
        home=home(site),
        categories=categories,
        sources=sources,
        others=[row for row in rows if not row[1].startswith(_GROUPS)],
        stories=joined(stories, ""),
        shelved=shelved,
    )
    return packed_whole(made)


def feed_page(
    feed: Feed,
    stories: Sequence[bytes],
    *,
    site: Site,
    templates: Templates,
    pages: int = 0,
    page: int = 0,
) -> Document:
    """Write a page of one feed; ``stories`` are fragments.

    ``page`` 0 is the feed as it is now; of ``pages`` archive pages that are closed,
    number 1 is the oldest. Raises TemplateError.
    """
    path = feed_page_path(feed.key, page)
    newer, older = _beside(feed.key, page, pages)
    made = _page(
        templates,
        "web/feed.html",
        site=site,
        up=up(path),
        here=public(site, path),
        home=home(site),
        feed=feed,
        title=_short(feed, site),
        page=page,
        newer=newer and up(path) + quote(newer),
        older=older and up(path) + quote(older),
        stories=joined(stories, up(path)),
    )
    return packed_whole(made)


def feed_page_path(key: str, page: int = 0) -> str:
    """Return the path of a page of a feed: as it is now, or an archive page."""
    return archive_path(key, page, Form.HTML) if page else current_path(key, Form.HTML)


def _beside(key: str, page: int, pages: int) -> tuple[str, str]:
    """Return the paths of the pages with newer and with older stories, or ""."""
    before = page - 1 if page else pages
    older = feed_page_path(key, before) if before > 0 else ""
    if not page:
        return "", older
    return feed_page_path(key, page + 1 if page < pages else 0), older


# ── Styles ───────────────────────────────────────────────────────────────────


def stylesheet(templates: Templates) -> bytes:
    """Write the style of all pages."""
    return page(templates, "web/style.css")


def feed_stylesheet(site: Site, templates: Templates) -> bytes:
    """Write the XSLT by which a feed that is opened in a browser explains itself."""
    css = templates.render("web/style.css")
    return page(templates, "feed/feed.xsl", site=site, home=home(site), css=css)


def feed_plain_style(site: Site, templates: Templates) -> bytes:
    """Write the style of a feed in a browser without XSLT.

    Such a style can make no links: it shows the addresses, and what to do with them.
    """
    _ = translation(site.language).gettext
    copy = _(
        "This is a feed: a feed reader looks into it, and new stories come to you, "
        "without e-mail and without anybody knowing what you read. Copy this address "
        "into your reader:"
    )
    readers = _(
        "Free readers for your own device: Thunderbird, Feeder, NetNewsWire, Newsboat."
    )
    return page(
        templates,
        "feed/feed.css",
        copy=_css_string(copy),
        readers=_css_string(readers),
        page=_css_string(_("The same for people:")),
    )


def widget(templates: Templates) -> bytes:
    """Write the script by which other sites show the headlines of a feed."""
    return page(templates, "web/widget.js")


def _css_string(text: str) -> str:
    """Quote ``text`` for CSS (css-syntax-3 §4.3.5), whatever stands in it."""
    kept = (
        each if each.isalnum() or each in " .,:;" else f"\\{ord(each):x} "
        for each in line(text)
    )
    return f'"{"".join(kept)}"'


# ── Parts ────────────────────────────────────────────────────────────────────


def up(path: str) -> str:
    """Return the way from a document to the feeds folder: "", "../", "../../"."""
    return "../" * path.count("/")


def short_titles(feeds: Sequence[Feed], site: Site) -> dict[str, str]:
    """Name feeds (key → title) where the site's own name is already said."""
    return {feed.key: _short(feed, site) for feed in feeds}


def _short(feed: Feed, site: Site) -> str:
    return line(feed.title.removesuffix(f" – {site.title}")) or feed.key


def _row(feed: Feed, site: Site) -> tuple[str, str, str]:
    """Return a line of a list: path of the page, key, title. In plain values: the
    templates' sandbox looks at each attribute, and of feeds there are hundreds."""
    return quote(feed_page_path(feed.key)), feed.key, _short(feed, site)


def page(templates: Templates, name: str, **values: object) -> bytes:
    """Render a document; titles from a configuration may hold any character."""
    return legal(templates.render(name, **values)).encode()


_page = page


def script_json(value: object) -> str:
    """Write JSON that can stand inside ``<script>``, and in any document of ours.

    What would be markup there, or no legal character, is escaped as JSON does it.
    """
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", said)
