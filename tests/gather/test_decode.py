"""Bytes become text, whatever their labels say."""

from __future__ import annotations

import codecs
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.gather.decode import decode

TEXT = "<p>Đảng ủy Khối họp thường kỳ tháng Mười ở Bến Nghé</p>"


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_decides(mark, name):
    assert decode(mark + TEXT.encode(name), "text/html; charset=iso-8859-1") == TEXT


def test_utf_16_without_a_mark_shows_by_its_nuls():
    assert decode(TEXT.encode("utf-16-le")) == TEXT
    assert decode(TEXT.encode("utf-16-be")) == TEXT


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "nonsense", "utf-16"])
def test_valid_utf_8_beats_a_wrong_prolog(label):
    text = f'<?xml version="1.0" encoding="{label}"?>{TEXT}'
    assert decode(text.encode(), f"text/xml; charset={label}") == text


def test_the_prolog_and_the_meta_and_the_header_are_believed_in_turn():
    cyrillic = "<p>Москва</p>"
    prolog = f'<?xml version="1.0" encoding="windows-1251"?>{cyrillic}'
    meta = f'<meta charset="windows-1251">{cyrillic}'
    assert decode(prolog.encode("cp1251")) == prolog
    assert decode(meta.encode("cp1251")) == meta
    assert decode(cyrillic.encode("cp1251"), "text/html; charset=cp1251") == cyrillic


def test_windows_1258_is_known_by_its_tones():
    word = "Tỉnh ủy Bến Tre, huyện Giồng Trôm"
    # windows-1258 holds vowels whole and tones apart.
    spelt = "".join(_as_1258(letter) for letter in word)
    assert unicodedata.normalize("NFC", decode(spelt.encode("cp1258"))) == word


def _as_1258(letter: str) -> str:
    try:
        letter.encode("cp1258")
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
        rest = "".join(c for c in parts if c not in tones)
        return unicodedata.normalize("NFC", rest) + tones
    return letter


def test_latin_1_is_the_last_guess():
    assert decode("café crème à la carte".encode("cp1252")) == "café crème à la carte"


def test_one_broken_byte_does_not_turn_utf_8_into_noise():
    body = TEXT.encode() * 3 + b"\xff" + TEXT.encode()
    assert decode(body).count("Đảng ủy") == 4


@given(st.binary(max_size=400), st.text(max_size=40))
def test_nothing_makes_it_fail(body, label):
    assert isinstance(decode(body, f"text/html; charset={label}"), str)
