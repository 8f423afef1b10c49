"""Has a portal's layout changed? What it usually gives is learnt, and missed (pure).

A listing that suddenly gives few links, loses its dates, or leads to articles that
are hardly read any more has been rebuilt. Two visits in a row must agree; a lasting
change is said for :data:`PATIENCE` and is then what is usual.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from syndicate.model import Shape

LINKS = "links"
"""A listing gives less than 40 % of the links that it usually gives."""
DATES = "dates"
"""The dates that its links usually have are gone."""
WORDS = "words"
"""Its articles have come down to a third of their words."""

PATIENCE = timedelta(days=60)
"""How long a change is said; by then people have been told of it week by week."""

_FEWEST = 3
"""Visits before anything is usual."""
_SLOWNESS = 0.2
"""What one visit weighs against all before it."""
_SEPARATOR = ", "


def learnt(
    shape: Shape,
    *,
    items: int | None,
    dated: float | None,
    words: float | None,
    now: datetime,
) -> Shape:
    """What is usual after one more visit, and what is unlike it.

    ``items``: links that the listing gave; ``dated``: the part of them with a date,
    0 to 1; ``words``: mean words of the articles that were read. None: not seen on
    this visit, so what was known of it stays. ``drift`` of the answer names
    :data:`LINKS`, :data:`DATES` and :data:`WORDS`, joined by ", ", from the second
    visit in a row that missed anything; it is empty again as soon as nothing is
    missed. What is missed is not learnt from.
    """
    flagged = set(filter(None, shape.drift.split(_SEPARATOR)))
    off = {
        code
        for code, missed in (
            (LINKS, _few(shape, items)),
            (DATES, _undated(shape, dated)),
            (WORDS, _short(shape, words)),
        )
        if (code in flagged if missed is None else missed)
    }
    if off and shape.since is not None and now - shape.since > PATIENCE:
        return learnt(Shape(), items=items, dated=dated, words=words, now=now)
    second = shape.since is not None
    return Shape(
        items=_mean(shape, shape.items, None if LINKS in off else items),
        dated=_mean(shape, shape.dated, None if DATES in off else dated),
        words=_mean(shape, shape.words, None if WORDS in off else words),
        visits=shape.visits + (not off),
        drift=_SEPARATOR.join(
            code for code in (LINKS, DATES, WORDS) if code in off and second
        ),
        since=(shape.since or now) if off else None,
    )


def _few(shape: Shape, items: int | None) -> bool | None:
    if items is None:
        return None
    return shape.visits >= _FEWEST and shape.items >= 3 and items < 0.4 * shape.items


def _undated(shape: Shape, dated: float | None) -> bool | None:
    if dated is None:
        return None
    known = shape.visits >= _FEWEST and shape.dated >= 0.5
    return known and dated < 0.2 * shape.dated


def _short(shape: Shape, words: float | None) -> bool | None:
    if words is None:
        return None
    return shape.visits >= _FEWEST and shape.words >= 60 and words < shape.words / 3


def _mean(shape: Shape, usual: float, seen: float | None) -> float:
    """A decayed mean; of the first visits a plain one."""
    if seen is None:
        return usual
    if not usual:
        return float(seen)
    weight = max(_SLOWNESS, 1.0 / (shape.visits + 1))
    return usual + weight * (seen - usual)
