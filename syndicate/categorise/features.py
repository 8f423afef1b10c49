"""What the learner reads of an entry: hashed words and pairs of words, counted.

Twice over: the whole entry, and its opening alone. What is decided on a whole article
then also helps with an entry of which the source gives a teaser only.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from zlib import crc32

from syndicate.categorise.phrases import Phrases, longest, utf8_form
from syndicate.model import Entry
from syndicate.text.clean import words

SLOTS = 1 << 17
"""Features are told apart by so many numbers. In trials half as many cost half a
point of F1, and twice as many gained nothing."""
OPENING = 300
"""Characters of the text that are its opening."""
WHOLE = 2_000
"""Characters of the text that are read: what comes later rarely changes the topic."""

_DOWN = 32 - SLOTS.bit_length() + 1
_MIX = 0x9E3779B1
"""Knuth's multiplier for hashing: 2^32 over the golden ratio, and prime."""
_MOST = 255
"""A count has one byte."""
_TITLE = "\0"
"""Stands before words of the title, which count as such beside any word."""


@dataclass(frozen=True, slots=True)
class Example:
    """An entry as the learner sees it; equal indices belong together."""

    slots: array[int]
    """Features, in rising order, each once."""
    whole: bytes
    """How often each stands in title and text; at least 1."""
    opening: bytes
    """How often in title and opening; 0 where it comes later."""
    names: Mapping[int, str] = field(default_factory=dict, compare=False)
    """The words of each feature, for people; not kept."""


def example_of(entry: Entry, masks: Phrases) -> Example:
    """What the learner reads of ``entry``, names in ``masks`` left out.

    ``masks`` are in matching form.
    """
    title, opening, rest = _zones(entry, masks)
    plain = [*_named(title), *_named(opening)]
    heading = [*_named(title)]
    later = [*_named(rest)]
    brief = [*map(_slot, plain), *(_slot(_TITLE + name) for name in heading)]
    whole = [*brief, *map(_slot, later)]
    first, every = Counter(brief), Counter(whole)
    slots = sorted(every)
    return Example(
        array("I", slots),
        _as_bytes([every[slot] for slot in slots]),
        _as_bytes([first[slot] for slot in slots]),
        dict(zip(whole, [*plain, *heading, *later], strict=True)),
    )


def _as_bytes(counts: list[int]) -> bytes:
    """Counts of one byte each, the largest cut down to that."""
    try:
        return bytes(counts)
    except ValueError:
        return bytes(min(count, _MOST) for count in counts)


Runs = Sequence[Sequence[str]]
"""Words in a row; what is masked parts them."""


def _zones(entry: Entry, masks: Phrases) -> tuple[Runs, Runs, Runs]:
    """The words of the title, the opening, and what follows it."""
    text = _after_title(entry)
    end = _word_end(text, OPENING)
    parts = entry.title, text[:end], text[end : _word_end(text, WHOLE)]
    title, opening, rest = (_runs(part, masks) for part in parts)
    return title, opening, rest


def _after_title(entry: Entry) -> str:
    """Lead and text without what they repeat: of each other, and of the title."""
    text = entry.text.lstrip()
    lead = entry.lead.strip()
    if lead and not text.startswith(lead.rstrip(". …")):
        text = f"{lead}\n\n{text}"
    title = entry.title.strip()
    rest = text[len(title) :]
    repeated = text.startswith(title) and not rest[:1].isalnum()
    return rest if repeated else text


def _word_end(text: str, limit: int) -> int:
    """Where the word ends that stands at ``limit``; not far, or it is no word."""
    if len(text) <= limit:
        return len(text)
    space = text.find(" ", limit, limit + 40)
    return limit if space < 0 else space


def _runs(text: str, masks: Phrases) -> Runs:
    """The words of ``text``, parted where a mask covers it."""
    if not masks.all:
        return (words(text),)
    form = utf8_form(text)
    covered = longest(masks.spans(form))
    if not covered:
        return (words(text),)
    starts = [0, *(span.end for span in covered)]
    ends = [*(span.start for span in covered), len(form)]
    return [
        words(form[start:end].decode()) for start, end in zip(starts, ends, strict=True)
    ]


def _named(runs: Runs) -> Iterator[str]:
    """Words, and pairs of words that follow each other."""
    for run in runs:
        yield from run
        yield from map(" ".join, pairwise(run))


def _slot(name: str) -> int:
    """The number of a feature: the same for ever, for it is kept.

    Of a checksum alone the low bits would follow those of similar words.
    """
    return (crc32(name.encode()) * _MIX & 0xFFFFFFFF) >> _DOWN
