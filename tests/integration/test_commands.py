"""Commands that need the other side: portals to try out, a relay that says no."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
from contextlib import closing
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner

from syndicate.cli import main

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BODY = "Sáng nay, xã Phú Khánh làm xong con đường vào ấp {n}, dài {n} cây số, rộng 4 m."
PAGE = (
    "<html lang='vi'><head><title>Bài {n}</title></head><body>"
    "<h1>Bài số {n} của xã Phú Khánh</h1><p class='d'>13/10/2026 08:0{n}</p>"
    "<div class='b'><p>{body}</p><p>Bà con hiến đất, góp công cùng làm.</p></div>"
    "</body></html>"
)


class Site:
    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, bytes]] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, body = site.pages.get(self.path, ("", b""))
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def put(self, path: str, text: str, kind: str = "text/html") -> str:
        self.pages[path] = (kind, text.encode())
        return self.url + path


@pytest.fixture
def site():
    made = Site()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def feed(site) -> str:
    at = format_datetime(datetime.now(ZONE) - timedelta(days=1))
    items = "".join(
        f"<item><title>Bài số {n} của xã Phú Khánh</title><guid>{n}</guid>"
        f"<link>{site.url}/{n}.html</link><pubDate>{at}</pubDate>"
        f"<description>{BODY.format(n=n)}</description></item>"
        for n in (1, 2, 3)
    )
    return site.put(
        "/rss",
        '<rss version="2.0"><channel><title>T</title><link>http://t.example/</link>'
        f"{items}</channel></rss>",
        "application/rss+xml",
    )


@pytest.fixture
def listing(site) -> str:
    links = "".join(
        f"<li class='t'><a href='/{n}.html'>Bài số {n} của xã Phú Khánh</a></li>"
        for n in (1, 2, 3)
    )
    for n in (1, 3):
        site.put(f"/{n}.html", PAGE.format(n=n, body=BODY.format(n=n)))
    return site.put("/ds", f"<html><body><ul>{links}</ul></body></html>")


@pytest.fixture
def run(tmp_path: Path, feed, listing):
    path = tmp_path / "config.toml"
    path.write_text(
        '[site]\ntitle = "Bàn"\nbase_url = "http://127.0.0.1:8000"\n'
        '[gather]\ngap = "0s"\nallow = ["127.0.0.0/8"]\n'
        f'[[source]]\nkey = "tin"\ntitle = "Tin"\nkind = "feed"\nurl = "{feed}"\n'
        f'[[source]]\nkey = "ds"\ntitle = "DS"\nkind = "listing"\nurl = "{listing}"\n'
        'selectors = { item = "li.t", body = ".b", date = ".d" }\n',
        encoding="utf-8",
    )

    def run_words(*words: str, code: int = 0):
        done = CliRunner(env={"SYNDICATE_SECRET": "s" * 32}).invoke(
            main, ["-c", str(path), *words]
        )
        assert done.exit_code == code, (done.output, done.exception)
        assert "Traceback" not in done.output
        return done

    run_words.config = path
    return run_words


def urls(done) -> list[str]:
    return [entry["url"] for entry in json.loads(done.stdout)["entries"]]


def test_a_source_is_tried_by_its_key_or_its_address(run, feed, site):
    expected = [f"{site.url}/{n}.html" for n in (1, 2)]
    for asked in ("tin", feed):
        done = run("sources", "test", asked, "--limit", "2", "--json")
        assert urls(done) == expected


def test_a_listing_is_tried_with_its_pages_and_a_missing_page_is_named(run, site):
    done = run("sources", "test", "ds", "--json")
    said = json.loads(done.stdout)
    assert [entry["published"][:10] for entry in said["entries"]] == ["2026-10-13"] * 2
    assert f"{site.url}/2.html" in said["failures"][0]
    assert "Bài số 1" in run("sources", "test", "ds").output


def test_an_address_that_is_no_feed_is_tried_as_a_listing(run, site):
    site.put("/khac", site.pages["/ds"][1].decode())
    assert len(urls(run("sources", "test", f"{site.url}/khac", "--json"))) == 2


def test_an_address_with_nothing_is_4_and_named(run, site):
    assert (
        f"{site.url}/none" in run("sources", "test", f"{site.url}/none", code=4).stderr
    )


def test_a_feed_that_is_none_is_said_where_the_source_is_known(run, site):
    site.put("/rss", "<html><body>Bảo trì</body></html>")
    assert "/rss" in run("sources", "test", "tin", code=4).stderr


class SaysNo:
    """A relay that knows one of our members only."""

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802 -- aiosmtpd names it
        if address.startswith("khong"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def test_a_copy_that_the_relay_refuses_is_1_and_the_other_is_accepted(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    relay = Controller(SaysNo(), hostname="127.0.0.1", port=port)
    relay.start()
    try:
        text = run.config.read_text(encoding="utf-8")
        run.config.write_text(
            f'{text}[mail]\nurl = "smtp://127.0.0.1:{port}"\n'
            'sender = "ban@ban.example"\n[[digest]]\nkey = "tuan"\ntitle = "Tuần"\n'
            'audience = ["an@vd.example", "khong@vd.example"]\n',
            encoding="utf-8",
        )
        run("gather", "tin")
        _a_week_ago(run.config.parent / "var" / "syndicate.db")
        done = run("digest", "send", "--json", code=1)
        told = json.loads(done.stdout)
        assert told["deliveries"] == {"accepted": 1, "refused": 1}
        (missing,) = told["missing"]
        assert missing["address"] == "khong@vd.example"
        assert missing["state"] == "refused"
        assert "550" in missing["detail"]
    finally:
        relay.stop()


def _a_week_ago(path: Path) -> None:
    """Move what was gathered into the last whole window: stories and their tellers."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for rows, change in (
            ("SELECT id, seen_at FROM stories", "UPDATE stories SET seen_at = ?"),
            ("SELECT id, seen_at FROM entries", "UPDATE entries SET seen_at = ?"),
        ):
            for row, value in connection.execute(rows).fetchall():
                moved = datetime.fromisoformat(value) - timedelta(days=7)
                told = moved.isoformat(sep=" ", timespec="microseconds")
                connection.execute(f"{change} WHERE id = ?", (told, row))
