"""Signed words: they say nothing, cannot be made, and end when they should."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.signing import LENGTH, mark, number_of, token

SECRET = "a secret of at least thirty-two characters"
NOW = datetime(2026, 11, 22, 8, 0, 30, tzinfo=UTC)

numbers = st.integers(0, 2**40 - 1)


@given(numbers, st.sampled_from(["leave", "bounce"]))
def test_a_token_gives_its_number_back(number: int, purpose: str) -> None:
    word = token(SECRET, purpose, number)
    assert number_of(SECRET, purpose, word, NOW) == number
    assert number_of(SECRET, purpose, word.upper(), NOW) == number
    assert len(word) == LENGTH
    assert set(word) <= set(string.ascii_lowercase + "234567")


@given(numbers, st.integers(0, LENGTH - 1), st.sampled_from("abcdefghij234567"))
def test_a_token_with_another_letter_is_nobodys(number: int, at: int, to: str) -> None:
    word = token(SECRET, "leave", number)
    other = word[:at] + to + word[at + 1 :]
    assert number_of(SECRET, "leave", other, NOW) == (number if other == word else None)


@given(st.text(max_size=40))
def test_what_is_no_token_is_nobodys(word: str) -> None:
    assert number_of(SECRET, "leave", word, NOW) is None


def test_a_token_of_one_purpose_is_worth_nothing_for_another() -> None:
    word = token(SECRET, "leave", 7)
    assert number_of(SECRET, "confirm", word, NOW) is None
    assert number_of(SECRET + "x", "leave", word, NOW) is None


def test_a_token_ends_when_it_should() -> None:
    word = token(SECRET, "confirm", 7, NOW + timedelta(days=7))
    assert number_of(SECRET, "confirm", word, NOW + timedelta(days=7)) == 7
    assert (
        number_of(SECRET, "confirm", word, NOW + timedelta(days=7, minutes=1)) is None
    )


def test_tokens_of_neighbours_have_nothing_in_common() -> None:
    words = {token(SECRET, "leave", number) for number in range(1000)}
    assert len(words) == 1000
    assert len({word[-8:] for word in words}) == 1000


def test_a_number_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(OverflowError):
        token(SECRET, "leave", 2**40)


def test_a_mark_is_the_same_for_ever_and_other_for_other_words() -> None:
    assert mark(SECRET, "address", "an@ban-tin.example") == (
        mark(SECRET, "address", "an@ban-tin.example")
    )
    assert (
        len({mark(SECRET, "address", *each) for each in (["a", "b"], ["ab"], [])}) == 3
    )
    assert mark(SECRET, "address", "a") != mark(SECRET, "network", "a")
