"""Which stories are news of a window, and which are corrections (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate.model import (
    Carried,
    Digest,
    Precision,
    Relation,
    Source,
    StoredEntry,
    Story,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Which issue is being made: its number, its window, and what it looks at.

    The window is half open: ``start`` ≤ gathered < ``end``.
    """

    number: int
    start: datetime
    end: datetime
    now: datetime
    """What was withdrawn by then is not told. Nothing else depends on it."""
    since: datetime | None = None
    """The end of the last window that readers were told of, if that is another moment
    than ``start``: before it, if a window between was left out."""

    owed: frozenset[str] = frozenset()
    """Uids of stories of issues that were skipped, even after later ones were made."""

    after: int = 0
    """Number of the newest article that was filed when the last issue was frozen. One
    that was on its way then was gathered before, and filed after; 0: not known."""
    newest: int = 0
    """The same of this issue."""

    def tells_of(self, story: Story, arrived: datetime) -> bool:
        """Tell whether what came then may be news of this issue, and no earlier one."""
        if arrived >= (self.since or self.start) or story.uid in self.owed:
            return True
        return 0 < self.after < min(entry.id for entry in story.entries)


def standing(story: Story, edition: Edition) -> Story | None:
    """Return the story as it stood at the window's end; None if there was none of it.

    That is without entries that came later, for they belong to the next window, and
    without what its sources have withdrawn.
    """
    live = tuple(
        entry
        for entry in story.entries
        if entry.seen_at < edition.end and not _withdrawn(entry, edition.now)
    )
    if len(live) == len(story.entries):
        return story if live else None
    return replace(story, entries=live) if live else None


def is_withdrawn(story: Story, edition: Edition) -> bool:
    """Tell whether every teller has taken the story back."""
    return all(_withdrawn(entry, edition.now) for entry in story.entries)


def _withdrawn(entry: StoredEntry, now: datetime) -> bool:
    return entry.withdrawn_at is not None and entry.withdrawn_at <= now


def first_sight(story: Story) -> datetime:
    """Return when the story was first seen in a way that can be news.

    An undated article of a first import is not: nobody knows how old it is. If
    somebody who dates it tells the same later, the story is as new as that.
    """
    seen = [
        entry.seen_at
        for entry in story.entries
        if not entry.backlog or entry.entry.published is not None
    ]
    return min(seen, default=story.seen_at)


def arrival(story: Story, source: Source | None) -> datetime:
    """Return when the story could first be in an issue.

    That is when it was gathered or, under an embargo, when that ends: a story that
    was held back belongs to the next window and is not lost.
    """
    seen = first_sight(story)
    if source is None or not source.embargo:
        return seen
    return max(seen, _told_from(story.lead, source))


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


def is_news(story: Story, digest: Digest) -> bool:
    """Tell whether a story may be called news of the window in which it came.

    It is not if it was old at first sight. Nor if it was backlog when it came and no
    date speaks for it.
    """
    if is_old(story, digest):
        return False
    return not story.lead.backlog or any(
        entry.entry.published is not None and not entry.backlog
        for entry in story.entries
    )


def is_old(story: Story, digest: Digest) -> bool:
    """Tell whether a teller had it longer before our first sight than the limit says.

    Then a new copy is a copy of something old. What counts is its age at first sight,
    not at the window's end: a month is longer than the limit of three weeks, and what
    was new in its first week is news of that month.
    """
    oldest = first_sight(story) - digest.max_age
    return any(
        entry.seen_at < oldest
        or (entry.entry.published is not None and entry.entry.published.value < oldest)
        for entry in story.entries
    )


def outdated(
    story: Story, carried: Carried, edition: Edition
) -> tuple[tuple[str, int], ...]:
    """Return the issues that told the story in words that have changed since.

    As (edition key, number). None at all if an issue of this edition has told it in
    its new words: a correction is carried once.
    """
    if carried.at is not None and not is_corrected(story, carried.at, edition.end):
        return ()
    return tuple(
        (key, number)
        for key, number, at in carried.by
        if is_corrected(story, at, edition.end)
    )


def is_corrected(story: Story, carried_at: datetime, end: datetime) -> bool:
    """Tell whether what readers were given at ``carried_at`` had changed by ``end``.

    An entry that came later is one more teller, not a correction; nor is it one when
    somebody changes another text of the same event.
    """
    alike = _told_alike(story)
    return any(
        entry.seen_at <= carried_at < entry.changed_at < end
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
