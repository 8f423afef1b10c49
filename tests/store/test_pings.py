"""Other people's hubs, on every engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from syndicate.model import Ping
from syndicate.store import pings

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HUB, TOPIC = "https://hub.vn/", "https://tin.vn/feeds/all.atom"


def test_each_hub_is_owed_each_topic_and_newer_news_is_the_same_row(database):
    with database.write() as connection:
        pings.owe(connection, [HUB, "https://b.vn/"], [TOPIC, f"{TOPIC}2"], NOW)
        pings.owe(connection, [HUB], [TOPIC], NOW + SECOND)
        every = pings.every(connection)
        assert len(every) == 4
        held = pings.get(connection, HUB, TOPIC)
    assert held == Ping(hub=HUB, topic=TOPIC, owed_at=NOW + SECOND, due_at=NOW)


def test_nothing_is_owed_where_there_is_no_hub_or_no_topic(database):
    with database.write() as connection:
        pings.owe(connection, [], [TOPIC], NOW)
        pings.owe(connection, [HUB], [], NOW)
        assert pings.every(connection) == []


def test_what_was_told_is_owed_again_with_the_next_news(database):
    told = Ping(hub=HUB, topic=TOPIC, pinged_at=NOW, failures=3, detail="HTTP 503")
    with database.write() as connection:
        pings.owe(connection, [HUB], [TOPIC], NOW)
        pings.save(connection, told)
        assert pings.get(connection, HUB, TOPIC) == told
        pings.owe(connection, [HUB], [TOPIC], NOW + SECOND)
        held = pings.get(connection, HUB, TOPIC)
    assert (held.owed_at, held.due_at) == (NOW + SECOND, NOW + SECOND)
    assert (held.failures, held.detail) == (3, "HTTP 503")


def test_what_is_due_is_claimed_for_a_while(database):
    with database.write() as connection:
        pings.owe(connection, [HUB], [TOPIC, f"{TOPIC}2"], NOW)
        assert pings.are_due(connection, NOW)
        first, second = pings.due(connection, NOW, limit=5)
        pings.claim(connection, [first], NOW + SECOND)
        assert pings.due(connection, NOW, limit=5) == [second]
        pings.claim(connection, [second], NOW + SECOND)
        pings.claim(connection, [], NOW)
        assert not pings.are_due(connection, NOW)
        assert pings.due(connection, NOW + SECOND, limit=1)[0].topic == TOPIC


def test_hubs_that_are_no_longer_named_are_forgotten(database):
    with database.write() as connection:
        pings.owe(connection, [HUB, "https://b.vn/"], [TOPIC], NOW)
        assert pings.keep_only(connection, [HUB], idle_before=NOW) == 1
        assert [one.hub for one in pings.every(connection)] == [HUB]
        assert pings.keep_only(connection, [], idle_before=NOW) == 1


def test_what_was_told_long_ago_is_forgotten_and_what_waits_is_not(database):
    told = Ping(hub=HUB, topic=TOPIC, pinged_at=NOW)
    with database.write() as connection:
        pings.owe(connection, [HUB], [TOPIC, f"{TOPIC}2"], NOW)
        pings.save(connection, told)
        assert pings.keep_only(connection, [HUB], idle_before=NOW) == 0
        assert pings.keep_only(connection, [HUB], idle_before=NOW + SECOND) == 1
        assert [one.topic for one in pings.every(connection)] == [f"{TOPIC}2"]
