"""When to ask a source again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.errors import BadAnswer, TooSlow
from syndicate.gather.cadence import next_visit
from syndicate.model import SourceState

HOUR = timedelta(hours=1)


def pause(source, now, *, failures=0, error=None, changed=False, jitter=0.0):
    state = SourceState(source="tin", failures=failures)
    due = next_visit(
        state, source, now=now, error=error, changed=changed, jitter=jitter
    )
    return due - now


def test_a_source_is_asked_every_so_often(source, now):
    assert pause(source(every=HOUR), now) == HOUR


def test_news_bring_us_back_a_little_sooner_and_silence_a_little_later(source, now):
    assert pause(source(), now, changed=True, jitter=1.0) == HOUR * 0.9
    assert pause(source(), now, changed=False, jitter=1.0) == HOUR * 1.1


def test_failures_double_the_pause_up_to_a_day_and_never_switch_off(source, now):
    error = TooSlow("http://x", "slow")
    pauses = [pause(source(), now, failures=n, error=error) for n in range(100)]
    assert pauses[:5] == [2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR]
    assert set(pauses[5:]) == {24 * HOUR}


def test_a_source_that_is_asked_weekly_is_not_asked_more_often_for_failing(source, now):
    week = timedelta(days=7)
    error = TooSlow("http://x", "slow")
    assert pause(source(every=week), now, error=error, failures=9) == week


@pytest.mark.parametrize(
    ("seconds", "expected"), [(60.0, 2 * HOUR), (36_000.0, 10 * HOUR), (1e9, 24 * HOUR)]
)
def test_retry_after_is_obeyed_up_to_a_day(source, now, seconds, expected):
    error = BadAnswer("http://x", 429, "busy", retry_after=seconds)
    assert pause(source(), now, error=error) == expected


def test_the_spread_follows_retry_after_too(source, now):
    error = BadAnswer("http://x", 503, "busy", retry_after=36_000.0)
    assert pause(source(), now, error=error, jitter=1.0) == 11 * HOUR


def test_what_is_gone_is_looked_for_once_a_day(source, now):
    error = BadAnswer("http://x", 410, "gone")
    assert pause(source(), now, error=error) == 24 * HOUR
