"""Whatever comes, is corrected and goes: what is published holds together.

Hypothesis makes up the weeks of a desk: hostile entries come, are corrected, are taken
back, come again, time passes, settings change; after each publishing everything that a
reader could see is read and compared with what was told.
"""

from __future__ import annotations

import asyncio
import html
import json
import random
import re
import shutil
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import feedparser
import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from syndicate.categorise.rules import Rules
from syndicate.gather.limits import Pace
from syndicate.model import Category, Feed, FeedOrder, Rights, Scoring, Site, Source
from syndicate.model import SourceKind as Kind
from syndicate.pipeline.filing import Filing
from syndicate.pipeline.gathering import gather
from syndicate.pipeline.jobs import Setup
from syndicate.pipeline.parsing import Here
from syndicate.pipeline.publishing import Publishing, publish
from syndicate.pipeline.visiting import Gathering
from syndicate.ports import Request, Response
from syndicate.publish.lint import lint
from syndicate.publish.media_types import media_type
from syndicate.store import Database
from syndicate.templating import templates

DATA = Path(__file__).resolve().parents[1] / "data" / "publish"
START = datetime(2026, 10, 14, 3, tzinfo=UTC)
BASE = "https://ban-tin.example"
A = "{http://www.w3.org/2005/Atom}"
GRAVE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
CATEGORIES = (Category(slug="cau", title="Cầu & <đường>", strong=("cây cầu",)),)
FEEDS = (
    Feed(key="short", title="Ngắn <b>", limit=3),
    Feed(key="dated", title="Theo ngày", limit=2, order=FeedOrder.PUBLISHED),
    Feed(key="bare", title="Chỉ tít", rights=Rights.LINK, sources=("khoi",)),
)

# ── What portals say ─────────────────────────────────────────────────────────

LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe")
TITLES = st.one_of(
    st.text(LETTERS, max_size=30),
    st.sampled_from(
        [
            "",
            "<script>alert(1)</script>",
            "R & D và A < B, <b>đậm</b> &amp; &lt;i&gt; &copy;",
            "]]> <!-- x --> <?pi?>",
            "Đa\u0309ng uy\u0309 Khô\u0301i, hoà giải hòa bình",
            "\u202eđảo ngược\u2066 שלום مرحبا",
            "👩‍👩‍👧‍👦🎉 " + "dài " * 80,
            "\u0338 onmouseover=alert(1)",
        ]
    ),
)
BODIES = st.one_of(
    st.text(LETTERS, max_size=60).map(html.escape),
    st.sampled_from(
        [
            "",
            "<p>một<p>hai<b>ba</p></b><a href='/x'>bốn<a href='//b.example/y'>năm</a>",
            "<table>lạc<tr><td>ô</table></p></div>",
            "<p onclick=x style='position:fixed'>a</p><script>b</script><svg><a>c</a>",
            "<p><object><p>lồng</p></object></p><img src=a.png><img src='data:x'>",
            "<ul><li>a<li>b<h2><h3>c</h2></ul>&nbsp;&copy &#0; &#xD800; &foo;",
            "<math><mi>x</mi></math><iframe src=https://a.example></iframe><video>",
        ]
    ),
)
HOSTS = st.sampled_from(["khoi.example", "KHOI.example", "đảng.example"])


@dataclass(frozen=True, kw_only=True)
class News:
    """An entry of a source: its number names it, and makes its text its own."""

    number: int
    title: str
    body: str
    host: str
    minutes: int
    version: int = 0
    told_at: datetime = START

    @property
    def words(self) -> str:
        """Words that no other entry has: no story is told twice."""
        return " ".join(random.Random(self.number).choices(_SYLLABLES, k=60))  # noqa: S311 -- no secret

    def entry(self, at: datetime) -> str:
        published = self.told_at - timedelta(minutes=self.minutes)
        said = f"<p>{self.words} lần {self.version}</p>{self.body}"
        return (
            f"<entry><id>urn:x-tin:{self.number}</id>"
            f"<title type='text'>{escape(_xml(self.title))} số {self.number}</title>"
            f"<link href={quoteattr(f'https://{self.host}/tin/{self.number}?a=1&b=đ')}/>"
            f"<author><name>{escape(_xml(self.title[:20]))} Sáu</name></author>"
            f"<published>{published.isoformat()}</published>"
            f"<updated>{at.isoformat()}</updated>"
            f"<content type='html'>{escape(_xml(said))}</content></entry>"
        )


_SYLLABLES = tuple(
    first + rest
    for first in ("b", "ch", "đ", "g", "kh", "l", "m", "ng", "ph", "qu", "th", "tr")
    for rest in ("à", "ẻo", "ịnh", "ong", "ươi", "uyện", "ấp", "ênh", "ứt", "ão")
)


def _xml(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


NEWS = st.builds(
    News,
    number=st.just(0),
    title=TITLES,
    body=BODIES,
    host=HOSTS,
    minutes=st.integers(0, 40_000),
)
STEPS = st.one_of(
    st.tuples(st.just("come"), st.lists(NEWS, min_size=1, max_size=7)),
    st.tuples(st.just("correct"), st.tuples(st.integers(0, 50), TITLES, BODIES)),
    st.tuples(st.just("gone"), st.lists(st.integers(0, 50), min_size=1, max_size=3)),
    st.tuples(st.just("back"), st.integers(0, 50)),
    st.tuples(st.just("wait"), st.integers(1, 40)),
    st.tuples(st.just("settings"), st.sampled_from(["title", "rights", "limit"])),
)

SITE = Site(
    title="Bàn tin",
    base_url=BASE,
    contact="ban@ban-tin.example",
    id_authority="ban-tin.example,2026",
)

# ── The desk ─────────────────────────────────────────────────────────────────


@dataclass
class Desk:
    """Two sources, a store, a clock, and what the sources say now."""

    database: Database
    folder: Path
    now: datetime = START
    told: dict[int, tuple[News, datetime]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    site: Site = SITE
    feeds: tuple[Feed, ...] = FEEDS
    sources: dict[str, Source] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, rights in (("khoi", Rights.FULL), ("bao", Rights.EXTRACT)):
            self.sources[key] = Source(
                key=key,
                title=f"Nguồn {key} <&>",
                kind=Kind.FEED,
                url=f"https://{key}.example:443/rss?a=1",
                rights=rights,
            )

    async def fetch(self, request: Request) -> Response:
        """Answer as the source does: even numbers are the first one's."""
        first, at = "khoi" in request.url, self.now.isoformat()
        entries = "".join(
            news.entry(changed)
            for number, (news, changed) in self.told.items()
            if number not in self.gone and (number % 2 == 0) == first
        )
        graves = "".join(
            f'<at:deleted-entry ref="urn:x-tin:{number}" when="{at}"/>'
            for number in self.gone
            if (number % 2 == 0) == first
        )
        document = (
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi" xmlns:at='
            '"http://purl.org/atompub/tombstones/1.0"><id>urn:x-tin:all</id>'
            f"<title>Tin</title><updated>{at}</updated>"
            f"{graves}{entries}</feed>"
        )
        headers = {"content-type": "application/atom+xml"}
        body = document.encode()
        return Response(url=request.url, status=200, headers=headers, body=body)

    def gather(self) -> None:
        self.now += timedelta(hours=2)
        rules = Rules(CATEGORIES, Scoring())
        work = Gathering(
            database=self.database,
            fetcher=self,
            reader=Here(Setup(), rules),
            desk=Filing(
                sources=self.sources, rules=rules, backlog_after=timedelta(days=9000)
            ),
            recheck=timedelta(0),
            clock=lambda: self.now,
            pace=Pace(),
        )
        for visit in asyncio.run(gather(work, list(self.sources.values()))):
            assert visit.error == "", visit

    def publishing(self) -> Publishing:
        return Publishing(
            database=self.database,
            site=self.site,
            sources=self.sources,
            categories=CATEGORIES,
            feeds=self.feeds,
            templates=templates(language="vi", zone="Asia/Ho_Chi_Minh"),
            folder=self.folder,
        )

    def publish(self) -> tuple[str, ...]:
        written = publish(self.publishing(), self.now)
        assert not written.failed
        return tuple(written.changed)

    def take(self, step: tuple[str, Any]) -> None:
        """Let happen what Hypothesis made up."""
        what, how = step
        known = sorted(self.told)
        if what == "come":
            for news in how:
                number = len(self.told) + 1
                self.told[number] = (
                    replace(news, number=number, told_at=self.now),
                    self.now,
                )
        elif what == "correct" and known:
            number = known[how[0] % len(known)]
            news, _at = self.told[number]
            version = news.version + 1
            changed = replace(news, title=how[1], body=how[2], version=version)
            self.told[number] = (changed, self.now)
        elif what == "gone" and known:
            self.gone |= {known[index % len(known)] for index in how}
        elif what == "back" and self.gone:
            self.gone.discard(sorted(self.gone)[how % len(self.gone)])
        elif what == "wait":
            self.now += timedelta(days=how)
        elif what == "settings":
            self.change(how)

    def change(self, what: str) -> None:
        if what == "title":
            self.site = replace(self.site, title=self.site.title + "!")
        elif what == "rights":
            source = self.sources["bao"]
            rights = Rights.LINK if source.rights is Rights.FULL else Rights.FULL
            self.sources["bao"] = replace(source, rights=rights)
        else:
            first, *rest = self.feeds
            self.feeds = (replace(first, limit=first.limit % 5 + 2), *rest)


# ── What readers see ─────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Seen:
    """An entry as it stands in one format."""

    uid: str
    title: str
    link: str
    published: float


class Judge:
    """Reads what was published, and remembers what must not change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.grammar = etree.RelaxNG(etree.parse(str(DATA / "atom.rng")))
        schema = json.loads((DATA / "jsonfeed.schema.json").read_text())
        self.schema = jsonschema.Draft202012Validator(schema)
        self.uids: dict[str, str] = {}
        self.pages: dict[str, set[str]] = {}
        self.order: dict[str, list[str]] = {}

    def look(self, desk: Desk) -> None:
        keys = ["all", "category/cau", "source/khoi", "source/bao"]
        for key in [*keys, *(feed.key for feed in desk.feeds)]:
            self.feed(key)
        self.everything(desk)
        for path in sorted(self.folder.rglob("*.opml")):
            assert lint(path.read_bytes()) == ()

    def feed(self, key: str) -> None:
        entries = {kind: self.document(f"{key}.{kind}", kind) for kind in KINDS}
        ids = [[one.uid for one in told] for told in entries.values()]
        assert ids[0] == ids[1] == ids[2]
        for rss, atom, plain in zip(*entries.values(), strict=True):
            assert rss.link == atom.link == plain.link
            assert rss.published == atom.published == plain.published
            assert atom.title in (plain.title, rss.title)
            assert _read(rss.title) == _read(plain.title)
            assert self.uids.setdefault(plain.link, plain.uid) == plain.uid
        graves = self.graves(f"{key}.atom")
        assert not graves & set(ids[0])
        known = self.order.get(key, [])
        assert _common(known, ids[0]) == _common(ids[0], known)
        self.order[key] = ids[0]
        self.archive(key, set(ids[0]), graves)

    def archive(self, key: str, current: set[str], graves: set[str]) -> None:
        """Pages keep what they hold; nothing stands on two of them."""
        seen: set[str] = set()
        for path in sorted((self.folder / "archive" / key).glob("*.atom")):
            name = path.relative_to(self.folder).as_posix()
            held = {one.uid for one in self.document(name, "atom")}
            for kind in ("rss", "json"):
                other = name.removesuffix("atom") + kind
                assert {one.uid for one in self.document(other, kind)} == held
            assert not held & seen
            seen |= held
            self.pages[name] = self.pages.get(name, set()) | held

    def everything(self, desk: Desk) -> None:
        """What is there now is in the current document or on a page, and once."""
        for key in ("all", "short"):
            pages = (self.folder / "archive" / key).glob("*.json")
            documents = [self.folder / f"{key}.json", *pages]
            found = {
                one["url"]
                for path in documents
                for one in json.loads(path.read_bytes())["items"]
            }
            numbers = {int(re.search(r"/tin/(\d+)", url)[1]) for url in found}  # type: ignore[index]  # every url of ours has one
            assert numbers == set(desk.told) - desk.gone

    def document(self, name: str, kind: str) -> list[Seen]:
        content = (self.folder / name).read_bytes()
        url = f"{BASE}/feeds/{name}"
        found = lint(content, url=url, content_type=media_type(name) or "")
        assert found == (), (name, found[:3])
        if kind == "json":
            feed = json.loads(content)
            assert not list(self.schema.iter_errors(feed))
            return [_of_json(one) for one in feed["items"]]
        if kind == "atom":
            valid = self.grammar.validate(etree.fromstring(content))
            assert valid, self.grammar.error_log
        parsed = feedparser.parse(content, sanitize_html=False)
        assert not parsed.bozo
        return [
            Seen(one.id, one.title, one.link, timegm(one.published_parsed))
            for one in parsed.entries
        ]

    def graves(self, name: str) -> set[str]:
        root = etree.fromstring((self.folder / name).read_bytes())
        return {str(one.get("ref")) for one in root.iter(GRAVE)}


KINDS = ("rss", "atom", "json")


def _of_json(one: dict[str, Any]) -> Seen:
    published = datetime.fromisoformat(one["date_published"]).timestamp()
    return Seen(one["id"], one["title"], one["url"], int(published))


def _read(title: str) -> str:
    """A title as a person reads it, whatever stands for its angle brackets."""
    return re.sub("[<>‹›&＆]", "·", title)


def _common(some: list[str], others: list[str]) -> list[str]:
    return [one for one in some if one in others]


@pytest.fixture(scope="module")
def blank(tmp_path_factory) -> Path:
    """An empty store, made once: its schema costs more than the tests."""
    path = tmp_path_factory.mktemp("blank") / "desk.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Path]:
    """One folder for each example."""
    return (tmp_path / str(number) for number in range(10_000))


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=9))
def test_whatever_happens_all_that_is_published_holds_together(blank, places, steps):
    folder = next(places)
    folder.mkdir()
    shutil.copy(blank, folder / "desk.db")
    with Database.open(f"sqlite:///{folder}/desk.db") as database:
        desk = Desk(database, folder / "feeds")
        judge = Judge(desk.folder)
        desk.take(("come", [FIRST]))
        for step in steps:
            desk.take(step)
            desk.gather()
            desk.publish()
            judge.look(desk)
            assert desk.publish() == ()  # nothing happened since


FIRST = News(
    number=0, title="Khánh thành cây cầu", body="", host="a.example", minutes=1
)


def test_a_correction_moves_updated_and_nothing_else_of_the_entry(blank, places):
    folder = next(places)
    folder.mkdir()
    shutil.copy(blank, folder / "desk.db")
    with Database.open(f"sqlite:///{folder}/desk.db") as database:
        desk = Desk(database, folder / "feeds")
        desk.take(("come", [FIRST, FIRST, FIRST]))
        desk.gather()
        desk.publish()
        before = _entries(desk.folder / "all.atom")
        desk.take(("correct", (0, "Khánh thành hai cây cầu", "")))
        desk.gather()
        changed = desk.publish()
        after = _entries(desk.folder / "all.atom")
    assert list(before) == list(after)
    moved = [uid for uid in before if before[uid] != after[uid]]
    assert len(moved) == 1
    (updated, published, link), now = before[moved[0]], after[moved[0]]
    assert updated < now[0]
    assert (published, link) == now[1:]
    assert "source/khoi.atom" not in changed  # number 1 is the other source's


def _entries(path: Path) -> dict[str, tuple[str, str, str]]:
    root = etree.parse(str(path)).getroot()
    return {
        entry.findtext(f"{A}id", ""): (
            entry.findtext(f"{A}updated", ""),
            entry.findtext(f"{A}published", ""),
            str(entry.find(f"{A}link").get("href")),  # type: ignore[union-attr]  # each has one
        )
        for entry in root.iter(f"{A}entry")
    }
