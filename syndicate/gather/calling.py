"""Calls to addresses that strangers gave us: callbacks and hubs.

Beside the fetcher because its manners are others: who asked to be called is called at
once, and many of a host side by side. The guard is the same, at the same place: the
connector's socket factory, where the final address of every attempt is known, so that
a name which changes its mind between two look-ups gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from syndicate.errors import AddressRefused, FetchError, TooSlow, Unreachable
from syndicate.gather.answers import retry_after
from syndicate.gather.client import LookUp, Names, broken
from syndicate.gather.destinations import checked, shortened
from syndicate.gather.guard import AddressGuard
from syndicate.ports import Answered, Call

CONNECT = 5.0
"""Seconds until a connection stands."""
TOTAL = 20.0
"""Seconds of a whole call: longer than a slow line needs for a feed."""
_NAMES_AT_ONCE = 16
_LONGEST_HEADER = 8_190

# Attempts to connect run in tasks of their own, which inherit the context.
_refused: ContextVar[list[str] | None] = ContextVar("_refused", default=None)


class HttpCaller:
    """Calls over HTTP; an async context manager, and a ``Caller``.

    No redirect is followed, no cookie kept, no proxy asked, and of the answer nothing
    is read beyond what the call says. How many calls are made at once is for the
    caller to decide.
    """

    def __init__(
        self,
        guard: AddressGuard,
        user_agent: str,
        *,
        look_up: LookUp = socket.getaddrinfo,
        total: float = TOTAL,
        names_kept: int = 30,
    ) -> None:
        self._guard = guard
        self._user_agent = user_agent
        self._look_up = look_up
        self._total = total
        self._names_kept = names_kept
        self._names: ThreadPoolExecutor | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the client."""
        self._names = ThreadPoolExecutor(_NAMES_AT_ONCE, "callbacks")
        connector = aiohttp.TCPConnector(
            limit=0,
            socket_factory=self._socket,
            resolver=Names(self._look_up, self._names),
            use_dns_cache=self._names_kept > 0,
            ttl_dns_cache=self._names_kept or None,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            max_field_size=_LONGEST_HEADER,
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "identity"},
            timeout=aiohttp.ClientTimeout(total=self._total, connect=CONNECT),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        if self._names is not None:
            self._names.shutdown(wait=False, cancel_futures=True)

    async def call(self, call: Call) -> Answered:
        """Make one call; raises a FetchError if there is no answer."""
        checked(call.url)
        refused: list[str] = []
        token = _refused.set(refused)
        try:
            # not timeout= alone: that of aiohttp begins anew with each part
            async with asyncio.timeout(self._seconds(call)):
                return await self._called(call)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise self._told(call, error, refused) from error
        finally:
            _refused.reset(token)

    async def _called(self, call: Call) -> Answered:
        if self._session is None:
            raise RuntimeError("HttpCaller is used inside `async with` only")
        async with self._session.request(
            call.method,
            # as it was given: a callback's query is its own
            URL(call.url, encoded=True),
            headers=call.headers,
            data=call.body or None,
            allow_redirects=False,
        ) as answer:
            body = await _first(answer.content, call.most)
            asked = answer.headers.get("Retry-After", "")
            wait = retry_after(asked, answer.headers.get("Date", ""))
            return Answered(status=answer.status, body=body, retry_after=wait)

    def _seconds(self, call: Call) -> float:
        return min(call.seconds or self._total, self._total)

    def _told(self, call: Call, error: Exception, refused: list[str]) -> FetchError:
        """Turn what the client raises into our own errors."""
        url = call.url
        if isinstance(error, TimeoutError):
            return TooSlow(url, f"no answer within {self._seconds(call):g} s")
        if refused:
            return AddressRefused(url, refused[0])
        if isinstance(error, aiohttp.InvalidURL):
            return AddressRefused(url, f"no address to call: {shortened(error)}")
        if isinstance(error, aiohttp.ClientConnectorError):
            return Unreachable(url, _no_connection(error))
        return broken(url, error)

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = info
        reason = self._guard.refuses(str(where[0]))
        if reason:
            said = f"{where[0]} is {reason}"
            if (noted := _refused.get()) is not None:
                noted.append(said)
            raise PermissionError(said)
        return socket.socket(family=family, type=kind, proto=protocol)


def _no_connection(error: aiohttp.ClientConnectorError) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "no such host name"
    if isinstance(error, aiohttp.ClientSSLError):
        return f"a problem with its certificate or TLS ({shortened(error)})"
    return f"no connection ({shortened(error.os_error)})"


async def _first(content: aiohttp.StreamReader, most: int) -> bytes:
    """Read up to ``most`` bytes, and one more if there is one: too many."""
    body = bytearray()
    while most and len(body) <= most:
        piece = await content.read(most + 1 - len(body))
        if not piece:
            break
        body += piece
    return bytes(body)
