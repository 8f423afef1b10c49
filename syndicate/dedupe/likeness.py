"""How much wording two texts share, and whether what they share is news.

Texts are compared by their word 3-grams. *Containment* (shared grams over those of
the smaller text) stays 1.0 when a copy is cut or quoted, where Jaccard and MinHash
fall with the difference in length. Formula texts ("Lễ trao Huy hiệu Đảng …" in two
communes) share wording too, but not what stands in its gaps: names and numbers. So
:func:`likeness` also counts the particulars beside shared wording that differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby

from syndicate.dedupe.slots import Slots, compare_slots
from syndicate.model import Entry
from syndicate.text.clean import key_text, normalise, words

_GRAM = 3
SHORT = 150
"""Grams; a text with fewer keeps all of them, or a brief could not be found."""
_GAP = 10
"""Words; between shared wording a gap up to this long is a slot in a formula."""
_WORTH = 0.3
"""Containment below which nobody asks for names, numbers and runs."""
_TOKEN = re.compile(r"[^\W_]+")
_CLAUSE_ENDS = frozenset('.!?…:;"“”()-–—•')
_LIMIT = 20_000
"""Words that are looked at; no article is longer, a hostile page may be."""


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
    """Names and numbers in shared wording and in its gaps."""
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
    def evidence(self) -> str:
        """What is shared, for a person."""
        return (
            f"{self.shared}/{self.smaller} cụm ba từ trùng nhau ({self.score:.0%}), "
            f"{max(self.differing, self.slots.swapped)}/{self.particulars} tên và số"
            " khác nhau"
        )


@dataclass(frozen=True, slots=True)
class _Overlap:
    """What one text shows of the wording that it shares with another."""

    run: int
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


def body_of(entry: Entry) -> str:
    """The lead and the text; once, where the lead is how the text begins."""
    lead = entry.lead.strip()
    opening = lead.rstrip("…. ")
    if not opening or entry.text.lstrip().startswith(opening):
        return entry.text
    return f"{lead}\n\n{entry.text}"


@lru_cache(maxsize=64)
def shingles(text: str) -> frozenset[int]:
    """Signed 64-bit hashes of the word 3-grams of ``text``; stable for ever.

    A text of one or two words has one gram, an empty text none.
    """
    tokens = words(text)[:_LIMIT]
    grams = {" ".join(tokens[at : at + _GRAM]) for at in _starts(tokens)}
    return frozenset(_hash(gram) for gram in grams)


def sampled(all_: frozenset[int], one_in: int = 8) -> frozenset[int]:
    """The same part of the grams of every text: those divisible by ``one_in``.

    A short text keeps all of its grams.
    """
    if len(all_) < SHORT:
        return all_
    return frozenset(gram for gram in all_ if gram % one_in == 0)


def containment(a: frozenset[int], b: frozenset[int]) -> float:
    """Shared grams over the grams of the smaller text; 0 if one is empty."""
    smaller = min(len(a), len(b))
    return len(a & b) / smaller if smaller else 0.0


def resemblance(a: frozenset[int], b: frozenset[int]) -> float:
    """Shared grams over all grams (Jaccard); 0 if both are empty."""
    union = len(a | b)
    return len(a & b) / union if union else 0.0


def likeness(a: Entry, b: Entry) -> Likeness:
    """Compare the stored texts of two entries; the order does not matter.

    Names, numbers and runs are looked at only where a good part is shared.
    """
    ours, theirs = shingles(body_of(a)), shingles(body_of(b))
    score = containment(ours, theirs)
    bare = Likeness(
        score=score, shared=len(ours & theirs), smaller=min(len(ours), len(theirs))
    )
    if score < _WORTH:
        return bare
    sides = (_overlap(body_of(a), theirs), _overlap(body_of(b), ours))
    # A copy with changed words brings names of its own; the original does not.
    kinder = min(sides, key=lambda side: (side.conflict, -side.particulars))
    return replace(
        bare,
        run=max(side.run for side in sides),
        particulars=kinder.particulars,
        differing=kinder.differing,
        conflict=kinder.conflict,
        slots=_slots(body_of(a), body_of(b)),
        retitled=_slots(a.title, b.title).swapped > 0,
        other_subject=_unheard(a, sides[0], b) and _unheard(b, sides[1], a),
    )


def _slots(ours: str, theirs: str) -> Slots:
    names = _names(ours) | _names(theirs)
    return compare_slots(words(ours), words(theirs), names)


def _unheard(of: Entry, overlap: _Overlap, by: Entry) -> bool:
    """The title of ``of`` names something in a gap that ``by`` never mentions."""
    said = overlap.gaps & set(words(of.title))
    return bool(said - set(words(by.title)) - set(words(body_of(by))))


def _hash(gram: str) -> int:
    """Eight bytes of BLAKE2b, as a signed number; the store keeps these."""
    digest = blake2b(gram.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _starts(tokens: Sequence[str]) -> range:
    """Where the 3-grams of ``tokens`` begin; one for a shorter text."""
    return range(max(len(tokens) - _GRAM + 1, min(len(tokens), 1)))


def _overlap(text: str, theirs: frozenset[int]) -> _Overlap:
    """Walk through ``text`` and see what of it is among the grams ``theirs``."""
    tokens = words(text)[:_LIMIT]
    covered = [False] * len(tokens)
    for at in _starts(tokens):
        gram = tokens[at : at + _GRAM]
        if _hash(" ".join(gram)) in theirs:
            covered[at : at + len(gram)] = [True] * len(gram)
    stretches = [(shared, len(list(of))) for shared, of in groupby(covered)]
    inside: list[str] = []
    gaps: list[str] = []
    at = 0
    for order, (shared, length) in enumerate(stretches):
        part = tokens[at : at + length]
        at += length
        if shared:
            inside += part
        elif 0 < order < len(stretches) - 1 and length <= _GAP:
            gaps += part
    names = _names(text)
    told = [token for token in gaps if token in names or _has_digit(token)]
    return _Overlap(
        run=max((length for shared, length in stretches if shared), default=0),
        names=(_count(inside, names.__contains__), _count(gaps, names.__contains__)),
        numbers=(_count(inside, _has_digit), _count(gaps, _has_digit)),
        gaps=frozenset(told),
    )


def _count(tokens: Sequence[str], test: Callable[[str], bool]) -> int:
    """How many of ``tokens`` pass ``test``."""
    return sum(test(token) for token in tokens)


def _has_digit(token: str) -> bool:
    """A number, a date part, a document number."""
    return any(letter.isdigit() for letter in token)


@lru_cache(maxsize=64)
def _names(text: str) -> frozenset[str]:
    """Words (as keys) that have a capital wherever no sentence or clause begins.

    "Đảng" goes where "đảng viên" stands too: what is left are places and people.
    """
    capital, small = set(), set()
    end = 0
    text = normalise(text)
    for match in _TOKEN.finditer(text):
        word = match.group()
        if not word[0].isupper():
            small.add(word)
        elif end and not _ends_clause(text[end : match.start()]):
            capital.add(word)
        end = match.end()
    return frozenset(map(_key, capital)) - frozenset(map(_key, small))


@lru_cache(maxsize=65_536)
def _key(word: str) -> str:
    """The key of one word; texts repeat their words."""
    return key_text(word)


def _ends_clause(between: str) -> bool:
    """After such signs, and after a line end, a capital says nothing."""
    return "\n" in between or between.rstrip()[-1:] in _CLAUSE_ENDS
