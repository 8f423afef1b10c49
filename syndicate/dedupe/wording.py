"""A text taken apart into words and hashes of three words in a row.

The store keeps some of the hashes, so they are the same for ever, in every process.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import compress

from syndicate.model import Entry
from syndicate.text.clean import (
    key_text,
    key_tokens,
    normalise,
    words,
)
from syndicate.text.tokens import OfTokens
from syndicate.text.words import token_words

BITS = 47
"""Of a hash: six bytes in a row of SQLite, and never negative."""
WINDOW = 64
"""Grams in a row, of which one is kept at least: of a long text one in 28 in all."""
FEWEST = 16
"""Grams that are kept of any text that has them, or a brief could not be found."""
_SURE = 7
_LIMIT = 20_000
"""Words that are looked at; no article is longer, a hostile page may be."""
_LONGEST_TITLE = 2_000
_MASK = (1 << BITS) - 1
_WIDTH = 8
"""Bytes of a word's mark, and of a gram among others."""
_ALL = int.from_bytes(_MASK.to_bytes(_WIDTH, "little") * _LIMIT, "little")
_BELOW_TOP = BITS - 7
"""Bits of a gram below those that stand in a byte of their own."""
_TOKEN = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_CLAUSE_ENDS = frozenset('.!?…:;"“”()-–—•')


@dataclass(frozen=True)
class Wording:
    """A text as its words; what else is asked of it is worked out once."""

    text: str

    @cached_property
    def tokens(self) -> list[str]:
        """Its words, spelt in one way."""
        return words(self.text)[:_LIMIT]

    @cached_property
    def marks(self) -> bytes:
        """Eight bytes for each word: texts with the same words have the same."""
        found = b"".join(map(_MARKS.__getitem__, key_tokens(self.text)))
        return found[: _WIDTH * _LIMIT]

    @cached_property
    def grams(self) -> list[int]:
        """Hashes of three words in a row, one for each place where three begin."""
        found = array("Q", self._packed)
        if sys.byteorder == "big":
            found.byteswap()
        return found.tolist()

    @cached_property
    def distinct(self) -> frozenset[int]:
        """The hashes, each once."""
        return frozenset(self.grams)

    @cached_property
    def sample(self) -> list[int]:
        """The hashes that the store keeps, to find it by."""
        grams = self.grams
        least = _hardly_above(window_of(len(grams)))
        # A look at one byte of each tells nearly all that are too large.
        tops = self._packed[_BELOW_TOP // 8 :: _WIDTH]
        maybe = tops.translate(_UP_TO[least >> _BELOW_TOP])
        places = compress(range(len(grams)), maybe)
        small = [(at, gram) for at in places if (gram := grams[at]) <= least]
        return _winnowed(small, len(grams)) or sampled(grams)

    @cached_property
    def _packed(self) -> bytes:
        return _packed_grams(self.marks)

    @cached_property
    def joined(self) -> str:
        """The words between single spaces, for looking one text up in another."""
        return f" {' '.join(self.tokens)} "

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Words with a figure: numbers, parts of dates, document numbers."""
        return frozenset(filter(_DIGIT.search, set(self.tokens)))

    @cached_property
    def names(self) -> frozenset[str]:
        """Words that have a capital wherever no sentence or clause begins.

        "Đảng" goes where "đảng viên" stands too: what is left are places and people.
        """
        return _names(normalise(self.text))


@lru_cache(maxsize=24)
def wording(text: str) -> Wording:
    """Take the text of an article apart; the last few are remembered.

    Few: a hostile page of 20,000 words takes megabytes.
    """
    return Wording(text)


@lru_cache(maxsize=128)
def title_wording(title: str) -> Wording:
    """Take a title apart; kept from pushing articles out of memory."""
    return Wording(title[:_LONGEST_TITLE])


def body_of(entry: Entry) -> str:
    """The lead and the text; once, where the lead is how the text begins."""
    lead = entry.lead.strip()
    opening = lead.rstrip("…. ")
    if not opening or entry.text.lstrip().startswith(opening):
        return entry.text
    return f"{lead}\n\n{entry.text}"


def shingles(text: str) -> frozenset[int]:
    """Hashes of the word 3-grams of ``text``, below 2⁴⁷; stable for ever.

    A text of one or two words has one gram, an empty text none.
    """
    return wording(text).distinct


def sampled(grams: Sequence[int]) -> list[int]:
    """Those of a text's grams, given in order, that are kept to find it by.

    The smallest of every so many in a row (winnowing: Schleimer et al., 2003). So a
    stretch that two texts share has a kept one in common, however small a part it is
    of each; with a share of all numbers that would be luck. What a longer text keeps,
    a shorter one would keep too.
    """
    least = _hardly_above(window_of(len(grams)))
    small = ((at, gram) for at, gram in enumerate(grams) if gram <= least)
    # A phrase over and over may have no small ones.
    return _winnowed(small, len(grams)) or _winnowed(enumerate(grams), len(grams))


def _hardly_above(window: int) -> int:
    """The least of so many grams in a row is hardly ever above this."""
    return _MASK if window <= _SURE else (_MASK // window) * _SURE


_UP_TO = [bytes(each <= most for each in range(256)) for most in range(128)]
"""For each number, a table that says which bytes are not above it."""


def _winnowed(small: Iterable[tuple[int, int]], count: int) -> list[int]:
    """What is kept of ``count`` grams, of which the small ones are given by place."""
    span = min(window_of(count), count)
    kept: set[int] = set()
    # Grams that no smaller one follows yet, and their places; below them, and below
    # any gram, what stands before the first.
    places, waiting = [-1], [-2]
    for at, gram in (*small, (count, -1)):
        while waiting[-1] >= gram:
            value = waiting.pop()
            places.pop()
            # From the last smaller one before it to this one it is the least.
            if at - places[-1] > span:
                kept.add(value)
        waiting.append(gram)
        places.append(at)
    return sorted(kept)


def window_of(grams: int) -> int:
    """Of how many grams in a row one is kept, in a text that has so many."""
    return min(WINDOW, max(1, 2 * grams // FEWEST - 1))


def share_kept(grams: int) -> float:
    """The part of its ``grams`` that is kept of a text, 0 to 1, as a rule."""
    return 2 / (window_of(grams) + 1)


def containment(a: frozenset[int], b: frozenset[int]) -> float:
    """Shared grams over the grams of the smaller text; 0 if one is empty."""
    smaller = min(len(a), len(b))
    return len(a & b) / smaller if smaller else 0.0


def _packed_grams(marks: bytes) -> bytes:
    """The hashes of all three words in a row, in eight bytes each, the lowest first.

    Such a hash is the exclusive or of the words' marks, that of the second word from
    its ninth bit on and that of the third from its seventeenth: so the order counts.
    It is as even as they are; and all of a text's come of three operations on one
    long number, at a fifth of what it costs to make them one by one.
    """
    if marks:
        marks += _NOTHING * (3 - len(marks) // _WIDTH)
    long = int.from_bytes(marks, "little")
    mixed = long ^ long >> (8 * _WIDTH + 8) ^ long >> (2 * 8 * _WIDTH + 16)
    return (mixed & _ALL).to_bytes(len(marks), "little")[: -2 * _WIDTH]


def _mark(word: str) -> bytes:
    said = word.encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=_WIDTH).digest()


def _marks(token: bytes) -> bytes:
    return b"".join(map(_mark, token_words(token)))


_NOTHING = _mark("")
_MARKS = OfTokens(_marks)


def _names(text: str) -> frozenset[str]:
    capital, small = set(), set()
    end = 0
    for match in _TOKEN.finditer(text):
        word = match.group()
        if not word[0].isupper():
            small.add(word)
        elif end and not _ends_clause(text[end : match.start()]):
            capital.add(word)
        end = match.end()
    if not capital:
        return frozenset()
    return frozenset(map(_key, capital)) - frozenset(map(_key, small))


@lru_cache(maxsize=65_536)
def _key(word: str) -> str:
    """The key of one word; texts repeat their words."""
    return key_text(word)


def _ends_clause(between: str) -> bool:
    """After such signs, and after a line end, a capital says nothing."""
    if between == " ":
        return False
    return "\n" in between or between.rstrip()[-1:] in _CLAUSE_ENDS
