"""How far what the desk says agrees with what editors said."""

from __future__ import annotations

from datetime import UTC, datetime

from syndicate.model import Decision, Label
from syndicate.pipeline.assessing import marks
from syndicate.pipeline.precision import Precision

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def pair(decided, given):
    made = Decision(entry=1, categories=tuple(decided), at=NOW)
    return made, [Label(category=slug, reason="", confidence=1) for slug in given]


def test_precision_recall_and_confusions_are_counted():
    told = marks([pair("ab", "ac"), pair("b", "a"), pair("b", ""), pair("", "a")])
    assert told.articles == 4
    assert told.precision == Precision(given=4, right=1)
    assert told.recall == Precision(given=4, right=1)
    assert told.primary == Precision(given=3, right=1)
    assert set(told.confused) == {("b", "a", 1), ("b", "", 1), ("", "a", 1)}
    assert (told.wanted["b"], told.given["a"], told.right["a"]) == (3, 3, 1)


def test_of_nothing_there_are_no_marks():
    told = marks([])
    assert (told.articles, told.confused) == (0, ())
    assert told.precision.interval == (0.0, 1.0)
