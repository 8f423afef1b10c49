"""A copy is due at the weekday and hour that its member chose, where they live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.digest.choosing.hours import due_moment
from syndicate.model import Cadence, Digest

WEEKLY = Digest(key="tuan", title="Tuần", hour=6, minute=15)
MONDAY = datetime(2026, 10, 18, 23, 16, tzinfo=UTC)
"""06:16 in Hà Nội, a minute after the window has ended."""
HOME = ZoneInfo("Asia/Ho_Chi_Minh")


def local(moment: datetime, zone: str = "Asia/Ho_Chi_Minh") -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%a %d %H:%M")


def test_who_chose_nothing_is_served_at_once():
    assert due_moment(WEEKLY, MONDAY) == MONDAY


@pytest.mark.parametrize(
    ("weekday", "hour", "then"),
    [
        (0, None, "Mon 19 06:16"),  # today is that day
        (0, 6, "Mon 19 06:16"),  # and this is that hour
        (0, 7, "Mon 19 07:00"),
        (0, 5, "Mon 26 05:00"),  # over for this week
        (1, None, "Tue 20 06:15"),  # at the digest's own time
        (1, 9, "Tue 20 09:00"),
        (6, 23, "Sun 25 23:00"),
        (None, 6, "Mon 19 06:16"),
        (None, 7, "Mon 19 07:00"),
        (None, 5, "Tue 20 05:00"),
        (None, 0, "Tue 20 00:00"),
    ],
)
def test_a_copy_waits_for_the_next_such_local_moment(weekday, hour, then):
    assert local(due_moment(WEEKLY, MONDAY, weekday=weekday, hour=hour)) == then


def test_the_hour_is_that_of_where_the_member_lives():
    due = due_moment(WEEKLY, MONDAY, hour=7, timezone="Europe/Paris")
    assert local(due, "Europe/Paris") == "Mon 19 07:00"


def test_a_weekday_means_nothing_where_an_issue_comes_each_day():
    daily = Digest(key="ngay", title="Ngày", cadence=Cadence.DAILY)
    assert due_moment(daily, MONDAY, weekday=3) == MONDAY
    assert local(due_moment(daily, MONDAY, weekday=3, hour=9)) == "Mon 19 09:00"


def test_a_zone_that_nobody_knows_is_the_digests():
    for odd in ("Nowhere/Else", "../../etc/passwd", "\0"):
        due = due_moment(WEEKLY, MONDAY, hour=9, timezone=odd)
        assert local(due) == "Mon 19 09:00"


def test_an_hour_that_the_clock_skips_comes_when_it_has_been_set_on():
    """Paris, 28 March 2027: two o'clock is three o'clock."""
    night = datetime(2027, 3, 27, 22, 0, tzinfo=UTC)
    due = due_moment(WEEKLY, night, hour=2, timezone="Europe/Paris")
    assert due.astimezone(UTC) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_of_an_hour_that_comes_twice_the_first_counts():
    """Paris, 25 October 2026: two o'clock comes in summer time and in winter time."""
    night = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
    due = due_moment(WEEKLY, night, hour=2, timezone="Europe/Paris")
    assert due.astimezone(UTC) == datetime(2026, 10, 25, 0, 0, tzinfo=UTC)


ZONES = st.sampled_from(
    ["", "Asia/Ho_Chi_Minh", "Europe/Paris", "America/St_Johns", "Pacific/Apia"]
)


@given(
    st.datetimes(
        min_value=datetime(2024, 1, 1),  # noqa: DTZ001 -- Hypothesis wants it so
        max_value=datetime(2031, 1, 1),  # noqa: DTZ001 -- as above
        timezones=st.just(UTC),
    ),
    st.none() | st.integers(0, 6),
    st.none() | st.integers(0, 23),
    ZONES,
)
def test_it_is_never_in_the_past_and_never_more_than_a_week_ahead(
    now, weekday, hour, zone
):
    due = due_moment(WEEKLY, now, weekday=weekday, hour=hour, timezone=zone)
    assert now <= due <= now + timedelta(days=7, hours=2)
    there = due.astimezone(ZoneInfo(zone or "Asia/Ho_Chi_Minh"))
    if weekday is not None:
        assert there.weekday() == weekday
    if hour is not None:
        # an hour that is skipped, in spring, is the next one
        assert there.hour in (hour, (hour + 1) % 24)
