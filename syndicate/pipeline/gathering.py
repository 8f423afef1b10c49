"""Gather: ask the sources, read what they say, file it.

Sources are asked side by side; what they say is filed in small transactions, so that
a process that dies loses nothing that it had filed. A source's memory (validators,
when to come again) is written last: after a crash it is asked again, and what had
been filed is recognised.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from syndicate.errors import FetchError, SyndicateError
from syndicate.gather.cadence import next_visit
from syndicate.model import Outcome, Source, SourceState, Visit
from syndicate.pipeline.reading import Found, read_source
from syndicate.pipeline.visiting import Gathering, Tally, Visiting, file_all, recheck
from syndicate.store import Database, sources

NEWS = (Outcome.NEW, Outcome.CHANGED, Outcome.REPEAT)


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
    tally = Tally()
    found: Found | None = None
    error: SyndicateError | None = None
    state = SourceState(source=source.key)
    try:
        with work.database.read() as connection:
            state = sources.load(connection, source.key)
        found = await read_source(work.fetcher, source, state)
        first = not state.imported or work.backfill > 0
        on = Visiting(work, source, tally, first_import=first)
        await file_all(on, found)
        await recheck(on, before=at)
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
    told = _told(state, found, visit, left=tally.left)
    due = next_visit(
        state,
        source,
        now=at,
        error=error if isinstance(error, FetchError) else None,
        changed=any(visit.outcomes.get(outcome) for outcome in NEWS),
        jitter=random.random(),  # noqa: S311 -- spreads visits, keeps no secret
    )
    return await work.file(_remember, work, replace(told, due_at=due), visit)


def _told(
    state: SourceState, found: Found | None, visit: Visit, *, left: int
) -> SourceState:
    """What we know of the source after this visit."""
    told = replace(state, visited_at=visit.at, error=visit.error)
    if visit.error or found is None:
        return replace(told, failures=state.failures + 1)
    imported = state.imported or not left
    told = replace(told, succeeded_at=visit.at, failures=0, imported=imported)
    if visit.details or left:
        # What failed or was left is read again next time: only a whole visit makes
        # the answer old news, for us and, by its validators, for the server.
        return told
    kept = state if found.not_modified else SourceState(source=state.source)
    return replace(
        told,
        etag=found.etag or kept.etag,
        last_modified=found.last_modified or kept.last_modified,
        body_hash=found.body_hash or kept.body_hash,
    )


def _remember(work: Gathering, told: SourceState, visit: Visit) -> Visit:
    try:
        with work.database.write() as connection:
            sources.save(connection, told)
            sources.record(connection, visit)
    except SyndicateError as unsaved:
        return replace(visit, error=visit.error or str(unsaved))
    return visit
