"""Who waits for a person."""

from __future__ import annotations

from datetime import timedelta

from syndicate.model import Asked, Label, LabelOrigin
from syndicate.store import entries, labelled, reviews, stories
from syndicate.store.reviews import Review

GUESS = Label(category="a", reason="", confidence=0.4, origin=LabelOrigin.LEARNED)
DAY = timedelta(days=1)


def ask(database, stored, since, asked=Asked.UNSURE, *guesses):
    new = Review(story=stored.story, asked=asked, since=since, guesses=guesses)
    with database.write() as connection:
        reviews.ask_all(connection, [new])
    return new


def waiting(database, since):
    with database.read() as connection:
        return reviews.waiting(connection, since)


def test_who_waits_is_listed_newest_first_with_the_guesses(
    database, tell, article, now
):
    first = ask(database, tell(article("a")), now - DAY, Asked.UNSURE, GUESS)
    second = ask(database, tell(article("b")), now, Asked.CHECK)
    assert waiting(database, now - 2 * DAY) == [second, first]
    assert waiting(database, now) == [second]
    with database.read() as connection:
        assert reviews.waiting(connection, now - 2 * DAY, limit=1) == [second]
        assert reviews.get(connection, first.story) == first
        assert reviews.get(connection, 999) is None
        assert reviews.counts(connection, now - 2 * DAY) == {
            Asked.UNSURE: 1,
            Asked.CHECK: 1,
        }
        assert reviews.asked_since(connection, Asked.CHECK, now)
        assert not reviews.asked_since(connection, Asked.UNSURE, now)


def test_who_stands_in_the_queue_stays_as_it_is(database, tell, article, now):
    stored = tell(article())
    first = ask(database, stored, now, Asked.CHECK)
    ask(database, stored, now + DAY, Asked.UNSURE, GUESS)
    assert waiting(database, now) == [first]


def test_what_is_withdrawn_does_not_wait(database, tell, article, now):
    stored = tell(article())
    ask(database, stored, now)
    with database.write() as connection:
        entries.withdraw(connection, stored.id, now)
        assert reviews.counts(connection, now) == {}
    assert waiting(database, now) == []


def test_settled_and_old_ones_are_gone(database, tell, article, now):
    one, two = tell(article("a")), tell(article("b"))
    ask(database, one, now)
    ask(database, two, now, Asked.CHECK)
    with database.write() as connection:
        reviews.settle(connection, [one.story, two.story], Asked.UNSURE)
    assert [each.story for each in waiting(database, now)] == [two.story]
    with database.write() as connection:
        reviews.settle(connection, [two.story])
    assert waiting(database, now) == []
    ask(database, one, now - 31 * DAY)
    with database.write() as connection:
        reviews.clear(connection, now - 30 * DAY)
        assert reviews.get(connection, one.story) is None


def test_labels_are_counted_by_category_and_origin(database, tell, article, now):
    one, two, bare = (tell(article(name)) for name in "abc")
    gone, old = tell(article("d")), tell(article("e"), now=now - 9 * DAY)
    editor = Label(category="a", reason="", confidence=1, origin=LabelOrigin.EDITOR)
    rule = Label(category="a", reason="", confidence=0.5, primary=True)
    with database.write() as connection:
        stories.set_labels(connection, one.story, [rule, GUESS])
        for story in (two.story, gone.story, old.story):
            stories.set_labels(connection, story, [editor])
        entries.withdraw(connection, gone.id, now)
    with database.read() as connection:
        told = labelled.figures(connection, now - DAY)
        before = labelled.figures(connection, now - 10 * DAY, now - DAY)
        drawn = labelled.given(connection, now - DAY, now + DAY)
        ids = labelled.ids_since(connection, now - DAY)
    assert (told.stories, told.unlabelled) == (3, 1)
    assert told.by_category == {
        ("a", LabelOrigin.RULES): 1,
        ("a", LabelOrigin.EDITOR): 1,
    }
    assert (told.of("a"), told.of("b"), told.by(LabelOrigin.LEARNED)) == (2, 0, 0)
    assert before.stories == 1
    assert [(one_of.story, one_of.category) for one_of in drawn] == [(one.story, "a")]
    assert ids == [bare.story, two.story, one.story]
