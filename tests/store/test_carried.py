"""Where stories stand, what is to be made, and what is on the disk; on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.store import carried, departed, feeds, permalinks, unwritten, written
from syndicate.store.carried import Place
from syndicate.store.feeds import FeedRow
from syndicate.store.permalinks import Permalink
from syndicate.store.written import Record


@pytest.fixture
def put(database):
    """Let stories come to a feed: ``put("all", 3, 1)``; their numbers say where."""

    def add(feed, *numbers, **more):
        rows = [
            Place(feed=feed, uid=f"u{n}", story=n, place=f"{n:04d}", **more)
            for n in numbers
        ]
        with database.write() as connection:
            carried.add(connection, rows)

    return add


@pytest.fixture
def ask(database):
    def run(question, *arguments):
        with database.read() as connection:
            return question(connection, *arguments)

    return run


def test_the_greatest_place_stands_first_and_what_is_gone_nowhere(put, ask, now):
    put("all", 3, 1, 2)
    put("all", 9, gone_at=now)
    assert ask(carried.current, "all", 2) == [("u3", 3), ("u2", 2)]
    assert ask(carried.count, "all") == 3
    assert ask(carried.counts) == {"all": 3}
    assert ask(carried.last_shown, "all", 2) == "0002"
    assert ask(carried.last_shown, "all", 4) is None


def test_several_feeds_together_have_each_story_once(put, ask):
    put("a", 1, 3)
    put("b", 2, 3)
    assert ask(carried.current_of, ["a", "b"], 2) == [("u3", 3), ("u2", 2)]
    assert ask(carried.current_of, [], 5) == []


def test_a_closed_page_holds_what_came_last_first(put, ask, database):
    put("all", 5, 1, 3)
    waiting = ask(carried.unpaged, "all")
    assert [place for _row, place in waiting] == ["0005", "0001", "0003"]
    with database.write() as connection:
        carried.close(connection, 1, [row for row, _place in waiting[:2]])
    assert ask(carried.page, "all", 1) == [("u1", 1), ("u5", 5)]
    assert [place for _row, place in ask(carried.unpaged, "all")] == ["0003"]
    assert ask(carried.last_page, "all") == 1
    assert ask(carried.first_of_pages) == {("all", 1): waiting[0][0]}


def test_what_is_gone_is_named_with_where_it_went(put, ask, database, now):
    put("all", 1, 2, gone_at=now)
    put("all", 3, gone_at=now - timedelta(days=40))
    link = Permalink(
        uid="u1", story_id=7, day="2026-11-22", changed_at=now, gone_at=now, into="u9"
    )
    with database.write() as connection:
        permalinks.save(connection, [link])
    since = now - timedelta(days=30)
    assert ask(carried.gone, "all", since, 9) == [("u1", now, "u9"), ("u2", now, "")]
    assert len(ask(carried.gone, "all", since, 1)) == 1


def test_days_and_months_are_those_of_stories_that_stand(ask, database, now):
    days = ("2026-10-30", "2026-11-02", "2026-11-02", "2026-12-01")
    links = [
        Permalink(
            uid=f"u{n}",
            story_id=n,
            day=day,
            changed_at=now,
            gone_at=now if n == 3 else None,
        )
        for n, day in enumerate(days)
    ]
    with database.write() as connection:
        permalinks.save(connection, links)
    assert ask(permalinks.months) == ["2026-10", "2026-11"]
    assert ask(permalinks.days_beside, "2026-11-01") == ("2026-10-30", "2026-11-02")
    assert ask(permalinks.days_beside, "2026-11-02") == ("2026-10-30", "")
    assert ask(permalinks.days_with, set(days)) == {"2026-10-30", "2026-11-02"}
    assert sorted(ask(permalinks.of_day, "2026-11-02")) == [1, 2]
    assert ask(permalinks.newest, ["u1", "none"]) == now
    assert ask(permalinks.newest, ["none"]) is None


def test_units_are_named_once_and_those_that_come_meanwhile_stay(ask, database):
    with database.write() as connection:
        unwritten.note(connection, ["feed:0:b", "feed:0:a", "feed:0:b"])
    noted = ask(unwritten.everything)
    assert list(noted) == ["feed:0:b", "feed:0:a"]
    with database.write() as connection:
        unwritten.note(connection, ["feed:0:a"])
        unwritten.remove(connection, [row for rows in noted.values() for row in rows])
    assert list(ask(unwritten.everything)) == ["feed:0:a"]
    assert ask(unwritten.any_left)


def test_documents_are_found_by_how_their_paths_begin(ask, database, now):
    paths = ("day/2026-11-22.html", "day/2026-11.html", "Day/x.html", "all.rss")
    records = [
        Record(path=path, sha256="0", size=1, changed_at=now, unit="u", mtime=5)
        for path in paths
    ]
    with database.write() as connection:
        written.save(connection, records)
    assert ask(written.under, "day/") == ["day/2026-11-22.html", "day/2026-11.html"]
    assert set(ask(written.under, "")) == set(paths)
    assert ask(written.count) == 4
    with database.write() as connection:
        written.distrust(connection)
    assert {one.mtime for one in ask(written.all_of).values()} == {-1}


def test_feeds_are_told_from_cited_documents(ask, database, now):
    rows = [
        FeedRow(feed=key, stamp="s", changed_at=now)
        for key in ("all", ":look", "document/05")
    ]
    with database.write() as connection:
        feeds.save(connection, rows)
    assert set(ask(feeds.starting, "document/")) == {"document/05"}
    assert set(ask(feeds.others, "document/")) == {"all", ":look"}
    assert ask(feeds.get, "all") == rows[0]


def test_it_is_known_what_became_of_a_story(tell, article, ask, database, now):
    stored = tell(article())
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE entries SET withdrawn_at = seen_at")
    assert ask(departed.withdrawn, [stored.story]) == {stored.story: now}
    assert ask(departed.living, [stored.entry.url]) == {stored.entry.url: stored.story}
    assert ask(departed.merged, [stored.entry.url]) == {}
    assert ask(departed.sources_of, [stored.story]) == {stored.story: {"a"}}
