"""Article pages: read once, looked at again, and never lost for a failure.

A page that cannot be read is tried again after pauses that grow. Where a feed told of
the article, what the feed said is filed meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.errors import BadAnswer, FetchError, ParseError
from syndicate.gather.redirects import leads_home
from syndicate.model import Outcome, Page, RawEntry, Source, SourceKind, StoredEntry
from syndicate.pipeline.jobs import PageJob, PageRead, TellingJob
from syndicate.pipeline.reading import content_type, page_hash
from syndicate.pipeline.tally import told
from syndicate.pipeline.visiting import Visiting, count_filed, fetched_at, keep
from syndicate.pipeline.withdrawing import is_taken_down, withdraw
from syndicate.ports import Response
from syndicate.store import entries, pages

RECHECK_PAUSE = timedelta(hours=12)
"""An article page is looked at again no sooner than this."""
LONGEST_PAUSE = timedelta(days=7)
"""A page that cannot be read is tried once in this time, however often it failed."""
STONE_PAUSE = timedelta(days=30)
"""A page whose entry was purged is read so seldom, to see that it is listed still."""
GONE = (404, 410)
MAX_PAGES = 200
"""New pages read in one visit; a sitemap of 50,000 must not keep the others waiting."""
MAX_RECHECKS = 50
"""Known pages looked at again in one visit."""


def has_pages(source: Source) -> bool:
    """Whether the articles of a source are read from their own pages."""
    return source.kind in (SourceKind.LISTING, SourceKind.SITEMAP) or (
        source.kind is SourceKind.FEED and source.read_pages
    )


def retry_at(visited_at: datetime, misses: int) -> datetime:
    """When a page that could not be read is tried again: at the next visit, then
    after one hour, three, seven …
    """
    pause = timedelta(hours=2 ** min(max(misses - 1, 0), 10) - 1)
    return visited_at + min(pause, LONGEST_PAUSE)


def first_page(source: Source, url: str, now: datetime) -> Page:
    """Return what we remember of a page that we have not seen: its address."""
    return Page(source=source.key, url=url, visited_at=now)


async def file_pages(on: Visiting, told_of: Sequence[RawEntry]) -> None:
    """Read and file the pages that we have not read yet, oldest first."""
    if not told_of:
        return
    known = await on.work.run(known_pages, on, [raw.url for raw in told_of])
    fresh: list[tuple[RawEntry, Page]] = []
    for raw in told_of:
        page = known.get(raw.url) or first_page(on.source, raw.url, on.at)
        if on.work.replay or _is_fresh(on, page):
            fresh.append((raw, page))
        elif page.entry_id is None and page.misses:
            continue  # its time will come
        elif is_taken_down(page) and page.visited_at <= on.at - RECHECK_PAUSE:
            await look_again(on, page)  # it is listed: perhaps it is back
        else:
            on.tally.count(Outcome.UNCHANGED)
    most = len(fresh) if on.work.replay else MAX_PAGES
    on.tally.left += len(fresh[most:])
    for raw, page in reversed(fresh[:most]):
        await _read_first(on, raw, page)


async def _read_first(on: Visiting, raw: RawEntry, page: Page) -> None:
    try:
        await _file_page(on, page, raw)
    except Exception as error:  # noqa: BLE001 -- one page; told with the visit
        if on.work.replay and isinstance(error, FetchError):
            # it was not kept; what we have of it stays
            on.tally.details.append(str(error))
        else:
            await on.work.run(_keep_failure, on, raw, page, error)


def known_pages(on: Visiting, addresses: Sequence[str]) -> dict[str, Page]:
    """What we remember of pages of the source, by address."""
    with on.work.database.read() as connection:
        return pages.load(connection, on.source.key, addresses)


def _is_fresh(on: Visiting, page: Page) -> bool:
    if page.entry_id is not None:
        return False
    if page.misses:
        return retry_at(page.visited_at, page.misses) <= on.at
    # Read, and not kept: purged, and not to come back.
    return not page.body_hash or page.visited_at <= on.at - STONE_PAUSE


async def _file_page(on: Visiting, page: Page, raw: RawEntry) -> None:
    on.heard.pages.add(page.url)
    asked = None if on.work.replay else page
    response = await on.work.asking.page(on.source, page.url, asked)
    job = PageJob(
        source=on.source,
        url=page.url,
        at=fetched_at(on, response),
        content_type=content_type(response),
        told=raw,
    )
    await on.work.run(_keep_page, on, page, job, response)


def _keep_page(on: Visiting, page: Page, job: PageJob, response: Response) -> None:
    """Read a page and file its entry; a page as it was is noted only."""
    _refuse_stand_in(on, page, response)
    mark = "" if response.not_modified else page_hash(response.body)
    same = response.not_modified or mark == page.body_hash
    if same and page.entry_id is not None and not on.work.replay:
        with on.work.writing() as connection:
            pages.save(connection, replace(page, visited_at=on.at, misses=0))
        on.tally.count(Outcome.UNCHANGED)
        return
    read = on.read(job, response.body)
    assert isinstance(read, PageRead)  # noqa: S101 -- what a PageJob gives
    on.heard.words.append(read.words)
    with on.work.writing() as connection:
        filed = keep(on, connection, [read.prepared])
        seen = replace(
            page,
            etag=response.headers.get("etag", ""),
            last_modified=response.headers.get("last-modified", ""),
            body_hash=mark,
            visited_at=on.at,
            entry_id=filed[0].entry_id or None,
            misses=0,
        )
        if not on.work.replay:
            pages.save(connection, seen)
    count_filed(on, [read.prepared], filed)


def _refuse_stand_in(on: Visiting, page: Page, response: Response) -> None:
    """A redirect to something else is not the article; what we have of it stays."""
    if response.url == page.url:
        return
    if leads_home(page.url, response.url, on.source):
        said = "leads to the front page or the list by now: was the article taken down?"
        raise ParseError(page.url, said)
    if page.entry_id is None:
        return
    other = known_pages(on, [response.url]).get(response.url)
    if other is not None and other.entry_id not in (None, page.entry_id):
        raise ParseError(page.url, f"leads to another article: {response.url}")


def _keep_failure(on: Visiting, raw: RawEntry, page: Page, error: Exception) -> None:
    """A page could not be had or read: note it, and file what the feed said."""
    said = told(page.url, error)
    missed = replace(page, misses=page.misses + 1, visited_at=on.at)
    if on.source.kind is not SourceKind.FEED:
        on.tally.count(Outcome.FAILED, said)
        if not on.work.replay:
            with on.work.writing() as connection:
                pages.save(connection, missed)
        return
    try:
        job = TellingJob(source=on.source, url=page.url, at=on.at, told=raw)
        read = on.read(job, b"")
        assert isinstance(read, PageRead)  # noqa: S101 -- what a TellingJob gives
        with on.work.writing() as connection:
            filed = keep(on, connection, [read.prepared])
            # To be looked at again as any page is: what it is a copy of is unknown.
            seen = replace(page, visited_at=on.at, entry_id=filed[0].entry_id or None)
            if not on.work.replay:
                pages.save(connection, seen)
    except Exception as worse:  # noqa: BLE001 -- one entry; told with the visit
        on.tally.fail(raw.url, worse)
        on.tally.unsure = True
    else:
        count_filed(on, [read.prepared], filed)
        on.tally.details.append(said)


async def recheck(on: Visiting) -> None:
    """Look again at the pages of recent entries: corrected? withdrawn?"""
    recent = await on.work.run(_recent, on)
    for page in recent[:MAX_RECHECKS]:
        await look_again(on, page)


async def replay_rest(on: Visiting) -> None:
    """Read the kept pages anew that no listing shows any more; the others were read."""
    known = await on.work.run(_told, on)
    for page in known:
        if page.url not in on.heard.pages:
            try:
                await _read_again(on, page)
            except FetchError:
                continue  # its answer was not kept, or made room for newer ones
            except Exception as error:  # noqa: BLE001 -- one page; told with the visit
                on.tally.fail(page.url, error)


def _told(on: Visiting) -> list[Page]:
    with on.work.database.read() as connection:
        return pages.told(connection, on.source.key)


def _recent(on: Visiting) -> list[Page]:
    since, before = on.at - on.work.recheck, on.at - RECHECK_PAUSE
    with on.work.database.read() as connection:
        found = pages.to_recheck(connection, on.source.key, since)
    return [page for page in found if page.visited_at <= before]


async def look_again(on: Visiting, page: Page) -> None:
    """Read a page that we know once more."""
    try:
        await _read_again(on, page)
    except BadAnswer as error:
        if error.status in GONE:
            await on.work.run(_miss, on, page)
        else:
            await on.work.run(_put_off, on, page, error)
    except Exception as error:  # noqa: BLE001 -- one page; told with the visit
        await on.work.run(_put_off, on, page, error)


async def _read_again(on: Visiting, page: Page) -> None:
    if page.entry_id is None:
        return
    stored = await on.work.run(_stored, on, page.entry_id)
    if stored is None:
        return
    asked = None if on.work.replay else page
    response = await on.work.asking.page(on.source, page.url, asked)
    job = PageJob(
        source=on.source,
        url=page.url,
        at=fetched_at(on, response),
        content_type=content_type(response),
        again=stored.entry,
    )
    await on.work.run(_keep_page, on, page, job, response)


def _stored(on: Visiting, entry_id: int) -> StoredEntry | None:
    with on.work.database.read() as connection:
        return entries.get(connection, entry_id)


def _put_off(on: Visiting, page: Page, error: Exception) -> None:
    """No answer says nothing of the article; it is asked again after the pause."""
    on.tally.fail(page.url, error)
    with on.work.writing() as connection:
        pages.save(connection, replace(page, visited_at=on.at))


def _miss(on: Visiting, page: Page) -> None:
    """The page is gone; the second time its entry is taken down."""
    missed = replace(page, visited_at=on.at, misses=page.misses + 1)
    if is_taken_down(missed):
        # should it come back, it has to be read, not found to be as it was
        missed = replace(missed, etag="", last_modified="", body_hash="")
    with on.work.writing() as connection:
        pages.save(connection, missed)
        if is_taken_down(missed) and page.entry_id is not None:
            withdraw(on, connection, [page.entry_id])
