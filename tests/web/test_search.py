"""Search for readers: what is found, what is shown of it, and what is never shown."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from sqlalchemy import func, select
from starlette.applications import Starlette

from syndicate.model import (
    Bond,
    Category,
    Dated,
    DateOrigin,
    Entry,
    Precision,
    Relation,
    Rights,
    Site,
    Source,
    SourceKind,
)
from syndicate.pipeline.finding import Searching, Wish, catch_up
from syndicate.pipeline.narrowing import Named
from syndicate.store import Database, entries, stories
from syndicate.store.schema import metadata
from syndicate.templating import templates
from syndicate.web.search import LONGEST, PAGE, SearchDoor, _Queue, routes

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SITE = Site(title="Bản tin", base_url="https://ban-tin.example")
SOURCES = {
    key: Source(
        key=key,
        title=f"Báo {key}",
        kind=SourceKind.FEED,
        url=f"https://{key}.example/rss",
        rights=rights,
        embargo=embargo,
    )
    for key, rights, embargo in (
        ("day-du", Rights.FULL, timedelta(0)),
        ("trich", Rights.EXTRACT, timedelta(0)),
        ("duong-dan", Rights.LINK, timedelta(0)),
        ("sau", Rights.FULL, timedelta(days=3)),
    )
}
TEXT = "Chiều nay, chiếc cầu treo bắc qua rạch Ông Tám được thay bằng cầu bê tông."


@pytest.fixture(scope="session")
def blank(tmp_path_factory):
    """An empty store, made once: its schema costs more than most tests."""
    path = tmp_path_factory.mktemp("blank") / "desk.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def database(tmp_path, blank):
    shutil.copy(blank, tmp_path / "desk.db")
    with Database.open(f"sqlite:///{tmp_path}/desk.db") as opened:
        yield opened


@pytest.fixture
def door(database):
    named = Named(
        sources=SOURCES,
        categories=(Category(slug="cau-duong", title="Cầu đường"),),
        zone=SITE.timezone,
    )
    return SearchDoor(
        searching=Searching(database=database, named=named, clock=lambda: NOW),
        site=SITE,
        templates=templates(language="vi", zone=SITE.timezone),
    )


@pytest.fixture
def tell(database):
    """Keep a story of one entry, and index it."""
    told: list[int] = []

    def keep(source="day-du", **fields):
        number = len(told) + 1
        told.append(number)
        entry = Entry(
            **{
                "source": source,
                "url": f"https://{source}.example/{number}",
                "title": f"Cầu treo thứ {number} & <b>cầu</b> mới",
                "lead": "Người dân đi lại dễ dàng hơn.",
                "text": TEXT,
                "language": "vi",
                "published": Dated(
                    value=NOW - timedelta(hours=number),
                    precision=Precision.MINUTE,
                    origin=DateOrigin.FEED,
                    raw="",
                ),
                **fields,
            }
        )
        with database.write() as connection:
            story = stories.create(connection, f"uid{number}", NOW)
            entries.add(
                connection,
                entry,
                story=story,
                bond=Bond(relation=Relation.FIRST),
                keys=(("url", entry.url),),
                shingles=(),
                now=NOW - timedelta(hours=number),
                backlog=False,
            )
        catch_up(database)
        return entry

    return keep


@pytest.fixture
def ask(door, caller):
    """Ask for ``/search``; gives the answer and the page."""

    def asked(q="", **more):
        call = caller(Starlette(routes=routes(more.pop("door", door))))
        answer = call("GET", "/search", query=urlencode({"q": q, **more}))
        return answer, html.document_fromstring(answer.text)

    return asked


def titles(page):
    return [each.text_content() for each in page.xpath("//article/h3")]


# ── What is found ────────────────────────────────────────────────────────────


def test_a_story_is_found_with_and_without_marks(tell, ask):
    tell()
    for q in ("cầu treo", "cau treo", "CẦU TREO"):
        answer, page = ask(q)
        assert answer.status == 200
        assert titles(page) == ["Cầu treo thứ 1 & <b>cầu</b> mới"]


def test_what_was_asked_for_is_marked_and_everything_else_escaped(tell, ask):
    tell()
    _answer, page = ask("treo")
    assert {each.text for each in page.iter("mark")} == {"treo"}
    assert not page.xpath("//article//b")


def test_a_story_leads_to_the_article_and_to_its_own_page(tell, ask):
    entry = tell()
    _answer, page = ask("treo")
    links = page.xpath("//article//a/@href")
    assert links == [entry.url, "/feeds/story/uid1.html"]


def test_pages_are_turned_until_nothing_is_left(tell, ask):
    for _number in range(PAGE + 2):
        tell()
    _answer, first = ask("treo")
    (after,) = first.xpath("//a[@rel='next']/@href")
    assert after == "?q=treo&page=2"
    _answer, second = ask("treo", page="2")
    assert len(titles(second)) == 2
    assert not set(titles(first)) & set(titles(second))
    assert second.xpath("//a[@rel='prev']/@href") == ["?q=treo"]
    assert not second.xpath("//a[@rel='next']")


@pytest.mark.parametrize("page", ["0", "-1", "x", "٣", "99999999", "1e3", ""])
def test_a_page_that_is_none_is_the_first(tell, ask, page):
    tell()
    _answer, found = ask("treo", page=page)
    assert len(titles(found)) == 1


def test_nothing_asked_is_a_page_with_a_field_and_no_answer(tell, ask):
    tell()
    for q in ("", "   ", "\u200b"):
        answer, page = ask(q)
        assert answer.status == 200
        assert titles(page) == []
        assert page.xpath("//form[@role='search']//input[@name='q']")


def test_nothing_found_is_said(tell, ask):
    tell()
    _answer, page = ask("vũ trụ")
    assert page.xpath("//*[@role='status']")[0].text_content().strip()
    assert page.xpath("//input[@name='q']/@value") == ["vũ trụ"]


def test_a_filter_that_names_nothing_is_said(tell, ask):
    tell()
    _answer, page = ask("treo nguồn:không-có")
    assert "không-có" in page.xpath("//*[@role='status']")[0].text_content()


def test_a_query_that_is_too_long_is_cut_and_that_is_said(tell, ask):
    tell()
    _answer, page = ask("treo " * 200)
    assert len(page.xpath("//input[@name='q']/@value")[0]) <= LONGEST
    assert page.xpath("//*[@role='status']")[0].text_content().strip()


# ── What is shown ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("day-du", "rạch Ông Tám"),
        ("trich", "Người dân đi lại"),
        ("duong-dan", ""),
    ],
)
def test_of_a_text_as_much_is_shown_as_the_rights_allow(tell, ask, source, shown):
    tell(source)
    _answer, page = ask("rạch")
    (article,) = page.iter("article")
    leads = [each.text_content() for each in article.find_class("lead")]
    assert len(leads) == bool(shown)
    assert all(shown in each for each in leads)
    assert "Ông Tám" not in article.text_content() or source == "day-du"


def test_the_ceiling_of_the_desk_holds_here_too(tell, ask, door):
    tell()
    _answer, page = ask("rạch", door=replace(door, rights=Rights.LINK))
    assert len(titles(page)) == 1
    assert "Ông Tám" not in page.text_content()


def test_nothing_under_embargo_is_found(tell, ask):
    tell("sau")
    _answer, page = ask("treo")
    assert titles(page) == []


def test_the_page_is_not_for_search_engines_and_leaves_no_copies(tell, ask):
    answer, page = ask("treo")
    assert answer.headers["x-robots-tag"] == "noindex"
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert answer.headers["cache-control"] == "private"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not page.xpath("//script | //img | //link[@rel='canonical']")


# ── Hostile and many ─────────────────────────────────────────────────────────


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(q=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_whatever_is_asked_the_page_holds(ask, q):
    answer, page = ask('"><script>' + q)
    assert answer.status == 200
    assert not page.xpath("//script")
    assert len(page.xpath("//main")) == 1


@pytest.mark.parametrize(
    "raw", ["q=%00", "q=%ff%fe", "q=%ED%A0%80", "q", "q=a&q=b", "="]
)
def test_a_broken_address_is_an_empty_or_plain_search(door, caller, raw):
    answer = caller(Starlette(routes=routes(door)))("GET", "/search", query=raw)
    assert answer.status == 200


def test_a_search_changes_nothing(tell, ask, database):
    tell()
    before = [*_rows(database)]
    ask("treo")
    assert [*_rows(database)] == before


def _rows(database):
    with database.read() as connection:
        for table in metadata.sorted_tables:
            yield table.name, connection.scalar(select(func.count()).select_from(table))


def test_who_comes_when_too_many_wait_is_asked_to_come_again(door, tell):
    tell()
    queue, release = _Queue(), Event()
    slow = replace(
        door.searching, clock=lambda: (release.wait(5), NOW)[1]
    )  # a clock that stands still, in place of a slow search

    async def crowd():
        many = replace(door, searching=slow)
        waiting = [
            asyncio.ensure_future(queue.find(many, "treo", Wish(public=True)))
            for _number in range(16)
        ]
        await asyncio.sleep(0)
        turned_away = await queue.find(many, "treo", Wish(public=True))
        release.set()
        found = await asyncio.gather(*waiting)
        return turned_away, found

    turned_away, found = asyncio.run(crowd())
    assert turned_away is None
    assert all(len(one.found) == 1 for one in found)


def test_too_many_is_said_and_the_words_are_kept(door, ask):
    answer, page = ask("treo", door=replace(door, waiting=0))
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert page.xpath("//input[@name='q']/@value") == ["treo"]
    assert page.xpath("//*[@role='status']")[0].text_content().strip()
