"""The week's labels as sentences: how many, whose, and how often they are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from gettext import NullTranslations

from syndicate.model import Asked, Decision, LabelOrigin
from syndicate.pipeline.precision import Precision, by_category, checked, precision
from syndicate.store.labelled import Labelled

WORST = 3
"""Categories that are named for being wrong most often."""
MOST_SHOWN = 60
"""Characters of a category's title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFacts:
    """What the report on labels is made of."""

    figures: Labelled
    """Of the stories first seen in the week."""
    decisions: Sequence[Decision] = ()
    """All that were made so far."""
    waiting: Mapping[Asked, int] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    """Category → its name for readers."""


def labels_week(facts: LabelFacts, catalogue: NullTranslations) -> tuple[str, ...]:
    """Say what was labelled, how often that is right, and what waits for a person.

    Empty for a desk that has no categories.
    """
    if not facts.titles:
        return ()
    said = (
        _given(facts.figures, catalogue),
        _right(facts.decisions, catalogue),
        _worst(facts, catalogue),
        _waiting(facts.waiting, catalogue),
    )
    return tuple(filter(None, said))


def _given(figures: Labelled, catalogue: NullTranslations) -> str:
    if not figures.stories:
        return ""
    said = catalogue.ngettext(
        "{n} new story; {rules} labels by rules, {learned} learned, {editor} by"
        " editors; {bare} without a label.",
        "{n} new stories; {rules} labels by rules, {learned} learned, {editor} by"
        " editors; {bare} without a label.",
        figures.stories,
    )
    return said.format(
        n=figures.stories,
        rules=figures.by(LabelOrigin.RULES),
        learned=figures.by(LabelOrigin.LEARNED),
        editor=figures.by(LabelOrigin.EDITOR),
        bare=figures.unlabelled,
    )


def _right(decided: Sequence[Decision], catalogue: NullTranslations) -> str:
    whole, stories = precision(decided), len(checked(decided))
    if not whole.given:
        return ""
    said = catalogue.ngettext(
        "Of {n} story drawn at random and checked so far, {right} of {given} labels"
        " were right: {share} ({low} to {high} at 95\u00a0%).",
        "Of {n} stories drawn at random and checked so far, {right} of {given} labels"
        " were right: {share} ({low} to {high} at 95\u00a0%).",
        stories,
    )
    low, high = whole.interval
    return said.format(
        n=stories,
        right=whole.right,
        given=whole.given,
        share=_percent(whole.share),
        low=_percent(low),
        high=_percent(high),
    )


def _worst(facts: LabelFacts, catalogue: NullTranslations) -> str:
    """Categories of which a label was wrong, the most often wrong first."""
    wrong = [
        (slug, one)
        for slug, one in by_category(facts.decisions).items()
        if one.right < one.given
    ]
    wrong.sort(key=_most_wrong)
    named = "; ".join(
        f"{facts.titles.get(slug, slug)[:MOST_SHOWN]} {one.right}/{one.given}"
        for slug, one in wrong[:WORST]
    )
    if not named:
        return ""
    return catalogue.gettext("Wrong most often: {named}.").format(named=named)


def _most_wrong(one: tuple[str, Precision]) -> tuple[float, int, str]:
    """By what is right at best: one wrong label of one says less than five of nine."""
    slug, told = one
    return told.interval[1], -told.given, slug


def _waiting(waiting: Mapping[Asked, int], catalogue: NullTranslations) -> str:
    unsure, checks = waiting.get(Asked.UNSURE, 0), waiting.get(Asked.CHECK, 0)
    if not unsure and not checks:
        return ""
    said = catalogue.gettext(
        "Waiting for a person: {unsure} unsure, {checks} to check:"
        " `syndicate categories review`"
    )
    return said.format(unsure=unsure, checks=checks)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\u00a0%"
