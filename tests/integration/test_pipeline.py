"""What goes wrong at one source is said clearly, stops nothing, and loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from syndicate.cli import main

ROOT = Path(__file__).resolve().parents[2]
GOOD = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Tốt</title><link>http://tot.example/</link>
{items}</channel></rss>"""
ITEM = """<item><title>Tin số {n}: xã Tân Lộc khánh thành cầu thứ {n}</title>
<link>http://tot.example/tin-{n}.html</link><guid>tin-{n}</guid>
<pubDate>Mon, 12 Oct 2026 0{n}:00:00 +0700</pubDate>
<description>Cầu thứ {n} dài {n}2 mét, bắc qua rạch, do bà con góp công.</description>
</item>"""


def feed(*numbers: int) -> bytes:
    return GOOD.format(items="".join(ITEM.format(n=n) for n in numbers)).encode()


class Site:
    """A web site on loopback; ``pages`` maps a path to (status, type, body)."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, str, bytes]] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                status, kind, body = site.pages.get(
                    self.path, (404, "text/plain", b"no")
                )
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def put(self, path: str, body: bytes, kind: str = "application/rss+xml") -> str:
        self.pages[path] = (200, kind, body)
        return self.url + path


@pytest.fixture
def site():
    made = Site()
    made.thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.thread.join()


class Desk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "config.toml"
        self.sources: list[str] = []

    def add(self, key: str, url: str, kind: str = "feed", more: str = "") -> None:
        self.sources.append(
            f'[[source]]\nkey = "{key}"\ntitle = "{key}"\nkind = "{kind}"\n'
            f'url = "{url}"\nrights = "full"\n{more}\n'
        )
        self.path.write_text(
            '[site]\ntitle = "Bàn"\nbase_url = "http://127.0.0.1:8000"\n'
            '[gather]\ngap = "0s"\nallow = ["127.0.0.0/8"]\nread_timeout = "3s"\n'
            'total_timeout = "8s"\n' + "".join(self.sources),
            encoding="utf-8",
        )

    def run(self, *words: str, code: int = 0):
        done = CliRunner().invoke(main, ["-c", str(self.path), *words, "--json"])
        assert done.exit_code == code, (done.output, done.stderr)
        return json.loads(done.stdout)

    def gather(self, code: int = 0) -> dict[str, dict[str, object]]:
        return {one["source"]: one for one in self.run("gather", "--all", code=code)}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def good_and_bad(desk: Desk, site: Site, bad_url: str, kind: str = "feed"):
    """Gather a good source beside a bad one; returns what was said of the bad one."""
    desk.add("tot", site.put("/tot.rss", feed(1, 2)))
    desk.add("xau", bad_url, kind)
    visits = desk.gather(code=1)
    assert visits["tot"]["error"] == ""
    assert visits["tot"]["outcomes"] == {"new": 2}
    written = desk.run("publish")
    assert not written["failed"]
    return visits["xau"]


def test_an_unreachable_source_is_named_and_the_rest_goes_on(desk, site):
    said = good_and_bad(desk, site, "http://127.0.0.1:1/rss")
    assert "http://127.0.0.1:1/rss" in said["error"]
    assert "Traceback" not in said["error"]


def test_html_where_a_feed_was_expected_is_said_and_the_feed_it_names_is_given(
    desk, site
):
    page = (
        "<!doctype html><html><head><title>Trang chủ</title>"
        '<link rel="alternate" type="application/rss+xml" href="/dung.rss"></head>'
        "<body><p>Chào</p></body></html>"
    )
    said = good_and_bad(desk, site, site.put("/", page.encode(), "text/html"))
    assert "/dung.rss" in said["error"]
    assert "HTML" in said["error"]


def test_an_empty_page_is_an_error_and_not_an_empty_source(desk, site):
    assert good_and_bad(desk, site, site.put("/trong", b""))["error"]


def test_an_empty_listing_is_an_error_and_not_an_empty_source(desk, site):
    page = b"<html><body><p>Dang bao tri</p></body></html>"
    url = site.put("/ds", page, "text/html")
    assert good_and_bad(desk, site, url, kind="listing")["error"]


def test_a_page_of_20_megabytes_is_refused_by_its_size(desk, site):
    said = good_and_bad(desk, site, site.put("/to", b"<rss>" + b"x" * 20_000_000))
    assert "MB" in said["error"] or "bytes" in said["error"]


def test_a_bad_encoding_loses_no_entry(desk, site):
    wrong = feed(1, 2, 3).replace(b'encoding="utf-8"', b'encoding="us-ascii"')
    desk.add("ma", site.put("/ma.rss", wrong + b"\x00\xff"))
    assert desk.gather()["ma"]["outcomes"] == {"new": 3}


def test_an_outage_removes_nothing_that_we_had(desk, site):
    desk.add("tot", site.put("/tot.rss", feed(1, 2)))
    desk.gather()
    desk.run("publish")
    site.pages.clear()
    assert desk.gather(code=1)["tot"]["error"]
    assert desk.run("publish")["changed"] == []
    atom = (desk.folder / "feeds" / "all.atom").read_text(encoding="utf-8")
    assert "tin-1.html" in atom


def test_an_unchanged_feed_is_not_read_again(desk, site):
    desk.add("tot", site.put("/tot.rss", feed(1, 2)))
    desk.gather()
    again = desk.gather()["tot"]
    assert again["not_modified"]
    assert again["outcomes"] == {}


def test_a_corrected_entry_is_changed_and_keeps_its_story(desk, site):
    desk.add("tot", site.put("/tot.rss", feed(1)))
    desk.gather()
    before = desk.run("explain", "1")
    site.put("/tot.rss", feed(1).replace("góp công".encode(), "góp tiền".encode()))
    assert desk.gather()["tot"]["outcomes"] == {"changed": 1}
    after = desk.run("explain", "1")
    assert after["story"] == before["story"]
    assert after["changed_at"] > before["changed_at"]


def test_one_bad_article_page_does_not_lose_the_others_and_is_tried_again(desk, site):
    def page(n: int) -> bytes:
        return (
            f"<html><body><h1>Bài số {n} của xã Phú Khánh</h1><div class='b'>"
            f"<p>Đoạn văn thứ {n}, kể chuyện làm đường ở ấp {n}, dài vừa đủ.</p>"
            "</div></body></html>"
        ).encode()

    links = "".join(
        f"<li class='t'><a href='/b{n}.html'>Bài số {n} của xã Phú Khánh</a></li>"
        for n in (1, 2, 3)
    )
    url = site.put(
        "/ds", f"<html><body><ul>{links}</ul></body></html>".encode(), "text/html"
    )
    for n in (1, 3):
        site.put(f"/b{n}.html", page(n), "text/html")
    more = '[source.selectors]\nitem = "li.t"\nbody = ".b"'
    desk.add("ds", url, "listing", more)
    first = desk.gather(code=1)["ds"]
    assert first["outcomes"] == {"new": 2, "failed": 1}
    assert "/b2.html" in first["details"][0]
    site.put("/b2.html", page(2), "text/html")
    assert desk.gather()["ds"]["outcomes"]["new"] == 1


def test_a_full_disk_at_publishing_keeps_the_old_documents_and_is_said(desk, site):
    """A file size limit of the system stands for the full disk: writes fail with it.

    The store stands on that disk too, and it is the first to say so.
    """
    desk.add("tot", site.put("/tot.rss", feed(1)))
    desk.gather()
    desk.run("publish")
    old = (desk.folder / "feeds" / "all.atom").read_bytes()
    words = " ".join(f"từ{n}" for n in range(30_000))
    site.put("/tot.rss", feed(1, 2).replace("góp công".encode(), words.encode(), 1))
    desk.gather()
    script = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from syndicate.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))\n"
        f"main(['-c', {str(desk.path)!r}, 'publish', '--json'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    assert "syndicate.db: the disk cannot be read or written" in done.stderr
    assert "Traceback" not in done.stderr
    assert (desk.folder / "feeds" / "all.atom").read_bytes() == old
    # What is written beside a document until it is whole.
    assert not list((desk.folder / "feeds").rglob(".syndicate-*"))
    assert "all.atom" in desk.run("publish")["changed"]


def test_kill_9_while_gathering_loses_nothing_and_repeats_nothing(desk, site):
    desk.add("tot", site.put("/tot.rss", feed(*range(1, 10))))
    left: set[int] = set()
    for delay in (0.75, 0.85, 0.95, 1.05, 1.2, 1.5):
        child = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "syndicate",
                "-c",
                str(desk.path),
                "gather",
                "--all",
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay)
        below = _descendants(child.pid)
        child.send_signal(signal.SIGKILL)
        child.wait()
        left.update(below)
    desk.gather()
    assert desk.run("status")["entries"] == 9
    until = time.monotonic() + 5
    while any(map(_is_alive, left)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [pid for pid in left if _is_alive(pid)]
    assert os.listdir(desk.folder / "var")  # noqa: PTH208 -- the database is there


def test_kept_answers_are_read_anew_after_a_change_of_rules(desk, site):
    """`gather --from FOLDER` asks nobody, and labels by the rules of today."""
    desk.add("tot", site.put("/tot.rss", feed(1, 2)))

    def rules(slug: str) -> None:
        text = desk.path.read_text(encoding="utf-8")
        text = text.partition("[category.")[0]
        text = text.replace("[gather]\n", '[gather]\nkeep_raw = "kept"\n', 1)
        topic = f'[category.{slug}]\ntitle = "{slug}"\nstrong = ["khánh thành cầu"]\n'
        desk.path.write_text(text + topic, encoding="utf-8")

    rules("cau")
    desk.gather()
    asked = len(site.asked)
    assert desk.run("explain", "1")["labels"][0]["category"] == "cau"
    text = desk.path.read_text(encoding="utf-8")
    desk.path.write_text(text.replace("category.cau", "category.duong"), "utf-8")
    (visit,) = desk.run("gather", "--from", str(desk.folder / "kept"))
    assert visit["outcomes"] == {"unchanged": 2}
    assert desk.run("explain", "1")["labels"][0]["category"] == "duong"
    assert len(site.asked) == asked
    done = CliRunner().invoke(
        main, ["-c", str(desk.path), "gather", "--from", str(desk.folder / "none")]
    )
    assert done.exit_code == 4
    assert "none" in done.stderr


def test_a_source_that_failed_is_told_apart_from_one_without_news(desk, site):
    desk.add("tot", site.put("/tot.rss", feed(1)))
    desk.add("xau", f"{site.url}/none.rss")
    done = CliRunner().invoke(main, ["-c", str(desk.path), "gather", "--all"])
    assert done.exit_code == 1
    cells = [line.split("│") for line in done.stdout.splitlines() if "│" in line]
    rows = {row[1].strip(): " ".join(row) for row in cells if len(row) > 2}
    assert "–" in rows["xau"]
    assert "✗" in rows["xau"]
    assert "–" not in rows["tot"]
    assert done.stdout.splitlines()[-1].strip().endswith("xau")


def test_a_run_without_news_imports_no_parser(desk, site):
    """Half a second of start-up is what most runs consist of."""
    desk.add("tot", site.put("/tot.rss", feed(1, 2)))
    desk.gather()
    script = (
        "import sys\n"
        "from syndicate.cli import main\n"
        "try:\n"
        f"    main(['-c', {str(desk.path)!r}, 'gather', '--all', '--json'])\n"
        "except SystemExit as ended:\n"
        "    assert not ended.code\n"
        "heavy = ('lxml', 'selectolax', 'nh3', 'feedparser', 'trafilatura', 'jinja2',"
        " 'alembic', 'starlette', 'feedgen')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert json.loads(done.stdout)[0]["not_modified"]
    assert done.stderr.strip() == "[]"


def _descendants(pid: int) -> set[int]:
    """The processes that a process has started, and those that they have."""
    found: set[int] = set()
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        try:
            text = (thread / "children").read_text(encoding="ascii")
        except OSError:
            continue
        found.update(int(each) for each in text.split())
    return found.union(*map(_descendants, found))


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2]
    except OSError:
        return False
    return state != "Z"
