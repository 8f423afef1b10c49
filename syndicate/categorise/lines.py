"""Lines between "carries it" and "does not", one for each category.

A linear support vector machine with squared hinge loss, solved in its dual (Hsieh et
al., "A Dual Coordinate Descent Method for Large-scale Linear SVM", ICML 2008). A line
is a sum over the decisions, each with a weight of its own: one that is taken back is
taken away exactly. The optimum is one, so in the end it does not matter what was
decided first. Rare features count more: words are compared as if each stood there as
often as the square of its inverse document frequency.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import compress
from math import log, sqrt
from operator import itemgetter, mul

from syndicate.categorise.certainty import NOTHING
from syndicate.categorise.features import SLOTS, Example

SOFT = 0.25
"""How much a decision may be disobeyed, 1/(2C); from trials, flat around it."""
REST = NOTHING
"""Where a line begins: below 0, so that of a category that is new it need not be said
for each old decision that it is not of it."""
_STEP = 0.03
"""A weight that would change by less is left as it is."""

_DAMPED = [0.0, *(1 + log(count) for count in range(1, 256))]


@dataclass(slots=True)
class Kept:
    """A decision that was learnt: what it was on, and what it weighs."""

    example: Example
    categories: tuple[str, ...]
    weights: dict[str, list[float]] = field(default_factory=dict)
    """By category, one for each reading; what weighs nothing is left out."""


@dataclass(slots=True)
class Reading:
    """An example, or its opening, scaled as of now."""

    slots: Sequence[int]
    counts: list[float]
    """Damped: as they are added to a line."""
    scaled: list[float]
    """As they are held against a line; their length is 1."""
    length: float


class Lines:
    """The lines of all categories, and how rare each feature is."""

    def __init__(self) -> None:
        self.weights: dict[str, array[float]] = {}
        self.spread: array[int] = array("H", bytes(2 * SLOTS))
        """In how many decisions each feature stands."""
        self.total = 0
        """Decisions."""
        self._scales = _Scales(0)

    def count(self, example: Example, change: int) -> None:
        """Note that a decision came (1) or went (-1)."""
        self.total += change
        for slot in example.slots:
            self.spread[slot] = min(max(self.spread[slot] + change, 0), 0xFFFF)

    def begin(self, category: str) -> None:
        """Make a line for a category that has none."""
        if category not in self.weights:
            self.weights[category] = array("f", bytes(4 * SLOTS))

    def reading(self, example: Example) -> Reading | None:
        """The whole of it; None if there is nothing to read."""
        return self._reading(example.slots, example.whole)

    def readings(self, example: Example) -> list[Reading]:
        """The whole of it and its opening; one if both are the same."""
        both = (example.whole, example.opening)
        different = both if example.whole != example.opening else both[:1]
        found = (self._reading(example.slots, counts) for counts in different)
        return [reading for reading in found if reading is not None]

    def scores(self, reading: Reading, categories: Iterable[str]) -> dict[str, float]:
        """How far on the side of "yes" each category is; :data:`REST` is nothing."""
        picked = itemgetter(*reading.slots, reading.slots[0])
        return {
            category: REST
            + sum(map(mul, reading.scaled, picked(self.weights[category])))
            for category in categories
        }

    def strongest(
        self, reading: Reading, category: str, most: int
    ) -> list[tuple[float, int]]:
        """(what it adds to the score, slot) of the features that add most."""
        picked = itemgetter(*reading.slots, reading.slots[0])
        added = map(mul, reading.scaled, picked(self.weights[category]))
        return nlargest(most, zip(added, reading.slots, strict=False))

    def part_of(self, kept: Kept, reading: Reading) -> dict[str, float]:
        """What one decision adds to the score of each category."""
        held = dict(zip(reading.slots, reading.scaled, strict=True))
        alike = [
            sum(
                count * held.get(slot, 0.0)
                for slot, count in zip(each.slots, each.counts, strict=True)
            )
            for each in self.readings(kept.example)
        ]
        return {
            category: sum(map(mul, alike, weights))
            for category, weights in kept.weights.items()
        }

    def fit(self, kept: Kept) -> set[str]:
        """Give one decision the weight that fits best beside all others.

        Returns the categories whose lines were moved.
        """
        moved = set()
        for which, reading in enumerate(self.readings(kept.example)):
            scores = self.scores(reading, self.weights)
            for category, score in scores.items():
                sign = 1.0 if category in kept.categories else -1.0
                held = kept.weights.get(category)
                old = sign * held[which] * reading.length if held else 0.0
                new = max(old + (1 - sign * score - SOFT * old) / (1 + SOFT), 0.0)
                if abs(new - old) > _STEP:
                    self._weigh(kept, category, which, reading, sign * new)
                    moved.add(category)
        return moved

    def drop(self, kept: Kept) -> set[str]:
        """Take a decision's part out of every line; returns those that it was in."""
        found = set(kept.weights)
        for category in found:
            for which, reading in enumerate(self.readings(kept.example)):
                self._weigh(kept, category, which, reading, 0.0)
        kept.weights.clear()
        return found

    def _weigh(
        self, kept: Kept, category: str, which: int, reading: Reading, weight: float
    ) -> None:
        """Set the weight of one reading, of length 1, in one line."""
        held = kept.weights.setdefault(category, [0.0, 0.0])
        # Rounded as it is kept, so that it can be taken away to the last digit.
        new = round(weight / reading.length, 9)
        change, held[which] = new - held[which], new
        if not any(held):
            del kept.weights[category]
        line = self.weights[category]
        for slot, count in zip(reading.slots, reading.counts, strict=True):
            line[slot] += change * count

    def _reading(self, slots: Sequence[int], counts: bytes) -> Reading | None:
        """None if there is nothing to read.

        What was never decided on lengthens it all the same: a text that has little in
        common with all that was must score little.
        """
        told = [*compress(slots, counts)]
        if not told:
            return None
        damped = list(map(_DAMPED.__getitem__, compress(counts, counts)))
        spread = itemgetter(*told, told[0])(self.spread)
        rarity = map(self._scales_now().__getitem__, spread)
        weighted = list(map(mul, rarity, damped))
        length = sqrt(sum(map(mul, weighted, damped)))
        scaled = [weight / length for weight in weighted]
        return Reading(told, damped, scaled, length)

    def _scales_now(self) -> _Scales:
        if self._scales.total != self.total:
            self._scales = _Scales(self.total)
        return self._scales


class _Scales(dict[int, float]):
    """How much a feature counts that stands in so many of ``total`` decisions."""

    def __init__(self, total: int) -> None:
        super().__init__()
        self.total = total

    def __missing__(self, spread: int) -> float:
        """Its inverse document frequency, squared on either side."""
        found = (1 + log((1 + self.total) / (1 + spread))) ** 4
        self[spread] = found
        return found
