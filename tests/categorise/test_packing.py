"""The learner as bytes, and back."""

from __future__ import annotations

import json

import pytest

from syndicate.categorise.features import Example, example_of
from syndicate.categorise.learned import Learner, study
from syndicate.categorise.lines import Kept
from syndicate.categorise.packing import (
    HEAD,
    OUTCOMES,
    SPREAD,
    UnreadableError,
    packed,
    packed_decision,
    parts_of,
    unpacked,
    unpacked_decision,
)
from syndicate.categorise.phrases import Phrases
from syndicate.model import Entry

WORDS = {"mưa": "mưa gió bão lũ ngập", "nắng": "nắng nóng hạn hán khô"}


def example(words):
    entry = Entry(source="a", url="https://a.example/1", title="", text=words)
    return example_of(entry, Phrases(()))


@pytest.fixture
def learner():
    """One that knows two topics."""
    made = Learner()
    study(
        made,
        [
            (2 * number + at, example(f"{words} {number}"), (topic,))
            for number in range(15)
            for at, (topic, words) in enumerate(WORDS.items())
        ],
    )
    made.cursor = 7
    return made


def test_what_was_packed_guesses_the_same(learner):
    again = unpacked(packed(learner), version=3)
    for words in WORDS.values():
        shown = example(words)
        assert again.guess(shown, WORDS) == learner.guess(shown, WORDS) != ()
    assert (again.version, again.cursor, again.decisions) == (3, 7, 30)
    assert again.counts == learner.counts


def test_what_was_packed_learns_on_as_if_nothing_had_been(learner):
    again = unpacked(packed(learner), version=3)
    for one in learner, again:
        one.learn(99, example("gió mùa đông bắc"), ("mưa",))
    shown = example("đông bắc")
    assert again.guess(shown, WORDS) == learner.guess(shown, WORDS)


def test_only_lines_that_moved_are_packed(learner):
    again = unpacked(packed(learner), version=3)
    assert set(packed(again)) == {HEAD, SPREAD, OUTCOMES}


def test_the_head_names_all_other_parts(learner):
    parts = packed(learner)
    assert {HEAD, *parts_of(parts[HEAD])} == set(parts)


def test_no_parts_are_a_learner_that_knows_nothing():
    assert unpacked({}, version=5).decisions == 0
    assert unpacked({}, version=5).version == 5


def test_a_decision_comes_back_as_it_was(learner):
    for kept in learner.kept.values():
        assert unpacked_decision(packed_decision(kept)) == kept


def test_a_decision_on_nothing_comes_back_too():
    kept = Kept(example(""), ())
    assert unpacked_decision(packed_decision(kept)) == kept


def test_a_decision_on_an_article_takes_two_kilobytes_at_most():
    words = " ".join(f"từ{number % 211}" for number in range(450))
    kept = Kept(example(words), ("mưa",), {"mưa": [0.000123456, 0.0]})
    assert len(packed_decision(kept)) < 2_048


@pytest.mark.parametrize(
    "content", [b"", b"x", b"x\x9c\x03\x00\x00\x00\x00\x01", b"\x00" * 40]
)
def test_a_damaged_decision_is_said_to_be_unreadable(content):
    with pytest.raises(UnreadableError):
        unpacked_decision(content)


def test_a_decision_that_was_cut_is_said_to_be_unreadable(learner):
    content = packed_decision(learner.kept[0])
    for length in range(len(content)):
        with pytest.raises(UnreadableError):
            unpacked_decision(content[:length])


@pytest.mark.parametrize(
    "head", [b"", b"{}", b"[]", b"\xff", b'{"format": 0}', b'"x"', b'{"format": 1}']
)
def test_a_head_that_is_damaged_or_of_another_version_is_unreadable(learner, head):
    with pytest.raises(UnreadableError):
        unpacked(packed(learner) | {HEAD: head}, version=1)


@pytest.mark.parametrize("part", [SPREAD, OUTCOMES, "line/mưa"])
@pytest.mark.parametrize("content", [None, b"abc", b"abcdef"])
def test_a_part_that_is_missing_or_damaged_is_unreadable(learner, part, content):
    parts = packed(learner)
    del parts[part]
    if content is not None:
        parts[part] = content
    with pytest.raises(UnreadableError):
        unpacked(parts, version=1)


def test_numbers_are_written_with_the_lowest_byte_first(learner):
    parts = packed(learner)
    slot = learner.kept[0].example.slots[0]
    spread = int.from_bytes(parts[SPREAD][2 * slot : 2 * slot + 2], "little")
    assert spread == learner.lines.spread[slot] > 0
    assert json.loads(parts[HEAD])["total"] == 30


def test_slots_that_are_no_rising_numbers_are_unreadable():
    broken = Kept(Example(example("a b").slots, b"\x01", b""), ())
    with pytest.raises(UnreadableError):
        unpacked_decision(packed_decision(broken))
