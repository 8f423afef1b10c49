"""Real feed readers: what they see first, after a correction, after a take-down.

feedparser is always here; newsboat, sfeed and reader are asked if they are installed.
"""

from __future__ import annotations

import html
import shutil
import sqlite3
import subprocess
import warnings
from calendar import timegm
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import feedparser
import pytest

from syndicate.model import (
    Bond,
    Dated,
    DateOrigin,
    Entry,
    Precision,
    Relation,
    Rights,
    Site,
    Source,
    SourceKind,
    StoredEntry,
    Story,
)
from syndicate.publish.documents import documents
from syndicate.publish.select import standing_feeds
from syndicate.templating import templates

SEEN = datetime(2026, 10, 12, 8, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SITE = Site(
    title="Bản tin Cửu Hà",
    base_url="https://ban-tin.example",
    id_authority="ban-tin.example,2026",
)
SOURCE = Source(
    key="khoi",
    title="Đảng ủy Khối Cửu Hà",
    kind=SourceKind.FEED,
    url="https://khoi.cuuha.example/rss",
    rights=Rights.FULL,
)
TITLES = (
    "Bình Khê khánh thành cầu dân sinh dài 42 m",
    "Nghị quyết 02-NQ/TU: “ba rõ, hai không”",
    "R & D và A < B, hay là <b>đậm</b>?",
    "👩‍🌾 Chị Tư giữ vườn",
    "Đảng uỷ Khối: ban hành 05-CT/TW & 98/2014/NĐ-CP",
    "Giá dừa tăng 5 % so với tháng trước",
)
FORMATS = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}

Told = dict[str, tuple[str, str, float]]
"""id → title, link, when published."""


@dataclass
class Desk:
    """A feed that is served, in all formats, and changes."""

    base: str
    served: dict[str, bytes]

    def show(self, stories: list[Story], kind: str) -> Told:
        """Publish ``stories``, and say what a reader of this format must find."""
        made = documents(
            stories,
            standing_feeds(SITE, (), ()),
            site=SITE,
            sources={"khoi": SOURCE},
            categories=(),
            templates=templates(language="vi", zone="Asia/Ho_Chi_Minh"),
            now=SEEN + timedelta(days=9),
        )
        self.served.update(made)
        told: Told = {}
        for story in stories:
            entry = story.lead.entry
            if story.lead.withdrawn_at is None and entry.published is not None:
                title = entry.title
                if kind == "rss":  # no reader may take it for markup
                    title = title.replace("<", "‹").replace(">", "›")
                uid = f"tag:ban-tin.example,2026:story/{story.uid}"
                told[uid] = (title, entry.url, entry.published.value.timestamp())
        return told


@pytest.fixture
def desk() -> Iterator[Desk]:
    served: dict[str, bytes] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = served[self.path.lstrip("/")]
            self.send_response(200)
            self.send_header("Content-Type", FORMATS[self.path.rpartition(".")[2]])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Desk(f"http://127.0.0.1:{server.server_port}/", served)
        server.shutdown()


@pytest.fixture
def stories() -> list[Story]:
    made = []
    for number, title in enumerate(TITLES, start=1):
        when = datetime(2026, 10, number, 23, 30 + number, tzinfo=ZONE)
        entry = Entry(
            source="khoi",
            url=f"https://khoi.cuuha.example/?/tin/{number}&x=%C4%91",
            title=title,
            lead=f"{title}. Ảnh & chữ <do> bạn đọc gửi.",
            html="<p>Cầu <em>mới</em> &amp; đường mới.</p>",
            text="Cầu mới & đường mới.",
            authors=("Lê Thị Sáu",),
            published=Dated(
                value=when,
                precision=Precision.MINUTE,
                origin=DateOrigin.META,
                raw="",
            ),
            language="vi",
        )
        stored = StoredEntry(
            id=number,
            story=number,
            entry=entry,
            bond=Bond(relation=Relation.FIRST),
            seen_at=SEEN,
            changed_at=SEEN,
        )
        made.append(
            Story(
                id=number,
                uid=f"uid{number:013}",
                entries=(stored,),
                seen_at=SEEN,
                changed_at=SEEN,
            )
        )
    return made


def changed(story: Story, **fields: object) -> Story:
    """Correct the entry of a story, or withdraw it."""
    (stored,) = story.entries
    later = SEEN + timedelta(days=1)
    if "withdrawn_at" in fields:
        return replace(story, entries=(replace(stored, withdrawn_at=later),))
    entry = replace(stored.entry, **fields)  # type: ignore[arg-type]  # a test's form
    told = replace(stored, entry=entry, changed_at=later)
    return replace(story, entries=(told,), changed_at=later)


# ── The readers: what each knows after it has asked ``url`` once more ────────


def by_feedparser(url: str, _folder: Path) -> Told:
    parsed = feedparser.parse(url, sanitize_html=False)
    assert not parsed.bozo
    return {
        each.id: (
            each.title,
            each.link,
            float(timegm(each.published_parsed)),
        )
        for each in parsed.entries
    }


def by_sfeed(url: str, _folder: Path) -> Told:
    """Its lines are: time, title, link, content, its type, id, author, … (sfeed(5))."""
    if shutil.which("sfeed") is None:
        pytest.skip("sfeed is not installed")
    told: Told = {}
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc)
    connection.request("GET", parts.path)
    document = connection.getresponse().read()
    connection.close()
    done = subprocess.run(["sfeed"], input=document, capture_output=True, check=True)  # noqa: S607
    for row in done.stdout.decode().splitlines():
        time, title, link, _content, _type, uid = row.split("\t")[:6]
        told[uid] = (html.unescape(title), link, float(time))
    return told


def by_newsboat(url: str, folder: Path) -> Told:
    if shutil.which("newsboat") is None:
        pytest.skip("newsboat is not installed")
    (folder / "urls").write_text(f"{url}\n")
    (folder / "config").write_text("reload-threads 1\n")
    words = ["newsboat", "-q", "-u", "urls", "-c", "cache", "-C", "config", "-x"]
    subprocess.run(
        [*words, "reload"],
        cwd=folder,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        check=True,
        timeout=60,
    )
    connection = sqlite3.connect(folder / "cache")
    rows = connection.execute("SELECT guid, title, url, pubDate FROM rss_item")
    told = {uid: (title, link, float(time)) for uid, title, link, time in rows}
    connection.close()
    return told


def by_reader(url: str, folder: Path) -> Told:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own affair
        module = pytest.importorskip("reader", reason="reader is not installed")
        reader = module.make_reader(str(folder / "reader.db"))
        reader.add_feed(url, exist_ok=True)
        reader.update_feed(url)
        assert reader.get_feed(url).last_exception is None
        told = {
            each.id: (each.title, each.link, each.published.timestamp())
            for each in reader.get_entries()
        }
        reader.close()
    return told


READERS: dict[str, tuple[Callable[[str, Path], Told], tuple[str, ...]]] = {
    "feedparser": (by_feedparser, ("rss", "atom")),
    "sfeed": (by_sfeed, ("rss", "atom")),
    "newsboat": (by_newsboat, ("rss", "atom")),
    "reader": (by_reader, ("rss", "atom", "json")),
}
KEEP = ("newsboat", "reader")
"""These keep what they have once had, also when the feed has it no more."""


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name in READERS for kind in READERS[name][1]]
)
def test_a_reader_has_each_story_once_as_it_reads_now(
    desk: Desk, stories: list[Story], tmp_path: Path, name: str, kind: str
) -> None:
    """Titles, links, dates and ids, in a reader that comes back and one that is new."""
    read, _kinds = READERS[name]
    url = f"{desk.base}all.{kind}"
    first = desk.show(stories, kind)
    assert read(url, tmp_path) == first

    stories[0] = changed(stories[0], title="Bình Khê khánh thành cầu dài 24 m")
    corrected = desk.show(stories, kind)
    assert corrected != first
    assert read(url, tmp_path) == corrected

    stories[1] = changed(stories[1], withdrawn_at=True)
    left = desk.show(stories, kind)
    assert set(corrected) - set(left) == {
        f"tag:ban-tin.example,2026:story/{stories[1].uid}"
    }
    assert read(url, tmp_path) == (corrected if name in KEEP else left)
    (tmp_path / "new").mkdir()
    assert read(url, tmp_path / "new") == left
