"""One visit to one source: what it says is filed, what it said before is looked at.

An entry that cannot be read or kept is counted and told; it never loses the others.
Cleaning and filing happen in a thread, one visit at a time: sockets are answered
meanwhile, or servers that we keep waiting would count as too slow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from syndicate.errors import BadAnswer, SyndicateError
from syndicate.gather.clean import to_entry
from syndicate.gather.combine import retold
from syndicate.gather.listing import ListedLink
from syndicate.model import (
    DateClaim,
    DateOrigin,
    Entry,
    Outcome,
    Page,
    RawEntry,
    Source,
)
from syndicate.pipeline.filing import Filed, Filing, file_entry, refile_story
from syndicate.pipeline.reading import Found, PageFound, read_older, read_page
from syndicate.ports import Fetcher
from syndicate.store import Connection, Database, entries, pages

Made = TypeVar("Made")

RECHECK_PAUSE = timedelta(hours=12)
"""An article page is looked at again no sooner than this."""
GONE = (404, 410)
MISSES_UNTIL_GONE = 2
"""Decree 147/2024 wants removal when the source removes; one 404 may be an accident."""
CATCH_UP = 5
"""Older listing pages that are read while all of a page is news to us."""
TOGETHER = 50
"""Entries of a feed that are kept in one transaction."""
MAX_PAGES = 200
"""New pages read in one visit; a sitemap of 50,000 must not keep the others waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """What gathering works with."""

    database: Database
    fetcher: Fetcher
    desk: Filing
    recheck: timedelta
    """How long after its first sight a page is looked at again."""
    clock: Callable[[], datetime]
    backfill: int = 0
    """Older listing pages to read, known or not."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the visit that files."""

    async def file(self, step: Callable[..., Made], *arguments: object) -> Made:
        """Run a step that writes: in a thread, and one at a time."""
        async with self.turn:
            return await asyncio.to_thread(step, *arguments)


@dataclass(slots=True)
class Tally:
    """Counts what a visit comes to."""

    outcomes: dict[Outcome, int] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)
    left: int = 0
    """Pages that are left for the next visit."""

    def count(self, outcome: Outcome, detail: str = "") -> None:
        """Count one entry; ``detail`` says why it failed."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if detail:
            self.details.append(detail)

    def fail(self, about: str, error: Exception) -> None:
        """Count an entry that failed, and say why."""
        said = str(error)
        if not isinstance(error, SyndicateError):  # a fault of ours, in one entry
            said = f"{about}: {type(error).__name__}: {error}"
        self.count(Outcome.FAILED, said)


@dataclass(frozen=True, slots=True)
class Visiting:
    """What every step of one visit needs."""

    work: Gathering
    source: Source
    tally: Tally
    first_import: bool

    def file(self, connection: Connection, entry: Entry, now: datetime) -> Filed:
        """Keep an entry, inside the transaction of ``connection``."""
        desk, first = self.work.desk, self.first_import
        return file_entry(connection, entry, desk, now=now, first_import=first)


async def file_all(on: Visiting, found: Found) -> None:
    """File all that the source says now."""
    for said in found.failures:
        on.tally.count(Outcome.FAILED, said)
    if on.source.read_pages:
        await _file_pages(on, [(raw, None) for raw in found.entries])
    elif found.entries:
        await on.work.file(_file_entries, on, found.entries)
    links = await _with_older(on, found)
    told = [(RawEntry(source=on.source.key, url=link.url), link) for link in links]
    await _file_pages(on, told)


async def _with_older(on: Visiting, found: Found) -> list[ListedLink]:
    """Give the links of a listing, and of its older pages while those are news too.

    A portal may publish more between two visits than its first page holds.
    """
    links, older, budget = list(found.links), found, on.work.backfill
    if not budget and not on.first_import:
        budget = CATCH_UP
    while older.next_page and budget and (on.work.backfill or _all_new(on, older)):
        budget -= 1
        try:
            older = await read_older(on.work.fetcher, on.source, older.next_page)
        except SyndicateError as error:
            on.tally.fail(older.next_page, error)
            break
        known = {link.url for link in links}
        links += [link for link in older.links if link.url not in known]
    return links


def _all_new(on: Visiting, found: Found) -> bool:
    with on.work.database.read() as connection:
        urls = [link.url for link in found.links]
        return not pages.load(connection, on.source.key, urls)


async def recheck(on: Visiting, *, before: datetime) -> None:
    """Look again at the pages of recent entries: corrected? withdrawn?"""
    since = on.work.clock() - on.work.recheck
    with on.work.database.read() as connection:
        recent = pages.to_recheck(connection, on.source.key, since)
    for page in recent:
        if page.visited_at <= before - RECHECK_PAUSE:
            await _look_again(on, page)


def first_page(source: Source, url: str, now: datetime) -> Page:
    """Return what we remember of a page that we have not seen: its address."""
    return Page(source=source.key, url=url, visited_at=now)


def _file_entries(on: Visiting, raws: Sequence[RawEntry]) -> None:
    """File entries that came whole, oldest first."""
    now = on.work.clock()
    cleaned: list[Entry] = []
    for raw in reversed(raws):
        try:
            cleaned.append(to_entry(raw, source=on.source, fetched_at=now))
        except Exception as error:  # noqa: BLE001 -- one entry; told with the visit
            on.tally.fail(raw.url, error)
    if on.first_import:
        cleaned.sort(
            key=lambda entry: entry.published.value if entry.published else now
        )
    for start in range(0, len(cleaned), TOGETHER):
        _file_some(on, cleaned[start : start + TOGETHER], now)


def _file_some(on: Visiting, some: Sequence[Entry], now: datetime) -> None:
    """File entries in one transaction; if that fails, each in one of its own."""
    try:
        with on.work.database.write() as connection:
            outcomes = [on.file(connection, entry, now).outcome for entry in some]
    except Exception as error:  # noqa: BLE001 -- one entry; told with the visit
        if len(some) == 1:
            on.tally.fail(some[0].url, error)
            return
        for entry in some:
            _file_some(on, [entry], now)
    else:
        for outcome in outcomes:
            on.tally.count(outcome)


async def _file_pages(
    on: Visiting, told: Sequence[tuple[RawEntry, ListedLink | None]]
) -> None:
    """Read and file the pages that we have not read yet, oldest first."""
    now = on.work.clock()
    with on.work.database.read() as connection:
        known = pages.load(connection, on.source.key, [raw.url for raw, _ in told])
    fresh: list[tuple[RawEntry, ListedLink | None, Page]] = []
    for raw, link in told:
        page = known.get(raw.url) or first_page(on.source, raw.url, now)
        if page.entry_id is None:
            fresh.append((raw, link, page))
        elif _taken_down(page) and page.visited_at <= now - RECHECK_PAUSE:
            await _look_again(on, page)  # it is listed: perhaps it is back
        else:
            on.tally.count(Outcome.UNCHANGED)
    on.tally.left += len(fresh[MAX_PAGES:])
    for raw, link, page in reversed(fresh[:MAX_PAGES]):
        try:
            await _file_page(on, raw, link, page)
        except Exception as error:  # noqa: BLE001 -- one page; told with the visit
            on.tally.fail(raw.url, error)


async def _file_page(
    on: Visiting, raw: RawEntry, link: ListedLink | None, page: Page
) -> None:
    found = await read_page(on.work.fetcher, on.source, raw, link, page)
    if found is None:
        await on.work.file(_keep_unchanged, on, page)
    else:
        await on.work.file(_keep_page, on, page, found)


def _keep_unchanged(on: Visiting, page: Page) -> None:
    seen = replace(page, visited_at=on.work.clock(), misses=0)
    with on.work.database.write() as connection:
        pages.save(connection, seen)
    on.tally.count(Outcome.UNCHANGED)


def _keep_page(on: Visiting, page: Page, found: PageFound) -> None:
    now = on.work.clock()
    entry = to_entry(found.entry, source=on.source, fetched_at=now)
    with on.work.database.write() as connection:
        filed = on.file(connection, entry, now)
        seen = replace(
            page,
            etag=found.etag,
            last_modified=found.last_modified,
            body_hash=found.body_hash,
            visited_at=now,
            entry_id=filed.entry_id,
            misses=0,
        )
        pages.save(connection, seen)
    on.tally.count(filed.outcome)


async def _look_again(on: Visiting, page: Page) -> None:
    """Read a page that we know once more."""
    try:
        await _read_again(on, page)
    except BadAnswer as error:
        if error.status in GONE:
            await on.work.file(_miss, on.work, page)
        else:
            on.tally.fail(page.url, error)
    except Exception as error:  # noqa: BLE001 -- one page; told with the visit
        on.tally.fail(page.url, error)


async def _read_again(on: Visiting, page: Page) -> None:
    if page.entry_id is None:
        return
    with on.work.database.read() as connection:
        stored = entries.get(connection, page.entry_id)
    if stored is not None:
        told = retold(stored.entry, on.source.kind)
        await _file_page(on, told, _as_listed(told), page)


def _as_listed(told: RawEntry) -> ListedLink:
    claims = [claim for claim in told.dates if claim.origin is DateOrigin.LISTING]
    date: DateClaim | None = claims[0] if claims else None
    return ListedLink(url=told.url, title="", date=date, lead="", image="")


def _taken_down(page: Page) -> bool:
    return page.misses >= MISSES_UNTIL_GONE


def _miss(work: Gathering, page: Page) -> None:
    """The page is gone; the second time its entry is taken down."""
    now = work.clock()
    missed = replace(page, visited_at=now, misses=page.misses + 1)
    if _taken_down(missed):
        # should it come back, it has to be read, not found to be as it was
        missed = replace(missed, etag="", last_modified="", body_hash="")
    with work.database.write() as connection:
        pages.save(connection, missed)
        if _taken_down(missed) and page.entry_id is not None:
            _withdraw(connection, work.desk, page.entry_id, now)


def _withdraw(
    connection: Connection, desk: Filing, entry_id: int, now: datetime
) -> None:
    stored = entries.get(connection, entry_id)
    if stored is None or stored.withdrawn_at:
        return
    entries.withdraw(connection, entry_id, now)
    refile_story(connection, stored.story, desk)
