"""How sure a guess may be: what came of earlier guesses that looked like it.

Before a decision is learnt it is guessed, and what the person said is the outcome. A
logistic curve over these makes a score a confidence (Platt, "Probabilistic Outputs for
Support Vector Machines", 1999), so that 0.9 means: nine in ten of those were right.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp

REMEMBERED = 2_000
"""Guesses whose outcome is kept: old ones were made by a learner that knew less."""
NOTHING = -1.0
"""The score of a category for which nothing speaks."""

_TURNS = 25
_NEAR = 1e-6
_Curve = tuple[float, float, float]
_PRIOR: _Curve = (-1.0, 1.0, 1.0)
"""Where little is known: sure only far on the side of "yes", and far ahead."""
_STIFF = 1.0
"""Outcomes that it is worth."""
_ALIEN = 10
"""Outcomes that it is worth that a text without a telling word is of no category: who
decides on one topic only would else have everything put there."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A guess that a person has decided on."""

    score: float
    """Above 0: it speaks for the category; from :data:`NOTHING` on."""
    ahead: float
    """Of the best other category; below 0: behind it."""
    right: bool


class Certainty:
    """The newest outcomes, and the curve through them."""

    def __init__(self, outcomes: Sequence[Outcome] = ()) -> None:
        self.outcomes = deque(outcomes, maxlen=REMEMBERED)
        self._curve: _Curve | None = None

    def note(self, outcomes: Iterable[Outcome]) -> None:
        """What came of guesses."""
        self.outcomes.extend(outcomes)
        self._curve = None

    def of(self, score: float, ahead: float) -> float:
        """How likely such a guess is right, 0 to 1."""
        if self._curve is None:
            self._curve = _fitted(self.outcomes)
        base, by_score, by_lead = self._curve
        return _logistic(base + by_score * score + by_lead * ahead)


def _fitted(outcomes: Iterable[Outcome]) -> _Curve:
    """The curve that makes what came most likely, by Newton's method."""
    told = [*outcomes, *[Outcome(NOTHING, 0.0, right=False)] * _ALIEN]
    curve = _PRIOR
    for _ in range(_TURNS):
        step = _solved(*_bend_and_slope(told, curve))
        curve = (curve[0] - step[0], curve[1] - step[1], curve[2] - step[2])
        if max(map(abs, step)) < _NEAR:
            break
    return curve


def _bend_and_slope(
    outcomes: Iterable[Outcome], curve: _Curve
) -> tuple[list[list[float]], list[float]]:
    """Second and first derivatives of the loss at ``curve``, with the prior's."""
    one, by_score, by_lead = curve
    slope = [_STIFF * (now - prior) for now, prior in zip(curve, _PRIOR, strict=True)]
    bend = [[_STIFF, 0.0, 0.0], [0.0, _STIFF, 0.0], [0.0, 0.0, _STIFF]]
    for each in outcomes:
        likely = _logistic(one + by_score * each.score + by_lead * each.ahead)
        facts = (1.0, each.score, each.ahead)
        miss, weight = likely - each.right, likely * (1 - likely)
        for row, fact in enumerate(facts):
            slope[row] += miss * fact
            for column in range(row + 1):
                bend[row][column] += weight * fact * facts[column]
    for row, column in ((0, 1), (0, 2), (1, 2)):
        bend[row][column] = bend[column][row]
    return bend, slope


def _solved(rows: list[list[float]], right: list[float]) -> list[float]:
    """Solve three linear equations; ``rows`` are symmetric, positive definite."""
    full = [[*row, value] for row, value in zip(rows, right, strict=True)]
    for at in range(3):
        for below in range(at + 1, 3):
            share = full[below][at] / full[at][at]
            full[below] = [
                low - share * high
                for low, high in zip(full[below], full[at], strict=True)
            ]
    found = [0.0, 0.0, 0.0]
    for at in (2, 1, 0):
        known = sum(full[at][other] * found[other] for other in range(at + 1, 3))
        found[at] = (full[at][3] - known) / full[at][at]
    return found


def _logistic(value: float) -> float:
    # Beyond this a float has no more to say.
    return 1 / (1 + exp(-max(value, -700.0)))
