"""What a page says of its article for machines: schema.org, OpenGraph, meta."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeGuard

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.gather.furniture import is_chrome
from syndicate.gather.page import ancestors, attribute, image_address, node_text
from syndicate.text.clean import one_line
from syndicate.text.html import to_text
from syndicate.text.urls import absolute

_ARTICLE_TYPES = ("article", "posting", "report", "newsstory")
_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "published_time",
    "pubdate",
    "publishdate",
    "publish-date",
    "datepublished",
    "date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dc.date",
    "dc.created",
    "dcterms.date",
    "dcterms.available",
    "dc.date.available",
    "article.published",
    "article:published",
    "og:pubdate",
    "og:published_time",
    "published_at",
    "created_time",
    "govuk:first-published-at",
    "cxenseparse:recs:publishtime",
    "bt:pubdate",
    "shareaholic:article_published_time",
    "parsely-pub-date",
    "sailthru.date",
    "citation_publication_date",
)
_UPDATED = (
    "article:modified_time",
    "og:updated_time",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "datemodified",
)
_AUTHORS = ("article:author", "author", "dc.creator", "dcterms.creator", "byl")
_HOLDERS = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "subjectOf")
_MAX_JSON = 1_000_000
_MAX_OBJECTS = 500
Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Everything as written; empty where the page is silent."""

    title: str = ""
    published: tuple[str, ...] = ()
    updated: str = ""
    authors: tuple[str, ...] = ()
    image: str = ""
    description: str = ""
    language: str = ""
    site: str = ""


def read_metadata(tree: LexborHTMLParser, base: str) -> Metadata:
    """Collect schema.org (JSON-LD, then microdata), then OpenGraph and meta."""
    linked = _json_article(tree)
    named = _named(tree)
    micro = _microdata(tree)
    published = [_string(linked, "datePublished"), micro.get("datePublished", "")]
    published += [named.get(name, "") for name in _PUBLISHED]
    updated = [_string(linked, "dateModified"), micro.get("dateModified", "")]
    updated += [named.get(name, "") for name in _UPDATED]
    people = _names(_people(linked.get("author") or linked.get("creator")))
    others = [micro.get("author", ""), *(named.get(name, "") for name in _AUTHORS)]
    image = _image(linked) or named.get("og:image", "") or micro.get("image", "")
    titles = (
        _string(linked, "headline"),
        micro.get("headline", ""),
        named.get("og:title", ""),
    )
    return Metadata(
        title=_first(titles),
        published=tuple(dict.fromkeys(each for each in published if each)),
        updated=_first(updated),
        authors=people or _names(others)[:1],
        image=absolute(base, image) if image else "",
        description=_first(
            (named.get("og:description", ""), named.get("description", ""))
        ),
        language=_language(tree, linked, named),
        site=named.get("og:site_name", ""),
    )


def _first(values: Iterable[str]) -> str:
    return next((each for each in values if each), "")


def _names(names: Iterable[str]) -> tuple[str, ...]:
    """Those that are names: addresses and user names of the CMS are none."""
    good = [
        name
        for name in names
        if name
        and len(name) <= 100
        and not name.lower().startswith(("http:", "https:", "/"))
        and name.lower() not in {"admin", "administrator", "root", "quantri", "editor"}
    ]
    return tuple(dict.fromkeys(good))


def _language(tree: LexborHTMLParser, linked: Fields, named: dict[str, str]) -> str:
    root = tree.css_first("html")
    own = attribute(root, "lang") or attribute(root, "xml:lang") if root else ""
    said = _string(linked, "inLanguage") or own
    return said or named.get("og:locale", "") or named.get("content-language", "")


def _named(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        for key in ("property", "name", "http-equiv"):
            name = attribute(node, key).lower()
            if name:
                found.setdefault(name, one_line(attribute(node, "content")))
    return found


def _microdata(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("[itemprop]"):
        names = attribute(node, "itemprop").split()
        # Lists of other articles carry the same names.
        if not names or any(_is_aside(each) for each in ancestors(node)):
            continue
        for name in names:
            found.setdefault(name, _item_value(node))
    return found


def _is_aside(node: LexborNode) -> bool:
    return node.tag not in {"body", "html"} and _lists_others(node)


def _lists_others(node: LexborNode) -> bool:
    # A hidden element is where NukeViet keeps the article's own data.
    return node.tag in {"nav", "footer", "aside", "li"} or (
        is_chrome(node) and "hidden" not in attribute(node, "class").split()
    )


def _item_value(node: LexborNode) -> str:
    value = attribute(node, "content") or attribute(node, "datetime")
    if value:
        return one_line(value)
    if node.tag == "img":
        return image_address(node, "") or attribute(node, "src")
    if node.tag in {"a", "link"} and attribute(node, "itemprop") != "author":
        return attribute(node, "href")
    name = node.css_first("[itemprop~=name]")
    return node_text(name if name is not None else node)


def _json_article(tree: LexborHTMLParser) -> Fields:
    """The article of the page's JSON-LD; else the page itself, if it has a date."""
    found: list[Fields] = []
    for node in tree.css("script[type^='application/ld+json' i]"):
        text = (node.text(deep=True) or "").strip()
        if text and len(text) <= _MAX_JSON:
            found += islice(_objects(_json(text)), _MAX_OBJECTS)
    named = {str(each["@id"]): each for each in found if "@id" in each}
    article = next((each for each in found if _is_article(each)), None)
    if article is None:
        article = next((each for each in found if _is_dated_page(each)), None)
    return _resolved(article, named) if article is not None else {}


_WRAPPED = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>)\s*$"
)
_LAST_COMMA = re.compile(r",(?=\s*[}\]])")


def _json(text: str) -> object:
    """JSON as portals write it: in comments, with commas before a bracket."""
    text = _WRAPPED.sub("", text).rstrip("; \n\t")
    for attempt in (text, _LAST_COMMA.sub("", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _is_dated_page(each: Fields) -> bool:
    names = [name.lower() for name in _types(each)]
    return bool(each.get("datePublished")) and any(n.endswith("page") for n in names)


def _resolved(article: Fields, named: Mapping[str, Fields]) -> Fields:
    """The article with its author and picture in place of references to them."""
    whole = dict(article)
    for key in ("author", "creator", "image", "publisher"):
        value = whole.get(key)
        many = value if isinstance(value, list) else [value]
        there = [
            named.get(str(each["@id"]), each)
            if _is_fields(each) and set(each) == {"@id"}
            else each
            for each in many
        ]
        if value is not None:
            whole[key] = there if isinstance(value, list) else there[0]
    return whole


def _objects(data: object) -> Iterator[Fields]:
    waiting = deque([data])
    while waiting:
        each = waiting.popleft()
        if isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            yield each
            waiting.extend(each[key] for key in _HOLDERS if each.get(key))


def _types(each: Fields) -> list[str]:
    kind = each.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return [name for name in kinds if isinstance(name, str)]


def _is_article(each: Fields) -> bool:
    return any(name.lower().endswith(_ARTICLE_TYPES) for name in _types(each))


def _string(holder: Fields, key: str) -> str:
    value = holder.get(key)
    if isinstance(value, list):
        value = next((each for each in value if isinstance(each, str)), "")
    if _is_fields(value):
        value = value.get("@value")
    if not isinstance(value, str):
        return ""
    return one_line(to_text(value) if "&" in value or "<" in value else value)


def _people(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str):
            yield one_line(each.removeprefix("By "))
        elif _is_fields(each):
            yield _string(each, "name")


def _is_fields(value: object) -> TypeGuard[Fields]:
    return isinstance(value, dict)


def _image(linked: Fields) -> str:
    value = linked.get("image")
    if isinstance(value, list):
        value = value[0] if value else None
    if _is_fields(value):
        value = value.get("url")
    return value if isinstance(value, str) else ""
