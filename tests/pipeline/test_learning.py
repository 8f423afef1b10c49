"""Teaching the learner, by way of the store."""

from __future__ import annotations

import multiprocessing
import random
from datetime import UTC, datetime

import pytest

from syndicate.categorise.features import example_of
from syndicate.categorise.packing import HEAD
from syndicate.categorise.phrases import Phrases
from syndicate.model import Bond, Decision, Entry, Relation
from syndicate.pipeline.learning import (
    Taught,
    forget,
    kept_decision,
    learner_of,
    relearn,
    teach,
)
from syndicate.store import Database, decisions, entries, learned, stories

NOBODY = Phrases(())
WORDS = {
    "bong-da": "trận đấu ghi bàn thủ môn tiền đạo huấn luyện viên khán đài",
    "nong-nghiep": "vụ lúa phân bón thu hoạch chăn nuôi nông dân tưới tiêu",
}
NOW = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)


def article(topic, number):
    rng = random.Random(f"{topic}{number}")  # noqa: S311 - a fixed seed, no secret
    words = [*rng.sample(WORDS[topic].split(), 6), "huyện", "ông", str(number)]
    return Entry(
        source="tin",
        url=f"https://tin.example/{topic}/{number}",
        title=" ".join(words[:3]),
        text=" ".join(words),
    )


def taught(count, start=1):
    return [
        Taught(
            entry_id=2 * number + at,
            entry=article(topic, number),
            categories=(topic,),
        )
        for number in range(start, start + count)
        for at, topic in enumerate(WORDS)
    ]


@pytest.fixture
def database(tmp_path):
    with Database.open(f"sqlite:///{tmp_path / 'desk.db'}") as opened:
        yield opened


def school(database, count=20, start=1):
    with database.write() as connection:
        teach(connection, taught(count, start), NOBODY)


def guessed(database, topic, number=900):
    with database.read() as connection:
        learner = learner_of(connection)
        return learner.guess(example_of(article(topic, number), NOBODY), WORDS)


def decide(database, count):
    """Put decisions on new stories, as editors do; gives what they teach."""
    found = []
    with database.write() as connection:
        for one in taught(count):
            story = stories.create(connection, one.entry.url, NOW)
            kept = entries.add(
                connection,
                one.entry,
                story=story,
                bond=Bond(relation=Relation.FIRST),
                keys=(),
                shingles=(),
                now=NOW,
                backlog=False,
            )
            decision = Decision(entry=kept.id, categories=one.categories, at=NOW)
            decisions.keep(connection, decision)
            found.append(
                Taught(entry_id=kept.id, entry=one.entry, categories=one.categories)
            )
    return found


def test_what_was_taught_is_guessed(database):
    school(database)
    for topic in WORDS:
        assert guessed(database, topic)[0].category == topic


def test_one_at_a_time_is_learnt_as_well_as_all_at_once(database):
    for one in taught(20):
        with database.write() as connection:
            teach(connection, [one], NOBODY)
    for topic in WORDS:
        assert guessed(database, topic)[0].category == topic
    with database.read() as connection:
        assert learner_of(connection).decisions == 40


def test_a_learner_is_read_again_only_if_somebody_taught(database):
    school(database)
    with database.read() as connection:
        held = learner_of(connection)
        assert learner_of(connection, held) is held
    school(database, 1, start=500)
    with database.read() as connection:
        again = learner_of(connection, held)
    assert again is not held
    assert again.decisions == held.decisions + 2


def test_what_is_undone_with_its_transaction_was_never_taught(database):
    school(database)

    def teach_and_fail():
        with database.write() as connection:
            teach(connection, taught(5, start=500), NOBODY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        teach_and_fail()
    with database.read() as connection:
        assert learner_of(connection).decisions == 40


def test_a_decision_that_changed_is_counted_once(database):
    school(database)
    one = taught(1)[0]
    with database.write() as connection:
        other = Taught(entry_id=one.entry_id, entry=one.entry, categories=("x",))
        teach(connection, [other, other], NOBODY)
    with database.read() as connection:
        learner = learner_of(connection)
    assert learner.decisions == 40
    assert learner.counts == {"bong-da": 19, "nong-nghiep": 20, "x": 1}


def test_what_is_forgotten_leaves_nothing(database):
    school(database)
    with database.write() as connection:
        forget(connection, [one.entry_id for one in taught(20)], NOBODY)
    with database.read() as connection:
        learner = learner_of(connection)
        assert learned.next_keys(connection, 0, 5) == []
    assert learner.decisions == 0
    assert not any(learner.lines.spread)


def test_forgetting_what_was_never_taught_changes_nothing(database):
    school(database)
    with database.read() as connection:
        before = learned.version(connection)
    with database.write() as connection:
        forget(connection, [4_711], NOBODY)
        forget(connection, [], NOBODY)
        teach(connection, [], NOBODY)
        assert learned.version(connection) == before


def test_old_decisions_take_turns_in_being_looked_at_again(database):
    school(database)
    seen = set()
    for number in range(8):
        school(database, 1, start=500 + number)
        with database.read() as connection:
            seen.add(learner_of(connection).cursor)
    assert len(seen) > 4


def test_what_was_learnt_of_one_article_can_be_asked_for(database):
    school(database)
    with database.read() as connection:
        kept = kept_decision(connection, taught(1)[0].entry_id)
        assert kept is not None
        assert kept.categories == ("bong-da",)
        assert kept_decision(connection, 4_711) is None


def test_everything_can_be_learnt_anew_from_the_decisions(database):
    decided = decide(database, 20)
    with database.write() as connection:
        teach(connection, taught(3, start=500), NOBODY)
        assert relearn(connection, NOBODY) == 40
    assert guessed(database, "bong-da")[0].category == "bong-da"
    with database.read() as connection:
        learner = learner_of(connection)
        kept = set(learned.next_keys(connection, 0, 100))
    assert learner.counts == {"bong-da": 20, "nong-nghiep": 20}
    assert kept == {one.entry_id for one in decided}


@pytest.mark.parametrize("head", [b"", b'{"format": 99}'])
def test_what_cannot_be_read_guesses_nothing_and_is_learnt_anew(database, head):
    decided = decide(database, 20)
    with database.write() as connection:
        teach(connection, decided[:-1], NOBODY)
        learned.write(connection, {HEAD: head}, {})
        assert learner_of(connection).decisions == 0
        teach(connection, decided[-1:], NOBODY)
    with database.read() as connection:
        assert learner_of(connection).decisions == 40


def _teach_some(url, start):
    with Database.open(url) as database:
        for one in taught(5, start):
            with database.write() as connection:
                teach(connection, [one], NOBODY)


def test_several_processes_may_teach_at_once(tmp_path):
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    Database.open(url).close()
    context = multiprocessing.get_context("spawn")
    many = [
        context.Process(target=_teach_some, args=(url, start)) for start in (1, 101)
    ]
    for each in many:
        each.start()
    for each in many:
        each.join(60)
    with Database.open(url) as database, database.read() as connection:
        learner = learner_of(connection)
        assert learner.decisions == 20
        assert len(learned.next_keys(connection, 0, 100)) == 20
