"""Reasons are data that the store keeps as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.categorise.reasons import (
    Ground,
    editor_reason,
    read_reason,
    write_reason,
)

GROUNDS = st.dictionaries(
    st.sampled_from(list(Ground)),
    st.lists(
        st.tuples(st.text(max_size=9), st.integers(1, 99)), min_size=1, max_size=3
    ),
)


@given(GROUNDS)
def test_what_is_written_is_read(grounds):
    told = {ground: tuple(found) for ground, found in grounds.items()}
    assert read_reason(write_reason(told)) == told


@pytest.mark.parametrize(
    "text", ["tiêu đề: kết nạp đảng", "{", "[1]", "7", '{"no": [["a", 1]]}']
)
def test_any_other_text_is_a_note(text):
    assert read_reason(text) == {Ground.NOTE: ((text, 1),)}


def test_nothing_said_is_no_ground():
    assert read_reason("") == {}
    assert write_reason({Ground.TITLE: []}) == ""
    assert editor_reason("", "") == ""


def test_who_decided_and_why_is_a_reason():
    told = read_reason(editor_reason("Lan", "bài về trường"))
    assert told == {Ground.EDITOR: (("Lan", 1),), Ground.NOTE: (("bài về trường", 1),)}
