"""Which characters may stand in a document."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from syndicate.publish.characters import composed, legal, line, unmarked


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
