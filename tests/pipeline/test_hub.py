"""Our hub: what it takes, whom it turns to, and what two processes share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from syndicate.errors import AddressRefused, Unreachable
from syndicate.gather.guard import AddressGuard
from syndicate.model import Follower, FollowerState, Intent, Site
from syndicate.pipeline.websub import hub, hubdesk
from syndicate.pipeline.websub.hub import Hubbing, ask
from syndicate.pipeline.websub.hubturns import CLAIM, Room, release, take_turns, tidy
from syndicate.pipeline.websub.hubworker import Teller
from syndicate.pipeline.websub.news import owe_news
from syndicate.ports import Answered, Call
from syndicate.store import Database, followers, pings

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
BASE = "https://tin.vn"
TOPIC = f"{BASE}/feeds/all.atom"
OTHER = "https://hub.example.com/"
SECOND = timedelta(seconds=1)


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Outside:
    """Everybody that is called; each path does what it is told to."""

    answers: dict[str, Callable[[Call], Answered]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    async def call(self, call: Call) -> Answered:
        self.calls.append(call)
        await asyncio.sleep(0)
        answer = self.answers.get(urlsplit(call.url).path, confirm)
        return answer(call)

    def posts(self) -> list[Call]:
        return [one for one in self.calls if one.method == "POST"]


def confirm(call: Call) -> Answered:
    said = parse_qs(urlsplit(call.url).query).get("hub.challenge", [""])[0]
    return Answered(status=200, body=said.encode())


def status(number: int, **more) -> Callable[[Call], Answered]:
    return lambda _call: Answered(status=number, **more)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def work(tmp_path: Path, clock: Clock):
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "all.atom").write_bytes(b"<feed/>")
    with Database.open(f"sqlite:///{tmp_path}/x.db") as database:
        yield Hubbing(
            database=database,
            base_url=BASE,
            folder=folder,
            hubs=(f"{BASE}/hub", OTHER),
            guard=AddressGuard(),
            clock=clock,
        )


@pytest.fixture
def outside() -> Outside:
    return Outside()


def wish(number: object = 1, **more: str) -> dict[str, list[str]]:
    said = {
        "mode": "subscribe",
        "topic": TOPIC,
        "callback": f"https://a.vn/{number}",
    } | more
    return {f"hub.{name}": [value] for name, value in said.items()}


def drain(work: Hubbing, outside: Outside) -> Teller:
    teller = Teller(work, outside)
    asyncio.run(teller.drain())
    return teller


def news(work: Hubbing, *paths: str) -> int:
    site = Site(title="Tin", base_url=BASE)
    with work.database.write() as connection:
        return owe_news(
            connection, site, work.hubs, paths or ("all.atom",), work.clock()
        )


def held(work: Hubbing) -> list[Follower]:
    with work.database.read() as connection:
        return followers.every(connection)


def follow(work: Hubbing, outside: Outside, count: int = 1, **more: str) -> None:
    for number in range(1, count + 1):
        assert ask(work, wish(number, **more)).status == 202
    drain(work, outside)


# ── What is taken ──


def test_a_wish_is_noted_and_nobody_is_called_yet(work, outside):
    assert ask(work, wish()).status == 202
    (one,) = held(work)
    assert (one.state, one.due_at) == (FollowerState.ASKED, NOW)
    assert outside.calls == []


def test_a_wish_that_is_refused_leaves_no_trace(work):
    assert ask(work, wish(topic="https://other.vn/rss")).status == 404
    assert ask(work, wish(callback="https://127.0.0.1/x")).status == 400
    assert ask(work, wish(callback="https://[fd00::1]/x")).status == 400
    assert held(work) == []


def test_an_unsubscription_of_somebody_unknown_is_accepted_and_let_go(work):
    assert ask(work, wish(mode="unsubscribe")).status == 202
    assert held(work) == []


def test_what_outsiders_say_of_our_topics_changes_nothing(work, outside):
    follow(work, outside)
    before = held(work)
    form = {"hub.mode": ["publish"], "hub.url": [TOPIC]}
    assert ask(work, form).status == 202
    assert held(work) == before


def test_a_callback_and_a_topic_are_one_row_however_often_they_ask(work, outside):
    follow(work, outside)
    follow(work, outside)
    assert len(held(work)) == 1


@pytest.mark.parametrize(
    ("limit", "status"),
    [("MOST_UNVERIFIED", 503), ("MOST_UNVERIFIED_AT_HOST", 429), ("MOST_AT_HOST", 429)],
)
def test_wishes_have_limits(work, monkeypatch, limit, status):
    monkeypatch.setattr(hub, limit, 2)
    assert [ask(work, wish(n)).status for n in range(3)] == [202, 202, status]
    # whoever is known already may say it again
    assert ask(work, wish(0)).status == 202


def test_a_full_hub_takes_nobody_new_and_renews_those_it_has(
    work, outside, clock, monkeypatch
):
    monkeypatch.setattr(hub, "MOST", 2)
    follow(work, outside, 2)
    clock.now += timedelta(minutes=1)
    assert ask(work, wish(3)).status == 503
    assert ask(work, wish(1)).status == 202


def test_one_host_does_not_use_up_the_room_of_another(work, monkeypatch):
    monkeypatch.setattr(hub, "MOST_AT_HOST", 1)
    assert ask(work, wish(1)).status == 202
    assert ask(work, wish(2)).status == 429
    assert ask(work, wish(callback="https://b.vn/")).status == 202


# ── Who is turned to ──


def test_news_is_posted_to_followers_and_told_to_other_hubs(work, outside):
    follow(work, outside, 2, secret="s")
    assert news(work) == 2
    drain(work, outside)
    posts = {one.url: one for one in outside.posts()}
    assert posts.keys() == {"https://a.vn/1", "https://a.vn/2", OTHER}
    assert posts["https://a.vn/1"].body == b"<feed/>"
    assert posts["https://a.vn/1"].headers["X-Hub-Signature"].startswith("sha256=")
    form = parse_qs(posts[OTHER].body.decode())
    assert form == {
        "hub.mode": ["publish"],
        "hub.url": [TOPIC],
        "hub.topic": [TOPIC],
    }
    assert not any(one.owed_at for one in held(work))


def test_several_changes_before_anybody_was_told_are_one(work, outside, clock):
    follow(work, outside)
    for _ in range(5):
        news(work)
        clock.now += SECOND
    drain(work, outside)
    assert len(outside.posts()) == 2


def test_pages_for_people_and_archives_are_no_news(work, outside):
    follow(work, outside)
    paths = ("all.html", "archive/all/1.atom", "story/x.html", "all.headlines.json")
    assert news(work, *paths) == 0
    drain(work, outside)
    assert outside.posts() == []


def test_a_hub_that_is_away_is_told_later_and_let_be_in_the_end(work, outside, clock):
    outside.answers["/"] = status(503)
    news(work)
    drain(work, outside)
    with work.database.read() as connection:
        (one,) = pings.every(connection)
    assert (one.failures, one.detail) == (1, "HTTP 503")
    assert one.due_at - NOW >= timedelta(minutes=1)
    while one.due_at is not None:
        clock.now = one.due_at
        drain(work, outside)
        with work.database.read() as connection:
            (one,) = pings.every(connection)
    assert one.owed_at is None
    assert hubdesk.hub_standing(work).untold == (one,)
    outside.answers["/"] = status(204)
    news(work)
    drain(work, outside)
    assert hubdesk.hub_standing(work).untold == ()


def test_a_hub_that_the_settings_no_longer_name_is_forgotten(work):
    news(work)
    tidy(replace(work, hubs=(f"{BASE}/hub",)))
    assert hubdesk.hub_standing(work).pings == ()


def test_where_we_are_no_hub_nobody_is_owed_anything(work, outside):
    follow(work, outside)
    alone = replace(work, hubs=(OTHER,))
    assert news(alone) == 0
    assert alone.ours == ""
    assert not any(one.owed_at for one in held(work))


@pytest.mark.parametrize(
    "error",
    [
        AddressRefused("https://a.vn/1", "10.0.0.1 is a private address"),
        Unreachable("https://a.vn/1", "no such host name"),
    ],
)
def test_who_cannot_be_reached_is_noted_without_its_address(work, outside, error):
    follow(work, outside)

    def fail(_call):
        raise error

    outside.answers["/1"] = fail
    news(work)
    teller = drain(work, outside)
    (one,) = held(work)
    assert (one.failures, one.detail) == (1, error.reason)
    assert teller.failed == 1


def test_a_host_that_asks_to_wait_waits_no_less(work, outside):
    follow(work, outside)
    outside.answers["/1"] = status(429, retry_after=300.0)
    news(work)
    drain(work, outside)
    (one,) = held(work)
    assert one.due_at - NOW >= timedelta(seconds=300)


def test_a_follower_is_dropped_when_its_lease_is_over(work, outside, clock):
    follow(work, outside, lease_seconds="3600")
    clock.now += timedelta(hours=1)
    assert news(work) == 0
    assert tidy(work) == 1
    assert held(work) == []


def test_after_five_days_of_failures_a_follower_is_given_up(work, outside, clock):
    follow(work, outside)
    outside.answers["/1"] = status(500)
    news(work)
    calls = 0
    while (one := held(work)[0]).due_at is not None:
        clock.now = max(clock.now, one.due_at)
        drain(work, outside)
        calls += 1
    assert one.state is FollowerState.FAILED
    assert timedelta(days=5) <= clock.now - NOW < timedelta(days=5, hours=8)
    assert calls < 40
    # and may come back
    outside.answers.clear()
    follow(work, outside)
    assert held(work)[0].state is FollowerState.VERIFIED


def test_a_wish_that_changes_while_it_is_verified_is_verified_anew(work, outside):
    """Subscribed and, before we had the answer, unsubscribed."""

    def meanwhile(call: Call) -> Answered:
        if len(outside.calls) == 1:
            work.clock.now += SECOND
            ask(work, wish(mode="subscribe", secret="second"))
        return confirm(call)

    outside.answers["/1"] = meanwhile
    ask(work, wish(secret="first"))
    drain(work, outside)
    (one,) = held(work)
    assert len(outside.calls) == 2
    assert (one.state, one.secret) == (FollowerState.VERIFIED, "second")


def test_a_document_that_vanishes_between_is_an_error_of_ours(work, outside):
    follow(work, outside)
    news(work)
    (turn, *_rest) = [
        one
        for one in take_turns(work, [], Room(left=9))
        if isinstance(one.held, Follower)
    ]
    (work.folder / "all.atom").unlink()
    release(work, [turn])
    drain(work, outside)
    assert held(work) == []  # denied: it does not exist any more


def test_a_folder_that_is_away_is_our_fault_and_costs_no_follower(work, outside, clock):
    follow(work, outside)
    news(work)
    away = work.folder.rename(work.folder.with_name("away"))
    drain(work, outside)
    (one,) = held(work)
    assert (one.state, one.failures) == (FollowerState.VERIFIED, 0)
    assert len(outside.posts()) == 1  # the other hub
    away.rename(work.folder)
    clock.now += timedelta(minutes=1)
    drain(work, outside)
    assert held(work)[0].owed_at is None
    assert len(outside.posts()) == 2


def test_a_document_that_cannot_be_read_keeps_nobody_else_waiting(
    work, outside, monkeypatch
):
    (work.folder / "b.rss").write_bytes(b"<rss/>")
    follow(work, outside)
    ask(work, wish(2, topic=f"{BASE}/feeds/b.rss"))
    drain(work, outside)
    news(work, "all.atom", "b.rss")
    true = Path.read_bytes

    def read(path):
        if path.name == "all.atom":
            raise PermissionError(13, "Permission denied")
        return true(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    drain(work, outside)
    first, second = held(work)
    assert first.failures == 0
    assert first.owed_at is not None
    assert second.owed_at is None


# ── Side by side ──


def test_what_one_process_sees_to_another_leaves_alone(work, outside, clock):
    follow(work, outside, 3)
    news(work)
    first = take_turns(work, [], Room(left=2, first=9))
    second = take_turns(work, [], Room(left=9, first=9))
    assert len(first) == 2
    assert len(second) == 2
    assert not {one.key for one in first} & {one.key for one in second}
    assert take_turns(work, [], Room(left=9)) == []
    clock.now += CLAIM + SECOND  # the first has died
    assert len(take_turns(work, [], Room(left=9, first=9))) == 4


def test_a_call_that_lasts_keeps_its_claim(work, outside, clock):
    follow(work, outside)
    news(work)
    turns = take_turns(work, [], Room(left=9))
    clock.now += CLAIM * 0.6
    take_turns(work, [], Room(left=0), turns)
    clock.now += CLAIM * 0.6
    assert take_turns(work, [], Room(left=9)) == []


def test_no_host_is_called_more_at_once_than_it_bears(work, outside):
    follow(work, outside, 20)
    for number in range(5):
        ask(work, wish(callback=f"https://b{number}.vn/"))
    drain(work, outside)
    news(work)
    turns = take_turns(work, [], Room(left=100, first=8))
    hosts = [one.host for one in turns]
    assert hosts.count("a.vn") == 8
    assert len(hosts) == 8 + 5 + 1


def test_strangers_leave_room_for_those_who_wait_for_news(work, outside):
    follow(work, outside)
    news(work)
    for number in range(50):
        ask(work, wish(callback=f"https://stranger{number}.vn/"))
    turns = take_turns(work, [], Room(left=20, doubtful=4))
    assert sum(one.doubtful for one in turns) == 4
    assert sum(not one.doubtful for one in turns) == 2


def test_those_that_failed_leave_room_for_those_that_did_not(work, outside, clock):
    for number in range(30):
        ask(work, wish(callback=f"https://bad{number}.vn/bad"))
    drain(work, outside)
    outside.answers["/bad"] = status(500)
    news(work)
    drain(work, outside)
    follow(work, outside)
    clock.now += timedelta(minutes=2)
    news(work)
    turns = take_turns(work, [], Room(left=20, doubtful=5))
    assert sum(one.doubtful for one in turns) == 5
    assert sum(not one.doubtful for one in turns) == 2


def test_documents_are_read_once_for_all_and_anew_when_they_change(work, outside):
    follow(work, outside, 30)
    news(work)
    drain(work, outside)
    (work.folder / "all.atom").write_bytes(b"<feed>2</feed>")
    news(work)
    drain(work, outside)
    bodies = [one.body for one in outside.posts() if one.url != OTHER]
    assert bodies == [b"<feed/>"] * 30 + [b"<feed>2</feed>"] * 30


# ── For people ──


def test_all_feeds_can_be_told_of_as_if_new(work, outside):
    follow(work, outside)
    (work.folder / "document").mkdir()
    for path in ("b.rss", "all.html", "document/01-ct.json", "x.headlines.json"):
        (work.folder / path).write_bytes(b"x")
    assert hubdesk.owe_all(work) == 3
    waiting, told = hubdesk.waiting(work)
    assert [one.topic for one in waiting] == [TOPIC]
    assert [hubdesk.short(work, one.topic) for one in told] == [
        "all.atom",
        "b.rss",
        "document/01-ct.json",
    ]


def test_a_follower_can_be_let_go(work, outside):
    follow(work, outside, 2)
    first, second = held(work)
    assert hubdesk.drop(work, [first.id]) == 1
    assert held(work) == [second]
    assert hubdesk.follower_of(work, first.id) is None


def test_intent_and_state_stand_in_what_is_shown(work, outside, clock):
    follow(work, outside)
    clock.now += timedelta(minutes=1)
    ask(work, wish(mode="unsubscribe"))
    found = hubdesk.hub_standing(work, "all.atom")
    assert found.followers[0].intent is Intent.UNSUBSCRIBE
    assert (found.tally.followers, found.tally.asked) == (1, 1)
    assert hubdesk.hub_standing(work, "b.rss").followers == ()


def test_news_noted_while_older_news_is_delivered_is_delivered_too(work, outside):
    """Also where one run of publishing gives both the same moment."""
    follow(work, outside)

    def meanwhile(_call: Call) -> Answered:
        if len(outside.posts()) == 1:
            news(work)
        return Answered(status=200)

    outside.answers["/1"] = meanwhile
    work = replace(work, hubs=(f"{BASE}/hub",))
    news(work)
    drain(work, outside)
    assert len(outside.posts()) == 2
