"""Which of the entries that share sampled 3-grams are worth reading side by side.

Two long texts of one kind always share a few formulas. A copy shares at least half of
the smaller text, so of the sample at least half too; a fifth is asked for, because a
small sample is only roughly a sample. What fails this could not pass
:func:`~syndicate.dedupe.decide.place`, and comparing texts is what gathering costs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from syndicate.dedupe.wording import share_kept

T = TypeVar("T")

CANDIDATES = 8
"""Entries that are looked at for one; a copy's original shares the most."""
_LEAST = 0.15


def promising(grams: int, counted: Iterable[tuple[int, int, T]]) -> list[T]:
    """Return what may be a copy of a text of ``grams`` 3-grams, the likeliest first.

    ``counted`` holds (shared sampled grams, grams of the other, the other); grams of
    0 mean that nobody counted them.
    """
    ranked = sorted(counted, key=lambda one: -one[0])
    kept = [each for shared, theirs, each in ranked if may_be(grams, theirs, shared)]
    return kept[:CANDIDATES]


def may_be(grams: int, theirs: int, shared: int) -> bool:
    """Whether two texts that share so much of their samples may be one."""
    if not theirs:
        return True
    # Of the longer text the smaller share is kept, and of what both have too.
    kept = share_kept(max(grams, theirs))
    return shared >= _LEAST * min(grams, theirs) * kept
