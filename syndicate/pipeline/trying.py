"""What a source or an address would give just now; nothing is kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from syndicate.errors import ParseError, SyndicateError
from syndicate.gather.article import parse_article
from syndicate.gather.clean import to_entry
from syndicate.gather.discover import read_shown
from syndicate.gather.feed import read_feed
from syndicate.gather.feedlinks import Candidate, Way
from syndicate.gather.folder import read_folder
from syndicate.gather.guesses import asked_addresses
from syndicate.gather.nature import Nature
from syndicate.gather.offers import with_pages
from syndicate.gather.verdict import Offer
from syndicate.model import Entry, RawEntry, Source, SourceKind
from syndicate.pipeline.asking import Looking, nature_of, read_article, type_of
from syndicate.pipeline.searching import Search
from syndicate.ports import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What was found at an address."""

    entries: tuple[Entry, ...] = ()
    failures: tuple[str, ...] = ()
    """What could not be read, a line each."""
    offer: Offer | None = None
    """How it would do as a source; None for one article, or a folder."""
    article: bool = False
    """It is the address of one article."""


async def try_source(work: Looking, source: Source, limit: int) -> Tried:
    """Read a configured source as a visit would; raises FetchError or ParseError."""
    if source.kind is SourceKind.FOLDER:
        return await asyncio.to_thread(_try_folder, work, source, limit)
    search = Search(_with_room(replace(work, source=source), limit))
    response = await search.ask_first(source.url)
    kind = nature_of(response)
    asked = Candidate(url=source.url, kind=source.kind, way=Way.ASKED)
    if source.kind is SourceKind.LISTING:
        await search.take_listing(source.url, response, Way.ASKED)
    else:
        # A page where a feed was expected: its reader says best what it found.
        await search.take(asked, response, as_kind=source.kind)
    return await _tried(search, source, limit, kind)


async def try_address(work: Looking, said: str, limit: int) -> Tried:
    """Read an address that nobody has configured: feed, sitemap, list or article.

    Raises SyndicateError if it is none of them, and FetchError if it cannot be had.
    """
    addresses = asked_addresses(said)
    if not addresses:
        raise SyndicateError(
            f'"{said}" is no web address; write one like https://portal.example/'
        )
    search = Search(_with_room(work, limit))
    response = await search.ask_first(*addresses)
    kind, address = nature_of(response), response.url
    asked = Candidate(url=address, kind=SourceKind.FEED, way=Way.ASKED)
    if kind is not Nature.PAGE:
        await search.take(asked, response)
        return await _tried(search, search.source(address, asked.kind), limit, kind)
    shown = await asyncio.to_thread(
        read_shown, response.body, url=address, content_type=type_of(response)
    )
    if shown.article:
        return await asyncio.to_thread(_try_article, search, response)
    await search.take_listing(address, response, Way.ASKED)
    listing = search.source(address, SourceKind.LISTING)
    return await _tried(search, listing, limit, kind)


def _with_room(work: Looking, limit: int) -> Looking:
    return replace(work, budget=limit + 3)


async def _tried(search: Search, source: Source, limit: int, kind: Nature) -> Tried:
    """What the search came to; article pages are read where a visit would."""
    if not search.offers:
        said = next((one.said for one in search.tries if one.said), "")
        raise ParseError(source.url, said or f"nothing to gather from ({kind.value})")
    offer = search.offers[0]
    if offer.kind is SourceKind.FEED and not source.read_pages:
        return Tried(entries=offer.entries[:limit], offer=offer)
    pages = await search.pages(offer, limit)
    read = tuple(entry for _, entry in pages if entry is not None)
    failures = tuple(f"{one.url}: {one.said}" for one in search.tries if one.said)
    judged = with_pages(offer, pages, now=search.work.now) if pages else offer
    return Tried(entries=read, failures=failures, offer=judged)


def _try_article(search: Search, response: Response) -> Tried:
    source = search.source(response.url, SourceKind.LISTING)
    told = RawEntry(source=source.key, url=response.url)
    entry = read_article(response, source, told, None, search.work.now)
    return Tried(entries=(entry,), article=True)


def _try_folder(work: Looking, source: Source, limit: int) -> Tried:
    entries: list[Entry] = []
    failures: list[str] = []
    for saved in read_folder(Path(source.url), source=source):
        address = f"{source.home or 'http://folder.invalid'}/{saved.name}"
        try:
            raws = _saved(saved.body, address, source)
        except SyndicateError as error:
            failures.append(str(error))
            continue
        for raw in raws[: limit - len(entries)]:
            try:
                entry = to_entry(raw, source=source, fetched_at=work.now)
            except SyndicateError as error:
                failures.append(str(error))
            else:
                entries.append(entry)
    return Tried(entries=tuple(entries), failures=tuple(failures))


def _saved(body: bytes, address: str, source: Source) -> tuple[RawEntry, ...]:
    """A saved file: a feed, or else one article page."""
    try:
        return read_feed(body, url=address, source=source).entries
    except ParseError:
        return (parse_article(body, url=address, source=source, listed=None),)
