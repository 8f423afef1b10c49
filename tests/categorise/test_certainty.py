"""How sure guesses may be."""

from __future__ import annotations

import random
from math import exp

import pytest

from syndicate.categorise.certainty import NOTHING, REMEMBERED, Certainty, Outcome


def drawn(count, seed=1):
    """Outcomes that follow a curve of their own."""
    rng = random.Random(seed)  # noqa: S311 - a fixed seed, no secret
    for _ in range(count):
        score, ahead = rng.gauss(0, 0.6), rng.gauss(0.3, 0.7)
        likely = 1 / (1 + exp(-(0.4 + 1.8 * score + 3.5 * ahead)))
        yield Outcome(score, ahead, rng.random() < likely)


def test_a_confidence_is_the_share_that_was_right():
    certainty = Certainty(list(drawn(2_000)))
    rows = list(drawn(20_000, seed=2))
    for low, high in ((0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.0)):
        told = [(certainty.of(one.score, one.ahead), one.right) for one in rows]
        inside = [(sure, right) for sure, right in told if low <= sure < high]
        said = sum(sure for sure, _ in inside) / len(inside)
        came = sum(right for _, right in inside) / len(inside)
        assert said == pytest.approx(came, abs=0.03)


def test_nothing_is_sure_before_anything_was_decided():
    certainty = Certainty()
    assert certainty.of(0.5, 0.5) < 0.6
    assert certainty.of(NOTHING, 0.0) < 0.2


def test_who_was_always_right_is_still_not_sure_of_a_text_that_says_nothing():
    certainty = Certainty([Outcome(0.4, 1.2, right=True)] * 500)
    assert certainty.of(0.4, 1.2) > 0.95
    assert certainty.of(NOTHING, 0.0) < 0.2


def test_who_was_always_wrong_is_never_sure():
    certainty = Certainty([Outcome(0.4, 1.2, right=False)] * 100)
    assert certainty.of(0.4, 1.2) < 0.1


def test_only_the_newest_outcomes_count():
    certainty = Certainty([Outcome(0.4, 1.0, right=False)] * REMEMBERED)
    certainty.note([Outcome(0.4, 1.0, right=True)] * REMEMBERED)
    assert certainty.of(0.4, 1.0) > 0.9


@pytest.mark.parametrize("score", [-1e6, 1e6, 0.0])
def test_any_score_has_a_confidence(score):
    assert 0.0 <= Certainty(list(drawn(50))).of(score, score) <= 1.0
