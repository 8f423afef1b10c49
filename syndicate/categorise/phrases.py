"""Where phrases stand in a text: whole words, the longest first, each span once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from syndicate.text.clean import utf8_key


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text that is one phrase: bytes ``start`` to ``end`` of UTF-8."""

    start: int
    end: int
    phrase: str


def matching_form(text: str) -> str:
    """The form in which texts and phrases are compared.

    The key form (one tone style, one case), with one way to set dashes and commas:
    "Cơ quan – Doanh nghiệp" and "cơ quan-doanh nghiệp" are one phrase.
    """
    return utf8_form(text).decode()


def utf8_form(text: str) -> bytes:
    """:func:`matching_form` in UTF-8."""
    return set_alike(utf8_key(text))


def set_alike(key: bytes) -> bytes:
    """A key in UTF-8, or keys in lines, with one way to set dashes and commas."""
    # Keys have single spaces only, so these four are all ways there are.
    if b"-" in key:
        key = key.replace(b" -", b"-").replace(b"- ", b"-")
    if b"," in key:
        key = key.replace(b" ,", b",").replace(b", ", b",").replace(b",", b", ")
    return key


class Phrases:
    """A set of phrases (in matching form), found in texts in one pass."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = sorted({phrase for phrase in phrases if phrase})
        # Overlapping matches: a longer match that is no whole word must not hide
        # a shorter one that is.
        self._automaton = (
            BytesAhoCorasick(
                [phrase.encode("utf-8", "replace") for phrase in self._phrases],
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

    def spans(self, text: bytes) -> list[Span]:
        """Every place in ``text`` (UTF-8) where a phrase stands as whole words.

        Overlaps included.
        """
        if self._automaton is None:
            return []
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [
            Span(start, end, self._phrases[which])
            for which, start, end in found
            if _stands_alone(text, start, end, self._phrases[which])
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
    ordered = sorted(spans, key=lambda one: (-len(one.phrase), one.start))
    if len(ordered) < 2:
        return ordered
    for span in ordered:
        at = bisect_left(kept, span.start, key=_start)
        if not _touches(kept, at, span):
            kept.insert(at, span)
    return kept


def outside(spans: Iterable[Span], blanks: Sequence[Span]) -> list[Span]:
    """The spans that touch none of ``blanks``, which stand as ``longest`` left them."""
    if not blanks:
        return list(spans)
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


_WIDEST = 4
"""Bytes of one character in UTF-8."""


def _stands_alone(text: bytes, start: int, end: int, phrase: str) -> bool:
    """No letter or digit goes on from the phrase on either side."""
    # Of what stands before, the first bytes may be the end of a character.
    before = text[max(start - _WIDEST, 0) : start].decode("utf-8", "ignore")[-1:]
    after = text[end : end + _WIDEST].decode("utf-8", "ignore")[:1]
    goes_on = after.isalnum() and phrase[-1].isalnum()
    return not goes_on and not (before.isalnum() and phrase[0].isalnum())
