"""A query → what to ask an index for, the best answers first (pure).

An index knows of each entry which words it has, and which two words stand in a row;
that both engines answer alike. An entry belongs to the first tier that it meets, and
within a tier the newest comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import pairwise, product

from syndicate.text.query import Query, Spelling, Term, Zone
from syndicate.text.sought import Word, author_token, source_token


class Kind(Enum):
    """What an atom asks for."""

    EXACT = auto()
    """A word as it is written, or another token."""
    PLAIN = auto()
    """A word without its marks."""
    PAIR = auto()
    """Two words in a row, without their marks."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One thing that an entry may have."""

    kind: Kind
    text: str
    after: str = ""
    """The second word of a pair."""
    title: bool = False
    """In its title; else anywhere."""
    prefix: bool = False
    """The (last) word may go on."""


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold."""

    parts: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part must hold."""

    parts: tuple[Wanted, ...]


Wanted = Atom | All | AnyOf


class Marks(Enum):
    """How a word's marks count."""

    EXACT = auto()
    """As they were typed; a word without any has none."""
    TYPED = auto()
    """As they were typed; a word without any may have any."""
    ANY = auto()
    """Not at all."""


class Place(Enum):
    """Where the words stand."""

    TITLE_ROW = auto()
    """In a row in the title."""
    ROW = auto()
    """In a row."""
    TITLE = auto()
    """In the title."""
    ANYWHERE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """What the entries of one rank have."""

    marks: Marks
    place: Place
    wanted: Wanted
    unwanted: Wanted | None = None


_ALL_PLACES = tuple(Place)
_ROWS = (Place.TITLE_ROW, Place.ROW)


def tiers(query: Query, sources: Iterable[str] = ()) -> tuple[Tier, ...]:
    """The tiers of a query that has terms, the best first; none for one without.

    ``sources`` are keys of sources, one of which must have told it; none: any.
    """
    if not query.terms:
        return ()
    told = [Atom(Kind.EXACT, source_token(one)) for one in sources]
    unwanted = excluded(query)
    found: dict[Wanted, Tier] = {}
    for marks, place in _ranks(query):
        parts = [*_parts(query, marks, place), *([_any_of(told)] if told else [])]
        wanted = _all(parts)
        tier = Tier(marks=marks, place=place, wanted=wanted, unwanted=unwanted)
        found.setdefault(wanted, tier)
    return tuple(found.values())


def excluded(query: Query) -> Wanted | None:
    """What no answer may have; None for nothing.

    A word without marks excludes the marked ones too, unless the query has marks.
    """
    marks = Marks.EXACT if query.marked else Marks.TYPED
    found = [_term(term, marks, title=False) for term in query.excluded]
    return _any_of(found) if found else None


def _ranks(query: Query) -> Iterator[tuple[Marks, Place]]:
    """(marks, place) in the order of their worth.

    With marks the person said which words are meant, and those go first wherever they
    stand. Without, "dan van" rather is "dân vận" than "dan … van" far apart.
    """
    alone = len(query.terms) == 1
    for marks in Marks:
        sure = query.marked or alone or marks is not Marks.EXACT
        for place in _ALL_PLACES if sure else _ROWS:
            yield marks, place


def _parts(query: Query, marks: Marks, place: Place) -> Iterator[Wanted]:
    title = place in (Place.TITLE_ROW, Place.TITLE)
    for term in query.terms:
        yield _term(term, marks, title=title)
    if place in _ROWS:
        for one, two in pairwise(query.terms):
            if one.zone is two.zone is Zone.ANYWHERE:
                yield _joint(one, two, title=title)


def _joint(one: Term, two: Term, *, title: bool) -> Wanted:
    """The last word of a term right before the first of the next."""
    found: list[Wanted] = []
    for first, second in product(one.spellings, two.spellings):
        before = first[-1].plain
        found.append(Atom(Kind.PAIR, before, second[0].plain, title))
        if two.prefix and len(second) == 1:
            found.append(Atom(Kind.PAIR, before, two.plain_stem, title, prefix=True))
    return _any_of(found)


def _term(term: Term, marks: Marks, *, title: bool) -> Wanted:
    if term.zone is Zone.AUTHOR:
        words = [word.plain for word in term.spellings[0]]
        return _all(Atom(Kind.EXACT, author_token(one)) for one in words)
    if term.quoted and marks is Marks.ANY:
        marks = Marks.TYPED
    title = title or term.zone is Zone.TITLE
    return _any_of(
        [_all(_row(term, words, marks, title=title)) for words in term.spellings]
    )


def _row(term: Term, words: Spelling, marks: Marks, *, title: bool) -> Iterator[Wanted]:
    """Words in a row: every two of them, and each as it must be written."""
    for one, two in pairwise(words[:-1] if term.prefix else words):
        yield Atom(Kind.PAIR, one.plain, two.plain, title)
    if term.prefix and len(words) > 1:
        before, last = words[-2].plain, words[-1].plain
        yield _begun(Atom(Kind.PAIR, before, last, title), term.plain_stem)
    for word in words:
        goes_on = term.prefix and word is words[-1]
        if _must_be_exact(word, marks) and (word.marked or not goes_on):
            atom, stem = Atom(Kind.EXACT, word.exact, title=title), f"={term.stem}"
        elif len(words) == 1:
            atom, stem = Atom(Kind.PLAIN, word.plain, title=title), term.plain_stem
        else:
            continue  # the pairs say it
        yield _begun(atom, stem) if goes_on else atom


def _begun(whole: Atom, stem: str) -> Wanted:
    """The word, or one that begins so: "lý*" is also "lí", which is how we keep it."""
    if whole.kind is Kind.PAIR:
        return AnyOf((whole, replace(whole, after=stem, prefix=True)))
    return AnyOf((whole, replace(whole, text=stem, prefix=True)))


def _must_be_exact(word: Word, marks: Marks) -> bool:
    if word.exact == word.plain:
        return False
    return marks is Marks.EXACT or (marks is Marks.TYPED and word.marked)


def _all(parts: Iterable[Wanted]) -> Wanted:
    flat: dict[Wanted, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, All) else (part,)))
    # A word that stands in a row need not be looked for by itself: it is the dearest.
    said = {
        (word, one.title)
        for one in flat
        if isinstance(one, Atom) and one.kind is Kind.PAIR
        for word in (one.text, *(() if one.prefix else (one.after,)))
    }
    only = tuple(
        one
        for one in flat
        if not isinstance(one, Atom)
        or one.kind is not Kind.PLAIN
        or one.prefix
        or (one.text, one.title) not in said
    )
    return only[0] if len(only) == 1 else All(only)


def _any_of(parts: Sequence[Wanted]) -> Wanted:
    only = tuple(dict.fromkeys(parts))
    return only[0] if len(only) == 1 else AnyOf(only)
