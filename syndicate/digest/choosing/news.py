"""Which stories are news of a window, and in what order they matter (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import log2

from syndicate.model import (
    Digest,
    Label,
    Precision,
    Relation,
    Rights,
    Source,
    StoredEntry,
    Story,
)

USUAL = 300
"""Words of an article on a portal, neither short nor long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Which issue is being made: its number, its window, and the time it is made.

    The window is half open: ``start`` ≤ gathered < ``end``.
    """

    number: int
    start: datetime
    end: datetime
    now: datetime


def standing(story: Story) -> Story | None:
    """Return the story without what its sources have withdrawn; None if all is."""
    live = tuple(entry for entry in story.entries if entry.withdrawn_at is None)
    if len(live) == len(story.entries):
        return story if live else None
    return replace(story, entries=live) if live else None


def arrival(story: Story, source: Source | None) -> datetime:
    """Return when the story could first be in an issue.

    That is when it was gathered or, under an embargo, when that ends: a story that
    was held back belongs to the next window and is not lost.
    """
    if source is None or not source.embargo:
        return story.seen_at
    return max(story.seen_at, _told_from(story.lead, source))


def without_held(story: Story, sources: Mapping[str, Source], now: datetime) -> Story:
    """Return the story without the other tellers that are under embargo at ``now``."""
    free = tuple(
        other
        for other in story.others
        if (source := sources.get(other.entry.source)) is None
        or not source.embargo
        or _told_from(other, source) <= now
    )
    if len(free) == len(story.others):
        return story
    return replace(story, entries=(story.lead, *free))


def _told_from(stored: StoredEntry, source: Source) -> datetime:
    since = stored.seen_at
    published = stored.entry.published
    if published and published.precision in (Precision.SECOND, Precision.MINUTE):
        since = min(since, published.value)
    return since + source.embargo


def is_news(story: Story, digest: Digest, end: datetime) -> bool:
    """Tell whether a story may be called news of the window that ends at ``end``.

    It is not if any teller published it longer ago than the digest's limit: then a
    new copy is a copy of something old. Nor if it was backlog when it came and no
    date speaks for it.
    """
    if is_old(story, digest, end):
        return False
    return not story.lead.backlog or any(
        entry.entry.published is not None and not entry.backlog
        for entry in story.entries
    )


def is_old(story: Story, digest: Digest, end: datetime) -> bool:
    """Tell whether a teller published it longer ago than the digest's limit."""
    oldest = end - digest.max_age
    return any(
        entry.entry.published is not None and entry.entry.published.value < oldest
        for entry in story.entries
    )


def is_corrected(story: Story, carried_at: datetime) -> bool:
    """Tell whether what readers were given at ``carried_at`` has changed since.

    An entry that came later is one more teller, not a correction; nor is it one when
    somebody changes another text of the same event.
    """
    alike = _told_alike(story)
    return any(
        entry.seen_at <= carried_at < entry.changed_at
        for entry in story.entries
        if entry.id in alike
    )


def _told_alike(story: Story) -> set[int]:
    """Return the entries whose text is the lead's, or was copied from one that is."""
    found = {story.lead.id}
    bonds = [
        # What an older version joined says no more than that it is a copy.
        {entry.id, entry.bond.to or story.lead.id}
        for entry in story.entries
        if entry.bond.relation is Relation.REPEAT
    ]
    while more := {one for bond in bonds if bond & found for one in bond} - found:
        found |= more
    return found


def weight(story: Story, edition: Edition, sources: Mapping[str, Source]) -> float:
    """Say how much a story matters to somebody who reads once a week.

    Above all how many tell it; then what there is to it: documents that it cites,
    and its length. That it is of Saturday and not of Tuesday, that we are sure of its
    label, or that it has a picture, settles what else is equal.
    """
    lead = story.lead
    source = sources.get(lead.entry.source)
    rank = source.rank if source else 100
    picture = source is not None and source.rights is Rights.FULL and lead.entry.image
    return (
        2.0 * log2(len({entry.entry.source for entry in story.entries}))
        + 0.5 * confidence(story)
        + 0.5 * freshness(story, edition)
        + 10 / (10 + max(rank, 0))
        + (0.5 if lead.entry.citations else 0.0)
        + 0.5 * substance(story)
        + (0.15 if picture else 0.0)
    )


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


def reading_order(stories: list[Story], edition: Edition) -> list[Story]:
    """Return stories that matter the same in one fixed order, newest first."""
    return sorted(stories, key=lambda story: (-freshness(story, edition), story.uid))
