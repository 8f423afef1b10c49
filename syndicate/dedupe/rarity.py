"""How rare a word is, as a stream of texts knows it.

What a word tells falls with the number of texts that have it (its inverse document
frequency). A stream begins with none, and with whatever event is in the news that
day; so it is weighed as if some texts had been met before, none of which had the word,
but for a few words of which it is known that much of the news has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log

from syndicate.dedupe.common import NEWS_WORDS

_BEFORE = 200
"""Texts that are taken for met before the first: with fewer, the names of the day's
event look common as soon as ten portals have told it."""
_HAD = 20
"""Of these, those that had a word that much of the news has."""


@dataclass(frozen=True, slots=True)
class Rarity:
    """In how many of the texts that were met words stand."""

    texts: int = 0
    """Texts that were met."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Words and the texts that have them; a word that is missing was never met."""

    def weight(self, term: str) -> float:
        """How much it tells that two texts have ``term``: 0 for one that all have.

        A pair of words ("sạt_lở") is as rare as its rarer word; pairs are not
        counted, for there are too many of them.
        """
        return self.weights((term,))[term]

    def weights(self, terms: Iterable[str]) -> dict[str, float]:
        """:meth:`weight` of many terms."""
        count, most = self.counts.get, self.texts
        top = log(most + _BEFORE)
        found: dict[str, float] = {}
        for term in terms:
            one, _, other = term.partition("_")
            known = min(count(one, 0), most) + _HAD * (one in NEWS_WORDS)
            if other:
                beside = min(count(other, 0), most) + _HAD * (other in NEWS_WORDS)
                known = min(known, beside)
            found[term] = top - log(known + 1)
        return found
