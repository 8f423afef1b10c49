"""What two gists have in common, for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from syndicate.dedupe.gist import is_day, is_document, is_figure
from syndicate.dedupe.weighing import Weighed
from syndicate.model import Evidence, EvidenceKind

_TOLD = 6
"""Of each kind; the rarest are told."""


def evidence_of(ours: Weighed, theirs: Weighed) -> tuple[Evidence, ...]:
    """Names, words, figures, documents and days that both have; the hours between."""
    both = ours.gist.terms.keys() & theirs.gist.terms.keys()
    named = both & ours.gist.names & theirs.gist.names
    figures = {term for term in both if is_figure(term)}
    documents = {term for term in figures if is_document(term)}
    days = {term for term in figures if is_day(term)}
    plain = {term for term in both - named - figures if _is_whole(term, ours)}
    found = (
        (EvidenceKind.NAMES, [each.title() for each in _phrases(named, ours.weights)]),
        (EvidenceKind.WORDS, _phrases(plain, ours.weights)),
        (EvidenceKind.NUMBERS, _rarest(figures - documents - days, ours.weights)),
        (
            EvidenceKind.DOCUMENTS,
            [each.upper() for each in _rarest(documents, ours.weights)],
        ),
    )
    told = [Evidence(kind=kind, said=tuple(said)) for kind, said in found if said]
    hours = abs(ours.gist.at - theirs.gist.at)
    said = tuple(_rarest(days, ours.weights))
    return (*told, Evidence(kind=EvidenceKind.DAYS, said=said, count=hours))


def _is_whole(term: str, of: Weighed) -> bool:
    """A syllable alone says little to a reader."""
    return ("_" in term) == of.gist.syllabic


def _rarest(terms: Iterable[str], weights: Mapping[str, float]) -> list[str]:
    return sorted(terms, key=lambda term: (-weights[term], term))[:_TOLD]


def _phrases(terms: Iterable[str], weights: Mapping[str, float]) -> list[str]:
    """Pairs first; a word of a pair that is told is not told again."""
    said: list[str] = []
    heard: set[str] = set()
    for term in sorted(terms, key=lambda each: ("_" not in each, -weights[each], each)):
        words = term.split("_")
        if len(said) < _TOLD and not heard.issuperset(words):
            said.append(" ".join(words))
            heard.update(words)
    return said
