"""What other rules would do: labels as they are beside labels as they would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicate.model import Label, LabelOrigin, Story
from syndicate.pipeline.topics import Desk, relabel, told_of
from syndicate.store import Database, labelled, stories

TOGETHER = 200
"""Stories that are looked at, or written, in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A story whose labels would be others."""

    story: Story
    labels: tuple[Label, ...]
    """As they would be; ``story`` has those of now."""

    @property
    def gained(self) -> tuple[str, ...]:
        """Categories that it would have, and has not."""
        return _without(self.labels, self.story.labels)

    @property
    def lost(self) -> tuple[str, ...]:
        """Categories that it has, and would not."""
        return _without(self.story.labels, self.labels)

    @property
    def first(self) -> tuple[str, str]:
        """Its primary category now, and as it would be; empty for none."""
        return primary(self.story.labels), primary(self.labels)

    @property
    def matters(self) -> bool:
        """Whether readers would see it: not only reasons or figures change."""
        return bool(self.gained or self.lost) or self.first[0] != self.first[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What would change, of how many stories."""

    looked_at: int
    decided: int
    """Those of them that a person labelled: they stay as they are."""
    changes: tuple[Change, ...]


def attempt(database: Database, desk: Desk, since: datetime) -> Trial:
    """Label all stories first seen since then anew; nothing is kept."""
    looked_at = by_hand = 0
    changes: list[Change] = []
    with database.read() as connection:
        for some in _portions(labelled.ids_since(connection, since)):
            for story in stories.get_many(connection, some).values():
                looked_at += 1
                by_hand += _is_decided(story)
                labels, _ = told_of(connection, story.id, story.entries, desk)
                change = Change(story=story, labels=labels)
                if change.matters:
                    changes.append(change)
    return Trial(looked_at=looked_at, decided=by_hand, changes=tuple(changes))


def apply(database: Database, desk: Desk, since: datetime) -> int:
    """Keep what :func:`attempt` finds; returns how many stories have other labels.

    In portions, each in a transaction of its own: others want to write too. What was
    interrupted goes on where it is run again.
    """
    with database.read() as connection:
        ids = labelled.ids_since(connection, since)
    changed = 0
    for some in _portions(ids):
        with database.write() as connection:
            found = stories.get_many(connection, some)
            for story in found.values():
                relabel(connection, story, story.entries, desk)
            after = stories.get_many(connection, some)
        changed += sum(
            Change(story=story, labels=after[one].labels).matters
            for one, story in found.items()
            if one in after
        )
    return changed


def primary(labels: Sequence[Label]) -> str:
    """The primary category of some labels; empty if there are none."""
    return labels[0].category if labels else ""


def _is_decided(story: Story) -> bool:
    return any(one.origin is LabelOrigin.EDITOR for one in story.labels)


def _without(some: Sequence[Label], others: Sequence[Label]) -> tuple[str, ...]:
    known = {one.category for one in others}
    return tuple(one.category for one in some if one.category not in known)


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), TOGETHER):
        yield ids[start : start + TOGETHER]
