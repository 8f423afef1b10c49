"""When a source has news: learnt from its dates, told as an expected rate (pure).

What is counted are *moments*: a portal that sends out twenty entries within minutes
had one moment worth asking at. Each moment counts by its local hour and its weekday,
and counts fade by half in :data:`HALF_LIFE`, so a source that changes its habits is
known anew within weeks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from syndicate.model import Rhythm

HALF_LIFE = timedelta(days=14)
BURST = timedelta(minutes=2)
"""Entries that follow each other sooner are one moment."""
ENOUGH = 5
"""Moments after which a rhythm is trusted."""
_MEMORY = 20
"""The mean gap follows about the last so many."""
_PRIOR_HOURS = 0.25
"""What every hour is credited with: a source may publish at any."""
_PRIOR_DAYS = 0.25
_PATIENCE = 3.0
"""Moments that may fail to come before a rate is taken to have fallen by half."""
_HOUR = timedelta(hours=1)
_WEEK = 168
_KERNEL = ((-1, 0.2), (0, 0.6), (1, 0.2))


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """Return the time zone of that name; UTC if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def learnt(rhythm: Rhythm, dates: Sequence[datetime], zone: str) -> Rhythm:
    """Give what is known of a rhythm after entries of these ``dates``.

    Dates that are no newer than the newest so far teach nothing, so the same entries
    may be told twice. Midnight sharp stands for "that day, hour unknown".
    """
    clock = zone_of(zone)
    for date in sorted(dates):
        rhythm = _with(rhythm, date, clock)
    return rhythm


def _with(rhythm: Rhythm, date: datetime, clock: tzinfo) -> Rhythm:
    if rhythm.last is not None and date <= rhythm.last:
        return rhythm
    since = date - rhythm.last if rhythm.last is not None else None
    if since is not None and since < BURST:
        # The moment keeps its beginning, or entries without a pause would be one.
        return rhythm
    fading = 0.5 ** (since / HALF_LIFE) if since is not None else 0.0
    hours = [each * fading for each in rhythm.hours] or [0.0] * 24
    days = [each * fading for each in rhythm.weekdays] or [0.0] * 7
    local = date.astimezone(clock)
    if local.time() != time.min:
        hours[local.hour] += 1.0
    days[local.weekday()] += 1.0
    return Rhythm(
        hours=tuple(round(each, 4) for each in hours),
        weekdays=tuple(round(each, 4) for each in days),
        gap=_mean_gap(rhythm, since, sum(days)),
        seen=rhythm.seen + 1,
        last=date,
    )


def _mean_gap(rhythm: Rhythm, since: timedelta | None, known: float) -> float:
    if since is None:
        return 0.0
    seconds = since.total_seconds()
    if not rhythm.gap:
        return seconds
    part = max(1.0 / max(known - 1.0, 1.0), 1.0 / _MEMORY)
    return round(rhythm.gap + part * (seconds - rhythm.gap), 1)


@dataclass(frozen=True, slots=True)
class Profile:
    """How many moments an hour are expected, for each hour of a local week."""

    rates: tuple[float, ...]
    """168 of them, Monday 0:00 first."""
    clock: tzinfo

    def at(self, moment: datetime) -> float:
        """Return the rate an hour at ``moment``."""
        local = moment.astimezone(self.clock)
        return self.rates[local.weekday() * 24 + local.hour]

    def expected(self, start: datetime, end: datetime) -> float:
        """Return how many moments would have come between two times by now."""
        hours = max((end - start) / _HOUR, 0.0)
        weeks, rest = divmod(hours, _WEEK)
        total = weeks * sum(self.rates)
        local = start.astimezone(self.clock)
        slot, part = local.weekday() * 24 + local.hour, local.minute / 60
        while rest > 0:
            step = min(1.0 - part, rest)
            total += self.rates[slot % _WEEK] * step
            slot, part, rest = slot + 1, 0.0, rest - step
        return total


def profile(rhythm: Rhythm, zone: str) -> Profile | None:
    """Return what a rhythm lets us expect; None if too little is known."""
    if sum(rhythm.weekdays) < 1 or rhythm.seen < ENOUGH or rhythm.gap <= 0:
        return None
    hours, days = _hour_parts(rhythm), _day_parts(rhythm)
    rate = 3600.0 / rhythm.gap
    return Profile(
        rates=tuple(rate * day * hour for day in days for hour in hours),
        clock=zone_of(zone),
    )


def fallen(expected: float) -> float:
    """Say by what factor a rate has fallen, ``expected`` moments having not come.

    The mean of a Gamma-Poisson rate that was known from about three moments.
    """
    return _PATIENCE / (_PATIENCE + expected)


def _hour_parts(rhythm: Rhythm) -> list[float]:
    """24 factors with a mean of 1; neighbours share, for nobody is that punctual."""
    smooth = [
        sum(share * rhythm.hours[(hour + shift) % 24] for shift, share in _KERNEL)
        for hour in range(24)
    ]
    total = sum(smooth) + 24 * _PRIOR_HOURS
    return [24 * (each + _PRIOR_HOURS) / total for each in smooth]


def _day_parts(rhythm: Rhythm) -> list[float]:
    total = sum(rhythm.weekdays) + 7 * _PRIOR_DAYS
    return [7 * (each + _PRIOR_DAYS) / total for each in rhythm.weekdays]
