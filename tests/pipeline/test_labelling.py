"""Editors decide what stories are about, and nothing takes it back but they."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.categorise.reasons import Ground, read_reason
from syndicate.categorise.rules import Rules
from syndicate.model import Asked, Category, Entry, Label, LabelOrigin, Scoring
from syndicate.pipeline.filing import Filing, file_entries
from syndicate.pipeline.labelling import (
    Labelling,
    NothingToUndoError,
    UnknownCategoryError,
    decide,
    undo,
)
from syndicate.pipeline.preparing import prepare
from syndicate.pipeline.referring import RefusedError
from syndicate.pipeline.reviewing import queue
from syndicate.pipeline.trial import apply, attempt
from syndicate.store import decisions, entries, reviews, stories

CATEGORIES = (
    Category(slug="cau", title="Cầu", strong=("khánh thành cây cầu",)),
    Category(slug="truong", title="Trường học", strong=("học bổng", "lớp học")),
    Category(slug="cay", title="Cây", strong=("trồng hai nghìn cây",)),
)
DAY = timedelta(days=1)


class Learner:
    """Guesses what it is told to, and writes down what it is taught."""

    def __init__(self) -> None:
        self.taught: dict[int, tuple[str, ...]] = {}
        self.says: tuple[Label, ...] = ()
        self.asked = 0

    def guesses(self, _connection, _entry):
        self.asked += 1
        return self.says

    def unseen(self, connection, entry, _decision):
        return self.guesses(connection, entry)

    def teach(self, _connection, stored, categories):
        self.taught[stored.id] = tuple(categories)

    def forget(self, _connection, entry_id):
        self.taught.pop(entry_id, None)

    def guess(self, category, confidence):
        self.says = (
            Label(
                category=category,
                reason="",
                confidence=confidence,
                origin=LabelOrigin.LEARNED,
            ),
        )


class Room:
    """A desk with two sources, rules and a learner."""

    def __init__(self, desk, words):
        self.database, self.clock, self.words = desk.database, desk.clock, words
        self.sources = {key: desk.add(key) for key in ("tin", "bao")}
        self.learner = Learner()
        self.scoring = Scoring(checks=0)
        self.categories = CATEGORIES

    @property
    def filing(self):
        return Filing(
            sources=self.sources,
            rules=Rules(self.categories, self.scoring),
            backlog_after=timedelta(days=10),
            guesser=self.learner,
        )

    @property
    def work(self):
        return Labelling(database=self.database, desk=self.filing, teacher=self.learner)

    def entry(self, n=1, source="tin", **given):
        title, text = self.words.article(n - 1)
        values = {
            "source": source,
            "url": f"https://{source}.example/{n}",
            "title": title,
            "text": text,
            "fingerprint": f"{title}{text}",
        }
        return Entry(**values | given)

    def file(self, *some, first_import=False):
        prepared = [
            prepare(one, self.sources[one.source], self.filing.rules) for one in some
        ]
        with self.database.write() as connection:
            return file_entries(
                connection,
                prepared,
                self.filing,
                now=self.clock.now,
                first_import=first_import,
            )

    def decide(self, asked, *categories, **more):
        return decide(self.work, asked, categories, now=self.clock.now, **more)

    def story(self):
        (found,) = self.ask(stories.latest)
        return found

    def slugs(self):
        return [one.category for one in self.story().labels]

    def ask(self, question):
        with self.database.read() as connection:
            return question(connection)

    def waiting(self, checks=0):
        return queue(self.database, checks, self.clock.now)


@pytest.fixture
def room(desk, words):
    return Room(desk, words)


def test_a_decision_gives_its_labels_and_is_remembered(room):
    room.file(room.entry())
    assert room.slugs() == ["cau"]
    made = room.decide("1", "truong", "cay", by=" Lan ", note="về trường")
    labels = room.story().labels
    assert [one.category for one in labels] == ["truong", "cay"]
    assert [one.primary for one in labels] == [True, False]
    assert {one.origin for one in labels} == {LabelOrigin.EDITOR}
    assert read_reason(labels[0].reason)[Ground.EDITOR] == (("Lan", 1),)
    assert [one.category for one in made.decision.shown] == ["cau"]
    assert made.decision.asked is Asked.OWN
    assert made.labels == labels


@pytest.mark.parametrize("asked", ["1", "https://tin.example/1", "uid"])
def test_a_story_is_named_by_number_address_or_uid(room, asked):
    room.file(room.entry())
    room.decide(room.story().uid if asked == "uid" else asked, "cay")
    assert room.slugs() == ["cay"]


def test_that_nothing_fits_is_a_decision(room):
    room.file(room.entry())
    room.decide("1")
    assert room.slugs() == []
    assert room.waiting() == []
    room.file(room.entry(source="bao"))
    assert room.slugs() == []


def test_a_category_is_named_once_and_must_be_known(room):
    room.file(room.entry())
    assert room.decide("1", "cay", "cay").decision.categories == ("cay",)
    with pytest.raises(UnknownCategoryError, match="known: cau, truong, cay"):
        room.decide("1", "caay")
    with pytest.raises(RefusedError):
        room.decide("77", "cay")
    assert room.slugs() == ["cay"]


def test_a_decision_stands_whatever_tellers_and_corrections_come(room):
    room.file(room.entry())
    room.decide("1", "truong")
    room.file(room.entry(source="bao"))
    assert len(room.story().entries) == 2
    assert room.slugs() == ["truong"]
    changed = room.entry(text="Trồng hai nghìn cây dừa.", fingerprint="other")
    room.clock.advance(hours=1)
    room.file(changed)
    told = {one.entry.text for one in room.story().entries}
    assert "Trồng hai nghìn cây dừa." in told
    assert room.slugs() == ["truong"]


def test_a_decision_stands_when_its_article_is_withdrawn_and_comes_back(room):
    room.file(room.entry())
    room.file(room.entry(source="bao"))
    room.decide("1", "truong")
    with room.database.write() as connection:
        entries.withdraw(connection, 1, room.clock.now)
    room.file(room.entry(source="bao", text="Khánh thành cây cầu.", fingerprint="x"))
    assert room.slugs() == ["truong"]
    room.file(room.entry())
    assert room.slugs() == ["truong"]


def test_other_rules_change_no_decision(room):
    room.file(room.entry())
    room.decide("1", "truong")
    room.categories = (*CATEGORIES[1:], replace(CATEGORIES[0], slug="cau-moi"))
    since = room.clock.now - DAY
    assert attempt(room.database, room.filing, since).changes == ()
    assert apply(room.database, room.filing, since) == 0
    assert room.slugs() == ["truong"]


def test_the_newest_decision_counts_and_the_learner_forgets_the_other(room):
    room.file(room.entry())
    room.decide("1", "truong")
    room.decide("1", "cay")
    assert room.slugs() == ["cay"]
    assert room.learner.taught == {1: ("cay",)}


def test_the_learner_holds_one_article_of_a_story_when_its_lead_is_another(room):
    room.file(room.entry())
    room.decide("1", "truong")
    room.file(room.entry(source="bao"))
    with room.database.write() as connection:
        stories.set_lead(connection, room.story().id, 2)
    room.decide("1", "cay")
    assert room.learner.taught == {2: ("cay",)}
    undo(room.work, None, room.clock.now)
    assert room.learner.taught == {1: ("truong",)}


def test_undoing_lets_the_decision_before_count_and_then_the_rules(room):
    room.file(room.entry())
    room.decide("1", "truong")
    room.decide("1", "cay")
    undo(room.work, None, room.clock.now)
    assert room.slugs() == ["truong"]
    undone = undo(room.work, None, room.clock.now)
    assert [one.category for one in undone.labels] == ["cau"]
    assert room.slugs() == ["cau"]
    assert room.learner.taught == {}
    with pytest.raises(NothingToUndoError):
        undo(room.work, None, room.clock.now)


def test_undoing_a_decision_that_no_longer_counts_changes_no_label(room):
    room.file(room.entry())
    first = room.decide("1", "truong").decision.id
    room.decide("1", "cay")
    taught = dict(room.learner.taught)
    undo(room.work, first, room.clock.now)
    assert room.slugs() == ["cay"]
    assert room.learner.taught == taught
    with pytest.raises(NothingToUndoError, match=f"decision {first}"):
        undo(room.work, first, room.clock.now)


# ── What is unsure ──


def test_what_the_rules_do_not_know_waits_for_a_person(room):
    room.learner.guess("cay", 0.6)
    room.file(room.entry(n=5))
    assert room.slugs() == []
    (one,) = room.waiting()
    assert one.review.asked is Asked.UNSURE
    assert [guess.category for guess in one.review.guesses] == ["cay"]
    made = room.decide("1", "cay")
    assert made.decision.asked is Asked.UNSURE
    assert made.decision.shown == ()
    assert room.waiting() == []
    undo(room.work, None, room.clock.now)
    assert len(room.waiting()) == 1


def test_the_learner_labels_what_it_is_sure_of_and_the_rules_do_not_know(room):
    room.learner.guess("cay", 0.95)
    room.file(room.entry(n=5))
    (label,) = room.story().labels
    assert (label.category, label.origin, label.primary) == (
        "cay",
        LabelOrigin.LEARNED,
        True,
    )
    assert room.waiting() == []


def test_the_learner_is_not_asked_where_the_rules_know(room):
    room.file(room.entry())
    assert room.slugs() == ["cau"]
    assert room.learner.asked == 0


def test_a_learner_that_is_switched_off_is_not_asked(room):
    room.scoring = Scoring(learn=False)
    room.learner.guess("cay", 0.99)
    room.file(room.entry(n=5))
    assert room.slugs() == []
    assert room.learner.asked == 0
    assert len(room.waiting()) == 1


def test_rules_go_before_what_was_only_learned_when_a_teller_joins(room):
    room.learner.guess("cay", 0.99)
    title, text = room.words.article(0)
    cut = text.partition("khánh thành")[2]
    room.file(room.entry(title="Tin ngắn", text=cut, fingerprint="x"))
    assert room.slugs() == ["cay"]
    room.file(room.entry(source="bao", title=title))
    assert len(room.story().entries) == 2
    assert room.slugs() == ["cau"]


def test_what_a_new_teller_makes_clear_waits_no_more(room):
    _, text = room.words.article(4)
    room.file(room.entry(n=5))
    assert len(room.waiting()) == 1
    more = f"{text} Trồng hai nghìn cây."
    room.file(room.entry(n=5, source="bao", text=more, fingerprint="y"))
    assert len(room.story().entries) == 2
    assert room.slugs() == ["cay"]
    assert room.waiting() == []


def test_what_was_old_when_it_came_waits_for_nobody(room):
    room.file(room.entry(n=5), first_import=True)
    assert room.story().lead.backlog
    assert room.waiting() == []


def test_a_desk_without_categories_asks_nobody(room):
    room.categories = ()
    room.file(room.entry(n=5))
    assert room.waiting() == []


def test_who_waits_too_long_is_forgotten(room):
    room.file(room.entry(n=5))
    room.clock.advance(days=31)
    assert room.waiting() == []
    assert room.ask(lambda connection: reviews.get(connection, 1)) is None


# ── Checks ──


def test_a_sure_label_of_last_week_is_checked_and_the_decision_says_so(room):
    room.file(room.entry())
    assert room.waiting(checks=5) == []
    room.clock.advance(days=7)
    (one,) = room.waiting(checks=5)
    assert one.review.asked is Asked.CHECK
    assert [label.category for label in one.review.guesses] == ["cau"]
    room.scoring = Scoring(checks=5)
    made = room.decide("1", "cau")
    assert made.decision.asked is Asked.CHECK
    assert [label.category for label in made.decision.shown] == ["cau"]
    assert room.waiting(checks=5) == []
    undo(room.work, None, room.clock.now)
    assert [each.review.asked for each in room.waiting(checks=5)] == [Asked.CHECK]


def test_who_thinks_better_of_a_check_has_still_checked_what_was_shown(room):
    room.file(room.entry())
    room.clock.advance(days=7)
    room.waiting(checks=5)
    room.decide("1", "cau")
    again = room.decide("1", "cay").decision
    assert again.asked is Asked.CHECK
    assert [label.category for label in again.shown] == ["cau"]


def test_a_check_survives_whatever_is_filed_meanwhile(room):
    room.file(room.entry())
    room.clock.advance(days=7)
    room.waiting(checks=5)
    changed = room.entry(text="Khánh thành cây cầu khác.", fingerprint="z")
    room.file(changed)
    assert len(room.waiting(checks=5)) == 1


def test_a_decision_made_before_anybody_looked_does_not_spoil_the_draw(room):
    room.file(room.entry(1), room.entry(2))
    room.clock.advance(days=7)
    room.scoring = Scoring(checks=5)
    made = room.decide("https://tin.example/1", "cay").decision
    assert made.asked is Asked.CHECK
    with room.database.read() as connection:
        assert decisions.latest(connection, asked=Asked.CHECK)


# ── Other rules ──


def test_a_trial_says_what_other_rules_would_change_and_keeps_nothing(room):
    room.file(room.entry(1), room.entry(4))
    before = {one.id: one.labels for one in room.ask(stories.latest)}
    room.categories = (
        Category(slug="truong", title="T", strong=("học bổng", "khánh thành cây cầu")),
    )
    since = room.clock.now - DAY
    trial = attempt(room.database, room.filing, since)
    assert trial.looked_at == 2
    changed = {one.story.lead.entry.url: one for one in trial.changes}
    (one,) = [one for one in changed.values() if one.lost]
    assert (one.gained, one.lost, one.first) == (
        ("truong",),
        ("cau",),
        ("cau", "truong"),
    )
    assert {one.id: one.labels for one in room.ask(stories.latest)} == before
    assert apply(room.database, room.filing, since) == len(trial.changes)
    assert attempt(room.database, room.filing, since).changes == ()
    assert apply(room.database, room.filing, since) == 0


def test_a_trial_looks_no_further_back_than_it_is_told(room):
    room.file(room.entry(1))
    room.clock.advance(days=5)
    room.categories = ()
    near = attempt(room.database, room.filing, room.clock.now - DAY)
    assert (near.looked_at, near.changes) == (0, ())
    assert attempt(room.database, room.filing, room.clock.now - 6 * DAY).looked_at == 1
