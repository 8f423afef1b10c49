"""A portal takes its feed from ``syndicate serve``; nobody else learns its token."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.error import HTTPError

import feedparser
import pytest

ROOT = Path(__file__).resolve().parents[2]
ITEM = """<item><title>Xã Tân Lộc khánh thành cầu số {n}</title>
<link>https://tin.example/{n}.html</link><guid>{n}</guid><pubDate>{at}</pubDate>
<description>Cầu số {n} dài {n}2 m, bắc qua rạch số {n}, dân góp công.</description>
</item>"""
HOSTILE = (
    b"GET /partner/%s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    b"GET /partner/%s/feed.atom HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET /partner/%s/feed.atom\r\n\r\n",
    b"GET http://elsewhere/partner/%s/feed.atom HTTP/1.1\r\nHost: x\r\n\r\n",
    b"BREW /partner/%s/feed.atom HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /partner/%s/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /partner/%s/feed.atom HTTP/1.1\r\nHost: x\r\nA\x00B: c\r\n\r\n",
    b"GET /feeds/%s.atom HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /partner//%s//feed.atom?token=%s HTTP/1.1\r\nHost: x\r\n\r\n",
)


class Desk:
    """A desk over a folder of saved news, in processes of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = int(taken.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "saved").mkdir()
        (folder / "config.toml").write_text(
            '[site]\ntitle = "Bàn tin"\ncontact = "ban@ban.example"\n'
            f'base_url = "{self.url}"\n[web]\nport = {self.port}\n'
            '[[source]]\nkey = "luu"\ntitle = "Tin"\nkind = "folder"\nurl = "saved"\n'
            'rights = "full"\n',
            encoding="utf-8",
        )
        self.output = folder / "output.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def save(self, *numbers: int) -> None:
        at = format_datetime(datetime.now(UTC) - timedelta(hours=2))
        items = "".join(ITEM.format(n=n, at=at) for n in numbers)
        (self.folder / "saved" / "tin.rss").write_text(
            '<rss version="2.0"><channel><title>T</title>'
            f"<link>https://tin.example/</link>{items}</channel></rss>",
            encoding="utf-8",
        )

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "syndicate", *words],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def serve(self) -> None:
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "syndicate", "serve", "--no-schedule"],
                cwd=self.folder,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + 30
        while b"Serving" not in self.output.read_bytes():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(20) == 0

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        request = urllib.request.Request(self.url + path, headers=headers)  # noqa: S310 -- http
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return answer.status, answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()

    def say(self, raw: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            heard = b""
            while some := line.recv(65536):
                heard += some
        return heard


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


@pytest.mark.slow
def test_a_portal_takes_its_feed_and_its_token_is_written_nowhere(desk):
    desk.save(1, 2, 3)
    desk.run("gather", "--all")
    made = json.loads(desk.run("partners", "add", "bao", "--items", "2", "--json"))
    token = made["token"]
    desk.serve()

    status, body = desk.get(f"/partner/{token}/feed.atom")
    assert status == 200
    first = feedparser.parse(body)
    assert len(first.entries) == 2
    older = next(one.href for one in first.feed.links if one.rel == "next")
    status, body = desk.get(f"/partner/{token}/feed.atom{older}")
    public = feedparser.parse(desk.get("/feeds/all.atom")[1])
    reached = [*first.entries, *feedparser.parse(body).entries]
    assert [one.id for one in reached] == [one.id for one in public.entries]

    # by another process, while this one has the document in memory
    desk.run("partners", "revoke", "bao")
    assert desk.get(f"/partner/{token}/feed.atom")[0] == 410
    renewed = json.loads(desk.run("partners", "renew", "bao", "--json"))["token"]
    assert desk.get(f"/partner/{token}/feed.atom")[0] == 404
    assert desk.get("/partner/feed.atom", Authorization=f"Bearer {renewed}")[0] == 200

    secret = renewed.removeprefix("syn_").encode()
    for raw in HOSTILE:
        said = raw.replace(b"%s", renewed.encode())
        assert secret not in desk.say(said)
    desk.stop()
    found = json.loads(desk.run("partners", "show", "bao", "--json"))
    assert found["pulls"] >= 3
    assert found["agent"].startswith("Python-urllib") or found["agent"] == ""
    for path in desk.folder.rglob("*"):
        if path.is_file():
            kept = path.read_bytes()
            assert secret not in kept, path
            assert token.removeprefix("syn_").encode() not in kept, path
