"""The source's own document: a feed, a listing, sitemaps, or the files of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from syndicate.errors import ParseError, SyndicateError
from syndicate.gather.cadence import asks_fully
from syndicate.gather.folder import SavedFile, read_folder
from syndicate.gather.redirects import address
from syndicate.model import Outcome, Page, RawEntry, SourceKind
from syndicate.pipeline import paging
from syndicate.pipeline.jobs import (
    FeedJob,
    FeedRead,
    FileJob,
    LinksRead,
    ListingJob,
    MapJob,
)
from syndicate.pipeline.reading import (
    body_hash,
    content_type,
    newest_first,
    page_hash,
)
from syndicate.pipeline.room import Room
from syndicate.pipeline.visiting import (
    Visiting,
    count_failures,
    fetched_at,
    file_at_once,
    file_batch,
    tellings,
)
from syndicate.pipeline.withdrawing import withdraw_gone
from syndicate.ports import Response
from syndicate.store import pages, unread

CATCH_UP = 5
"""Older listing pages that are read while all of a page is news to us."""
MAX_MAPS = 50
"""Sitemaps of an index that are read in one visit."""


async def read_source(on: Visiting, room: Room, *, waiting: bool) -> None:
    """Ask the source and file what it says; raises FetchError or ParseError.

    ``waiting``: a page of it is to be tried again, and only the whole listing tells
    what stands beside its link.
    """
    if on.source.kind is SourceKind.FOLDER:
        await on.work.run(_file_folder, on)
        return
    await room.wait()
    state, work = on.state, on.work
    fully = work.replay or waiting or asks_fully(state, work.pace, on.at)
    url = address(on.source, state.memory, state.failures)
    with room.asking():
        response = await work.asking.source(on.source, state, url, fully=fully)
    # Without the body: what is remembered of it is its hash.
    on.heard.response, on.heard.fully = replace(response, body=b""), fully
    if response.not_modified:
        on.heard.not_modified = True
        return
    on.heard.body_hash = body_hash(on.source, response)
    if on.heard.body_hash == state.body_hash and not (work.replay or waiting):
        on.heard.not_modified = True
        return
    with room.hold(len(response.body)):
        await _read(on, response)


async def _read(on: Visiting, response: Response) -> None:
    if on.source.kind is SourceKind.FEED:
        await _read_feed(on, response)
    elif on.source.kind is SourceKind.LISTING:
        await _read_listing(on, response)
    else:
        await _read_maps(on, response)


# ── Feeds ──


async def read_pushed(on: Visiting, body: bytes, kind: str) -> None:
    """File a feed document that was brought to us; raises ParseError."""
    headers = {"content-type": kind}
    pushed = Response(url=on.source.url, status=200, headers=headers, body=body)
    read = await _file_feed(on, pushed)
    await paging.file_pages(on, read.raws)


async def _read_feed(on: Visiting, response: Response) -> None:
    read = await _file_feed(on, response, newest=True)
    on.heard.facts = read.facts
    await paging.file_pages(on, read.raws)
    await _older_documents(on, response.url, read.facts.next_page)


async def _older_documents(on: Visiting, first: str, older: str) -> None:
    """Read further documents of a paged or archived feed (RFC 5005 §3 and §4)."""
    seen = {first}
    for _ in range(on.work.backfill):
        if not older or older in seen:
            return
        seen.add(older)
        try:
            response = await on.work.asking.older(on.source, older)
            read = await _file_feed(on, response)
        except SyndicateError as error:
            on.tally.fail(older, error)
            return
        await paging.file_pages(on, read.raws)
        older = read.facts.next_page


async def _file_feed(
    on: Visiting, response: Response, newest: bool = False
) -> FeedRead:
    """Read and file a document; what is given back has no entries that are filed.

    ``newest``: it is the feed itself, so what it says of deleted entries counts.
    """
    read = await on.work.run(_read_document, on, response)
    _count(on, read)
    await file_batch(on, read.prepared, unlooked=read.unchanged)
    if newest and (read.deleted or read.listed):
        await on.work.run(withdraw_gone, on, read)
    return replace(read, prepared=(), listed=frozenset())


def _read_document(on: Visiting, response: Response) -> FeedRead:
    known = tellings(on)
    job = FeedJob(
        source=on.source,
        url=response.url,
        at=fetched_at(on, response),
        content_type=content_type(response),
        known=known,
        raw=on.source.read_pages,
        counted=bool(known) or on.state.memory.news_at is not None,
    )
    read = on.read(job, response.body)
    if not isinstance(read, FeedRead):
        raise TypeError("a FeedJob gives a FeedRead")
    return read


def _count(on: Visiting, read: FeedRead) -> None:
    on.tally.count(Outcome.UNCHANGED, times=read.unchanged)
    count_failures(on, read.failures)


# ── Listings ──


async def _read_listing(on: Visiting, response: Response) -> None:
    read = await _links(on, response)
    on.heard.links = read.links
    links = await _with_older(on, response.url, read)
    await _file_links(on, links)


async def _links(on: Visiting, response: Response) -> LinksRead:
    job = ListingJob(
        source=on.source,
        url=response.url,
        at=fetched_at(on, response),
        content_type=content_type(response),
    )
    read = await on.work.run(on.read, job, response.body)
    if not isinstance(read, LinksRead):
        raise TypeError("a ListingJob gives LinksRead")
    return read


async def _with_older(on: Visiting, first: str, read: LinksRead) -> list[RawEntry]:
    """Give the links of a listing, and of its older pages while those are news too.

    A portal may publish more between two visits than its first page holds.
    """
    links, older, seen = list(read.links), read, {first}
    budget = on.work.backfill or (0 if on.first_import else CATCH_UP)
    while older.next_page and older.next_page not in seen and budget:
        if not on.work.backfill and not await on.work.run(_all_new, on, older):
            break
        budget -= 1
        seen.add(older.next_page)
        try:
            response = await on.work.asking.older(on.source, older.next_page)
            older = await _links(on, response)
        except SyndicateError as error:
            on.tally.fail(older.next_page, error)
            break
        known = {link.url for link in links}
        links += [link for link in older.links if link.url not in known]
    return links


def _all_new(on: Visiting, read: LinksRead) -> bool:
    with on.work.database.read() as connection:
        urls = [link.url for link in read.links]
        return not pages.load(connection, on.source.key, urls)


async def _file_links(on: Visiting, links: Sequence[RawEntry]) -> None:
    """File the pages of links, and those tried in vain before and listed no more."""
    tried = await on.work.run(_tried, on)
    listed = {link.url for link in links}
    lost = (url for url in tried if url not in listed)
    bare = [RawEntry(source=on.source.key, url=url) for url in lost]
    await paging.file_pages(on, [*links, *bare])


def _tried(on: Visiting) -> list[str]:
    with on.work.database.read() as connection:
        waiting = unread.waiting(connection, on.source.key)
    return [one.url for one in waiting.get(on.source.key, ())]


# ── Sitemaps ──


async def _read_maps(on: Visiting, response: Response) -> None:
    """Read a sitemap and those that it names; one that is broken loses no other."""
    read = await on.work.run(_map, on, response)
    links = list(read.links)
    if read.maps:
        # The index may stay the same while a map of it changes.
        mute = replace(response, headers=_without_validators(response), body=b"")
        on.heard.response = mute
        on.heard.body_hash = ""
        links += await _further_maps(on, read.maps[:MAX_MAPS])
    await _file_links(on, newest_first(links))


def _without_validators(response: Response) -> dict[str, str]:
    mute = ("etag", "last-modified")
    return {name: said for name, said in response.headers.items() if name not in mute}


async def _further_maps(on: Visiting, addresses: Sequence[str]) -> list[RawEntry]:
    known = await on.work.run(paging.known_pages, on, addresses)
    links: list[RawEntry] = []
    failures: list[SyndicateError] = []
    read: list[Page] = []
    for url in addresses:
        page = known.get(url) or paging.first_page(on.source, url, on.at)
        try:
            answer = await on.work.asking.page(
                on.source, url, None if on.work.replay else page
            )
            if answer.not_modified:
                continue
            links += (await on.work.run(_map, on, answer)).links
        except SyndicateError as error:
            failures.append(error)
        else:
            read.append(_seen(on, page, answer))
    if failures and not links and len(failures) == len(addresses):
        raise failures[0]
    for failure in failures:
        on.tally.fail(on.source.url, failure)
    if len(links) <= paging.MAX_PAGES and not on.work.replay:
        # All of them are read now; otherwise the rest must be seen again.
        await on.work.run(_keep_maps, on, read)
    return links


def _seen(on: Visiting, page: Page, answer: Response) -> Page:
    return replace(
        page,
        etag=answer.headers.get("etag", ""),
        last_modified=answer.headers.get("last-modified", ""),
        body_hash=page_hash(answer.body),
        visited_at=on.at,
        misses=0,
    )


def _keep_maps(on: Visiting, read: Sequence[Page]) -> None:
    with on.work.writing() as connection:
        for page in read:
            pages.save(connection, page)


def _map(on: Visiting, response: Response) -> LinksRead:
    job = MapJob(source=on.source, url=response.url, at=fetched_at(on, response))
    read = on.read(job, response.body)
    if not isinstance(read, LinksRead):
        raise TypeError("a MapJob gives LinksRead")
    return read


# ── Folders ──


def _file_folder(on: Visiting) -> None:
    known = tellings(on)
    for saved in read_folder(Path(on.source.url), source=on.source):
        _file_saved(on, saved, known)


def _file_saved(on: Visiting, saved: SavedFile, known: frozenset[str]) -> None:
    """Read a saved file: a feed, or else one article page."""
    address = f"{on.source.home or 'http://folder.invalid'}/{saved.name}"
    job = FileJob(source=on.source, url=address, at=on.work.clock(), known=known)
    try:
        read = on.read(job, saved.body)
    except ParseError as error:
        on.tally.fail(saved.name, error)
        return
    if isinstance(read, FeedRead):
        _count(on, read)
        file_at_once(on, read.prepared)
