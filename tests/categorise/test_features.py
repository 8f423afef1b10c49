"""What the learner reads of an entry."""

from __future__ import annotations

import unicodedata

import pytest

from syndicate.categorise.features import OPENING, SLOTS, WHOLE, example_of
from syndicate.categorise.phrases import Phrases, matching_form
from syndicate.model import Entry

NOBODY = Phrases(())


def read(title="", text="", lead="", masks=NOBODY):
    entry = Entry(
        source="a", url="https://a.example/1", title=title, lead=lead, text=text
    )
    return example_of(entry, masks)


def told(example):
    return set(example.names.values())


def test_words_and_pairs_of_words_are_read():
    assert told(read(text="Kết nạp đảng viên")) == {
        "kết",
        "nạp",
        "đảng",
        "viên",
        "kết nạp",
        "nạp đảng",
        "đảng viên",
    }


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("text", ["Đảng ủy hòa giải", "đảng uỷ hoà giải"])
def test_tone_style_case_and_composition_make_no_difference(form, text):
    assert read(text=unicodedata.normalize(form, text)) == read(text="Đảng ủy hòa giải")


def test_a_word_of_the_title_is_more_than_one_of_the_text():
    title, text = read(title="Bóng đá"), read(text="Bóng đá")
    assert set(text.slots) < set(title.slots)


def test_a_title_that_the_text_repeats_is_read_once():
    text = "Giá lúa tăng. Nông dân phấn khởi."
    assert read(title="Giá lúa tăng.", text=text) == read(
        title="Giá lúa tăng.", text="Nông dân phấn khởi."
    )


def test_a_title_that_is_a_part_of_the_first_word_takes_nothing_from_it():
    assert "lúan" in told(read(title="Lú", text="Lúan bàn"))


def test_a_lead_that_the_text_does_not_have_is_read():
    assert "vụ mùa" in told(read(lead="Vụ mùa bội thu", text="Nông dân phấn khởi."))


def test_a_lead_that_the_text_begins_with_is_read_once():
    text = "Vụ mùa bội thu. Nông dân phấn khởi."
    assert read(lead="Vụ mùa bội thu…", text=text) == read(text=text)


def test_the_name_of_an_organisation_teaches_nothing():
    masks = Phrases([matching_form("Khối Cơ quan – Doanh nghiệp tỉnh")])
    text = "Đảng bộ khối cơ quan - doanh nghiệp tỉnh họp, bàn về doanh nghiệp nhỏ"
    read_words = told(read(text=text, masks=masks))
    assert "khối cơ" not in read_words
    assert "nghiệp tỉnh" not in read_words
    assert "bộ họp" not in read_words, "what is masked parts words"
    assert {"đảng bộ", "doanh nghiệp", "nghiệp nhỏ"} <= read_words


def test_the_opening_is_a_part_of_the_whole():
    example = read(title="Tựa", text="đầu " * (OPENING // 4) + "x" * 9 + " sau" * 9)
    names = {name: slot for slot, name in example.names.items()}
    late = example.slots.index(names["sau"])
    assert example.opening[late] == 0
    assert example.whole[late] == 9
    assert all(
        few <= all_of_it
        for few, all_of_it in zip(example.opening, example.whole, strict=True)
    )


def test_what_comes_after_the_part_that_is_read_does_not_count():
    text = "chữ " * (WHOLE // 4) + "cuối "
    assert read(text=text + "x " * 5_000) == read(text=text + "y " * 9_000)


def test_a_word_that_stands_a_thousand_times_has_a_count_of_one_byte():
    assert max(read(text="a " * 1_000).whole) == 255


@pytest.mark.parametrize("text", ["", "  \n\n ", "…!?", "😀"])
def test_a_text_without_words_is_empty(text):
    assert len(read(text=text).slots) == 0


def test_slots_are_the_same_for_ever():
    assert list(read(text="đảng viên").slots) == [1637, 22279, 121513]
    assert SLOTS == 131_072
