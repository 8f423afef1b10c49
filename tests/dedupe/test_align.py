"""Two texts side by side."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.dedupe.align import matching_stretches

A = [f"chữ{number}" for number in range(600)]
WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=150)


def stretches(ours, theirs):
    return [one for one in matching_stretches(ours, theirs) if one[2]]


@given(WORDS, WORDS)
def test_stretches_are_equal_in_both_and_stand_in_order(ours, theirs):
    found = matching_stretches(ours, theirs)
    assert found[-1] == (len(ours), len(theirs), 0)
    at = to = 0
    for start, from_, size in found:
        assert start >= at
        assert from_ >= to
        assert ours[start : start + size] == theirs[from_ : from_ + size]
        at, to = start + size, from_ + size


@given(WORDS)
def test_a_text_is_one_stretch_of_itself(words):
    assert stretches(words, words) == ([(0, 0, len(words))] if words else [])


def test_a_copy_in_a_frame_is_one_stretch():
    framed = ["tin", "tổng", "hợp", *A, "hết"]
    assert stretches(A, framed) == [(0, 3, 600)]


def test_a_copy_that_is_framed_and_cut_is_one_stretch():
    assert stretches(["theo", "báo", "bạn", *A[:300]], A) == [(3, 0, 300)]


def test_a_slot_parts_two_stretches():
    other = [*A[:200], "phú", "khánh", *A[202:]]
    assert stretches(A, other) == [(0, 0, 200), (202, 202, 398)]


def test_a_paragraph_that_was_left_out_parts_two_stretches():
    assert stretches(A, A[:200] + A[300:]) == [(0, 0, 200), (300, 200, 300)]


@pytest.mark.parametrize(
    "hostile", [["a"] * 3000, ["a", "b"] * 1500, [*A * 5]], ids=["one", "two", "many"]
)
def test_words_that_repeat_for_ever_take_no_time(hostile):
    began = time.process_time()
    matching_stretches(hostile, ["x", *hostile[:-7], "y"])
    assert time.process_time() - began < 1
