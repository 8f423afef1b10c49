"""How much wording two texts share, and what differs in its gaps."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.dedupe.likeness import (
    body_of,
    containment,
    likeness,
    resemblance,
    sampled,
    shingles,
)

TEXT = "Đảng uỷ xã Tân Lộc hoà giải thành công 12 vụ tranh chấp trong quý vừa qua"


def test_shingles_are_signed_64_bit_numbers():
    assert shingles(TEXT)
    assert all(-(2**63) <= gram < 2**63 for gram in shingles(TEXT))


def test_shingles_are_the_same_in_another_process():
    code = (
        "from syndicate.dedupe.likeness import shingles;"
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


def test_a_sample_is_the_same_part_of_every_text():
    words = [f"chữ{number}" for number in range(1000)]
    whole, part = shingles(" ".join(words)), shingles(" ".join(words[:500]))
    assert 60 < len(sampled(whole)) < 200
    assert sampled(part) == sampled(whole) & part


def test_a_short_text_keeps_every_shingle():
    assert sampled(shingles(TEXT)) == shingles(TEXT)


def test_an_excerpt_is_contained_but_resembles_less():
    whole, part = shingles(TEXT), shingles(" ".join(TEXT.split()[:8]))
    assert containment(part, whole) == 1.0
    assert resemblance(part, whole) < 0.6


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_measures_stay_between_nothing_and_all(one, two):
    a, b = shingles(one), shingles(two)
    assert 0 <= resemblance(a, b) <= containment(a, b) <= 1


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
