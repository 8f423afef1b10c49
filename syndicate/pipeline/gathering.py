"""Gather: ask the sources, read what they say, file it.

Sources are asked side by side; what they say is filed one entry at a time, each in
its own transaction, so that a process that dies loses nothing that it had filed. A
source's memory (validators, when to come again) is written last: after a crash it is
asked again, and what had been filed is recognised.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from syndicate.errors import BadAnswer, FetchError, SyndicateError
from syndicate.gather.cadence import next_visit
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
    SourceState,
    Visit,
)
from syndicate.pipeline.filing import Filed, Filing, file_entry, refile_story
from syndicate.pipeline.reading import Found, read_page, read_source
from syndicate.ports import Fetcher
from syndicate.store import Connection, Database, entries, pages, sources

RECHECK_PAUSE = timedelta(hours=12)
"""An article page is looked at again no sooner than this."""
GONE = (404, 410)
MISSES_UNTIL_GONE = 2
"""Decree 147/2024 wants removal when the source removes; one 404 may be an accident."""
NEWS = (Outcome.NEW, Outcome.CHANGED, Outcome.REPEAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """What gathering works with."""

    database: Database
    fetcher: Fetcher
    desk: Filing
    recheck: timedelta
    """How long after its first sight a page is looked at again."""
    clock: Callable[[], datetime]


@dataclass(slots=True)
class _Tally:
    """Counts what a visit comes to."""

    outcomes: dict[Outcome, int] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)

    def count(self, outcome: Outcome, detail: str = "") -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if detail:
            self.details.append(detail)


@dataclass(frozen=True, slots=True)
class _Visiting:
    """What every step of one visit needs."""

    work: Gathering
    source: Source
    tally: _Tally
    first_import: bool

    def file(self, connection: Connection, entry: Entry, now: datetime) -> Filed:
        desk, first = self.work.desk, self.first_import
        return file_entry(connection, entry, desk, now=now, first_import=first)


def due_sources(
    database: Database, known: Sequence[Source], now: datetime
) -> list[Source]:
    """Return the sources whose time has come."""
    with database.read() as connection:
        keys = sources.due(connection, [source.key for source in known], now)
    by_key = {source.key: source for source in known}
    return [by_key[key] for key in keys]


async def gather(
    work: Gathering,
    wanted: Sequence[Source],
    *,
    on_visit: Callable[[Visit], None] = lambda _: None,
) -> tuple[Visit, ...]:
    """Visit every source of ``wanted``; one that fails never stops the others."""

    async def visit_one(source: Source) -> Visit:
        visit = await _visit(work, source)
        on_visit(visit)
        return visit

    return tuple(await asyncio.gather(*map(visit_one, wanted)))


async def _visit(work: Gathering, source: Source) -> Visit:
    at = work.clock()
    tally = _Tally()
    found: Found | None = None
    error: SyndicateError | None = None
    state = SourceState(source=source.key)
    try:
        with work.database.read() as connection:
            state = sources.load(connection, source.key)
        found = await read_source(work.fetcher, source, state)
        on = _Visiting(work, source, tally, first_import=not state.imported)
        await _file_all(on, found)
        await _recheck(on, before=at)
    except SyndicateError as caught:
        error = caught
    except Exception as caught:  # noqa: BLE001 -- ours, in one source
        error = SyndicateError(f"{source.key}: {type(caught).__name__}: {caught}")
    visit = Visit(
        source=source.key,
        at=at,
        error=str(error) if error else "",
        not_modified=found is not None and found.not_modified,
        outcomes=tally.outcomes,
        details=tuple(tally.details),
    )
    return _remember(work, source, _told(state, found, visit), visit, error)


def _told(state: SourceState, found: Found | None, visit: Visit) -> SourceState:
    """What we know of the source after this visit."""
    told = replace(state, visited_at=visit.at, error=visit.error)
    if visit.error or found is None:
        return replace(told, failures=state.failures + 1)
    kept = state if found.not_modified else SourceState(source=state.source)
    return replace(
        told,
        etag=found.etag or kept.etag,
        last_modified=found.last_modified or kept.last_modified,
        # a page that failed is read again: only a whole visit makes the body old news
        body_hash=kept.body_hash if visit.details else found.body_hash,
        succeeded_at=visit.at,
        failures=0,
        imported=True,
    )


def _remember(
    work: Gathering,
    source: Source,
    told: SourceState,
    visit: Visit,
    error: SyndicateError | None,
) -> Visit:
    due = next_visit(
        told,
        source,
        now=visit.at,
        error=error if isinstance(error, FetchError) else None,
        changed=any(visit.outcomes.get(outcome) for outcome in NEWS),
        jitter=random.random(),  # noqa: S311 -- spreads visits, keeps no secret
    )
    try:
        with work.database.write() as connection:
            sources.save(connection, replace(told, due_at=due))
            sources.record(connection, visit)
    except SyndicateError as unsaved:
        return replace(visit, error=visit.error or str(unsaved))
    return visit


async def _file_all(on: _Visiting, found: Found) -> None:
    for said in found.failures:
        on.tally.count(Outcome.FAILED, said)
    links = [
        (RawEntry(source=on.source.key, url=link.url), link) for link in found.links
    ]
    if on.source.read_pages:
        await _file_pages(on, [(raw, None) for raw in found.entries])
    else:
        _file_entries(on, found.entries)
    await _file_pages(on, links)


def _file_entries(on: _Visiting, raws: Sequence[RawEntry]) -> None:
    """File entries that came whole, oldest first."""
    now = on.work.clock()
    cleaned: list[Entry] = []
    for raw in reversed(raws):
        try:
            cleaned.append(to_entry(raw, source=on.source, fetched_at=now))
        except SyndicateError as error:
            on.tally.count(Outcome.FAILED, str(error))
    if on.first_import:
        cleaned.sort(
            key=lambda entry: entry.published.value if entry.published else now
        )
    for entry in cleaned:
        with on.work.database.write() as connection:
            filed = on.file(connection, entry, now)
        on.tally.count(filed.outcome)


async def _file_pages(
    on: _Visiting, told: Sequence[tuple[RawEntry, ListedLink | None]]
) -> None:
    """Read and file the pages that we have not read yet, oldest first."""
    with on.work.database.read() as connection:
        known = pages.load(connection, on.source.key, [raw.url for raw, _ in told])
    for raw, link in reversed(told):
        page = known.get(raw.url) or first_page(on.source, raw.url, on.work.clock())
        if page.entry_id is not None:
            on.tally.count(Outcome.UNCHANGED)
            continue
        try:
            await _file_page(on, raw, link, page)
        except SyndicateError as error:
            on.tally.count(Outcome.FAILED, str(error))


async def _file_page(
    on: _Visiting, raw: RawEntry, link: ListedLink | None, page: Page
) -> None:
    found = await read_page(on.work.fetcher, on.source, raw, link, page)
    now = on.work.clock()
    if found is None:
        with on.work.database.write() as connection:
            pages.save(connection, replace(page, visited_at=now, misses=0))
        on.tally.count(Outcome.UNCHANGED)
        return
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


def first_page(source: Source, url: str, now: datetime) -> Page:
    """Return what we remember of a page that we have not seen: its address."""
    return Page(source=source.key, url=url, visited_at=now)


async def _recheck(on: _Visiting, *, before: datetime) -> None:
    """Look again at the pages of recent entries: corrected? withdrawn?"""
    since = on.work.clock() - on.work.recheck
    with on.work.database.read() as connection:
        recent = pages.to_recheck(connection, on.source.key, since)
    for page in recent:
        if page.entry_id is None or page.visited_at > before - RECHECK_PAUSE:
            continue
        try:
            await _recheck_page(on, page, page.entry_id)
        except BadAnswer as error:
            if error.status in GONE:
                _miss(on.work, page)
            else:
                on.tally.count(Outcome.FAILED, str(error))
        except SyndicateError as error:
            on.tally.count(Outcome.FAILED, str(error))


async def _recheck_page(on: _Visiting, page: Page, entry_id: int) -> None:
    with on.work.database.read() as connection:
        stored = entries.get(connection, entry_id)
    if stored is not None:
        told = retold(stored.entry, on.source.kind)
        await _file_page(on, told, _as_listed(told), page)


def _as_listed(told: RawEntry) -> ListedLink | None:
    claims = [claim for claim in told.dates if claim.origin is DateOrigin.LISTING]
    date: DateClaim | None = claims[0] if claims else None
    return ListedLink(url=told.url, title="", date=date, lead="", image="")


def _miss(work: Gathering, page: Page) -> None:
    """The page is gone; the second time its entry is taken down."""
    now = work.clock()
    missed = replace(page, visited_at=now, misses=page.misses + 1)
    with work.database.write() as connection:
        pages.save(connection, missed)
        if missed.misses >= MISSES_UNTIL_GONE and page.entry_id is not None:
            _withdraw(connection, work.desk, page.entry_id, now)


def _withdraw(
    connection: Connection, desk: Filing, entry_id: int, now: datetime
) -> None:
    stored = entries.get(connection, entry_id)
    if stored is None or stored.withdrawn_at:
        return
    entries.withdraw(connection, entry_id, now)
    refile_story(connection, stored.story, desk)
