"""Serves the written documents, by a bare ASGI path.

A document is read once and kept, with its packed forms and its headers, until its file
changes; a reader that holds the current one gets 304 and nothing else. What is kept is
bounded. :meth:`Documents.at_once` answers what needs no reading, for a server that can
do without a task (:mod:`syndicate.web.serving.lane`).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from syndicate.publish.media_types import TYPES, crosses_origins
from syndicate.web.headers import PREFLIGHT, Pairs, is_styled, shown, signs
from syndicate.web.serving.asked import (
    Asked,
    asked,
    coding,
    held,
    is_older_than,
    is_tag_of,
)
from syndicate.web.serving.deltas import Deltas
from syndicate.web.serving.kept import LIMIT
from syndicate.web.serving.reading import Reading
from syndicate.web.serving.versions import CODINGS, Rendition, Version

__all__ = ["TYPES", "Documents"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

NOSNIFF = (b"x-content-type-options", b"nosniff")
_ALLOWED = (b"allow", b"GET, HEAD, OPTIONS")
_PLAIN = (b"content-type", b"text/plain; charset=utf-8")
_LONGEST = 1024
"""Letters of a path; ours have a hundred."""
_COMPLAINTS = 1000
_SHOWN = b"sec-fetch-dest"
_NOT_AT_ONCE = frozenset(
    {b"a-im", b"content-length", b"transfer-encoding", b"expect", _SHOWN}
    | {b"if-none-match", b"accept-encoding", b"if-modified-since"}  # a second time
)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, before it is sent."""

    status: int
    headers: Pairs
    content: bytes = b""


class Documents:
    """An ASGI application over one folder; only known types are served.

    ``base_url`` and ``hubs`` are named in the ``Link`` of feeds (WebSub §4).
    """

    def __init__(
        self,
        folder: Path,
        *,
        base_url: str = "",
        hubs: Sequence[str] = (),
        memory: int = LIMIT,
    ) -> None:
        named = partial(signs, base_url=base_url, hubs=tuple(hubs))
        self._reading = Reading(folder, named, memory)
        self._deltas = Deltas(self._reading.once)
        self._troubled: set[str] = set()

    @property
    def memory(self) -> int:
        """Bytes that the kept documents take, about."""
        return self._reading.weight

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer GET, HEAD and OPTIONS."""
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        reply = await self.answer(scope["method"], path, scope["headers"])
        content = b"" if scope["method"] == "HEAD" else reply.content
        start = {"status": reply.status, "headers": reply.headers}
        await send({"type": "http.response.start", **start})
        await send({"type": "http.response.body", "body": content})

    async def answer(
        self, method: str, path: str, headers: Iterable[tuple[bytes, bytes]]
    ) -> Reply:
        """Answer a request for ``path`` of the folder; "" is its front page."""
        if method not in ("GET", "HEAD", "OPTIONS"):
            return _said(405, "method not allowed", _ALLOWED)
        path = path or "index.html"
        if method == "OPTIONS":
            return Reply(204, [_ALLOWED, *(PREFLIGHT if crosses_origins(path) else ())])
        try:
            version = await self._reading.version(path) if _may_be(path) else None
        except OSError as error:
            self._complain(path, error)
            return _said(500, "cannot be read", (b"cache-control", b"no-store"))
        if version is None:
            return _said(404, "not found", (b"cache-control", b"no-cache"))
        self._troubled.discard(path)
        wanted = asked(headers)
        if wanted.is_shown and is_styled(path):
            version = await self._reading.explained(version) or version
        return await self._conditional(version, wanted)

    def at_once(
        self, path: str, headers: Iterable[tuple[bytes, bytes]]
    ) -> tuple[bool, Rendition] | None:
        """Answer a GET of what is kept, or None if that takes more than a look.

        The first is whether the reader holds it already (304).
        """
        version = self._reading.at_hand(path)
        if version is None or version.status != 200:
            return None
        tags = since = codings = None
        for name, value in headers:
            if name == b"if-none-match" and tags is None:
                tags = value
            elif name == b"accept-encoding" and codings is None:
                codings = value
            elif name == b"if-modified-since" and since is None:
                since = value
            elif name in _NOT_AT_ONCE and (name != _SHOWN or is_styled(path)):
                return None
        if tags is not None:
            known = version.tags.get(tags)
            return (True, known) if known is not None else None
        if since is not None and since != version.date:
            return None
        chosen = coding((codings or b"").decode("latin-1"), version.codings)
        rendition = None if chosen is None else version.renditions.get(chosen)
        return (since is not None, rendition) if rendition is not None else None

    def _complain(self, path: str, error: OSError) -> None:
        """Say once what cannot be read: whoever asks again must not fill the log."""
        if path not in self._troubled and len(self._troubled) < _COMPLAINTS:
            self._troubled.add(path)
            log.error("%r cannot be served: %s", path, error.strerror or error)

    async def _conditional(self, version: Version, wanted: Asked) -> Reply:
        """Compare validators as RFC 9110 §13.2.2 orders them: tags first."""
        if version.status != 200:
            return await self._gone(version, wanted)
        # Who asks for a delta later may not have done so when he got this version.
        await self._deltas.remember(version)
        tags = held(wanted.tags) if wanted.tags is not None else None
        if tags is not None:
            known = next((tag for tag in tags if is_tag_of(version.digest, tag)), None)
            if known is not None or "*" in tags:
                return await self._unchanged(version, wanted, known)
            if wanted.wants_delta and (reply := await self._delta(version, wanted)):
                return reply
        elif wanted.since is not None and is_older_than(version.modified, wanted.since):
            return await self._unchanged(version, wanted, None)
        return await self._full(version, wanted)

    async def _unchanged(
        self, version: Version, wanted: Asked, tag: str | None
    ) -> Reply:
        """Say 304, with the tag that the reader holds if we know it (§15.4.5)."""
        rendition = version.tags.get(f'"{tag}"'.encode("latin-1"))
        if rendition is None:
            chosen = coding(wanted.codings or "", version.codings) or ""
            rendition = await self._reading.rendition(version, chosen)
        return Reply(304, rendition.unchanged)

    async def _full(self, version: Version, wanted: Asked) -> Reply:
        chosen = coding(wanted.codings or "", version.codings)
        if chosen is None:
            vary = (b"vary", b"accept-encoding")
            return _said(406, "not in a coding that you take", vary)
        rendition = await self._reading.rendition(version, chosen)
        headers = rendition.headers
        if wanted.is_shown and is_styled(version.path):
            headers = shown(headers)
        return Reply(200, headers, rendition.content)

    async def _gone(self, version: Version, wanted: Asked) -> Reply:
        """Send the page of a story that is withdrawn or has become another one."""
        reply = await self._full(version, wanted)
        if reply.status != 200:
            return reply
        place = [(b"location", version.location.encode())] if version.location else []
        return Reply(version.status, [*reply.headers, *place], reply.content)

    async def _delta(self, version: Version, wanted: Asked) -> Reply | None:
        chosen = coding(wanted.codings or "", CODINGS)
        if chosen is None:
            return None
        content = await self._deltas.since(version, held(wanted.tags or ""), chosen)
        if content is None:
            return None
        packed = [(b"content-encoding", chosen.encode())] if chosen else []
        headers: Pairs = [
            (b"etag", f'"{version.digest}"'.encode()),
            # A cache that does not know 226 must not give this to anybody else.
            (b"cache-control", b"no-store"),
            (b"vary", b"accept-encoding, a-im, if-none-match"),
            (b"im", b"feed"),
            *(pair for pair in version.signs.always if b"access-" in pair[0]),
            *version.signs.content,
            *packed,
            (b"content-length", str(len(content)).encode()),
        ]
        return Reply(226, headers, content)


def _may_be(path: str) -> bool:
    """Say whether a path could be one of ours, before the disk is asked."""
    if len(path) > _LONGEST or not path.isprintable() or "\\" in path:
        return False
    return not any(part == "" or part[0] == "." for part in path.split("/"))


def _said(status: int, words: str, *more: tuple[bytes, bytes]) -> Reply:
    content = f"{words}\n".encode()
    size = (b"content-length", str(len(content)).encode())
    return Reply(status, [_PLAIN, NOSNIFF, *more, size], content)
