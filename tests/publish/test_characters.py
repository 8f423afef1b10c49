"""Which characters may stand in a document."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from syndicate.publish.forms.characters import (
    composed,
    legal,
    line,
    meant,
    said,
    unmarked,
)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("A <b>B</b>", "A ‹b›B‹/b›"),
        ("R & D, AT&T, Q&A", "R & D, AT&T, Q&A"),
        ("AT&amp;T", "AT＆amp;T"),
        ("&#60;b&#62;", "＆#60;b＆#62;"),
        ("a&copy", "a＆copy"),
        ("3&4", "3＆4"),
        ("Nghị quyết\n số 03", "Nghị quyết số 03"),
    ],
)
def test_a_title_shows_no_markup_to_any_reader(text, seen):
    assert unmarked(text) == seen


@given(st.text())
def test_reading_a_title_as_html_gives_the_title(text):
    shown = unmarked(text)
    assert html.unescape(shown) == shown
    assert not re.search("[<>]", shown)


@given(st.text(st.characters(), max_size=200))
def test_legal_text_goes_through_xml_unharmed(text):
    element = etree.Element("a")
    element.text = legal(text)
    assert (etree.fromstring(etree.tostring(element)).text or "") == legal(text)
    assert legal(legal(text)) == legal(text)


def test_vietnamese_and_emoji_are_legal():
    text = "Đảng ủy Khối – “Sáng 12/10” 👩‍🌾"
    assert legal(text) == line(text) == text


def test_a_line_is_nfc_and_begins_with_a_letter():
    assert line("Đa\u0309ng") == "Đảng"
    assert line(" \u0338 \u0301x\u0301") == "x\u0301"
    assert line("\u0338") == ""


def test_composing_never_takes_a_tag_for_a_letter():
    """NFC makes one character of ">" and U+0338, and attributes of what follows."""
    hostile = "<p>\u0338 onmouseover=alert(1) <b>Đa\u0309ng</b><\u0338/p>"
    assert composed(hostile) == ("<p>\u0338 onmouseover=alert(1) <b>Đảng</b><\u0338/p>")


@given(st.text(st.sampled_from("<>=\"'/ ab\u0338\u0301\u0323")))
def test_composing_leaves_every_bracket_where_it_was(text):
    brackets = [each for each in text if each in "<>"]
    assert [each for each in composed(text) if each in "<>"] == brackets


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("abc\u202edef", "abcdef"),
        ("\u2067שלום\u2069 x", "\u2067שלום\u2069 x"),
        ("\u2067שלום x", "שלום x"),
        ("\u202aa\u202c\u202c", "a"),
        ("\u2066\u202ba\u202c\u2069", "\u2066\u202ba\u202c\u2069"),
        ("\u2066\u202ba\u2069\u202c", "a"),
        ("\u200fשלום", "\u200fשלום"),
    ],
)
def test_a_line_turns_back_whatever_it_turns(text, seen):
    assert line(text) == seen


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A < B & C > D", "A < B & C > D"),
        ("R&D", "R&D"),
        ("&copy; 2026", "＆copy; 2026"),
        ("x</b>", "x‹/b›"),
        ("&#60;", "＆#60;"),
        ("<a@b.vn>", "‹a@b.vn›"),
        ("Kết nạp <đảng> & R&D", "Kết nạp <đảng> & R&D"),
        ("<đảng></đảng> &lt;", "<đảng></đảng> ＆lt;"),
        ("<b>x</B>", "‹b›x‹/B›"),
    ],
)
def test_atom_says_text_as_it_is_unless_it_could_be_markup(text, expected):
    assert said(text) == expected


def test_utf_8_that_was_taken_for_latin_1_is_read_as_it_was_meant():
    mistaken = "Thông báo số 5".encode().decode("latin-1")
    assert meant(mistaken) == "Thông báo số 5"
    assert meant("Âm nhạc Ô Môn") == "Âm nhạc Ô Môn"
    assert meant("Pâté à la carte") == "Pâté à la carte"
