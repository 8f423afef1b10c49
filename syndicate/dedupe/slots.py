"""Where two texts of one formula differ: the slots that each filled in its own way.

"… tại ấp Phú Lợi vào ngày 1/9 …" and "… tại ấp Vàm Hồ vào ngày 21/9 …" are two
notices, though nearly all of their wording is one. An edited copy seldom puts another
name for a name, or another number for a number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from syndicate.dedupe.align import matching_stretches
from syndicate.text.clean import fold

_SLOT = 10
"""Words; what differs over more than this is another passage, no slot."""
_LIMIT = 3_000
"""Words that are aligned: the time grows faster than their number."""
_SWAPPED = 0.15
"""The part of the particulars that may be swapped in an edited copy."""
_NUMBER = re.compile(r"\d+")

Swap = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Slots:
    """What two aligned texts put into the slots of their shared wording."""

    swapped: int = 0
    """Slots with a name for another name, or a number for another number."""
    kept: int = 0
    """Distinct names and numbers in the shared wording."""

    @property
    def tell_another(self) -> bool:
        """So much was swapped that the texts tell of two things.

        One swap alone may be a correction.
        """
        return self.swapped > max(1.0, _SWAPPED * (self.swapped + self.kept))


@dataclass(frozen=True, slots=True)
class Aligned:
    """Two texts side by side."""

    same: tuple[Sequence[str], ...]
    """Stretches that both have."""
    slots: tuple[tuple[Sequence[str], Sequence[str]], ...]
    """What stands in each other's place, where it is short."""

    def compare(self, names: Collection[str]) -> Slots:
        """Count what is put into the slots; ``names`` are the words that are names."""
        kept = {
            word
            for part in self.same
            for word in part
            if word in names or _NUMBER.search(word)
        }
        swapped: set[Swap] = set()
        for one, other in self.slots:
            swapped.update(_swapped_numbers(one, other))
            swapped.update(_swapped_names(one, other, names))
        return Slots(swapped=len(swapped), kept=len(kept))


def align(ours: Sequence[str], theirs: Sequence[str]) -> Aligned:
    """Put two texts, given as words, side by side."""
    ours, theirs = ours[:_LIMIT], theirs[:_LIMIT]
    same: list[Sequence[str]] = []
    slots: list[tuple[Sequence[str], Sequence[str]]] = []
    at = to = 0
    for start, from_, size in matching_stretches(ours, theirs):
        if 0 < start - at <= _SLOT and 0 < from_ - to <= _SLOT:
            slots.append((ours[at:start], theirs[to:from_]))
        if size:
            same.append(ours[start : start + size])
        at, to = start + size, from_ + size
    return Aligned(tuple(same), tuple(slots))


def compare_slots(
    ours: Sequence[str], theirs: Sequence[str], names: Collection[str]
) -> Slots:
    """Align two texts, given as words; ``names`` are those of them that are names."""
    return align(ours, theirs).compare(names)


def _swapped_numbers(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Swap]:
    one, other = _numbers(ours), _numbers(theirs)
    if one and other and not set(one) & set(other):
        yield " ".join(one), " ".join(other)


def _numbers(words: Sequence[str]) -> list[str]:
    """The figures in ``words``: "05" and "5" are one, "7h30" is 7 and 30."""
    return [figure.lstrip("0") for word in words for figure in _NUMBER.findall(word)]


def _swapped_names(
    ours: Sequence[str], theirs: Sequence[str], names: Collection[str]
) -> Iterator[Swap]:
    one = [word for word in ours if word in names]
    other = [word for word in theirs if word in names]
    if one and other and not set(one) & set(other):
        shortened = _initials(ours) == _joined(theirs) or (
            _joined(ours) == _initials(theirs)
        )
        if not shortened:
            yield " ".join(one), " ".join(other)


def _initials(words: Sequence[str]) -> str:
    """First letters: "Ủy ban nhân dân" gives "ubnd"."""
    return fold("".join(word[0] for word in words))


def _joined(words: Sequence[str]) -> str:
    return fold("".join(words))
