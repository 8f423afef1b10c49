"""Roundups: one text with several others in it, which must not become one story.

What a text quotes it may well repeat. But that two texts both stand in a third says
nothing of the two: a review of the press holds the whole day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from syndicate.dedupe.wording import body_of, containment, shingles
from syndicate.model import Entry

_PART = 1.5
"""So much longer is a text, at least, than what is only a part of it."""
_SEVERAL = 3
"""Stories in one text, from which on it tells none of them."""
_TITLE = 0.5
"""Containment of titles that say the same."""
_INSIDE = 0.5
"""Containment from which a text is part of another."""
_UNLIKE = 0.1
"""Containment below which two texts have nothing in common."""


def is_roundup(entry: Entry, copies: Sequence[tuple[int, Entry]]) -> bool:
    """Whether ``entry`` repeats three stories that have nothing to do with each other.

    Two may be one and what a frame brought along. ``copies`` are (story, entry) of
    what it is like, the likest first. A text that has the title of one of them tells
    that one, whatever else it quotes.
    """
    first: dict[int, Entry] = {}
    for story, other in copies:
        first.setdefault(story, other)
    if len(first) < _SEVERAL or any(_one_title(entry, other) for _, other in copies):
        return False
    parts: list[Entry] = []
    for one in first.values():
        if is_part(one, entry) and all(_unlike(one, part) for part in parts):
            parts.append(one)
    return len(parts) >= _SEVERAL


def is_other_part(entry: Entry, whole: Entry, tellers: Iterable[Entry]) -> bool:
    """Whether ``whole``, which quotes ``entry``, quotes one of ``tellers`` elsewhere.

    Then ``entry`` tells another story than theirs.
    """
    return may_be_quoted(entry, whole) and any(
        is_part(one, whole)
        and not _one_title(one, whole)
        and not _one_title(one, entry)
        and _unlike(one, entry)
        and containment(_grams(one), _grams(whole)) >= _INSIDE
        for one in tellers
    )


def may_be_quoted(entry: Entry, whole: Entry) -> bool:
    """Whether ``entry`` may be one of several that ``whole`` quotes.

    A cut or a lead alone has the title of the text that it was taken from.
    """
    return is_part(entry, whole) and not _one_title(entry, whole)


def is_part(entry: Entry, whole: Entry) -> bool:
    """Whether ``entry`` is so short beside ``whole`` that it may be one of several."""
    return len(body_of(whole)) >= _PART * len(body_of(entry))


def _grams(entry: Entry) -> frozenset[int]:
    return shingles(body_of(entry))


def _unlike(one: Entry, other: Entry) -> bool:
    return containment(_grams(one), _grams(other)) < _UNLIKE


def _one_title(one: Entry, other: Entry) -> bool:
    return containment(shingles(one.title), shingles(other.title)) >= _TITLE
