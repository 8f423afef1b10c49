"""Pages for readers and members: they say what is so, and GET changes nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from syndicate.digest.choosing.windows import window
from syndicate.model import (
    Dated,
    DateOrigin,
    Digest,
    Issue,
    IssueItem,
    IssueSection,
    IssueState,
    Member,
    Precision,
    Site,
    Source,
    SourceKind,
    SourceState,
)
from syndicate.pipeline.mailing.copies import Mailing, sealed
from syndicate.pipeline.standing import standing
from syndicate.store import Database, issues, sources
from syndicate.templating import templates
from syndicate.web.app import WebDesk, build
from syndicate.web.documents import Documents

NOW = datetime(2026, 10, 18, 23, 1, tzinfo=UTC)
SECRET = "a secret of at least thirty-two letters"
AN, BA = Member(address="an@vd.example"), Member(address="ba@vd.example")
DIGEST = Digest(key="tuan", title="Bản tin <tuần>", audience=(AN, BA))
SITE = Site(
    title="Bàn tin",
    base_url="https://ban-tin.example",
    contact="ban@ban-tin.example",
    id_authority="ban-tin.example,2026",
)
TIN = Source(
    key="tin", title="Tin", kind=SourceKind.FEED, url="https://tin.example/rss"
)


def issue(number: int, at: datetime = NOW) -> Issue:
    start, end = window(DIGEST, at)
    item = IssueItem(
        story=number,
        uid=f"u{number}",
        title=f"Xã Tân Lộc khánh thành cầu thứ {number}",
        url=f"https://tin.example/{number}.html",
        summary="Cầu dài 42 m, bắc qua rạch.",
        source="Tin",
        language="vi",
        published=Dated(
            value=end - timedelta(days=2),
            precision=Precision.MINUTE,
            origin=DateOrigin.FEED,
            raw="",
        ),
    )
    section = IssueSection(title="Nông thôn", items=(item,))
    return Issue(
        digest="tuan", number=number, start=start, end=end, sections=(section,)
    )


class Desk:
    """A desk with one digest, its store, and the application over them."""

    def __init__(self, database: Database, folder, caller) -> None:
        self.database = database
        self.mailing = Mailing(
            database=database,
            site=SITE,
            sources={},
            categories={},
            templates=lambda _digest: templates(language="vi", zone=DIGEST.timezone),
            sender="Bàn tin <ban@ban-tin.example>",
            bounce_domain="",
            secret=SECRET,
        )
        self.web_desk = WebDesk(
            database=database,
            documents=Documents(folder),
            digests=(DIGEST,),
            mailing=self.mailing,
            secret=SECRET,
            site=SITE,
            templates=templates(language="vi", zone=DIGEST.timezone),
            standing=lambda: standing(database, [TIN], [DIGEST], NOW),
            clock=lambda: NOW,
        )
        self.call = caller(build(self.web_desk))

    def keep(self, number: int, state: IssueState, at: datetime = NOW):
        made = issue(number, at)
        sha256 = sealed(self.mailing, DIGEST, made)
        with self.database.write() as connection:
            issues.create(connection, made, state=state, sha256=sha256, now=at)
            return issues.find(connection, "tuan", made.start)

    def visited(self, at: datetime, every: timedelta = timedelta(hours=1)) -> None:
        state = SourceState(source="tin", visited_at=at, due_at=at + every)
        with self.database.write() as connection:
            sources.save(connection, state)


@pytest.fixture(scope="session")
def blank(tmp_path_factory) -> Path:
    """An empty store, made once: its schema costs more than most tests."""
    path = tmp_path_factory.mktemp("blank") / "desk.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def desk(tmp_path, caller, blank):
    shutil.copy(blank, tmp_path / "desk.db")
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "index.html").write_text("<h1>Tin</h1>")
    with Database.open(f"sqlite:///{tmp_path}/desk.db") as database:
        yield Desk(database, tmp_path / "feeds", caller)


class Outline(HTMLParser):
    """What every page must have."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lang, self.title, self.h1, self.scripts = "", "", 0, 0
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self._inside = tag
        self.lang = dict(attrs).get("lang", "") if tag == "html" else self.lang
        self.h1 += tag == "h1"
        self.scripts += tag == "script"

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside == "title":
            self.title += data.strip()


# ── Issues ──


def test_an_issue_can_be_read_on_the_web(desk):
    desk.keep(1, IssueState.SENT)
    answer = desk.call.get("/issues/tuan/1")
    assert answer.status == 200
    assert "Xã Tân Lộc khánh thành cầu thứ 1" in answer.text
    assert "unsubscribe" not in answer.text


def test_the_archive_lists_what_went_out_newest_first(desk):
    for number in (1, 2, 3):
        at = NOW - timedelta(days=7 * (3 - number))
        desk.keep(number, IssueState.SENT, at)
    text = desk.call.get("/issues").text
    places = [text.index(f"/issues/tuan/{number}") for number in (3, 2, 1)]
    assert places == sorted(places)


@pytest.mark.parametrize("state", [IssueState.DRAFT, IssueState.SKIPPED])
def test_what_did_not_go_out_is_not_shown(desk, state):
    desk.keep(1, state)
    assert "/issues/tuan/1" not in desk.call.get("/issues").text
    assert desk.call.get("/issues/tuan/1").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/issues/tuan/2",
        "/issues/tuan/0",
        "/issues/tuan/-1",
        "/issues/tuan/x",
        "/issues/tuan/1e3",
        "/issues/tuan/%D9%A1",
        "/issues/tuan/99999999999999999999",
        "/issues/tuan/" + "9" * 5000,
        "/issues/khac/1",
        "/nowhere",
        "/issues/tuan/1/2",
    ],
)
def test_what_is_not_there_is_404_in_words(desk, path):
    desk.keep(1, IssueState.SENT)
    answer = desk.call.get(path)
    assert answer.status == 404
    assert desk.call.raised is None
    assert "Không" in answer.text


def test_a_desk_without_a_digest_has_no_issue(desk, caller):
    call = caller(build(replace(desk.web_desk, digests=(), mailing=None)))
    assert call.get("/issues/tuan/1").status == 404
    assert call.get("/issues").status == 200


# ── The rest ──


def test_the_front_leads_to_the_feeds(desk):
    answer = desk.call.get("/")
    assert answer.status == 307
    assert answer.headers["location"] == "/feeds/index.html"
    assert desk.call.get("/feeds/index.html").text == "<h1>Tin</h1>"
    assert desk.call.get("/feeds/").text == "<h1>Tin</h1>"


def test_nothing_outside_the_feeds_is_served_below_feeds(desk, tmp_path):
    (tmp_path / "secret.html").write_text("secret")
    for path in ("/feeds/../secret.html", "/feeds/%2e%2e/secret.html", "/desk.db"):
        assert desk.call.get(path).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_pages_take_no_other_method(desk, method):
    for path in ("/health", "/issues", "/"):
        assert desk.call(method, path).status == 405


def test_health_is_200_while_sources_are_visited_and_503_when_we_stand_still(desk):
    assert desk.call.get("/health").status == 200
    desk.visited(NOW - timedelta(hours=1))
    assert desk.call.get("/health").status == 200
    desk.visited(NOW - timedelta(days=3))
    answer = desk.call.get("/health")
    assert answer.status == 503
    assert '"ok":false' in answer.text


def test_a_source_that_is_asked_once_a_week_does_not_make_us_ill(desk):
    weekly = replace(TIN, every=timedelta(days=7))
    desk.visited(NOW - timedelta(days=8))
    assert standing(desk.database, [weekly], [], NOW).ok
    assert not standing(desk.database, [TIN], [], NOW).ok


def test_health_without_a_store_is_503_and_says_nothing_inside(desk, tmp_path, caplog):
    desk.database.close()
    for each in tmp_path.glob("desk.db*"):
        each.unlink()
    (tmp_path / "desk.db").mkdir()
    answer = desk.call.get("/health")
    assert answer.status == 503
    assert str(tmp_path) not in answer.text
    assert "health" in caplog.text


def test_an_error_of_ours_is_a_500_that_says_nothing_inside(desk, caller, tmp_path):
    def broken() -> datetime:
        raise RuntimeError(f"{tmp_path}/secret")

    call = caller(build(replace(desk.web_desk, standing=broken)))
    answer = call.get("/health")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "RuntimeError" not in answer.text
    assert isinstance(call.raised, RuntimeError)  # for the server's log


@pytest.mark.parametrize("path", ["/issues", "/issues/tuan/1", "/nowhere"])
def test_every_page_has_a_language_a_title_one_heading_and_no_script(desk, path):
    desk.keep(1, IssueState.SENT)
    answer = desk.call.get(path)
    outline = Outline(answer.text)
    assert (outline.lang, outline.h1, outline.scripts) == ("vi", 1, 0)
    assert outline.title


@pytest.mark.parametrize("path", ["/issues", "/issues/tuan/1", "/nowhere", "/health"])
def test_every_answer_tells_the_browser_to_be_careful(desk, path):
    desk.keep(1, IssueState.SENT)
    headers = desk.call.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_pages_speak_the_language_of_the_site(desk, caller):
    english = replace(
        desk.web_desk,
        site=replace(SITE, language="en"),
        templates=templates(language="en", zone=DIGEST.timezone),
    )
    assert "There is nothing at this address." in caller(build(english)).get("/x").text
