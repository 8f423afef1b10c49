"""Gather: ask the sources, read what they say, file it.

Sources are asked side by side, the hosts by turns; what they say is filed in a few
transactions for each document, so that a process that dies loses nothing that it had
filed. A source's memory (validators, when to come again) is written last: after a
crash it is asked again, and what had been filed is recognised.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicate.errors import SyndicateError
from syndicate.model import Source, SourceState, Visit
from syndicate.pipeline import documents, paging
from syndicate.pipeline.reading import place_of
from syndicate.pipeline.recording import Recorder, save
from syndicate.pipeline.remembering import Visited, known_of, taught, visit_of
from syndicate.pipeline.room import Room
from syndicate.pipeline.tally import told
from syndicate.pipeline.visiting import Gathering, Visiting
from syndicate.store import Database, sources, unread

VISITORS = 200
"""Visits under way at once. Most of them wait: for their turn with a host, for a slow
server, or for a page of theirs."""


def due_sources(
    database: Database, known: Sequence[Source], now: datetime
) -> list[Source]:
    """Return the sources whose time has come; archived ones have none."""
    by_key = {source.key: source for source in known if not source.archived}
    with database.read() as connection:
        keys = sources.due(connection, list(by_key), now)
    return [by_key[key] for key in keys]


@dataclass(frozen=True, slots=True)
class Memory:
    """What was known of the sources when gathering began."""

    states: dict[str, SourceState]
    waiting: frozenset[str]
    """Sources with a page that could not be read and is to be tried now."""
    recheck: frozenset[str]
    """Sources with a page to look at again."""


async def gather(
    work: Gathering,
    wanted: Sequence[Source],
    *,
    on_visit: Callable[[Visit], None] = lambda _: None,
) -> tuple[Visit, ...]:
    """Visit every source of ``wanted``; one that fails never stops the others.

    An archived source is not asked, and has no visit.
    """
    asked = [source for source in wanted if not source.archived]
    if not asked:
        return ()
    recorder = Recorder(work, on_visit)
    room = Room()
    try:
        memory = _remember(work, asked)
    except SyndicateError as error:
        unmade = tuple(_unknown(work, source, error) for source in asked)
        for visit in unmade:
            on_visit(visit)
        return unmade
    rest = _by_turns(asked)

    async def visit_some() -> None:
        for source in rest:
            await recorder.add(await _visit(work, source, memory, room))

    visitors = [
        asyncio.ensure_future(visit_some()) for _ in range(min(VISITORS, len(asked)))
    ]
    try:
        await asyncio.gather(*visitors)
    finally:
        for visitor in visitors:
            visitor.cancel()
        visits = recorder.close()
    return tuple(visits[source.key] for source in asked)


async def ingest(
    work: Gathering,
    source: Source,
    body: bytes,
    content_type: str,
    now: datetime,
) -> Visit:
    """File a document that was pushed to us, just as if it had been fetched.

    What is remembered of the source's own answers (validators, when to ask again)
    stays as it is; its rhythm and what its feed says of itself are learnt.
    """
    states = _remember(work, [source]).states
    state = states[source.key]
    on = Visiting(
        work=work,
        source=source,
        state=state,
        at=now,
        first_import=not state.imported,
    )
    error = await _said(on, documents.read_pushed(on, body, content_type))
    visited = _over(on, error)
    known = taught(visited)
    visit = visit_of(visited, known)
    (kept,) = await work.run(_save_push, work, known, visit)
    return kept


def _save_push(work: Gathering, known: SourceState, visit: Visit) -> list[Visit]:
    return save(work, [(known, visit)], polled=False)


def _remember(work: Gathering, asked: Sequence[Source]) -> Memory:
    """Read what is known, for all sources at once: a poll costs no statement."""
    now = work.clock()
    paged = [source.key for source in asked if paging.has_pages(source)]
    with work.database.read() as connection:
        states = sources.load_all(connection, [source.key for source in asked])
        if work.replay or not paged:
            return Memory(states, frozenset(), frozenset())
        waiting = unread.waiting(connection)
        recheck = unread.to_recheck(
            connection,
            paged,
            since=now - work.recheck,
            before=now - paging.RECHECK_PAUSE,
        )
    ready = frozenset(
        source
        for source, pages in waiting.items()
        if any(paging.retry_at(one.visited_at, one.misses) <= now for one in pages)
    )
    return Memory(states, ready, frozenset(recheck))


def _by_turns(asked: Sequence[Source]) -> Iterator[Source]:
    """One source of each host, then the next of each: hosts are asked one at a time."""
    hosts: dict[str, list[Source]] = {}
    for source in asked:
        hosts.setdefault(place_of(source), []).append(source)
    queues = list(hosts.values())
    place = 0
    while queues:
        for queue in queues:
            yield queue[place]
        place += 1
        queues = [queue for queue in queues if len(queue) > place]


async def _visit(
    work: Gathering, source: Source, memory: Memory, room: Room
) -> Visited:
    state = known_of(source, memory.states[source.key])
    on = Visiting(
        work=work,
        source=source,
        state=state,
        at=work.clock(),
        first_import=not state.imported or work.backfill > 0,
    )
    error = await _said(on, _look(on, memory, room))
    return _over(on, error)


async def _look(on: Visiting, memory: Memory, room: Room) -> None:
    key = on.source.key
    await documents.read_source(on, room, waiting=key in memory.waiting)
    if key in memory.recheck:
        await paging.recheck(on)
    if on.work.replay and paging.has_pages(on.source):
        await paging.replay_rest(on)


async def _said(on: Visiting, steps: Awaitable[None]) -> SyndicateError | None:
    """Take the steps; what went wrong with the whole visit is told, not raised."""
    try:
        await steps
    except SyndicateError as error:
        return error
    except Exception as error:  # noqa: BLE001 -- ours, in one source
        return SyndicateError(told(on.source.key, error))
    return None


def _over(on: Visiting, error: SyndicateError | None) -> Visited:
    return Visited(
        source=on.source,
        state=on.state,
        at=on.at,
        tally=on.tally,
        heard=on.heard,
        error=error,
    )


def _unknown(work: Gathering, source: Source, error: SyndicateError) -> Visit:
    """The store cannot be read: nobody is asked, for nothing could be kept."""
    return Visit(source=source.key, at=work.clock(), error=str(error))
