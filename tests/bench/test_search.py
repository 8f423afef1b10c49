from __future__ import annotations

from bench.search import QUICK, report
from bench.searching import bare, measured, queries, stored


def test_queries_are_of_texts_that_are_stored_and_the_same_each_time():
    asked = queries(5, 50)
    assert asked == queries(5, 50)
    for said, number in asked["five words of a title"]:
        assert said in stored(number).title
    for said, _ in asked["five without marks"]:
        assert said == bare(said)
        assert "đ" not in said


def test_what_is_measured_is_found_by_us(tmp_path):
    told = measured(tmp_path, 60, 120, 6, 1)
    ours = told["asked"]["large"]
    assert {name: one["found"] for name, one in ours.items()} == dict.fromkeys(
        ours, 1.0
    )
    assert told["asked"]["fts5"]["five without marks"]["found"] < 1.0
    assert told["index"]["small"] > 0


def test_a_search_that_misses_what_it_should_find_is_worth_nothing():
    figures = {"ms": 1.0, "worst": 2.0, "found": 0.5}
    asked = {
        name: {"in quotes": figures} for name in ("small", "large", "fts5", "like")
    }
    made = report(QUICK, {"index": {"small": 1.0, "large": 1.0}, "asked": asked})
    assert made.short
    assert made.wrong == ("in quotes: not everything was found",)


def test_a_slow_search_is_short():
    asked = {
        name: {"no text has it": {"ms": ms, "worst": ms, "found": 1.0}}
        for name, ms in (("small", 1.0), ("large", 6.0), ("fts5", 1.0), ("like", 9.0))
    }
    made = report(QUICK, {"index": {"small": 1.0, "large": 1.0}, "asked": asked})
    assert made.short
    assert made.wrong == ()
