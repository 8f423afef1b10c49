"""The learner as filing and editors meet it: one for each process, kept up to date."""

from __future__ import annotations

from collections.abc import Sequence

from syndicate.categorise.features import example_of
from syndicate.categorise.learned import Guess, Learner
from syndicate.categorise.phrases import Phrases, matching_form
from syndicate.categorise.reasons import Ground, write_reason
from syndicate.model import (
    Category,
    Decision,
    Entry,
    Label,
    LabelOrigin,
    Scoring,
    StoredEntry,
)
from syndicate.pipeline import learning
from syndicate.pipeline.learning import learner_of
from syndicate.store import Connection

Labels = tuple[Label, ...]


class Taught:
    """Guesses by what editors decided, and learns what they decide.

    What was learned is read from the store once, and again when somebody else has
    taught since; within one transaction that is asked once.
    """

    def __init__(self, categories: Sequence[Category], scoring: Scoring) -> None:
        self._among = frozenset(one.slug for one in categories)
        self._masks = Phrases(map(matching_form, scoring.masks))
        self._learner: Learner | None = None
        self._on: Connection | None = None

    def guesses(self, connection: Connection, entry: Entry) -> Labels:
        """What a text may be about, the likeliest first; empty if nobody can tell."""
        learner = self._current(connection)
        example = example_of(entry, self._masks)
        return tuple(map(_label, learner.guess(example, self._among)))

    def unseen(
        self, connection: Connection, entry: Entry, decision: Decision
    ) -> Labels:
        """As :meth:`guesses`, as if nobody had made this decision on the text."""
        learner = self._current(connection)
        example = example_of(entry, self._masks)
        without = learning.kept_decision(connection, decision.entry)
        return tuple(map(_label, learner.guess(example, self._among, without)))

    def teach(
        self, connection: Connection, stored: StoredEntry, categories: Sequence[str]
    ) -> None:
        """Learn what an article is about, in place of what was learned of it."""
        taught = learning.Taught(
            entry_id=stored.id, entry=stored.entry, categories=tuple(categories)
        )
        learning.teach(connection, [taught], self._masks)
        self._on = None

    def forget(self, connection: Connection, entry_id: int) -> None:
        """Unlearn what an article taught."""
        learning.forget(connection, [entry_id], self._masks)
        self._on = None

    def _current(self, connection: Connection) -> Learner:
        if self._learner is None or self._on is not connection:
            self._learner = learner_of(connection, self._learner)
            self._on = connection
        return self._learner


def _label(guess: Guess) -> Label:
    words = [(word, 1) for word in guess.words]
    return Label(
        category=guess.category,
        reason=write_reason({Ground.WORDS: words}),
        confidence=guess.confidence,
        origin=LabelOrigin.LEARNED,
    )
