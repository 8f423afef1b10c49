"""When a member's copy is due: the weekday and hour that they chose, where they live.

Only the moment of the copy moves; the window of the issue stays what it is.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from syndicate.model import Cadence, Digest

_DAYS = 7


def due_moment(
    digest: Digest,
    now: datetime,
    *,
    weekday: int | None = None,
    hour: int | None = None,
    timezone: str = "",
) -> datetime:
    """Return the next local moment, from ``now`` on, that a member wants.

    Who wants Monday at six is served at once on a Monday between six and seven. A
    weekday means nothing where an issue comes each day. An hour that a clock skips
    comes when the clock has been set on; of one that comes twice the first counts.
    """
    if digest.cadence is Cadence.DAILY:
        weekday = None
    if weekday is None and hour is None:
        return now
    zone = _zone(timezone, digest)
    here = now.astimezone(zone)
    if weekday in (None, here.weekday()) and hour in (None, here.hour):
        return now
    wanted = here.replace(
        hour=digest.hour if hour is None else hour, minute=0, second=0, microsecond=0
    )
    if hour is None:
        wanted = wanted.replace(minute=digest.minute)
    days = 0 if weekday is None else (weekday - here.weekday()) % _DAYS
    if not days and hour is not None and hour <= here.hour:
        days = 1 if weekday is None else _DAYS
    # by the calendar, not by seconds: a day may have 23 or 25 hours
    then = wanted.replace(fold=0) + timedelta(days=days)
    return max(then.astimezone(UTC), now)


def _zone(name: str, digest: Digest) -> ZoneInfo:
    """A zone that the member's row names; the digest's, if nobody knows that one."""
    try:
        return ZoneInfo(name or digest.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(digest.timezone)
