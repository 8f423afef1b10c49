"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), with our extension."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TypeAlias

from syndicate.model import Enclosure, Feed, Site
from syndicate.publish.forms.addresses import home, public
from syndicate.publish.forms.characters import legal, line, said
from syndicate.publish.forms.fragments import Frame
from syndicate.publish.forms.item import Item
from syndicate.publish.forms.languages import UNKNOWN
from syndicate.publish.forms.paging import Paging, story_path
from syndicate.publish.forms.stamps import atom_date
from syndicate.publish.forms.xml import feed_language

Json: TypeAlias = "str | int | list[Json] | dict[str, Json]"

_VERSION = "https://jsonfeed.org/version/1.1"
ABOUT = "about.html"
"""Under the feeds folder: the page that explains our extension."""


def json_frame(feed: Feed, site: Site, paging: Paging, hubs: Sequence[str]) -> Frame:
    """Return what stands around the items of ``feed``, each item on a line."""
    language = feed_language(feed, site)
    document: dict[str, Json] = {
        "version": _VERSION,
        "title": said(line(feed.title)) or feed.key,
        "home_page_url": paging.page,
        "feed_url": paging.own,
        "next_url": paging.previous or paging.older,
        "description": line(feed.description) or line(site.description),
        "language": "" if language == UNKNOWN else language,
        "authors": [{"name": line(site.title), "url": home(site)}],
        "hubs": [{"type": "WebSub", "url": hub} for hub in hubs],
        "_syndicate": {"about": public(site, ABOUT)},
    }
    head = json.dumps(_filled(document), ensure_ascii=False, indent=1)
    opened = head.removesuffix("\n}").encode()
    return Frame(opened + b',\n "items": [\n', b",\n", b"\n ]\n}\n")


def json_item(item: Item, site: Site) -> bytes:
    """Write one item, the same in every feed.

    ``_syndicate`` holds what the format has no place for: the source, the other
    tellers, and the official documents that the text cites.
    """
    authors: list[Json] = [{"name": legal(author)} for author in item.authors]
    tags: list[Json] = [legal(label) for _, label in item.categories]
    attachments: list[Json] = [_attachment(each) for each in item.enclosures]
    found: dict[str, Json] = {
        "id": item.id,
        "url": item.link,
        "title": said(legal(item.title)),
        "content_html": legal(item.html),
        # The format demands one of the two; where we may pass nothing on, it is
        # the name of the source.
        "content_text": "" if item.html else legal(item.summary or item.source.title),
        "summary": said(legal(item.summary)),
        "image": item.image.url if item.image else "",
        "date_published": atom_date(item.published) if item.published else "",
        "date_modified": atom_date(item.updated.replace(microsecond=0)),
        "authors": authors,
        "tags": tags,
        "language": item.language,
        "attachments": attachments,
        "_syndicate": _extension(item, site),
    }
    return json.dumps(_filled(found), ensure_ascii=False).encode()


def _attachment(enclosure: Enclosure) -> Json:
    found: dict[str, Json] = {
        "url": enclosure.url,
        "mime_type": enclosure.type,
        "size_in_bytes": max(enclosure.length, 0),
    }
    return _filled(found)


def _extension(item: Item, site: Site) -> Json:
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
    licence: dict[str, Json] = {"text": legal(item.licence), "url": item.licence_url}
    found: dict[str, Json] = {
        "page": public(site, story_path(item.uid)) if item.uid else "",
        "rights": item.rights.value,
        "licence": _filled(licence),
        "source": _filled(source),
        "tellers": tellers,
        "documents": [legal(key) for key in item.documents],
        "categories": [term for term, _ in item.categories],
        "caption": legal(item.image.caption) if item.image else "",
        "precision": item.dated.precision.value if item.dated else "",
    }
    return _filled(found)


def _filled(values: dict[str, Json]) -> dict[str, Json]:
    """Leave out what is empty: in JSON Feed that is how nothing is said."""
    return {key: value for key, value in values.items() if value}
