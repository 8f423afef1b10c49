"""Editors decide what a story is about: for ever, and the learner learns from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from syndicate.categorise.decide import decided
from syndicate.errors import SyndicateError
from syndicate.model import Asked, Decision, Label, StoredEntry, Story
from syndicate.pipeline.heading import Filing, refile_story
from syndicate.pipeline.referring import story_named
from syndicate.pipeline.reviewing import draw_checks
from syndicate.store import Connection, Database, decisions, entries, reviews, stories
from syndicate.store.reviews import Review


class Teacher(Protocol):
    """Takes a decision to heart, or a decision back."""

    def teach(
        self, connection: Connection, stored: StoredEntry, categories: Sequence[str]
    ) -> None:
        """Learn what an article is about, in place of what was learned of it."""

    def forget(self, connection: Connection, entry_id: int) -> None:
        """Unlearn what an article taught."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelling:
    """What deciding works with."""

    database: Database
    desk: Filing
    teacher: Teacher | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A story, and what a decision changed of it."""

    decision: Decision
    story: Story
    """As it was before."""
    labels: tuple[Label, ...]
    """As they are now."""


class UnknownCategoryError(SyndicateError):
    """A category that the settings do not have."""

    def __init__(self, slug: str, known: Sequence[str]) -> None:
        super().__init__(f'"{slug}" is not a category; known: {", ".join(known)}')
        self.slug = slug
        self.known = tuple(known)


class NothingToUndoError(SyndicateError):
    """There is no such decision."""

    def __init__(self, number: int | None) -> None:
        which = "a decision" if number is None else f"decision {number}"
        super().__init__(f"there is no {which} to take back")
        self.number = number


def decide(
    work: Labelling,
    asked: str,
    categories: Sequence[str],
    *,
    by: str = "",
    note: str = "",
    now: datetime,
) -> Decided:
    """Give a story the ``categories``, the primary one first; none if nothing fits.

    ``asked`` is the number or address of an article of it, or the story's uid. The
    decision holds whoever tells the story later and however the settings change.

    :raises RefusedError: there is no such story
    :raises UnknownCategoryError: the settings do not have a category
    """
    wanted = tuple(dict.fromkeys(categories))
    known = [one.slug for one in work.desk.rules.categories]
    for slug in wanted:
        if slug not in known:
            raise UnknownCategoryError(slug, known)
    with work.database.write() as connection:
        # Before anything is decided: what is drawn must not depend on it.
        draw_checks(connection, work.desk.rules.scoring.checks, now)
        story = story_named(connection, asked)
        before = decisions.of_stories(connection, [story.id]).get(story.id)
        new = Decision(
            entry=story.lead.id,
            categories=wanted,
            at=now,
            by=by.strip(),
            note=note.strip(),
        )
        asked_for = _as_asked(connection, new, story, before)
        kept = decisions.keep(connection, asked_for)
        if work.teacher and before and before.entry != kept.entry:
            work.teacher.forget(connection, before.entry)
        _teach(connection, work.teacher, kept)
        labels = decided(kept)
        stories.set_labels(connection, story.id, labels)
        reviews.settle(connection, [story.id])
    return Decided(decision=kept, story=story, labels=labels)


def undo(work: Labelling, number: int | None, now: datetime) -> Decided:
    """Take back a decision, by default the last; the one before it counts again.

    :raises NothingToUndoError: there is no such decision
    """
    with work.database.write() as connection:
        found = _to_undo(connection, number)
        entry = entries.get(connection, found.entry)
        story = (
            stories.get(connection, entry.story, include_withdrawn=True)
            if entry
            else None
        )
        if story is None:
            raise NothingToUndoError(number)
        counted = decisions.of_stories(connection, [story.id])[story.id]
        decisions.remove(connection, found.id)
        if counted.id == found.id:
            if work.teacher:
                work.teacher.forget(connection, found.entry)
            last = decisions.of_stories(connection, [story.id]).get(story.id)
            _teach(connection, work.teacher, last)
            refile_story(connection, story.id, work.desk)
            _ask_again(connection, found, story, last, now)
        now_told = stories.get(connection, story.id)
    labels = now_told.labels if now_told else ()
    return Decided(decision=found, story=story, labels=labels)


def _as_asked(
    connection: Connection, new: Decision, story: Story, before: Decision | None
) -> Decision:
    """Why it was asked, and what was shown.

    Who thinks better of a decision was still asked for the same reason.
    """
    if before is not None:
        return replace(new, asked=before.asked, shown=before.shown)
    review = reviews.get(connection, story.id)
    why = review.asked if review else Asked.OWN
    return replace(new, asked=why, shown=story.labels)


def _teach(
    connection: Connection, teacher: Teacher | None, decision: Decision | None
) -> None:
    stored = entries.get(connection, decision.entry) if decision else None
    if teacher and decision and stored:
        teacher.teach(connection, stored, decision.categories)


def _to_undo(connection: Connection, number: int | None) -> Decision:
    if number is not None:
        found = decisions.get(connection, number)
    else:
        found = next(iter(decisions.latest(connection, limit=1)), None)
    if found is None:
        raise NothingToUndoError(number)
    return found


def _ask_again(
    connection: Connection,
    undone: Decision,
    story: Story,
    last: Decision | None,
    now: datetime,
) -> None:
    """A check that was taken back is to be made again."""
    if last is None and undone.asked is Asked.CHECK:
        again = Review(
            story=story.id, asked=Asked.CHECK, since=now, guesses=undone.shown
        )
        reviews.ask_all(connection, [again])
