"""Which document does a citation mean? (pure)

A number is not enough. The Party counts each kind of document from 01 in every
five-year term, most of the state in every year, and provinces and districts each for
themselves. So a document is its number, its place, and when it was issued; and most
citations say only the number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

from syndicate.model import Citation, CitedDocument
from syndicate.text.clean import slug
from syndicate.text.documents import (
    has_year,
    is_local,
    is_party_number,
    issuer_in,
    issuer_name,
)

HALF_TERM = timedelta(days=913)
"""The same number comes again about a term later, at about the same stage of it (18-NQ
of 2017 and of 2022, 213-QĐ of 2020 and of 2024). Two days that are nearer than half a
term are one document, and one of them a slip. So nobody needs to know when the terms
of sixty provinces and their districts begin."""

_RIVALS = {"Quyết định", "Quy định"}
"""Kinds with one abbreviation in Party numbers, each with numbers of its own."""
_LESSER = {"HU", "ThU", "QU", "ĐU"}
"""Issuers below a province."""


def meant(
    citation: Citation, known: Sequence[CitedDocument], said_on: date | None
) -> CitedDocument | None:
    """Which of the ``known`` documents of its number a citation means; None: another.

    ``known`` stand with the most cited first; ``said_on`` is when the article was
    published, None if that is not known. A citation without a date means the one that
    readers know without being told: of the article's own year where numbers are
    counted by the year, else the one that is cited most. It never means one that was
    issued after the article.
    """
    likely = [one for one in known if _may_be(one, citation)]
    if citation.date is not None or _said_year(citation, said_on):
        day = citation.date or date(_said_year(citation, said_on), 12, 31)
        return _of_that_day(likely, citation, day)
    before = [one for one in likely if said_on is None or _first(one) <= said_on]
    if said_on is not None and not is_party_number(citation.key):
        own = [one for one in before if one.issued[:4] == str(said_on.year)]
        before = own or before
    return before[0] if before else None


def first_met(citation: Citation, said_on: date | None) -> CitedDocument:
    """The document that a citation speaks of, as far as it says; without a slug."""
    year = _said_year(citation, said_on)
    return CitedDocument(
        number=citation.key,
        type_word=citation.type_word,
        issuer=citation.issuer,
        scope=citation.scope,
        issued=citation.date.isoformat() if citation.date else str(year or ""),
    )


def better_known(
    document: CitedDocument, citation: Citation, said_on: date | None
) -> CitedDocument:
    """The document with what the citation tells more of it; its slug stays.

    A day is more than a year; a name in words more than what the abbreviation means;
    a district more than its province.
    """
    met = first_met(citation, said_on)
    vague = issuer_name(issuer_in(document.number))
    return replace(
        document,
        type_word=document.type_word or met.type_word,
        issuer=met.issuer if document.issuer in ("", vague) else document.issuer,
        scope=max(document.scope, met.scope, key=_exactness),
        issued=max(document.issued, met.issued, key=len),
    )


def slugs_for(document: CitedDocument) -> Iterator[str]:
    """Slugs for a document, the best first: number and place, its year, a figure."""
    base = slug(f"{document.number} {document.scope}")
    yield base
    if document.issued:
        yield f"{base}-{document.issued[:4]}"
    yield from (f"{base}-{number}" for number in count(2))


# ── What speaks against it ───────────────────────────────────────────────────


def _may_be(document: CitedDocument, citation: Citation) -> bool:
    if document.number != citation.key or not _near(
        document.scope, citation.scope, citation.key
    ):
        return False
    same_day = citation.date and document.issued == citation.date.isoformat()
    kinds = {document.type_word, citation.type_word}
    return bool(same_day) or not kinds >= _RIVALS or not is_party_number(citation.key)


def _near(one: str, other: str, number: str) -> bool:
    """One place; or the one is the other's province, and the issuer is a lesser one.

    An article on a district often names it but once, and the next one never.
    """
    if one == other or slug(one) == slug(other):
        return True
    if issuer_in(number).partition("-")[0] not in _LESSER:
        return False
    long, short = (one, other) if len(one) > len(other) else (other, one)
    return bool(short) and slug(long).endswith(f"-{slug(short)}")


def _of_that_day(
    likely: Sequence[CitedDocument], citation: Citation, day: date
) -> CitedDocument | None:
    """The document of that day or year, else one of which no date is known."""
    if has_year(citation.key):
        return next(iter(likely), None)
    dated = [one for one in likely if one.issued and _same_time(one, citation.key, day)]
    dated.sort(key=lambda one: abs(_first(one) - day))
    undated = [one for one in likely if not one.issued]
    return next(iter((*dated, *undated)), None)


def _same_time(document: CitedDocument, number: str, day: date) -> bool:
    if is_party_number(number):
        return abs(_first(document) - day) < HALF_TERM
    return document.issued[:4] == str(day.year)


def _said_year(citation: Citation, said_on: date | None) -> int:
    """A year without a day that may be believed; 0 for none.

    "Thực hiện Quyết định 749/QĐ-TTg năm 2024", said in 2024, speaks of the work of the
    year. So does a Party number with a year, whenever it is said.
    """
    if citation.date is not None or is_party_number(citation.key):
        return 0
    year = citation.year or 0
    own = said_on is None or year >= said_on.year
    return 0 if own and not has_year(citation.key) else year


def _first(document: CitedDocument) -> date:
    """The first day on which it may have been issued."""
    said = document.issued
    if len(said) == 10:
        return date.fromisoformat(said)
    return date(int(said), 1, 1) if said else date.min


def _exactness(scope: str) -> int:
    return scope.count(", ")


def counts_by_place(number: str) -> bool:
    """Whether each place has a number like this of its own."""
    return is_local(issuer_in(number))
