"""Hubs are asked, verified, and what they push is kept until it is read."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import Unreachable
from syndicate.model import PushState, Source, SourceKind, SourceMemory, SourceState
from syndicate.pipeline.subscribing import (
    Subscribing,
    confirm,
    due_hubs,
    note_poll,
    receive,
    subscribe,
    trusted,
)
from syndicate.store import Database, hub_subscriptions, sources

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
TOPIC = "https://bao.vn/rss"
SOURCE = Source(key="bao", title="Báo", kind=SourceKind.FEED, url=TOPIC)


class Hub:
    """A hub that verifies at once, before it answers; or does what it is told."""

    def __init__(self, database: Database, status: int = 202, lease: str = "86400"):
        self.database, self.status, self.lease = database, status, lease
        self.asked: list[dict[str, str]] = []
        self.verifies = True
        self.now = NOW

    async def post(self, url, form) -> int:
        self.asked.append({"hub": url, **form})
        if self.status == 0:
            raise Unreachable(url, "no connection")
        if self.verifies and self.status == 202:
            said = {
                "hub.mode": form["hub.mode"],
                "hub.topic": form["hub.topic"],
                "hub.challenge": "abc",
                "hub.lease_seconds": self.lease,
            }
            token = form["hub.callback"].rsplit("/", 1)[1]
            assert confirm(self.database, token, said, self.now) == "abc"
        return self.status


@pytest.fixture
def database(tmp_path):
    with Database.open(f"sqlite:///{tmp_path}/x.db") as opened:
        yield opened


@pytest.fixture
def work(database):
    remember(database, hub="https://hub.vn/", topic=TOPIC)
    return Subscribing(
        database=database,
        sources=[SOURCE],
        base_url="https://tin.vn",
        clock=lambda: NOW,
    )


async def subscribe_due(work, hub):
    return await subscribe(work, hub, due_hubs(work))


def remember(database, **memory) -> None:
    with database.write() as connection:
        state = SourceState(source="bao", memory=SourceMemory(**memory))
        sources.save(connection, state)


def held(database):
    with database.read() as connection:
        return hub_subscriptions.load(connection, "bao")


def push_to(database, body=b"<rss/>", secret=None, now=NOW) -> bool:
    mine = held(database)
    mac = hmac.new((secret or mine.secret).encode(), body, "sha256").hexdigest()
    return receive(
        database,
        mine.token,
        body,
        signature=f"sha256={mac}",
        content_type="application/rss+xml",
        now=now,
    )


def waiting(database):
    with database.read() as connection:
        return hub_subscriptions.waiting(connection)


def test_a_hub_that_a_feed_names_is_asked_and_verifies(work, database):
    hub = Hub(database)
    told = asyncio.run(subscribe_due(work, hub))
    assert [one.error for one in told] == [""]
    mine = held(database)
    assert mine.state is PushState.VERIFIED
    assert mine.lease_until == NOW + timedelta(days=1)
    assert hub.asked[0]["hub.callback"] == f"https://tin.vn/push/{mine.token}"
    assert asyncio.run(subscribe_due(work, hub)) == []


def test_a_lease_is_renewed_before_it_ends(work, database):
    hub = Hub(database)
    asyncio.run(subscribe_due(work, hub))
    hub.now = NOW + timedelta(hours=20)
    later = replace(work, clock=lambda: hub.now)
    assert len(asyncio.run(subscribe_due(later, hub))) == 1
    assert held(database).lease_until == hub.now + timedelta(days=1)


def test_a_desk_that_nobody_can_reach_asks_no_hub(work, database):
    hub = Hub(database)
    inside = replace(work, base_url="http://127.0.0.1:8000")
    assert asyncio.run(subscribe_due(inside, hub)) == []
    assert hub.asked == []


def test_a_hub_that_fails_is_told_with_its_reason_and_asked_later(work, database):
    told = asyncio.run(subscribe_due(work, Hub(database, status=500)))
    assert "HTTP 500" in told[0].error
    assert held(database).due_at > NOW
    later = replace(work, clock=lambda: NOW + timedelta(days=2))
    told = asyncio.run(subscribe_due(later, Hub(database, status=0)))
    assert "no connection" in told[0].error
    assert held(database).failures == 2


def test_another_hub_gets_a_subscription_of_its_own(work, database):
    asyncio.run(subscribe_due(work, Hub(database)))
    first = held(database)
    remember(database, hub="https://other-hub.vn/", topic=TOPIC)
    asyncio.run(subscribe_due(work, Hub(database)))
    second = held(database)
    assert second.hub == "https://other-hub.vn/"
    assert second.token != first.token
    assert second.secret != first.secret


def test_a_source_that_is_gone_lets_go_of_its_hub(work, database):
    asyncio.run(subscribe_due(work, Hub(database)))
    token = held(database).token
    asyncio.run(subscribe_due(replace(work, sources=[]), Hub(database)))
    assert held(database) is None
    said = {"hub.mode": "unsubscribe", "hub.topic": TOPIC, "hub.challenge": "x"}
    assert confirm(database, token, said, NOW) == "x"


def test_what_is_pushed_and_signed_right_waits_to_be_read(work, database):
    asyncio.run(subscribe_due(work, Hub(database)))
    assert push_to(database, b"<rss>1</rss>")
    found = waiting(database)
    assert [(one.source, one.body) for one in found] == [("bao", b"<rss>1</rss>")]
    assert held(database).state is PushState.LIVE
    with database.read() as connection:
        assert trusted(connection, NOW) == {"bao"}


def test_what_is_signed_wrong_is_let_go_without_a_word(work, database):
    asyncio.run(subscribe_due(work, Hub(database)))
    assert push_to(database, secret="guess")
    assert waiting(database) == []
    assert held(database).state is PushState.VERIFIED


def test_a_callback_that_is_not_ours_is_not_found(work, database):
    said = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "x"}
    assert confirm(database, "guess", said, NOW) is None
    sent = receive(database, "guess", b"", signature="", content_type="", now=NOW)
    assert sent is False


def test_a_hub_may_refuse(work, database):
    hub = Hub(database)
    hub.verifies = False
    asyncio.run(subscribe_due(work, hub))
    said = {"hub.mode": "denied", "hub.topic": TOPIC, "hub.reason": "not for you"}
    assert confirm(database, held(database).token, said, NOW) == ""
    assert held(database).state is PushState.DENIED


@pytest.mark.parametrize("mode", ["subscribe", "unsubscribe", "", "x"])
def test_nobody_ends_or_moves_a_subscription_by_its_callback(work, database, mode):
    asyncio.run(subscribe_due(work, Hub(database)))
    before = held(database)
    said = {"hub.mode": mode, "hub.topic": "https://evil.vn/", "hub.challenge": "x"}
    assert confirm(database, before.token, said, NOW) is None
    assert held(database) == before


def test_only_the_newest_pushes_of_a_source_wait(work, database):
    asyncio.run(subscribe_due(work, Hub(database)))
    for number in range(30):
        push_to(database, str(number).encode())
    assert [one.body for one in waiting(database)][-1] == b"29"
    assert len(waiting(database)) == hub_subscriptions.KEPT_PUSHES


def test_polling_that_finds_news_ends_the_trust_in_a_live_hub(work, database):
    asyncio.run(subscribe_due(work, Hub(database)))
    push_to(database)
    later = NOW + timedelta(hours=3)
    with database.write() as connection:
        assert note_poll(connection, "bao", later, news=0) is True
        assert note_poll(connection, "bao", later, news=1) is False
        assert note_poll(connection, "unknown", later, news=1) is False
    assert held(database).state is PushState.DISTRUSTED
