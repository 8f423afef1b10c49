"""How much wording two texts share, and whether what they share is news.

Texts are compared by their word 3-grams. *Containment* (shared grams over those of
the smaller text) stays 1.0 when a copy is cut or quoted, where Jaccard and MinHash
fall with the difference in length. Formula texts ("Lễ trao Huy hiệu Đảng …" in two
communes) share wording too, but not what stands in its gaps: names and numbers. So
:func:`likeness` also counts the particulars beside shared wording that differ.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from syndicate.dedupe.slots import Slots, align
from syndicate.dedupe.wording import Wording, body_of, title_wording, wording
from syndicate.model import Entry, Evidence, EvidenceKind

__all__ = ["Likeness", "likeness"]

_GRAM = 3
_GAP = 10
"""Words; between shared wording a gap up to this long is a slot in a formula."""
_PLENTY = 60
"""Shared 3-grams from which names and numbers are of no use if none differ."""
_PARAGRAPHS = 400
"""Lines of a text that are looked up in another; more no article has."""
_WORTH = 0.3
"""Containment below which nobody asks for names, numbers and runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two entries are, and why."""

    score: float
    """Containment, 0 to 1."""
    shared: int
    """Distinct 3-grams that both have."""
    smaller: int
    """Distinct 3-grams of the smaller text."""
    run: int = 0
    """Words of the longest stretch that both have."""
    particulars: int = 0
    """Names and numbers in shared wording and in its gaps; not counted for two long
    texts that differ nowhere in what they share."""
    differing: int = 0
    """How many of them stand in a gap: the other text says something else there."""
    conflict: float = 0.0
    """The part of the names, or of the numbers, that differ; the larger one."""
    slots: Slots = field(default_factory=Slots)
    """What the texts put into the slots of their shared wording."""
    retitled: bool = False
    """The titles are one formula, and differ in a name or a number."""
    other_subject: bool = False
    """Each title names something in such a gap that the other never mentions."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What is shared, and what differs in it."""
        shared = Evidence(kind=EvidenceKind.GRAMS, count=self.shared, of=self.smaller)
        if not self.particulars:
            return (shared,)
        differing = max(self.differing, self.slots.swapped)
        return (
            shared,
            Evidence(kind=EvidenceKind.DIFFERING, count=differing, of=self.particulars),
        )


@dataclass(frozen=True, slots=True)
class _Overlap:
    """What one text shows of the wording that it shares with another."""

    names: tuple[int, int]
    """(in shared wording, in gaps)"""
    numbers: tuple[int, int]
    gaps: frozenset[str]
    """The names and numbers in gaps."""

    @property
    def particulars(self) -> int:
        """Names and numbers, wherever they stand."""
        return sum(self.names) + sum(self.numbers)

    @property
    def differing(self) -> int:
        """Names and numbers in gaps."""
        return self.names[1] + self.numbers[1]

    @property
    def conflict(self) -> float:
        """The part of the names, or of the numbers, that stand in gaps."""
        # One more than there are: two of two say more than one of one.
        return max(
            differing / (same + differing + 1)
            for same, differing in (self.names, self.numbers)
        )


def likeness(a: Entry, b: Entry) -> Likeness:
    """Compare the stored texts of two entries; the order does not matter.

    Names, numbers and runs are looked at only where a good part is shared.
    """
    quoted, all_words = _quoted(body_of(a), body_of(b))
    if quoted >= _PLENTY:
        whole = Likeness(
            score=quoted / all_words, shared=quoted, smaller=all_words, run=quoted
        )
        return replace(whole, retitled=_retitled(a, b))
    ours, theirs = wording(body_of(a)), wording(body_of(b))
    shared = len(ours.distinct & theirs.distinct)
    smaller = min(len(ours.distinct), len(theirs.distinct))
    score = shared / smaller if smaller else 0.0
    bare = Likeness(score=score, shared=shared, smaller=smaller)
    if score < _WORTH:
        return bare
    stretches = (_stretches(ours, theirs.distinct), _stretches(theirs, ours.distinct))
    bare = replace(
        bare,
        retitled=_retitled(a, b),
        run=max(stop - start for some in stretches for start, stop in some),
    )
    if shared >= _PLENTY and _is_cut(ours.tokens, theirs.tokens, *stretches):
        return bare
    aligned = align(ours.tokens, theirs.tokens)
    if shared >= _PLENTY and not aligned.slots and not any(map(_has_gap, stretches)):
        return bare
    sides = (_overlap(ours, stretches[0]), _overlap(theirs, stretches[1]))
    # A copy with changed words brings names of its own; the original does not.
    kinder = min(sides, key=lambda side: (side.conflict, -side.particulars))
    return replace(
        bare,
        particulars=kinder.particulars,
        differing=kinder.differing,
        conflict=kinder.conflict,
        slots=aligned.compare(ours.names | theirs.names),
        other_subject=_unheard(a, sides[0], b) and _unheard(b, sides[1], a),
    )


def _is_cut(
    ours: Sequence[str],
    theirs: Sequence[str],
    one: Sequence[tuple[int, int]],
    other: Sequence[tuple[int, int]],
) -> bool:
    """Whether a passage of one text is the other's without some long parts of it.

    ``one`` and ``other`` are the shared stretches of both. A copy in a frame, or cut
    in the middle or at an end: nothing stands in the place of anything.
    """
    if len(one) > 1:
        ours, theirs, one, other = theirs, ours, other, one
    if len(one) > 1 or _has_gap(other):
        return False
    (start, stop), (from_, to) = one[0], (other[0][0], other[-1][1])
    before, after = (start, from_), (len(ours) - stop, len(theirs) - to)
    if any(min(edges) and max(edges) <= _GAP for edges in (before, after)):
        return False
    return ours[start:stop] == [
        word for begin, end in other for word in theirs[begin:end]
    ]


def _quoted(one: str, other: str) -> tuple[int, int]:
    """Words of the shorter text that the other quotes, and all its words; else 0.

    All of its paragraphs have to be there, letter by letter; only before the first
    there may be a frame ("(Theo báo …)"), where the other has nothing in its place.
    Most reposts are like that, and need not be taken apart.
    """
    short, long = sorted((one, other), key=len)
    paragraphs = [part for part in map(str.strip, short.split("\n")) if part]
    if not 0 < len(paragraphs) <= _PARAGRAPHS:
        return 0, 0
    frame = "" if paragraphs[0] in long else _frame(paragraphs[0], long)
    if frame is None or not all(part in long for part in paragraphs[1:]):
        return 0, 0
    all_words = len(short.split())
    return all_words - len(frame.split()), all_words


def _frame(paragraph: str, long: str) -> str | None:
    """What stands in ``paragraph`` before the opening of the long text."""
    opening = long.lstrip().partition("\n")[0].rstrip()
    frame = paragraph.removesuffix(opening)
    is_framed = opening and len(frame) < len(paragraph) and not frame[-1:].isalnum()
    return frame if is_framed else None


def _retitled(a: Entry, b: Entry) -> bool:
    ours, theirs = title_wording(a.title), title_wording(b.title)
    if ours.tokens == theirs.tokens:
        return False
    aligned = align(ours.tokens, theirs.tokens)
    swapped = aligned.compare(ours.names | theirs.names).swapped if aligned.slots else 0
    return swapped > 0


def _unheard(of: Entry, overlap: _Overlap, by: Entry) -> bool:
    """The title of ``of`` names something in a gap that ``by`` never mentions."""
    if not overlap.gaps:
        return False
    said = overlap.gaps.intersection(title_wording(of.title).tokens)
    heard = {*title_wording(by.title).tokens, *wording(body_of(by)).tokens}
    return bool(said - heard)


def _overlap(of: Wording, stretches: Sequence[tuple[int, int]]) -> _Overlap:
    """See what of a text stands in shared stretches, and what in gaps of them."""
    tokens, names, numbers = of.tokens, of.names, of.numbers
    inside: list[str] = []
    gaps: list[str] = []
    end = 0
    for start, stop in stretches:
        if 0 < end < start <= end + _GAP:
            gaps += tokens[end:start]
        inside += tokens[start:stop]
        end = stop
    told = names | numbers
    return _Overlap(
        names=(_count(inside, names), _count(gaps, names)),
        numbers=(_count(inside, numbers), _count(gaps, numbers)),
        gaps=frozenset(token for token in gaps if token in told),
    )


def _has_gap(stretches: Sequence[tuple[int, int]]) -> bool:
    """Whether something short stands between two shared stretches."""
    return any(start <= end + _GAP for (_, end), (start, _) in pairwise(stretches))


def _stretches(of: Wording, theirs: frozenset[int]) -> list[tuple[int, int]]:
    """Where the words begin and end that shared grams cover; in order, never touching.

    There is a gram at each word but the last two.
    """
    length = len(of.tokens)
    if of.distinct <= theirs:
        return [(0, length)]
    found: list[tuple[int, int]] = []
    start = end = -1
    for at, gram in enumerate(of.grams):
        if gram in theirs:
            if at > end:
                if end > 0:
                    found.append((start, end))
                start = at
            end = at + _GRAM
    found.append((start, min(end, length)))
    return found


def _count(tokens: Sequence[str], among: Collection[str]) -> int:
    """How many of ``tokens`` are ``among`` these."""
    return sum(map(among.__contains__, tokens)) if among else 0
