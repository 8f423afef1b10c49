"""The entries of a plain feed, element by element, by feedparser's rules."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from syndicate.gather.fastbase import (
    LANGUAGE,
    Attributes,
    Document,
    Item,
    UncertainError,
    attributes_of,
    expect_leaf,
    is_harmless,
    key_of,
    plain_of,
    resolved,
    short_of,
    value_of,
)
from syndicate.gather.fastpeople import read_author, read_contributor
from syndicate.gather.prolog import MOST_TERMS

_LIKE_ENTITY = re.compile(r"&([A-Za-z0-9_]+);")
_TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "html": "text/html",
    "text/plain": "text/plain",
    "text/html": "text/html",
}
_PAGES = frozenset({"html", "text/html", "xhtml", "application/xhtml+xml"})
_TYPED = frozenset({"type"})
_LINK = frozenset({"href", "rel", "type", "title", "hreflang", "length"})
_MEDIA = frozenset(
    """
    url type medium height width filesize duration expression bitrate framerate
    samplingrate channels isdefault time
    """.split()  # noqa: SIM905 - a table of words
)


def read_item(document: Document, element: etree._Element) -> Item:
    """An entry as feedparser would have it; gives up by UncertainError."""
    item: Item = {}
    keys = document.keys
    for child in element:
        key = keys.get(child.tag) or key_of(document, child)  # type: ignore[arg-type]  # a string
        read = _READERS.get(key)
        if read is not None:
            read(document, item, child)
        elif len(child) or not is_harmless(key):
            raise UncertainError
    if "media_title" in item and not item.get("title"):
        raise UncertainError
    return item


def _title(document: Document, item: Item, element: etree._Element) -> None:
    attributes = attributes_of(element, _TYPED)
    value = value_of(document, element)
    if item.get("title"):
        # The first one counts, unless a <source> stands between them.
        if "source" in item:
            raise UncertainError
        return
    item["title"] = value
    kind = _kind(document, attributes, "text/plain", value)
    language = document.language
    if LANGUAGE in element.keys():  # noqa: SIM118 - a list, not a mapping
        language = element.get(LANGUAGE, "").replace("_", "-") or None
    item["title_detail"] = {"type": kind, "language": language}


def _kind(document: Document, attributes: Attributes, default: str, value: str) -> str:
    kind = _TYPES.get(attributes.get("type", default))
    if kind is None:
        raise UncertainError
    if kind == "text/plain" and not document.atom and ("<" in value or "&" in value):
        return "text/html" if document.judgement.is_markup(value) else kind
    return kind


def _media_title(document: Document, item: Item, element: etree._Element) -> None:
    _kind(document, attributes_of(element, _TYPED), "text/plain", "")
    expect_leaf(element)
    if "title" not in item:
        item["media_title"] = ""
    elif not item["title"] or "source" in item:
        raise UncertainError


def read_link(document: Document, item: Item, element: etree._Element) -> None:
    """Take a link of an entry, or of the feed."""
    attributes = attributes_of(element, _LINK)
    value = short_of(document, element)
    shown: dict[str, str] = {"rel": "alternate"}
    shown["type"] = (
        "application/atom+xml" if attributes.get("rel") == "self" else "text/html"
    )
    shown.update(attributes)
    item.setdefault("links", []).append(shown)
    if attributes.get("href"):
        shown["href"] = resolved(attributes["href"])
        if shown["rel"] == "alternate" and shown["type"] in _PAGES:
            item["link"] = shown["href"]
        return
    if attributes:
        raise UncertainError
    value = resolved(value)
    if item is not document.feed:
        value = value.replace("&amp;", "&")
    item["link"] = value = _LIKE_ENTITY.sub(r"&\1", value) if "&" in value else value
    if value or item is document.feed:
        shown["href"] = value


def read_guid(document: Document, item: Item, element: etree._Element) -> None:
    """Take an identifier, which may stand for the link."""
    attributes = attributes_of(element, frozenset({"ispermalink"}))
    value = value_of(document, element)
    is_link = attributes.get("ispermalink", "true") == "true"
    item["id"] = value = resolved(value) if is_link else value
    item.setdefault("guidislink", is_link and "link" not in item)
    if is_link:
        item.setdefault("link", value)


def _dated(name: str) -> Callable[[Document, Item, etree._Element], None]:
    def read(document: Document, item: Item, element: etree._Element) -> None:
        value = short_of(document, element)
        if value and not document.judgement.is_readable(value):
            raise UncertainError
        item[name] = value

    return read


def _add_tag(
    item: Item, term: str | None, scheme: str | None, label: str | None
) -> None:
    tags = item.setdefault("tags", [])
    tag = {"term": term, "scheme": scheme, "label": label}
    if len(tags) >= MOST_TERMS:
        raise UncertainError
    if (term or scheme or label) and tag not in tags:
        tags.append(tag)


def _category(document: Document, item: Item, element: etree._Element) -> None:
    allowed = frozenset({"term", "scheme", "domain", "label"})
    attributes = attributes_of(element, allowed)
    scheme = attributes.get("scheme", attributes.get("domain"))
    _add_tag(item, attributes.get("term"), scheme, attributes.get("label"))
    value = value_of(document, element)
    tags = item["tags"]
    if value and tags and not tags[-1]["term"]:
        tags[-1]["term"] = value
    elif value:
        _add_tag(item, value, None, None)


def _keywords(document: Document, item: Item, element: etree._Element) -> None:
    for term in plain_of(document, element).split(","):
        if term.strip():
            _add_tag(item, term.strip(), "", None)


def _description(document: Document, item: Item, element: etree._Element) -> None:
    _describe(document, item, element, "text/html")


def _summary(document: Document, item: Item, element: etree._Element) -> None:
    _describe(document, item, element, "text/plain")


def _describe(
    document: Document, item: Item, element: etree._Element, default: str
) -> None:
    if "summary" in item and "content" not in item:
        if "content" in document.feed:
            raise UncertainError
        # A second description is taken for the content.
        _content(document, item, element)
        return
    attributes = attributes_of(element, _TYPED)
    value = value_of(document, element)
    kind = _kind(document, attributes, default, value)
    item["summary"] = value
    item["summary_detail"] = {"type": kind, "value": value}


def _content(document: Document, item: Item, element: etree._Element) -> None:
    _contents(document, item, element, "text/plain")


def _encoded(document: Document, item: Item, element: etree._Element) -> None:
    _contents(document, item, element, "text/html")


def _contents(
    document: Document, item: Item, element: etree._Element, default: str
) -> None:
    attributes = attributes_of(element, _TYPED)
    value = value_of(document, element)
    kind = _kind(document, attributes, default, value)
    item.setdefault("content", []).append({"type": kind, "value": value})
    item.setdefault("summary", value)


def _enclosure(_document: Document, item: Item, element: etree._Element) -> None:
    shown = attributes_of(element, frozenset({"url", "type", "length"}))
    expect_leaf(element)
    if shown.get("url"):
        shown["href"] = shown.pop("url")
    shown["rel"] = "enclosure"
    item.setdefault("links", []).append(shown)


def _source(document: Document, item: Item, element: etree._Element) -> None:
    attributes = attributes_of(element, frozenset({"url"}))
    value = value_of(document, element)
    found = {"href": attributes["url"]} if "url" in attributes else {}
    item["source"] = {**found, "title": value} if value else found


def _media_content(document: Document, item: Item, element: etree._Element) -> None:
    shown = attributes_of(element, _MEDIA)
    item.setdefault("media_content", []).append(shown)
    _media_parts(document, item, element)


def _media_thumbnail(document: Document, item: Item, element: etree._Element) -> None:
    shown = attributes_of(element, _MEDIA)
    if value_of(document, element):
        raise UncertainError
    item.setdefault("media_thumbnail", []).append(shown)


def _media_group(document: Document, item: Item, element: etree._Element) -> None:
    if element.keys():
        raise UncertainError
    _media_parts(document, item, element)


def _media_parts(document: Document, item: Item, element: etree._Element) -> None:
    for part in element:
        key = key_of(document, part)
        read = _MEDIA_READERS.get(key)
        if read is not None:
            read(document, item, part)
        elif not key.startswith("media:") or not is_harmless(key):
            raise UncertainError
        else:
            _media_parts(document, item, part)


def _inner_description(document: Document, item: Item, element: etree._Element) -> None:
    # Deeper than a summary that is there already, it would replace half of it.
    if "summary_detail" in item and "content" in item:
        raise UncertainError
    _description(document, item, element)


def _shown_image(_document: Document, item: Item, element: etree._Element) -> None:
    attributes = attributes_of(element, frozenset({"href", "url"}))
    expect_leaf(element)
    address = attributes.get("href") or attributes.get("url")
    if address:
        item["image"] = {"href": address}


Reader = Callable[[Document, Item, etree._Element], None]
_MEDIA_READERS: dict[str, Reader] = {
    "media:content": _media_content,
    "media:thumbnail": _media_thumbnail,
    "media:title": _media_title,
    "media:description": _inner_description,
}
_READERS: dict[str, Reader] = {
    "title": _title,
    "link": read_link,
    "guid": read_guid,
    "id": read_guid,
    "pubdate": _dated("published"),
    "published": _dated("published"),
    "dcterms:issued": _dated("published"),
    "updated": _dated("updated"),
    "dc:date": _dated("updated"),
    "dcterms:modified": _dated("updated"),
    "dcterms:created": _dated("created"),
    "author": read_author,
    "dc:creator": read_author,
    "itunes:author": read_author,
    "contributor": read_contributor,
    "category": _category,
    "dc:subject": _category,
    "media:keywords": _keywords,
    "description": _description,
    "media:description": _description,
    "summary": _summary,
    "itunes:summary": _summary,
    "content": _content,
    "content:encoded": _encoded,
    "enclosure": _enclosure,
    "source": _source,
    "media:content": _media_content,
    "media:thumbnail": _media_thumbnail,
    "media:group": _media_group,
    "media:title": _media_title,
    "itunes:image": _shown_image,
    "itunes:keywords": _keywords,
}
