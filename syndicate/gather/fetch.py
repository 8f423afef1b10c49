"""The one HTTP client: limits, validators, redirects, and the guard at the socket.

The guard stands in the connector's socket factory, where the final address of every
attempt is known: names that resolve to forbidden addresses, IP literals, redirects
and names that change their mind between two look-ups all pass there.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from syndicate.errors import (
    AddressRefused,
    BadAnswer,
    FetchError,
    Offline,
    TooSlow,
    Unreachable,
)
from syndicate.gather.answers import reason_for, retry_after
from syndicate.gather.client import (
    Answer,
    LookUp,
    Names,
    broken,
    limit_that_ran_out,
    lowered,
    until,
)
from syndicate.gather.destinations import (
    checked,
    followed,
    joined,
    one_line,
    shortened,
)
from syndicate.gather.guard import AddressGuard
from syndicate.gather.incoming import Bounds, received
from syndicate.gather.limits import Limits
from syndicate.gather.line import Line
from syndicate.gather.manners import Turn, Turns
from syndicate.gather.room import Room
from syndicate.gather.unpack import ACCEPTED
from syndicate.ports import Hop, Request, Response

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GOOD = frozenset({200, 203, 226})
_BUSY = frozenset({429, 503})
_SPACING = 5.0
"""Gaps that a host has rest for after it said that it is busy."""
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json,"
    " application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
)
_LONGEST_HEADER = 32_768
"""Bytes; some sites' Content-Security-Policy is longer than the usual 8 KB."""
_KEPT = 200
"""Hosts to which a connection is kept open for the next request."""
_KEPT_FOR = 15.0
_NAMES_AT_ONCE = 32
_RECENTLY = 60.0
"""Seconds since some server answered in which our line counts as up."""
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.ENETDOWN})


@dataclass(slots=True)
class _Attempt:
    """What is known of the hop under way, for when it fails."""

    refused: list[str] = field(default_factory=list)
    plain_ip: bool = False
    """IPv4 was tried."""
    answered: bool = False
    """The head of the answer is here."""


# Attempts to connect run in tasks of their own, which inherit the context.
_attempt: ContextVar[_Attempt | None] = ContextVar("_attempt", default=None)


class HttpFetcher:
    """Brings bytes over HTTP; an async context manager, and a ``Fetcher``."""

    def __init__(
        self,
        limits: Limits,
        guard: AddressGuard,
        user_agent: str,
        *,
        look_up: LookUp = socket.getaddrinfo,
        line: Line | None = None,
    ) -> None:
        self._limits = limits
        self._guard = guard
        self._user_agent = user_agent
        self._look_up = look_up
        self._line = line or Line()
        self._turns = Turns(limits.parallel, limits.patience)
        self._room = Room(limits.bodies)
        self._sessions: tuple[aiohttp.ClientSession, ...] = ()
        self._names: ThreadPoolExecutor | None = None
        self._kept: dict[str, float] = {}
        """Hosts with a connection that may still be open, and until when."""
        self._answered_at = float("-inf")

    async def __aenter__(self) -> HttpFetcher:
        """Open the client."""
        # Threads of its own: names that take long must not hold up other work.
        self._names = ThreadPoolExecutor(_NAMES_AT_ONCE, "names")
        names = Names(self._look_up, self._names)
        self._sessions = (
            self._session(names, keepalive_timeout=_KEPT_FOR),
            self._session(names, force_close=True),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        sessions, self._sessions = self._sessions, ()
        for session in sessions:
            await session.close()
        if self._names is not None:
            self._names.shutdown(wait=False, cancel_futures=True)

    def _session(self, names: AbstractResolver, **kind: Any) -> aiohttp.ClientSession:
        limits = self._limits
        connector = aiohttp.TCPConnector(
            limit=0,  # Turns sees to it
            socket_factory=self._socket,
            resolver=names,
            ttl_dns_cache=60,
            **kind,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            response_class=Answer,
            max_field_size=_LONGEST_HEADER,
            headers={
                "User-Agent": self._user_agent,
                "Accept": _ACCEPT,
                "Accept-Encoding": ACCEPTED,
                "A-IM": "feed",
            },
            timeout=aiohttp.ClientTimeout(
                total=None, connect=limits.connect, sock_read=limits.read
            ),
        )

    async def fetch(self, request: Request) -> Response:
        """Answer ``request``, redirects followed; raises a FetchError.

        204 and an empty body are passed on as they are; 203 and 226 (RFC 3229)
        count as 200. A redirect on the same host is followed in the same turn.
        """
        address, left = checked(request.url), self._limits.total
        clock = asyncio.get_running_loop().time
        hops: list[Hop] = []
        turn: Turn | None = None
        pause = max(self._limits.gap, request.pause)
        try:
            while True:
                host = address.raw_host or ""
                if turn is None or turn.host != host:
                    turn = await self._next_turn(turn, host, pause)
                began = clock()
                answer = await self._ask(address, request, left, hops)
                if isinstance(answer, Response):
                    return answer
                left -= clock() - began
                address = followed(answer, request.url, hops, self._limits.redirects)
        except BadAnswer as error:
            if error.status in _BUSY:
                pause = max(pause, self._rest(error))
            raise
        finally:
            if turn is not None:
                turn.end(pause)

    async def post(self, url: str, form: Mapping[str, str]) -> int:
        """Post ``form``, follow no redirect; give the HTTP status (a ``Poster``).

        Raises a FetchError if there is no answer. What it says is not read.
        """
        address, attempt = checked(url), _Attempt()
        host = address.raw_host or ""
        turn = await self._turns.take(host)
        token = _attempt.set(attempt)
        try:
            async with (
                asyncio.timeout(self._limits.connect + self._limits.read),
                self._best_session(host).post(
                    address, data=dict(form), allow_redirects=False
                ) as answer,
            ):
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise await self._told(str(address), error, attempt) from error
        finally:
            _attempt.reset(token)
            turn.end(self._limits.gap)

    async def _next_turn(self, turn: Turn | None, host: str, pause: float) -> Turn:
        if turn is not None:
            # Not held while waiting: two hosts that redirect to each other would
            # each keep the other's next visitor waiting.
            turn.end(pause)
        return await self._turns.take(host)

    def _rest(self, error: BadAnswer) -> float:
        """Space a busy host; its other tenants are asked all the same."""
        longest = self._limits.gap * _SPACING
        return longest if error.retry_after is None else min(error.retry_after, longest)

    async def _ask(
        self, address: URL, request: Request, left: float, hops: list[Hop]
    ) -> Response | Hop:
        """Make one hop: an answer, or where it redirects to."""
        attempt = _Attempt()
        token = _attempt.set(attempt)
        try:
            return await self._hop(address, request, left, hops)
        except FetchError:
            raise
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise await self._told(str(address), error, attempt) from error
        finally:
            _attempt.reset(token)

    async def _hop(
        self, address: URL, request: Request, left: float, hops: list[Hop]
    ) -> Response | Hop:
        limits, loop = self._limits, asyncio.get_running_loop()
        whole = loop.time() + max(left, 0.0)
        # A head that trickles in is silence too.
        head = loop.time() + limits.connect + limits.read
        async with (
            asyncio.timeout_at(min(whole, head)) as clock,
            self._best_session(address.raw_host or "").get(
                address, headers=_validators(request), allow_redirects=False
            ) as answer,
        ):
            self._answered_at = loop.time()
            if (attempt := _attempt.get()) is not None:
                attempt.answered = True
            clock.reschedule(whole)
            location = answer.headers.get("Location", "")
            if answer.status in _REDIRECTS and location:
                target = joined(address, location, answer.status)
                return Hop(status=answer.status, to=target)
            self._check_status(str(address), answer, request)
            headers = lowered(answer)
            body = b""
            if answer.status not in {204, 304}:
                body = await received(
                    str(address),
                    answer.status,
                    headers,
                    answer.content,
                    Bounds(limits=limits, room=self._room, clock=clock),
                )
            return Response(
                url=str(address),
                status=200 if answer.status in _GOOD else answer.status,
                headers=headers,
                body=body,
                hops=tuple(hops),
                certificate_until=until(answer),
            )
        raise AssertionError("not reached: the block returns or raises")

    def _best_session(self, host: str) -> aiohttp.ClientSession:
        """Keep connections open for the next request, but not to thousands of hosts."""
        if not self._sessions:
            raise RuntimeError("HttpFetcher is used inside `async with` only")
        now, kept = asyncio.get_running_loop().time(), self._kept
        while kept and next(iter(kept.values())) <= now:
            del kept[next(iter(kept))]
        if kept.pop(host, None) is None and len(kept) >= _KEPT:
            return self._sessions[1]
        kept[host] = now + _KEPT_FOR  # popped and set: the dict stays in order of time
        return self._sessions[0]

    def _check_status(
        self, url: str, answer: aiohttp.ClientResponse, request: Request
    ) -> None:
        asked = bool(request.etag or request.last_modified)
        good = answer.status in _GOOD or answer.status == 204
        if good or (answer.status == 304 and asked):
            return
        raise BadAnswer(
            url,
            answer.status,
            reason_for(answer.status),
            retry_after(
                answer.headers.get("Retry-After", ""),
                answer.headers.get("Date", ""),
                self._limits.max_wait,
            ),
        )

    async def _told(self, url: str, error: Exception, attempt: _Attempt) -> FetchError:
        """Turn what the client raises into our own errors."""
        timed_out = isinstance(error, TimeoutError)
        if attempt.refused and not attempt.answered and not timed_out:
            return AddressRefused(
                url,
                f"{attempt.refused[0]}; if it is your own network, add it to"
                " [gather] allow in config.toml",
            )
        if isinstance(error, TimeoutError):
            return TooSlow(
                url, limit_that_ran_out(error, self._limits, answered=attempt.answered)
            )
        if isinstance(error, aiohttp.ClientConnectorError):
            return await self._away(url, error, attempt)
        if isinstance(error, aiohttp.InvalidURL):
            # Numbers for hosts ("http://2130706433/") end here.
            return AddressRefused(url, f"no address to ask: {shortened(error)}")
        return broken(url, error)

    async def _away(
        self, url: str, error: aiohttp.ClientConnectorError, attempt: _Attempt
    ) -> FetchError:
        """No connection: is it the server, or our own line?"""
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            cause = getattr(error.os_error, "errno", None)
            doubtful = cause in {socket.EAI_AGAIN, socket.EAI_FAIL}
            if doubtful and await self._is_down(self._line.names):
                return Offline(url, "no name server answers: our own line is down")
            said = "no name server knows an answer for this host"
            return Unreachable(url, said if doubtful else "no such host name")
        if isinstance(error, aiohttp.ClientSSLError):
            return Unreachable(
                url,
                f"a problem with the server's certificate or TLS ({shortened(error)})",
            )
        doubtful = error.os_error.errno in _NO_ROUTE and attempt.plain_ip
        if doubtful and await self._is_down(self._line.route):
            return Offline(url, "no route to the network: our own line is down")
        return Unreachable(url, f"no connection ({shortened(error.os_error)})")

    async def _is_down(self, probe: Callable[[], bool]) -> bool:
        loop = asyncio.get_running_loop()
        if loop.time() - self._answered_at < _RECENTLY:
            return False
        return not await loop.run_in_executor(self._names, probe)

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = info
        reason = self._guard.refuses(str(where[0]))
        attempt = _attempt.get()
        if reason:
            if attempt is not None:
                attempt.refused.append(f"{where[0]} is {reason}")
            raise PermissionError(f"{where[0]} is {reason}")
        if attempt is not None and family == socket.AF_INET:
            attempt.plain_ip = True
        return socket.socket(family=family, type=kind, proto=protocol)


def _validators(request: Request) -> dict[str, str] | None:
    headers: dict[str, str] = {}
    if request.etag:
        headers["If-None-Match"] = one_line(request.etag)
    if request.last_modified:
        headers["If-Modified-Since"] = one_line(request.last_modified)
    return headers or None
