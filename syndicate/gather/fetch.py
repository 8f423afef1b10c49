"""The one HTTP client: limits, validators, redirects, and the guard at the socket.

The guard stands in the connector's socket factory, where the final address of every
attempt is known: names that resolve to forbidden addresses, IP literals, redirects
and names that change their mind between two look-ups all pass there.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from types import TracebackType

import aiohttp
from aiohttp.abc import AbstractCookieJar
from yarl import URL

from syndicate.errors import (
    AddressRefused,
    BadAnswer,
    FetchError,
    TooLarge,
    TooSlow,
    Unreachable,
)
from syndicate.gather.answers import reason_for, retry_after
from syndicate.gather.guard import AddressGuard
from syndicate.gather.limits import Limits
from syndicate.gather.manners import Turns
from syndicate.gather.unpack import (
    ACCEPTED,
    PackedWrongError,
    UnpackedTooLargeError,
    unpack,
)
from syndicate.ports import Request, Response

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GOOD = frozenset({200, 203, 226})
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json,"
    " application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
)
_PIECE = 65_536

# Refused addresses of the request under way. Attempts to connect run in tasks of
# their own, which inherit the context and so add to the same list.
_refused: ContextVar[list[str] | None] = ContextVar("_refused", default=None)


class HttpFetcher:
    """Brings bytes over HTTP; an async context manager, and a ``Fetcher``."""

    def __init__(self, limits: Limits, guard: AddressGuard, user_agent: str) -> None:
        self._limits = limits
        self._guard = guard
        self._user_agent = user_agent
        self._session: aiohttp.ClientSession | None = None
        self._turns = Turns(limits.gap, limits.parallel)

    async def __aenter__(self) -> HttpFetcher:
        """Open the client."""
        limits = self._limits
        connector = aiohttp.TCPConnector(
            limit=limits.parallel,
            socket_factory=self._socket,
            ttl_dns_cache=60,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=_no_cookies(),
            auto_decompress=False,
            headers={"User-Agent": self._user_agent},
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=limits.connect, sock_read=limits.read
            ),
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

    async def fetch(self, request: Request) -> Response:
        """Answer ``request``, redirects followed; raises a FetchError.

        204 and an empty body are passed on as they are; 203 and 226 (RFC 3229)
        count as 200.
        """
        url, left = request.url, self._limits.total
        seen: set[str] = set()
        for _ in range(self._limits.redirects + 1):
            address = _checked(url)
            if str(address) in seen:
                raise BadAnswer(
                    request.url, 302, f"redirects in a circle, back to {url}"
                )
            seen.add(str(address))
            async with self._turns.turn(address.host or ""):
                clock = asyncio.get_running_loop().time
                began = clock()
                answer = await self._ask(address, request, left)
                left -= clock() - began
            if isinstance(answer, Response):
                return answer
            url = answer
        raise BadAnswer(
            request.url, 302, f"more than {self._limits.redirects} redirects"
        )

    async def _ask(self, address: URL, request: Request, left: float) -> Response | str:
        """Make one hop: an answer, or the address that it redirects to."""
        url = str(address)
        with _told_apart(url, self._limits):
            async with (
                asyncio.timeout(max(left, 0.0)),
                self._get(address, request) as answer,
            ):
                location = answer.headers.get("Location", "")
                if answer.status in _REDIRECTS and location:
                    return _joined(address, location)
                self._check_status(url, answer, request)
                return await self._read(url, answer)
        raise AssertionError("not reached: the block returns or raises")

    @asynccontextmanager
    async def _get(
        self, address: URL, request: Request
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            raise RuntimeError("HttpFetcher is used inside `async with` only")
        headers = {"Accept": _ACCEPT, "Accept-Encoding": ACCEPTED, "A-IM": "feed"}
        if request.etag:
            headers["If-None-Match"] = _one_line(request.etag)
        if request.last_modified:
            headers["If-Modified-Since"] = _one_line(request.last_modified)
        async with self._session.get(
            address, headers=headers, allow_redirects=False
        ) as answer:
            yield answer

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
                answer.headers.get("Retry-After", ""), answer.headers.get("Date", "")
            ),
        )

    async def _read(self, url: str, answer: aiohttp.ClientResponse) -> Response:
        headers = _lowered(answer)
        if answer.status in {204, 304}:
            return Response(url=url, status=answer.status, headers=headers)
        limits = self._limits
        if (answer.content_length or 0) > limits.wire:
            raise TooLarge(url, f"says it is longer than {limits.wire:,} bytes")
        packed = bytearray()
        async for piece in answer.content.iter_chunked(_PIECE):
            packed += piece
            if len(packed) > limits.wire:
                raise TooLarge(url, f"longer than {limits.wire:,} bytes on the wire")
        try:
            coding = headers.get("content-encoding", "")
            body = unpack(bytes(packed), coding, limits.unpacked)
        except PackedWrongError as error:
            raise BadAnswer(url, answer.status, f"the answer is {error}") from error
        except UnpackedTooLargeError as error:
            raise TooLarge(
                url, f"unpacks to more than {limits.unpacked:,} bytes"
            ) from error
        return Response(url=url, status=200, headers=headers, body=body)

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = info
        reason = self._guard.refuses(str(where[0]))
        if reason:
            refused = _refused.get()
            if refused is not None:
                refused.append(f"{where[0]} is {reason}")
            raise PermissionError(f"{where[0]} is {reason}")
        return socket.socket(family=family, type=kind, proto=protocol)


@contextmanager
def _told_apart(url: str, limits: Limits) -> Iterator[None]:
    """Turn what the client raises into our own errors."""
    refused: list[str] = []
    token = _refused.set(refused)
    try:
        yield
    except FetchError:
        raise
    except TimeoutError as error:
        raise TooSlow(
            url,
            f"no complete answer in time (connect {limits.connect:g} s, silence"
            f" {limits.read:g} s, total {limits.total:g} s)",
        ) from error
    except aiohttp.ClientConnectionError as error:
        if refused:
            raise AddressRefused(
                url,
                f"{refused[0]}; if it is your own network, add it to"
                " [gather] allow in config.toml",
            ) from error
        raise Unreachable(url, _connection_reason(error)) from error
    except aiohttp.ClientPayloadError as error:
        raise Unreachable(url, "the line broke before the answer's end") from error
    except aiohttp.InvalidURL as error:
        # Numbers for hosts ("http://2130706433/") end here.
        raise AddressRefused(url, f"no address to ask: {_short(error)}") from error
    except (aiohttp.ClientError, ValueError) as error:
        status = getattr(error, "status", 0)
        raise BadAnswer(url, status, f"not proper HTTP: {_short(error)}") from error
    except OSError as error:
        raise Unreachable(url, _short(error)) from error
    finally:
        _refused.reset(token)


def _connection_reason(error: aiohttp.ClientConnectionError) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "no such host name, or no name server answers"
    if isinstance(error, aiohttp.ClientSSLError):
        return f"TLS failed, look at the server's certificate ({_short(error)})"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection ({_short(error.os_error)})"
    return f"the line broke ({_short(error)})"


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 160 else text[:159] + "…"


def _checked(url: str) -> URL:
    """Parse an address that may be asked; AddressRefused or Unreachable if not."""
    try:
        address = URL(url)
        host = address.host
        port = address.port
    except ValueError as error:
        raise Unreachable(url, f"not an address: {_short(error)}") from error
    if address.scheme not in {"http", "https"}:
        raise AddressRefused(url, "only http and https are asked")
    if address.user or address.password:
        raise AddressRefused(url, "an address with a name or password in it")
    if not host or port == 0:
        raise Unreachable(url, "the address names no host")
    return address.with_fragment(None)


def _joined(address: URL, location: str) -> str:
    try:
        return str(address.join(URL(_one_line(location))))
    except ValueError as error:
        raise BadAnswer(
            str(address), 302, f"redirects to what is no address: {_short(error)}"
        ) from error


def _one_line(value: str) -> str:
    """A header value of our own must never carry a line end."""
    return "".join(each for each in value if each.isprintable()).strip()


def _lowered(answer: aiohttp.ClientResponse) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in answer.headers.items():
        key = name.lower()
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined


def _no_cookies() -> AbstractCookieJar:
    return aiohttp.DummyCookieJar()
