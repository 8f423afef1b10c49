"""Moments as feeds write them, in whatever locale the process runs."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""When a feed that carries nothing last changed: fixed, so that its bytes are too,
and not 1970, which validators call implausible."""

_HALF_HOUR = 1800


def atom_date(moment: datetime) -> str:
    """Write ``moment`` as RFC 3339 in UTC with ``Z`` (elfeed ignores offsets).

    Microseconds are written only where there are any.
    """
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def rss_date(moment: datetime) -> str:
    """Write ``moment`` as RFC 822 with English names and its own offset, or GMT.

    Unlike strftime, ``email.utils`` knows the names whatever the locale says.
    """
    offset = moment.utcoffset()
    seconds = int(offset.total_seconds()) if offset is not None else 0
    if seconds == 0 or seconds % _HALF_HOUR:  # local mean time: no reader expects it
        return format_datetime(moment.astimezone(UTC), usegmt=True)
    return format_datetime(moment)
