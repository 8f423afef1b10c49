"""RSS 2.0 and Atom 1.0: the one door of feedgen, and where its ``Any`` stops.

feedgen 1.0.0 needs mending in several places (each has a golden test): entry links
lose every attribute but ``href`` (python-feedgen #135), dates come with offsets and
swap the locale of the whole process, ``lastBuildDate`` is the time of the build, and
authors without an address vanish from RSS. So feedgen builds the tree of one entry or
of a document without entries, we replace those elements by our own, and would do no
harm to a release that has learnt to write them.
"""

from __future__ import annotations

import html
from urllib.parse import quote

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from syndicate import __version__
from syndicate.model import Enclosure, Feed, Site
from syndicate.publish.forms.addresses import home, public, tag, web_host
from syndicate.publish.forms.characters import legal, line, said, unmarked
from syndicate.publish.forms.elements import (
    ATOM,
    CONTENT,
    DC,
    LANG,
    MEDIA,
    add,
    mark_as_text,
    rendered,
    replace,
)
from syndicate.publish.forms.item import Item
from syndicate.publish.forms.languages import UNKNOWN, language_tag
from syndicate.publish.forms.paging import Paging, story_path
from syndicate.publish.forms.stamps import atom_date, rss_date

RSS_NAMES: dict[str | None, str] = {
    "atom": ATOM,
    "content": CONTENT,
    "dc": DC,
    "media": MEDIA,
}
"""Prefixes that an RSS item is written with."""
ATOM_NAMES: dict[str | None, str] = {None: ATOM, "media": MEDIA}
"""Prefixes that an Atom entry is written with."""
_MEDIUM = {"image": "image", "audio": "audio", "video": "video"}
_RANK = {"audio": 0, "video": 0, "image": 2}


# ── A document without entries ───────────────────────────────────────────────


def rss_channel(feed: Feed, site: Site, paging: Paging) -> etree._Element:
    """Describe ``feed`` as an RSS channel, without a date and without items."""
    made = FeedGenerator()
    made.title(unmarked(feed.title) or feed.key)
    if paging.own:
        made.link(href=paging.own, rel="self", type="application/rss+xml")
    made.link(href=paging.page, rel="alternate")
    made.description(_description(feed, site))
    language = feed_language(feed, site)
    if language != UNKNOWN:
        made.language(language)
    made.generator("Syndicate", version=__version__)
    # Otherwise feedgen writes the time of the build, and swaps the locale of every
    # thread while it does so. There is no public way to say "none".
    made._FeedGenerator__rss_lastBuildDate = None
    found = etree.fromstring(made.rss_str()).find("channel")
    assert found is not None, "feedgen wrote RSS without a channel"  # noqa: S101 -- for mypy
    for stray in found.findall("lastBuildDate"):
        found.remove(stray)
    return found


def atom_feed(
    feed: Feed, site: Site, paging: Paging, names: dict[str | None, str]
) -> etree._Element:
    """Describe ``feed`` as an Atom feed without entries; its ``updated`` is wrong."""
    made = FeedGenerator()
    made.id(tag(site, f"feed/{feed.key}"))
    made.title(said(line(feed.title)) or feed.key)
    made.subtitle(_description(feed, site))
    made.author(name=said(line(site.title)) or feed.key, uri=home(site))
    if paging.own:
        made.link(href=paging.own, rel="self", type="application/atom+xml")
    made.link(href=paging.page, rel="alternate", type="text/html")
    made.generator("Syndicate", version=__version__)
    shell = etree.fromstring(made.atom_str())
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=names)
    root.set(LANG, feed_language(feed, site))
    root[:] = shell[:]
    for name in ("title", "subtitle"):
        mark_as_text(root, f"{{{ATOM}}}{name}")
    return root


def feed_language(feed: Feed, site: Site) -> str:
    """Return the language that a feed as a whole is in."""
    own = feed.languages[0] if len(feed.languages) == 1 else ""
    return language_tag(own, site.language)


def _description(feed: Feed, site: Site) -> str:
    known = unmarked(feed.description) or unmarked(site.description)
    return known or unmarked(feed.title) or feed.key


# ── One entry ────────────────────────────────────────────────────────────────


def rss_item(item: Item, site: Site) -> bytes:
    """Write ``item`` as an RSS item, the same in every feed; a line of its own."""
    made = FeedEntry()
    made.title(unmarked(item.title) or item.id)
    made.link(href=item.link, rel="alternate")
    made.id(item.id)
    made.description(html.escape(_gist(item), quote=False))
    if item.html:
        made.content(legal(item.html))
    scheme = public(site, "category/")
    for term, label in item.categories:
        made.category(term=term, label=unmarked(label), scheme=scheme + quote(term))
    origin = item.source.feed or item.source.home
    if origin:
        made.source(url=origin, title=unmarked(item.source.title))
    found = made.rss_entry()
    add(found, "pubDate", rss_date(item.published or item.seen))
    # RSS has no word for it; readers built on feedparser see a correction by this.
    add(found, f"{{{ATOM}}}updated", atom_date(item.updated))
    if item.language not in (language_tag(site.language), UNKNOWN):
        add(found, f"{{{DC}}}language", item.language)
    for author in item.authors:
        add(found, f"{{{DC}}}creator", legal(author))
    if item.licence:
        add(found, f"{{{DC}}}rights", unmarked(item.licence))
    _add_files(found, item)
    for link in (*_told(item), *_about(item, site)):
        add(found, f"{{{ATOM}}}link", **link)
    return rendered(found, RSS_NAMES) + b"\n"


def atom_entry(item: Item, site: Site) -> bytes:
    """Write ``item`` as an Atom entry, the same in every feed; a line of its own."""
    made = FeedEntry()
    made.id(item.id)
    made.title(said(legal(item.title)) or item.id)
    made.link(href=item.link, rel="alternate")
    for author in item.authors or (item.source.title,):
        made.author(name=said(legal(author)))
    # Also where the text is there: readers take a caption for a missing summary.
    if item.summary or item.image or not item.html:
        made.summary(said(_gist(item)), type="text")
    if item.html:
        made.content(legal(item.html), type="html")
    scheme = public(site, "category/")
    for term, label in item.categories:
        made.category(term=term, label=said(legal(label)), scheme=scheme)
    found = made.atom_entry()
    found.set(LANG, item.language)
    mark_as_text(found, "title")
    replace(found, "updated", atom_date(item.updated))
    replace(found, "published", atom_date(item.published) if item.published else "")
    replace(found, "rights")
    if item.licence:
        add(found, "rights", said(item.licence), type="text")
    replace(found, "link")
    for link in _links(item, site):
        add(found, "link", **link)
    _add_source(found, item)
    _add_image(found, item)
    return rendered(found, {"media": MEDIA}) + b"\n"


def _gist(item: Item) -> str:
    """Return what stands for the text where we may not pass any on: the source."""
    return legal(item.summary or item.source.title)


def _links(item: Item, site: Site) -> list[dict[str, str]]:
    """Return the links of an Atom entry (RFC 4287 §4.2.7); empty values left out."""
    page = {"rel": "alternate", "href": item.link, "type": "text/html"}
    enclosures = [
        {
            "rel": "enclosure",
            "href": enclosure.url,
            "type": enclosure.type,
            "length": str(enclosure.length) if enclosure.length > 0 else "",
        }
        for enclosure in item.enclosures
    ]
    spoken = "" if item.language == UNKNOWN else item.language
    told, about = _told(item), _about(item, site)
    return [page | {"hreflang": spoken}, *told, *about, *enclosures]


def _told(item: Item) -> list[dict[str, str]]:
    """Link to those who tell the story too; ``via`` is where we had it from."""
    return [
        {
            "rel": "via" if teller.first else "related",
            "href": teller.link,
            "type": "text/html",
            "title": unmarked(f"{teller.source}: {teller.title}"),
        }
        for teller in item.tellers
    ]


def _about(item: Item, site: Site) -> list[dict[str, str]]:
    """Link to our own page of the story, and to its licence if that has an address."""
    found = []
    if item.uid:
        own = public(site, story_path(item.uid))
        found.append({"rel": "describedby", "href": own, "type": "text/html"})
    if item.licence_url:
        found.append({"rel": "license", "href": item.licence_url})
    return found


def _add_source(entry: etree._Element, item: Item) -> None:
    """Say where the entry comes from (RFC 4287 §4.2.11)."""
    origin = item.source
    replace(entry, "source")
    if not origin.id:
        return  # it is our own
    source = etree.SubElement(entry, "source")
    add(source, "id", origin.id)
    add(source, "title", said(legal(origin.title)), type="text")
    add(source, "updated", atom_date(origin.updated))
    if origin.home:
        add(source, "link", rel="alternate", href=origin.home, type="text/html")
    if origin.feed:
        add(source, "link", rel="self", href=origin.feed)


def _one_enclosure(item: Item) -> Enclosure | None:
    """Return the only enclosure that RSS allows; the others are media.

    What can be heard or seen comes before a paper, and that before a picture, which is
    seldom why somebody subscribes. Its host must have a dot in it: a validator refuses
    any other.
    """
    allowed = (each for each in item.enclosures if web_host(each.url))
    return min(allowed, key=lambda each: _RANK.get(_kind(each), 1), default=None)


def _kind(enclosure: Enclosure) -> str:
    return enclosure.type.partition("/")[0]


def _add_image(entry: etree._Element, item: Item) -> None:
    """Add the picture with its caption (Media RSS)."""
    image = item.image
    if image is None:
        return
    media = add(
        entry,
        f"{{{MEDIA}}}content",
        url=image.url,
        type=item.image_type,
        medium="image",
    )
    if caption := unmarked(image.caption):
        # feedparser takes the description of a picture for that of the entry, if the
        # entry has no text.
        name = "description" if item.html else "title"
        add(media, f"{{{MEDIA}}}{name}", caption, type="plain")
    add(media, f"{{{MEDIA}}}thumbnail", url=image.url)


def _add_files(entry: etree._Element, item: Item) -> None:
    """Add the picture and the files to an RSS item: one enclosure, the rest as media.

    A length that nobody knows is written as 0, as validators ask.
    """
    chosen = _one_enclosure(item)
    if chosen is not None:
        length = str(chosen.length)
        add(entry, "enclosure", url=chosen.url, length=length, type=chosen.type)
    _add_image(entry, item)
    picture = item.image.url if item.image else ""
    for other in item.enclosures:
        if other is not chosen and other.url != picture:
            _add_file(entry, other)


def _add_file(entry: etree._Element, enclosure: Enclosure) -> None:
    add(
        entry,
        f"{{{MEDIA}}}content",
        url=enclosure.url,
        fileSize=str(enclosure.length) if enclosure.length > 0 else "",
        type=enclosure.type,
        medium=_MEDIUM.get(_kind(enclosure), "document"),
    )
