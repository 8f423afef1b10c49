"""Text at the door and the keys that it is compared by."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.text import clean
from syndicate.text.clean import (
    fold,
    is_plain,
    key_paragraphs,
    key_text,
    key_tokens,
    legacy_encoding,
    normalise,
    one_line,
    slug,
    tone_old,
    utf8_key,
    words,
)
from syndicate.text.tokens import OfTokens
from syndicate.text.tones import repair_slips
from syndicate.text.variants import one_spelling
from syndicate.text.words import WORD, token_words

VIETNAMESE = st.text(
    alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợ"
    'ùúủũụừứửữựỳýỷỹỵĐƯỦÒA -–,."“”0123456789/ÐХШТС\u00a0\u200b\u0301\u200d',
    max_size=60,
)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Đảng u\u0309y", "Đảng ủy"),
        ("Lê Ðức, Ɖảng, ðường", "Lê Đức, Đảng, đường"),
        ("ba\u00adn chấp\u200b hành\ufeff", "ban chấp hành"),
        ("a\u0000b\u0007c\u0085d\ud800e\ufdd0f\U0001ffff", "abc def"),
        ("213-QĐ/TW\u00a0của", "213-QĐ/TW của"),
        ("dòng một\r\ndòng hai\rba", "dòng một\ndòng hai\nba"),
        ("cột\tcột", "cột\tcột"),
        ("ủy và uỷ – “giữ nguyên”…", "ủy và uỷ – “giữ nguyên”…"),
        ("½ ﬁ ① Å", "½ ﬁ ① Å"),
    ],
)
def test_the_door_removes_what_nobody_sees_and_keeps_what_they_do(
    written: str, shown: str
) -> None:
    assert normalise(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("18-NQ/ТW", "18-NQ/TW"),
        ("05-СТ/TW", "05-CT/TW"),
        ("Đại hội Đảng lần thứ ХШ", "Đại hội Đảng lần thứ XIII"),
        ("KHÓA ХІІ", "KHÓA XII"),
        ("khóa ХIII", "khóa XIII"),
        ("Hà Nộі", "Hà Nội"),
        ("Ш", "Ш"),
        ("Хорошо и Школа", "Хорошо и Школа"),
        ("Владимир", "Владимир"),
        ("Αθήνα", "Αθήνα"),
        ("ΒAN", "BAN"),
    ],
)
def test_letters_of_other_scripts_are_replaced_in_latin_words_only(
    written: str, shown: str
) -> None:
    assert normalise(written) == shown


@pytest.mark.parametrize(
    "kept", ["👩\u200d🌾", "می\u200cخواهم", "क्\u200dष", "👨‍👩‍👧‍👦"]
)
def test_joiners_stay_where_they_shape_letters(kept: str) -> None:
    assert normalise(kept) == kept


def test_joiners_beside_latin_letters_are_debris() -> None:
    assert normalise("Tỉnh\u200d ủy\u200c, \u200cbản\u200dtin") == "Tỉnh ủy, bảntin"


def test_one_line_has_single_spaces_and_none_around() -> None:
    assert one_line(" \u00a0 Hội\n nghị\t\t tổng   kết \u2003") == "Hội nghị tổng kết"


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("uỷ ban, HOÀ BÌNH, Thuỷ, khoẻ, xoè", "ủy ban, HÒA BÌNH, Thủy, khỏe, xòe"),
        ("Uỷ UỶ uỶ", "Ủy ỦY ủY"),
        ("hoàng hoà hoài khuỷu quỷ quý quà", "hoàng hòa hoài khuỷu quỷ quý quà"),
        ("Đảng u\u0309y, Đảng uy\u0309", "Đảng ủy, Đảng ủy"),
    ],
)
def test_tone_marks_move_to_the_old_place_and_nothing_else_moves(
    new: str, old: str
) -> None:
    assert tone_old(new) == old


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đảng uỷ Khối Cơ quan – Doanh nghiệp", "ĐẢNG ỦY KHỐI CƠ QUAN - DOANH NGHIỆP"),
        ("“Dân vận khéo”…", '"dân vận khéo"...'),
        ("Ðảng", "đảng"),
        ("Quyết định  213‑QĐ/TW", "quyết định 213-qđ/tw"),
        ("kỉ niệm ngày thành lập", "Kỷ niệm ngày thành lập"),
        ("chiến sỹ quản lí tỉ lệ", "chiến sĩ quản lý tỷ lệ"),
        ("hòan tòan qủa qúy gía cuả muà đựơc", "hoàn toàn quả quý giá của mùa được"),
        ("hùynh, khóet, chụyên, tùân", "huỳnh, khoét, chuyện, tuần"),
        ("straße", "STRASSE"),
    ],
)
def test_two_spellings_of_one_wording_have_one_key(one: str, other: str) -> None:
    assert key_text(one) == key_text(other)


@pytest.mark.parametrize(
    "name",
    [
        "lý thường kiệt",
        "mỹ",
        "mỏ cày",
        "nguyễn văn sỹ",
        "khi vọng về",
        "thị tứ",
        "chi lý",
    ],
)
def test_names_and_other_words_keep_their_i_and_y(name: str) -> None:
    assert key_text(name) == name


@pytest.mark.parametrize(
    "word",
    ["của", "mùa", "già", "gìn", "nghĩa", "bìa", "thuở", "người", "ngoài", "hòa"],
)
def test_a_proper_spelling_is_its_own_key(word: str) -> None:
    assert key_text(word) == word


def test_keys_keep_accents_that_tell_words_apart() -> None:
    assert len({key_text(word) for word in ("năm", "nam", "nám", "nấm", "nằm")}) == 5


@given(st.one_of(st.text(max_size=60), VIETNAMESE))
def test_a_key_is_its_own_key(text: str) -> None:
    assert key_text(key_text(text)) == key_text(text)


@given(st.one_of(st.text(max_size=60), VIETNAMESE))
def test_what_is_normal_stays_as_it_is(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


@given(VIETNAMESE)
def test_decomposed_text_has_the_same_key(text: str) -> None:
    assert key_text(unicodedata.normalize("NFD", text)) == key_text(text)


@given(VIETNAMESE)
def test_tone_placement_keeps_the_length(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert len(tone_old(composed)) == len(composed)


def test_words_are_runs_of_letters_and_whole_document_numbers() -> None:
    text = "Chỉ thị 05-CT/TW, 22 – NQ/TW và 98/2014/NĐ-CP; 101/QĐ-TTg: Covid-19 (2/3)."
    assert " ".join(words(text)) == (
        "chỉ thị 05-ct/tw 22-nq/tw và 98/2014/nđ-cp 101/qđ-ttg covid 19 2 3"
    )


def test_words_of_a_joint_circular_stay_together() -> None:
    assert words("19/2012/TTLT-BTC-BKH&ĐT ngày") == ["19/2012/ttlt-btc-bkh&đt", "ngày"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đảng uỷ", "dang uy"),
        ("ĐƯỜNG PHỐ Ðà Nẵng", "duong pho da nang"),
        ("Điện Biên Phủ, năm 1954", "dien bien phu, nam 1954"),
    ],
)
def test_folding_loses_every_mark_and_the_stroke_of_d(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Phát triển tổ chức đảng và đảng viên",
            "phat-trien-to-chuc-dang-va-dang-vien",
        ),
        ("  “Dân vận” – khéo! ", "dan-van-kheo"),
        ("", "x"),
        ("???", "x"),
        ("日本", "x"),
    ],
)
def test_a_slug_is_ascii_and_never_empty(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_a_long_slug_ends_with_a_whole_word() -> None:
    assert slug("mot hai ba bon nam", limit=12) == "mot-hai-ba"
    assert slug("mot hai ba bon", limit=10) == "mot-hai-ba"
    assert slug("m" * 50, limit=10) == "m" * 10


@pytest.mark.parametrize(
    "text",
    [
        "Uû ban nh©n d©n tØnh",
        "Céng hoµ x· héi chñ nghÜa ViÖt Nam",
        "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam",
    ],
)
def test_vietnamese_in_old_encodings_is_recognised(text: str) -> None:
    assert legacy_encoding(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ủy ban nhân dân tỉnh © 2024 Báo điện tử",
        "Le Noël de l'école, à l'août où l'on s'en va",
        "© 2024 Example® Corp. All rights reserved.",
        "Die Straße führt über Köln nach Düsseldorf",
        "",
    ],
)
def test_text_in_unicode_is_not_taken_for_an_old_encoding(text: str) -> None:
    assert not legacy_encoding(text)


def test_every_plain_character_is_one_that_the_door_leaves_alone() -> None:
    plain = [chr(code) for code in range(0x110000) if is_plain(chr(code))]
    assert len(plain) > 700
    together = "".join(plain)
    assert clean._normalised(together) == together
    assert clean._normalised(together[::-1]) == together[::-1]
    assert not any(unicodedata.combining(letter) for letter in plain)


TOKENS = """
    hoà hòa qủa hòan Uỷ ủy kỉ niệm kĩ thuật lí luận hi vọng khi qui định Tỉ lệ li hôn
    sỹ quan ba quĩ “trích” – - … 05-CT/TW 05 - CT/TW 98/2014/NĐ-CP a_b x́ Я ПХ № 12/5
    ẞ İ ŉ Ⅻ ２ ² 1 (hi sinh li
    """.split()  # noqa: SIM905 - a table of words
SPACES = ["\n\n", "\n", " ", "\xa0", "\x1c", "\u200b", "\u0309", "\u3000", "a\x1cb"]
TEXTS = st.lists(st.sampled_from([*TOKENS, *SPACES]), max_size=30).map(" ".join)


def by_the_whole_text(text: str) -> str:
    """The key of a text in one piece, token by token nowhere."""
    key = clean._plain_marks(clean._normalised(text))
    return key if key.isascii() else one_spelling(repair_slips(tone_old(key)))


@given(TEXTS, st.booleans())
def test_a_key_put_together_from_tokens_is_the_key_of_the_text(
    text: str, long: bool
) -> None:
    text += " dài" * 100 * long
    assert key_text(text) == by_the_whole_text(text)
    parts = text.split("\n\n")
    paragraphs = [key.decode() for key in key_paragraphs(text)]
    assert paragraphs == list(map(by_the_whole_text, parts))
    assert utf8_key(*parts).decode() == by_the_whole_text(text)


@given(TEXTS)
def test_words_are_those_that_one_search_finds(text: str) -> None:
    found = WORD.findall(by_the_whole_text(text))
    assert words(text) == [word.replace(" ", "") for word in found]


@given(TEXTS)
def test_no_word_goes_over_two_tokens_of_a_key(text: str) -> None:
    found = [word for token in key_tokens(text) for word in token_words(token)]
    assert found == words(text)


@given(TEXTS)
def test_folding_token_by_token_folds_the_text(text: str) -> None:
    assert fold(text) == clean._bare(by_the_whole_text(text))


def test_tokens_are_forgotten_when_there_are_too_many() -> None:
    said = OfTokens(str.upper)
    for number in range(70_000):
        assert said[f"a{number}"] == f"A{number}"
    assert len(said) < 40_000
    assert said["x" * 1_000] == "X" * 1_000
    assert "x" * 1_000 not in said
