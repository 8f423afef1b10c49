"""The whole desk as hub: ``serve`` and a second process; one desk follows another."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.error import URLError

import pytest
from click.testing import CliRunner
from starlette.applications import Starlette

from syndicate.categorise.rules import Rules
from syndicate.cli import main
from syndicate.gather.fetch import HttpFetcher
from syndicate.gather.limits import Limits
from syndicate.model import PushState, Scoring, Source, SourceKind
from syndicate.pipeline.filing import Filing
from syndicate.pipeline.gathering import gather
from syndicate.pipeline.jobs import Setup
from syndicate.pipeline.parsing import Here
from syndicate.pipeline.subscribing import Subscribing, trusted
from syndicate.pipeline.visiting import Gathering
from syndicate.schedule.pushing import Pushing, push_due
from syndicate.store import Database, entries, hub_subscriptions
from syndicate.web.push import PushDoor, routes
from tests import hubworld

CONFIG = """\
[site]
title = "Bàn tin"
base_url = "http://127.0.0.1:{port}"

[gather]
allow = ["127.0.0.0/8"]

[web]
port = {port}

[[source]]
key = "luu"
title = "Tin đã lưu"
kind = "folder"
url = "saved"
"""
ITEM = """<item><title>Xã Tân Lộc khánh thành cầu mới số {n}</title>
<link>https://tin.example/{n}.html</link><guid>{n}</guid><pubDate>{at}</pubDate>
<description>Cầu số {n} dài {n}2 m bắc qua rạch, do bà con góp công.</description>
</item>"""


@pytest.fixture
def there():
    with hubworld.subscribers() as server:
        yield server


# ── serve ──


class Running:
    """A desk's folder, the commands run on it, and ``serve`` as a process."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.folder = folder
        self.base = f"http://127.0.0.1:{self.port}"
        self.config = folder / "config.toml"
        self.config.write_text(CONFIG.format(port=self.port), encoding="utf-8")
        (folder / "saved").mkdir()
        self.save(1)

    def save(self, count: int) -> None:
        at = format_datetime(datetime.now(UTC) - timedelta(hours=2))
        items = "".join(ITEM.format(n=n, at=at) for n in range(count))
        (self.folder / "saved" / "tin.rss").write_text(
            '<rss version="2.0"><channel><title>T</title>'
            f"<link>https://tin.example/</link>{items}</channel></rss>",
            encoding="utf-8",
        )

    def run(self, *words: str) -> str:
        done = CliRunner().invoke(main, ["-c", str(self.config), *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    def publish(self, count: int) -> float:
        """Have so many articles, published from this process; when that was done."""
        self.save(count)
        self.run("gather", "--all")
        self.run("publish")
        return time.monotonic()

    @contextmanager
    def serving(self, end: int = signal.SIGTERM):
        command = [sys.executable, "-m", "syndicate", "-c", str(self.config), "serve"]
        log = (self.folder / "serve.log").open("ab")
        child = subprocess.Popen(
            [*command, "--no-schedule"], stdout=log, stderr=log, cwd=self.folder
        )
        try:
            assert hubworld.wait_for(self._answers, 30)
            yield child
        finally:
            child.send_signal(end)
            child.wait(20)
            log.close()

    def _answers(self) -> bool:
        try:
            return hubworld.get(f"{self.base}/hub")[0] == 200
        except URLError:
            return False

    def hub(self) -> dict[str, object]:
        return json.loads(self.run("hub", "list", "--json"))


@pytest.fixture
def running(tmp_path):
    return Running(tmp_path)


@pytest.mark.slow
def test_what_another_process_publishes_is_pushed_within_two_seconds(running, there):
    running.publish(1)
    topic = f"{running.base}/feeds/all.atom"
    with running.serving():
        _status, _body, headers = hubworld.get(topic)
        assert f'<{running.base}/hub>; rel="hub"' in headers["link"]
        form = {
            "hub.mode": "subscribe",
            "hub.topic": topic,
            "hub.callback": there.callback(),
            "hub.secret": "s",
        }
        assert hubworld.post(f"{running.base}/hub", form)[0] == 202
        assert hubworld.wait_for(lambda: running.hub()["count"] == 1, 10)
        for count in (2, 3):
            done = running.publish(count)
            assert hubworld.wait_for(lambda n=count: len(there.got()) == n - 1, 10)
            delivery = there.got()[-1]
            assert delivery.at - done < 2
            assert delivery.body == hubworld.get(topic)[1]
            assert f"cầu mới số {count - 1}".encode() in delivery.body
        # nothing new is no news
        running.run("publish", "--all")
        time.sleep(1.5)
        assert len(there.got()) == 2
    assert "Traceback" not in (running.folder / "serve.log").read_text()


@pytest.mark.slow
def test_what_was_published_while_nobody_served_is_pushed_at_the_start(running, there):
    running.publish(1)
    topic = f"{running.base}/feeds/all.json"
    with running.serving(signal.SIGKILL):
        form = {
            "hub.mode": "subscribe",
            "hub.topic": topic,
            "hub.callback": there.callback(),
        }
        assert hubworld.post(f"{running.base}/hub", form)[0] == 202
        assert hubworld.wait_for(lambda: running.hub()["count"] == 1, 10)
    running.publish(2)
    assert running.hub()["owed"] == 1
    assert there.got() == []
    with running.serving():
        assert hubworld.wait_for(there.got, 15)
    assert json.loads(there.got()[0].body)["items"]
    assert running.hub()["owed"] == 0


@pytest.mark.slow
def test_a_desk_without_serve_tells_by_command(running, there):
    running.publish(1)
    with running.serving():
        form = {
            "hub.mode": "subscribe",
            "hub.topic": f"{running.base}/feeds/all.rss",
            "hub.callback": there.callback(),
        }
        assert hubworld.post(f"{running.base}/hub", form)[0] == 202
        assert hubworld.wait_for(lambda: running.hub()["count"] == 1, 10)
    running.publish(2)
    # tests keep their own process off sockets' names, not off loopback
    assert "1 call, 0 failed." in running.run("hub", "ping")
    assert len(there.got()) == 1


# ── One desk follows another ──


@contextmanager
def follower_desk(tmp_path, topic: str):
    """A desk that gathers ``topic``; its public name leads to loopback here."""
    listening, address = hubworld.door()
    port = address.rsplit(":", 1)[1]

    @asynccontextmanager
    async def client():
        limits = Limits(gap=0.0)
        async with HttpFetcher(limits, hubworld.LOOPBACK, "other/1") as http:
            yield http

    source = Source(key="tin", title="Tin", kind=SourceKind.FEED, url=topic)
    filing = Filing(
        sources={"tin": source},
        rules=Rules((), Scoring()),
        backlog_after=timedelta(days=10),
    )
    with Database.open(f"sqlite:///{tmp_path}/other.db") as database:

        def gathering(fetcher):
            return Gathering(
                database=database,
                fetcher=fetcher,
                reader=Here(Setup()),
                desk=filing,
                recheck=timedelta(0),
                clock=hubworld.utc,
            )

        pushing = Pushing(
            subscribing=Subscribing(
                database=database,
                sources=[source],
                base_url=f"http://ban-khac.vn:{port}",
                clock=hubworld.utc,
            ),
            poster=client,
            fetcher=client,
            gathering=gathering,
        )
        door = PushDoor(database=database, clock=hubworld.utc, largest=1_000_000)

        async def poll():
            async with client() as fetcher:
                await gather(gathering(fetcher), [source])

        with hubworld.served(Starlette(routes=routes(door)), listening):
            yield database, pushing, lambda: asyncio.run(poll())
    listening.close()


def test_one_desk_follows_another_from_discovery_to_push(tmp_path, there):
    def look_up(host, port, *_rest):
        assert host == "ban-khac.vn"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    url, folder = f"sqlite:///{tmp_path}/x.db", tmp_path / "feeds"
    with hubworld.desk(url, folder, look_up=look_up) as desk:
        desk.publish(body=atom(desk, 1))
        with follower_desk(tmp_path, desk.topic()) as (database, pushing, poll):
            poll()
            push_due(pushing, on_visit=lambda _: None)
            assert hubworld.wait_for(lambda: _state(database) is PushState.VERIFIED)
            assert hubworld.wait_for(lambda: desk.followers()[0].verified_at)
            assert desk.followers()[0].secret
            desk.publish(body=atom(desk, 2))
            assert hubworld.wait_for(lambda: _state(database) is PushState.LIVE)
            visits = []
            push_due(pushing, on_visit=visits.append)
            assert [visit.error for visit in visits] == [""]
            with database.read() as connection:
                assert entries.count(connection) == 2
                assert trusted(connection, hubworld.utc()) == {"tin"}
            (held,) = desk.followers()
            assert (held.owed_at, held.failures) == (None, 0)


def _state(database):
    with database.read() as connection:
        return hub_subscriptions.load(connection, "tin").state


def atom(desk, count: int) -> bytes:
    entry = """<entry><id>urn:tin:{n}</id><title>Cầu Bình Khê {n} thông xe</title>
<updated>2026-11-22T07:{n:02}:00Z</updated><link href="https://tin.vn/{n}"/>
<summary>Bà con hai bờ đã đi lại được trên cầu số {n}.</summary></entry>"""
    entries = "".join(entry.format(n=n) for n in range(count))
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:tin</id><title>Tin</title>
<updated>2026-11-22T07:59:00Z</updated><author><name>Tin</name></author>
<link rel="self" href="{desk.topic()}"/><link rel="hub" href="{desk.hub}"/>
{entries}</feed>""".encode()
