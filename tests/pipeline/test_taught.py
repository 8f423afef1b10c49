"""Decisions teach; what was taught labels what the rules do not know."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.categorise.reasons import Ground, read_reason
from syndicate.categorise.rules import Rules
from syndicate.model import Category, Entry, LabelOrigin, Scoring
from syndicate.pipeline.assessing import assess
from syndicate.pipeline.filing import Filing, file_entries
from syndicate.pipeline.labelling import Labelling, decide, undo
from syndicate.pipeline.preparing import prepare
from syndicate.pipeline.taught import Taught
from syndicate.store import stories

CATEGORIES = (
    Category(slug="bong-da", title="Bóng đá", strong=("không bao giờ có",)),
    Category(slug="thoi-tiet", title="Thời tiết", strong=("cũng không có",)),
)
BALL = ("đội bóng", "trận đấu", "ghi bàn", "thủ môn", "huấn luyện viên", "khán giả")
RAIN = ("mưa rào", "không khí lạnh", "gió mùa", "nhiệt độ", "dự báo", "áp thấp")


def text(words, n):
    picked = [words[(n * step + n) % len(words)] for step in (1, 2, 3, 5)]
    return f"Bản tin số {n}: {', '.join(picked)} ở huyện thứ {n % 7}."


class Room:
    """A desk whose rules know nothing, and what its editors teach."""

    def __init__(self, desk):
        self.database, self.clock = desk.database, desk.clock
        self.scoring = Scoring(checks=0, sure=0.9)
        self.sources = {"tin": desk.add("tin")}
        self.taught = Taught(CATEGORIES, self.scoring)

    @property
    def filing(self):
        return Filing(
            sources=self.sources,
            rules=Rules(CATEGORIES, self.scoring),
            backlog_after=timedelta(days=10),
            guesser=self.taught,
        )

    @property
    def work(self):
        return Labelling(database=self.database, desk=self.filing, teacher=self.taught)

    def file(self, number, words):
        entry = Entry(
            source="tin",
            url=f"https://tin.example/{number}",
            title=f"{words[number % len(words)].capitalize()} số {number}",
            text=text(words, number),
            fingerprint=str(number),
        )
        filing = self.filing
        ready = prepare(entry, self.sources["tin"], filing.rules)
        with self.database.write() as connection:
            file_entries(connection, [ready], filing, now=self.clock.now)
        return entry

    def decide(self, entry, *slugs):
        decide(self.work, entry.url, slugs, now=self.clock.now)

    def story(self, entry):
        with self.database.read() as connection:
            for story in stories.latest(connection):
                if story.lead.entry.url == entry.url:
                    return story
        raise AssertionError(entry.url)

    def school(self, pairs=40):
        for number in range(1, pairs + 1):
            self.decide(self.file(2 * number, BALL), "bong-da")
            self.decide(self.file(2 * number + 1, RAIN), "thoi-tiet")


@pytest.fixture
def room(desk):
    return Room(desk)


def test_what_was_taught_labels_the_next_and_says_by_which_words(room):
    early = room.file(1000, BALL)
    assert room.story(early).labels == ()
    room.school()
    (label,) = [one for one in room.story(room.file(1002, BALL)).labels if one.primary]
    assert (label.category, label.origin) == ("bong-da", LabelOrigin.LEARNED)
    assert label.confidence >= 0.9
    assert read_reason(label.reason)[Ground.WORDS]


def test_another_process_sees_what_was_taught_meanwhile(room):
    other = Taught(CATEGORIES, room.scoring)
    entry = room.file(1000, RAIN)
    with room.database.read() as connection:
        assert other.guesses(connection, entry) == ()
    room.school()
    with room.database.read() as connection:
        assert other.guesses(connection, entry)[0].category == "thoi-tiet"


def test_a_decision_that_is_taken_back_teaches_nothing(room):
    room.school(pairs=15)
    probe = room.file(1000, BALL)
    with room.database.read() as connection:
        before = room.taught.guesses(connection, probe)
    room.decide(probe, "thoi-tiet")
    undo(room.work, None, room.clock.now)
    with room.database.read() as connection:
        after = room.taught.guesses(connection, probe)
        fresh = Taught(CATEGORIES, room.scoring).guesses(connection, probe)
    assert [one.category for one in after] == [one.category for one in before]
    assert after == fresh


def test_a_category_that_is_gone_is_never_guessed(room):
    room.school(pairs=15)
    probe = room.file(1000, BALL)
    left = Taught(CATEGORIES[1:], room.scoring)
    with room.database.read() as connection:
        assert "bong-da" not in {
            one.category for one in left.guesses(connection, probe)
        }


def test_marks_of_the_learner_are_of_texts_that_it_has_not_seen(room):
    room.school()
    odd = room.file(1001, BALL)
    room.decide(odd, "thoi-tiet")
    alone, both = assess(room.database, room.filing)
    assert alone.articles == both.articles == 81
    assert alone.precision.given == 0
    assert both.precision.given > 40
    assert both.wanted["thoi-tiet"] == 41
    assert both.right["thoi-tiet"] == 40


def test_a_learner_that_is_not_sure_enough_gives_nothing(room):
    room.school()
    room.scoring = replace(room.scoring, sure=1.0)
    probe = room.file(1000, BALL)
    labels = room.story(probe).labels
    assert all(one.confidence == 1.0 for one in labels)
