"""Followers of our hub, on every engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import Follower, FollowerState, Intent
from syndicate.store import followers

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
TOPIC = "https://tin.vn/feeds/all.atom"
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def follower(number: int = 1, **more) -> Follower:
    values = {
        "topic": TOPIC,
        "callback": f"https://a.vn/{number}",
        "host": "a.vn",
        "lease": 86_400,
        "asked_at": NOW,
    }
    return Follower(**values | more)


def verified(number: int = 1, **more) -> Follower:
    more = {
        "state": FollowerState.VERIFIED,
        "intent": Intent.NONE,
        "verified_at": NOW,
        "lease_until": NOW + DAY,
    } | more
    return follower(number, **more)


@pytest.fixture
def keep(database):
    def kept(*some: Follower) -> list[Follower]:
        with database.write() as connection:
            for one in some:
                followers.save(connection, one)
            return followers.every(connection)

    return kept


def test_a_follower_comes_back_as_it_was_kept(database, keep):
    full = verified(
        secret="khoá",
        new_secret="mới",
        intent=Intent.SUBSCRIBE,
        delivered_at=NOW,
        owed_at=NOW,
        due_at=NOW,
        failures=2,
        failing_since=NOW,
        detail="HTTP 500",
    )
    (kept,) = keep(full)
    assert kept == replace(full, id=kept.id)
    with database.read() as connection:
        assert followers.find(connection, TOPIC, full.callback) == kept
        assert followers.get(connection, kept.id) == kept
        assert followers.find(connection, TOPIC, "https://a.vn/other") is None
        assert followers.get(connection, 10**30) is None


def test_saving_again_changes_the_row_and_adds_none(keep):
    (kept,) = keep(follower())
    (again,) = keep(replace(kept, detail="HTTP 404"))
    assert (again.id, again.detail) == (kept.id, "HTTP 404")


def test_a_callback_longer_than_an_index_takes_is_kept(keep):
    (kept,) = keep(follower(callback="https://a.vn/" + "x" * 5_000))
    assert len(kept.callback) == 5_013


def test_news_is_owed_to_those_who_are_verified_and_whose_lease_runs(database, keep):
    keep(
        verified(1),
        verified(2, lease_until=NOW),
        verified(3, topic="https://tin.vn/feeds/b.rss"),
        verified(4, state=FollowerState.FAILED),
        follower(5),
    )
    with database.write() as connection:
        assert followers.owe(connection, [TOPIC], NOW) == 1
        owed = [one for one in followers.every(connection) if one.owed_at]
    assert [(one.callback, one.due_at) for one in owed] == [("https://a.vn/1", NOW)]


def test_newer_news_does_not_hurry_what_waits(database, keep):
    later = NOW + timedelta(hours=1)
    keep(verified(owed_at=NOW, due_at=later, failures=5))
    with database.write() as connection:
        followers.owe(connection, [TOPIC], NOW + SECOND)
        (held,) = followers.every(connection)
    assert (held.owed_at, held.due_at) == (NOW + SECOND, later)


def test_thousands_of_topics_are_owed_at_once(database, keep):
    keep(verified(1), verified(2, topic="https://tin.vn/feeds/f1999.rss"))
    topics = [TOPIC, *(f"https://tin.vn/feeds/f{n}.rss" for n in range(2_000))]
    with database.write() as connection:
        assert followers.owe(connection, topics, NOW) == 2


def test_those_that_were_well_come_first_and_full_hosts_are_left_out(database, keep):
    keep(
        verified(1, due_at=NOW - DAY, owed_at=NOW, failures=3),
        verified(2, due_at=NOW, owed_at=NOW),
        verified(3, due_at=NOW - SECOND, owed_at=NOW, host="b.vn"),
        verified(4, due_at=NOW + SECOND, owed_at=NOW),
        follower(5, due_at=NOW),
    )

    def due(**more) -> list[str]:
        with database.read() as connection:
            found = followers.due(connection, NOW, limit=10, **more)
        return [one.callback[-1] for one in found]

    assert due() == ["3", "2", "5", "1"]
    assert due(without=["b.vn"]) == ["2", "5", "1"]
    assert due(doubtful=False) == ["3", "2"]


def test_a_wish_in_its_name_does_not_put_a_follower_among_the_strangers(database, keep):
    keep(verified(owed_at=NOW, due_at=NOW, intent=Intent.SUBSCRIBE))
    with database.read() as connection:
        assert followers.due(connection, NOW, limit=1, doubtful=False)


def test_what_is_claimed_is_not_due(database, keep):
    (kept,) = keep(verified(owed_at=NOW, due_at=NOW))
    with database.write() as connection:
        assert followers.are_due(connection, NOW)
        followers.claim(connection, [kept.id], NOW + DAY)
        assert not followers.are_due(connection, NOW)
        assert followers.are_due(connection, NOW + DAY)


def test_they_are_counted(database, keep):
    keep(
        verified(1, owed_at=NOW, failures=1),
        verified(2, intent=Intent.SUBSCRIBE),
        verified(3, lease_until=NOW),
        follower(4, host="b.vn"),
        follower(5, state=FollowerState.FAILED, intent=Intent.NONE),
    )
    with database.read() as connection:
        tally = followers.tally(connection, NOW)
        assert followers.at_host(connection, "a.vn") == (3, 1)
        assert followers.at_host(connection, "b.vn") == (1, 1)
    assert tally == followers.Tally(followers=2, asked=2, failing=1, owed=1)


def test_leases_that_are_over_and_old_failures_go(database, keep):
    failed = {"state": FollowerState.FAILED, "intent": Intent.NONE}
    keep(
        verified(1),
        verified(2, lease_until=NOW),
        verified(3, lease_until=NOW, intent=Intent.SUBSCRIBE),
        follower(4),
        follower(5, asked_at=NOW - 8 * DAY, **failed),
        follower(6, asked_at=NOW - 2 * DAY, **failed),
        follower(7, asked_at=NOW - DAY, **failed),
        verified(8, lease_until=NOW, **failed),
    )
    with database.write() as connection:
        before = NOW - 7 * DAY
        gone = followers.lapse(connection, NOW, failed_before=before, most=2)
        left = [one.callback[-1] for one in followers.every(connection)]
    assert left == ["1", "3", "4", "7", "8"]
    assert gone == 3


def test_followers_can_be_dropped(database, keep):
    kept = keep(verified(1), verified(2))
    with database.write() as connection:
        assert followers.forget(connection, [kept[0].id]) == 1
        assert followers.forget(connection, []) == 0
        assert [one.id for one in followers.every(connection, TOPIC)] == [kept[1].id]
        assert followers.every(connection, "https://tin.vn/feeds/b.rss") == []
