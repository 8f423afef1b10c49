"""Where a text says what a query asks for, and the few words around it (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from syndicate.text.clean import normalise
from syndicate.text.query import Query, Spelling, Term, Zone
from syndicate.text.sought import WORD, Word, spelt
from syndicate.text.tiers import Marks

AROUND = 32
"""Words of an excerpt."""
_BEFORE = 6
"""Of them, those before the first that was found."""
_READ = 100_000
"""Letters of a text that are looked at."""


class Piece(NamedTuple):
    """A part of a text."""

    text: str
    found: bool
    """It is what was asked for."""


class _Placed(NamedTuple):
    """A word and where it stands."""

    word: Word
    start: int
    end: int


class _Found(NamedTuple):
    """A term in a text: from which word to before which."""

    term: int
    first: int
    after: int


def stands(query: Query, texts: Iterable[str]) -> bool:
    """Whether every phrase stands in one of ``texts``, as it was typed.

    An index knows which two words stand in a row, and whether a word has its marks
    somewhere; of three in a row, and of quoted marks, this is what makes it sure.
    """
    unsure = [term for term in query.terms if _may_err(term)]
    if not unsure:
        return True
    placed = [_placed(normalise(text)) for text in texts]
    return all(
        any(next(_of_term(term, some, Marks.ANY), None) for some in placed)
        for term in unsure
    )


def says(query: Query, texts: Iterable[str], marks: Marks) -> bool:
    """Whether every term stands in one of ``texts``; names of authors are passed by."""
    placed = [_placed(normalise(text)) for text in texts]
    return all(
        any(next(_of_term(term, some, marks), None) for some in placed)
        for term in query.terms
        if term.zone is not Zone.AUTHOR
    )


def _may_err(term: Term) -> bool:
    if term.zone is Zone.AUTHOR:
        return False
    longest = max(map(len, term.spellings))
    return longest > 2 or (longest == 2 and term.quoted and term.marked)


def emphasised(text: str, query: Query, marks: Marks) -> tuple[Piece, ...]:
    """The whole of a short text, with what was found in it."""
    text = normalise(text)
    placed = _placed(text)
    return tuple(_pieces(text, placed, list(_all_found(query, placed, marks)), None))


def excerpt(text: str, query: Query, marks: Marks) -> tuple[Piece, ...]:
    """The words around the best place of ``text``; empty if nothing stands in it.

    The best place is that with most of the terms, then with most of any, then the
    first. White space is one space each; ``…`` says that there is more.
    """
    text = normalise(text)
    placed = _placed(text)
    found = sorted(_all_found(query, placed, marks), key=lambda one: one.first)
    if not found:
        return ()
    start = _best(found)
    first = max(0, min(start - _BEFORE, len(placed) - AROUND))
    return tuple(_pieces(text, placed, found, (first, first + AROUND)))


def _placed(text: str) -> list[_Placed]:
    return [
        _Placed(spelt(found.group()), found.start(), found.end())
        for found in WORD.finditer(text, 0, _READ)
    ]


def _all_found(
    query: Query, placed: Sequence[_Placed], marks: Marks
) -> Iterator[_Found]:
    for at, term in enumerate(query.terms):
        if term.zone is not Zone.AUTHOR:
            for one in _of_term(term, placed, marks):
                yield one._replace(term=at)


def _of_term(term: Term, placed: Sequence[_Placed], marks: Marks) -> Iterator[_Found]:
    if term.quoted and marks is Marks.ANY:
        marks = Marks.TYPED
    for words in term.spellings:
        for first in range(len(placed) - len(words) + 1):
            if _stands_at(term, words, placed, first, marks):
                yield _Found(0, first, first + len(words))


def _stands_at(
    term: Term, words: Spelling, placed: Sequence[_Placed], first: int, marks: Marks
) -> bool:
    last = len(words) - 1
    for at, wanted in enumerate(words):
        has = placed[first + at].word
        if term.prefix and at == last:
            if not _begins(term, wanted, has, marks):
                return False
        elif has.plain != wanted.plain or (
            has.exact != wanted.exact and _exactly(wanted, marks)
        ):
            return False
    return True


def _begins(term: Term, wanted: Word, has: Word, marks: Marks) -> bool:
    if wanted.marked and marks is not Marks.ANY:
        return has.exact.startswith(f"={term.stem}") or has.exact == wanted.exact
    return has.plain.startswith(term.plain_stem) or has.plain == wanted.plain


def _exactly(wanted: Word, marks: Marks) -> bool:
    return marks is Marks.EXACT or (marks is Marks.TYPED and wanted.marked)


def _best(found: Sequence[_Found]) -> int:
    """The word at which the window with most terms begins."""
    best, start = (0, 0), found[0].first
    left = 0
    inside: Counter[int] = Counter()
    for one in found:
        inside[one.term] += 1
        while found[left].first < one.after - (AROUND - _BEFORE):
            inside[found[left].term] -= 1
            inside += Counter()  # drops what is at nought
            left += 1
        worth = (len(inside), min(inside.total(), 3 * len(inside)))
        if worth > best:
            best, start = worth, found[left].first
    return start


def _pieces(
    text: str,
    placed: Sequence[_Placed],
    found: Sequence[_Found],
    window: tuple[int, int] | None,
) -> Iterator[Piece]:
    """``text``, or the words of a window of it, in pieces."""
    low, high = window or (0, len(placed))
    high = min(high, len(placed))
    spans = sorted(
        (placed[one.first].start, placed[one.after - 1].end)
        for one in found
        if low <= one.first and one.after <= high
    )
    at = placed[low].start if window and low else 0
    end = placed[high - 1].end if window and high < len(placed) else len(text)
    if window and low:
        yield Piece("…", False)
    for start, stop in spans:
        if stop <= at:
            continue
        if start > at:
            yield Piece(_spaced(text[at:start]), False)
        yield Piece(_spaced(text[max(at, start) : stop]), True)
        at = stop
    if end > at:
        yield Piece(_spaced(text[at:end]), False)
    if end < len(text):
        yield Piece("…", False)


def _spaced(text: str) -> str:
    """White space as one space each; that at the ends stays one."""
    body = " ".join(text.split())
    if not body:
        return " " if text else ""
    return f"{' ' * text[0].isspace()}{body}{' ' * text[-1].isspace()}"
