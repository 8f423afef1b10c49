"""How strongly a text shows each category, by the phrases that it holds.

A phrase counts more in the title than in the lead, and more there than in the body.
Masks are blanked out first: names of organisations hold topic words ("Khối Cơ quan
– Doanh nghiệp") but no topic. Beside the text, cited documents show a topic, and the
section that the source files an article in hints at one. Nothing here knows a language,
but for the key form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from syndicate.categorise.phrases import (
    Phrases,
    Span,
    longest,
    matching_form,
    outside,
    set_alike,
    utf8_form,
)
from syndicate.categorise.sections import Sections
from syndicate.model import Category, Citation, Entry, Scoring
from syndicate.text.clean import key_paragraphs


class Zone(StrEnum):
    """Part of an entry in which a phrase was found."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    DOCUMENT = "document"
    """Not a place: a document that is cited, wherever."""
    TERM = "term"
    """Not of the text: a category of the source."""
    PATH = "path"
    """Not of the text: a part of the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A phrase in a zone; ``weight`` is what it adds (negative: what it takes)."""

    phrase: str
    zone: Zone
    count: int
    weight: float
    decides: bool = False
    """A strong phrase, or a document that shows the topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How strongly an entry shows a category; ``hits`` are the evidence."""

    category: str
    value: float
    hits: tuple[Hit, ...]

    @property
    def in_text(self) -> bool:
        """Whether the text shows it, not only the section that it stands in."""
        return any(hit.weight > 0 and hit.zone not in _SECTION for hit in self.hits)

    @property
    def is_founded(self) -> bool:
        """Whether it rests on more than one word that only supports."""
        told = [hit for hit in self.hits if hit.weight > 0]
        return any(hit.decides for hit in told) or len({hit.phrase for hit in told}) > 1


_SECTION = (Zone.TERM, Zone.PATH)


class Rules:
    """The phrases of all categories, built once and asked of each entry."""

    def __init__(self, categories: Sequence[Category], scoring: Scoring) -> None:
        self._scoring = scoring
        self._categories = tuple(_Lists(category) for category in categories)
        self._masks = frozenset(matching_form(mask) for mask in scoring.masks)
        self._documents = {
            matching_form(key): category for key, category in scoring.documents
        }
        self._sections = Sections(categories)
        self._phrases = Phrases(
            self._masks.union(*(lists.every for lists in self._categories))
        )

        self._owners = {
            phrase: tuple(
                lists.category.slug
                for lists in self._categories
                if phrase in lists.every
            )
            for phrase in self._phrases.all
        }

    @property
    def categories(self) -> tuple[Category, ...]:
        """What is scored, in the order of the settings."""
        return tuple(lists.category for lists in self._categories)

    @property
    def scoring(self) -> Scoring:
        """The weights and limits that labels are decided by."""
        return self._scoring

    def scores(self, entry: Entry) -> tuple[Score, ...]:
        """Every category with a positive score, the strongest first.

        Of equal ones the first configured comes first.
        """
        zones = _zones(entry)
        length = sum(text.count(b" ") for text in zones.values())
        spans = {zone: self._visible(text) for zone, text in zones.items()}
        shown = {
            owner
            for inside in spans.values()
            for span in inside
            for owner in self._owners[span.phrase]
        }
        cited = self._cited(entry)
        filed = self._filed(entry)
        shown.update((category for category, _, _ in cited), filed)
        found = []
        for lists in self._categories:
            if lists.category.slug not in shown:
                continue
            hits = [
                hit
                for zone, all_spans in spans.items()
                for hit in self._hits(lists, zone, all_spans)
            ]
            hits += self._document_hits(lists.category, cited, hits)
            total = sum(hit.weight for hit in hits) / (1 + length / 1000)
            section = filed.get(lists.category.slug, ())
            # One section, in whatever two ways it is told, is one sign.
            total += max((hit.weight for hit in section), default=0.0)
            hits += section
            if total > 0:
                found.append(
                    Score(category=lists.category.slug, value=total, hits=tuple(hits))
                )
        return tuple(sorted(found, key=lambda score: -score.value))

    def _visible(self, text: bytes) -> list[Span]:
        """The places of all phrases that no mask of everybody covers."""
        spans = self._phrases.spans(text)
        if self._masks.isdisjoint(span.phrase for span in spans):
            return spans
        masked = longest(span for span in spans if span.phrase in self._masks)
        return outside(spans, masked)

    def _hits(self, lists: _Lists, zone: Zone, spans: Sequence[Span]) -> list[Hit]:
        """What one zone says of one category; ``spans`` may be of any category."""
        own = [span for span in spans if span.phrase in lists.every]
        if not own:
            return []
        masked = longest(span for span in own if span.phrase in lists.masks)
        left = longest(
            span for span in outside(own, masked) if span.phrase in lists.weights
        )
        counts = Counter(span.phrase for span in left)
        factor = self._zone_weight(zone)
        return [
            Hit(
                phrase=phrase,
                zone=zone,
                count=count,
                weight=factor * lists.weights[phrase] * min(count, lists.category.cap),
                decides=phrase in lists.strong,
            )
            for phrase, count in counts.items()
        ]

    def _cited(self, entry: Entry) -> list[tuple[str, str, Citation]]:
        """Cited documents that show a category: it, their keys, their citations."""
        if not self._documents:
            return []
        keyed = [(matching_form(each.key), each) for each in entry.citations]
        return [
            (self._documents[key], key, citation)
            for key, citation in keyed
            if key in self._documents
        ]

    def _filed(self, entry: Entry) -> dict[str, list[Hit]]:
        """What the source's own section says, by category."""
        scoring = self._scoring
        found: dict[str, list[Hit]] = {}
        for zone, weight, shown in (
            (Zone.TERM, scoring.term_weight, self._sections.terms(entry)),
            (Zone.PATH, scoring.path_weight, self._sections.paths(entry)),
        ):
            for slug, said in shown.items():
                hit = Hit(phrase=said, zone=zone, count=1, weight=weight)
                found.setdefault(slug, []).append(hit)
        return found

    def _document_hits(
        self,
        category: Category,
        cited: Sequence[tuple[str, str, Citation]],
        told: Sequence[Hit],
    ) -> list[Hit]:
        """Documents that show the category and are in none of its phrases."""
        return [
            Hit(
                phrase=citation.key,
                zone=Zone.DOCUMENT,
                count=citation.mentions,
                weight=self._scoring.document_weight,
                decides=True,
            )
            for shown, key, citation in cited
            if shown == category.slug and not any(key in hit.phrase for hit in told)
        ]

    def _zone_weight(self, zone: Zone) -> float:
        """How much a phrase counts in ``zone``."""
        scoring = self._scoring
        return {Zone.TITLE: scoring.title, Zone.LEAD: scoring.lead}.get(
            zone, scoring.body
        )


class _Lists:
    """One category's phrases in matching form; masks win over negatives, and so on."""

    def __init__(self, category: Category) -> None:
        self.category = category
        self.masks = frozenset(matching_form(mask) for mask in category.masks)
        self.weights: Mapping[str, float] = (
            _weighted(category.normal, category.normal_weight)
            | _weighted(category.strong, category.strong_weight)
            | _weighted(category.negative, -category.strong_weight)
        )
        self.strong = frozenset(map(matching_form, category.strong))
        self.every = self.masks.union(self.weights)


def _weighted(phrases: Sequence[str], weight: float) -> dict[str, float]:
    """Phrases in matching form, each with ``weight``."""
    return {matching_form(phrase): weight for phrase in phrases}


def _zones(entry: Entry) -> dict[Zone, bytes]:
    """The three texts in matching form and UTF-8, the lead taken out of the body."""
    paragraphs = [key for key in key_paragraphs(entry.text) if key]
    lead = utf8_form(entry.lead)
    if paragraphs:
        first = set_alike(paragraphs.pop(0))
        if lead:
            paragraphs.insert(0, _without_opening(first, lead))
        else:
            lead = first
    return {
        Zone.TITLE: utf8_form(entry.title),
        Zone.LEAD: lead,
        Zone.BODY: set_alike(b"\n".join(paragraphs)),
    }


def _without_opening(paragraph: bytes, lead: bytes) -> bytes:
    """What a first paragraph adds to a lead that was taken from it, or holds it."""
    # In keys, an ellipsis is three full stops.
    opening = lead.rstrip(b". ")
    if paragraph.startswith(opening):
        return paragraph[len(opening) :]
    return b"" if lead.startswith(paragraph.rstrip(b". ")) else paragraph
