"""When a source is quieter than its own rhythm (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from syndicate.model import Rhythm, Source, SourceState

QUIET_AFTER = timedelta(days=3)
"""A weekend and a day: nobody is quiet sooner."""
QUIET_MISSED = 7.0
"""Entries that a source would have had by its rhythm, and has not."""
RHYTHM_KNOWN = 5
"""Entries from which on a rhythm is known."""

_HOUR = timedelta(hours=1)
_WEEK = timedelta(days=7)


def missed(rhythm: Rhythm, since: datetime, until: datetime, zone: str) -> float:
    """How many entries a source would have had in that time by its rhythm.

    Hours and weekdays at which it never has any count for nothing, so that the night
    of a newspaper and the weekend of an office are no silence.
    """
    if until <= since or rhythm.gap <= 0:
        return 0.0
    span = until - since
    weeks, rest = divmod(span, _WEEK)
    a_week = _WEEK.total_seconds() / rhythm.gap
    begin = until - rest
    return weeks * a_week + a_week * _share_of_week(rhythm, begin, until, zone)


def last_news(state: SourceState) -> datetime | None:
    """When it last had news: gathered or, if that is later, published.

    A date ahead of the last answer is a slip, and must not make it loud for years.
    """
    memory, answered = state.memory, state.succeeded_at
    known = (memory.news_at, memory.rhythm.last)
    sound = (when for when in known if when and answered and when <= answered)
    return max(sound, default=None)


def is_quiet(source: Source, state: SourceState, now: datetime) -> bool:
    """It answers, and says nothing for far longer than its rhythm."""
    rhythm, last, answered = state.memory.rhythm, last_news(state), state.succeeded_at
    if rhythm.seen < RHYTHM_KNOWN or not last or not answered:
        return False
    until = min(answered, now)
    if until - last < QUIET_AFTER:
        return False
    return missed(rhythm, last, until, source.timezone) >= QUIET_MISSED


def _share_of_week(
    rhythm: Rhythm, since: datetime, until: datetime, zone: str
) -> float:
    """What part of a week's entries falls into less than a week."""
    hours = _shares(rhythm.hours, 24)
    weekdays = _shares(rhythm.weekdays, 7)
    local, end = since.astimezone(ZoneInfo(zone)), until
    share, at = 0.0, since
    while at < end:
        part = min(end - at, _HOUR) / _HOUR
        share += weekdays[local.weekday()] * hours[local.hour] * part
        at += _HOUR
        local = at.astimezone(local.tzinfo)
    return share


def _shares(weights: Sequence[float], count: int) -> list[float]:
    whole = sum(weights)
    if len(weights) != count or whole <= 0:
        return [1 / count] * count
    return [one / whole for one in weights]
