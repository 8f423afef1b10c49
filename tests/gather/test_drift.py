"""A layout that changes is noticed, said, and forgotten when all is well again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.gather.drift import PATIENCE, learnt
from syndicate.model import Shape

NOW = datetime(2026, 10, 19, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def after(visits, shape=None, start=NOW):
    """The shape after ``visits``: (items, dated, words) an hour apart."""
    shape = shape or Shape()
    for at, (items, dated, words) in enumerate(visits):
        shape = learnt(
            shape, items=items, dated=dated, words=words, now=start + at * HOUR
        )
    return shape


USUAL = [(20, 1.0, 600.0)] * 6


def test_what_is_usual_is_learnt_from_the_visits():
    shape = after([(20, 1.0, 500.0), (10, 0.5, 700.0)])
    assert (shape.items, shape.dated, shape.words) == (15, 0.75, 600)
    assert (shape.visits, shape.drift, shape.since) == (2, "", None)


@pytest.mark.parametrize(
    ("visit", "drift"),
    [
        ((7, 1.0, 600.0), "links"),
        ((0, None, None), "links"),
        ((20, 0.0, 600.0), "dates"),
        ((20, 1.0, 190.0), "words"),
        ((5, 0.1, 100.0), "links, dates, words"),
    ],
)
def test_a_change_is_said_at_the_second_visit_that_sees_it(visit, drift):
    once = after([*USUAL, visit])
    assert once.drift == ""
    twice = after([visit], once, NOW + 7 * HOUR)
    assert twice.drift == drift
    assert twice.since == NOW + 6 * HOUR


@pytest.mark.parametrize(
    "visit", [(8, 1.0, 600.0), (20, 0.3, 600.0), (20, 1.0, 210.0), (60, 1.0, 3000.0)]
)
def test_an_ordinary_visit_is_no_change(visit):
    assert after([*USUAL, visit, visit, visit]).drift == ""


def test_one_odd_visit_between_good_ones_is_forgotten():
    odd = (2, 1.0, 600.0)
    assert after([*USUAL, odd, USUAL[0], odd]).drift == ""


def test_the_change_is_over_when_the_figures_are_back():
    shape = after([*USUAL, (2, 1.0, 600.0), (2, 1.0, 600.0)])
    assert shape.drift == "links"
    back = after([(18, 1.0, 600.0)], shape, NOW + 9 * HOUR)
    assert (back.drift, back.since) == ("", None)


def test_a_change_does_not_fall_silent_by_being_repeated():
    shape = after([*USUAL, *([(2, 1.0, 600.0)] * 200)])
    assert shape.drift == "links"
    assert shape.items == 20


def test_a_change_that_lasts_for_two_months_becomes_what_is_usual():
    shape = after([*USUAL, (2, 1.0, 600.0), (2, 1.0, 600.0)])
    late = after([(2, 1.0, 600.0)], shape, NOW + PATIENCE + 9 * HOUR)
    assert (late.drift, late.items, late.visits) == ("", 2, 1)


def test_what_was_not_seen_on_a_visit_stays_as_it_was_known():
    shape = after([*USUAL, (20, 1.0, 50.0), (20, 1.0, 50.0)])
    assert shape.drift == "words"
    unseen = after([(20, 1.0, None)], shape, NOW + 9 * HOUR)
    assert (unseen.drift, unseen.words) == ("words", 600)


def test_nothing_is_missed_of_a_source_that_is_hardly_known():
    assert after([(20, 1.0, 600.0), (1, 0.0, 10.0), (1, 0.0, 10.0)]).drift == ""


def test_a_list_of_two_is_too_short_to_shrink():
    assert after([(2, 1.0, 600.0)] * 6 + [(0, None, None)] * 3).drift == ""
