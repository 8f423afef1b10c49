"""How much wording two texts share, and what differs in its gaps."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.dedupe.likeness import likeness
from syndicate.dedupe.wording import (
    FEWEST,
    WINDOW,
    body_of,
    containment,
    sampled,
    share_kept,
    shingles,
    window_of,
    wording,
)

TEXT = "Đảng uỷ xã Tân Lộc hoà giải thành công 12 vụ tranh chấp trong quý vừa qua"
PINNED = [4916451798601, 84553172169088, 88723787440483]


def test_shingles_are_numbers_of_six_bytes_that_are_never_negative():
    assert shingles(TEXT)
    assert all(0 <= gram < 2**47 for gram in shingles(TEXT))


def test_shingles_are_the_same_for_ever():
    """The store keeps them: another hash would find nothing that is stored."""
    assert sorted(shingles("Đảng uỷ xã Tân Lộc")) == PINNED


def test_shingles_are_the_same_in_another_process():
    code = (
        "from syndicate.dedupe.wording import shingles;"
        "print(sorted(shingles('một hai ba bốn')))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == str(sorted(shingles("một hai ba bốn")))


@pytest.mark.parametrize(
    "other",
    [
        unicodedata.normalize("NFD", TEXT),
        TEXT.replace("uỷ", "ủy").replace("hoà", "hòa"),
        TEXT.upper(),
        TEXT.replace(" ", "\u00a0 "),
        f"“{TEXT}”.",
    ],
    ids=["NFD", "old tones", "capitals", "spaces", "quotes"],
)
def test_spelling_does_not_change_the_shingles(other):
    assert shingles(other) == shingles(TEXT)


def test_accents_do_change_the_shingles():
    assert not shingles("dân vận khéo") & shingles("dẫn vẫn khéo")


@pytest.mark.parametrize(("text", "grams"), [("", 0), ("một", 1), ("một hai", 1)])
def test_a_very_short_text_has_at_most_one_shingle(text, grams):
    assert len(shingles(text)) == grams


def words_of(first, last):
    return " ".join(f"chữ{number}" for number in range(first, last))


def sample(text):
    return set(wording(text).sample)


def test_a_long_text_keeps_one_gram_in_thirty():
    told = wording(words_of(0, 4000))
    assert 100 < len(told.sample) < 150
    assert set(told.sample) <= told.distinct


@pytest.mark.parametrize("length", [12, 18, 40, 100, 300, 1000, 5000])
def test_a_text_keeps_as_much_as_is_reckoned_with(length):
    told = wording(words_of(0, length))
    expected = share_kept(len(told.grams)) * len(told.grams)
    assert len(told.sample) == pytest.approx(expected, rel=0.4)
    assert len(told.sample) >= min(FEWEST, length) / 2


@pytest.mark.parametrize("at", [0, 1, 333, 1399, 1700, 1899])
def test_whatever_stretch_two_texts_share_they_keep_something_of_it(at):
    """A share of all numbers would now and then have none in a short stretch."""
    quoted = words_of(at, at + WINDOW + 2)
    one = f"{words_of(5000, 5400)} {quoted} {words_of(6000, 6100)}"
    assert sample(words_of(0, 2000)) & sample(one)


def test_what_a_long_text_keeps_of_a_passage_a_shorter_one_keeps_too():
    whole, part = sample(words_of(0, 2000)), sample(words_of(700, 820))
    inside = {gram for gram in whole if gram in wording(words_of(760, 790)).distinct}
    assert inside <= part


def test_a_very_short_text_keeps_every_shingle():
    assert sample(TEXT) == shingles(TEXT)


def test_a_text_of_one_phrase_over_and_over_keeps_its_few_shingles():
    assert sample("kính mời quý vị " * 500)
    assert sample("một") == shingles("một")
    assert sample("") == set()


@given(st.lists(st.integers(0, 2**47 - 1), max_size=400))
def test_every_window_keeps_its_least_gram(grams):
    window = window_of(len(grams))
    kept = set(sampled(grams))
    starts = range(max(len(grams) - window + 1, min(len(grams), 1)))
    least = {min(grams[at : at + window]) for at in starts}
    assert kept <= set(grams)
    assert kept <= least
    if len(grams) <= 48:  # all are looked at; beyond it nearly all of these
        assert kept == least


def test_an_excerpt_is_contained():
    whole, part = shingles(TEXT), shingles(" ".join(TEXT.split()[:8]))
    assert containment(part, whole) == 1.0


@given(st.text(max_size=80), st.text(max_size=80))
def test_containment_stays_between_nothing_and_all(one, two):
    assert 0 <= containment(shingles(one), shingles(two)) <= 1


def test_a_lead_that_opens_the_text_counts_once(entry):
    text = entry().text
    assert body_of(entry(lead=text[:80] + "…")) == text
    assert body_of(entry(lead="Tin mới.")).startswith("Tin mới.\n\n")


def test_the_order_of_the_two_does_not_matter(entry):
    one, two = entry(), entry(text=entry().text[:400] + " Và thêm vài chữ nữa ở đây.")
    assert likeness(one, two) == likeness(two, one)


def test_names_and_numbers_in_the_gaps_of_a_formula_differ(entry):
    text = entry().text
    other = text
    for was, now in [("Rạch Dừa", "Cái Sơn"), ("Tân Lộc", "Phú Khánh"), ("27", "31")]:
        other = other.replace(was, now)
    found = likeness(entry(), entry(text=other))
    assert found.differing >= 5
    assert likeness(entry(), entry()).differing == 0


def test_a_pair_without_much_in_common_is_not_looked_into(entry):
    found = likeness(entry(), entry(text="Một bản tin hoàn toàn khác về thời tiết."))
    assert (found.score, found.run, found.particulars) == (0.0, 0, 0)


def test_the_evidence_is_for_a_person(entry):
    assert "(100%)" in likeness(entry(), entry()).evidence
