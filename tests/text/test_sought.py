"""The words of a text as search knows them."""

from __future__ import annotations

import unicodedata

import pytest

from syndicate.text.sought import MOST_WORDS, Sought, Word, pairs, sought, sought_words


def of(title: str = "", *texts: str, **more: object) -> Sought:
    given = {"source": "a", "authors": (), **more}
    return sought(title=title, texts=texts, **given)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("uỷ", "ủy"),
        ("HOÀ", "hòa"),
        ("kỷ", "kỉ"),
        ("quý", "quí"),
        ("1.452", "1452"),
        ("Ðảng", "đảng"),
        ("qủa", "quả"),
        (unicodedata.normalize("NFD", "Đường"), "đường"),
    ],
)
def test_spellings_of_one_word_are_one_word(one: str, other: str) -> None:
    assert sought_words(one) == sought_words(other)


@pytest.mark.parametrize(
    ("one", "other"), [("năm", "nam"), ("hay", "hai"), ("thúy", "thúi"), ("tay", "tai")]
)
def test_other_words_are_other_words(one: str, other: str) -> None:
    assert sought_words(one)[0].exact != sought_words(other)[0].exact


def test_a_word_has_its_marks_and_none() -> None:
    assert sought_words("Đảng nam 05 2023 xyz thuỷ") == [
        Word("=đảng", "dang"),
        Word("=nam", "nam"),
        Word("=05", "5"),
        Word("2023", "2023"),
        Word("=xyz", "xyz"),
        Word("=thủy", "thuy"),
    ]


def test_a_document_number_is_its_parts() -> None:
    parts = [word.plain for word in sought_words("05-CT/TW, 98/2014/NĐ-CP")]
    assert parts == ["5", "ct", "tw", "98", "2014", "nd", "cp"]


def test_scripts_without_spaces_are_looked_for_letter_by_letter() -> None:
    assert [word.plain for word in sought_words("中国 ok")] == ["中", "国", "ok"]


def test_the_index_and_a_query_split_a_text_alike() -> None:
    text = "Chỉ thị 05–CT/TW (“Học tập”)… e-mail a@b.vn, 1.452/1.500; x_y 中国人 𝟙 ① ²"
    plain = [word.plain for word in sought_words(text)]
    assert of("", text).plain.split() == plain


def test_what_does_not_read_on_is_parted() -> None:
    found = of("Hội nông", "thôn mới", "chú thích", authors=("Lê An",))
    assert found.plain == "hoi nong _ thon moi _ chu thich _ le an"
    assert "_nong_thon" not in pairs(found.plain)
    assert "_hoi_nong" in pairs(found.plain)


def test_tokens_name_title_authors_and_source() -> None:
    found = of("Họp xã", "mưa", authors=("Huyền Thu",), source="bao-x").exact.split()
    assert found[0] == "s:bao-x"
    assert {"@huyen", "@thu", "^=họp", "^hop", "^xa", "^_hop_xa"} <= set(found)
    assert "^mua" not in found


def test_of_a_text_only_so_much_is_kept() -> None:
    many = " ".join(f"w{number}" for number in range(MOST_WORDS + 10))
    assert len(of("", many).plain.split()) == MOST_WORDS
    assert len(of("", "a-b" * MOST_WORDS).plain.split()) <= MOST_WORDS


def test_the_print_is_the_same_in_every_process_and_another_for_other_words() -> None:
    assert of("Họp xã", "mưa").print == of("họp  XÃ", "Mưa!").print
    assert of("Họp xã", "mưa").print != of("họp xa", "mưa").print
    assert 0 <= of("Họp xã").print < 2**63
