"""The longest passage that two texts share, as a person reads it."""

from __future__ import annotations

import unicodedata

import pytest

from syndicate.dedupe.passage import shared_passage
from syndicate.model import Entry

OURS = (
    "Sáng nay, ấp Bình Hòa dựng xong nhà văn hóa mới. Uỷ ban xã cấp gạch, bà con góp "
    "công; nhà rộng một trăm hai mươi mét vuông."
)


def entry(text: str, lead: str = "") -> Entry:
    return Entry(source="a", url="https://a.example/1", title="t", text=text, lead=lead)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_longest_run_of_words_is_quoted_as_the_first_text_has_it(form):
    theirs = "Tin xã: ủy ban xã cấp gạch bà con góp công, tất cả đều vui. Ấp Bình Hòa."
    passage, words = shared_passage(
        entry(OURS), entry(unicodedata.normalize(form, theirs))
    )
    assert passage in {
        "Uỷ ban xã cấp gạch, bà con góp công",
        "Ủy ban xã cấp gạch, bà con góp công",
    }
    assert words == 9


def test_a_long_passage_is_cut_and_says_so():
    passage, words = shared_passage(entry(OURS), entry(OURS), most=5)
    assert passage == "Sáng nay, ấp Bình Hòa …"
    assert words == len(OURS.split())


@pytest.mark.parametrize("theirs", ["", "Không có gì chung ở đây cả", "ấp Bình"])
def test_fewer_than_three_words_in_a_row_say_nothing(theirs):
    assert shared_passage(entry(OURS), entry(theirs)) == ("", 0)


def test_a_lead_that_is_not_in_the_text_counts_too():
    passage, _ = shared_passage(
        entry("Thân bài khác hẳn.", lead="Bà con góp công làm cầu"),
        entry("Bà con góp công làm cầu qua rạch."),
    )
    assert passage == "Bà con góp công làm cầu"


def test_two_hostile_texts_are_compared_in_a_moment():
    assert shared_passage(entry("a b " * 50_000), entry("b a " * 50_000))[1] > 0
