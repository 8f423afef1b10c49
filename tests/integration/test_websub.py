"""A hub on loopback: asked, it verifies; it pushes, and the desk reads it."""

from __future__ import annotations

import asyncio
import hmac
import threading
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
import uvicorn
from starlette.applications import Starlette

from syndicate.categorise.rules import Rules
from syndicate.gather.fetch import HttpFetcher
from syndicate.gather.guard import AddressGuard
from syndicate.gather.limits import Limits
from syndicate.model import (
    Outcome,
    PushState,
    Scoring,
    Source,
    SourceKind,
    SourceMemory,
    SourceState,
)
from syndicate.pipeline.filing import Filing
from syndicate.pipeline.jobs import Setup
from syndicate.pipeline.parsing import Here
from syndicate.pipeline.subscribing import Subscribing, trusted
from syndicate.pipeline.visiting import Gathering
from syndicate.schedule.pushing import Pushing, push_due
from syndicate.store import Database, entries, hub_subscriptions, sources
from syndicate.web.push import PushDoor, routes

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
TOPIC = "https://bao.vn/rss"
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Báo</title>
<link>https://bao.vn/</link><item><title>Cầu Bình Khê thông xe sáng nay</title>
<link>https://bao.vn/1</link><guid>1</guid>
<pubDate>Sun, 22 Nov 2026 07:50:00 GMT</pubDate>
<description>Bà con hai bờ đã đi lại được.</description></item></channel></rss>"""


def _open(asked: str | Request) -> tuple[int, bytes]:
    with urlopen(asked) as answer:  # noqa: S310 -- loopback
        return answer.status, answer.read()


class Hub(ThreadingHTTPServer):
    """Accepts every wish, verifies it, and pushes when it is told to."""

    def __init__(self, desk: str) -> None:
        super().__init__(("127.0.0.1", 0), _Wish)
        self.desk = desk
        self.wishes: list[dict[str, str]] = []
        self.verified: list[bool] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def at_the_desk(self, wish: dict[str, str]) -> str:
        """The callback; the desk's public name leads to loopback here."""
        return self.desk + urlsplit(wish["hub.callback"]).path

    def push(self, body: bytes, secret: str = "") -> int:
        wish = self.wishes[-1]
        key = (secret or wish["hub.secret"]).encode()
        headers = {
            "Content-Type": "application/rss+xml",
            "X-Hub-Signature": f"sha256={hmac.new(key, body, 'sha256').hexdigest()}",
        }
        address = self.at_the_desk(wish)
        return _open(Request(address, body, headers))[0]  # noqa: S310 -- loopback


class _Wish(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        if self.path == "/moved":
            self.rfile.read(length)
            self.send_response(307)
            self.send_header("Location", self.server.url)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        form = parse_qs(self.rfile.read(length).decode())
        wish = {name: values[0] for name, values in form.items()}
        self.server.wishes.append(wish)
        said = {
            "hub.mode": wish["hub.mode"],
            "hub.topic": wish["hub.topic"],
            "hub.challenge": "echo this",
            "hub.lease_seconds": "86400",
        }
        address = f"{self.server.at_the_desk(wish)}?{urlencode(said)}"
        self.server.verified.append(_open(address) == (200, b"echo this"))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def database(tmp_path) -> Iterator[Database]:
    with Database.open(f"sqlite:///{tmp_path}/x.db") as opened:
        yield opened


@pytest.fixture
def desk(database) -> Iterator[str]:
    """The desk's callback, served on loopback; gives its address."""
    door = PushDoor(database=database, clock=lambda: NOW, largest=100_000)
    config = uvicorn.Config(
        Starlette(routes=routes(door)), port=0, log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def hub(desk) -> Iterator[Hub]:
    with Hub(desk) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def pushing(database, hub) -> Pushing:
    source = Source(key="bao", title="Báo", kind=SourceKind.FEED, url=TOPIC)
    memory = SourceMemory(hub=hub.url, topic=TOPIC)
    with database.write() as connection:
        sources.save(connection, SourceState(source="bao", memory=memory))

    @asynccontextmanager
    async def client():
        guard = AddressGuard(allow=(ip_network("127.0.0.0/8"),))
        async with HttpFetcher(Limits(gap=0.0), guard, "desk/1") as http:
            yield http

    filing = Filing(
        sources={"bao": source},
        rules=Rules((), Scoring()),
        backlog_after=timedelta(days=10),
    )
    return Pushing(
        subscribing=Subscribing(
            database=database,
            sources=[source],
            base_url="https://tin.vn",
            clock=lambda: NOW,
        ),
        poster=client,
        fetcher=client,
        gathering=lambda fetcher: Gathering(
            database=database,
            fetcher=fetcher,
            reader=Here(Setup()),
            desk=filing,
            recheck=timedelta(0),
            clock=lambda: NOW,
        ),
    )


def test_a_hub_is_asked_verifies_pushes_and_is_read(pushing, hub, database):
    visits = []
    push_due(pushing, on_visit=visits.append)
    assert hub.verified == [True]
    assert hub.wishes[0]["hub.topic"] == TOPIC
    with database.read() as connection:
        assert hub_subscriptions.load(connection, "bao").state is PushState.VERIFIED
        assert trusted(connection, NOW) == frozenset()

    assert hub.push(FEED.encode()) == 202
    push_due(pushing, on_visit=visits.append)
    assert [visit.outcomes for visit in visits] == [{Outcome.NEW: 1}]
    with database.read() as connection:
        assert entries.count(connection) == 1
        assert hub_subscriptions.count_waiting(connection) == 0
        assert trusted(connection, NOW) == {"bao"}
    assert len(hub.wishes) == 1


def test_the_same_push_again_changes_nothing(pushing, hub, database):
    visits = []
    push_due(pushing, on_visit=visits.append)
    for _ in range(2):
        hub.push(FEED.encode())
        push_due(pushing, on_visit=visits.append)
    assert visits[-1].outcomes == {Outcome.UNCHANGED: 1}
    with database.read() as connection:
        assert entries.count(connection) == 1


def test_a_forged_push_reaches_nobody(pushing, hub, database):
    push_due(pushing, on_visit=lambda _: None)
    assert hub.push(FEED.encode(), secret="guess") == 202
    push_due(pushing, on_visit=lambda _: None)
    with database.read() as connection:
        assert entries.count(connection) == 0


def test_a_push_that_cannot_be_read_is_told_and_does_not_come_back(
    pushing, hub, database
):
    visits = []
    push_due(pushing, on_visit=visits.append)
    hub.push(b"<html>not a feed</html>")
    push_due(pushing, on_visit=visits.append)
    assert "HTML page" in visits[0].error
    with database.read() as connection:
        assert hub_subscriptions.count_waiting(connection) == 0


def test_a_hub_inside_our_own_network_is_not_asked(pushing, hub, database):
    @asynccontextmanager
    async def guarded():
        async with HttpFetcher(Limits(gap=0.0), AddressGuard(), "desk/1") as http:
            yield http

    push_due(replace(pushing, poster=guarded), on_visit=lambda _: None)
    assert hub.wishes == []
    with database.read() as connection:
        assert "loopback" in hub_subscriptions.load(connection, "bao").detail


def test_posting_follows_no_redirect_and_gives_the_status(hub):
    async def post() -> int:
        guard = AddressGuard(allow=(ip_network("127.0.0.0/8"),))
        async with HttpFetcher(Limits(gap=0.0), guard, "desk/1") as http:
            return await http.post(f"{hub.url}moved", {"hub.mode": "subscribe"})

    assert asyncio.run(post()) == 307
    assert hub.wishes == []
