"""How strongly a text shows each category, by the phrases that it holds.

A phrase counts more in the title than in the lead, and more there than in the body.
Masks are blanked out first: names of organisations hold topic words ("Khối Cơ quan
– Doanh nghiệp") but no topic. Nothing here knows a language, but for the key form.
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
)
from syndicate.model import Category, Entry, Scoring
from syndicate.text.clean import key_paragraphs


class Zone(StrEnum):
    """Part of an entry in which a phrase was found."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    DOCUMENT = "document"
    """Not a place: a document that is cited, wherever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A phrase in a zone; ``weight`` is what it adds (negative: what it takes)."""

    phrase: str
    zone: Zone
    count: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How strongly an entry shows a category; ``hits`` are the evidence."""

    category: str
    value: float
    hits: tuple[Hit, ...]


class Rules:
    """The phrases of all categories, built once and asked of each entry."""

    def __init__(self, categories: Sequence[Category], scoring: Scoring) -> None:
        self._scoring = scoring
        self._categories = tuple(_Lists(category) for category in categories)
        self._masks = frozenset(matching_form(mask) for mask in scoring.masks)
        self._documents = {
            matching_form(key): category for key, category in scoring.documents
        }
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
    def scoring(self) -> Scoring:
        """The weights and limits that labels are decided by."""
        return self._scoring

    def scores(self, entry: Entry) -> tuple[Score, ...]:
        """Every category with a positive score, the strongest first.

        Of equal ones the first configured comes first.
        """
        zones = _zones(entry)
        length = sum(text.count(" ") for text in zones.values())
        spans = {zone: self._visible(text) for zone, text in zones.items()}
        shown = {
            owner
            for inside in spans.values()
            for span in inside
            for owner in self._owners[span.phrase]
        }
        found = []
        for lists in self._categories:
            if lists.category.slug not in shown and not entry.citations:
                continue
            hits = [
                hit
                for zone, all_spans in spans.items()
                for hit in self._hits(lists, zone, all_spans)
            ]
            hits += self._document_hits(lists.category, entry, hits)
            total = sum(hit.weight for hit in hits) / (1 + length / 1000)
            if total > 0:
                found.append(
                    Score(category=lists.category.slug, value=total, hits=tuple(hits))
                )
        return tuple(sorted(found, key=lambda score: -score.value))

    def _visible(self, text: str) -> list[Span]:
        """The places of all phrases that no mask of everybody covers."""
        spans = self._phrases.spans(text)
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
            )
            for phrase, count in counts.items()
        ]

    def _document_hits(
        self, category: Category, entry: Entry, told: Sequence[Hit]
    ) -> list[Hit]:
        """Cited documents that show the category and are in none of its phrases."""
        return [
            Hit(
                phrase=citation.key,
                zone=Zone.DOCUMENT,
                count=citation.mentions,
                weight=self._scoring.document_weight,
            )
            for citation in entry.citations
            for key in (matching_form(citation.key),)
            if self._documents.get(key) == category.slug
            and not any(key in hit.phrase for hit in told)
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
        self.every = self.masks.union(self.weights)


def _weighted(phrases: Sequence[str], weight: float) -> dict[str, float]:
    """Phrases in matching form, each with ``weight``."""
    return {matching_form(phrase): weight for phrase in phrases}


def _zones(entry: Entry) -> dict[Zone, str]:
    """The three texts in matching form, the lead taken out of the body."""
    paragraphs = [key for key in key_paragraphs(entry.text) if key]
    lead = matching_form(entry.lead)
    if paragraphs:
        first = set_alike(paragraphs.pop(0))
        if lead:
            paragraphs.insert(0, _without_opening(first, lead))
        else:
            lead = first
    return {
        Zone.TITLE: matching_form(entry.title),
        Zone.LEAD: lead,
        Zone.BODY: set_alike("\n".join(paragraphs)),
    }


def _without_opening(paragraph: str, lead: str) -> str:
    """What a first paragraph adds to a lead that was taken from it, or holds it."""
    opening = lead.rstrip(".… ")
    if paragraph.startswith(opening):
        return paragraph[len(opening) :]
    return "" if lead.startswith(paragraph.rstrip(".… ")) else paragraph
