"""A text taken apart into words and hashes of three words in a row.

The store keeps some of the hashes, so they are the same for ever, in every process.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import repeat

from syndicate.model import Entry
from syndicate.text.clean import key_text, normalise, words

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
    def grams(self) -> list[int]:
        """Hashes of three words in a row, one for each place where three begin."""
        return _grams(self.tokens)

    @cached_property
    def distinct(self) -> frozenset[int]:
        """The hashes, each once."""
        return frozenset(self.grams)

    @cached_property
    def sample(self) -> list[int]:
        """The hashes that the store keeps, to find it by."""
        return sampled(self.grams)

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
    window = window_of(len(grams))
    # The least of so many in a row is hardly ever above this.
    least = _MASK if window <= _SURE else (_MASK // window) * _SURE
    small = [(at, gram) for at, gram in enumerate(grams) if gram <= least]
    kept: set[int] = set()
    # Grams that no smaller one follows yet, each with the place of the last smaller
    # one before it.
    waiting: list[tuple[int, int]] = []
    for at, gram in (*small, (len(grams), -1)):
        while waiting and waiting[-1][1] >= gram:
            _, value = waiting.pop()
            before = waiting[-1][0] if waiting else -1
            if at - before > window or at - before > len(grams):
                kept.add(value)
        waiting.append((at, gram))
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


def _grams(tokens: Sequence[str]) -> list[int]:
    # Three hashes of each word, one for each place in a gram: that a gram's hash is
    # their sum without carry makes it cheap, and as even as they are.
    hashes = list(map(_word, tokens))
    if 0 < len(hashes) < 3:
        hashes += repeat(_NOTHING, 3 - len(hashes))
    return [
        first[0] ^ second[1] ^ third[2]
        for first, second, third in zip(hashes, hashes[1:], hashes[2:], strict=False)
    ]


@lru_cache(maxsize=131_072)
def _word(word: str) -> tuple[int, int, int]:
    digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=18).digest()
    first, second, third = digest[:6], digest[6:12], digest[12:]
    return (
        int.from_bytes(first, "big") & _MASK,
        int.from_bytes(second, "big") & _MASK,
        int.from_bytes(third, "big") & _MASK,
    )


_NOTHING = _word("")


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
