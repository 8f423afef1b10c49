"""Feeds for one portal each: its scope, its rights, and a token that nobody tells."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import insert, update
from starlette.applications import Starlette

from syndicate.model import (
    Bond,
    Dated,
    DateOrigin,
    Entry,
    Feed,
    FeedFormat,
    Image,
    Precision,
    Relation,
    Rights,
    Site,
    Source,
    SourceKind,
)
from syndicate.pipeline.partners.partnerfeeds import PartnerFeeds
from syndicate.pipeline.partners.partnering import Counts, Pace, Wish, enrol, renew
from syndicate.pipeline.partners.partnerparts import rendered_parts
from syndicate.pipeline.publishing import Publishing
from syndicate.publish.lint.check import lint
from syndicate.publish.tokens import is_token, new_token
from syndicate.store import Database, entries, partners, stories
from syndicate.store.schema import carried, feeds, permalinks
from syndicate.templating import templates
from syndicate.web.partners import A_MINUTE, PartnerDoor, routes

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SITE = Site(
    title="Bàn tin",
    base_url="https://ban-tin.example",
    contact="ban@ban-tin.example",
    id_authority="ban-tin.example,2026",
)
FEEDS = tuple(
    Feed(key=key, title=f"Tin {key}") for key in ("all", "source/full", "source/link")
)
SOURCES = {
    rights.value: Source(
        key=rights.value,
        title=f"Nguồn {rights.value}",
        kind=SourceKind.FEED,
        url=f"https://{rights.value}.example/rss",
        rights=rights,
    )
    for rights in Rights
}
ATOM = "{http://www.w3.org/2005/Atom}"
LEAD, BODY = "Cầu dài 42 m bắc qua rạch Ông Kiệu.", "Bà con góp công ba tháng mới xong."
PICTURE = "https://full.example/cau.jpg"


def repeat_of(make: Any) -> Iterator[str]:
    """Make a token when the first is asked for, and give it each time."""
    made = make()
    while True:
        yield made


class World:
    """A desk with partners, as ``serve`` wires it, and a clock set by hand."""

    def __init__(self, database: Database, caller: Any) -> None:
        self.database = database
        self.now = NOW
        self.made = 0
        self.counts = Counts(database)
        self.tokens = repeat_of(lambda: self.enrol("hypothesis"))
        work = Publishing(
            database=database,
            site=SITE,
            sources=SOURCES,
            categories=(),
            feeds=(),
            templates=templates(language="vi", zone="Asia/Ho_Chi_Minh"),
            folder=Path("feeds"),
            rights=Rights.LINK,
        )
        render = rendered_parts(work, lambda: self.now)

        def parts(*asked: Any) -> Any:
            self.made += 1
            return render(*asked)

        self.door = PartnerDoor(
            feeds=PartnerFeeds(
                database,
                site=SITE,
                feeds=FEEDS,
                parts=parts,
                clock=lambda: self.now,
            ),
            counts=self.counts,
            clock=lambda: self.now,
        )
        self.application = Starlette(routes=routes(self.door))
        self.call = caller(self.application)

    def tell(self, number: int, source: str = "full", *more: str) -> str:
        """Have a story that ``all`` carries, and its source's feed, and ``more``."""
        entry = Entry(
            source=source,
            url=f"https://{source}.example/{number}",
            title=f"Khánh thành cầu số {number}",
            lead=LEAD,
            html=f"<p>{LEAD}</p><p>{BODY}</p>",
            text=f"{LEAD}\n{BODY}",
            image=Image(url=PICTURE, caption="Cầu mới"),
            published=Dated(
                value=self.now - timedelta(hours=1),
                precision=Precision.MINUTE,
                origin=DateOrigin.FEED,
                raw="",
            ),
        )
        uid = f"u{number}"
        with self.database.write() as connection:
            story = stories.create(connection, uid, self.now)
            entries.add(
                connection,
                entry,
                story=story,
                bond=Bond(relation=Relation.FIRST),
                keys=(("url", entry.url),),
                shingles=(),
                now=self.now,
                backlog=False,
            )
            values = {"day": "2026-11-22", "changed_at": self.now, "into": ""}
            blank = {name: "" for name in ("place", "stamp") if name in permalinks.c}
            connection.execute(
                insert(permalinks).values(uid=uid, story_id=story, **values, **blank)
            )
            for key in ("all", f"source/{source}", *more):
                connection.execute(
                    insert(carried).values(
                        feed=key,
                        uid=uid,
                        story_id=story,
                        place=f"{number:04}{uid}",
                        page=0,
                    )
                )
        self.publish("all", f"source/{source}", *more)
        return uid

    def publish(self, *keys: str) -> None:
        """Say that feeds have changed, as publishing does."""
        self.now += timedelta(seconds=1)
        with self.database.write() as connection:
            for key in keys:
                connection.execute(feeds.delete().where(feeds.c.feed == key))
                values = {"stamp": "s", "changed_at": self.now, "pages": 0}
                connection.execute(insert(feeds).values(feed=key, **values))

    def withdraw(self, uid: str) -> None:
        gone = update(carried).where(carried.c.uid == uid).values(gone_at=self.now)
        with self.database.write() as connection:
            connection.execute(gone)
        self.publish("all", "source/full", "source/link", "source/extract")

    def enrol(self, name: str = "bao", **wish: Any) -> str:
        _, token = enrol(self.database, name, Wish(**wish), NOW)
        return token

    def partner(self, name: str = "bao") -> Any:
        self.counts.flush()
        with self.database.read() as connection:
            return partners.named(connection, name)

    def revoke(self, name: str = "bao") -> None:
        revoked = self.partner(name)
        with self.database.write() as connection:
            partners.revoke(connection, revoked.id, self.now)

    def get(self, token: str, ending: str = "atom", **headers: str) -> Any:
        return self.call.get(f"/partner/{token}/feed.{ending}", **headers)


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blank") / "desk.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def world(tmp_path: Path, blank: Path, caller: Any) -> Iterator[World]:
    shutil.copy(blank, tmp_path / "desk.db")
    with Database.open(f"sqlite:///{tmp_path}/desk.db") as opened:
        yield World(opened, caller)


def titles(answer: Any) -> list[str]:
    assert answer.status == 200, answer
    root = etree.fromstring(answer.body)
    return [one.findtext(f"{ATOM}title") for one in root.iter(f"{ATOM}entry")]


def numbers(answer: Any) -> list[int]:
    return [int(title.split()[-1]) for title in titles(answer)]


# ── What a partner gets ──


def test_a_partner_gets_the_stories_of_its_feeds_together_each_once(world):
    for number, source in enumerate(["full", "link", "extract", "full"], 1):
        world.tell(number, source)
    wide = world.enrol(feeds=("all", "source/full"))
    narrow = world.enrol("hep", feeds=("source/full", "source/link"))
    assert numbers(world.get(wide)) == [4, 3, 2, 1]
    assert numbers(world.get(narrow)) == [4, 2, 1]


def test_the_document_names_site_and_partner_and_keeps_the_ids_of_all_feeds(world):
    world.tell(1)
    root = etree.fromstring(world.get(world.enrol(title="Báo <Tỉnh>")).body)
    title = root.findtext(f"{ATOM}title")
    assert title.startswith("Bàn tin – ")
    assert title.endswith(" Báo <Tỉnh>")
    assert root.findtext(f"{ATOM}id") == "tag:ban-tin.example,2026:feed/partner/bao"
    assert root.find(f"{ATOM}entry").findtext(f"{ATOM}id") == (
        "tag:ban-tin.example,2026:story/u1"
    )
    assert b"xml-stylesheet" not in world.get(world.enrol("dai")).body


@pytest.mark.parametrize("form", FeedFormat)
def test_each_format_is_read_at_its_address_and_with_its_type(world, form):
    world.tell(1)
    token = world.enrol(format=form)
    answer = world.get(token, form.value)
    kind = "feed+json" if form is FeedFormat.JSON else f"{form.value}+xml"
    assert answer.headers["content-type"] == f"application/{kind}; charset=utf-8"
    if form is FeedFormat.JSON:
        assert len(json.loads(answer.body)["items"]) == 1
    else:
        etree.fromstring(answer.body)
    assert world.call.get(f"/partner/{token}/").body == answer.body
    assert world.call.get(f"/partner/{token}").body == answer.body


@pytest.mark.parametrize("form", FeedFormat)
def test_a_document_for_a_partner_is_valid_without_a_warning(world, form):
    gone = world.tell(1)
    for number in range(2, 8):
        world.tell(number)
    token = world.enrol(format=form, items=2)
    world.withdraw(gone)
    for query in (
        "",
        world.get(token, form.value).headers["link"][2:].partition(">")[0],
    ):
        path = f"/partner/{token}/feed.{form.value}"
        answer = world.call("GET", path, query=query)
        found = lint(
            answer.body,
            url=f"{SITE.base_url}/partner/feed.{form.value}",
            content_type=answer.headers["content-type"],
            now=world.now,
        )
        assert found == ()


def test_a_partner_that_asks_for_another_format_is_led_to_its_own(world):
    token = world.enrol(format=FeedFormat.RSS)
    answer = world.get(token, "json")
    assert (answer.status, answer.headers["location"]) == (307, "feed.rss")
    answer = world.call("GET", f"/partner/{token}/feed.json", query="before=0a9z")
    assert (answer.status, answer.headers["location"]) == (307, "feed.rss?before=0a9z")
    assert world.get(token, "html").status == 404
    for path in (f"{token}/../x", f"{token}/feed.rss/", f"/{token}/feed.rss"):
        answer = world.call.get(f"/partner/{path}")
        assert (answer.status, "location" in answer.headers) == (404, False)


@pytest.mark.parametrize("source", Rights)
@pytest.mark.parametrize("ceiling", Rights)
def test_rights_are_the_lower_of_what_source_and_partner_have(world, source, ceiling):
    world.tell(1, source.value)
    answer = world.get(world.enrol(rights=ceiling))
    lowest = min(source, ceiling, key=list(Rights).index)
    assert numbers(answer) == [1]
    assert (LEAD in answer.text) is (lowest is not Rights.LINK)
    assert (BODY in answer.text) is (lowest is Rights.FULL)
    assert (PICTURE in answer.text) is (lowest is Rights.FULL)


def test_a_feed_that_is_configured_no_more_gives_nothing(world):
    world.tell(1, "full", "gone")
    world.tell(2, "link")
    token = world.enrol(feeds=("gone", "source/link"))
    assert numbers(world.get(token)) == [2]
    assert numbers(world.get(world.enrol("dai", feeds=("gone",)))) == []


def test_what_is_older_is_reached_page_by_page_and_nothing_twice(world):
    for number in range(1, 12):
        world.tell(number)
    token = world.enrol(items=3)
    reached, query = [], ""
    while True:
        answer = world.call("GET", f"/partner/{token}/feed.atom", query=query)
        reached += numbers(answer)
        found = etree.fromstring(answer.body).xpath(
            "a:link[@rel='next']/@href", namespaces={"a": ATOM[1:-1]}
        )
        if not found:
            assert "link" not in answer.headers
            break
        assert found[0].startswith("?before=")
        assert answer.headers["link"] == f'<{found[0]}>; rel="next"'
        query = found[0][1:]
    assert reached == list(range(11, 0, -1))


def test_an_older_page_rests_while_news_come(world):
    for number in range(1, 6):
        world.tell(number)
    token = world.enrol(items=2)
    place = world.get(token).headers["link"].partition("=")[2].partition(">")[0]
    path = f"/partner/{token}/feed.atom"
    before = world.call("GET", path, query=f"before={place}")
    world.tell(9)
    after = world.call("GET", path, query=f"before={place}")
    assert numbers(world.get(token)) == [9, 5]
    assert (after.body, after.headers["etag"]) == (before.body, before.headers["etag"])


@pytest.mark.parametrize("place", ["", "A", "..", "%00", "x" * 200, "a&before=b%20"])
def test_a_place_that_is_none_is_not_found(world, place):
    token = world.enrol()
    answer = world.call("GET", f"/partner/{token}/feed.atom", query=f"before={place}")
    assert answer.status == 404


def test_what_was_withdrawn_leaves_a_tombstone_for_a_month(world):
    world.tell(1)
    gone = world.tell(2)
    token = world.enrol()
    assert numbers(world.get(token)) == [2, 1]
    world.withdraw(gone)
    answer = world.get(token)
    assert numbers(answer) == [1]
    assert f":story/{gone}" in answer.text
    assert "deleted-entry" in answer.text
    world.now += timedelta(days=31)
    assert "deleted-entry" not in world.get(token).text


def test_a_document_is_made_once_for_each_version(world):
    world.tell(1)
    token, other = world.enrol(), world.enrol("dai", feeds=("source/link",))
    for _ in range(3):
        world.get(token)
        world.get(other)
    assert world.made == 2
    world.tell(2)
    assert numbers(world.get(token)) == [2, 1]
    assert numbers(world.get(other)) == []
    assert world.made == 3


def test_what_an_editor_changes_of_a_partner_shows_at_once(world):
    world.tell(1)
    token = world.enrol()
    assert BODY in world.get(token).text
    partner = world.partner()
    with world.database.write() as connection:
        partners.change(connection, replace(partner, rights=Rights.LINK, items=1))
    answer = world.get(token)
    assert BODY not in answer.text
    assert LEAD not in answer.text


# ── HTTP ──


def test_a_reader_that_has_the_document_is_told_so(world):
    world.tell(1)
    token = world.enrol()
    first = world.get(token)
    packed = world.get(token, accept_encoding="gzip")
    assert gzip.decompress(packed.body) == first.body
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] != first.headers["etag"]
    for tag in (
        first.headers["etag"],
        packed.headers["etag"],
        f'"x", W/{first.headers["etag"]}',
        "*",
    ):
        answer = world.get(token, if_none_match=tag)
        assert (answer.status, answer.body) == (304, b"")
    since = first.headers["last-modified"]
    assert world.get(token, if_modified_since=since).status == 304
    assert world.get(token, if_none_match='"x"', if_modified_since=since).status == 200
    world.tell(2)
    assert world.get(token, if_none_match=first.headers["etag"]).status == 200
    assert world.get(token, if_modified_since=since).status == 200


def test_two_versions_of_one_second_are_told_apart_by_date(world):
    world.tell(1)
    token = world.enrol()
    at = world.now
    since = world.get(token).headers["last-modified"]
    world.tell(2)
    world.now = at
    assert world.get(token, if_modified_since=since).status == 200


def test_head_is_answered_as_get_without_a_body_and_is_no_pull(world):
    world.tell(1)
    token = world.enrol()
    first = world.get(token)
    head = world.call("HEAD", f"/partner/{token}/feed.atom")
    assert head.status == 200
    assert head.headers == first.headers
    assert world.partner().pulls == 1
    assert world.call("POST", f"/partner/{token}/feed.atom").status == 405


def test_answers_are_private_and_kept_out_of_search_engines(world):
    token = world.enrol()
    answers = [
        world.get(token),
        world.get(token, if_none_match="*"),
        world.get(new_token()),
        world.call.get("/partner/feed.atom"),
    ]
    world.revoke()
    answers.append(world.get(token))
    assert [one.status for one in answers] == [200, 304, 404, 401, 410]
    for answer in answers:
        assert answer.headers["cache-control"] in ("private, no-cache", "no-store")
        assert answer.headers["x-robots-tag"].startswith("noindex")
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in answer.headers


# ── Who it is ──


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_a_token_may_stand_in_a_header_in_place_of_the_address(world):
    world.tell(1)
    token = world.enrol()
    path = "/partner/feed.atom"
    expected = world.get(token).body
    for said in (
        f"Bearer {token}",
        f"bearer  {token}",
        basic("anybody", token),
        basic(token, ""),
    ):
        answer = world.call.get(path, authorization=said)
        assert (answer.status, answer.body) == (200, expected)


def test_who_says_nothing_is_asked_for_a_token(world):
    answer = world.call.get("/partner/feed.atom")
    assert answer.status == 401
    assert "Bearer" in answer.headers["www-authenticate"]
    assert "Basic" in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "said",
    [
        "Bearer",
        "Bearer x",
        "Basic",
        "Basic !!!",
        "Basic /w==",
        "Basic " + "A" * 5000,
        "Digest username=x",
        "Bearer \x00\xff",
        basic("\u202e", "’"),
        "Bearer " + "syn_" + "é" * 32,
    ],
)
def test_credentials_that_are_none_are_refused_and_break_nothing(world, said):
    answer = world.call.get("/partner/feed.atom", authorization=said)
    assert answer.status == 401
    assert world.call.raised is None


@pytest.mark.parametrize(
    "path",
    [
        "x",
        "syn_",
        "syn_" + "a" * 31,
        "syn_" + "a" * 33,
        "syn_" + "a" * 5000,
        "SYN_" + "a" * 32,
        "%00",
        "%ff%fe",
        "syn_%C3%A9" + "a" * 31,
        "..%2F..%2Fetc",
        "feed.opml",
        "'%20OR%201=1",
    ],
)
def test_a_token_that_nobody_has_is_not_found(world, path):
    world.enrol()
    for name in ("", "/", "/feed.atom", "/feed.atom/", "//", "/a/b/c"):
        answer = world.call.get(f"/partner/{path}{name}")
        assert answer.status == 404
        assert "location" not in answer.headers
    assert world.call.raised is None


def test_a_revoked_partner_gets_410_at_once_whatever_was_kept(world):
    world.tell(1)
    token = world.enrol()
    first = world.get(token)
    world.revoke()
    assert world.get(token).status == 410
    assert world.get(token, if_none_match=first.headers["etag"]).status == 410
    assert (
        world.call.get("/partner/feed.atom", authorization=f"Bearer {token}").status
        == 410
    )
    newer = renew(world.database, world.partner())
    assert world.get(token).status == 404
    assert world.get(newer).status == 200


def test_a_removed_partner_is_as_unknown_as_anybody(world):
    token = world.enrol()
    removed, unknown = world.partner(), world.get(new_token())
    with world.database.write() as connection:
        partners.remove(connection, removed.id)
    answer = world.get(token)
    assert (answer.status, answer.body, answer.headers) == (
        unknown.status,
        unknown.body,
        unknown.headers,
    )


def test_tokens_are_long_and_no_two_are_alike():
    made = {new_token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(is_token(token) and len(token) == 36 for token in made)


ANY = st.text(st.characters(max_codepoint=255), max_size=40)
SAID = st.dictionaries(
    st.sampled_from(
        [
            "accept-encoding",
            "authorization",
            "if-modified-since",
            "if-none-match",
            "user-agent",
            "x-forwarded-for",
        ]
    ),
    ANY
    | st.sampled_from(
        [
            "gzip;q=0, *;q=0",
            "gzip;q=nan, identity;q=1e9",
            'W/"x", , "',
            "Wed, 99 Foo 0000 99:99:99 +9999",
            "Sat, 01 Jan 0001 00:00:00 +2359",
            "Basic OjpzeW5f",
        ]
    ),
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(said=SAID, name=ANY, query=ANY, known=st.booleans())
def test_whatever_a_caller_says_is_answered(world, said, name, query, known):
    world.now += timedelta(minutes=1)
    token = next(world.tokens) if known else "syn_" + "a" * 32
    path = f"/partner/{token}/{quote(name)}" if name else "/partner/feed.atom"
    ascii_query = quote(query, safe="=&%")
    answer = world.call("GET", path, query=ascii_query, **said)
    assert world.call.raised is None
    assert answer.status in (200, 304, 307, 401, 404)
    assert token not in answer.text
    assert token not in str(answer.headers)


# ── How often ──


def test_a_partner_that_asks_too_often_is_asked_to_wait(world):
    token, other = world.enrol(), world.enrol("dai")
    statuses = [world.get(token).status for _ in range(A_MINUTE + 5)]
    assert statuses == [200] * A_MINUTE + [429] * 5
    assert world.get(token).headers["retry-after"] == "1"
    assert world.get(other).status == 200
    world.now += timedelta(seconds=2)
    assert [world.get(token).status for _ in range(3)] == [200, 200, 429]
    assert world.partner().pulls == A_MINUTE + 2


def test_who_tries_tokens_is_slowed_down_and_holds_no_partner_back(world):
    token = world.enrol()
    statuses = [world.get(new_token()).status for _ in range(A_MINUTE + 2)]
    assert statuses == [404] * A_MINUTE + [429] * 2
    assert world.get(token).status == 200


def test_a_pace_forgets_those_it_heard_of_longest_ago():
    pace = Pace(2, most=3)
    for name in ("a", "a", "b", "c", "d"):
        assert pace.wait(name, NOW) == 0
    assert pace.wait("a", NOW) == 0
    assert pace.wait("d", NOW) == 0
    assert pace.wait("d", NOW) == 30
    assert pace.wait("d", NOW - timedelta(days=1)) > 0


# ── Counting ──


def test_pulls_are_counted_with_bytes_as_sent_and_who_asked(world):
    world.tell(1)
    token = world.enrol()
    sent = world.get(token, accept_encoding="gzip", user_agent="Portal/1.0")
    world.now += timedelta(minutes=1)
    world.get(token, if_none_match="*", user_agent="Portal/2.0")
    found = world.partner()
    assert (found.pulls, found.unchanged, found.bytes) == (2, 1, len(sent.body))
    assert (found.pulled_at, found.agent) == (world.now, "Portal/2.0")


def test_a_thousand_pulls_at_once_are_all_counted(world):
    world.tell(1)
    tokens = [world.enrol(f"p{number}") for number in range(20)]
    sent: list[int] = []

    async def pull(token: str) -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                sent.append(message["status"])

        path = f"/partner/{token}/feed.atom"
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 1),
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [],
        }
        await world.application(scope, receive, send)

    async def all_of_them() -> None:
        await asyncio.gather(*(pull(token) for token in tokens * 50))

    asyncio.run(all_of_them())
    assert sent == [200] * 1000
    assert world.made == 20
    world.counts.flush()
    with world.database.read() as connection:
        assert [one.pulls for one in partners.every(connection)] == [50] * 20


def test_counts_that_cannot_be_kept_are_kept_later(world, tmp_path):
    token = world.enrol()
    world.get(token)
    with closing(sqlite3.connect(tmp_path / "desk.db")) as other:
        other.execute("ALTER TABLE partners RENAME TO elsewhere")
        other.commit()
        world.door.close()
        other.execute("ALTER TABLE elsewhere RENAME TO partners")
        other.commit()
    world.get(token)
    assert world.partner().pulls == 2


def test_a_store_in_trouble_is_answered_with_503_and_nothing_of_the_inside(
    world, tmp_path, caplog
):
    token = world.enrol()
    with closing(sqlite3.connect(tmp_path / "desk.db")) as other:
        other.execute("DROP TABLE partners")
        other.commit()
    answer = world.get(token)
    assert (answer.status, answer.headers["retry-after"]) == (503, "60")
    assert answer.body == b"please try again later\n"
    assert token not in caplog.text


# ── Secrets ──


def test_no_log_answer_or_database_holds_a_token(world, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    world.tell(1)
    world.tell(2)
    token = world.enrol(items=1)
    heard: list[Any] = []
    path = f"/partner/{token}/feed.atom"
    heard.append(world.get(token, user_agent=f"Portal (+https://x/partner/{token}/)"))
    heard.append(world.get(token, user_agent=f"see {token}" * 20))
    heard.append(world.get(token, "rss"))
    heard.append(world.get(token, "html"))
    heard.append(world.call("GET", path, query=f"before={token}"))
    heard.append(world.call("GET", path, query=f"x={token}", referer=token))
    heard.append(world.call("POST", path))
    heard.append(world.call.get("/partner/feed.atom", authorization=f"Bearer {token}"))
    heard.append(world.call.get("/partner/feed.atom", authorization=f"Digest {token}"))
    heard.append(world.call.get(f"/partner//{token}"))
    told = f"see {token}"
    heard += [world.get(token, user_agent=told) for _ in range(A_MINUTE)]
    world.revoke()
    heard.append(world.get(token))
    renew(world.database, world.partner())
    heard.append(world.get(token))
    world.counts.flush()
    dump = b"".join(path.read_bytes() for path in tmp_path.glob("desk.db*"))
    secret = token.removeprefix("syn_")
    assert {one.status for one in heard} >= {200, 307, 401, 404, 405, 410, 429}
    for answer in heard:
        assert secret not in answer.text
        assert secret not in str(answer.headers)
    assert b"see syn_\xe2\x80\xa6" in dump
    assert secret.encode() not in dump
    assert secret not in caplog.text
    assert secret not in repr(world.partner())
