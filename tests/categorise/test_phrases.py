"""Where phrases stand in a text."""

from __future__ import annotations

import itertools
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.categorise.phrases import Phrases, longest, matching_form, outside


def phrases_in(text, *phrases):
    found = Phrases(map(matching_form, phrases)).spans(matching_form(text).encode())
    return [span.phrase for span in longest(found)]


def test_only_whole_words_are_found():
    assert phrases_in("đảng viên", "đảng viê", "ảng viên", "viên") == ["viên"]
    assert phrases_in("các chi bộ, (chi bộ)", "chi bộ") == ["chi bộ", "chi bộ"]


def test_accents_are_never_stripped():
    assert phrases_in("dẫn vẫn khéo, bâu cứ", "dân vận", "bầu cử") == []


@pytest.mark.parametrize(
    "text",
    [
        "Uỷ ban bầu cử",
        unicodedata.normalize("NFD", "ủy ban bầu cử"),
        "ỦY BAN\u00a0BẦU  CỬ",
    ],
    ids=["new tones", "NFD", "capitals and spaces"],
)
def test_spelling_does_not_matter(text):
    assert phrases_in(text, "ủy ban bầu cử") == ["ủy ban bầu cử"]


@pytest.mark.parametrize("dash", ["-", " - ", " – ", "–", "—"])
def test_the_kind_of_dash_does_not_matter(dash):
    text = f"Khối Cơ quan{dash}Doanh nghiệp"
    assert phrases_in(text, "cơ quan – doanh nghiệp") == ["cơ quan-doanh nghiệp"]


def test_the_longest_phrase_has_the_span():
    assert phrases_in("ủy ban bầu cử tỉnh", "bầu cử", "ủy ban bầu cử") == [
        "ủy ban bầu cử"
    ]


def test_a_longer_match_inside_a_word_hides_no_shorter_one():
    assert phrases_in("chi bộ trưởng", "chi bộ", "chi bộ t") == ["chi bộ"]


def test_no_phrases_find_nothing():
    assert Phrases(["", ""]).spans("bất kỳ điều gì".encode()) == []


@given(st.lists(st.sampled_from(["ab", "cd", "ef", "ab-cd"]), max_size=12))
def test_kept_spans_never_overlap_and_blanks_keep_all_away(parts):
    text = " ".join(parts)
    spans = Phrases(["ab", "ab cd", "cd ef", "cd", "ef ab cd"]).spans(text.encode())
    kept = longest(spans)
    assert all(one.end <= two.start for one, two in itertools.pairwise(kept))
    assert outside(spans, kept) == []
    assert outside(spans, ()) == spans


def test_a_text_of_nothing_but_phrases_takes_no_long_time():
    started = time.perf_counter()
    assert len(phrases_in("chi bộ " * 20_000, "chi bộ", "bộ chi")) >= 20_000
    assert time.perf_counter() - started < 5
