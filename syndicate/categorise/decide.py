"""From scores to labels: which categories, which of them first, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import exp

from syndicate.categorise.reasons import Ground, editor_reason, write_reason
from syndicate.categorise.rules import Hit, Rules, Score, Zone
from syndicate.model import Decision, Entry, Label, LabelOrigin, Scoring, Source

_TIE = 0.02
"""Scores that differ by less than this part are equal."""
_TOLD = 3
"""Phrases that a reason names for each zone."""


def label(entry: Entry, rules: Rules, source: Source) -> tuple[Label, ...]:
    """The labels of one entry, the primary one first; empty if nothing is shown.

    The categories of ``source`` break ties and never vote: a school's site also
    carries what is not training news.
    """
    shown = _shown(rules.scores(entry), rules.scoring.min_score)
    scores = _ties_broken(shown, source.categories)
    if not scores or scores[0].value < rules.scoring.min_score:
        return ()
    kept = [scores[0], *_secondary(scores[0], scores[1:], rules.scoring)]
    primary = _certainty(scores, rules.scoring)
    return tuple(
        Label(
            category=score.category,
            reason=_reason(score.hits),
            confidence=round(_share(score, scores[0], primary), 3),
            primary=order == 0,
        )
        for order, score in enumerate(kept)
    )


def label_story(labels_per_entry: Sequence[Sequence[Label]]) -> tuple[Label, ...]:
    """The labels of a story: its lead's, or else the surest of the other tellers'.

    ``labels_per_entry`` stands in the order of the story's entries, the lead first.
    """
    if not labels_per_entry:
        return ()
    if labels_per_entry[0]:
        return tuple(labels_per_entry[0])
    surest = max(
        labels_per_entry, key=lambda labels: labels[0].confidence if labels else -1.0
    )
    return tuple(surest)


def decided(decision: Decision) -> tuple[Label, ...]:
    """The labels that a person gave; none if nothing fits."""
    reason = editor_reason(decision.by, decision.note)
    return tuple(
        Label(
            category=slug,
            reason=reason,
            confidence=1.0,
            primary=order == 0,
            origin=LabelOrigin.EDITOR,
        )
        for order, slug in enumerate(decision.categories)
    )


def sure(guesses: Sequence[Label], scoring: Scoring) -> tuple[Label, ...]:
    """Those of the learner's guesses that are sure enough to be given.

    The likeliest comes first; where even that is not sure, nothing is given.
    """
    if not guesses or guesses[0].confidence < scoring.sure:
        return ()
    told = [one for one in guesses if one.confidence >= scoring.sure]
    return tuple(
        replace(one, primary=order == 0)
        for order, one in enumerate(told[: scoring.max_labels])
    )


def _shown(scores: Sequence[Score], least: float) -> list[Score]:
    """Where the text shows a topic, what only the source's section hints at is out.

    A section alone is believed only where the text says nothing.
    """
    told = [score for score in scores if score.in_text]
    clear = any(score.value >= least for score in told)
    return told if clear else list(scores)


def _ties_broken(scores: Sequence[Score], preferred: Sequence[str]) -> list[Score]:
    """Put a category that the source is known for first, if it scores as the best."""
    level = scores[0].value * (1 - _TIE) if scores else 0.0
    tied = [score for score in scores if score.value >= level]
    tied.sort(key=lambda score: score.category not in preferred)
    return [*tied, *scores[len(tied) :]]


def _secondary(best: Score, others: Sequence[Score], scoring: Scoring) -> list[Score]:
    """The categories beside the best one: near enough to it, well founded, and few.

    In the news of this field a word that only supports stands everywhere: "bí thư" in
    the title says who came, and not what it was about.
    """
    least = max(scoring.secondary_ratio * best.value, scoring.min_score)
    near = (score for score in others if score.value >= least)
    return [score for score in near if score.is_founded][
        : max(scoring.max_labels - 1, 0)
    ]


def _certainty(scores: Sequence[Score], scoring: Scoring) -> float:
    """0 to 1: grows with the margin over the second and with the score itself."""
    best = scores[0].value
    second = scores[1].value if len(scores) > 1 else 0.0
    margin = max(best - second, 0.0) / best
    strength = 1 - exp(-best / (2 * max(scoring.min_score, 0.1)))
    return (0.5 + 0.5 * margin) * strength


def _share(score: Score, best: Score, primary: float) -> float:
    """A secondary label is as sure as its score beside the best one, never as sure."""
    if score is best:
        return primary
    return primary * 0.9 * min(score.value / best.value, 1.0)


def _reason(hits: Sequence[Hit]) -> str:
    """The weightiest phrases of each zone, as a label keeps them."""
    grounds = {}
    for zone in Zone:
        inside = [hit for hit in hits if hit.zone is zone and hit.weight > 0]
        inside.sort(key=lambda hit: -hit.weight)
        grounds[Ground(zone.value)] = [
            (hit.phrase, hit.count) for hit in inside[:_TOLD]
        ]
    return write_reason(grounds)
