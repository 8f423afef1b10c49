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
    Wording,
    body_of,
    containment,
    sampled,
    share_kept,
    shingles,
    window_of,
    wording,
)
from syndicate.model import EvidenceKind

TEXT = "Đảng uỷ xã Tân Lộc hoà giải thành công 12 vụ tranh chấp trong quý vừa qua"
PINNED = [6537425152420, 35836398017348, 74248334785961]


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


@pytest.mark.parametrize("phrase", ["kính mời quý vị", "xem thêm", "một hai ba", "a"])
def test_a_text_of_one_phrase_over_and_over_keeps_its_few_shingles(phrase):
    """None of its few hashes need be small: luck is not to be asked for."""
    assert sample(f"{phrase} " * 500)


def test_the_order_of_words_makes_another_shingle():
    orders = ["a b c", "a c b", "b a c", "b c a", "c a b", "c b a", "a a b", "a b a"]
    assert len({gram for order in orders for gram in shingles(order)}) == len(orders)


def test_a_shingle_is_made_of_its_three_words_alone():
    whole = wording("một hai ba bốn năm sáu bảy").grams
    assert [*shingles("ba bốn năm")] == [whole[2]]
    assert [*shingles("năm sáu bảy")] == [whole[4]]


@given(st.lists(st.sampled_from(["a", "b", "c1", "đ", "e-g", "5/6"]), max_size=900))
def test_what_is_kept_of_a_text_is_what_is_kept_of_its_grams(words):
    text = Wording(" ".join(words))
    assert text.sample == sampled(text.grams)


def test_very_short_texts_keep_what_they_have():
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


def test_the_evidence_is_how_much_is_shared(entry):
    (found,) = likeness(entry(), entry()).evidence
    assert found.kind is EvidenceKind.GRAMS
    assert found.count == found.of > 0


# ── Quoted letter by letter ──────────────────────────────────────────────────


def passage(first, last):
    """A line of that many words that no other line has."""
    return " ".join(f"từ{number}" for number in range(first, last))


BODY = [passage(at, at + 40) for at in range(0, 200, 40)]


def test_a_repost_in_a_frame_that_was_cut_is_quoted_but_for_the_frame(entry):
    original = entry(title="Gốc", text="\n\n".join(BODY))
    cut = entry(title="Gốc", text="\n\n".join([f"(Theo báo X) {BODY[0]}", *BODY[1:3]]))
    found = likeness(cut, original)
    assert (found.shared, found.smaller, found.differing) == (120, 123, 0)
    assert found.score == pytest.approx(120 / 123)
    assert likeness(original, cut) == found


@pytest.mark.parametrize(
    "opening",
    [
        passage(900, 940),  # another first paragraph
        f"x{BODY[0]}",  # inside of a word
        f"{BODY[0]} và thêm",  # not at the end
        f"(Theo báo X) {BODY[1]}",  # not how the other begins
    ],
)
def test_what_stands_in_the_place_of_other_words_is_no_frame(entry, opening):
    """Such texts are taken apart: the names in them may differ."""
    original = entry(text="\n".join(BODY))
    found = likeness(entry(text="\n".join([opening, *BODY[2:4]])), original)
    assert found.smaller != len(f"{opening} {BODY[2]} {BODY[3]}".split())


def test_a_text_without_words_quotes_nothing(entry):
    assert likeness(entry(text=""), entry(text="\n".join(BODY))).score == 0
    assert likeness(entry(text=" \n "), entry(text="")).score == 0


def test_a_copy_that_was_cut_in_the_middle_has_no_other_particulars(entry):
    """Spelt otherwise, so that it is not quoted; nothing replaces what is left out."""
    names = "Nguyễn Văn Bảy ở ấp Phú Lợi"
    parts = [f"{BODY[0]} {names} {BODY[1]}", BODY[2], f"{BODY[3]} {names} {BODY[4]}"]
    original = entry(text="\n".join(parts))
    cut = entry(text=f"{parts[0].upper()}\n{parts[2].upper()}")
    for found in (likeness(cut, original), likeness(original, cut)):
        assert found.score > 0.9
        assert (found.particulars, found.slots.swapped) == (0, 0)


def test_a_name_that_replaces_another_is_seen_in_an_otherwise_equal_text(entry):
    one = f"{BODY[0]} ở ấp Phú Lợi {BODY[1]} ở ấp Phú Lợi {BODY[2]}"
    other = one.replace("Phú Lợi", "Vàm Hồ")
    found = likeness(entry(text=one), entry(text=other))
    assert found.slots.swapped >= 1
    assert found.differing >= 2
