"""The longest passage that two texts share, for a person to read (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from syndicate.dedupe.wording import body_of
from syndicate.model import Entry
from syndicate.text.clean import key_text, normalise

_WORD = re.compile(r"[^\W_]+")
_MOST = 3_000
"""Words of a text that are looked at: it is for a person, who waits."""
_FEWEST = 3
"""Words below which a passage says nothing."""


def shared_passage(one: Entry, other: Entry, *, most: int = 60) -> tuple[str, int]:
    """The longest run of words that both texts have, as ``one`` writes it.

    With it, how many words it has. It is cut after ``most`` words, and then ends with
    "…". Nothing, of no words, if no three words stand together in both. Spellings that
    mean the same are the same ("Uỷ ban", "Ủy ban", another Unicode form).
    """
    ours = normalise(body_of(one))
    words, places = _taken_apart(ours)
    theirs, _ = _taken_apart(normalise(body_of(other)))
    at, length = _longest(words, theirs)
    if length < _FEWEST:
        return "", 0
    shown = min(length, most)
    start, stop = places[at][0], places[at + shown - 1][1]
    quoted = " ".join(ours[start:stop].split())
    return (f"{quoted} …" if shown < length else quoted), length


def _taken_apart(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """Words in one spelling, and where each stands."""
    found = [(key_text(one[0]), one.span()) for one in _WORD.finditer(text)][:_MOST]
    return [word for word, _ in found], [place for _, place in found]


def _longest(ours: Sequence[str], theirs: Sequence[str]) -> tuple[int, int]:
    """Where the longest shared run begins in ``ours``, and its length."""
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    found = matcher.find_longest_match()
    return found.a, found.size
