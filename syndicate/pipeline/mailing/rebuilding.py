"""Mail: compose a past issue again, from what the store knows of that time.

The store keeps of an article its newest words, and when they changed; which stories an
issue carried, and when; what editors decided, and what the desk had shown them before.
So what came later can be left out: articles and tellers, withdrawals, decisions on
labels, later issues. It does not keep older words, labels that rules or the learner
gave before, which articles told a story before it was split or merged, what was purged,
nor settings. Where one of these counts, the kept issue knows better, and we say so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from syndicate.digest.choosing.windows import window
from syndicate.model import Digest, Issue, Label, Story
from syndicate.pipeline.mailing.composing import Material, composed, material
from syndicate.pipeline.mailing.copies import Mailing
from syndicate.store import Connection, arrivals, decisions, issues, stories
from syndicate.store.codecs import dumps, to_json
from syndicate.store.issues import StoredIssue


class Doubt(StrEnum):
    """Why what is composed again of a story may differ from what was frozen."""

    CHANGED = "changed"
    """Its words are others now; the older ones are not kept."""
    REGROUPED = "regrouped"
    """Editors have merged it, or put articles elsewhere."""
    GONE = "gone"
    """It was purged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place at which two issues differ: ``sections[0].items[2].title``."""

    place: str
    kept: str
    """JSON, shortened; "" for nothing there."""
    again: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A past issue, composed again."""

    issue: Issue
    kept: StoredIssue | None
    """As it was frozen; None if it never was."""
    differences: tuple[Difference, ...] = ()
    doubts: tuple[tuple[str, Doubt], ...] = ()
    """(uid, why) of stories of the kept issue that nobody can compose as they were."""

    @property
    def same(self) -> bool:
        """Whether both are the same, byte for byte."""
        return not self.differences


def rebuilt(work: Mailing, digest: Digest, as_of: datetime) -> Rebuilt:
    """Compose the issue of the last whole window before ``as_of`` once more.

    From the store as things stood when it was frozen or, if it never was, when its
    window ended; nothing is kept.
    """
    start, end = window(digest, as_of)
    with work.database.read() as connection:
        kept = issues.find(connection, digest.key, start)
        at = kept.created_at if kept else end
        found = material(
            connection, digest, start, end, work.sources, now=at, before=start, at=at
        )
        newest = kept.issue.newest if kept else 0
        found = _as_it_was(connection, found, at, newest)
        earlier = issues.next_number(connection, digest.key, start)
        number = kept.issue.number if kept else earlier
        issue = composed(work, digest, found, number)
        if kept is None:
            return Rebuilt(issue=issue, kept=None)
        return Rebuilt(
            issue=issue,
            kept=kept,
            differences=tuple(_differences(to_json(kept.issue), to_json(issue))),
            doubts=tuple(_doubts(connection, kept)),
        )


def content(issue: Issue) -> bytes:
    """Return an issue as the bytes that are compared: JSON, a line."""
    return f"{dumps(to_json(issue))}\n".encode()


# ── As things stood ──────────────────────────────────────────────────────────


def _as_it_was(
    connection: Connection, found: Material, at: datetime, newest: int
) -> Material:
    """Take back what is known to have come after ``at``: articles, and labels.

    Articles after the ``newest`` that was filed then, if that is known.
    """
    ids = [story.id for story in found.stories]
    every = (entry.id for story in found.stories for entry in story.entries)
    moved = arrivals.moved_since(connection, ids, at)
    moved |= {one for one in every if newest and one > newest}
    labels = _labels_before(connection, found.stories, at)
    told = (_without(story, moved) for story in found.stories)
    return replace(
        found,
        edition=replace(found.edition, newest=newest),
        stories=tuple(
            replace(story, labels=labels.get(story.id, story.labels))
            for story in told
            if story is not None
        ),
    )


def _without(story: Story, entries: Collection[int]) -> Story | None:
    """The story without these entries; None if there are no others."""
    left = tuple(one for one in story.entries if one.id not in entries)
    return replace(story, entries=left) if left else None


def _labels_before(
    connection: Connection, told: Sequence[Story], at: datetime
) -> Mapping[int, tuple[Label, ...]]:
    """What the desk had shown before the first decision after ``at``, by story."""
    story_of = {entry.id: story.id for story in told for entry in story.entries}
    newest_first = decisions.latest(connection, since=at)
    return {
        story_of[one.entry]: one.shown
        for one in newest_first
        if one.entry in story_of and one.at > at
    }


def _doubts(connection: Connection, kept: StoredIssue) -> Iterator[tuple[str, Doubt]]:
    for item in (*kept.issue.items, *kept.issue.spare):
        story = stories.by_uid(connection, item.uid, include_withdrawn=True)
        if story is None:
            yield item.uid, Doubt.GONE
            continue
        since = {one.id for one in story.entries if one.seen_at <= kept.created_at}
        moved = arrivals.moved_since(connection, [story.id], kept.created_at) & since
        if story.uid != item.uid or moved or not _holds(story, item.url):
            yield item.uid, Doubt.REGROUPED
        elif any(
            one.id in since and one.changed_at > kept.created_at
            for one in story.entries
        ):
            yield item.uid, Doubt.CHANGED


def _holds(story: Story, url: str) -> bool:
    return any(one.entry.url == url for one in story.entries)


# ── Where two issues differ ──────────────────────────────────────────────────

_SHORT = 80
"""Characters of a value that are shown."""


def _differences(kept: Any, again: Any, place: str = "") -> Iterator[Difference]:
    """Name every place at which two JSON values differ."""
    if isinstance(kept, Mapping) and isinstance(again, Mapping):
        for name in dict.fromkeys((*kept, *again)):
            inner = f"{place}.{name}" if place else name
            yield from _differences(kept.get(name), again.get(name), inner)
    elif isinstance(kept, list) and isinstance(again, list):
        for at, (one, other) in enumerate(zip_longest(kept, again)):
            yield from _differences(one, other, f"{place}[{at}]")
    elif kept != again:
        yield Difference(place=place, kept=_short(kept), again=_short(again))


def _short(value: Any) -> str:
    if value is None:
        return ""
    text = dumps(value)
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"
