"""Topics learnt from what people decided, one decision at a time.

:mod:`~syndicate.categorise.lines` says how far a text is on the side of a category,
:mod:`~syndicate.categorise.certainty` how much that is worth. What was decided first
does not matter, and a decision can be taken back as if it had never been.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from syndicate.categorise.certainty import Certainty, Outcome
from syndicate.categorise.features import Example
from syndicate.categorise.lines import REST, Kept, Lines, Reading

LEAST = 20
"""Decisions below which nothing is guessed."""
LEAST_EACH = 5
"""Decisions of a category below which it is guessed, and never sure."""
AGAIN = 4
"""Old decisions that are looked at again for each new one."""

_UNSURE = 0.5
_TELLING = 0.25
"""What a word adds to be told, as a part of what the most telling one does."""
_LIKELY = 0.1
"""Confidence from which a guess is worth its words."""
_SHOWN = 5
"""Telling words of a guess."""
_LOOKED_AT = 3
"""Guesses of a text whose outcome is noted: what follows is hardly ever right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A category that a text may carry."""

    category: str
    confidence: float
    """0 to 1: of guesses with 0.9 nine in ten were right, so far."""
    words: tuple[str, ...] = ()
    """What spoke for it, the most telling first, in key form."""


class Learner:
    """What was learnt. It changes with each decision: one thread at a time."""

    def __init__(self) -> None:
        self.lines = Lines()
        self.certainty = Certainty()
        self.counts: Counter[str] = Counter()
        """Decisions of each category."""
        self.kept: dict[int, Kept] = {}
        """Decisions by key; only those that are needed must be here."""
        self.moved: set[str] = set()
        """Categories whose lines are other than they were read."""
        self.cursor = 0
        """The key up to which old decisions were looked at again."""
        self.version = 0
        """Of the state in the store."""

    @property
    def decisions(self) -> int:
        """How many it was taught."""
        return self.lines.total

    def learn(self, key: int, example: Example, categories: Sequence[str]) -> None:
        """Take a decision to heart, in place of an older one of the same ``key``.

        The first category is the primary one; none at all: no category fits. If the
        ``key`` was learnt before, it must be in ``kept``.
        """
        if key in self.kept:
            self.forget(key)
        # Its words are for people; of thousands of decisions they would fill memory.
        kept = Kept(replace(example, names={}), tuple(dict.fromkeys(categories)))
        self._note(kept)
        self.kept[key] = kept
        self.counts.update(kept.categories)
        self.lines.count(example, 1)
        for category in kept.categories:
            self.lines.begin(category)
        self.moved |= self.lines.fit(kept) | set(kept.categories)

    def forget(self, key: int) -> None:
        """Take back a decision, which must be in ``kept``: it leaves nothing behind."""
        kept = self.kept.pop(key)
        self.moved |= self.lines.drop(kept)
        self.lines.count(kept.example, -1)
        self.counts.subtract(kept.categories)
        self.counts = +self.counts

    def settle(self, keys: Iterable[int]) -> None:
        """Weigh decisions anew that are in ``kept``, beside those that came since."""
        for key in keys:
            self.moved |= self.lines.fit(self.kept[key])

    def guess(
        self, example: Example, among: Collection[str], without: Kept | None = None
    ) -> tuple[Guess, ...]:
        """The categories of ``among`` that are known, the likeliest first.

        The confidence of each is that the text carries it. Empty with fewer than
        :data:`LEAST` decisions. ``without`` is a decision to be left out of account.
        """
        reading = self.lines.reading(example)
        if reading is None or self.decisions - (without is not None) < LEAST:
            return ()
        scores = self._scores(reading, among, without)
        few = Counter(without.categories) if without else Counter()
        found = []
        for category, score, ahead in scores[:_LOOKED_AT]:
            decisions = self.counts[category] - few[category]
            sure = self._confidence(score, ahead, decisions)
            told = self._words(example, reading, category) if sure >= _LIKELY else ()
            found.append(Guess(category=category, confidence=sure, words=told))
        return tuple(found)

    def _scores(
        self, reading: Reading, among: Collection[str], without: Kept | None = None
    ) -> list[tuple[str, float, float]]:
        """(category, score, how far ahead of the best other), the best first."""
        known = [one for one in self.lines.weights if one in among and self.counts[one]]
        found = self.lines.scores(reading, known)
        if without is not None:
            for category, part in self.lines.part_of(without, reading).items():
                if category in found:
                    found[category] -= part
        ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
        best = [score for _, score in ranked[:2]] + [REST, REST]
        return [
            (category, score, score - best[1 if at == 0 else 0])
            for at, (category, score) in enumerate(ranked)
        ]

    def _confidence(self, score: float, ahead: float, decisions: int) -> float:
        sure = self.certainty.of(score, ahead)
        return round(sure if decisions >= LEAST_EACH else min(sure, _UNSURE), 3)

    def _note(self, kept: Kept) -> None:
        """Note what it would have guessed of a decision, before it is learnt."""
        reading = self.lines.reading(kept.example)
        if reading is None or self.decisions < LEAST:
            return
        scores = self._scores(reading, self.counts)
        self.certainty.note(
            Outcome(score, ahead, category in kept.categories)
            for category, score, ahead in scores[:_LOOKED_AT]
        )

    def _words(
        self, example: Example, reading: Reading, category: str
    ) -> tuple[str, ...]:
        """The words that spoke for ``category``; rather a pair than a part of it."""
        strongest = self.lines.strongest(reading, category, 4 * _SHOWN)
        told = {
            example.names[slot]: weight
            for weight, slot in reversed(strongest)
            if slot in example.names and weight >= _TELLING * strongest[0][0] > 0
        }
        found: list[str] = []
        for name in reversed(told):
            if not _shares(found, name):
                pairs = (one for one in told if name in one.split() and one != name)
                longer = max(pairs, key=told.__getitem__, default=name)
                found.append(name if _shares(found, longer) else longer)
        return tuple(found[:_SHOWN])


def study(
    learner: Learner,
    new: Iterable[tuple[int, Example, Sequence[str]]],
    old: Iterable[int] = (),
) -> None:
    """Learn decisions, (key, example, categories), one after another.

    With each, :data:`AGAIN` earlier ones are weighed anew, in turns: those of ``old``,
    which must be in ``kept``, and those that were learnt before it.
    """
    ring = deque(dict.fromkeys(old))
    for key, example, categories in new:
        known = key in learner.kept
        learner.learn(key, example, categories)
        count = min(AGAIN, len(ring))
        learner.settle([ring[at] for at in range(count)])
        ring.rotate(-count)
        if not known:
            ring.append(key)


def _shares(found: Sequence[str], name: str) -> bool:
    """Whether ``name`` shares a word with what was found."""
    parts = set(name.split())
    return any(parts.intersection(one.split()) for one in found)
