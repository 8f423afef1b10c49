"""How much a story matters to somebody who reads now and then (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from math import log2

from syndicate.digest.choosing.news import Edition
from syndicate.model import Digest, Label, Rights, Source, Story

USUAL = 300
"""Words of an article on a portal, neither short nor long."""
_FLOOR = 2.0
"""Makes every sum positive, so that a category's weight counts the same way for all."""


def ranked(
    stories: Iterable[Story],
    digest: Digest,
    edition: Edition,
    sources: Mapping[str, Source],
) -> list[Story]:
    """Return the stories, what matters most first, each uid once.

    What matters the same stands newest first, then by uid: the order in which the
    stories come says nothing.
    """
    distinct = {story.uid: story for story in stories}
    return sorted(
        distinct.values(),
        key=lambda story: (
            -weight(story, digest, edition, sources),
            -freshness(story, edition),
            story.uid,
        ),
    )


def weight(
    story: Story, digest: Digest, edition: Edition, sources: Mapping[str, Source]
) -> float:
    """Say how much a story matters: what there is to it, by what its category weighs.

    Above all how many tell it; then its documents, its length, and the rank of its
    producer. That it is of Saturday and not of Tuesday, that we are sure of its label,
    or that it has a picture, settles what else is equal.
    """
    label = primary(story)
    by_category = dict(digest.weights).get(label.category, 1.0) if label else 1.0
    lead = story.lead.entry
    source = sources.get(lead.source)
    rank = source.rank if source else 100
    picture = source is not None and source.rights is Rights.FULL and lead.image
    told = (
        2.0 * log2(len({entry.entry.source for entry in story.entries}))
        + 0.5 * confidence(story)
        + 0.5 * freshness(story, edition)
        + 10 / (10 + max(rank, 0))
        + (0.5 if lead.citations else 0.0)
        + 0.5 * substance(story)
        + (0.15 if picture else 0.0)
    )
    # Rounded: the last bits of a logarithm are not the same on all machines.
    return round(by_category * (_FLOOR + told), 9)


def substance(story: Story) -> float:
    """Return 0 for a text of usual length, up to 1 for a long one, -1 for a notice.

    A source that gives leads alone says nothing of length, and is taken as usual.
    """
    entry = story.lead.entry
    if not (entry.text or entry.lead):
        return -2.0
    words = len(entry.text.split())
    if words <= 1.2 * len(entry.lead.split()):
        return 0.0
    return min(max(log2(words / USUAL), -1.0), 1.0)


def confidence(story: Story) -> float:
    """Return the confidence of the surest label, 0 to 1."""
    return max((label.confidence for label in story.labels), default=0.0)


def freshness(story: Story, edition: Edition) -> float:
    """Return 1 for a story of the window's end, 0 for one of its start or before."""
    span = max(edition.end - edition.start, timedelta(seconds=1))
    published = story.lead.entry.published
    when = published.value if published else story.seen_at
    return min(max((when - edition.start) / span, 0.0), 1.0)


def primary(story: Story) -> Label | None:
    """Return the label that says where a story belongs, if it has any."""
    named = [label for label in story.labels if label.primary]
    return next(iter(named or story.labels), None)


def category(story: Story) -> str:
    """Return the slug of a story's primary category; "" if it has none."""
    label = primary(story)
    return label.category if label else ""
