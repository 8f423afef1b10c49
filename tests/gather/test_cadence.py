"""When to ask a source again, and why then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import (
    BadAnswer,
    Disallowed,
    Offline,
    ParseError,
    StoreError,
    TooSlow,
)
from syndicate.gather.cadence import NEVER, Seen, asks_fully, learnt, plan
from syndicate.gather.limits import Limits, Pace
from syndicate.model import ReasonCode, Rhythm, SourceMemory, SourceState

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
SLOW = TooSlow("http://x", "slow")
ZONE = "Asia/Ho_Chi_Minh"
PACE = Pace()


def planned(source, now, *, error=None, news=0, failures=0, **more):
    jitter, pushed = more.pop("jitter", 0.0), more.pop("pushed", False)
    dates, pace = more.pop("dates", ()), more.pop("pace", PACE)
    state = SourceState(source="tin", failures=failures, memory=SourceMemory(**more))
    seen = Seen(now=now, error=error, news=news, dates=dates)
    due, reason = plan(source, state, seen, pace, pushed=pushed, jitter=jitter)
    return due - now, reason


def hourly(now, days=14, first=7, last=20):
    """What an hourly newspaper teaches: news at 20 minutes past, by day."""
    begin = now - timedelta(days=days)
    hours = (begin.replace(minute=20) + n * HOUR for n in range(days * 24))
    dates = [each for each in hours if first <= each.hour <= last and each < now]
    return learnt(Rhythm(), dates, ZONE)


# ── Starting values ──


def test_the_starting_values_are_those_that_are_written_down():
    """connect 5 s, read 20 s, total 60 s; 10 MB, 20 MB; 15 min, 60 min, 24 h; …"""
    limits = Limits()
    assert (limits.connect, limits.read, limits.total) == (5.0, 20.0, 60.0)
    assert (limits.wire, limits.unpacked) == (10_000_000, 20_000_000)
    assert (limits.gap, limits.parallel, limits.max_wait) == (2.0, 20, 86_400.0)
    minute = timedelta(minutes=1)
    assert (PACE.floor, PACE.start, PACE.ceiling) == (15 * minute, HOUR, DAY)
    assert (PACE.full_every, PACE.adopt_after) == (DAY, timedelta(days=7))
    assert PACE.jitter == 0.1


# ── While all is well ──


def test_a_source_with_every_is_asked_every_so_often_whatever_it_says(source, now):
    pause, reason = planned(source(every=2 * HOUR), now, hint=DAY, skip_hours=(1,))
    assert (pause, reason.code) == (2 * HOUR, ReasonCode.FIXED)
    assert planned(source(every=2 * HOUR), now, pushed=True)[0] == 2 * HOUR


def test_a_source_of_which_little_is_known_is_asked_once_an_hour(source, now):
    pause, reason = planned(source(), now, news=3)
    assert (pause, reason.code) == (HOUR, ReasonCode.STARTING)


def test_a_source_is_asked_often_just_when_it_usually_publishes(source, now):
    noon, night = (now.replace(hour=hour, minute=30) for hour in (10, 21))
    by_day, reason = planned(source(), noon, rhythm=hourly(noon))
    by_night, _ = planned(source(), night, rhythm=hourly(night))
    assert reason.code is ReasonCode.RHYTHM
    assert by_day < 1.25 * HOUR < 3 * HOUR < by_night
    assert (night + by_night).hour in range(1, 9), "once before the day begins"


def test_the_reason_of_a_rhythm_says_how_many_moments_of_news_a_day_it_has(source, now):
    _, reason = planned(source(), now, rhythm=hourly(now))
    assert 10 < float(reason.detail) < 20


def test_the_weekday_is_learnt_too(source, now):
    weeks = [now - timedelta(days=7 * n) for n in range(12)]  # Mondays at six
    weekly = learnt(Rhythm(), weeks, ZONE)
    assert weekly.weekdays.index(max(weekly.weekdays)) == now.weekday()
    assert weekly.hours.index(max(weekly.hours)) == now.hour
    pause, _ = planned(source(), now + timedelta(days=2), rhythm=weekly)
    assert pause > 12 * HOUR


def test_a_busy_source_is_asked_no_more_often_than_the_floor(source, now):
    dates = [now - timedelta(minutes=2 * n) for n in range(9_000)]
    busy = learnt(Rhythm(), dates, ZONE)
    pause, reason = planned(source(), now, rhythm=busy)
    assert (pause, reason.code) == (PACE.floor, ReasonCode.RHYTHM)


def test_a_source_that_falls_silent_is_asked_less_and_less_and_never_given_up(
    source, now
):
    rhythm = hourly(now)
    later = [now + timedelta(days=days) for days in (2, 7, 30, 400, 4_000)]
    plans = [planned(source(), each, rhythm=rhythm) for each in later]
    pauses = [pause for pause, _ in plans]
    assert pauses == sorted(pauses)
    assert pauses[-1] == DAY
    assert {reason.code for _, reason in plans} == {ReasonCode.QUIET}
    assert plans[1][1].detail == "7"


def test_a_night_is_no_silence(source, now):
    morning = now.replace(hour=6, minute=0)
    _, reason = planned(source(), morning, rhythm=hourly(morning))
    assert reason.code is ReasonCode.RHYTHM


def test_a_source_without_dates_slows_down_with_its_silence(source, now):
    ago = now - timedelta(days=5)
    pause, reason = planned(source(), now, news_at=ago)
    assert (pause, reason.code) == (12 * HOUR, ReasonCode.QUIET)
    assert planned(source(), now, news_at=now - 2 * HOUR)[0] == HOUR


def test_dates_in_the_future_teach_nothing_yet(source, now):
    ahead = tuple(now + n * DAY for n in range(1, 30))
    pause, reason = planned(source(), now, dates=ahead, news=29)
    assert (pause, reason.code) == (HOUR, ReasonCode.STARTING)


def test_the_same_entries_told_twice_teach_nothing_new(now):
    dates = [now - n * HOUR for n in range(20)]
    once = learnt(Rhythm(), dates, ZONE)
    assert learnt(once, dates, ZONE) == once
    assert once.seen == 20


def test_a_burst_of_entries_is_one_moment(now):
    burst = [now - n * DAY + timedelta(seconds=s) for n in range(9) for s in range(30)]
    rhythm = learnt(Rhythm(), burst, ZONE)
    assert 23.9 * 3_600 < rhythm.gap < 24.1 * 3_600


def test_midnight_sharp_says_nothing_of_the_hour(now):
    midnights = [now.replace(hour=0) - n * DAY for n in range(9)]
    rhythm = learnt(Rhythm(), midnights, ZONE)
    assert set(rhythm.hours) == {0.0}
    assert sum(rhythm.weekdays) > 5


def test_old_habits_fade(now):
    then = [now - timedelta(days=200 - n) for n in range(60)]
    lately = [now.replace(hour=15) - timedelta(days=n) for n in range(1, 30)]
    rhythm = learnt(Rhythm(), then + lately, ZONE)
    assert rhythm.hours[15] > 10 * rhythm.hours[6]


def test_an_unknown_time_zone_is_taken_for_utc(now):
    assert learnt(Rhythm(), [now], "Mars/Olympus").hours[now.astimezone(UTC).hour] == 1


# ── Hints ──


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (timedelta(minutes=1), HOUR),
        (6 * HOUR, 6 * HOUR),
        (timedelta(days=300), DAY),
    ],
)
def test_what_an_answer_says_of_its_freshness_is_honoured_within_bounds(
    source, now, hint, expected
):
    pause, reason = planned(source(), now, hint=hint, news=1)
    assert pause == expected
    assert (reason.code is ReasonCode.HINT) is (expected > HOUR)


def test_skipped_hours_and_days_move_a_visit_behind_them(source, now):
    at = datetime(2026, 10, 23, 21, 30, tzinfo=UTC)  # a Friday
    pause, reason = planned(source(), at, skip_hours=(22, 23), news=1)
    assert (at + pause).hour == 0
    assert reason.code is ReasonCode.SKIPPED
    pause, _ = planned(source(), at, skip_hours=(22, 23), skip_days=(5,), news=1)
    assert pause == DAY, "but never beyond the ceiling"


def test_a_source_that_skips_every_hour_and_day_is_asked_all_the_same(source, now):
    pause, _ = planned(
        source(), now, skip_hours=tuple(range(24)), skip_days=tuple(range(7)), news=1
    )
    assert pause == DAY


def test_a_source_whose_hub_tells_us_is_asked_once_a_day(source, now):
    pause, reason = planned(source(), now, pushed=True, rhythm=hourly(now))
    assert (pause, reason.code) == (DAY, ReasonCode.PUSHED)


def test_an_archived_source_is_never_due(source, now):
    assert planned(source(archived=True), now)[0] == NEVER
    assert planned(source(archived=True), now, error=SLOW)[0] == NEVER


# ── Failures ──


def test_failures_double_the_pause_up_to_a_day_and_never_switch_off(source, now):
    plans = [planned(source(), now, failures=n, error=SLOW) for n in range(100)]
    hours = [pause / HOUR for pause, _ in plans]
    assert hours[:5] == [2, 4, 8, 16, 24]
    assert set(hours[5:]) == {24}
    assert {reason.code for _, reason in plans} == {ReasonCode.BACK_OFF}
    assert plans[2][1].detail == "3"


def test_one_success_clears_the_back_off(source, now):
    assert planned(source(), now, failures=50, news=1)[0] == HOUR


def test_what_cannot_be_read_backs_off_too_and_our_own_faults_do_not(source, now):
    unread = ParseError("http://x", "no feed")
    assert planned(source(), now, failures=3, error=unread, news=1)[0] == 16 * HOUR
    ours = StoreError("disk full")
    assert planned(source(), now, failures=3, error=ours, news=1)[0] == HOUR


def test_a_source_that_is_asked_weekly_is_not_asked_more_often_for_failing(source, now):
    week = timedelta(days=7)
    assert planned(source(every=week), now, error=SLOW, failures=9)[0] == week


@pytest.mark.parametrize(
    ("seconds", "expected"), [(60.0, 2 * HOUR), (36_000.0, 10 * HOUR)]
)
def test_retry_after_is_obeyed(source, now, seconds, expected):
    error = BadAnswer("http://x", 429, "busy", retry_after=seconds)
    pause, reason = planned(source(), now, error=error)
    assert pause == expected
    assert (reason.code is ReasonCode.ASKED_TO_WAIT) is (seconds > 7_200)


def test_retry_after_is_spread_and_never_shortened_or_the_burst_comes_back(source, now):
    error = BadAnswer("http://x", 503, "busy", retry_after=86_400.0)
    pauses = {planned(source(), now, error=error, jitter=j / 10)[0] for j in range(11)}
    assert len(pauses) == 11
    assert min(pauses) == DAY
    assert max(pauses) == 1.1 * DAY


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -5.0])
def test_a_retry_after_that_is_no_time_harms_nobody(source, now, seconds):
    error = BadAnswer("http://x", 503, "busy", retry_after=seconds)
    pause, _ = planned(source(), now, error=error)
    assert 2 * HOUR <= pause <= timedelta(days=366)


def test_what_is_gone_is_parked_and_looked_for_once_a_day(source, now):
    error = BadAnswer("http://x", 410, "gone")
    pause, reason = planned(source(), now, error=error)
    assert (pause, reason.code) == (DAY, ReasonCode.PARKED)


def test_our_own_outage_is_tried_again_soon_however_often_it_failed(source, now):
    error = Offline("http://x", "no route")
    pause, reason = planned(source(), now, error=error, failures=99)
    assert (pause, reason.code) == (timedelta(minutes=5), ReasonCode.OUTAGE)


def test_what_robots_forbid_is_asked_again_when_the_rules_are_read_anew(source, now):
    assert planned(source(), now, error=Disallowed("http://x", "no"))[0] == DAY


# ── Spreading ──


def test_visits_are_spread_and_never_beyond_floor_and_ceiling(source, now):
    for hint in (None, DAY):
        for jitter in (-1.0, 0.0, 0.3, 1.0, 9.0):
            pause, _ = planned(source(), now, hint=hint, jitter=jitter, news=1)
            assert PACE.floor <= pause <= DAY
    spread = {planned(source(), now, jitter=j / 10, news=1)[0] for j in range(11)}
    assert len(spread) == 11
    assert max(spread) == 1.1 * HOUR


def test_every_bound_is_a_setting(source, now):
    pace = replace(PACE, start=2 * HOUR, ceiling=5 * HOUR, jitter=0.0)
    assert planned(source(), now, news=1, pace=pace, jitter=1.0)[0] == 2 * HOUR
    assert planned(source(), now, error=SLOW, failures=9, pace=pace)[0] == 5 * HOUR


# ── Full fetches ──


def test_a_source_is_asked_without_validators_once_a_day(now):
    def fully(full_at):
        memory = SourceMemory(full_at=full_at)
        return asks_fully(SourceState(source="tin", memory=memory), PACE, now)

    assert fully(None)
    assert fully(now - DAY)
    assert not fully(now - DAY + timedelta(seconds=1))
    assert fully(now + HOUR), "a clock was wrong"
