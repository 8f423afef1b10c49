"""The report on topics, and what it is made of."""

from __future__ import annotations

import pytest

from bench.learning import error, halves, parts
from bench.topics import SIZES, report


def told(last_error, update=10.0):
    return {
        "error": {str(size): last_error + 10 for size in SIZES[:-1]}
        | {str(SIZES[-1]): last_error},
        "learning": dict.fromkeys(map(str, SIZES), 1.0),
        "update": update,
        "guess": 0.3,
        "load": 5.0,
        "sure": 0.6,
        "right": 0.97,
        "coverage": 0.7,
        "state": 5_000_000,
        "each": 1_500,
    }


@pytest.mark.parametrize(
    ("ours", "update", "short"), [(14, 10, False), (17, 10, True), (14, 21, True)]
)
def test_more_errors_than_the_rival_or_a_slow_update_is_short(ours, update, short):
    assert report([told(ours, update)], [told(16)]).short is short


def test_the_notes_give_the_mean_and_the_spread_of_the_halves():
    notes = report([told(14), told(16)], [told(16)]).notes
    assert "ours: macro-F1 0.8500 ± 0.0141, 2 halves" in notes
    assert "linear SVM: macro-F1 0.8400, 1 halves" in notes


def test_the_error_is_what_macro_f1_lacks():
    assert error(["a", "a", "b"], ["a", "a", "b"]) == 0
    assert error(["a", "b"], ["a", "a"]) == pytest.approx(100 - 100 * (2 / 3) / 2)
    assert error(["a"], [""]) == 100


def test_halves_share_nothing_and_miss_nothing():
    rows = [{"id": str(number)} for number in range(11)]
    one, two = halves(rows, seed=3)
    assert len(one) == 5
    assert sorted(row["id"] for row in [*one, *two]) == sorted(r["id"] for r in rows)


def test_the_title_at_the_head_of_the_text_is_not_given_twice():
    row = {"title": "Giá lúa tăng\r", "text": "Giá lúa tăng\r\nNông dân vui."}
    assert parts(row, 9) == ("Giá lúa tăng", "Nông dân ")
