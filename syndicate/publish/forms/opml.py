"""OPML 2.0: lists of feeds that a reader can take in at once.

The feeds of a site stand in groups (categories, sources), which readers show as folders
or tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from syndicate.model import Feed, Site, Source, SourceKind
from syndicate.publish.forms.addresses import address, front, public
from syndicate.publish.forms.characters import line, unmarked
from syndicate.publish.forms.languages import UNKNOWN, language_tag
from syndicate.publish.forms.xml import feed_language
from syndicate.translate import translation

_AMPERSAND = re.compile(r"&(?=[\w#])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One line of an OPML document: a feed if it has ``xml_url``, else a link.

    With ``outlines`` it is their heading.
    """

    title: str
    xml_url: str = ""
    html_url: str = ""
    description: str = ""
    language: str = ""
    category: str = ""
    outlines: tuple[Outline, ...] = ()


def opml(title: str, outlines: Iterable[Outline]) -> bytes:
    """Write an OPML 2.0 document; the same arguments give the same bytes.

    It bears no date: it would be that of the build.
    """
    root = etree.Element("opml", {"version": "2.0"})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _shown(title)
    body = etree.SubElement(root, "body")
    for outline in outlines:
        element = etree.SubElement(body, "outline", _attributes(outline))
        for inner in outline.outlines:
            etree.SubElement(element, "outline", _attributes(inner))
    if not len(body):  # the format demands one
        etree.SubElement(body, "outline", {"text": _shown(title)})
    return etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )


def published_outlines(
    feeds: Iterable[Feed], site: Site, *, shelved: int = 0
) -> tuple[Outline, ...]:
    """List what we publish, each feed once, as RSS: every reader takes that.

    Feeds of categories and of sources stand under headings, if there is anything else
    beside them. ``shelved``: how many cited documents have feeds; their own list is
    linked, for they may be thousands.
    """
    _ = translation(site.language).gettext
    every = tuple(feeds)
    named = {"category/": _("Categories"), "source/": _("Sources")}
    groups = [
        Outline(title=title, outlines=_feeds(every, site, start))
        for start, title in named.items()
    ]
    others = _feeds(
        [one for one in every if not one.key.startswith(tuple(named))], site
    )
    filled = [group for group in groups if group.outlines]
    if not others and len(filled) == 1:
        return filled[0].outlines
    linked = Outline(
        title=_("Cited documents"), html_url=public(site, "documents.opml")
    )
    return (*others, *filled, *([linked] if shelved else []))


def _feeds(feeds: Iterable[Feed], site: Site, start: str = "") -> tuple[Outline, ...]:
    return tuple(
        Outline(
            title=unmarked(feed.title) or feed.key,
            xml_url=public(site, f"{feed.key}.rss"),
            html_url=public(site, f"{feed.key}.html"),
            description=feed.description,
            language=_spoken(feed_language(feed, site)),
        )
        for feed in feeds
        if feed.key.startswith(start)
    )


def source_outlines(sources: Iterable[Source]) -> tuple[Outline, ...]:
    """List where we gather: feeds as feeds, other portals as links."""
    return tuple(
        Outline(
            title=unmarked(source.title) or source.key,
            xml_url=address(source.url) if source.kind is SourceKind.FEED else "",
            html_url=front(source),
            language=_spoken(language_tag(source.language)),
            category=",".join(source.categories),
        )
        for source in sources
    )


def _spoken(language: str) -> str:
    return "" if language == UNKNOWN else language


def _shown(text: str) -> str:
    """Return ``text`` as OPML may say it, where it can be HTML (OPML 2.0, "text")."""
    return _AMPERSAND.sub("＆", unmarked(text))


def _attributes(outline: Outline) -> dict[str, str]:
    title = _shown(outline.title) or outline.xml_url or outline.html_url
    known = {"category": line(outline.category)}
    if outline.xml_url:
        known |= {
            "type": "rss",
            "title": title,
            "xmlUrl": outline.xml_url,
            "htmlUrl": outline.html_url,
            "description": _shown(outline.description),
            "language": outline.language,
        }
    elif outline.html_url:
        known |= {"type": "link", "url": outline.html_url}
    given = {key: value for key, value in known.items() if value}
    return {"text": title} | given
