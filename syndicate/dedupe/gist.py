"""What an entry is about, in as little room as finding its event again needs.

A gist holds *terms*: telling words, two such words in a row, and figures. In Vietnamese
a word is two syllables as a rule, so there the pairs say what single words say in
English. What stands in the head (title and first words) weighs more than the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, compress, count, islice, pairwise
from math import log

from syndicate.dedupe.atoms import (
    CAPITAL,
    END,
    SMALL,
    Atoms,
    atoms_of,
    days_in_words,
    is_syllabic,
)
from syndicate.dedupe.common import MONTHS
from syndicate.dedupe.wording import body_of
from syndicate.model import Entry
from syndicate.text.clean import key_text, words

_HOUR = 3_600
_YEAR = 8_766
"""Hours of a year."""
_TITLE = 60
"""Words of the title that are looked at; no title has more."""
_HEAD = 60
"""Words of the body that belong to the head: news says first what happened."""
_BODY = 1_000
"""Words of the body that are looked at."""
_MOST = 120
"""Terms that are kept, those that make up most of the text."""
_FEWEST = 12
"""Terms, with fewer of which a text could be about anything."""
_HEAD_WEIGHS = 1.5
_FAMILIAR = 0.12
"""Of a text's words; of news in Vietnamese a third are function words, in English
nearly half."""
_COUNTED = 99
_DAY = re.compile(r"\d{1,2}/\d{1,2}")
_IS_YEAR = re.compile(r"(?:19|20)\d\d")
_LETTER = re.compile(r"[^\W\d_]")
_PART = re.compile(
    r"\b(kỳ|kì|bài|phần|tập|số|tuần|part|episode|chapter|week|issue)"
    r" (\d{1,4}|[ivx]{1,5})\b"
)


@dataclass(frozen=True, slots=True)
class Gist:
    """What an entry is about."""

    at: int
    """When it was published, else seen, in hours since 1970."""
    syllabic: bool
    """Its words are written in syllables, so that two in a row make one."""
    terms: Mapping[str, int]
    """Words, pairs of words ("sạt_lở") and figures; how much of the text they are, in
    tenths."""
    names: frozenset[str]
    """Those words and pairs that are written with capitals."""
    head: frozenset[str]
    """Those terms that stand in the head."""
    part: str = ""
    """Which part of a series its title says it is: "kỳ 2"."""
    title: tuple[str, ...] = ()
    """Its words, those that say nothing too, with "^" before a name."""
    source: str = ""
    """Key of the source that tells it."""
    familiar: bool = True
    """It is in a language of which the function words are known."""

    @property
    def tells(self) -> bool:
        """Whether it says enough to be found by."""
        return len(self.terms) >= _FEWEST

    @property
    def counted(self) -> tuple[str, ...]:
        """The words of which is counted in how many texts they stand."""
        return tuple(term for term in self.terms if "_" not in term)

    @property
    def year(self) -> str:
        """That of its own moment (UTC)."""
        return str(datetime.fromtimestamp(self.at * _HOUR, UTC).year)

    def moved(self, when: datetime) -> Gist:
        """The same, published at ``when``."""
        return replace(self, at=_hours(when))

    def packed(self) -> str:
        """All of it as text, for :func:`unpacked`."""
        groups: dict[tuple[int, int], list[str]] = {}
        names, head = self.names, self.head
        for term, heft in self.terms.items():
            kind = (term in names) + 2 * (term in head)
            groups.setdefault((kind, heft), []).append(term)
        kinds = self.syllabic + 2 * self.familiar
        lines = [
            f"{self.at} {kinds} {self.source} {self.part}",
            " ".join(self.title),
        ]
        lines += (
            f"{kind} {heft} {' '.join(told)}" for (kind, heft), told in groups.items()
        )
        return "\n".join(lines)


def unpacked(text: str) -> Gist:
    """The gist of which ``text`` is the packed form."""
    first, title, *lines = text.split("\n")
    at, kinds, source, part = first.split(" ", 3)
    terms: dict[str, int] = {}
    names: list[str] = []
    head: list[str] = []
    for line in lines:
        kind, heft, *told = line.split(" ")
        terms |= dict.fromkeys(told, int(heft))
        if kind in "13":
            names += told
        if kind in "23":
            head += told
    return Gist(
        at=int(at),
        syllabic=kinds in "13",
        terms=terms,
        names=frozenset(names),
        head=frozenset(head),
        part=part,
        title=tuple(title.split()),
        source=source,
        familiar=kinds in "23",
    )


def gist_of(entry: Entry, *, at: datetime) -> Gist:
    """The gist of ``entry``, first seen at ``at``."""
    body_text = body_of(entry)
    title, body = atoms_of(entry.title, _TITLE), atoms_of(body_text, _BODY)
    keys = [*title.keys, "", *body.keys]
    pairs = _pairs(keys)
    first = len(title.keys) + 1 + _HEAD
    head = set(keys[:first])
    head.update(_pairs(keys[:first]))
    counts = Counter(chain(keys, pairs))
    del counts[""]
    if not MONTHS.keys().isdisjoint(counts):
        for day, place in days_in_words(keys):
            counts[day] += 1
            if place < first:
                head.add(day)
    counts.update(_document(each.key) for each in entry.citations)
    terms = _heaviest(counts, head)
    return Gist(
        at=_hours(entry.published.value if entry.published else at),
        syllabic=is_syllabic(body_text),
        terms=terms,
        names=_names(title, body) & terms.keys(),
        head=frozenset(head & terms.keys()),
        part=_part(entry.title),
        title=_title(entry.title, title),
        source="_".join(entry.source.split()),
        familiar=_is_familiar(body),
    )


def is_figure(term: str) -> bool:
    """Whether it begins with a digit: a number, a day, a document's number."""
    return term[0] <= "9"


def is_day(term: str) -> bool:
    """A day and its month: "23/10"."""
    return _DAY.fullmatch(term) is not None


def is_year(term: str) -> bool:
    """A year of this century or of the last."""
    return _IS_YEAR.fullmatch(term) is not None


def is_document(term: str) -> bool:
    """The number of a document: "05-ct/tw"."""
    return "/" in term and _LETTER.search(term) is not None


def _hours(when: datetime) -> int:
    return int(when.timestamp()) // _HOUR


def _document(number: str) -> str:
    return "".join(number.casefold().split())


def _title(text: str, atoms: Atoms) -> tuple[str, ...]:
    names = _names(atoms)
    return tuple(f"^{key}" if key in names else key for key in words(text)[:_TITLE])


def _is_familiar(body: Atoms) -> bool:
    """Whether so many words are function words as in any text of that language.

    Of other languages we know too little which words tell anything.
    """
    words = body.kinds.count(SMALL) + body.kinds.count(CAPITAL)
    left_out = body.keys.count("") - body.kinds.count(END)
    return left_out >= _FAMILIAR * words


def _part(title: str) -> str:
    found = _PART.search(key_text(title[:400]))
    return f"{found[1]} {found[2].lstrip('0')}" if found else ""


def _pairs(keys: list[str]) -> list[str]:
    """Two words in a row, where none is a figure."""
    return [
        f"{one}_{other}" for one, other in pairwise(keys) if one > "9~" and other > "9~"
    ]


def _heaviest(counts: Counter[str], head: set[str]) -> dict[str, int]:
    """How much of the text the terms are, those of which it is made most.

    What stands there once, and not in the head, is light; of that the first is kept.
    """
    heavy = {
        term: (_FIRST if term in head else _LATER)[min(often, _COUNTED)]
        for term, often in counts.items()
        if often > 1 or term in head
    }
    if len(heavy) > _MOST:
        kept = sorted(heavy, key=heavy.__getitem__, reverse=True)[:_MOST]
        return {term: heavy[term] for term in kept}
    light = (term for term in counts if term not in heavy)
    return heavy | dict.fromkeys(islice(light, _MOST - len(heavy)), _LATER[1])


_LATER = [0] + [round(10 * (1 + log(often))) for often in range(1, _COUNTED + 1)]
_FIRST = [round(heft * _HEAD_WEIGHS) for heft in _LATER]


def _names(*texts: Atoms) -> frozenset[str]:
    """Words and pairs that have capitals where no sentence begins, and always do."""
    capital: set[str] = set()
    small: set[str] = set()
    pairs: set[str] = set()
    for text in texts:
        keys, kinds = text.keys, text.kinds
        small.update(compress(keys, kinds.translate(_ONLY_SMALL)))
        for at in compress(count(), kinds.translate(_ONLY_CAPITALS)):
            was = kinds[at - 1] if at else END
            if was != END and keys[at]:
                capital.add(keys[at])
                if was == CAPITAL and keys[at - 1]:
                    pairs.add(f"{keys[at - 1]}_{keys[at]}")
    return frozenset((capital - small) | pairs)


_ONLY_SMALL = bytes(kind == SMALL for kind in range(256))
_ONLY_CAPITALS = bytes(kind == CAPITAL for kind in range(256))
