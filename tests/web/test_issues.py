"""Issues on the web: a page each, an archive, and feeds that readers can follow."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from syndicate.digest.choosing.windows import editions, window
from syndicate.model import (
    Cadence,
    Dated,
    DateOrigin,
    Digest,
    Edits,
    Image,
    Issue,
    IssueItem,
    IssueSection,
    IssueState,
    Precision,
    Site,
)
from syndicate.pipeline.mailing.copies import Mailing
from syndicate.pipeline.standing import standing
from syndicate.publish.lint import lint
from syndicate.store import Database, drafts, issues
from syndicate.templating import templates
from syndicate.web.app import WebDesk, build
from syndicate.web.documents import Documents

NOW = datetime(2026, 10, 18, 23, 1, tzinfo=UTC)
BASE = "https://ban-tin.example"
DIGEST = Digest(
    key="tuan",
    title="Bản tin <tuần>",
    description="Mỗi thứ Hai.",
    offers=(Cadence.DAILY,),
    signup=True,
)
SITE = Site(
    title="Bàn tin",
    base_url=BASE,
    contact="ban@ban-tin.example",
    id_authority="ban-tin.example,2026",
)
FEEDS = ("rss", "atom", "json")


def item(number: int, **given: Any) -> IssueItem:
    values: dict[str, Any] = {
        "story": number,
        "uid": f"u{number}",
        "title": f"Xã Tân Lộc khánh thành cầu thứ {number} theo 02-NQ/TU",
        "url": f"https://tin.example/{number}.html?a=1&b=2",
        "summary": "Cầu dài 42 m, bắc qua rạch <sâu>.",
        "source": "Tin",
        "language": "vi",
        "published": Dated(
            value=NOW - timedelta(days=2),
            precision=Precision.MINUTE,
            origin=DateOrigin.FEED,
            raw="",
        ),
        "rank": number,
        "documents": ("02-NQ/TU",),
    }
    return IssueItem(**(values | given))


def issue(number: int, at: datetime = NOW, digest: Digest = DIGEST) -> Issue:
    start, end = window(digest, at)
    picture = Image(url="https://tin.example/cau.jpg", caption="Cầu mới")
    news = (item(10 * number + 1, image=picture), item(10 * number + 2, language="en"))
    return Issue(
        digest=digest.key,
        number=number,
        start=start,
        end=end,
        sections=(
            IssueSection(title="Nông thôn", items=news),
            IssueSection(
                title="Tin vắn",
                titles=(("en", "In brief"),),
                items=(item(10 * number + 3, brief=True),),
            ),
        ),
        documents=(("02-NQ/TU", 3),),
        spare=(item(10 * number + 4),),
        left_out=3,
    )


class Desk:
    """A desk with one digest in two cadences, and the application over it."""

    def __init__(self, database: Database, folder: Path, caller: Any) -> None:
        self.database = database
        made = templates(language="vi", zone=DIGEST.timezone)
        mailing = Mailing(
            database=database,
            site=SITE,
            sources={},
            categories={},
            templates=lambda _digest: made,
            sender="Bàn tin <ban@ban-tin.example>",
            bounce_domain="",
            secret="a secret of at least thirty-two letters",
        )
        self.call = caller(
            build(
                WebDesk(
                    database=database,
                    documents=Documents(folder),
                    digests=(DIGEST,),
                    mailing=mailing,
                    secret=mailing.secret,
                    site=SITE,
                    templates=made,
                    standing=lambda: standing(database, [], [DIGEST], NOW),
                    clock=lambda: NOW,
                )
            )
        )

    def keep(
        self,
        number: int,
        state: IssueState = IssueState.SENT,
        at: datetime = NOW,
        digest: Digest = DIGEST,
    ) -> int:
        made = issue(number, at, digest)
        with self.database.write() as connection:
            kept = issues.create(connection, made, state=state, sha256="", now=at)
        assert kept is not None
        return kept

    def page(self, path: str) -> html.HtmlElement:
        answer = self.call.get(path)
        assert answer.status == 200
        return html.document_fromstring(answer.body)


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store, made once: its schema costs more than most tests."""
    path = tmp_path_factory.mktemp("blank") / "desk.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def desk(tmp_path, caller, blank):
    shutil.copy(blank, tmp_path / "desk.db")
    with Database.open(f"sqlite:///{tmp_path}/desk.db") as database:
        yield Desk(database, tmp_path, caller)


# ── A page ───────────────────────────────────────────────────────────────────


def test_a_page_tells_every_story_of_its_issue(desk):
    desk.keep(1)
    page = desk.page("/issues/tuan/1")
    said = " ".join(str(page.text_content()).split())
    hrefs = {a.get("href") for a in page.iter("a")}
    for one in (*issue(1).items, *issue(1).spare):
        assert one.title in said
        assert one.url in hrefs
    assert "02-NQ/TU" in said
    (beyond,) = page.xpath("//main//a[@href='/feeds/days.html']")
    assert beyond.text_content().split()[0] in ("2", "Còn")


def test_a_page_says_what_it_is_and_where(desk):
    desk.keep(1)
    page = desk.page("/issues/tuan/1")
    assert page.get("lang") == "vi"
    (canonical,) = page.xpath("//link[@rel='canonical']/@href")
    cards = {one.get("property"): one.get("content") for one in page.iter("meta")}
    assert canonical == cards["og:url"] == f"{BASE}/issues/tuan/1"
    assert cards["og:image"] == "https://tin.example/cau.jpg"
    assert cards["og:title"].startswith("[Bản tin <tuần>] 12–18/10/2026")
    followed = page.xpath("//link[@rel='alternate']/@href")
    assert followed == [f"/issues/tuan/feed.{form}" for form in FEEDS]


def test_a_page_can_be_used_by_everybody(desk):
    """WCAG 2.2: one h1, no level left out, words for pictures, languages of parts."""
    desk.keep(1)
    page = desk.page("/issues/tuan/1")
    levels = [int(one.tag[1]) for one in page.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(low <= high + 1 for high, low in pairwise(levels))
    assert all(one.get("alt") for one in page.iter("img"))
    assert page.xpath("//h3[@lang='en']")
    assert page.xpath("//a[@class='skip'][@href='#stories']")
    assert page.xpath("//main[@id='stories']")
    assert not page.xpath("//script")
    assert all(str(a.text_content()).strip() for a in page.iter("a"))


def test_a_page_has_no_link_of_a_member(desk):
    desk.keep(1)
    text = desk.call.get("/issues/tuan/1").text
    assert "/unsubscribe/" not in text
    assert "/preferences/" not in text


def test_a_page_shows_what_an_editor_made_of_the_issue(desk):
    kept = desk.keep(1)
    edits = Edits(hidden=("u11",), note="Chào bạn đọc.", notes=(("u12", "Hay."),))
    with desk.database.write() as connection:
        drafts.keep_edits(
            connection, kept, edits, state=IssueState.SENT, deadline_at=None
        )
    text = desk.call.get("/issues/tuan/1").text
    assert "Chào bạn đọc." in text
    assert "Hay." in text
    assert "https://tin.example/11.html" not in text


def test_pages_lead_to_the_issues_beside_them(desk):
    for number in (1, 2, 3):
        desk.keep(number, at=NOW - timedelta(days=7 * (3 - number)))
    page = desk.page("/issues/tuan/2")
    assert page.xpath("//a[@rel='prev']/@href") == ["/issues/tuan/1"]
    assert page.xpath("//a[@rel='next']/@href") == ["/issues/tuan/3"]
    assert not desk.page("/issues/tuan/1").xpath("//a[@rel='prev']")


@pytest.mark.parametrize(
    "path", ["/issues/tuan/1", "/issues/tuan", "/issues", "/issues/tuan/feed.rss"]
)
def test_who_has_it_already_is_told_so(desk, path):
    desk.keep(1)
    first = desk.call.get(path)
    tag = first.headers["etag"]
    again = desk.call.get(path, if_none_match=f'W/{tag}, "x"')
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == tag
    assert desk.call.get(path, if_none_match='"x"').status == 200


def test_what_changes_has_another_tag(desk):
    desk.keep(1, at=NOW - timedelta(days=7))
    before = desk.call.get("/issues/tuan").headers["etag"]
    desk.keep(2)
    assert desk.call.get("/issues/tuan").headers["etag"] != before


# ── The archive ──────────────────────────────────────────────────────────────


def test_the_archive_has_all_issues_by_year_newest_first(desk):
    for number in range(1, 8):
        desk.keep(number, at=NOW + timedelta(days=14 * (number - 1)))
    page = desk.page("/issues/tuan")
    years = [one.text_content() for one in page.iter("h3")]
    assert years == ["2027", "2026"]
    found = [
        href for href in page.xpath("//li/a/@href") if href.startswith("/issues/tuan/")
    ]
    assert found == [f"/issues/tuan/{number}" for number in range(7, 0, -1)]


def test_the_archive_says_how_to_join_and_leave(desk):
    """It is where List-Help leads."""
    page = desk.page("/issues/tuan")
    assert page.xpath("//h2[@id='help']")
    assert page.xpath("//a[@href='/subscribe']")


def test_every_cadence_has_its_own_shelf_once_it_has_an_issue(desk):
    daily = editions(DIGEST)[1]
    desk.keep(1)
    assert "tuan-daily" not in desk.call.get("/issues/tuan").text
    desk.keep(1, digest=daily)
    text = desk.call.get("/issues/tuan").text
    assert "/issues/tuan/1" in text
    assert "/issues/tuan-daily/1" in text
    assert desk.call.get("/issues/tuan-daily/1").status == 200


@pytest.mark.parametrize("state", ["draft", "held", "skipped"])
def test_what_did_not_go_out_is_nowhere(desk, state):
    desk.keep(1, IssueState(state))
    for path in ("/issues", "/issues/tuan", *(f"/issues/tuan/feed.{f}" for f in FEEDS)):
        assert "/issues/tuan/1" not in desk.call.get(path).text
    assert desk.call.get("/issues/tuan/1").status == 404


# ── Feeds of issues ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", FEEDS)
def test_a_feed_of_issues_is_without_fault(desk, form):
    for number in (1, 2):
        desk.keep(number, at=NOW + timedelta(days=7 * number))
    answer = desk.call.get(f"/issues/tuan/feed.{form}")
    assert answer.status == 200
    assert lint(answer.body, url=f"{BASE}/issues/tuan/feed.{form}") == ()


def test_a_feed_has_the_issues_whole_newest_first(desk):
    for number in (1, 2):
        desk.keep(number, at=NOW + timedelta(days=7 * number))
    feed = json.loads(desk.call.get("/issues/tuan/feed.json").body)
    assert [one["url"] for one in feed["items"]] == [
        f"{BASE}/issues/tuan/{number}" for number in (2, 1)
    ]
    newest = feed["items"][0]
    for one in issue(2).items:
        assert one.title in html.fromstring(newest["content_html"]).text_content()
    assert feed["feed_url"] == f"{BASE}/issues/tuan/feed.json"
    atom = etree.fromstring(desk.call.get("/issues/tuan/feed.atom").body)
    ids = atom.xpath("//a:entry/a:id/text()", namespaces={"a": atom.nsmap[None]})
    assert ids == [f"tag:ban-tin.example,2026:issue/tuan/{number}" for number in (2, 1)]


def test_a_feed_without_an_issue_is_a_feed(desk):
    for form in FEEDS:
        answer = desk.call.get(f"/issues/tuan/feed.{form}")
        assert lint(answer.body, url=f"{BASE}/issues/tuan/feed.{form}") == ()


@pytest.mark.parametrize(
    "path", ["/issues/tuan/feed.txt", "/issues/khac/feed.rss", "/issues/khac"]
)
def test_what_is_not_there_is_404(desk, path):
    assert desk.call.get(path).status == 404
    assert desk.call.raised is None
