"""What the desk would say of a text, and how often it says what editors said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from syndicate.categorise.decide import label, sure
from syndicate.categorise.rules import Score
from syndicate.model import Decision, Entry, Label, Source, SourceKind
from syndicate.pipeline.precision import Precision
from syndicate.pipeline.topics import Desk
from syndicate.store import Connection, Database, decisions, entries

TOGETHER = 500
"""Decided articles that are read at once."""
NOBODY = Source(key="", title="", kind=SourceKind.FEED, url="")
"""Of a text without a source: it breaks no tie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the desk says of a text."""

    labels: tuple[Label, ...]
    """That it would have."""
    scores: tuple[Score, ...]
    """Every category that something speaks for, with all that does."""
    guesses: tuple[Label, ...]
    """Of the learner; empty if it is not asked or does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """How far given labels agree with those that editors gave."""

    articles: int
    given: dict[str, int]
    """Category → how often it was given."""
    wanted: dict[str, int]
    """Category → how often editors gave it."""
    right: dict[str, int]
    """Category → how often both did."""
    primary: Precision
    """How often the primary one is the editor's, of articles that have any."""
    confused: tuple[tuple[str, str, int], ...]
    """(the editor's primary one, the given one, how often), the most first."""

    @property
    def precision(self) -> Precision:
        """Of the labels given, how many are right."""
        return Precision(given=sum(self.given.values()), right=sum(self.right.values()))

    @property
    def recall(self) -> Precision:
        """Of the labels that editors gave, how many are found."""
        return Precision(
            given=sum(self.wanted.values()), right=sum(self.right.values())
        )


def say(connection: Connection, entry: Entry, desk: Desk) -> Said:
    """Say of an article what filing would, and more."""
    source = desk.sources.get(entry.source, NOBODY)
    labels = label(entry, desk.rules, source)
    guesses = desk.guesser.guesses(connection, entry) if desk.guesser else ()
    learned = sure(guesses, desk.rules.scoring) if desk.rules.scoring.learn else ()
    return Said(
        labels=labels or learned,
        scores=desk.rules.scores(entry),
        guesses=guesses,
    )


def assess(database: Database, desk: Desk) -> tuple[Marks, Marks]:
    """Marks of the rules alone, and of rules and learner, on all that was decided.

    The learner is asked as if it had not learned from the article in question.
    """
    alone: list[tuple[Decision, tuple[Label, ...]]] = []
    both: list[tuple[Decision, tuple[Label, ...]]] = []
    with database.read() as connection:
        for decision, entry in decided_articles(connection):
            source = desk.sources.get(entry.source, NOBODY)
            labels = label(entry, desk.rules, source)
            alone.append((decision, labels))
            both.append(
                (decision, labels or _unseen(connection, entry, decision, desk))
            )
    return marks(alone), marks(both)


def decided_articles(connection: Connection) -> Iterator[tuple[Decision, Entry]]:
    """What counts of all decisions, each with the article that it was made on."""
    found = decisions.standing(connection)
    for start in range(0, len(found), TOGETHER):
        some = found[start : start + TOGETHER]
        kept = entries.get_many(connection, [one.entry for one in some])
        for one in some:
            if one.entry in kept:
                yield one, kept[one.entry].entry


def marks(pairs: Sequence[tuple[Decision, Sequence[Label]]]) -> Marks:
    """Compare what editors said with what was given."""
    given: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    right: Counter[str] = Counter()
    confused: Counter[tuple[str, str]] = Counter()
    labelled = same = 0
    for decision, labels in pairs:
        slugs = [one.category for one in labels]
        given.update(slugs)
        wanted.update(decision.categories)
        right.update(set(slugs) & set(decision.categories))
        first, said = _first(decision.categories), _first(slugs)
        labelled += bool(said)
        same += bool(said) and said == first
        if said != first:
            confused[first, said] += 1
    return Marks(
        articles=len(pairs),
        given=dict(given),
        wanted=dict(wanted),
        right=dict(right),
        primary=Precision(given=labelled, right=same),
        confused=tuple((*pair, count) for pair, count in confused.most_common()),
    )


def _unseen(
    connection: Connection, entry: Entry, decision: Decision, desk: Desk
) -> tuple[Label, ...]:
    scoring = desk.rules.scoring
    if desk.guesser is None or not scoring.learn:
        return ()
    guesses = desk.guesser.unseen(connection, entry, decision)
    return sure(guesses, scoring)


def _first(slugs: Iterable[str]) -> str:
    return next(iter(slugs), "")
