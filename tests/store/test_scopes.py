"""What several feeds carry together, on every engine."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from syndicate.model import Follower, FollowerState, Intent
from syndicate.store import scopes
from syndicate.store.schema import carried, feeds, followers, permalinks


@pytest.fixture
def carry(database, now):
    def put(feed, *stories, gone_at=None):
        """Carry stories: (uid, place)."""
        with database.write() as connection:
            for uid, place in stories:
                connection.execute(
                    insert(carried).values(
                        feed=feed,
                        uid=uid,
                        story_id=int(uid),
                        place=place,
                        page=0,
                        gone_at=gone_at,
                    )
                )

    return put


def ask(database, question, *args, **more):
    with database.read() as connection:
        return question(connection, *args, **more)


def newest(database, keys, limit=10, **more):
    found = ask(database, scopes.newest, keys, limit, **more)
    return [one.uid for one in found]


def test_a_story_of_several_feeds_stands_once_at_its_greatest_place(database, carry):
    carry("a", ("1", "p1"), ("2", "p2"), ("3", "p3"))
    carry("b", ("1", "p4"), ("4", "p0"))
    carry("c", ("5", "p9"))
    assert newest(database, ["a", "b"]) == ["1", "3", "2", "4"]
    assert newest(database, ["a", "b"], 2) == ["1", "3"]
    assert newest(database, ["b"]) == ["1", "4"]
    assert newest(database, []) == []


def test_pages_by_place_reach_every_story(database, carry):
    carry("a", *((str(n), f"p{n:02}") for n in range(20) if n % 2))
    carry("b", *((str(n), f"p{n:02}") for n in range(20) if n % 3))
    reached, before = [], ""
    while True:
        found = ask(database, scopes.newest, ["a", "b"], 3, before=before)
        if not found:
            break
        reached += [one.uid for one in found]
        before = found[-1].place
    expected = [str(n) for n in range(19, -1, -1) if n % 2 or n % 3]
    assert reached == expected


def test_what_is_gone_is_named_once_with_where_it_went(database, carry, now):
    carry("a", ("1", "p1"))
    carry("a", ("2", "p2"), ("3", "p3"), gone_at=now)
    carry("b", ("3", "p3"), gone_at=now - timedelta(hours=1))
    carry("b", ("4", "p4"), gone_at=now - timedelta(days=40))
    with database.write() as connection:
        connection.execute(
            insert(permalinks).values(
                uid="2",
                story_id=2,
                day="2026-11-22",
                changed_at=now,
                gone_at=now,
                into="1",
                **{name: "" for name in ("place", "stamp") if name in permalinks.c},
            )
        )
    since = now - timedelta(days=30)
    found = ask(database, scopes.gone_since, ["a", "b"], since, 10)
    assert [(one.uid, one.into, one.at) for one in found] == [
        ("2", "1", now),
        ("3", "", now),
    ]
    assert len(ask(database, scopes.gone_since, ["a", "b"], since, 1)) == 1
    assert newest(database, ["a", "b"]) == ["1"]
    assert ask(database, scopes.last_change, ["1", "2"]) == now
    assert ask(database, scopes.last_change, []) is None


def test_a_version_is_another_one_when_a_feed_of_the_scope_changes(database, now):
    def publish(key, at):
        with database.write() as connection:
            connection.execute(feeds.delete().where(feeds.c.feed == key))
            values = {"feed": key, "stamp": "s", "changed_at": at, "pages": 0}
            connection.execute(insert(feeds).values(values))

    publish("a", now)
    publish("b", now)
    first = ask(database, scopes.version, ["a"])
    publish("b", now + timedelta(seconds=1))
    assert ask(database, scopes.version, ["a"]) == first
    publish("a", now + timedelta(microseconds=1))
    assert ask(database, scopes.version, ["a"]) != first
    assert ask(database, scopes.version, ["a", "b"]) != first


def test_figures_count_stories_and_what_is_gone(database, carry, now):
    carry("a", ("1", "p1"), ("2", "p2"))
    carry("a", ("3", "p3"), gone_at=now)
    with database.write() as connection:
        for key in ("a", "b"):
            values = {"feed": key, "stamp": "s", "changed_at": now, "pages": 4}
            connection.execute(insert(feeds).values(values))
    found = ask(database, scopes.figures)
    assert (found["a"].stories, found["a"].gone, found["a"].pages) == (2, 1, 4)
    assert (found["b"].stories, found["b"].gone) == (0, 0)


def test_only_followers_whose_lease_runs_count(database, now):
    def follow(number, **more):
        given = {
            "topic": "https://x/a.atom",
            "callback": f"https://y/{number}",
            "lease": 10,
            "asked_at": now,
            "state": FollowerState.VERIFIED,
            "intent": Intent.NONE,
            "lease_until": now + timedelta(hours=1),
        } | more
        held = Follower(**given)
        values = {
            name: getattr(held, name, "")
            for name in (one.name for one in followers.c)
            if name not in ("id", "mark")
        }
        with database.write() as connection:
            connection.execute(insert(followers).values(**values, mark=str(number)))

    follow(1)
    follow(2)
    follow(3, lease_until=now)
    follow(4, state=FollowerState.ASKED)
    assert ask(database, scopes.followed, now) == {"https://x/a.atom": 2}
