"""Two texts side by side: which stretches of the one are in the other, in order.

``difflib`` alone takes milliseconds for two articles. Most of an alignment is plain,
though: how both begin and end, and the three words in a row that each of them has
once. What lies between such anchors is short, and is left to ``difflib``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Stretch = tuple[int, int, int]
"""Where it begins in the first text and in the second, and its length in words."""

_GRAM = 3
_SHORT = 64
"""Words; what both have in fewer is aligned by ``difflib``."""


def matching_stretches(ours: Sequence[str], theirs: Sequence[str]) -> list[Stretch]:
    """Stretches that both have, in order; the last is empty and ends both."""
    found = [*_between(ours, theirs, (0, len(ours)), (0, len(theirs)))]
    return [*_joined(found), (len(ours), len(theirs), 0)]


def _between(
    ours: Sequence[str],
    theirs: Sequence[str],
    one: tuple[int, int],
    other: tuple[int, int],
) -> Iterator[Stretch]:
    """Align ``ours[one]`` with ``theirs[other]``."""
    (at, end), (to, stop) = one, other
    while at < end and to < stop and ours[at] == theirs[to]:
        at, to = at + 1, to + 1
    if at > one[0]:
        yield one[0], other[0], at - one[0]
    tail = 0
    while at < end and to < stop and ours[end - 1] == theirs[stop - 1]:
        end, stop, tail = end - 1, stop - 1, tail + 1
    if at < end and to < stop:
        yield from _inside(ours, theirs, (at, end), (to, stop))
    if tail:
        yield end, stop, tail


def _inside(
    ours: Sequence[str],
    theirs: Sequence[str],
    one: tuple[int, int],
    other: tuple[int, int],
) -> Iterator[Stretch]:
    """Align what neither begins nor ends alike."""
    (at, end), (to, stop) = one, other
    if max(end - at, stop - to) <= _SHORT:
        yield from _small(ours, theirs, one, other)
        return
    for place, where in _anchors(ours[at:end], theirs[to:stop]):
        start, from_ = one[0] + place, other[0] + where
        if start >= at and from_ >= to:
            # The anchor begins the next part, which finds how far both go on alike.
            yield from _small(ours, theirs, (at, start), (to, from_))
            size = _GRAM
            while (
                start + size < end
                and from_ + size < stop
                and ours[start + size] == theirs[from_ + size]
            ):
                size += 1
            yield start, from_, size
            at, to = start + size, from_ + size
    yield from _small(ours, theirs, (at, end), (to, stop))


def _small(
    ours: Sequence[str],
    theirs: Sequence[str],
    one: tuple[int, int],
    other: tuple[int, int],
) -> Iterator[Stretch]:
    """Align what lies between two anchors; a long passage is another passage."""
    (at, end), (to, stop) = one, other
    first, second = ours[at:end], theirs[to:stop]
    if not first or not second or max(len(first), len(second)) > _SHORT:
        return
    if set(first).isdisjoint(second):
        return
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    for start, from_, size in matcher.get_matching_blocks():
        if size:
            yield at + start, to + from_, size


def _anchors(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """Places of the 3-grams that each text has once, as far as both have one order."""
    once = _once(theirs)
    pairs = [(place, once[gram]) for gram, place in _once(ours).items() if gram in once]
    return _rising(sorted(pairs))


def _once(tokens: Sequence[str]) -> dict[tuple[str, str, str], int]:
    grams = list(zip(tokens, tokens[1:], tokens[2:], strict=False))
    counts = Counter(grams)
    return {gram: at for at, gram in enumerate(grams) if counts[gram] == 1}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain in which the second numbers rise as the first do."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, where) in enumerate(pairs):
        place = bisect_left(ends, where)
        before.append(last[place - 1] if place else -1)
        ends[place : place + 1] = [where]
        last[place : place + 1] = [index]
    chain: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _joined(found: Sequence[Stretch]) -> Iterator[Stretch]:
    """Stretches that touch in both texts, as one."""
    held: Stretch | None = None
    for start, from_, size in found:
        if held and held[0] + held[2] == start and held[1] + held[2] == from_:
            held = (held[0], held[1], held[2] + size)
            continue
        if held:
            yield held
        held = (start, from_, size)
    if held:
        yield held
