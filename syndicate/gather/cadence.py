"""When to ask a source again, and why then (pure).

A source is asked as often as news is likely: the rate of requests follows the square
root of the rate of news, which for a given number of requests keeps the mean delay
least. So a newspaper is asked often in the hours in which it publishes and hardly at
night, and a source that fell silent less and less. Nothing is ever given up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from syndicate.errors import (
    BadAnswer,
    Disallowed,
    FetchError,
    Offline,
    ParseError,
    SyndicateError,
)
from syndicate.gather.limits import Pace
from syndicate.gather.rhythm import Profile, fallen, learnt, profile
from syndicate.model import Reason, ReasonCode, Source, SourceState

__all__ = ["Seen", "asks_fully", "learnt", "plan"]

OUTAGE_PAUSE = timedelta(minutes=5)
"""While our own line is down nobody is bothered by trying again soon."""
NEVER = timedelta(days=36_525)
"""A century: when an archived source is due."""
_EAGERNESS = 1.2
"""Requests an hour where one moment of news an hour is expected, squared."""
_SILENT_FOR = 3.0
"""Expected moments that did not come before a source is called quiet."""
_SILENCE_SHARE = 0.1
"""Without a rhythm: a tenth of the silence so far (RFC 9111 §4.2.2)."""
_LEAST = timedelta(seconds=1)
_LONGEST = timedelta(days=366)
_HOUR = timedelta(hours=1)
_GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a visit came to, as far as the next one depends on it."""

    now: datetime
    error: SyndicateError | None = None
    news: int = 0
    """Entries that were new or changed."""
    dates: tuple[datetime, ...] = ()
    """When the new ones were published; when they were first seen if they do not
    say."""


def plan(
    source: Source,
    state: SourceState,
    seen: Seen,
    pace: Pace,
    *,
    pushed: bool = False,
    jitter: float,
) -> tuple[datetime, Reason]:
    """Say when ``source`` is due again, and why then.

    ``state`` is what was known *before* this visit, so ``state.failures`` does not
    count ``seen.error``; its memory may already hold what the visit taught. ``pushed``
    says that a live hub tells us of news. ``jitter`` is 0 to 1 and spreads visits by
    up to ``pace.jitter``.
    """
    if source.archived:
        reason = Reason(code=ReasonCode.FIXED, pause=NEVER, detail="archived")
        return seen.now + NEVER, reason
    reason = _usual(source, state, seen, pace, pushed=pushed)
    if seen.error is not None:
        reason = _after(seen.error, reason, state.failures + 1, source, pace)
    pause = _spread(reason, source, pace, jitter)
    if reason.code is ReasonCode.SKIPPED:
        # The pause ends where the skipped time does: earlier is in the midst of it.
        pause = max(pause, reason.pause)
    return seen.now + pause, reason


def asks_fully(state: SourceState, pace: Pace, now: datetime) -> bool:
    """Say whether to ask without validators: some servers' 304 is a lie."""
    full_at = state.memory.full_at
    if full_at is None or full_at > now:
        return True
    return now - full_at >= pace.full_every


# ── While all is well ──


def _usual(
    source: Source, state: SourceState, seen: Seen, pace: Pace, *, pushed: bool
) -> Reason:
    if source.every is not None:
        return Reason(code=ReasonCode.FIXED, pause=max(source.every, _LEAST))
    if pushed:
        return Reason(code=ReasonCode.PUSHED, pause=pace.ceiling)
    reason = _learnt_pause(source, state, seen, pace)
    bounded = min(max(reason.pause, pace.floor), pace.ceiling)
    reason = Reason(code=reason.code, pause=bounded, detail=reason.detail)
    return _skipped(state, seen.now, _hinted(state, reason, pace), pace)


def _learnt_pause(source: Source, state: SourceState, seen: Seen, pace: Pace) -> Reason:
    rhythm = learnt(state.memory.rhythm, _past(seen), source.timezone)
    known = profile(rhythm, source.timezone)
    if known is None or rhythm.last is None:
        return _starting(state, seen, rhythm.last, rhythm.seen, pace)
    missed = known.expected(rhythm.last, seen.now)
    pause = _until_likely(known, seen.now, fallen(missed), pace)
    silence = seen.now - rhythm.last
    if missed > _SILENT_FOR and silence > timedelta(days=1):
        return _quiet(pause, silence)
    a_day = f"{sum(known.rates) / 7:.1f}"
    return Reason(code=ReasonCode.RHYTHM, pause=pause, detail=a_day)


def _past(seen: Seen) -> tuple[datetime, ...]:
    """A date in the future is a mistake or a plan, and no news yet."""
    return tuple(date for date in seen.dates if date <= seen.now)


def _starting(
    state: SourceState, seen: Seen, last: datetime | None, known: int, pace: Pace
) -> Reason:
    """Ask at the starting pace; less and less if nothing comes."""
    since = last or state.memory.news_at
    if seen.news or since is None or since > seen.now:
        return Reason(
            code=ReasonCode.STARTING, pause=pace.start, detail=str(known or seen.news)
        )
    slower = (seen.now - since) * _SILENCE_SHARE
    if slower > pace.start:
        return _quiet(slower, seen.now - since)
    return Reason(code=ReasonCode.STARTING, pause=pace.start, detail=str(known))


def _quiet(pause: timedelta, silence: timedelta) -> Reason:
    return Reason(code=ReasonCode.QUIET, pause=pause, detail=str(silence.days))


def _until_likely(
    known: Profile, now: datetime, factor: float, pace: Pace
) -> timedelta:
    """Go forward through the week until one request's worth of news is likely."""
    left, moment, end = 1.0, now, now + pace.ceiling
    while moment < end:
        eagerness = math.sqrt(known.at(moment) * factor * _EAGERNESS)
        part = moment.astimezone(UTC)
        rest = _HOUR - timedelta(minutes=part.minute, seconds=part.second)
        gained = eagerness * (rest / _HOUR)
        if gained >= left:
            return moment - now + _HOUR * (left / eagerness)
        left, moment = left - gained, moment + rest
    return pace.ceiling


def _hinted(state: SourceState, reason: Reason, pace: Pace) -> Reason:
    """Believe a source that says how long its answer is good, up to the ceiling."""
    hint = state.memory.hint
    if hint is None or hint <= reason.pause:
        return reason
    longer = min(hint, pace.ceiling)
    if longer <= reason.pause:
        return reason
    return Reason(code=ReasonCode.HINT, pause=longer)


def _skipped(state: SourceState, now: datetime, reason: Reason, pace: Pace) -> Reason:
    """Move a visit out of the hours and days that the source says are idle (UTC)."""
    hours, days = set(state.memory.skip_hours), set(state.memory.skip_days)
    if not hours and not days:
        return reason
    due, last = (now + reason.pause).astimezone(UTC), now + pace.ceiling
    moved = due
    while (moved.hour in hours or moved.weekday() in days) and moved < last:
        moved = moved.replace(minute=0, second=0, microsecond=0) + _HOUR
    if moved == due:
        return reason
    return Reason(code=ReasonCode.SKIPPED, pause=min(moved, last) - now)


# ── After a failure ──


def _after(
    error: SyndicateError, usual: Reason, failures: int, source: Source, pace: Pace
) -> Reason:
    if isinstance(error, Offline):
        return Reason(code=ReasonCode.OUTAGE, pause=min(OUTAGE_PAUSE, usual.pause))
    if not isinstance(error, (FetchError, ParseError)):
        return usual  # our own fault: no reason to stay away
    ceiling = max(pace.ceiling, source.every or _LEAST)
    if isinstance(error, BadAnswer) and error.status == _GONE:
        return Reason(code=ReasonCode.PARKED, pause=ceiling, detail=str(_GONE))
    asked = _asked_to_wait(error)
    pause = _backed_off(error, usual, failures, ceiling)
    if asked > pause and isinstance(error, BadAnswer):
        detail = str(error.status)
        return Reason(code=ReasonCode.ASKED_TO_WAIT, pause=asked, detail=detail)
    return Reason(code=ReasonCode.BACK_OFF, pause=pause, detail=str(failures))


def _backed_off(
    error: SyndicateError, usual: Reason, failures: int, ceiling: timedelta
) -> timedelta:
    if isinstance(error, Disallowed):
        return ceiling  # robots.txt is good for a day
    # 2**20 of the shortest pause is beyond any ceiling.
    factor: int = 2 ** min(max(failures, 0), 20)
    return min(usual.pause * factor, ceiling)


def _asked_to_wait(error: SyndicateError) -> timedelta:
    """What Retry-After said; the client has capped it already."""
    said = error.retry_after if isinstance(error, BadAnswer) else None
    if said is None or not said > 0:
        return timedelta(0)
    return timedelta(seconds=min(said, _LONGEST.total_seconds()))


# ── Spreading ──


def _spread(reason: Reason, source: Source, pace: Pace, jitter: float) -> timedelta:
    """Lengthen a pause by a part of it, or shorten it where it is the longest.

    What we were asked to wait is only ever lengthened, or a burst of visits that was
    turned away would come back as one.
    """
    part = pace.jitter * (min(max(jitter, 0.0), 1.0))
    longer = reason.pause * (1 + part)
    ceiling = max(pace.ceiling, source.every or _LEAST)
    if reason.code is ReasonCode.ASKED_TO_WAIT or longer <= ceiling:
        return longer
    return min(reason.pause, ceiling) * (1 - part)
