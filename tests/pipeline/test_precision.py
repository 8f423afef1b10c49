"""How often labels are right, and how sure that is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.model import Asked, Decision, Label
from syndicate.pipeline.precision import (
    Precision,
    by_category,
    checked,
    precision,
    wilson,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def decision(number, shown, decided, asked=Asked.CHECK, entry=None):
    return Decision(
        id=number,
        entry=entry or number,
        categories=tuple(decided),
        shown=tuple(Label(category=slug, reason="", confidence=1) for slug in shown),
        asked=asked,
        at=NOW,
    )


@pytest.mark.parametrize(
    ("right", "given_", "low", "high"),
    [
        # Newcombe 1998, table I: 81/263, 15/148, 0/20, 1/29 (method 3).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_the_interval_is_wilsons(right, given_, low, high):
    assert wilson(right, given_) == pytest.approx((low, high), abs=5e-5)


def test_of_nothing_all_is_possible():
    assert wilson(0, 0) == (0.0, 1.0)
    assert Precision().share == 0.0


@given(st.integers(1, 5000), st.data())
def test_the_share_lies_in_its_interval(size, data):
    told = Precision(given=size, right=data.draw(st.integers(0, size)))
    low, high = told.interval
    assert 0 <= low <= told.share <= high <= 1


def test_labels_are_right_if_the_person_gave_them_too():
    told = [decision(1, "ab", "b"), decision(2, "a", "ac"), decision(3, "a", "")]
    assert precision(told) == Precision(given=4, right=2)
    assert by_category(told) == {
        "a": Precision(given=3, right=1),
        "b": Precision(given=1, right=1),
    }


def test_only_what_was_drawn_at_random_tells():
    told = [
        decision(1, "a", "a"),
        decision(2, "a", "b", asked=Asked.OWN),
        decision(3, "", "b", asked=Asked.UNSURE),
    ]
    assert precision(told) == Precision(given=1, right=1)


def test_who_thinks_better_of_it_is_counted_once():
    told = [decision(2, "a", "b", entry=1), decision(1, "a", "a", entry=1)]
    assert [one.id for one in checked(told)] == [2]
    assert precision(told) == Precision(given=1, right=0)
