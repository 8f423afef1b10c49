"""What readers were given of a story before, and what they were not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.model import Carried, Issue, IssueItem, IssueSection, IssueState
from syndicate.store import aliases, arrivals, carrying, issues, moving, stories

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
SENT, SKIPPED, DRAFT = IssueState.SENT, IssueState.SKIPPED, IssueState.DRAFT


def issue(start, number, *uids, digest="tuan"):
    items = tuple(
        IssueItem(
            story=1,
            uid=uid,
            title="",
            url="",
            summary="",
            source="",
            language="vi",
            published=None,
        )
        for uid in uids
    )
    section = IssueSection(title="Tin khác", items=items)
    return Issue(
        digest=digest, number=number, start=start, end=start + WEEK, sections=(section,)
    )


@pytest.fixture
def print_(database, now):
    """Keep issue ``number`` of the week that begins so many weeks after now."""

    def keep(number, *uids, digest="tuan", state=SENT, week=None):
        start = now + (number if week is None else week) * WEEK
        made = issue(start, number, *uids, digest=digest)
        with database.write() as connection:
            frozen = start + WEEK
            return issues.create(connection, made, state=state, sha256="", now=frozen)

    return keep


@pytest.fixture
def told(database, now):
    """Keep stories without entries; gives their numbers."""

    def keep(*uids):
        with database.write() as connection:
            return [stories.create(connection, uid, now) for uid in uids]

    return keep


@pytest.fixture
def carried(database):
    def ask(*uids, editions=("tuan",), **given):
        with database.read() as connection:
            return carrying.carried(connection, editions, uids, **given)

    return ask


@pytest.fixture
def told_by(tell, article):
    """Let a source tell a story at a time; gives the entry's number."""

    def add(story, source, at):
        return tell(article(source, story), story=story, now=at).id

    return add


def test_the_last_issue_of_the_edition_counts_and_every_one_is_named(
    print_, told, carried, now
):
    told("x", "y", "z")
    print_(1, "x", "y")
    print_(2, "x")
    found = carried("x", "y", "z")
    first, second = now + 2 * WEEK, now + 3 * WEEK
    assert found == {
        "x": Carried(at=second, by=(("tuan", 1, first), ("tuan", 2, second))),
        "y": Carried(at=first, by=(("tuan", 1, first),)),
    }


def test_skipped_issues_have_given_nothing_to_anybody(print_, told, carried):
    told("x")
    print_(1, "x", state=SKIPPED)
    assert carried("x") == {}


def test_other_editions_are_named_but_are_not_its_own(print_, told, carried, now):
    told("x")
    print_(1, "x", digest="tuan-daily")
    print_(1, "x", digest="thang")
    found = carried("x", editions=("tuan", "tuan-daily"))["x"]
    assert found == Carried(at=None, by=(("tuan-daily", 1, now + 2 * WEEK),))


def test_what_had_carried_a_story_that_was_merged_has_carried_its_heir(
    database, print_, told, carried, now
):
    old, heir = told("x", "y")
    print_(1, "x")
    with database.write() as connection:
        moving.dissolve(connection, old, "x", heir, now)
        assert aliases.story_of(connection, "x") == heir
    assert carried("y")["y"].by == (("tuan", 1, now + 2 * WEEK),)


def test_as_things_stood_then_later_issues_and_later_skips_do_not_count(
    database, print_, told, carried, now
):
    told("x")
    draft = print_(1, "x", state=DRAFT)
    print_(2, "x")
    before = now + 2 * WEEK + DAY
    with database.write() as connection:
        issues.set_state(connection, draft, SKIPPED, now=before + DAY)
    assert [number for _key, number, _at in carried("x").get("x").by] == [2]
    assert [number for _key, number, _at in carried("x", at=before)["x"].by] == [1]
    assert carried("x", before=now + WEEK, at=before) == {}


def test_readers_are_told_up_to_the_end_of_the_last_issue_that_went_out(
    database, print_, now
):
    def reached(week, at=None):
        start = now + week * WEEK
        with database.read() as connection:
            found = carrying.reached(connection, "tuan", start, start + WEEK, at)
            return found and found.until

    assert reached(1) is None
    skipped = print_(1, state=SKIPPED)
    assert reached(2) == now + WEEK  # where the first of the skipped ones began
    print_(2)
    print_(3, state=SKIPPED)
    print_(3, digest="thang")
    assert reached(4) == reached(5) == now + 3 * WEEK
    assert reached(4, at=now) is None
    assert reached(2, at=now + 2 * WEEK) == now + WEEK
    assert skipped


def test_stories_of_skipped_issues_are_owed(database, print_, told, now):
    x, y = told("x", "y")
    print_(1, "x", state=SKIPPED)
    print_(2, "y")

    def owed(since, before, at=None):
        with database.read() as connection:
            return carrying.owed(connection, "tuan", since, before, at)

    assert owed(now, now + 4 * WEEK) == {x: "x"}
    assert owed(now + 2 * WEEK, now + 4 * WEEK) == {}
    assert owed(now, now + WEEK) == {}
    assert owed(now, now + 4 * WEEK, at=now + WEEK) == {}
    assert y


def test_stories_that_were_carried_and_have_changed_are_found(
    database, print_, told, now
):
    x, y, z = told("x", "y", "z")
    print_(1, "x", "y")
    with database.write() as connection:
        moving.touch(connection, [x, z], now + 2 * WEEK)
    with database.read() as connection:
        found = carrying.changed_ids(connection, ["tuan"], now + WEEK)
        assert found == {x}
        assert carrying.changed_ids(connection, ["thang"], now) == set()
        assert carrying.changed_ids(connection, ["tuan"], now) == {x, y}


def test_stories_arrive_with_any_of_their_articles(database, told_by, now):
    """One that began before is among them if another source tells it then."""
    with database.write() as connection:
        old = stories.create(connection, "x", now - WEEK)
        new = stories.create(connection, "y", now)
        stories.create(connection, "z", now + WEEK)
    told_by(old, "a", now - WEEK)
    told_by(old, "b", now + DAY)
    told_by(new, "a", now)
    with database.read() as connection:
        assert arrivals.story_ids(connection, now, now + WEEK, ["a", "b"]) == {old, new}
        assert arrivals.story_ids(connection, now, now + WEEK) == {new}
        late = now + 2 * DAY
        assert arrivals.story_ids(connection, late, now + WEEK, ["a", "b"]) == set()


def test_articles_that_were_filed_after_a_number_are_found(database, told_by, now):
    with database.write() as connection:
        first, second = (stories.create(connection, uid, now) for uid in "xy")
    known = told_by(first, "a", now)
    told_by(second, "a", now - DAY)
    with database.read() as connection:
        found = arrivals.story_ids(connection, now - WEEK, now + WEEK, ["a"], known)
        assert found == {second}
        assert arrivals.newest(connection) == known + 1


def test_articles_that_joined_later_are_known(database, told_by, now):
    with database.write() as connection:
        story = stories.create(connection, "x", now)
    told_by(story, "a", now)
    late = told_by(story, "b", now + DAY)
    with database.read() as connection:
        assert arrivals.moved_since(connection, [story], now) == {late}
        assert arrivals.moved_since(connection, [story], now + DAY) == set()
