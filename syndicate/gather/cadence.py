"""When to ask a source again (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta

from syndicate.errors import BadAnswer, FetchError
from syndicate.model import Source, SourceState

CEILING = timedelta(hours=24)
"""No source is left alone for longer, unless it asks for less itself."""
FLOOR = timedelta(seconds=1)
START = timedelta(hours=1)
_SPREAD = 0.1
_GONE = 410


def next_visit(
    state: SourceState,
    source: Source,
    *,
    now: datetime,
    error: FetchError | None,
    changed: bool,
    jitter: float,
) -> datetime:
    """Say when ``source`` is due again.

    ``state`` is what was remembered *before* this visit, so ``state.failures`` does
    not count ``error``. ``jitter`` is 0 to 1 and spreads visits by up to a tenth: a
    source that had news is asked a little sooner, one that had none a little later.
    A source is never given up: failures double the pause up to :data:`CEILING`.
    """
    if error is None:
        pause = max(source.every or START, FLOOR)
        sign = -1 if changed else 1
        return now + pause * (1 + sign * _SPREAD * _fraction(jitter))
    pause = _back_off(source.every or START, state.failures + 1, error)
    # Spread after the cap of Retry-After, or everybody comes back at once.
    return now + pause * (1 + _SPREAD * _fraction(jitter))


def _back_off(every: timedelta, failures: int, error: FetchError) -> timedelta:
    ceiling = max(CEILING, every)
    if isinstance(error, BadAnswer) and error.status == _GONE:
        return ceiling
    # 2**20 of the smallest pause is beyond any ceiling.
    factor: int = 2 ** min(max(failures, 0), 20)
    doubled = max(every, FLOOR) * factor
    asked = timedelta(seconds=_retry_after(error))
    return max(min(doubled, ceiling), asked)


def _retry_after(error: FetchError) -> float:
    if not isinstance(error, BadAnswer) or error.retry_after is None:
        return 0.0
    return min(max(error.retry_after, 0.0), CEILING.total_seconds())


def _fraction(jitter: float) -> float:
    return min(max(jitter, 0.0), 1.0)
