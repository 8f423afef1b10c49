"""People, pictures, files and terms of an entry, as feedparser gives them (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from syndicate.model import Enclosure, Image
from syndicate.text import urls

_MAIL_AUTHOR = re.compile(r"^\S+@\S+\s*\((?P<name>.+)\)$")
_MAIL = re.compile(r"\S+@\S+")

Parsed = Mapping[str, Any]


def authors(each: Parsed) -> Iterator[str]:
    """The names of who wrote an entry; addresses are none."""
    seen: set[str] = set()
    people = [*(each.get("authors") or []), {"name": each.get("author")}]
    names = [str(person.get("name") or "").strip() for person in people]
    for name in names:
        matched = _MAIL_AUTHOR.match(name)
        shown = matched["name"].strip() if matched else name
        if shown and not _MAIL.fullmatch(shown) and not _covers(seen, shown):
            seen.add(shown)
            yield shown


def _covers(seen: set[str], name: str) -> bool:
    return name in seen or any(name.startswith(f"{each} (") for each in seen)


def producer(each: Parsed, home: str) -> str:
    """``<source>`` names the feed that an entry was taken from, if another's."""
    source = each.get("source") or {}
    href = urls.absolute(home, str(source.get("href") or source.get("link") or ""))
    if not href or urls.host(href) == urls.host(home):
        return ""
    return str(source.get("title") or urls.host(href)).strip()


def image(each: Parsed, base: str) -> Image | None:
    """The picture of an entry, absolute."""
    media = [
        item
        for item in each.get("media_content") or []
        if item.get("medium") == "image"
        or str(item.get("type") or "").startswith("image/")
    ]
    links = [
        {"url": link.get("href")}
        for link in each.get("links") or []
        if link.get("rel") == "enclosure"
        and str(link.get("type") or "").startswith("image/")
    ]
    shown = {"url": (each.get("image") or {}).get("href")}
    for item in (*media, *(each.get("media_thumbnail") or []), *links, shown):
        address = urls.absolute(base, str(item.get("url") or "").strip())
        if item.get("url") and address:
            return Image(url=address)
    return None


def enclosures(each: Parsed, base: str) -> Iterator[Enclosure]:
    """The files that an entry carries, each address once."""
    links = [
        (link.get("href"), link.get("type"), link.get("length"))
        for link in each.get("links") or []
        if link.get("rel") == "enclosure"
    ]
    media = [
        (item.get("url"), item.get("type"), item.get("filesize"))
        for item in each.get("media_content") or []
        if str(item.get("type") or item.get("medium") or "").startswith(
            ("audio", "video")
        )
    ]
    seen: set[str] = set()
    for href, kind, length in (*links, *media):
        address = urls.absolute(base, str(href or "").strip()) if href else ""
        if address and address not in seen:
            seen.add(address)
            size = str(length or "").strip()
            bytes_long = int(size) if size.isascii() and size.isdigit() else 0
            yield Enclosure(
                url=address, type=str(kind or ""), length=min(bytes_long, 2**62)
            )


def terms(each: Parsed) -> Iterator[str]:
    """Categories as the feed writes them, each once."""
    seen: set[str] = set()
    for tag in each.get("tags") or []:
        term = str(tag.get("label") or tag.get("term") or "").strip()
        if term and term not in seen:
            seen.add(term)
            yield term
