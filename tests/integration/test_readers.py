"""Real feed readers, on what a real desk serves: gathered, published, corrected, gone.

A source is served on loopback; the desk gathers and publishes it; our own server serves
the documents; and readers are asked what they show. feedparser and reader come with the
development tools, newsboat and sfeed are asked where they are installed.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import socket
import sqlite3
import subprocess
import warnings
from calendar import timegm
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from gzip import decompress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Thread
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import feedparser
import pytest
import uvicorn
from click.testing import CliRunner
from pytest_socket import enable_socket, socket_allow_hosts
from starlette.applications import Starlette
from starlette.routing import Mount

from syndicate.cli import main
from syndicate.model import Feed, Site
from syndicate.publish.forms.item import Item, Origin
from syndicate.publish.forms.whole import feed_files
from syndicate.publish.lint import lint
from syndicate.web.documents import Documents

DAY = datetime.now(UTC).replace(hour=1, minute=30, second=0, microsecond=0)
KINDS = ("rss", "atom", "json")
SYLLABLES = tuple(
    first + rest
    for first in ("b", "ch", "đ", "g", "kh", "l", "m", "ng", "ph", "th", "tr")
    for rest in ("à", "ẻo", "ịnh", "ong", "ươi", "uyện", "ấp", "ênh", "ứt", "ão")
)


@dataclass(frozen=True, kw_only=True)
class News:
    """An entry of the source, as it says it."""

    number: int
    title: str
    author: str = "Lê Thị Sáu"
    minutes: int = 0
    enclosure: str = ""

    @property
    def html(self) -> str:
        """A text that no other entry has: no story is told twice."""
        words = Random(self.number).choices(SYLLABLES, k=60)  # noqa: S311 -- no secret
        return f"<p>Cầu <em>mới</em> &amp; đường mới. {' '.join(words)}</p>"

    @property
    def url(self) -> str:
        return f"https://khoi.example/?/tin/{self.number}&x=%C4%91"

    @property
    def published(self) -> datetime:
        return DAY - timedelta(days=self.number, minutes=self.minutes)

    def entry(self, updated: datetime) -> str:
        file = (
            f'<link rel="enclosure" type="audio/mpeg" length="4200"'
            f' href="{self.enclosure}"/>'
            if self.enclosure
            else ""
        )
        return (
            f"<entry><id>urn:x-tin:{self.number}</id>"
            f"<title type='html'>{escape(escape(self.title))}</title>"
            f"<link href='{escape(self.url)}'/>{file}"
            f"<author><name>{escape(self.author)}</name></author>"
            f"<published>{self.published.isoformat()}</published>"
            f"<updated>{updated.isoformat()}</updated>"
            f"<content type='html'>{escape(self.html)}</content></entry>"
        )


FIRST = (
    News(number=1, title="Bình Khê khánh thành cầu dân sinh dài 42 m"),
    News(number=2, title="Nghị quyết 02-NQ/TU: “ba rõ, hai không”"),
    News(number=3, title="R & D: A < B, B > C & hết"),
    News(number=4, title="👩‍🌾 Chị Tư giữ vườn & ao", minutes=7),
    News(number=5, title="Đảng uỷ Khối: ban hành 05-CT/TW & 98/2014/NĐ-CP"),
    News(number=6, title="Đảng ủy Hoà Bình, hòa giải ở Thuỷ Nguyên"),
    News(number=7, title="שלום: lời chào và مرحبا"),
    News(
        number=8,
        title="Giá dừa tăng 5 % so với tháng trước",
        enclosure="https://khoi.example/doc-to/8.mp3",
    ),
)
HOSTILE = (
    "Thẻ <b>đậm</b> và <script>alert(1)</script>",
    "Đã viết &amp; hay &lt;i&gt; hay &#65; hay &copy;",
    "a<b, ]]> và <!-- lời -->",
    "\u202eđảo\u202c ngược",
)
"""Titles that a reader could take for markup."""


def told(title: str, kind: str) -> str:
    """Say how a format tells a title: RSS has no angle brackets."""
    return title.replace("<", "‹").replace(">", "›") if kind == "rss" else title


class Portal:
    """A portal that publishes Atom, corrects it and takes it back (RFC 6721)."""

    def __init__(self) -> None:
        self.news: dict[int, tuple[News, datetime]] = {}
        self.deleted: list[int] = []
        site = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = site.document().encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/atom+xml")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        Thread(target=self.server.serve_forever, daemon=True).start()

    def tell(self, *news: News) -> None:
        for one in news:
            self.news[one.number] = (one, datetime.now(UTC))

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def document(self) -> str:
        entries = "".join(
            one.entry(at)
            for number, (one, at) in self.news.items()
            if number not in self.deleted
        )
        graves = "".join(
            f'<at:deleted-entry ref="urn:x-tin:{number}" when="{DAY.isoformat()}"/>'
            for number in self.deleted
        )
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi"'
            ' xmlns:at="http://purl.org/atompub/tombstones/1.0"><id>urn:x-tin:all</id>'
            f"<title>Khối</title><updated>{DAY.isoformat()}</updated>{graves}{entries}"
            "</feed>"
        )


@dataclass
class Desk:
    """A desk in a folder."""

    folder: Path
    portal: Portal
    base: str

    def run(self, *words: str) -> None:
        config = str(self.folder / "config.toml")
        done = CliRunner().invoke(main, ["-c", config, *words])
        assert done.exit_code == 0, done.output

    def renew(self) -> None:
        """Gather and publish."""
        self.run("gather", "--all")
        self.run("publish")

    def standing(self) -> list[News]:
        told = self.portal.news.items()
        gone = self.portal.deleted
        return [one for number, (one, _at) in told if number not in gone]


class Served:
    """Our documents behind uvicorn, in a thread; notes what was answered."""

    def __init__(self, folder: Path) -> None:
        self.answers: list[tuple[str, int, dict[str, str]]] = []
        documents = Documents(folder)

        async def noted(scope: Any, receive: Any, send: Any) -> None:
            async def sent(message: Any) -> None:
                if message["type"] == "http.response.start":
                    headers = {
                        key.decode(): value.decode()
                        for key, value in message["headers"]
                    }
                    path = str(scope["path"])
                    self.answers.append((path, message["status"], headers))
                await send(message)

            await documents(scope, receive, sent)

        app = Starlette(routes=[Mount("/feeds", app=noted)])
        taken = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{taken.getsockname()[1]}"
        config = uvicorn.Config(app, log_level="error", lifespan="off")
        self.server = uvicorn.Server(config)
        self.thread = Thread(target=self.server.run, args=([taken],), daemon=True)
        self.thread.start()
        end = monotonic() + 10
        while not self.server.started and monotonic() < end:
            sleep(0.01)

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)


CONFIG = """\
[site]
title = "Bản tin Cửu Hà"
base_url = "{base}"
contact = "ban@ban.example"
language = "vi"
id_authority = "ban-tin.example,2026"
[gather]
gap = "0s"
allow = ["127.0.0.0/8"]
backlog_after = "9000d"
[[source]]
key = "khoi"
title = "Đảng ủy Khối Cửu Hà"
kind = "feed"
url = "http://127.0.0.1:{port}/tin.atom"
rights = "full"
{more}
"""


def begun(folder: Path, more: str = "") -> Desk:
    portal = Portal()
    port = portal.server.server_port
    text = CONFIG.format(base="https://ban-tin.example", port=port, more=more)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    (folder / "feeds").mkdir()
    return Desk(folder, portal, "https://ban-tin.example")


CORRECTED = replace(FIRST[0], title="Bình Khê khánh thành cầu dài 24 m")
NEW = News(number=0, title="Mới: Thuỷ Nguyên & Hòa Bình")
GONE = FIRST[1]


@dataclass(frozen=True)
class Stage:
    """What is published at a time, and what there is to be read in it, by link."""

    folder: Path
    base: str
    news: dict[str, News]

    def wanted(self, kind: str) -> dict[str, News]:
        return {
            link: replace(one, title=told(one.title, kind))
            for link, one in self.news.items()
        }


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Stage, ...]:
    """The desk after its first news; after a correction and a new one; one gone."""
    enable_socket()  # made before the fixture that opens loopback for each test
    socket_allow_hosts(["127.0.0.0/8"], allow_unix_socket=True)
    folder = tmp_path_factory.mktemp("desk")
    desk = begun(folder)

    def published(name: str) -> Stage:
        desk.renew()
        kept = shutil.copytree(folder / "feeds", folder / name)
        return Stage(kept, desk.base, {one.url: one for one in desk.standing()})

    desk.portal.tell(*FIRST)
    first = published("first")
    desk.portal.tell(CORRECTED, NEW)
    second = published("second")
    desk.portal.deleted.append(GONE.number)
    third = published("third")
    desk.portal.close()
    return first, second, third


@dataclass(frozen=True)
class Shop:
    """A folder that our server serves, and what was answered."""

    folder: Path
    served: Served

    def show(self, stage: Stage) -> None:
        """Serve what was published then."""
        shutil.copytree(stage.folder, self.folder, dirs_exist_ok=True)

    def url(self, kind: str, key: str = "all") -> str:
        return f"{self.served.base}/feeds/{key}.{kind}"


@pytest.fixture
def shop(tmp_path: Path, stages: tuple[Stage, ...]) -> Iterator[Shop]:
    (tmp_path / "feeds").mkdir()
    served = Served(tmp_path / "feeds")
    made = Shop(tmp_path / "feeds", served)
    made.show(stages[0])
    yield made
    served.close()


# ── The readers: what each shows after it has asked ``url`` once more ────────


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An entry as a reader shows it; None: it does not say."""

    title: str
    date: datetime | None
    uid: str | None = None
    author: str | None = None
    content: str | None = None
    enclosure: str | None = None


Told = dict[str, Shown]
"""link → what is shown."""


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def by_feedparser(url: str, _folder: Path) -> Told:
    parsed = feedparser.parse(url, sanitize_html=False)
    assert not parsed.bozo
    return {
        each.link: Shown(
            title=each.title,
            date=moment(timegm(parsed_date))
            if (parsed_date := each.get("published_parsed"))
            else None,
            uid=each.id,
            author=each.get("author"),
            content=each.content[0].value if "content" in each else None,
            enclosure=next((file.href for file in each.enclosures), ""),
        )
        for each in parsed.entries
    }


def by_sfeed(url: str, _folder: Path) -> Told:
    """Its lines: time, title, link, content, type, id, author, enclosure (sfeed(5))."""
    if shutil.which("sfeed") is None:
        pytest.skip("sfeed is not installed")
    status, _headers, document = asked(url)
    assert status == 200
    done = subprocess.run(["sfeed"], input=document, capture_output=True, check=True)  # noqa: S607
    told: Told = {}
    for row in done.stdout.decode().splitlines():
        time, title, link, content, _type, uid, author, file = row.split("\t")[:8]
        told[link] = Shown(
            title=html.unescape(title),
            date=moment(float(time)),
            uid=uid,
            author=author,
            content=content,
            enclosure=file,
        )
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
    rows = connection.execute(
        "SELECT url, title, pubDate, guid, author, content, enclosure_url FROM rss_item"
    )
    told = {
        link: Shown(
            title=title,
            date=moment(float(time)),
            uid=uid,
            author=author,
            content=content,
            enclosure=file,
        )
        for link, title, time, uid, author, content, file in rows
    }
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
            each.link: Shown(
                title=each.title,
                date=each.published,
                uid=each.id,
                author=each.author,
                content=each.content[0].value if each.content else None,
                enclosure=next((file.href for file in each.enclosures), ""),
            )
            for each in reader.get_entries()
        }
        reader.close()
    return told


READERS: dict[str, tuple[Callable[[str, Path], Told], tuple[str, ...]]] = {
    "feedparser": (by_feedparser, ("rss", "atom")),
    "sfeed": (by_sfeed, ("rss", "atom")),
    "newsboat": (by_newsboat, ("rss", "atom")),
    "reader": (by_reader, KINDS),
}
KEEP = ("newsboat", "reader")
"""These keep what they have once had, also when the feed has it no more."""
PAIRS = [(name, kind) for name, (_read, kinds) in READERS.items() for kind in kinds]


def asked(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", parts.path, headers=named)
    answer = connection.getresponse()
    content = answer.read()
    found = {name.lower(): value for name, value in answer.getheaders()}
    connection.close()
    return answer.status, found, content


def agree(told: Told, wanted: dict[str, News]) -> None:
    """Same entries, titles, links and dates; ids are ours, and each its own."""
    assert {link: one.title for link, one in told.items()} == {
        link: one.title for link, one in wanted.items()
    }
    assert {link: one.date for link, one in told.items()} == {
        link: one.published for link, one in wanted.items()
    }
    ids = [one.uid for one in told.values()]
    assert len(set(ids)) == len(ids)
    assert all((uid or "").startswith("tag:ban-tin.example,2026:story/") for uid in ids)


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_a_reader_has_each_story_once_as_it_reads_now(
    shop: Shop, stages: tuple[Stage, ...], tmp_path: Path, name: str, kind: str
) -> None:
    """Titles, links, dates and ids, in a reader that comes back and one that is new."""
    read, _kinds = READERS[name]
    first, second, third = stages
    begun = read(shop.url(kind), tmp_path)
    agree(begun, first.wanted(kind))

    shop.show(second)
    renewed = read(shop.url(kind), tmp_path)
    agree(renewed, second.wanted(kind))
    assert renewed[CORRECTED.url].uid == begun[CORRECTED.url].uid

    shop.show(third)
    assert set(second.news) - set(third.news) == {GONE.url}
    left = second if name in KEEP else third
    agree(read(shop.url(kind), tmp_path), left.wanted(kind))
    (tmp_path / "new").mkdir()
    agree(read(shop.url(kind), tmp_path / "new"), third.wanted(kind))


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_a_title_that_looks_like_markup_is_shown_whole(
    shop: Shop, tmp_path: Path, name: str, kind: str
) -> None:
    """No letter of it is lost, and nothing of it is taken for a tag."""
    items = [
        Item(
            uid=f"u{number}",
            id=f"tag:ban-tin.example,2026:story/u{number}",
            title=title,
            link=f"https://khoi.example/{number}",
            summary=title,
            seen=DAY,
            updated=DAY + timedelta(seconds=number),
            source=Origin(key="khoi", title=title, id="urn:x-tin:khoi", updated=DAY),
        )
        for number, title in enumerate(HOSTILE)
    ]
    site = Site(title="Bản tin", base_url="https://ban-tin.example")
    made = feed_files(Feed(key="thu", title=HOSTILE[0]), items, site=site)
    for path, content in made.items():
        (shop.folder / path).write_bytes(content)
    shown = READERS[name][0](shop.url(kind, "thu"), tmp_path)
    for number, title in enumerate(HOSTILE):
        found = shown[f"https://khoi.example/{number}"].title
        assert _letters(found) == _letters(title)


def _letters(title: str) -> str:
    """What people read: brackets and ampersands in whatever form, no turns."""
    plain = re.sub("[\u202a-\u202e]", "", title)
    return plain.replace("‹", "<").replace("›", ">").replace("＆", "&")


SHOWS: dict[tuple[str, str], str] = {
    ("feedparser", "rss"): "title link date id author content enclosure",
    ("feedparser", "atom"): "title link date id author content enclosure",
    ("sfeed", "rss"): "title link date id author content enclosure",
    ("sfeed", "atom"): "title link date id author content enclosure",
    ("newsboat", "rss"): "title link date id author content enclosure",
    ("newsboat", "atom"): "title link date id author content enclosure",
    ("reader", "rss"): "title link date id author content enclosure",
    ("reader", "atom"): "title link date id author content enclosure",
    ("reader", "json"): "title link date id author content enclosure",
}
"""What each reader shows of our entries; docs/reference.md has it as a table."""


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_a_reader_shows_what_the_table_says(
    shop: Shop, tmp_path: Path, name: str, kind: str
) -> None:
    told = READERS[name][0](shop.url(kind), tmp_path)
    one, file = told[FIRST[0].url], told[FIRST[7].url]
    shown = {"title", "link", "date", "id"}
    shown |= {"author"} if one.author and "Lê Thị Sáu" in one.author else set()
    shown |= {"content"} if one.content and "đường mới" in one.content else set()
    shown |= {"enclosure"} if file.enclosure == FIRST[7].enclosure else set()
    assert shown == set(SHOWS[name, kind].split())


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_poll_costs_nothing_and_a_first_one_is_packed(
    shop: Shop, kind: str
) -> None:
    plain = asked(shop.url(kind))
    packed = asked(shop.url(kind), Accept_Encoding="gzip")
    assert packed[1]["content-encoding"] == "gzip"
    assert decompress(packed[2]) == plain[2]
    again = asked(
        shop.url(kind), Accept_Encoding="gzip", If_None_Match=packed[1]["etag"]
    )
    assert again[0] == 304
    assert again[2] == b""


@pytest.mark.parametrize("kind", KINDS)
def test_a_reader_that_comes_back_is_told_that_nothing_is_new(
    shop: Shop, tmp_path: Path, kind: str
) -> None:
    """reader keeps the ETag; newsboat packs, but asks for all when it runs in batch."""
    first = by_reader(shop.url(kind), tmp_path)
    assert shop.served.answers[-1][2].get("content-encoding") in ("gzip", "br")
    assert by_reader(shop.url(kind), tmp_path) == first
    assert shop.served.answers[-1][1] == 304


def test_what_newsboat_asks_for_is_packed(shop: Shop, tmp_path: Path) -> None:
    by_newsboat(shop.url("rss"), tmp_path)
    assert shop.served.answers[-1][2]["content-encoding"] == "gzip"


@pytest.mark.parametrize("kind", KINDS)
def test_a_reader_that_asks_for_news_only_gets_those(
    shop: Shop, stages: tuple[Stage, ...], kind: str
) -> None:
    """RFC 3229 with feed: 226, and what came or changed since; feedparser reads it."""
    etag = asked(shop.url(kind), A_IM="feed")[1]["etag"]
    shop.show(stages[1])
    status, headers, content = asked(shop.url(kind), A_IM="feed", If_None_Match=etag)
    assert status == 226
    assert headers["im"] == "feed"
    if kind == "json":
        links = {one["url"] for one in json.loads(content)["items"]}
    else:
        parsed = feedparser.parse(content)
        assert not parsed.bozo
        links = {one.link for one in parsed.entries}
    assert links == {NEW.url, CORRECTED.url}
    own = f"{stages[1].base}/feeds/all.{kind}"
    assert lint(content, url=own, now=datetime.now(UTC)) == ()


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a desk has published of 130 stories, five at a time in one feed."""
    enable_socket()
    socket_allow_hosts(["127.0.0.0/8"], allow_unix_socket=True)
    folder = tmp_path_factory.mktemp("long")
    desk = begun(folder, '[[feed]]\nkey = "short"\ntitle = "Ngắn"\nlimit = 5')
    for first in (1, 3, 60):  # as they would come, not all at once
        number = range(first, {1: 3, 3: 60, 60: 131}[first])
        desk.portal.news.clear()
        desk.portal.tell(*(News(number=n, title=f"Tin số {n}") for n in number))
        desk.renew()
    desk.portal.close()
    return folder / "feeds"


@pytest.mark.parametrize("kind", KINDS)
def test_the_archive_leads_back_to_the_first_story(long: Path, kind: str) -> None:
    """Who follows the pages from the current document finds every story."""
    pages = list(followed(long, f"short.{kind}", kind))
    links = {link for page in pages for link in page}
    assert links == {News(number=n, title="").url for n in range(1, 131)}
    assert len(pages) > 2
    assert len(pages[0]) == 5
    older = [link for page in pages[1:] for link in page]
    assert len(set(older)) == len(older)


def followed(folder: Path, path: str, kind: str) -> Iterator[list[str]]:
    """Give the links of each document, from the newest back."""
    start = "https://ban-tin.example/feeds/"
    while path:
        content = (folder / path).read_bytes()
        assert lint(content, url=start + path, now=datetime.now(UTC)) == ()
        if kind == "json":
            feed = json.loads(content)
            yield [one["url"] for one in feed["items"]]
            older = feed.get("next_url", "")
        else:
            parsed = feedparser.parse(content)
            yield [one.link for one in parsed.entries]
            links = parsed.feed.links
            older = next((one.href for one in links if one.rel == "prev-archive"), "")
        path = older.removeprefix(start)


def table() -> str:
    """Write the table of docs/reference.md."""
    columns = ["title", "link", "date", "id", "author", "content", "enclosure"]
    rows = [
        f"| {name} | {kind} | "
        + " | ".join("yes" if one in shows.split() else "–" for one in columns)
        + " |"
        for (name, kind), shows in SHOWS.items()
    ]
    head = f"| reader | format | {' | '.join(columns)} |"
    return "\n".join([head, "|" + " --- |" * (len(columns) + 2), *rows])


def test_the_reference_has_the_table() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "reference.md").read_text()
    if "| reader | format |" not in text:
        pytest.skip("docs/reference.md has no table of readers yet")
    assert table() in text
