"""JSON Feed documents (jsonfeed.org, versions 1 and 1.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from syndicate.errors import ParseError
from syndicate.gather.feedfacts import FeedDocument, FeedFacts
from syndicate.model import DateClaim, DateOrigin, Enclosure, Image, RawEntry, Source
from syndicate.text.html import paragraphs
from syndicate.text.urls import absolute

Fields = Mapping[str, object]
_ITEMS = re.compile(r'"items"\s*:\s*\[\s*')
_COMMA = re.compile(r"\s*,\s*")


def read_json_feed(text: str, *, url: str, source: Source) -> FeedDocument:
    """Read a JSON Feed; fields of a wrong type count as missing.

    Raises ParseError if the text is not JSON, or has no list of items.
    """
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        feed = {"items": list(_whole_items(text))}
        if not feed["items"]:
            raise ParseError(url, f"not valid JSON: {error}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ParseError(url, "JSON without a list of items: not a JSON Feed")
    base = absolute(url, _text(feed, "home_page_url")) or url
    fallback = _authors(feed)
    entries = (
        _entry(item, feed, base, source) for item in items if isinstance(item, dict)
    )
    return FeedDocument(
        entries=tuple(
            entry if entry.authors else replace(entry, authors=fallback)
            for entry in entries
        ),
        facts=_facts(feed, url, base),
    )


def _facts(feed: Fields, url: str, base: str) -> FeedFacts:
    def address(key: str) -> str:
        said = _text(feed, key)
        return absolute(url, said) if said else ""

    return FeedFacts(
        title=_text(feed, "title"),
        home=base,
        topic=address("feed_url"),
        hub=_hub(feed, url),
        next_page=address("next_url"),
        generator=_text(feed, "generator"),
    )


def _hub(feed: Fields, url: str) -> str:
    hubs = feed.get("hubs")
    for each in hubs if isinstance(hubs, list) else []:
        kind = _text(each, "type").lower() if isinstance(each, dict) else ""
        if kind in {"websub", "pubsubhubbub"}:
            return absolute(url, _text(each, "url"))
    return ""


def _whole_items(text: str) -> Iterator[object]:
    """The items before the place where broken JSON breaks off."""
    start = _ITEMS.search(text)
    at = start.end() if start else len(text)
    decoder = json.JSONDecoder(strict=False)
    while at < len(text):
        try:
            item, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield item
        between = _COMMA.match(text, end)
        if between is None:
            return
        at = between.end()


def _entry(item: Fields, feed: Fields, base: str, source: Source) -> RawEntry:
    guid = _text(item, "id")
    link = _text(item, "url") or _text(item, "external_url") or guid
    address = absolute(base, link) if link else ""
    if link == guid and not guid.lower().startswith(("http://", "https://")):
        address = ""
    image = _text(item, "image") or _text(item, "banner_image")
    content = _text(item, "content_html") or paragraphs(_text(item, "content_text"))
    modified = _text(item, "date_modified")
    published = _text(item, "date_published") or modified
    picture = absolute(base, image) if image else ""
    return RawEntry(
        source=source.key,
        url=address,
        guid=guid,
        title=_text(item, "title"),
        html=content or paragraphs(_text(item, "summary")),
        lead=paragraphs(_text(item, "summary")),
        authors=_authors(item),
        dates=(_claim(published),) if published else (),
        updated=_claim(modified) if modified else None,
        image=Image(url=picture) if picture else None,
        enclosures=tuple(_attachments(item, base)),
        terms=tuple(_strings(item.get("tags"))),
        language=_text(item, "language") or _text(feed, "language"),
    )


def _claim(raw: str) -> DateClaim:
    return DateClaim(raw=raw, origin=DateOrigin.FEED)


def _authors(holder: Fields) -> tuple[str, ...]:
    many = holder.get("authors")
    people = list(many) if isinstance(many, list) else [many]
    people.append(holder.get("author"))
    # A bare name is no person by the standard, and is what many feeds write.
    names = (
        _text(each, "name") if isinstance(each, dict) else each
        for each in people
        if isinstance(each, (dict, str))
    )
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _attachments(item: Fields, base: str) -> Iterator[Enclosure]:
    listed = item.get("attachments")
    for each in listed if isinstance(listed, list) else []:
        address = absolute(base, _text(each, "url")) if isinstance(each, dict) else ""
        if address:
            size = each.get("size_in_bytes")
            length = int(size) if isinstance(size, int) and size > 0 else 0
            kind = _text(each, "mime_type")
            yield Enclosure(url=address, type=kind, length=length)


def _strings(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else []:
        if isinstance(each, str) and each.strip():
            yield each.strip()


def _text(holder: Fields, key: str) -> str:
    value = holder.get(key)
    if isinstance(value, bool):
        return ""
    # Version 1 readers met numbers as ids so often that the standard allows them.
    return str(value).strip() if isinstance(value, (str, int, float)) else ""
