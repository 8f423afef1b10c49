"""Asking politely: robots.txt is obeyed, and what hosts were asked is counted."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from yarl import URL

from syndicate.errors import (
    AddressRefused,
    BadAnswer,
    Disallowed,
    FetchError,
    Offline,
    StoreError,
    Unreachable,
)
from syndicate.gather.robots import allowed, delay, rule_against, text_of
from syndicate.ports import Fetcher, Request, Response
from syndicate.store import Database, robots, traffic
from syndicate.store.robots import StoredRobots
from syndicate.store.traffic import HostTraffic

GOOD_FOR = timedelta(hours=24)
"""RFC 9309 §2.4: rules are not used for longer, unless there are no newer ones."""
RETRY = timedelta(hours=1)
"""A robots.txt that could not be had is asked for again after this."""
GIVEN_UP = timedelta(days=30)
"""§2.3.1.4: one that could not be had for so long forbids nothing any more."""
_SOON = timedelta(minutes=1)
_FLUSHED_AT = 500
"""Hosts and days that are counted before they are written."""
_BUSY = 429
_Counts = dict[tuple[str, date], list[int]]
"""Requests, 304s and bytes by host and day."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What we go by for one origin, and until when."""

    text: str
    until: datetime
    problem: FetchError | None = None
    """Why the rules are not known: nothing is allowed then."""


class Polite:
    """A ``Fetcher`` that asks another one, politely.

    A request with ``robots`` set is asked only if the robots.txt of its origin lets
    us; its Crawl-delay goes along as the request's pause. What is counted is written
    now and then, and by :meth:`flush`.
    """

    def __init__(
        self,
        inner: Fetcher,
        database: Database,
        *,
        clock: Callable[[], datetime],
        agent: str,
    ) -> None:
        self._inner = inner
        self._database = database
        self._clock = clock
        self._agent = agent
        self._rules: dict[str, _Rules] = {}
        self._asking: dict[str, asyncio.Task[_Rules]] = {}
        self._counted = _no_counts()
        self._forgotten: date | None = None

    async def fetch(self, request: Request) -> Response:
        """Answer ``request``; raises Disallowed where robots.txt forbids it.

        A redirect that leads to what is forbidden is Disallowed too: the client has
        followed it by then, and what it brought is dropped.
        """
        if request.robots:
            rules = await self._permitted(request.url)
            pause = delay(rules.text, self._agent) or 0.0
            if pause > request.pause:
                request = replace(request, pause=pause)
        response = await self._counting(request)
        if request.robots:
            for hop in response.hops:
                await self._permitted(hop.to)
        return response

    def flush(self) -> None:
        """Write what was counted; raises StoreError."""
        counted = self._drained()
        if counted:
            self._write(counted)

    def _drained(self) -> _Counts:
        """Take the counts out, so that they may be written in a thread."""
        counted, self._counted = self._counted, _no_counts()
        return counted

    def _write(self, counted: _Counts) -> None:
        today = _day(self._clock())
        with self._database.write() as connection:
            traffic.add(connection, _as_traffic(counted))
            if self._forgotten != today:
                traffic.forget(connection, today)
        self._forgotten = today

    # ── robots.txt ──

    async def _permitted(self, url: str) -> _Rules:
        """Return the rules of ``url``'s origin; raises if they forbid it."""
        origin = _origin(url)
        if origin is None:  # the client will say what is wrong with it
            return _Rules("", self._clock())
        rules = self._rules.get(origin)
        if rules is None or rules.until <= self._clock():
            rules = await self._asked(origin)
        if rules.problem is not None:
            raise rules.problem.with_traceback(None)
        if not allowed(rules.text, url, self._agent):
            rule = rule_against(rules.text, url, self._agent)
            raise Disallowed(
                url,
                f"{origin}/robots.txt asks us not to"
                + (f" ({rule})" if rule else "")
                + ": ask the site's owner, or set robots = false for this source",
            )
        return rules

    async def _asked(self, origin: str) -> _Rules:
        """Find out the rules, once for all who want to know."""
        task = self._asking.get(origin)
        if task is None:
            task = asyncio.create_task(self._found(origin))
            self._asking[origin] = task
            task.add_done_callback(lambda _: self._asking.pop(origin, None))
        # Shielded: of many who wait one may give up.
        rules = await asyncio.shield(task)
        self._rules[origin] = rules
        return rules

    async def _found(self, origin: str) -> _Rules:
        now = self._clock()
        stored = await asyncio.to_thread(self._load, origin)
        if stored is not None and _is_fresh(stored, now):
            return _Rules(stored.body, stored.fetched_at + GOOD_FOR)
        found = await self._fetched(origin, stored, now)
        if isinstance(found, FetchError):
            return _without(found, stored, now)
        await asyncio.to_thread(self._save, found)
        return _Rules(found.body, now + GOOD_FOR)

    async def _fetched(
        self, origin: str, stored: StoredRobots | None, now: datetime
    ) -> StoredRobots | FetchError:
        """Ask for it: what it says, or why that is not known."""
        url = f"{origin}/robots.txt"
        try:
            answer = await self._counting(Request(url=url))
            status, text = answer.status, text_of(answer.body)
        except (Offline, AddressRefused) as error:
            return error
        except FetchError as error:
            status, text = _status(error), ""
            if not _forbids_nothing(status):
                problem = _unknown(error, status, origin)
                return await self._noted(problem, status, stored, origin)
        return StoredRobots(
            origin=origin,
            status=status,
            body=text,
            fetched_at=now,
            changed_at=_changed_at(stored, text, now),
        )

    async def _noted(
        self,
        problem: FetchError,
        status: int,
        stored: StoredRobots | None,
        origin: str,
    ) -> FetchError:
        """Remember since when it cannot be had; an older copy stays as it is."""
        if stored is None:
            since = StoredRobots(
                origin=origin, status=status, body="", fetched_at=self._clock()
            )
            await asyncio.to_thread(self._save, since)
        return problem

    def _load(self, origin: str) -> StoredRobots | None:
        with self._database.read() as connection:
            return robots.load(connection, origin)

    def _save(self, found: StoredRobots) -> None:
        with self._database.write() as connection:
            robots.save(connection, found)

    # ── Counting ──

    async def _counting(self, request: Request) -> Response:
        try:
            response = await self._inner.fetch(request)
        except FetchError as error:
            if not isinstance(error, (Offline, AddressRefused)):
                self._count(request.url, 0, 0)
            raise
        for url in (request.url, *(hop.to for hop in response.hops))[:-1]:
            self._count(url, 0, 0)
        self._count(response.url, int(response.not_modified), len(response.body))
        if len(self._counted) >= _FLUSHED_AT:
            # Figures only: an answer is not to be lost for them.
            with suppress(StoreError):
                await asyncio.to_thread(self._write, self._drained())
        return response

    def _count(self, url: str, not_modified: int, size: int) -> None:
        counts = self._counted[_host(url), _day(self._clock())]
        counts[0] += 1
        counts[1] += not_modified
        counts[2] += size


# ── Rules ──


def _without(error: FetchError, stored: StoredRobots | None, now: datetime) -> _Rules:
    """What we go by while a robots.txt cannot be had."""
    until = now + (_SOON if isinstance(error, Offline) else RETRY)
    if stored is not None and not _is_unknown(stored):
        return _Rules(stored.body, until)
    if stored is not None and now - stored.fetched_at >= GIVEN_UP:
        return _Rules("", until)
    return _Rules("", until, error)


def _is_fresh(stored: StoredRobots, now: datetime) -> bool:
    age = now - stored.fetched_at
    return not _is_unknown(stored) and timedelta(0) <= age < GOOD_FOR


def _is_unknown(stored: StoredRobots) -> bool:
    return not (200 <= stored.status < 300 or _forbids_nothing(stored.status))


def _forbids_nothing(status: int) -> bool:
    """§2.3.1.2, §2.3.1.3: redirects without end and 4xx mean that there are no rules.

    429 is no such answer: a host that is too busy to say has said nothing.
    """
    return 300 <= status < 500 and status != _BUSY


def _status(error: FetchError) -> int:
    return error.status if isinstance(error, BadAnswer) else 0


def _unknown(error: FetchError, status: int, origin: str) -> FetchError:
    """§2.3.1.4: a host in trouble is left alone until it says what it allows."""
    url = f"{origin}/robots.txt"
    said = f"{error.reason}; until it answers, nothing else is asked of its host"
    if status:
        wait = error.retry_after if isinstance(error, BadAnswer) else None
        return BadAnswer(url, status, said, wait)
    return Unreachable(url, said)


def _changed_at(
    stored: StoredRobots | None, text: str, now: datetime
) -> datetime | None:
    if stored is None or _is_unknown(stored) or stored.body == text:
        return stored.changed_at if stored else None
    return now


# ── Counts and addresses ──


def _no_counts() -> _Counts:
    return defaultdict(lambda: [0, 0, 0])


def _as_traffic(counted: _Counts) -> list[HostTraffic]:
    return [
        HostTraffic(
            host=host,
            day=day.isoformat(),
            requests=requests,
            not_modified=not_modified,
            bytes=size,
        )
        for (host, day), (requests, not_modified, size) in counted.items()
    ]


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _origin(url: str) -> str | None:
    try:
        return str(URL(url).origin()).rstrip("/")
    except ValueError:
        return None


@lru_cache(maxsize=1_024)
def _host(url: str) -> str:
    try:
        return URL(url).raw_host or "-"
    except ValueError:
        return "-"
