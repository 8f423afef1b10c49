"""Ask a source and have its answer parsed; nothing is kept and nothing decided here."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from syndicate.errors import ParseError, SyndicateError
from syndicate.gather.article import parse_article
from syndicate.gather.combine import combine
from syndicate.gather.feed import parse_feed
from syndicate.gather.folder import read_folder
from syndicate.gather.listing import ListedLink, parse_listing
from syndicate.gather.sitemap import parse_sitemap
from syndicate.model import Page, RawEntry, Source, SourceKind, SourceState
from syndicate.ports import Fetcher, Request, Response

MAX_MAPS = 50
"""Sitemaps of an index that are read in one visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a source offers: whole entries, or links to the pages of entries."""

    entries: tuple[RawEntry, ...] = ()
    links: tuple[ListedLink, ...] = ()
    next_page: str = ""
    """Address of the older entries of a listing."""
    not_modified: bool = False
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    failures: tuple[str, ...] = ()
    """What could not be read, a line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFound:
    """An article page that was read."""

    entry: RawEntry
    etag: str
    last_modified: str
    body_hash: str


async def read_source(fetcher: Fetcher, source: Source, state: SourceState) -> Found:
    """Ask ``source`` for what it has; raises FetchError or ParseError."""
    if source.kind is SourceKind.FOLDER:
        return await asyncio.to_thread(_read_folder, source)
    response = await fetcher.fetch(
        Request(url=source.url, etag=state.etag, last_modified=state.last_modified)
    )
    found = _validators(response)
    if response.not_modified:
        return replace(found, not_modified=True)
    if found.body_hash == state.body_hash:
        return replace(found, not_modified=True)
    if source.kind is SourceKind.SITEMAP:
        links, failures = await _read_maps(fetcher, response)
        return replace(found, links=links, failures=failures)
    parsed = await asyncio.to_thread(_parse, source, response)
    return replace(
        found,
        entries=parsed.entries,
        links=parsed.links,
        next_page=parsed.next_page,
    )


async def read_older(fetcher: Fetcher, source: Source, address: str) -> Found:
    """Read an older page of a listing; raises FetchError or ParseError."""
    response = await fetcher.fetch(Request(url=address))
    return await asyncio.to_thread(_parse, source, response)


async def read_page(
    fetcher: Fetcher,
    source: Source,
    told: RawEntry,
    listed: ListedLink | None,
    page: Page,
) -> PageFound | None:
    """Read the page of the article that ``told`` speaks of; None if it is unchanged.

    ``listed`` is what a listing shows of it; ``page`` is our memory of the last visit.
    """
    request = Request(url=page.url, etag=page.etag, last_modified=page.last_modified)
    response = await fetcher.fetch(request)
    digest = _hash(response.body)
    if response.not_modified or digest == page.body_hash:
        return None
    shown = await asyncio.to_thread(
        parse_article,
        response.body,
        url=page.url,
        source=source,
        listed=listed,
        content_type=response.headers.get("content-type", ""),
    )
    return PageFound(
        entry=combine(told, shown),
        etag=response.headers.get("etag", ""),
        last_modified=response.headers.get("last-modified", ""),
        body_hash=digest,
    )


def _validators(response: Response) -> Found:
    return Found(
        etag=response.headers.get("etag", ""),
        last_modified=response.headers.get("last-modified", ""),
        body_hash="" if response.not_modified else _hash(response.body),
    )


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _parse(source: Source, response: Response) -> Found:
    content_type = response.headers.get("content-type", "")
    if source.kind is SourceKind.FEED:
        entries = parse_feed(
            response.body, url=response.url, source=source, content_type=content_type
        )
        return Found(entries=entries)
    listing = parse_listing(
        response.body, url=response.url, source=source, content_type=content_type
    )
    return Found(links=listing.links, next_page=listing.next_page)


async def _read_maps(
    fetcher: Fetcher, response: Response
) -> tuple[tuple[ListedLink, ...], tuple[str, ...]]:
    """Read a sitemap and those that it names; links newest first, and what failed."""
    sitemap = await asyncio.to_thread(parse_sitemap, response.body, url=response.url)
    links = list(sitemap.links)
    failures: list[SyndicateError] = []
    for address in sitemap.maps[:MAX_MAPS]:
        try:
            answer = await fetcher.fetch(Request(url=address))
            part = await asyncio.to_thread(parse_sitemap, answer.body, url=answer.url)
        except SyndicateError as error:
            failures.append(error)
        else:
            links.extend(part.links)
    if failures and not links:
        raise failures[0]
    # W3C dates sort as text; sitemaps stand in any order, often the oldest first
    links.sort(key=lambda link: link.date.raw if link.date else "", reverse=True)
    return tuple({link.url: link for link in links}.values()), tuple(map(str, failures))


def _read_folder(source: Source) -> Found:
    entries: list[RawEntry] = []
    failures: list[str] = []
    for name, body, _ in read_folder(Path(source.url), source=source):
        try:
            entries.extend(_parse_file(name, body, source))
        except SyndicateError as error:
            failures.append(str(error))
    return Found(entries=tuple(entries), failures=tuple(failures))


def _parse_file(name: str, body: bytes, source: Source) -> tuple[RawEntry, ...]:
    """Read a saved file: a feed, or else one article page."""
    address = f"{source.home or 'http://folder.invalid'}/{name}"
    try:
        return parse_feed(body, url=address, source=source)
    except ParseError:
        return (parse_article(body, url=address, source=source, listed=None),)
