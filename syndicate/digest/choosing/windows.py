"""Which window an issue is of: local, half open, without a gap or an overlap (pure).

The ends of the windows are a row of days at the digest's time by the clock on the
wall. A week in which the clocks change has 167 or 169 hours. A time that the clock
leaps over is taken by the offset before the leap, one that it shows twice at its first
showing; and where a whole day is left out (Apia, 30 December 2011) two ends fall
together and are one. So the ends never go back, and windows of no length are no
windows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from syndicate.errors import MailError
from syndicate.model import Cadence, Digest

FIRST = date(1970, 1, 5)
"""The Monday that fortnights are counted from."""
YEARS = range(1900, 9000)
"""Of which we can say what the clocks on the wall show."""

_DAYS = {Cadence.DAILY: 1, Cadence.WEEKLY: 7, Cadence.FORTNIGHTLY: 14}


def editions(digest: Digest) -> tuple[Digest, ...]:
    """Return the digest, and it again in every other cadence that it offers.

    Each edition has issues of its own, under the key ``KEY-CADENCE``. An edition of
    another digest offers nothing itself.
    """
    others = dict.fromkeys(one for one in digest.offers if one is not digest.cadence)
    return (
        digest,
        *(
            replace(
                digest,
                key=f"{digest.key}-{cadence.value}",
                parent=digest.key,
                cadence=cadence,
                offers=(),
            )
            for cadence in others
        ),
    )


def keys(digest: Digest) -> tuple[str, ...]:
    """Return the keys of all editions that members may have had, its own first.

    One edition does not know what else its digest offers, so each cadence is named.
    """
    if digest.parent:
        others = (f"{digest.parent}-{cadence.value}" for cadence in Cadence)
        return tuple(dict.fromkeys((digest.key, digest.parent, *others)))
    return tuple(one.key for one in editions(digest))


def window(digest: Digest, as_of: datetime) -> tuple[datetime, datetime]:
    """Return the last window that is whole at ``as_of``, in UTC and half open.

    :raises MailError: ``as_of`` is of no year that we know the clocks of
    """
    last = _last(digest, as_of)
    end = _end(digest, last)
    return _before(digest, last, end), end


def window_of(digest: Digest, moment: datetime) -> tuple[datetime, datetime]:
    """Return the window that ``moment`` is in; it may not be over yet.

    :raises MailError: as :func:`window`
    """
    last = _last(digest, moment)
    start = _end(digest, last)
    later = (_end(digest, number) for number in count(last + 1))
    return start, next(end for end in later if end > start)


def _last(digest: Digest, moment: datetime) -> int:
    """Return the number of the last end at or before ``moment``."""
    local = moment.astimezone(UTC)
    if local.year not in YEARS:
        raise MailError(f"{moment:%Y-%m-%d} is too far away to have an issue")
    # One more than today's: before a clock was set back its day had begun already.
    number = _number(digest, local.astimezone(ZoneInfo(digest.timezone)).date()) + 1
    while _end(digest, number) > local:
        number -= 1
    return number


def _before(digest: Digest, number: int, end: datetime) -> datetime:
    """Return the last end of all that is before ``end``, which has this number."""
    earlier = (_end(digest, one) for one in count(number - 1, -1))
    return next(start for start in earlier if start < end)


def _end(digest: Digest, number: int) -> datetime:
    """Return the moment of the numbered end."""
    clock = time(digest.hour, digest.minute)
    zone = ZoneInfo(digest.timezone)
    return datetime.combine(_day(digest, number), clock, zone).astimezone(UTC)


def _number(digest: Digest, day: date) -> int:
    """Return the number of the last end whose day is not after ``day``."""
    if digest.cadence is Cadence.MONTHLY:
        return day.year * 12 + day.month - 1 - (day.day < digest.monthday)
    return (day - _origin(digest)).days // _DAYS[digest.cadence]


def _day(digest: Digest, number: int) -> date:
    if digest.cadence is Cadence.MONTHLY:
        year, month = divmod(number, 12)
        return date(year, month + 1, digest.monthday)
    return _origin(digest) + timedelta(days=number * _DAYS[digest.cadence])


def _origin(digest: Digest) -> date:
    """Return the day that ends are counted from; the weekday is nothing to days."""
    if digest.cadence is Cadence.DAILY:
        return FIRST
    return FIRST + timedelta(days=digest.weekday)
