"""Windows of every cadence: local, half open, without a gap and without an overlap."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syndicate.digest.choosing.windows import editions, keys, window, window_of
from syndicate.errors import MailError
from syndicate.model import Cadence, Digest

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DAILY, WEEKLY, FORTNIGHTLY, MONTHLY = Cadence
HANOI = Digest(key="tuan", title="Bản tin Cửu Hà", hour=6)
LENGTHS = {DAILY: (1, 1), WEEKLY: (7, 7), FORTNIGHTLY: (14, 14), MONTHLY: (28, 31)}
"""Days of a window, by the calendar."""
ZONES = (
    "Asia/Ho_Chi_Minh",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "America/New_York",
    "Australia/Lord_Howe",  # changes by half an hour
    "Africa/Casablanca",  # changes twice within a month
    "Asia/Gaza",  # changes at midnight
    "America/Havana",
    "Pacific/Apia",  # left out a day
    "Pacific/Kiritimati",
    "Antarctica/Troll",  # changes by two hours
    "UTC",
)

digests = st.builds(
    lambda **given: replace(HANOI, **given),
    cadence=st.sampled_from(Cadence),
    timezone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    monthday=st.integers(1, 28),
    hour=st.integers(0, 23),
    minute=st.sampled_from((0, 15, 30, 59)),
)
moments = st.timedeltas(timedelta(days=-20 * 365), timedelta(days=110 * 365)).map(
    lambda since: datetime(1970, 1, 1, tzinfo=UTC) + since
)


@pytest.mark.parametrize(
    ("as_of", "end"),
    [
        ("2026-10-18T22:59:59+00:00", "2026-10-12T06:00:00+07:00"),
        ("2026-10-18T23:00:00+00:00", "2026-10-19T06:00:00+07:00"),
        ("2026-10-22T12:00:00+00:00", "2026-10-19T06:00:00+07:00"),
        ("2026-10-19T05:59:00+07:00", "2026-10-12T06:00:00+07:00"),
    ],
)
def test_the_window_is_the_last_week_that_is_complete(as_of: str, end: str) -> None:
    start, found = window(HANOI, datetime.fromisoformat(as_of))
    assert found == datetime.fromisoformat(end)
    assert found - start == 7 * DAY


@pytest.mark.parametrize(
    ("cadence", "start", "end"),
    [
        (DAILY, "2026-11-21T06:00+07:00", "2026-11-22T06:00+07:00"),
        (WEEKLY, "2026-11-11T06:00+07:00", "2026-11-18T06:00+07:00"),
        # 2026-11-11 is 1,483 fortnights after 1970-01-07.
        (FORTNIGHTLY, "2026-10-28T06:00+07:00", "2026-11-11T06:00+07:00"),
        (MONTHLY, "2026-10-20T06:00+07:00", "2026-11-20T06:00+07:00"),
    ],
)
def test_each_cadence_has_windows_of_its_own(
    cadence: Cadence, start: str, end: str
) -> None:
    digest = replace(HANOI, cadence=cadence, weekday=2, monthday=20)
    found = window(digest, datetime(2026, 11, 22, 5, tzinfo=UTC))
    assert found == (datetime.fromisoformat(start), datetime.fromisoformat(end))


def test_fortnights_are_counted_from_the_first_monday_of_1970() -> None:
    digest = replace(HANOI, cadence=FORTNIGHTLY, timezone="UTC", hour=0)
    start, end = window_of(digest, datetime(1970, 1, 5, tzinfo=UTC))
    assert (start, end) == (
        datetime(1970, 1, 5, tzinfo=UTC),
        datetime(1970, 1, 19, tzinfo=UTC),
    )
    local = window(digest, datetime(2026, 11, 22, tzinfo=UTC))[1]
    assert (local - start) % (14 * DAY) == timedelta(0)


@pytest.mark.parametrize("cadence", [DAILY, MONTHLY])
def test_the_weekday_is_nothing_to_days_and_months(cadence: Cadence) -> None:
    as_of = datetime(2026, 11, 22, 5, tzinfo=UTC)
    given = {
        window(replace(HANOI, cadence=cadence, weekday=n), as_of) for n in range(7)
    }
    assert len(given) == 1


@given(digest=digests, moment=moments)
@settings(max_examples=400, deadline=None)
@example(
    digest=replace(HANOI, timezone="Pacific/Apia", cadence=DAILY),
    moment=datetime(2011, 12, 30, 15, 59, tzinfo=UTC),
)
@example(
    digest=replace(HANOI, timezone="America/Havana", cadence=DAILY, hour=0),
    moment=datetime(2026, 11, 1, 4, 30, tzinfo=UTC),
)
def test_every_moment_is_in_one_window_and_windows_follow_without_a_gap(
    digest: Digest, moment: datetime
) -> None:
    """In many zones and years, also where clocks change at the window's very end."""
    start, end = window_of(digest, moment)
    assert start <= moment < end
    assert window_of(digest, start) == (start, end)
    assert window_of(digest, end - timedelta(microseconds=1)) == (start, end)
    following = window_of(digest, end)
    assert following[0] == end < following[1]
    assert window(digest, end) == (start, end)
    assert window(digest, moment)[1] == start
    assert window(digest, following[1] - timedelta(microseconds=1)) == (start, end)


@given(digest=digests, moment=moments)
@settings(max_examples=300, deadline=None)
def test_a_window_is_one_cadence_long_by_the_clock_on_the_wall(
    digest: Digest, moment: datetime
) -> None:
    start, end = window_of(digest, moment)
    shortest, longest = LENGTHS[digest.cadence]
    # A change of the clocks, or a day left out, is all that may be between.
    assert shortest * DAY - 3 * HOUR <= end - start <= (longest + 1) * DAY + 3 * HOUR
    local = end.astimezone(ZoneInfo(digest.timezone))
    wall = local.replace(tzinfo=None)
    if (wall.hour, wall.minute) != (digest.hour, digest.minute):
        # The clock leapt over that time, or over that day.
        asked = wall.replace(hour=digest.hour, minute=digest.minute)
        there = asked.replace(tzinfo=local.tzinfo).astimezone(UTC)
        assert there.astimezone(local.tzinfo).replace(tzinfo=None) != asked


@pytest.mark.parametrize("cadence", Cadence)
@pytest.mark.parametrize("zone", ZONES)
def test_no_moment_is_in_two_windows_or_in_none(cadence: Cadence, zone: str) -> None:
    digest = replace(
        HANOI, cadence=cadence, timezone=zone, weekday=6, hour=2, minute=30
    )
    moment = datetime(2010, 6, 1, tzinfo=UTC)
    ends = [moment]
    windows = []
    while ends[-1] < datetime(2012, 6, 1, tzinfo=UTC):
        windows.append(window_of(digest, ends[-1]))
        ends.append(windows[-1][1])
    for (_start, end), (start, _end) in pairwise(windows):
        assert end == start
    assert len(windows) > 20


def test_a_week_in_which_the_clocks_change_keeps_its_wall_clock() -> None:
    berlin = replace(HANOI, timezone="Europe/Berlin")
    start, end = window(berlin, datetime(2026, 10, 26, 12, tzinfo=UTC))
    assert end - start == timedelta(hours=169)
    assert (start.hour, end.hour) == (4, 5)


def test_a_day_that_was_left_out_has_no_window() -> None:
    """Samoa went from 29 to 31 December 2011: two ends fell together."""
    apia = replace(HANOI, timezone="Pacific/Apia", cadence=DAILY)
    first = window_of(apia, datetime(2011, 12, 29, 17, tzinfo=UTC))
    second = window_of(apia, first[1])
    assert [end - start for start, end in (first, second)] == [DAY, DAY]


@pytest.mark.parametrize("year", [1, 1899, 9998])
def test_a_year_whose_clocks_nobody_knows_is_said_to_be_too_far(year: int) -> None:
    with pytest.raises(MailError, match="too far away"):
        window(HANOI, datetime(year, 12, 31, tzinfo=UTC))


# ── Editions ─────────────────────────────────────────────────────────────────


def test_a_digest_has_an_edition_for_each_other_cadence_that_it_offers() -> None:
    digest = replace(HANOI, offers=(DAILY, MONTHLY, WEEKLY, DAILY))
    own, daily, monthly = editions(digest)
    assert own is digest
    assert [one.key for one in (daily, monthly)] == ["tuan-daily", "tuan-monthly"]
    assert [one.cadence for one in (daily, monthly)] == [DAILY, MONTHLY]
    assert {one.series for one in (own, daily, monthly)} == {"tuan"}
    assert editions(daily) == (daily,)


def test_a_digest_that_offers_nothing_is_its_only_edition() -> None:
    assert editions(HANOI) == (HANOI,)
    assert keys(HANOI) == ("tuan",)


def test_an_edition_knows_the_keys_of_its_series() -> None:
    digest = replace(HANOI, offers=(DAILY,))
    assert keys(digest) == ("tuan", "tuan-daily")
    assert keys(editions(digest)[1])[:2] == ("tuan-daily", "tuan")
    assert set(keys(digest)) <= set(keys(editions(digest)[1]))
