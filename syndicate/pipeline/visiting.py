"""One visit to one source: what it says is filed, what it said before is looked at.

An entry that cannot be read or kept is counted and told; it never loses the others.
Documents are read by other processes, and filed by a thread, one at a time: sockets
are answered meanwhile, or servers that we keep waiting would count as too slow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeVar

from syndicate.errors import StoreError
from syndicate.gather.limits import Pace
from syndicate.model import Outcome, Source, SourceState
from syndicate.pipeline.filing import (
    Filed,
    Filing,
    file_entries,
    known_tellings,
    refile_story,
)
from syndicate.pipeline.jobs import Failure, Job, Read, Reader
from syndicate.pipeline.preparing import Prepared
from syndicate.pipeline.reading import PAGES, Asking
from syndicate.pipeline.tally import NEWS, Heard, Tally
from syndicate.pipeline.together import Together
from syndicate.ports import Fetcher, Response
from syndicate.store import Connection, Database, entries

Made = TypeVar("Made")
Unpushed = Callable[[Connection, str, datetime, int], object]
"""Takes a source, when it was polled, and how many new entries its hub kept back."""

TOGETHER = 500
"""Entries of one document that are kept in one transaction at most."""


def threads(readers: int = 1) -> Executor:
    """Threads that wait for documents to be read, and file pages.

    Two more than documents are read at once: while one is read, the next is looked
    up. Not asyncio's own threads: those must not wait for us.
    """
    return ThreadPoolExecutor(readers + 2, thread_name_prefix="reading")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """What gathering works with."""

    database: Database
    fetcher: Fetcher
    reader: Reader
    desk: Filing
    recheck: timedelta
    """How long after its first sight a page is looked at again."""
    clock: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)
    robots: str = PAGES
    """What robots.txt has a say in: ``pages``, ``all`` or ``none``."""
    backfill: int = 0
    """Older pages of feeds and listings to read, known or not."""
    replay: bool = False
    """Documents come from an archive: all are read anew, nothing is remembered."""
    pushed: frozenset[str] = frozenset()
    """Sources whose hub tells us of news; they are asked as a backup only."""
    unpushed: Unpushed = lambda *_: None
    """Told, inside the transaction, what polling found of a source in ``pushed``."""
    threads: Executor = field(default_factory=threads)
    turn: Lock = field(default_factory=Lock)
    """Held by the thread that writes."""
    together: Together = field(default_factory=Together)
    """Files documents, many in one transaction."""

    @property
    def asking(self) -> Asking:
        """How sources are asked."""
        return Asking(fetcher=self.fetcher, robots=self.robots)

    async def run(self, step: Callable[..., Made], *arguments: object) -> Made:
        """Run a step that reads or writes, in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, step, *arguments)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write, one thread at a time."""
        with self.turn, self.database.write() as connection:
            yield connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Visiting:
    """What every step of one visit needs."""

    work: Gathering
    source: Source
    state: SourceState
    at: datetime
    first_import: bool
    tally: Tally = field(default_factory=Tally)
    heard: Heard = field(default_factory=Heard)

    def read(self, job: Job, body: bytes) -> Read:
        """Have a document read; raises ParseError."""
        with self.work.together.coming():
            return self.work.reader.read(job, body)


def tellings(on: Visiting) -> frozenset[str]:
    """Give the hashes of what we were told before; none where all is to be new."""
    if on.work.replay:
        return frozenset()
    with on.work.database.read() as connection:
        return known_tellings(connection, on.source.key)


def fetched_at(on: Visiting, response: Response) -> datetime:
    """When an answer was fetched: what it calls "today" is that day's."""
    return response.fetched_at or on.work.clock()


def count_failures(on: Visiting, failures: Sequence[Failure]) -> None:
    """Count the entries that could not be made."""
    for failure in failures:
        on.tally.count(Outcome.FAILED, failure.said)
        on.tally.unsure |= failure.ours


async def file_batch(
    on: Visiting, prepared: Sequence[Prepared], *, unlooked: int = 0
) -> None:
    """File the entries of one document, which come newest first; oldest first.

    ``unlooked``: entries of it that were left out for being known.
    """
    for some in _portions(on, prepared):
        try:
            filed = await asyncio.wrap_future(_ordered(on, some, unlooked))
        except Exception as error:  # noqa: BLE001 -- perhaps of one entry
            await on.work.run(_file_apart, on, some, error)
        else:
            count_filed(on, some, filed)


def file_at_once(on: Visiting, prepared: Sequence[Prepared]) -> None:
    """As :func:`file_batch`, in this thread."""
    for some in _portions(on, prepared):
        try:
            filed = _ordered(on, some, 0).result()
        except Exception as error:  # noqa: BLE001 -- perhaps of one entry
            _file_apart(on, some, error)
        else:
            count_filed(on, some, filed)


def _portions(
    on: Visiting, prepared: Sequence[Prepared]
) -> Iterator[Sequence[Prepared]]:
    """The entries of a document in the order of filing, so many at a time."""
    if on.first_import:
        prepared = sorted(prepared, key=lambda one: _moment(on, one), reverse=True)
    for end in range(len(prepared), 0, -TOGETHER):
        yield prepared[max(end - TOGETHER, 0) : end]


def _ordered(
    on: Visiting, some: Sequence[Prepared], unlooked: int
) -> Future[list[Filed]]:
    def step(connection: Connection) -> list[Filed]:
        return keep(on, connection, some, unlooked=unlooked)

    return on.work.together.write(on.work.writing, step, len(some))


def _moment(on: Visiting, one: Prepared) -> datetime:
    published = one.entry.published
    return published.value if published else on.at


def _file_apart(on: Visiting, some: Sequence[Prepared], error: Exception) -> None:
    """File each entry in a transaction of its own: together they failed."""
    for one in reversed(some) if len(some) > 1 else ():
        try:
            with on.work.writing() as connection:
                filed = keep(on, connection, [one])
        except Exception as own:  # noqa: BLE001 -- one entry; told with the visit
            _lose(on, one, own)
        else:
            count_filed(on, [one], filed)
    if len(some) == 1:
        _lose(on, some[0], error)


def _lose(on: Visiting, one: Prepared, error: Exception) -> None:
    on.tally.fail(one.entry.url, error)
    on.tally.unsure = True


def keep(
    on: Visiting,
    connection: Connection,
    some: Sequence[Prepared],
    *,
    unlooked: int = 0,
) -> list[Filed]:
    """File entries inside the transaction of ``connection``; counts nothing yet."""
    filed = file_entries(
        connection,
        some,
        on.work.desk,
        now=on.work.clock(),
        first_import=on.first_import,
        unlooked=unlooked,
    )
    if on.work.replay:
        _relabel(on, connection, filed)
    on.tally.redated |= filed.redated
    return filed


def count_filed(on: Visiting, some: Sequence[Prepared], filed: Sequence[Filed]) -> None:
    """Count what was committed, and note when the new ones were published."""
    if len(filed) != len(some):
        raise StoreError(f"{len(some)} entries were filed as {len(filed)}")
    for one, told in zip(some, filed, strict=True):
        on.tally.count(told.outcome, told.note)
        if told.outcome in NEWS:
            on.tally.dates.append(min(_moment(on, one), on.at))


def _relabel(on: Visiting, connection: Connection, filed: Sequence[Filed]) -> None:
    """The rules may be others than when these entries were filed."""
    stories = {
        stored.story
        for one in filed
        if (stored := entries.get(connection, one.entry_id)) is not None
    }
    for story in sorted(stories):
        refile_story(connection, story, on.work.desk)
