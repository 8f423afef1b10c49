"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), with our extension."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from syndicate.model import Enclosure, Feed, Site
from syndicate.publish.addresses import home, public
from syndicate.publish.characters import legal, line
from syndicate.publish.item import Item
from syndicate.publish.stamps import atom_date

Json: TypeAlias = "str | int | list[Json] | dict[str, Json]"

_VERSION = "https://jsonfeed.org/version/1.1"
_KEPT = 8192
"""Rendered items that are kept."""


def jsonfeed(
    feed: Feed,
    items: Iterable[Item],
    *,
    site: Site,
    feed_url: str,
    hub_url: str = "",
) -> bytes:
    """Write ``feed`` as JSON Feed 1.1; the same arguments give the same bytes.

    ``_syndicate`` on each item holds what the format has no place for: the source,
    the other tellers, and the official documents that the text cites.
    """
    languages = feed.languages
    document: dict[str, Json] = {
        "version": _VERSION,
        "title": line(feed.title) or feed.key,
        "home_page_url": public(site, f"{feed.key}.html"),
        "feed_url": feed_url,
        "description": line(feed.description) or line(site.description),
        "language": languages[0] if len(languages) == 1 else site.language,
        "authors": [{"name": line(site.title), "url": home(site)}],
        "hubs": [{"type": "WebSub", "url": hub_url}] if hub_url else [],
    }
    head = json.dumps(_filled(document), ensure_ascii=False, indent=1)
    listed = b",\n".join(_item(item) for item in items)
    opened = head.removesuffix("\n}").encode()
    return opened + b',\n "items": [\n' + listed + b"\n ]\n}\n"


@lru_cache(maxsize=_KEPT)
def _item(item: Item) -> bytes:
    """Write one item; the same story stands in many feeds, and for a long time."""
    authors: list[Json] = [{"name": legal(author)} for author in item.authors]
    tags: list[Json] = [legal(label) for _, label in item.categories]
    attachments: list[Json] = [_attachment(each) for each in item.enclosures]
    found: dict[str, Json] = {
        "id": item.id,
        "url": item.link,
        "title": legal(item.title),
        "content_html": legal(item.html),
        # The format demands one of the two; where we may pass nothing on, it is
        # the name of the source.
        "content_text": "" if item.html else legal(item.summary or item.source.title),
        "summary": legal(item.summary),
        "image": item.image.url if item.image else "",
        "date_published": atom_date(item.published) if item.published else "",
        "date_modified": atom_date(item.updated.replace(microsecond=0)),
        "authors": authors,
        "tags": tags,
        "language": item.language,
        "attachments": attachments,
        "_syndicate": _extension(item),
    }
    return json.dumps(_filled(found), ensure_ascii=False).encode()


def _attachment(enclosure: Enclosure) -> Json:
    found: dict[str, Json] = {
        "url": enclosure.url,
        "mime_type": enclosure.type,
        "size_in_bytes": max(enclosure.length, 0),
    }
    return _filled(found)


def _extension(item: Item) -> Json:
    source: dict[str, Json] = {
        "key": item.source.key,
        "title": legal(item.source.title),
        "home_page_url": item.source.home,
        "feed_url": item.source.feed,
    }
    tellers: list[Json] = [
        {
            "source": legal(teller.source),
            "title": legal(teller.title),
            "url": teller.link,
            "relation": "via" if teller.first else "related",
        }
        for teller in item.tellers
    ]
    found: dict[str, Json] = {
        "source": _filled(source),
        "tellers": tellers,
        "documents": [legal(key) for key in item.documents],
        "categories": [term for term, _ in item.categories],
        "precision": item.dated.precision.value if item.dated else "",
    }
    return _filled(found)


def _filled(values: dict[str, Json]) -> dict[str, Json]:
    """Leave out what is empty: in JSON Feed that is how nothing is said."""
    return {key: value for key, value in values.items() if value}
