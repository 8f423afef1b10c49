"""OPML 2.0: lists of feeds that a reader can take in at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from syndicate.model import Feed, Site, Source, SourceKind
from syndicate.publish.addresses import address, front, public
from syndicate.publish.characters import line, unmarked


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One line of an OPML document; a feed if it has ``xml_url``, else a link."""

    title: str
    xml_url: str = ""
    html_url: str = ""
    description: str = ""
    language: str = ""
    category: str = ""


def opml(title: str, outlines: Iterable[Outline]) -> bytes:
    """Write an OPML 2.0 document; the same arguments give the same bytes.

    It bears no date: it would be that of the build.
    """
    root = etree.Element("opml", {"version": "2.0"})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = unmarked(title)
    body = etree.SubElement(root, "body")
    for outline in outlines:
        etree.SubElement(body, "outline", _attributes(outline))
    if not len(body):  # the format demands one
        etree.SubElement(body, "outline", {"text": unmarked(title)})
    return etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )


def published_outlines(feeds: Iterable[Feed], site: Site) -> tuple[Outline, ...]:
    """List what we publish, each feed once, as RSS: every reader takes that."""
    return tuple(
        Outline(
            title=feed.title or feed.key,
            xml_url=public(site, f"{feed.key}.rss"),
            html_url=public(site, f"{feed.key}.html"),
            description=feed.description,
            language=site.language,
        )
        for feed in feeds
    )


def source_outlines(sources: Iterable[Source]) -> tuple[Outline, ...]:
    """List where we gather: feeds as feeds, other portals as links."""
    return tuple(
        Outline(
            title=source.title or source.key,
            xml_url=address(source.url) if source.kind is SourceKind.FEED else "",
            html_url=front(source),
            language=source.language,
            category=",".join(source.categories),
        )
        for source in sources
    )


def _attributes(outline: Outline) -> dict[str, str]:
    title = unmarked(outline.title)
    known = {"category": line(outline.category)}
    if outline.xml_url:
        known |= {
            "type": "rss",
            "title": title,
            "xmlUrl": outline.xml_url,
            "htmlUrl": outline.html_url,
            "description": unmarked(outline.description),
            "language": outline.language,
        }
    elif outline.html_url:
        known |= {"type": "link", "url": outline.html_url}
    given = {key: value for key, value in known.items() if value}
    return {"text": title or outline.xml_url or outline.html_url} | given
