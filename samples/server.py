"""A small HTTP/1.1 server: five addresses, one event loop, one thread.

The standard library's http.server needs a thread for every kept connection and leaves
them open at the end; here the loop owns every connection and closes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gzip
import hashlib
import os
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from samples.exchange import Answer

HEAD_LIMIT = 16_384
"""Bytes that a request line and its headers may have together."""
IDLE = 30.0
"""Seconds that a connection may say nothing."""
SMALLEST_TO_PACK = 1_000

Site = Callable[[str, str], Answer]
"""(path, query) -> what to answer; called in the server's own thread."""


class AddressTakenError(OSError):
    """An address cannot be listened on: the port is busy or the address not ours."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came over the wire."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    keep: bool
    """The connection stays open after the answer."""


def parse(head: bytes) -> Asked | None:
    """Request line and headers (RFC 9112 §3, §5); None if it is no HTTP."""
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return None
    method, target, version = words
    # A proxy's absolute form names the host first: http://host/path.
    if "://" in target.split("?")[0]:
        target = "/" + target.split("://", 1)[1].partition("/")[2]
    path, _, query = target.partition("?")
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    wish = headers.get("connection", "").lower()
    keep = wish == "keep-alive" if version == "HTTP/1.0" else wish != "close"
    # We read no bodies; what follows the head of such a request is not a request.
    bodiless = headers.keys().isdisjoint({"content-length", "transfer-encoding"})
    return Asked(method, unquote(path), query, headers, keep and bodiless)


def _since(asked: Asked, modified: datetime | None) -> bool:
    """Whether the visitor's copy is as new as ours (RFC 9110 §13.1.3)."""
    try:
        since = parsedate_to_datetime(asked.headers.get("if-modified-since", ""))
        return modified is not None and modified.replace(microsecond=0) <= since
    except (TypeError, ValueError):
        return False


def _unchanged(asked: Asked, tag: str, modified: datetime | None) -> bool:
    wanted = asked.headers.get("if-none-match")
    if wanted is None:
        return _since(asked, modified)
    tags = {one.strip().removeprefix("W/") for one in wanted.split(",")}
    return bool(tag) and (tag in tags or "*" in tags)


def _packs(asked: Asked, answer: Answer) -> bool:
    wanted = "gzip" in asked.headers.get("accept-encoding", "")
    text = answer.content_type.startswith("text/")
    return wanted and text and len(answer.body) > SMALLEST_TO_PACK


def _validators(answer: Answer, *, packed: bool) -> dict[str, str]:
    headers: dict[str, str] = {}
    if answer.tagged:
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        # A strong tag names bytes, and packed bytes are others (RFC 9110 §8.8.1).
        headers["ETag"] = f"W/{tag}" if packed else tag
    if answer.last_modified:
        modified = answer.last_modified.astimezone(UTC)
        headers["Last-Modified"] = format_datetime(modified, usegmt=True)
    return headers


def respond(asked: Asked, answer: Answer, now: datetime) -> bytes:
    """The bytes of ``answer`` to ``asked``: conditional, packed, HEAD without body."""
    status = answer.status
    packed = _packs(asked, answer)
    validators = _validators(answer, packed=packed)
    headers = {
        "Date": format_datetime(now.astimezone(UTC), usegmt=True),
        "Vary": "Accept-Encoding",
        **validators,
        **answer.headers,
    }
    body = gzip.compress(answer.body, 5, mtime=0) if packed else answer.body
    tag = validators.get("ETag", "").removeprefix("W/")
    if status == 200 and _unchanged(asked, tag, answer.last_modified):
        status, body = 304, b""
    else:
        headers["Content-Type"] = answer.content_type
        headers["Content-Length"] = str(len(body))
        headers |= {"Content-Encoding": "gzip"} if packed else {}
    headers["Connection"] = "keep-alive" if asked.keep else "close"
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
    return head if asked.method == "HEAD" else head + body


def _refusal(status: int) -> Answer:
    return Answer(
        body=f"{HTTPStatus(status).phrase}\n".encode(),
        content_type="text/plain; charset=utf-8",
        status=status,
        headers={"Allow": "GET, HEAD"} if status == 405 else {},
    )


_NOBODY = Asked("GET", "", "", {}, keep=False)


class Server:
    """Sites at their addresses, served from a thread until it is stopped.

    ``sites`` maps (host, port) to what answers there. Use as a context manager.
    """

    def __init__(
        self, sites: Mapping[tuple[str, int], Site], clock: Callable[[], datetime]
    ) -> None:
        self._sites = sites
        self._clock = clock
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._listening: list[asyncio.Server] = []

    def __enter__(self) -> Self:
        """Listen at every address, or at none: raises AddressTakenError."""
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        for (host, port), site in self._sites.items():
            try:
                self._listening.append(await self._listen(host, port, site))
            except OSError as error:
                reason = os.strerror(error.errno or errno.EADDRINUSE)
                raise AddressTakenError(
                    f"cannot serve at {host}:{port}: {reason}"
                ) from error

    async def _listen(self, host: str, port: int, site: Site) -> asyncio.Server:
        async def welcome(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            await self._talk(reader, writer, site)

        return await asyncio.start_server(welcome, host, port, limit=HEAD_LIMIT)

    async def _close(self) -> None:
        for server in self._listening:
            server.close()
        await asyncio.sleep(0)  # a talk that has not begun could not hang up
        while talks := asyncio.all_tasks() - {asyncio.current_task()}:
            for talk in talks:
                talk.cancel()
            await asyncio.wait(talks, timeout=0.1)

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, site: Site
    ) -> None:
        """Answer one connection's requests until either side has had enough."""
        try:
            # ConnectionError: the visitor left; TimeoutError: it fell asleep.
            with contextlib.suppress(ConnectionError, TimeoutError):
                while await self._turn(reader, writer, site):
                    pass
        except asyncio.CancelledError:
            # The world ends: whoever still reads slowly does not get the rest.
            writer.transport.abort()
        finally:
            writer.close()

    async def _turn(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, site: Site
    ) -> bool:
        """Answer one request; whether another may follow."""
        asked: Asked | None = None
        try:
            async with asyncio.timeout(IDLE):
                head = await reader.readuntil(b"\r\n\r\n")
            asked = parse(head)
            answer = self._answer(asked, site)
        except asyncio.IncompleteReadError:
            return False
        except asyncio.LimitOverrunError:
            answer = _refusal(431)
        writer.write(respond(asked or _NOBODY, answer, self._clock()))
        async with asyncio.timeout(IDLE):
            await writer.drain()
        return asked is not None and asked.keep

    def _answer(self, asked: Asked | None, site: Site) -> Answer:
        if asked is None:
            return _refusal(400)
        if asked.method not in ("GET", "HEAD"):
            return _refusal(405)
        try:
            return site(asked.path, asked.query)
        except Exception as error:  # noqa: BLE001 - one bad page must not end the world
            print(f"{asked.path}: {error!r}", file=sys.stderr)
            return _refusal(500)
