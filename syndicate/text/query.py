"""What a person types into a search field → what is meant (pure).

Nothing is wrong in a query: what cannot be understood is taken as words, and a query
without words finds what its filters let through; one of signs alone finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from syndicate.text.clean import fold, normalise
from syndicate.text.sought import Word, sought_words

MOST_TERMS = 32
"""Words and phrases of a query that count; no question has more."""
MOST_LETTERS = 4_000
"""Letters of a query that are read."""
LEAST_PREFIX = 2
"""Letters before a ``*``; with fewer, half of the dictionary would be meant."""


class Zone(StrEnum):
    """Where a term is looked for."""

    ANYWHERE = "anywhere"
    TITLE = "title"
    AUTHOR = "author"


class Field(StrEnum):
    """What a filter is about."""

    CATEGORY = "category"
    SOURCE = "source"
    DOCUMENT = "document"
    LANGUAGE = "language"
    SINCE = "since"
    UNTIL = "until"


Spelling = tuple[Word, ...]
"""Words in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word, or words that stand in a row: quoted, or with a sign between them."""

    spellings: tuple[Spelling, ...]
    """Any of these will do: a date is written in several ways."""
    zone: Zone = Zone.ANYWHERE
    quoted: bool = False
    """Its marks must be as they were typed."""
    prefix: bool = False
    """Its last word may go on."""
    stem: str = ""
    """That word as it was typed, lower case."""

    @property
    def plain_stem(self) -> str:
        """The same without marks."""
        return fold(self.stem)

    @property
    def marked(self) -> bool:
        """Did the person type any marks?"""
        return any(word.marked for word in self.spellings[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A condition that is no word of the text."""

    field: Field
    value: str
    excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search, understood."""

    terms: tuple[Term, ...] = ()
    """All of them must be found."""
    excluded: tuple[Term, ...] = ()
    """None of them may."""
    filters: tuple[Filter, ...] = ()
    cut: bool = False
    """There was more than is read."""

    @property
    def empty(self) -> bool:
        """Nothing in it could be understood, or nothing was said."""
        return not (self.terms or self.excluded or self.filters)

    @property
    def marked(self) -> bool:
        """Was it typed with marks? Then a word without any is meant so."""
        return any(term.marked for term in (*self.terms, *self.excluded))


_ZONES = {
    Zone.TITLE: "title tieu-de tua-de tit",
    Zone.AUTHOR: "author tac-gia but-danh",
}
_FIELDS = {
    Field.CATEGORY: "category chuyen-muc chuyen-de chu-de",
    Field.SOURCE: "source nguon",
    Field.DOCUMENT: "document van-ban vb",
    Field.LANGUAGE: "language ngon-ngu lang",
    Field.SINCE: "since tu tu-ngay",
    Field.UNTIL: "until den den-ngay",
}
_ZONE_OF = {name: zone for zone, names in _ZONES.items() for name in names.split()}
_FIELD_OF = {name: one for one, names in _FIELDS.items() for name in names.split()}

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″＂", '"'))
_PART = re.compile(
    r"(?P<minus>(?<!\S)-)?"
    r"(?:(?<![^\s-])(?P<name>[^\W\d_][\w-]{1,19}):(?=[^\s:]))?"
    r'(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))'
)


@dataclass
class _Reading:
    """What was understood so far."""

    terms: list[Term] = field(default_factory=list)
    excluded: list[Term] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)


def parse(text: str) -> Query:
    """What ``text`` asks for.

    Words must all be found, in any order; ``"in quotes"`` in a row, with the marks
    that were typed; ``-word`` must not; ``word*`` may go on; ``title:`` and ``author:``
    say where, ``category: source: document: language: since: until:`` filter, in
    Vietnamese too (``chuyên-mục:``). Only so much of a long query is read.
    """
    shown = normalise(text[:MOST_LETTERS]).translate(_QUOTES)
    if shown.count('"') % 2:
        # One that was never closed quotes nothing.
        head, _, tail = shown.rpartition('"')
        shown = f"{head} {tail}"
    read = _Reading()
    for part in _PART.finditer(shown):
        _take(part, read)
    terms, excluded = _distinct(read.terms), _distinct(read.excluded)
    return Query(
        terms=terms[:MOST_TERMS],
        excluded=excluded[:MOST_TERMS],
        filters=tuple(dict.fromkeys(read.filters))[:MOST_TERMS],
        cut=len(text) > MOST_LETTERS or max(len(terms), len(excluded)) > MOST_TERMS,
    )


def _distinct(terms: list[Term]) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(terms))


def _take(part: re.Match[str], read: _Reading) -> None:
    """Add what one part of a query says."""
    name = fold(part["name"] or "").replace(" ", "-")
    quoted = part["quoted"] is not None
    said = part["quoted"] if quoted else part["bare"]
    excluded = part["minus"] is not None
    if name in _FIELD_OF:
        value = said.strip()
        if value:
            read.filters.append(
                Filter(field=_FIELD_OF[name], value=value, excluded=excluded)
            )
        return
    zone = _ZONE_OF.get(name, Zone.ANYWHERE)
    if part["name"] and name not in _ZONE_OF:
        # A colon that names no field of ours is only a sign: "http:", "Hà Nội:…".
        said = f"{part['name']}:{said}"
    term = _term(said, zone, quoted=quoted)
    if term is not None:
        (read.excluded if excluded else read.terms).append(term)


def _term(said: str, zone: Zone, *, quoted: bool) -> Term | None:
    words = tuple(sought_words(said))
    if not words:
        return None
    stem = _stem(said)
    prefix = len(stem) >= LEAST_PREFIX
    spellings = (words,) if prefix or quoted else tuple(_spellings(said, words))
    return Term(
        spellings=tuple(one[:MOST_TERMS] for one in spellings),
        zone=zone,
        quoted=quoted,
        prefix=prefix and len(words) <= MOST_TERMS,
        stem=stem if prefix else "",
    )


_STEM = re.compile(r"([^\W_]+)\*$")


def _stem(said: str) -> str:
    """The beginning of a word that goes on; "" for none."""
    found = _STEM.search(said)
    return found[1].casefold() if found else ""


# ── Dates ────────────────────────────────────────────────────────────────────

_DAY = re.compile(
    r"(?:(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})(?:[-/.](?P<y>\d{4}))?"
    r"|(?P<iy>\d{4})-(?P<im>\d\d)-(?P<id>\d\d))[.,;)]*"
)
_MONTH = re.compile(r"(?P<m>\d{1,2})/(?P<y>\d{4})[.,;)]*")


def _spellings(said: str, words: Spelling) -> Iterator[Spelling]:
    """The ways in which a word is written: many for a date, else the one."""
    yield words
    found = _DAY.fullmatch(said)
    if found:
        day, month = found["d"] or found["id"], found["m"] or found["im"]
        year = found["y"] or found["iy"] or ""
        if _is_day(int(year or 2000), int(month), int(day)):
            if found["id"]:
                yield tuple(sought_words(f"{day} {month} {year}"))
            said_year = f" năm {year}" if year else ""
            yield tuple(sought_words(f"{day} tháng {month}{said_year}"))
        return
    found = _MONTH.fullmatch(said)
    if found and 1 <= int(found["m"]) <= 12:
        yield tuple(sought_words(f"{found['m']} năm {found['y']}"))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
