"""What must not be told is nowhere: not in a file, and not in an answer.

Each text that must not be passed on holds a word of its own, which no language has. A
desk publishes, and every byte that leaves it is searched for these words: the files and
their packed twins, what the web answers, what partners of all rights take, page after
page, what a search finds, and what is pushed and mirrored, which are those files.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from html import escape
from urllib.parse import quote, unquote

import pytest
from sqlalchemy import update

from syndicate.model import Feed, FeedFormat, Rights
from syndicate.pipeline import ruling
from syndicate.pipeline.finding import Searching
from syndicate.pipeline.narrowing import Named
from syndicate.pipeline.partners.partnerfeeds import PartnerFeeds
from syndicate.pipeline.partners.partnering import Counts, Wish, enrol
from syndicate.pipeline.partners.partnerparts import rendered_parts
from syndicate.pipeline.publishing import every_feed, publish
from syndicate.pipeline.ruling import Editor
from syndicate.store import entries, partners
from syndicate.store import schema as tables
from syndicate.web.app import WebDesk, build
from syndicate.web.documents import Documents
from syndicate.web.partners import PartnerDoor
from syndicate.web.search import SearchDoor

PARTS = (
    "title link guid lead body author topic file picture caption number".split()  # noqa: SIM905
)
"""What an article has; each holds a word that tells which article and which part."""
LINK_MAY_NOT = ("lead", "body", "file", "picture", "caption")
EXTRACT_MAY_NOT = ("body", "picture", "caption")


def mark(name: str, part: str) -> str:
    """A word that nobody says: ``qzkinvvlead``; of a document, in its number."""
    return f"qz{name}vv{part}"


class World:
    """A desk of sources with different rights, and all that it lets out."""

    def __init__(self, desk, words) -> None:
        self.desk = desk
        self.words = words
        self.given = {
            "feeds": (Feed(key="rieng", title="Riêng", phrases=("xã",), limit=3),)
        }
        self.count = 0

    def tell(self, source: str, name: str, n: int, **given: object) -> None:
        """Have ``source`` tell the nth article, with a word in each of its parts."""
        if source not in self.desk.sources:
            self.desk.add(source, **given)
        host = f"https://{source}.example"
        self.count += 1
        title, body = self.words.article(n)
        m = {part: mark(name, part) for part in PARTS}
        number = f"{4000 + self.count}/QĐ-{m['number'].upper()}"
        html = (
            f"<p>{escape(body)} {m['body']}. Theo Quyết định số {number}.</p>"
            f"<p>Đoạn hai nói thêm {m['body']} cho rõ.</p>"
            f'<img src="{host}/{m["picture"]}.jpg" alt="{m["caption"]}">'
        )
        at = format_datetime(self.desk.clock.now - timedelta(hours=2))
        item = (
            "<item>"
            f"<title>{title} {m['title']}</title>"
            f"<link>{host}/{m['link']}-{n}.html</link>"
            f"<guid isPermaLink='false'>{m['guid']}</guid><pubDate>{at}</pubDate>"
            f"<description>{escape(body)} {m['lead']}.</description>"
            f"<author>a@b.example ({m['author']})</author>"
            f"<category>{m['topic']}</category>"
            f'<enclosure url="{host}/{m["file"]}.mp3" type="audio/mpeg" length="9"/>'
            f'<media:content url="{host}/{m["picture"]}.jpg" medium="image">'
            f"<media:description>{m['caption']}</media:description></media:content>"
            f"<content:encoded>{escape(html)}</content:encoded></item>"
        )
        self.desk.web.pages[self.desk.sources[source].url] = (
            '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>T</title><link>{host}/</link><description>T</description>"
            f"{item}</channel></rss>"
        ).encode()
        visit = self.desk.visit(source)
        assert visit.error == ""
        assert sum(visit.outcomes.values()) == 1
        self.desk.clock.advance(minutes=7)

    def id_of(self, name: str) -> int:
        (found,) = (
            one.id
            for one in self.desk.entries()
            if mark(name, "guid") in one.entry.guid
        )
        return found

    def uid_of(self, name: str) -> str:
        (found,) = (
            one.uid
            for one in self.desk.stories()
            if any(mark(name, "guid") in told.entry.guid for told in one.entries)
        )
        return found

    def release(self, **given: object) -> None:
        done = publish(self.work(**given), self.desk.clock.now)
        assert done.failed == ()

    def work(self, **given: object):
        return self.desk.publishing(**self.given | given)

    # ── All that leaves ──

    def out(self, **given: object) -> Iterator[tuple[str, bytes]]:
        """Every file, every answer."""
        yield from self.files()
        yield from self.answers(**given)

    def files(self) -> Iterator[tuple[str, bytes]]:
        folder = self.desk.folder / "feeds"
        for path in folder.rglob("*"):
            name = path.relative_to(folder).as_posix()
            yield f"name of {name}", name.encode()
            if path.is_file():
                content = path.read_bytes()
                packed = path.suffix == ".gz"
                yield name, gzip.decompress(content) if packed else content

    def answers(self, **given: object) -> Iterator[tuple[str, bytes]]:
        work, clock = self.work(**given), self.desk.clock
        feeds = PartnerFeeds(
            self.desk.database,
            site=work.site,
            feeds=every_feed(work),
            parts=rendered_parts(work, clock),
            clock=clock,
        )
        named = Named(
            sources=self.desk.sources,
            categories=work.categories,
            zone="Asia/Ho_Chi_Minh",
        )
        web = WebDesk(
            database=self.desk.database,
            documents=Documents(work.folder, base_url=work.site.base_url),
            digests=(),
            mailing=None,
            secret="a secret of at least thirty-two letters",
            site=work.site,
            templates=work.templates,
            standing=lambda: None,
            clock=clock,
            partners=PartnerDoor(
                feeds=feeds, counts=Counts(self.desk.database), clock=clock
            ),
            search=SearchDoor(
                searching=Searching(
                    database=self.desk.database, named=named, clock=clock
                ),
                site=work.site,
                templates=work.templates,
                rights=work.rights,
            ),
        )
        app = build(web)
        for path in self.paths(work):
            yield path, call(app, path)
        for token, ending in self.tokens(every_feed(work)):
            yield from turned(app, token, ending)

    def paths(self, work) -> Iterator[str]:
        for path in sorted(work.folder.rglob("*")):
            if path.is_file():
                yield f"/feeds/{quote(path.relative_to(work.folder).as_posix())}"
        told = [mark(name, part) for name in self.names() for part in PARTS]
        places = [*self.words.article(1)[0].split(), "qz*", "QĐ", *self.desk.sources]
        for q in [*told, *places]:
            # What was asked for is said again on the page: only what is found counts.
            yield f"/search?q={quote(q)}"

    def names(self) -> list[str]:
        return [
            one.entry.guid.removeprefix("qz").partition("vv")[0]
            for one in self.desk.entries()
        ]

    def tokens(self, feeds) -> Iterator[tuple[str, str]]:
        keys = ("all", *(feed.key for feed in feeds if feed.key != "all"))
        for form in FeedFormat:
            for rights in Rights:
                name = f"p{len(self.desk.ask(partners.every))}"
                wish = Wish(feeds=keys, rights=rights, format=form, items=2)
                _, token = enrol(self.desk.database, name, wish, self.desk.clock.now)
                yield token, form.value


def call(app, path: str) -> bytes:
    """Ask as a browser does; gives status, headers and body in one."""
    plain, _, query = path.partition("?")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 1),
        "path": unquote(plain),
        "raw_path": plain.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"x")],
    }
    said = bytearray()

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        said.extend(str(message.get("status", "")).encode())
        said.extend(b"".join(b"%b: %b\n" % one for one in message.get("headers", ())))
        said.extend(message.get("body", b""))

    asyncio.run(app(scope, receive, send))
    if plain == "/search":
        # The field shows the question itself.
        return bytes(said).replace(unquote(query[2:]).encode(), b"", 3) if said else b""
    return bytes(said)


def turned(app, token: str, ending: str) -> Iterator[tuple[str, bytes]]:
    """A partner's feed, page after page."""
    path, before = f"/partner/{token}/feed.{ending}", ""
    for _page in range(30):
        said = call(app, path + (f"?before={before}" if before else ""))
        assert said.startswith(b"200"), said[:300]
        yield f"partner {ending} {before}", said
        older = said.partition(b"<?before=")[2].partition(b">")[0].decode()
        if not older:
            return
        before = older


@pytest.fixture
def world(desk, words):
    return World(desk, words)


def found(world, *marks: str, **given: object) -> dict[str, list[str]]:
    """Return which marks stand where."""
    leaks: dict[str, list[str]] = {}
    for place, content in world.out(**given):
        low = content.lower()
        for each in marks:
            if each.encode() in low:
                leaks.setdefault(each, []).append(place)
    return leaks


def marks(name: str, parts=PARTS) -> list[str]:
    return [mark(name, part) for part in parts]


def without_shelf(there: dict[str, list[str]]) -> dict[str, list[str]]:
    """Leave out feeds of documents that nobody cites any more.

    Who follows such a feed keeps it, empty; the number of an official document is
    nobody's text. No list and no sitemap names it.
    """
    kept = {
        each: [place for place in places if "document/" not in place]
        for each, places in there.items()
    }
    return {each: places for each, places in kept.items() if places}


def everything(world) -> None:
    """A desk with some stories that may be told, and their neighbours."""
    world.tell("mo", "mot", 0, rights=Rights.FULL)
    world.tell("mo", "hai", 1)
    world.tell("mo", "ba", 2)


def test_the_search_for_marks_finds_what_may_be_told(world):
    """Else the other tests could not fail."""
    everything(world)
    world.release()
    there = found(world, *marks("mot"))
    for part in (
        "title",
        "link",
        "lead",
        "body",
        "author",
        "file",
        "picture",
        "number",
    ):
        assert len(there.get(mark("mot", part), ())) >= 8, part


def test_of_a_story_under_embargo_there_is_no_trace(world):
    everything(world)
    world.tell("sau", "kin", 3, rights=Rights.FULL, embargo=timedelta(days=3))
    uid = world.uid_of("kin")
    world.release()
    assert found(world, *marks("kin"), uid) == {}
    # The day and the topic that it alone would have are not there either.
    world.desk.clock.advance(days=4)
    world.release()
    assert found(world, *marks("kin"), uid)


def test_of_a_teller_under_embargo_there_is_no_trace(world):
    everything(world)
    world.tell("sau", "kin", 0, rights=Rights.FULL, embargo=timedelta(days=3))
    assert world.uid_of("kin") == world.uid_of("mot")
    world.release()
    assert found(world, *marks("kin")) == {}


def test_of_a_source_that_gives_a_link_nothing_else_is_passed_on(world):
    everything(world)
    world.tell("lien", "chi", 3, rights=Rights.LINK)
    world.release()
    there = found(world, *marks("chi", LINK_MAY_NOT))
    assert there == {}
    assert found(world, mark("chi", "title"))


def test_of_another_teller_that_gives_a_link_nothing_else_is_passed_on(world):
    everything(world)
    world.tell("lien", "chi", 0, rights=Rights.LINK)
    assert world.uid_of("chi") == world.uid_of("mot")
    world.release()
    assert found(world, *marks("chi", LINK_MAY_NOT)) == {}


@pytest.mark.parametrize("n", [3, 0], ids=["alone", "another teller"])
def test_a_text_without_a_title_is_not_told_by_a_title_made_of_it(world, n):
    everything(world)
    world.tell("lien", "chi", n, rights=Rights.LINK)
    with world.desk.database.write() as connection:
        which = tables.entries.c.id == world.id_of("chi")
        connection.execute(update(tables.entries).where(which).values(title=""))
    world.release()
    assert found(world, *marks("chi", ("title", *LINK_MAY_NOT))) == {}
    assert found(world, mark("chi", "link"))


def test_of_an_extract_the_text_is_not_passed_on(world):
    everything(world)
    world.tell("trich", "doan", 3, rights=Rights.EXTRACT)
    world.release()
    assert found(world, *marks("doan", EXTRACT_MAY_NOT)) == {}
    assert found(world, mark("doan", "lead"))


def test_the_ceiling_of_the_desk_holds_for_every_page(world):
    everything(world)
    world.release(rights=Rights.LINK)
    there = found(world, *marks("mot", LINK_MAY_NOT), rights=Rights.LINK)
    elsewhere = {
        place
        for places in there.values()
        for place in places
        if not place.startswith("partner ")  # granted to each by name
    }
    assert elsewhere == set()


def test_of_a_story_that_was_withdrawn_its_number_alone_is_left(world):
    everything(world)
    world.tell("kho", "bo", 3, rights=Rights.FULL)
    uid = world.uid_of("bo")
    world.release()
    assert found(world, mark("bo", "body"))
    with world.desk.database.write() as connection:
        entries.withdraw(connection, world.id_of("bo"), world.desk.clock.now)
    world.desk.clock.advance(minutes=1)
    world.release()
    assert without_shelf(found(world, *marks("bo"))) == {}
    places = found(world, uid)[uid]
    page = f"story/{uid}.html"
    assert {
        place
        for place in places
        if page not in place
        and not place.removesuffix(".gz").endswith(".atom")
        and not place.startswith("partner atom")
    } == set()


def test_of_a_teller_that_was_withdrawn_nothing_is_left(world):
    everything(world)
    world.tell("kho", "bo", 0, rights=Rights.FULL)
    assert world.uid_of("bo") == world.uid_of("mot")
    world.release()
    assert found(world, mark("bo", "link"))
    with world.desk.database.write() as connection:
        entries.withdraw(connection, world.id_of("bo"), world.desk.clock.now)
    world.release()
    assert without_shelf(found(world, *marks("bo"))) == {}


def test_of_a_story_that_was_merged_the_text_is_no_longer_there(world):
    everything(world)
    world.tell("kho", "gop", 3, rights=Rights.FULL)
    uid, kept = world.uid_of("gop"), world.uid_of("mot")
    world.release()
    editor = Editor(now=world.desk.clock.now)
    filing = world.desk.work().desk
    ruling.merge(world.desk.database, filing, [uid], editor, into=kept)
    world.desk.clock.advance(minutes=1)
    world.release()
    assert world.uid_of("gop") == kept
    there = found(world, *marks("gop", LINK_MAY_NOT))
    assert {place for some in there.values() for place in some} == set()
    assert found(world, mark("gop", "title"))
    page = (world.desk.folder / "feeds" / f"story/{uid}.html").read_text()
    assert 'data-status="301"' in page
    assert "qz" not in page


def test_a_source_that_takes_rights_back_takes_back_what_is_published(world):
    everything(world)
    world.tell("doi", "cu", 3, rights=Rights.FULL)
    world.release()
    assert found(world, mark("cu", "body"))
    world.desk.add("doi", rights=Rights.LINK)
    world.desk.clock.advance(minutes=1)
    world.release()
    assert found(world, *marks("cu", LINK_MAY_NOT)) == {}


def test_an_embargo_that_comes_later_takes_back_what_is_published(world):
    everything(world)
    world.tell("doi", "cu", 3, rights=Rights.FULL)
    uid = world.uid_of("cu")
    world.release()
    world.desk.add("doi", rights=Rights.FULL, embargo=timedelta(days=3))
    world.desk.clock.advance(minutes=1)
    world.release()
    assert without_shelf(found(world, *marks("cu"), uid)) == {}
