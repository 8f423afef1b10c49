"""How well groups were found: pairs, and copies by kind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.corpus import KINDS, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is right of the pairs that were found to be the same."""

    precision: float
    recall: float
    by_kind: Mapping[str, float]
    """The part of the copies of each kind that stand with one they are a copy of."""

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def judge(corpus: Iterable[Told], groups: Mapping[int, int]) -> Judged:
    """Compare ``groups`` (number of entry: group) with what is true."""
    told = list(corpus)
    true = Counter(one.group for one in told)
    found = Counter(groups[one.number] for one in told)
    both = Counter((one.group, groups[one.number]) for one in told)
    right = _pairs(both)
    copies: Counter[str] = Counter()
    known: Counter[str] = Counter()
    earlier: defaultdict[int, set[int]] = defaultdict(set)
    for one in told:
        if one.kind in KINDS:
            copies[one.kind] += 1
            known[one.kind] += groups[one.number] in earlier[one.group]
        earlier[one.group].add(groups[one.number])
    return Judged(
        precision=right / (_pairs(found) or 1),
        recall=right / (_pairs(true) or 1),
        by_kind={kind: known[kind] / copies[kind] for kind in KINDS if copies[kind]},
    )


def _pairs(counts: Mapping[object, int]) -> int:
    return sum(count * (count - 1) // 2 for count in counts.values())
