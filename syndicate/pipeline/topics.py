"""What stories are about: editors first, then the rules, then what was learned.

What nobody is sure of waits for a person in the queue of reviews.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from syndicate.categorise.decide import decided, label, label_story, sure
from syndicate.categorise.rules import Rules
from syndicate.model import (
    Asked,
    Decision,
    Entry,
    Label,
    LabelOrigin,
    Source,
    StoredEntry,
    Story,
)
from syndicate.store import Connection, decisions, entries, reviews, stories
from syndicate.store.reviews import Review

Labels = tuple[Label, ...]
GUESSES = 3
"""What a story may be about, that a person is shown."""


class Guesser(Protocol):
    """Says what a text may be about, by what editors decided on others."""

    def guesses(self, connection: Connection, entry: Entry) -> Labels:
        """The likeliest category first; empty if nothing was learned yet."""
        ...

    def unseen(
        self, connection: Connection, entry: Entry, decision: Decision
    ) -> Labels:
        """As :meth:`guesses`, as if this decision on the text had not been learned."""
        ...


class Desk(Protocol):
    """What labelling needs to know of the desk."""

    @property
    def sources(self) -> Mapping[str, Source]:
        """By key."""

    @property
    def rules(self) -> Rules:
        """The categories and how they are scored."""

    @property
    def guesser(self) -> Guesser | None:
        """Asked where the rules say nothing; None: nobody is."""


def label_new(
    connection: Connection, new: Iterable[tuple[StoredEntry, Labels]], desk: Desk
) -> None:
    """Label new stories, each by the one entry that tells it and what rules say of it.

    What neither the rules nor the learner is sure of waits for a person, unless it
    was old already when it came.
    """
    labelled: list[tuple[int, Labels]] = []
    asked: list[Review] = []
    for stored, labels in new:
        found, guesses = _or_learned(connection, labels, [stored.entry], desk)
        labelled.append((stored.story, found))
        if not found and not stored.backlog:
            asked.append(_question(stored.story, stored.seen_at, guesses))
    stories.label_all(connection, labelled)
    if desk.rules.categories:
        reviews.ask_all(connection, asked)


def relabel(
    connection: Connection, story: Story, tellers: Sequence[StoredEntry], desk: Desk
) -> None:
    """Label a story anew by all who tell it now, the lead first."""
    labels, guesses = told_of(connection, story.id, tellers, desk)
    if labels != story.labels:
        stories.set_labels(connection, story.id, labels)
    if labels or decisions.of_stories(connection, [story.id]):
        reviews.settle(connection, [story.id], Asked.UNSURE)
    elif desk.rules.categories and not all(one.backlog for one in tellers):
        question = _question(story.id, story.seen_at, guesses)
        reviews.ask_all(connection, [question])


def told_of(
    connection: Connection, story: int, tellers: Sequence[StoredEntry], desk: Desk
) -> tuple[Labels, Labels]:
    """The labels that a story is to have, and the learner's guesses if it was asked.

    A person's decision on any of its tellers holds, the newest of several.
    """
    found = decisions.of_stories(connection, [story]).get(story)
    if found is not None:
        return decided(found), ()
    told = [one.entry for one in tellers]
    return _or_learned(connection, by_rules(told, desk), told, desk)


def by_rules(tellers: Iterable[Entry], desk: Desk) -> Labels:
    """What the rules say of a story by its tellers, the lead first."""
    return label_story(
        [
            label(one, desk.rules, desk.sources[one.source])
            for one in tellers
            if one.source in desk.sources
        ]
    )


class Joined:
    """The labels of stories that have only gained tellers.

    The tellers that were there are labelled again only where that can change anything.
    """

    def __init__(
        self, connection: Connection, joined: Collection[int], desk: Desk
    ) -> None:
        self._connection = connection
        self._desk = desk
        self._decided = decisions.of_stories(connection, joined)
        self._new: dict[int, Labels] = {}
        self.anew: list[int] = []
        """Stories that are to be labelled by all of their tellers."""

    def add(
        self,
        story: int,
        had: Labels,
        added: Mapping[int, Labels],
        *,
        lead: int,
        before: int,
    ) -> None:
        """Note a story: its labels, those of its new tellers, who leads and who led."""
        if story in self._decided:
            self._note(story, had, decided(self._decided[story]))
            return
        own = added.get(lead, ())
        surest = max(added.values(), key=_certainty, default=())
        if own or not had:  # if it had none, no teller had any
            self._note(story, had, own or surest)
        elif lead != before:
            self.anew.append(story)
        elif _certainty(surest) > _certainty(had):
            whole = entries.get_many(self._connection, [lead])
            told = by_rules([whole[lead].entry], self._desk)
            self._note(story, had, told or surest)

    def keep(self) -> None:
        """Write down what has changed."""
        stories.relabel_all(self._connection, self._new)
        told = [story for story, labels in self._new.items() if labels]
        reviews.settle(self._connection, told, Asked.UNSURE)

    def _note(self, story: int, had: Labels, labels: Labels) -> None:
        if labels != had:
            self._new[story] = labels


def _certainty(labels: Labels) -> float:
    """How sure rules are; what they say goes before what was only learned."""
    if not labels or labels[0].origin is LabelOrigin.LEARNED:
        return -1.0
    return labels[0].confidence


def _or_learned(
    connection: Connection, labels: Labels, tellers: Sequence[Entry], desk: Desk
) -> tuple[Labels, Labels]:
    """What the rules say, or else what was learned if that is sure; and the guesses.

    Of the tellers the first is asked, who leads.
    """
    scoring = desk.rules.scoring
    if labels or not tellers or desk.guesser is None or not scoring.learn:
        return labels, ()
    guesses = desk.guesser.guesses(connection, tellers[0])
    return sure(guesses, scoring), guesses


def _question(story: int, since: datetime, guesses: Labels) -> Review:
    return Review(
        story=story, asked=Asked.UNSURE, since=since, guesses=guesses[:GUESSES]
    )
