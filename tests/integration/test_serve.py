"""``syndicate serve`` as a process: it works, ends cleanly, and survives kills."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError, URLError
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from syndicate.cli import main
from syndicate.members.tokens import unsubscribe_token

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret of at least thirty-two letters"
MEMBERS = 12
COUNT = 40
ITEM = """<item><title>Tin số {n}: xã Tân Lộc khánh thành cầu thứ {n}</title>
<link>http://tin.example/{n}.html</link><guid>tin-{n}</guid><pubDate>{at}</pubDate>
<description>Cầu thứ {n} dài {n}2 mét, bắc qua rạch số {n}, dân góp công.</description>
</item>"""


def rss() -> bytes:
    at = format_datetime(datetime.now(UTC) - timedelta(hours=2))
    items = "".join(ITEM.format(n=n, at=at) for n in range(COUNT))
    return (
        '<rss version="2.0"><channel><title>T</title><link>http://tin.example/</link>'
        f"<description>T</description>{items}</channel></rss>"
    ).encode()


class Site:
    """A small site: a feed, and an address that takes its time."""

    def __init__(self) -> None:
        feed, site = rss(), self
        self.slow = threading.Event()
        self.waiting = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/slow":
                    site.waiting.set()
                    site.slow.wait(30)
                known = self.path in ("/rss", "/slow")
                body = feed if known else b"no"
                self.send_response(200 if known else 404)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(
            target=self.server.serve_forever, args=(0.02,), daemon=True
        )


@pytest.fixture
def site():
    made = Site()
    made.thread.start()
    yield made
    made.slow.set()
    made.server.shutdown()
    made.server.server_close()
    made.thread.join()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Desk:
    """A desk in a folder, and the process that serves it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.port = folder, free_port()
        self.config = folder / "config.toml"
        audience = ", ".join(f'"m{n}@vd.example"' for n in range(MEMBERS))
        self.config.write_text(
            '[site]\ntitle = "Bàn"\ncontact = "ban@ban.example"\n'
            f'base_url = "http://127.0.0.1:{self.port}"\n'
            '[gather]\ngap = "0s"\nallow = ["127.0.0.0/8"]\n'
            f"[web]\nport = {self.port}\n"
            f'[[source]]\nkey = "tin"\ntitle = "Tin"\nkind = "feed"\nurl = "{url}"\n'
            f'[[digest]]\nkey = "tuan"\ntitle = "Tuần"\naudience = [{audience}]\n'
            f'schedule = "{self.schedule()}"\n',
            encoding="utf-8",
        )
        self.process: subprocess.Popen[str] | None = None

    @staticmethod
    def schedule() -> str:
        """A window that ended an hour ago."""
        ended = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) - timedelta(hours=1)
        day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[ended.weekday()]
        return f"{day} {ended:%H:%M}"

    def gather_earlier(self) -> None:
        """Have everything gathered, as if it had been seen two days ago."""
        self.run("gather", "--all")
        connection = sqlite3.connect(self.folder / "var" / "syndicate.db")
        columns = {"entries": ("seen_at", "changed_at"), "stories": ("seen_at",)}
        for table, names in columns.items():
            for name in names:
                query = f"SELECT id, {name} FROM {table}"  # noqa: S608 -- our own names
                for number, value in connection.execute(query).fetchall():
                    connection.execute(
                        f"UPDATE {table} SET {name} = ? WHERE id = ?",  # noqa: S608
                        (_two_days_before(value), number),
                    )
        connection.commit()
        connection.close()

    def run(self, *words: str):
        done = CliRunner(env={"SYNDICATE_SECRET": SECRET}).invoke(
            main, ["-c", str(self.config), *words, "--json"]
        )
        assert done.exit_code == 0, (words, done.output)
        return json.loads(done.stdout)

    def start(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "syndicate",
                "-c",
                str(self.config),
                "serve",
                *words,
            ],
            cwd=ROOT,
            env={**os.environ, "SYNDICATE_SECRET": SECRET, "SYNDICATE_LANG": "en"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def end(self, with_signal: int = signal.SIGTERM) -> tuple[int, str]:
        assert self.process is not None
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(with_signal)
        said, _ = process.communicate(timeout=20)
        return process.returncode, said

    def get(self, path: str, method: str = "GET") -> str:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return str(answer.read().decode())

    def wait_for(self, path: str, words: str) -> str:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                if words in (text := self.get(path)):
                    return text
            except (HTTPError, URLError, OSError):
                pass
            time.sleep(0.05)
        raise AssertionError(f"{path} never said {words!r}")

    @property
    def mails(self) -> list[Path]:
        return sorted((self.folder / "var" / "outbox").glob("*.eml"))


def _two_days_before(value: str) -> str:
    moment = datetime.fromisoformat(value) - timedelta(days=2)
    return moment.isoformat(sep=" ", timespec="microseconds")


@pytest.fixture
def desk(tmp_path, site):
    made = Desk(tmp_path, f"{site.url}/rss")
    yield made
    if made.process is not None:
        made.end(signal.SIGKILL)


@pytest.mark.slow
def test_serve_gathers_publishes_composes_and_serves_until_it_is_told(desk):
    desk.gather_earlier()
    desk.start()
    desk.wait_for("/feeds/all.atom", "http://tin.example/7.html")
    desk.wait_for("/health", '"state":"sent"')
    assert '"ok":true' in desk.get("/health")
    assert "cầu thứ" in desk.get("/issues/tuan/1")
    assert len(desk.mails) == MEMBERS
    link = unsubscribe_token(SECRET, "tuan", "m3@vd.example")
    desk.get(f"/unsubscribe/tuan/{link}")
    desk.get(f"/unsubscribe/tuan/{link}", method="POST")
    code, said = desk.end(signal.SIGTERM)
    assert (code, "Traceback" in said) == (0, False), said
    assert f"Serving at http://127.0.0.1:{desk.port}/" in said


@pytest.mark.slow
def test_without_its_schedule_it_serves_and_does_nothing_else(desk):
    desk.start("--no-schedule")
    said = desk.wait_for("/health", '"ok":true')
    assert '"entries":0' in said
    desk.wait_for("/feeds/all.atom", "<feed")
    assert desk.mails == []
    assert desk.end()[0] == 0


@pytest.mark.slow
def test_ctrl_c_ends_it_cleanly_while_a_server_keeps_us_waiting(tmp_path, site):
    desk = Desk(tmp_path, f"{site.url}/slow")
    desk.start()
    desk.wait_for("/health", '"ok":true')
    assert site.waiting.wait(10)
    began = time.monotonic()
    code, said = desk.end(signal.SIGINT)
    assert (code, "Traceback" in said) == (0, False), said
    assert time.monotonic() - began < 5


@pytest.mark.slow
def test_a_port_that_is_taken_is_said_in_one_line(desk):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", desk.port))
        taken.listen()
        desk.start()
        assert desk.process is not None
        desk.process.wait(20)
        code, said = desk.end()
    assert code == 4
    assert said.splitlines() == [
        f"error: cannot listen on 127.0.0.1:{desk.port}: another program listens "
        "there; change [web] port"
    ]


@pytest.mark.slow
def test_kill_9_at_any_moment_loses_nothing_and_doubles_nothing(desk):
    """Killed four times while it gathers, composes and mails; then left to finish."""
    desk.gather_earlier()
    chance = random.Random(time.time_ns())  # noqa: S311 -- moments, not secrets
    for _ in range(4):
        desk.start()
        time.sleep(0.7 + chance.random() * 0.8)
        desk.end(signal.SIGKILL)
    desk.start()
    desk.wait_for("/health", '"state":"sent"')
    code, said = desk.end()
    assert (code, "Traceback" in said) == (0, False), said
    status = desk.run("status")
    assert status["entries"] == COUNT
    (issue,) = [one for one in status["issues"] if one["state"] != "skipped"]
    tally = issue["deliveries"]
    settled = ("accepted", "refused", "cancelled", "uncertain")
    assert sum(tally[state] for state in settled) == MEMBERS
    recipients = Counter(
        line
        for path in desk.mails
        for line in path.read_bytes().split(b"\r\n")
        if line.startswith(b"To: ")
    )
    assert max(recipients.values()) == 1
    assert tally["accepted"] <= len(recipients) <= MEMBERS
    assert len(recipients) >= MEMBERS - tally["uncertain"]
