"""What editors decided on categories is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.errors import StoreError
from syndicate.model import Asked, Decision, Label, LabelOrigin
from syndicate.store import decisions, entries, purging


@pytest.fixture
def decide(database, now):
    def keep(stored, *categories, **more):
        made = Decision(entry=stored.id, categories=categories, at=now, **more)
        with database.write() as connection:
            return decisions.keep(connection, made)

    return keep


def of(database, *ids):
    with database.read() as connection:
        return decisions.of_stories(connection, ids)


def test_a_decision_comes_back_as_it_was_kept(database, tell, article, decide):
    stored = tell(article())
    shown = (
        Label(category="a", reason='{"title": [["x", 1]]}', confidence=0.7),
        Label(category="b", reason="", confidence=0.9, origin=LabelOrigin.LEARNED),
    )
    kept = decide(
        stored, "b", "c", shown=shown, asked=Asked.CHECK, by="Lan", note="vì\x00thế"
    )
    assert kept.id
    with database.read() as connection:
        found = decisions.get(connection, kept.id)
        assert decisions.get(connection, 999) is None
    assert found.shown == shown
    assert (found.categories, found.asked, found.at) == (
        ("b", "c"),
        Asked.CHECK,
        kept.at,
    )
    assert found.note == "vì\ufffdthế"


def test_the_newest_decision_on_any_teller_is_that_of_the_story(
    database, tell, article, decide
):
    one = tell(article("a"))
    two = tell(article("b"), story=one.story)
    alone = tell(article("c"))
    decide(two, "x")
    last = decide(one, "y")
    assert {
        story: made.id for story, made in of(database, one.story, alone.story).items()
    } == {one.story: last.id}


def test_a_decision_on_a_withdrawn_teller_still_holds(
    database, tell, article, decide, now
):
    one = tell(article("a"))
    tell(article("b"), story=one.story)
    decide(one, "x")
    with database.write() as connection:
        entries.withdraw(connection, one.id, now)
    assert of(database, one.story)[one.story].categories == ("x",)


def test_none_fits_is_a_decision_too(database, tell, article, decide):
    stored = tell(article())
    decide(stored)
    assert of(database, stored.story)[stored.story].categories == ()


def test_a_removed_decision_uncovers_the_one_before(database, tell, article, decide):
    stored = tell(article())
    first, second = decide(stored, "a"), decide(stored, "b")
    with database.write() as connection:
        decisions.remove(connection, second.id)
        assert [one.id for one in decisions.of_entry(connection, stored.id)] == [
            first.id
        ]
    assert of(database, stored.story)[stored.story].id == first.id


def test_decisions_are_listed_newest_first_by_time_and_by_why(
    database, tell, article, decide, now
):
    stored = tell(article())
    for asked in (Asked.OWN, Asked.CHECK, Asked.UNSURE):
        decide(stored, "a", asked=asked)
    with database.read() as connection:
        every = decisions.latest(connection)
        assert [one.asked for one in every] == [Asked.UNSURE, Asked.CHECK, Asked.OWN]
        assert len(decisions.latest(connection, limit=2)) == 2
        assert [
            one.asked for one in decisions.latest(connection, asked=Asked.CHECK)
        ] == [Asked.CHECK]
        assert decisions.latest(connection, since=now + timedelta(seconds=1)) == []
        assert decisions.latest(connection, before=now) == []


def test_one_decision_stands_for_each_story(database, tell, article, decide):
    one, other = tell(article("a")), tell(article("b"))
    decide(one, "a")
    kept = {decide(one, "b").id, decide(other, "a").id}
    with database.read() as connection:
        assert {made.id for made in decisions.standing(connection)} == kept


def test_a_decision_stays_with_the_story_when_its_article_is_purged(
    database, tell, article, decide
):
    one = tell(article("a"))
    two = tell(article("b"), story=one.story)
    alone = tell(article("c"))
    decide(one, "x")
    decide(alone, "y")
    with database.write() as connection:
        purging.remove(connection, [one.id, alone.id])
    assert of(database, one.story)[one.story].entry == two.id
    with database.read() as connection:
        assert len(decisions.latest(connection)) == 1


def test_there_is_no_decision_on_no_article(database, now):
    made = Decision(entry=77, categories=(), at=now)
    with pytest.raises(StoreError), database.write() as connection:
        decisions.keep(connection, made)
