"""How often labels are right, by what persons said of some that were drawn at random.

Only checks tell: what editors correct by themselves was noticed for being wrong, and
what stood in the queue had no label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from syndicate.model import Asked, Decision

Z = 1.96
"""Of the 95 % interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """Labels that were checked, and how many of them were right."""

    given: int = 0
    right: int = 0

    @property
    def share(self) -> float:
        """0 to 1; 0 if nothing was checked."""
        return self.right / self.given if self.given else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies with 95 % (Wilson); all is possible of nothing."""
        return wilson(self.right, self.given)


def wilson(right: int, given: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927): sound for few and for all right."""
    if not given:
        return 0.0, 1.0
    share, square = right / given, Z * Z
    middle = share + square / (2 * given)
    spread = Z * sqrt(share * (1 - share) / given + square / (4 * given * given))
    low = (middle - spread) / (1 + square / given)
    high = (middle + spread) / (1 + square / given)
    # At the ends the two would differ from it by a rounding error.
    return min(max(low, 0.0), share), max(min(high, 1.0), share)


def checked(decisions: Iterable[Decision]) -> list[Decision]:
    """Those that judge labels which were drawn, the newest of each article alone."""
    newest: dict[int, Decision] = {}
    for one in decisions:
        if one.asked is Asked.CHECK:
            kept = newest.get(one.entry)
            newest[one.entry] = max(kept or one, one, key=_number)
    return list(newest.values())


def precision(decisions: Iterable[Decision]) -> Precision:
    """Over all labels that the desk had given."""
    each = by_category(decisions).values()
    return Precision(
        given=sum(one.given for one in each), right=sum(one.right for one in each)
    )


def by_category(decisions: Iterable[Decision]) -> dict[str, Precision]:
    """For each category whose labels were checked."""
    given: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for decision in checked(decisions):
        for label in decision.shown:
            given[label.category] += 1
            right[label.category] += label.category in decision.categories
    return {slug: Precision(given=given[slug], right=right[slug]) for slug in given}


def _number(decision: Decision) -> int:
    return decision.id
