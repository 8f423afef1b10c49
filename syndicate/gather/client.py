"""What we add to aiohttp's client: its names, its answers, and words for its errors."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from syndicate.errors import BadAnswer, FetchError, Unreachable
from syndicate.gather.destinations import shortened
from syndicate.gather.incoming import certificate_end, trickled
from syndicate.gather.limits import Limits

LookUp = Callable[..., list[Any]]
"""Has the signature of :func:`socket.getaddrinfo`."""


class Answer(aiohttp.ClientResponse):
    """An answer that knows the certificate: a 304's connection is gone at once."""

    certificate: Mapping[str, Any] | None = None

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        """Note the certificate as soon as there is a connection."""
        transport = connection.transport
        if transport is not None:
            self.certificate = transport.get_extra_info("peercert")
        return await super().start(connection)


class Names(AbstractResolver):
    """Looks names up in threads of its own."""

    def __init__(self, look_up: LookUp, threads: ThreadPoolExecutor) -> None:
        self._look_up = look_up
        self._threads = threads

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AddressFamily.AF_UNSPEC,
    ) -> list[ResolveResult]:
        """Give every address of ``host``."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: self._asked(host, port, family)
        )
        return [
            ResolveResult(
                hostname=host,
                host=where[0],
                port=where[1],
                family=family,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for family, _, protocol, _, where in found
        ]

    def _asked(self, host: str, port: int, family: int) -> list[Any]:
        try:
            return self._look_up(
                host, port, family, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG
            )
        except UnicodeError as error:  # a label of more than 63 letters
            raise socket.gaierror(socket.EAI_NONAME, "no host name") from error

    async def close(self) -> None:
        """Nothing is held; the threads are the client's."""


def limit_that_ran_out(error: TimeoutError, limits: Limits, *, answered: bool) -> str:
    """Say which limit it was."""
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return f"no connection within {limits.connect:g} s (connect_timeout)"
    if isinstance(error, aiohttp.SocketTimeoutError):
        return f"silent for {limits.read:g} s (read_timeout)"
    if answered or limits.total <= limits.connect + limits.read:
        return f"no whole answer within {limits.total:g} s (total_timeout)"
    return trickled(limits)


def broken(url: str, error: Exception) -> FetchError:
    """Say what the client raised, as an error of ours."""
    if isinstance(error, aiohttp.ClientPayloadError):
        return Unreachable(url, "the line broke before the answer's end")
    if isinstance(error, aiohttp.ClientConnectionError):
        hung_up = isinstance(error, aiohttp.ServerDisconnectedError)
        said = "the server hung up" if hung_up else shortened(error)
        return Unreachable(url, f"the line broke: {said}")
    if isinstance(error, (aiohttp.ClientError, ValueError)):
        return BadAnswer(url, 0, f"not proper HTTP: {_mistake(error)}")
    return Unreachable(url, shortened(error))


def _mistake(error: Exception) -> str:
    if not isinstance(error, aiohttp.ClientResponseError):
        return shortened(error)
    # What follows the first line quotes the bytes that were sent.
    said = error.message.strip().splitlines() or ["of no form"]
    return said[0][:100].rstrip(":")


def lowered(answer: aiohttp.ClientResponse) -> dict[str, str]:
    """The headers, names in lower case, those of one name joined."""
    found: dict[str, str] = {}
    for name, value in answer.headers.items():
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def until(answer: aiohttp.ClientResponse) -> datetime | None:
    """When the server's certificate ends."""
    known = answer.certificate if isinstance(answer, Answer) else None
    return certificate_end(str(known.get("notAfter", ""))) if known else None
