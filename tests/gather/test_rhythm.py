"""Learnt rhythms against publishers that we made up: sooner, for fewer requests."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from syndicate.gather.cadence import Seen, learnt, plan
from syndicate.gather.limits import Pace
from syndicate.model import Rhythm, Source, SourceKind, SourceState

ZONE = "Asia/Ho_Chi_Minh"
BEGIN = datetime(2026, 1, 5, tzinfo=ZoneInfo(ZONE))
HOUR = timedelta(hours=1)
DAYS, LEARNING = 45, 14


def newspaper(at: datetime) -> float:
    """Entries an hour: mostly in office hours, a few in the evening."""
    busy = at.hour in (7, 8, 9, 10, 11, 14, 15, 16, 17)
    return 3.0 if busy else 1.0 if 6 <= at.hour < 22 else 0.05


def office(at: datetime) -> float:
    return 0.12 if at.weekday() < 5 and 8 <= at.hour < 17 else 0.0001


def bursts(at: datetime) -> float:
    return 0.5 if at.hour in (9, 16) else 1e-6


def dead(at: datetime) -> float:
    return 1.0 if at < BEGIN + timedelta(days=7) else 1e-9


def published(rate: Callable[[datetime], float]) -> list[datetime]:
    dice = random.Random(1)  # noqa: S311 -- a made-up publisher
    most = max(rate(BEGIN + n * HOUR) for n in range(168))
    at, dates = BEGIN, []
    while (at := at + HOUR * dice.expovariate(most)) < BEGIN + timedelta(days=DAYS):
        if dice.random() < rate(at) / most:
            dates.append(at)
    return dates


@dataclass(frozen=True)
class Asked:
    """What it came to once the rhythm was learnt."""

    a_day: float
    delay: float
    """Median minutes until news is seen."""


def asked(dates: list[datetime], every: timedelta | None = None) -> Asked:
    source = Source(
        key="s", title="S", kind=SourceKind.FEED, url="http://tin.example/", every=every
    )
    dice = random.Random(2)  # noqa: S311 -- spreads visits
    state, now, seen = SourceState(source="s"), BEGIN, 0
    requests, delays = 0, [0.0]
    while now < BEGIN + timedelta(days=DAYS):
        fresh = tuple(date for date in dates[seen:] if date <= now)
        seen += len(fresh)
        if now >= BEGIN + timedelta(days=LEARNING):
            requests += 1
            delays += [(now - date) / timedelta(minutes=1) for date in fresh]
        due, _ = plan(
            source,
            state,
            Seen(now=now, news=len(fresh), dates=fresh),
            Pace(),
            jitter=dice.random(),
        )
        rhythm = learnt(state.memory.rhythm, fresh, ZONE)
        news_at = now if fresh else state.memory.news_at
        memory = replace(state.memory, rhythm=rhythm, news_at=news_at)
        state, now = replace(state, memory=memory), due
    return Asked(requests / (DAYS - LEARNING), statistics.median(delays))


def test_a_newspaper_is_seen_sooner_and_for_fewer_requests_than_hourly():
    dates = published(newspaper)
    ours, hourly = asked(dates), asked(dates, every=HOUR)
    assert ours.a_day < hourly.a_day
    assert ours.delay < 0.85 * hourly.delay


@pytest.mark.parametrize(("rate", "most"), [(office, 6), (bursts, 6), (dead, 3)])
def test_who_publishes_seldom_is_asked_a_few_times_a_day(rate, most):
    assert asked(published(rate)).a_day < most


def test_an_office_is_seen_within_half_a_working_day():
    assert asked(published(office)).delay < 240


def test_a_portal_that_sends_in_bursts_is_seen_within_two_hours():
    assert asked(published(bursts)).delay < 120


def test_a_memory_of_ten_years_stays_small():
    dates = [BEGIN + n * 6 * HOUR for n in range(4 * 3_650)]
    rhythm = learnt(Rhythm(), dates, ZONE)
    assert max(rhythm.hours) < 100
    assert len(repr(rhythm)) < 1_000
