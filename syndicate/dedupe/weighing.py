"""A gist with its terms weighed by how rare they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import log, sqrt

from syndicate.dedupe.gist import Gist, is_day, is_figure, is_year
from syndicate.dedupe.rarity import Rarity

_LESSER = 0.5
"""What a single syllable is worth beside a word of two, or in other languages a pair
beside a single word: the one says too little, the other is too seldom said again."""
_RARE = log(10)
"""Weight of what no more than every tenth text has."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What two gists are compared by."""

    gist: Gist
    weights: dict[str, float]
    """Of each term: how rare it is."""
    words: dict[str, float]
    """Of each word and pair: how rare, and how much of the text."""
    size: float
    """Length of ``words`` as a vector."""
    names: dict[str, float]
    """Those single words that are names."""
    head: dict[str, float]
    """How rare the words and figures of the head are."""
    days: frozenset[str]
    """Days that it speaks of."""
    figures: frozenset[str]
    """Rare figures in its head; no days, nor the year that it was written in."""
    years: frozenset[str]


_LATELY: dict[int, tuple[Gist, Rarity, Weighed]] = {}
_MOST = 1_000
"""Gists that are remembered weighed: a new entry is asked for three times, and those
that it may be like again by the next."""


def weigh(gist: Gist, rarity: Rarity) -> Weighed:
    """Weigh the terms of ``gist`` by what is rare now; of the last ones it is known."""
    known = _LATELY.get(id(gist))
    if known is not None and known[0] is gist and known[1] is rarity:
        return known[2]
    found = _weigh(gist, rarity)
    if len(_LATELY) >= _MOST:
        _LATELY.clear()
    _LATELY[id(gist)] = (gist, rarity, found)
    return found


def _weigh(gist: Gist, rarity: Rarity) -> Weighed:
    weights = rarity.weights(gist.terms)
    words: dict[str, float] = {}
    figures: list[str] = []
    for term, heft in gist.terms.items():
        if is_figure(term):
            figures.append(term)
            continue
        weight = heft * weights[term]
        words[term] = weight if ("_" in term) == gist.syllabic else _LESSER * weight
    whole = [term for term in words if ("_" in term) == gist.syllabic]
    return Weighed(
        gist=gist,
        weights=weights,
        words=words,
        size=sqrt(sum(weight * weight for weight in words.values())),
        names={name: words[name] for name in gist.names if "_" not in name},
        head={term: weights[term] for term in (*whole, *figures) if term in gist.head},
        days=frozenset(filter(is_day, figures)),
        figures=frozenset(each for each in figures if _tells(each, gist, weights)),
        years=frozenset(filter(is_year, figures)),
    )


def cosine(ours: Weighed, theirs: Weighed) -> float:
    """How alike the words of two texts are, 0 to 1."""
    one, other = ours.words, theirs.words
    both = one.keys() & other.keys()
    if not both:
        return 0.0
    return sum(one[word] * other[word] for word in both) / (ours.size * theirs.size)


def part_shared(
    told: dict[str, float], others: Collection[str], more: float = 0.0
) -> float:
    """The part of ``told`` and of ``more``, by weight, that is among ``others``."""
    total = sum(told.values()) + more
    shared = sum(weight for term, weight in told.items() if term in others)
    return shared / total if total else 0.0


def _tells(figure: str, gist: Gist, weights: dict[str, float]) -> bool:
    """A figure that hardly any other text has in its head too."""
    if figure not in gist.head or len(figure) < 2 or is_day(figure):
        return False
    return weights[figure] >= _RARE and figure != gist.year
