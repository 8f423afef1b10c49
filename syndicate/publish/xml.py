"""RSS 2.0 and Atom 1.0: the one door of feedgen, and where its ``Any`` stops.

feedgen 1.0.0 needs mending in several places (each has a golden test): entry links
lose every attribute but ``href`` (python-feedgen #135), dates come with offsets and
swap the locale of the whole process, ``lastBuildDate`` is the time of the build, and
authors without an address vanish from RSS. So feedgen builds the tree of one entry,
we replace those elements by our own, and would do no harm to a release that has
learnt to write them.

Entries are rendered once and kept: a story stands in many feeds, and most of a feed
is the same as an hour ago.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from syndicate import __version__
from syndicate.model import Feed, Site
from syndicate.publish.addresses import home, public, tag
from syndicate.publish.characters import legal, line, unmarked
from syndicate.publish.item import Item
from syndicate.publish.stamps import NEVER, atom_date, rss_date

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_RSS_NAMES = {"atom": _ATOM, "content": _CONTENT, "dc": _DC, "media": _MEDIA}
_ATOM_NAMES: dict[str | None, str] = {None: _ATOM, "media": _MEDIA}
_KEPT = 8192
"""Rendered entries that are kept, of each format."""


def rss(
    feed: Feed,
    items: Sequence[Item],
    *,
    site: Site,
    self_url: str,
    hub_url: str = "",
) -> bytes:
    """Write ``feed`` as RSS 2.0 (with atom:link, dc, content and media).

    ``self_url`` is where the document itself is read, ``hub_url`` its WebSub hub.
    The same arguments give the same bytes.
    """
    channel = _channel(feed, site, self_url)
    if hub_url:
        _add(channel, f"{{{_ATOM}}}link", rel="hub", href=hub_url)
    _add(channel, "lastBuildDate", rss_date(last_change(items)))
    root = etree.Element("rss", {"version": "2.0"}, nsmap=_RSS_NAMES)
    root.append(channel)
    scheme = public(site, "category/")
    return _document(root, [_rss_item(item, scheme) for item in items], feed)


def atom(
    feed: Feed,
    items: Sequence[Item],
    *,
    site: Site,
    self_url: str,
    hub_url: str = "",
) -> bytes:
    """Write ``feed`` as Atom 1.0 (RFC 4287, with media).

    ``self_url`` is where the document itself is read, ``hub_url`` its WebSub hub.
    The same arguments give the same bytes.
    """
    root = _atom_root(feed, site, self_url, hub_url)
    _replace(root, f"{{{_ATOM}}}updated", atom_date(last_change(items)))
    scheme = public(site, "category/")
    return _document(root, [_atom_entry(item, scheme) for item in items], feed)


def last_change(items: Iterable[Item]) -> datetime:
    """Return when the newest content changed; a fixed date if there is none."""
    return max((item.updated for item in items), default=NEVER)


def feed_language(feed: Feed, site: Site) -> str:
    """Return the language that a feed as a whole is in."""
    return feed.languages[0] if len(feed.languages) == 1 else site.language


# ── The document around the entries ──────────────────────────────────────────


def _channel(feed: Feed, site: Site, self_url: str) -> etree._Element:
    made = FeedGenerator()
    made.title(unmarked(feed.title) or feed.key)
    made.link(href=self_url, rel="self", type="application/rss+xml")
    made.link(href=public(site, f"{feed.key}.html"), rel="alternate")
    made.description(_description(feed, site))
    made.language(feed_language(feed, site))
    made.generator("Syndicate", version=__version__)
    # Otherwise feedgen writes the time of the build, and swaps the locale of every
    # thread while it does so. There is no public way to say "none".
    made._FeedGenerator__rss_lastBuildDate = None
    found = etree.fromstring(made.rss_str()).find("channel")
    assert found is not None, "feedgen wrote RSS without a channel"  # noqa: S101
    for stray in found.findall("lastBuildDate"):
        found.remove(stray)
    return found


def _atom_root(feed: Feed, site: Site, self_url: str, hub_url: str) -> etree._Element:
    made = FeedGenerator()
    made.id(tag(site, f"feed/{feed.key}"))
    made.title(line(feed.title) or feed.key)
    made.subtitle(_description(feed, site))
    made.author(name=line(site.title) or feed.key, uri=home(site))
    made.link(href=self_url, rel="self", type="application/atom+xml")
    page = public(site, f"{feed.key}.html")
    made.link(href=page, rel="alternate", type="text/html")
    if hub_url:
        made.link(href=hub_url, rel="hub")
    made.generator("Syndicate", version=__version__)
    shell = etree.fromstring(made.atom_str())
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap=_ATOM_NAMES)
    root.set(_LANG, feed_language(feed, site))
    root[:] = shell[:]
    for name in ("title", "subtitle"):
        _set_type(root, f"{{{_ATOM}}}{name}")
    return root


def _description(feed: Feed, site: Site) -> str:
    said = unmarked(feed.description) or unmarked(site.description)
    return said or unmarked(feed.title) or feed.key


def _document(root: etree._Element, entries: Sequence[bytes], feed: Feed) -> bytes:
    """Put rendered entries into the innermost last element of ``root``.

    The stylesheet is named relative to the document, so that a copy of the folder
    shows its own.
    """
    text = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    end = text.rindex(b"</channel>" if root.tag == "rss" else b"</feed>")
    style = "../" * feed.key.count("/") + "feed.xsl"
    lines = [
        b"<?xml version='1.0' encoding='UTF-8'?>",
        f'<?xml-stylesheet type="text/xsl" href="{style}"?>'.encode(),
        text[:end],
        *entries,
        text[end:],
        b"",
    ]
    return b"\n".join(lines)


# ── One entry ────────────────────────────────────────────────────────────────


@lru_cache(maxsize=_KEPT)
def _rss_item(item: Item, scheme: str) -> bytes:
    made = FeedEntry()
    made.title(unmarked(item.title) or item.id)
    made.link(href=item.link, rel="alternate")
    made.id(item.id)
    made.description(html.escape(_gist(item), quote=False))
    if item.html:
        made.content(legal(item.html))
    for term, label in item.categories:
        made.category(term=term, label=unmarked(label), scheme=scheme + quote(term))
    origin = item.source.feed or item.source.home
    if origin:
        made.source(url=origin, title=unmarked(item.source.title))
    found = made.rss_entry()
    _add(found, "pubDate", rss_date(item.published or item.seen))
    for author in item.authors:
        _add(found, f"{{{_DC}}}creator", legal(author))
    for enclosure in item.enclosures[:1]:  # RSS allows one; the others are media
        length = str(enclosure.length)
        _add(found, "enclosure", url=enclosure.url, length=length, type=enclosure.type)
    _add_media(found, item)
    return _rendered(found, _RSS_NAMES)


@lru_cache(maxsize=_KEPT)
def _atom_entry(item: Item, scheme: str) -> bytes:
    made = FeedEntry()
    made.id(item.id)
    made.title(legal(item.title) or item.id)
    made.link(href=item.link, rel="alternate")
    for author in item.authors or (item.source.title,):
        made.author(name=legal(author))
    if item.summary or not item.html:
        made.summary(_gist(item), type="text")
    if item.html:
        made.content(legal(item.html), type="html")
    for term, label in item.categories:
        made.category(term=term, label=legal(label), scheme=scheme)
    found = made.atom_entry()
    found.set(_LANG, item.language)
    _set_type(found, "title")
    _replace(found, "updated", atom_date(item.updated))
    _replace(found, "published", atom_date(item.published) if item.published else "")
    _replace(found, "link")
    for link in _links(item):
        _add(found, "link", **link)
    _add_source(found, item)
    _add_media(found, item)
    return _rendered(found, {"media": _MEDIA})


def _gist(item: Item) -> str:
    """Return what stands for the text where we may not pass any on: the source."""
    return legal(item.summary or item.source.title)


def _links(item: Item) -> list[dict[str, str]]:
    """Return the links of an Atom entry (RFC 4287 §4.2.7); empty values left out."""
    page = {"rel": "alternate", "href": item.link, "type": "text/html"}
    tellers = [
        {
            "rel": "via" if teller.first else "related",
            "href": teller.link,
            "type": "text/html",
            "title": f"{legal(teller.source)}: {legal(teller.title)}",
        }
        for teller in item.tellers
    ]
    enclosures = [
        {
            "rel": "enclosure",
            "href": enclosure.url,
            "type": enclosure.type,
            "length": str(enclosure.length) if enclosure.length > 0 else "",
        }
        for enclosure in item.enclosures
    ]
    return [page | {"hreflang": item.language}, *tellers, *enclosures]


def _add_source(entry: etree._Element, item: Item) -> None:
    """Say where the entry comes from (RFC 4287 §4.2.11)."""
    origin = item.source
    _replace(entry, "source")
    source = etree.SubElement(entry, "source")
    _add(source, "id", origin.id)
    _add(source, "title", legal(origin.title), type="text")
    _add(source, "updated", atom_date(origin.updated))
    if origin.home:
        _add(source, "link", rel="alternate", href=origin.home, type="text/html")
    if origin.feed:
        _add(source, "link", rel="self", href=origin.feed)


def _add_media(entry: etree._Element, item: Item) -> None:
    """Add the picture, and in RSS also the enclosures for which it has no place."""
    if item.image is not None:
        media = _add(entry, f"{{{_MEDIA}}}content", url=item.image.url, medium="image")
        if caption := unmarked(item.image.caption):
            _add(media, f"{{{_MEDIA}}}description", caption, type="plain")
    for enclosure in item.enclosures[1:] if entry.tag == "item" else ():
        size = str(enclosure.length) if enclosure.length > 0 else ""
        _add(
            entry,
            f"{{{_MEDIA}}}content",
            url=enclosure.url,
            type=enclosure.type,
            fileSize=size,
        )


# ── Elements ─────────────────────────────────────────────────────────────────


def _rendered(entry: etree._Element, names: dict[str, str]) -> bytes:
    """Write ``entry`` alone, its prefixes being declared by the document around it."""
    around = etree.Element("around", nsmap=names)
    around.append(entry)
    text = etree.tostring(around, encoding="unicode")
    return text[text.index(">") + 1 : text.rindex("<")].encode()


def _add(
    parent: etree._Element, name: str, text: str = "", **attributes: str
) -> etree._Element:
    """Append an element; attributes that are empty are left out."""
    given = {key: value for key, value in attributes.items() if value}
    element = etree.SubElement(parent, name, given)
    element.text = text or None
    return element


def _replace(parent: etree._Element, name: str, text: str = "") -> None:
    """Put ``text`` into the only ``name``, made if need be; no text: have none."""
    found = parent.findall(name)
    if text and found:
        found[0].text = text
    elif text:
        _add(parent, name, text)
    for surplus in found[1:] if text else found:
        parent.remove(surplus)


def _set_type(parent: etree._Element, name: str) -> None:
    for element in parent.findall(name):
        element.set("type", "text")
