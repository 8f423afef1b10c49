"""Which characters may stand in a document."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from syndicate.publish.characters import legal, line, unmarked


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
