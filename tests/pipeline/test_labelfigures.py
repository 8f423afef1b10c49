"""The week's labels in sentences, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicate.model import Asked, Decision, Label, LabelOrigin
from syndicate.pipeline.labelfigures import LabelFacts, labels_week
from syndicate.store.labelled import Labelled
from syndicate.translate import translation

NOW = datetime(2026, 11, 1, tzinfo=UTC)
EMPTY = Labelled(by_category={})


def said(language="en", **given):
    facts = {"figures": EMPTY, "titles": {"a": "Cầu đường", "b": "Trường học"}}
    return labels_week(LabelFacts(**facts | given), translation(language))


def check(number, shown, decided):
    return Decision(
        id=number,
        entry=number,
        categories=tuple(decided),
        shown=tuple(Label(category=slug, reason="", confidence=1) for slug in shown),
        asked=Asked.CHECK,
        at=NOW,
    )


def test_a_desk_without_categories_is_told_nothing():
    assert said(titles={}, waiting={Asked.UNSURE: 3}) == ()


def test_a_week_without_anything_is_told_nothing():
    assert said() == ()


def test_what_was_labelled_is_told_by_who_said_so():
    figures = Labelled(
        stories=7,
        unlabelled=2,
        by_category={
            ("a", LabelOrigin.RULES): 3,
            ("b", LabelOrigin.RULES): 1,
            ("b", LabelOrigin.LEARNED): 2,
            ("b", LabelOrigin.EDITOR): 5,
        },
    )
    (line,) = said(figures=figures)
    for part in (
        "7 new stories",
        "4 labels by rules",
        "2 learned",
        "5 by",
        "2 without",
    ):
        assert part in line


def test_how_often_labels_are_right_is_told_with_its_interval():
    told = [check(number, "a", "a") for number in range(19)]
    right, worst = said(decisions=[*told, check(20, "ab", "a")])
    assert "20 stories" in right
    assert "20 of 21" in right
    assert "95\u00a0% (77\u00a0% to 99\u00a0% at 95\u00a0%)" in right
    assert worst == "Wrong most often: Trường học 0/1."


def test_the_three_worst_categories_are_named_surest_first():
    told = [check(n, "a", "") for n in range(9)]
    told += [check(10 + n, "b", "b" if n else "") for n in range(2)]
    told += [check(20 + n, "c", "c" if n else "") for n in range(30)]
    told += [check(60 + n, "d", "d") for n in range(5)]
    told += [check(70 + n, "e", "e" if n else "") for n in range(60)]
    (_right, worst) = said(decisions=told)
    assert worst == "Wrong most often: Cầu đường 0/9; Trường học 1/2; c 29/30."


def test_what_waits_is_told_with_the_command():
    (line,) = said(waiting={Asked.UNSURE: 12, Asked.CHECK: 4})
    assert "12 unsure, 4 to check" in line
    assert "`syndicate categories review`" in line


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_sentence_is_filled_in(language):
    lines = said(
        language,
        figures=Labelled(stories=1, by_category={}),
        decisions=[check(1, "a", "")],
        waiting={Asked.UNSURE: 1},
    )
    assert len(lines) == 4
    assert not [line for line in lines if "{" in line or "}" in line]
