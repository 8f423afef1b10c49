"""A short way for documents through uvicorn, and an end for callers that dawdle.

uvicorn makes a task and a scope for each request; for a document that is in memory
that is most of the work. Here such a request is answered as soon as its headers are
read. All others go uvicorn's own way. (The class of uvicorn is not promised to stay as
it is: what is used of it is tested, and without it all is served, slower.)

uvicorn waits for the headers of a request, and for somebody who does not take his
answer, for ever; nor does it bound the headers. That is mended here as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from syndicate.web.serving.versions import Rendition

Answer = Callable[[str, Iterable[tuple[bytes, bytes]]], tuple[bool, Rendition] | None]
"""What answers a GET of a path of the folder at once, or not at all (None)."""

_PREFIX = b"/feeds/"
_LARGEST = 65_536
"""Bytes of headers; proxies and browsers send a tenth of it."""
_PIPELINED = 100
"""Requests that may wait behind one that is being answered."""
_COPIED = 131_072
"""Bytes up to which one call costs less than a copy saves."""
_MOST = 8000
"""Connections at a time."""
_HEAD = 15.0
"""Seconds in which the headers of a request must have come."""
_WHOLE = 120.0
"""Seconds in which a request must have come with its body."""
_STUCK = 60.0
"""Seconds in which somebody must take something of his answer."""
_LOOK = 5.0
"""Seconds between two looks at all connections."""
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)
_NO_HOST = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"retry-after: 30\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)


class Watch:
    """Looks at all connections from time to time: a timer for each costs too much."""

    def __init__(self) -> None:
        self._lanes: set[Lane] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, lane: Lane) -> bool:
        """Look after a connection until it is lost; False: there are too many."""
        if len(self._lanes) >= _MOST:
            return False
        self._lanes.add(lane)
        if self._timer is None:
            self._timer = lane.loop.call_later(_LOOK, self._look, lane.loop)
        return True

    def remove(self, lane: Lane) -> None:
        """Look after it no longer."""
        self._lanes.discard(lane)
        if not self._lanes and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = loop.call_later(_LOOK, self._look, loop)
        for lane in [*self._lanes]:
            lane.look(loop.time())


class Lane(HttpToolsProtocol):
    """One connection."""

    answer: Answer
    watch: Watch

    def __init__(
        self, config: Config, server_state: ServerState, *rest: Any, **more: Any
    ) -> None:
        super().__init__(config, server_state, *rest, **more)
        self._now = self.loop.time
        self._due = 0.0
        """When we lose patience; 0: we wait for nothing of the caller."""
        self._head: int | None = None
        """Bytes since a request began whose headers are not complete."""
        self._answered = False
        self._running: Any = None
        """The request that the application answers; not always the last one read."""
        self._unsent = (0, 0.0)
        """Bytes that the caller has not taken yet, and since when there are as many."""
        self._date = b""
        self._dated: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        # Nothing waits for the end of a turn: uvloop sends at once what passes this.
        transport.set_write_buffer_limits(high=0)
        self._due = self._now() + _HEAD
        if not self.watch.add(self):
            transport.write(_TOO_MANY)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self.watch.remove(self)
        self._abandon()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, if the headers do not grow too large."""
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        # Looked at afterwards: with the end of the headers a large body may have come.
        if self._head is not None and self._head > _LARGEST:
            self._refuse(_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin a request; the scope is made when it is known to be needed."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._head = 0
        self._due = self._now() + _HEAD

    def on_headers_complete(self) -> None:
        """Answer at once, or leave it to the application."""
        self._head = None
        if self._is_refused() or self._answers():
            self._answered = True
            return
        self._due = self._now() + _WHOLE
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End a request."""
        if self._answered:
            self._answered = False
            self._due = self._now() + self.timeout_keep_alive
            return
        self._due = 0.0
        super().on_message_complete()

    def look(self, now: float) -> None:
        """End a connection whose caller neither speaks nor listens."""
        if self._due and now > self._due:
            self.transport.close()
        unsent = self.transport.get_write_buffer_size()
        if unsent != self._unsent[0]:
            self._unsent = (unsent, now)
        elif unsent and now - self._unsent[1] > _STUCK:
            self.transport.abort()

    def _is_refused(self) -> bool:
        """End what need not be borne: no host (RFC 9112 §3.2), too much at once."""
        if self.transport.is_closing():
            return True
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            self._refuse(_NO_HOST)
            return True
        if len(self.pipeline) >= _PIPELINED:
            self._abandon()
            self.transport.abort()
            return True
        return False

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _abandon(self) -> None:
        """Let nothing more be said: uvicorn looks after the last request alone."""
        self.pipeline.clear()
        if self._running is not None:
            self._running.disconnected = True
            self._running.message_event.set()

    def _refuse(self, said: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(said)
            self.transport.close()

    def _answers(self) -> bool:
        """Send the document if it can be had at once; False: nothing was sent."""
        parser, before = self.parser, self.cycle
        # (uvicorn's annotation leaves out that there may be no request before)
        busy = not getattr(before, "response_complete", True)
        if (
            busy
            or not self.url.startswith(_PREFIX)
            or b"%" in self.url  # it may have been kept under the name it stands for
            or self.flow.write_paused
            or parser.get_method() != b"GET"
            or parser.get_http_version() != "1.1"
            or parser.should_upgrade()
            or not parser.should_keep_alive()
        ):
            return False
        found = self.answer(self.url[len(_PREFIX) :].decode("latin-1"), self.headers)
        if found is None:
            return False
        unchanged, rendition = found
        write = self.transport.write
        if unchanged:
            write(
                b"HTTP/1.1 304 Not Modified\r\n"
                + self._always()
                + rendition.wire_unchanged
            )
        else:
            head = b"HTTP/1.1 200 OK\r\n" + self._always() + rendition.wire
            if len(rendition.content) < _COPIED:
                write(head + rendition.content)
            else:
                write(head)
                write(rendition.content)
        self.server_state.total_requests += 1
        return True

    def _always(self) -> bytes:
        """Return what uvicorn adds to each answer: the date, made anew each second."""
        pairs = self.server_state.default_headers
        if pairs is not self._dated:
            self._dated = pairs
            self._date = b"".join(b"%b: %b\r\n" % pair for pair in pairs)
        return self._date


def lane(answer: Answer) -> type[Lane]:
    """Return uvicorn's ``http`` for documents that ``answer`` knows."""
    made = {"answer": staticmethod(answer), "watch": Watch()}
    return type("DocumentLane", (Lane,), made)
