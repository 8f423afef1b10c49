"""Where phrases stand in a text: whole words, the longest first, each span once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from syndicate.text.clean import key_text


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text that is one phrase: characters ``start`` to ``end``."""

    start: int
    end: int
    phrase: str


def matching_form(text: str) -> str:
    """The form in which texts and phrases are compared.

    The key form (one tone style, one case), with one way to set dashes and commas:
    "Cơ quan – Doanh nghiệp" and "cơ quan-doanh nghiệp" are one phrase.
    """
    return set_alike(key_text(text))


def set_alike(key: str) -> str:
    """A key, or keys in lines, with one way to set dashes and commas."""
    # Keys have single spaces only, so these four are all ways there are.
    if "-" in key:
        key = key.replace(" -", "-").replace("- ", "-")
    if "," in key:
        key = key.replace(" ,", ",").replace(", ", ",").replace(",", ", ")
    return key


class Phrases:
    """A set of phrases (in matching form), found in texts in one pass."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = sorted({phrase for phrase in phrases if phrase})
        # Overlapping matches: a longer match that is no whole word must not hide
        # a shorter one that is.
        self._automaton = (
            AhoCorasick(
                self._phrases,
                matchkind=MatchKind.Standard,
                implementation=_implementation(self._phrases),
            )
            if self._phrases
            else None
        )

    @property
    def all(self) -> tuple[str, ...]:
        """Every phrase that is looked for."""
        return tuple(self._phrases)

    def spans(self, text: str) -> list[Span]:
        """Every place where a phrase stands as whole words, overlaps included."""
        if self._automaton is None:
            return []
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [
            Span(start, end, self._phrases[which])
            for which, start, end in found
            if _stands_alone(text, start, end)
        ]


def _implementation(phrases: Sequence[str]) -> Implementation:
    """The table that is twice as fast, unless it would be too large.

    It takes some 80 bytes for each character of a phrase.
    """
    small = sum(map(len, phrases)) <= 50_000
    return Implementation.DFA if small else Implementation.ContiguousNFA


def longest(spans: Iterable[Span]) -> list[Span]:
    """Of spans that overlap keep the longest, then the first; in reading order."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start - one.end, one.start)):
        at = bisect_left(kept, span.start, key=_start)
        if not _touches(kept, at, span):
            kept.insert(at, span)
    return kept


def outside(spans: Iterable[Span], blanks: Sequence[Span]) -> list[Span]:
    """The spans that touch none of ``blanks``, which stand as ``longest`` left them."""
    return [
        span
        for span in spans
        if not _touches(blanks, bisect_left(blanks, span.start, key=_start), span)
    ]


def _start(span: Span) -> int:
    """Where a span begins; spans are kept in this order."""
    return span.start


def _touches(kept: Sequence[Span], at: int, span: Span) -> bool:
    """Whether ``span``, which belongs at ``at``, overlaps a neighbour there."""
    before = at > 0 and kept[at - 1].end > span.start
    return before or (at < len(kept) and kept[at].start < span.end)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """No letter or digit goes on from the phrase on either side."""
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not before and not after
