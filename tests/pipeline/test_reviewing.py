"""Which of the sure labels are checked."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.pipeline.reviewing import drawn, week_start
from syndicate.store.labelled import Given


def pool(**sizes):
    return [
        Given(story, f"{category}-{story}", category)
        for category, size in sizes.items()
        for story in range(size)
    ]


def test_the_same_week_draws_the_same_and_another_week_others():
    every = pool(a=60, b=40)
    first = drawn(every, 10, "2026-10-12")
    assert drawn(every[::-1], 10, "2026-10-12") == first
    assert drawn(every, 10, "2026-10-19") != first


def test_each_category_has_its_share():
    every = pool(a=600, b=300, c=100)
    for week in map(str, range(20)):
        told = Counter(one.category for one in drawn(every, 10, week))
        assert abs(told["a"] - 6) <= 1
        assert abs(told["b"] - 3) <= 1
        assert abs(told["c"] - 1) <= 1


def test_every_story_has_the_same_chance():
    every = pool(a=30, b=7, c=3)
    weeks = 3000
    told = Counter(
        one.uid for week in range(weeks) for one in drawn(every, 8, str(week))
    )
    expected = weeks * 8 / len(every)
    assert set(told) == {one.uid for one in every}
    assert max(told.values()) < expected * 1.25
    assert min(told.values()) > expected * 0.75


@given(st.integers(0, 40), st.integers(1, 50), st.text(max_size=8))
def test_never_more_are_drawn_than_there_are_and_none_twice(size, count, week):
    found = drawn(pool(a=size), count, week)
    assert len({one.uid for one in found}) == len(found) == min(size, count)


@pytest.mark.parametrize("day", range(7))
def test_a_week_begins_on_monday(day):
    monday = datetime(2026, 10, 12, tzinfo=UTC)
    assert week_start(monday + timedelta(days=day, hours=23)) == monday
