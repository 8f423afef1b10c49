"""A desk with a hub, and followers of every kind, on loopback.

The desk is the real one from its door to its store; only the feeds are written by hand,
so that a test says exactly what changed and when.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from syndicate.gather.calling import HttpCaller
from syndicate.gather.guard import AddressGuard
from syndicate.model import Follower, Site
from syndicate.pipeline.websub.hub import Hubbing
from syndicate.pipeline.websub.news import owe_news
from syndicate.publish.websub.hub import own_hub
from syndicate.schedule.telling import HubThread
from syndicate.store import Database, followers
from syndicate.web.documents import Documents
from syndicate.web.hub import HubDoor, routes

LOOPBACK = AddressGuard(allow=(ip_network("127.0.0.0/8"),))


def wait_for(true: Callable[[], object], seconds: float = 5.0) -> bool:
    """Whether ``true`` becomes so within ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.005)
    return bool(true())


def post(url: str, form: dict[str, str] | bytes, **headers: str) -> tuple[int, str]:
    """Post a form; the status, and what was said."""
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urlopen(Request(url, body, names), timeout=10) as answer:  # noqa: S310 -- loopback
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def get(url: str) -> tuple[int, bytes, dict[str, str]]:
    """Get an address: status, body, headers."""
    with urlopen(url, timeout=10) as answer:  # noqa: S310 -- loopback
        return answer.status, answer.read(), dict(answer.headers)


# ── Followers ────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Delivery:
    """What a follower was sent."""

    at: float
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Behaviour:
    """How the callback of a path behaves."""

    confirms: bool = True
    challenge: bytes | None = None
    """Said in place of the right one."""
    verify_status: int = 200
    status: int = 200
    """Of deliveries."""
    stall: float = 0.0
    """Seconds before it answers a delivery."""
    hang_up: bool = False
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Subscribers(ThreadingHTTPServer):
    """A server with as many callbacks as it is asked for; each path is one."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self) -> None:
        # every address of 127.0.0.0/8 is a host of its own
        super().__init__(("0.0.0.0", 0), _Callback)  # noqa: S104 -- loopback
        self.behaviours: dict[str, Behaviour] = {}
        self.verifications: list[dict[str, str]] = []
        self.deliveries: list[Delivery] = []
        self.elsewhere: list[str] = []

    def callback(self, path: str = "/cb", **behaviour: object) -> str:
        """The address of a callback that behaves so."""
        self.behaviours[urlsplit(path).path] = Behaviour(**behaviour)
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def got(self, path: str = "/cb") -> list[Delivery]:
        """What the callback at ``path`` was sent."""
        return [one for one in self.deliveries if one.path.partition("?")[0] == path]

    def handle_error(self, request: object, client_address: object) -> None:
        """Callers that hang up are what some tests are about."""


class _Callback(BaseHTTPRequestHandler):
    server: Subscribers

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        behaviour = self.server.behaviours.get(parts.path)
        if behaviour is None:
            self.server.elsewhere.append(self.path)
            self._answer(404, b"")
            return
        said = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.verifications.append({"path": parts.path, **said})
        right = said.get("hub.challenge", "").encode()
        body = right if behaviour.challenge is None else behaviour.challenge
        status = behaviour.verify_status if behaviour.confirms else 404
        self._answer(status, body, behaviour.headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        behaviour = self.server.behaviours.get(parts.path, Behaviour(status=404))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.deliveries.append(
            Delivery(time.monotonic(), self.path, headers, body)
        )
        if behaviour.stall:
            time.sleep(behaviour.stall)
        if behaviour.hang_up:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self._answer(behaviour.status, behaviour.body, behaviour.headers)

    def _answer(
        self, status: int, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def subscribers() -> Iterator[Subscribers]:
    """Callbacks on loopback."""
    with Subscribers() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


# ── The desk ─────────────────────────────────────────────────────────────────


@contextmanager
def served(app: Starlette, listening: socket.socket) -> Iterator[None]:
    """Serve ``app`` in a thread."""
    config = uvicorn.Config(app, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def door() -> tuple[socket.socket, str]:
    """A free port on loopback, taken, and its address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(512)
    return listening, f"http://127.0.0.1:{listening.getsockname()[1]}"


@dataclass(slots=True)
class Desk:
    """A desk whose feeds are written by hand."""

    work: Hubbing
    thread: HubThread

    @property
    def hub(self) -> str:
        """Where wishes are posted."""
        return own_hub(self.work.base_url)

    def topic(self, path: str = "all.atom") -> str:
        """The address of a document."""
        return f"{self.work.base_url}/feeds/{path}"

    def write(self, path: str, body: bytes) -> None:
        """Put a document in place, as publishing does."""
        target = self.work.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}")
        temporary.write_bytes(body)
        temporary.replace(target)

    def owe(self, *paths: str) -> None:
        """Note that documents have changed, as publishing does."""
        now = datetime.now(UTC)
        site = Site(title="Tin", base_url=self.work.base_url)
        with self.work.database.write() as connection:
            owe_news(connection, site, self.work.hubs, paths, now)

    def publish(self, path: str = "all.atom", body: bytes = b"<feed/>") -> float:
        """Write a document and tell of it; when that was done."""
        self.write(path, body)
        self.owe(path)
        self.thread.wake()
        return time.monotonic()

    def subscribe(
        self, callback: str, topic: str = "", mode: str = "subscribe", **more: str
    ) -> tuple[int, str]:
        """Post a wish as a subscriber does."""
        form = {
            "hub.mode": mode,
            "hub.topic": topic or self.topic(),
            "hub.callback": callback,
        }
        more = {f"hub.{name}": value for name, value in more.items()}
        return post(self.hub, form | more)

    def followers(self) -> list[Follower]:
        """Everybody in the store."""
        with self.work.database.read() as connection:
            return followers.every(connection)

    def verified(self, callback: str, **more: str) -> None:
        """Subscribe, and wait until that is verified."""
        assert self.subscribe(callback, **more)[0] == 202
        assert wait_for(
            lambda: any(
                one.callback == callback and one.verified_at and not one.intent
                for one in self.followers()
            )
        )


def utc() -> datetime:
    """The clock of the tests' desks."""
    return datetime.now(UTC)


@contextmanager
def desk(
    url: str,
    folder: Path,
    *,
    guard: AddressGuard = LOOPBACK,
    others: tuple[str, ...] = (),
    base_url: str = "",
    **caller_options: object,
) -> Iterator[Desk]:
    """A desk that serves ``folder`` and is its hub; others' hubs beside it."""
    listening, address = door()
    base_url = base_url or address
    folder.mkdir(parents=True, exist_ok=True)
    for path in ("all.atom", "all.rss", "all.json", "notice.txt"):
        if not (folder / path).exists():
            (folder / path).write_text(f"{path}: nothing yet\n")

    @asynccontextmanager
    async def caller():
        async with HttpCaller(guard, "desk/1", **caller_options) as http:
            yield http

    with Database.open(url) as database:
        work = Hubbing(
            database=database,
            base_url=base_url,
            folder=folder,
            hubs=(own_hub(base_url), *others),
            guard=guard,
            clock=utc,
        )
        thread = HubThread(work, caller)
        documents = Documents(folder, base_url=base_url, hubs=work.hubs)
        hub = HubDoor(work=work, wake=thread.wake)
        app = Starlette(routes=[*routes(hub), Mount("/feeds", documents)])
        thread.start()
        try:
            with served(app, listening):
                yield Desk(work=work, thread=thread)
        finally:
            thread.stop()
            listening.close()
