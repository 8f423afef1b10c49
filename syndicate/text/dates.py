"""Dates as portals write them → aware datetimes, with precision and origin.

Two halves: reading one string (``read``, ``read_all``, ``from_url``), and deciding
which of several claims to believe (``choose``). "None" is a legal answer to both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from syndicate.errors import SyndicateError
from syndicate.model import DateClaim, Dated, DateOrigin, Precision
from syndicate.text.clean import key_text
from syndicate.text.dateforms import (
    YEARS,
    Calendar,
    Clock,
    find_calendar,
    find_clock,
)

_LONGEST = 400
# Ten digits, or thirteen with milliseconds: how machines write a moment.
_SECONDS = re.compile(r"\s*(\d{10})(?:\d{3})?(?:\.\d+)?\s*")
_MACHINES = frozenset({DateOrigin.META, DateOrigin.FEED})


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    """The time zone of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SyndicateError(f"there is no time zone called {name!r}") from error


def _moment(day: Calendar, clock: Clock | None, zone: tzinfo) -> datetime | None:
    """The aware local time, or None if there is no such moment."""
    clock = clock or Clock()
    try:
        start = datetime(day.year, day.month, day.day, tzinfo=zone)
        extra = timedelta(days=1) if clock.hour == 24 else timedelta(0)
        local = start.replace(
            hour=clock.hour % 24, minute=clock.minute, second=min(clock.second, 59)
        )
        if clock.offset is None:
            return local + extra
        exact = local.replace(tzinfo=UTC) - clock.offset + extra
        return exact.astimezone(zone)
    except (ValueError, OverflowError):
        return None


def read(
    raw: str, *, origin: DateOrigin, zone: str, order: str = "dmy"
) -> Dated | None:
    """The date written in ``raw``, in whatever words stand around it.

    ``zone`` (an IANA name) is for dates that name none; values are given in it.
    ``order`` (``dmy`` or ``mdy``) is for dates in figures, unless the weekday beside
    them fits the other order only. ISO 8601, RFC 3339, RFC 5322 and HTTP dates are
    read as such; so are seconds since 1970 where machines write. None: no day, no
    such day, a range, a relative date, a two-digit year, a year outside 1990–2100.

    Raises SyndicateError if there is no time zone of that name.
    """
    # A feed's date is asked for several times on its way.
    known = _read_again if len(raw) <= _LONGEST else _read
    return known(raw, origin, zone, order)


def _read(raw: str, origin: DateOrigin, zone: str, order: str) -> Dated | None:
    """What :func:`read` says."""
    local = _zone(zone)
    counted = _SECONDS.fullmatch(raw) if origin in _MACHINES else None
    if counted:
        exact = datetime.fromtimestamp(int(counted[1]), tz=local)
        sound = exact.year in YEARS
        return _dated(exact, Precision.SECOND, origin, raw) if sound else None
    written = _machine_moment(raw, local)
    if written:
        return _dated(written, Precision.SECOND, origin, raw)
    return _in_words(raw, origin, local, order)


def _in_words(raw: str, origin: DateOrigin, local: tzinfo, order: str) -> Dated | None:
    """The date in ``raw``, wherever it stands there."""
    text = key_text(raw[: 4 * _LONGEST])[:_LONGEST]
    day = find_calendar(text, order)
    if day is None:
        return None
    clock = find_clock(text, day)
    if clock is not None and not clock.possible:
        return None
    value = _moment(day, clock, local)
    if value is None:
        return None
    precision = clock.precision if clock else Precision.DAY
    return _dated(value, precision, origin, raw)


_read_again = lru_cache(maxsize=2_048)(_read)


# The two forms that nearly all feeds write, to the second and with their zone.
_RFC_822 = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(?P<d>[0-9]{1,2}) "
    r"(?P<m>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?P<y>[0-9]{4}) "
    r"(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2}) (?:GMT|(?P<zone>[+-][0-9]{4}))"
)
_RFC_3339 = re.compile(
    r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})T(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:\.[0-9]+)?(?:Z|(?P<zone>[+-][0-9]{2}:[0-9]{2}))"
)
_MONTHS = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6, "Jul": 7, "Aug": 8,
    "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip


def _machine_moment(raw: str, zone: tzinfo) -> datetime | None:
    """The moment that a machine wrote in one of two forms; None: read it as words."""
    found = _RFC_3339.fullmatch(raw) or _RFC_822.fullmatch(raw)
    if found is None or int(found["y"]) not in YEARS:
        return None
    month = _MONTHS.get(found["m"]) or int(found["m"])
    hour, minute, second = map(int, found["time"].split(":"))
    offset = (found["zone"] or "+0000").replace(":", "")
    ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:]))
    if int(offset[1:3]) > 14 or int(offset[3:]) > 59:
        return None
    try:
        moment = datetime(
            int(found["y"]), month, int(found["d"]), hour, minute, second, tzinfo=UTC
        )
        local = moment + ahead if offset[0] == "-" else moment - ahead
        return local.astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _dated(
    value: datetime, precision: Precision, origin: DateOrigin, raw: str
) -> Dated:
    return Dated(value=value, precision=precision, origin=origin, raw=raw)


def read_all(
    claims: Iterable[DateClaim], *, zone: str, order: str = "dmy"
) -> tuple[Dated, ...]:
    """Those of ``claims`` that can be read, in their order."""
    found = (
        read(claim.raw, origin=claim.origin, zone=zone, order=order) for claim in claims
    )
    return tuple(dated for dated in found if dated)


# ── Addresses ────────────────────────────────────────────────────────────────

_IN_URL = (
    re.compile(r"/(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})(?=[/-]|$)"),
    re.compile(r"[/_-](?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?=[/._-]|$)"),
    re.compile(
        r"[/_-](?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:\d{6}|\d{9})?(?=[/._-]|$)"
    ),
    re.compile(r"[/_-](?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})(?=-a\d+|/)"),
)


def from_url(url: str, *, zone: str) -> Dated | None:
    """The day that stands in an address's path, if one does.

    Known: ``/2026/10/05/``, ``/20240704/``, ``-2026-10-05``, ``-07092022-a105006``,
    ``-20231014153012345.htm``. A year and a month alone are no day.
    """
    path = re.sub(r"^[^/]*//[^/]*|[?#].*$", "", url, flags=re.DOTALL)
    for form in _IN_URL:
        for found in form.finditer(path):
            day = Calendar(int(found["y"]), int(found["m"]), int(found["d"]))
            value = _moment(day, None, _zone(zone)) if day.plausible else None
            if value:
                return Dated(
                    value=value,
                    precision=Precision.DAY,
                    origin=DateOrigin.URL,
                    raw=found.group().strip("/_-"),
                )
    return None


# ── Believing ────────────────────────────────────────────────────────────────

_TRUST = {origin: rank for rank, origin in enumerate(DateOrigin)}
_FINENESS = {
    Precision.DAY: 0,
    Precision.HOUR: 1,
    Precision.MINUTE: 2,
    Precision.SECOND: 2,
}
_CLOCK_WINDOW = timedelta(hours=48)
_AHEAD = timedelta(hours=24)
_JUST_NOW = timedelta(minutes=15)
_LONG_BEFORE = timedelta(days=2)

_LABEL = re.compile(r"đăng|cập nhật|gửi|xuất bản|publi|posted|updated|đưa tin|ngày tạo")
_WEEKDAY = re.compile(
    r"\bthứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])\b|\bch[ủú]a? nhật|\bcn\b|\bt[2-7]\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
)


def _looks_like_a_clock(dated: Dated, fetched_at: datetime) -> bool:
    """Whether a date found loose on a page may be the time of somebody's visit.

    Recent ones may always be. Saved copies of pages carry old ones too, and those
    have the dress of a page header: a weekday, and no word like "Cập nhật".
    """
    text = key_text(dated.raw)
    return abs(dated.value - fetched_at) <= _CLOCK_WINDOW or (
        _WEEKDAY.search(text) is not None and _LABEL.search(text) is None
    )


def _is_stamp(dated: Dated, dates: tuple[Dated, ...], fetched_at: datetime) -> bool:
    """Whether a value is the moment of our own visit, and others say "long ago"."""
    if abs(dated.value - fetched_at) > _JUST_NOW or dated.precision is Precision.DAY:
        return False
    return any(
        other.origin is not DateOrigin.PAGE and fetched_at - other.value > _LONG_BEFORE
        for other in dates
    )


def _loose(
    dates: tuple[Dated, ...], fetched_at: datetime, known_clock: bool
) -> list[Dated]:
    """The PAGE dates that may be believed: old, alone, and of one mind."""
    if known_clock or any(item.origin is not DateOrigin.PAGE for item in dates):
        return []
    days = {item.value.date() for item in dates}
    if len(days) != 1 or any(_looks_like_a_clock(item, fetched_at) for item in dates):
        return []
    return list(dates)


def _fineness(dated: Dated) -> int:
    """How exact, where a bare midnight counts as a day: machines write it for one."""
    value = dated.value
    midnight = value.hour == value.minute == value.second == 0
    return 0 if midnight else _FINENESS[dated.precision]


def choose(
    dates: Iterable[Dated], *, fetched_at: datetime, known_clock: bool = False
) -> Dated | None:
    """When an article was published, out of every date claimed for it.

    Origins are trusted in the order of :class:`DateOrigin`; a more exact value of the
    same local day is taken from a lower one. Not believed: more than a day ahead of
    ``fetched_at``; the moment of the visit, when another claim is of long ago; dates
    loose on the page (PAGE) that are recent, look like a page's clock, disagree, or
    stand beside any other claim. ``known_clock``: the page is known to carry one, so
    no PAGE date is believed.
    """
    claimed = tuple(dates)
    sound = [
        item
        for item in claimed
        if item.origin is not DateOrigin.PAGE
        and item.value <= fetched_at + _AHEAD
        and not _is_stamp(item, claimed, fetched_at)
    ]
    if not sound:
        sound = _loose(claimed, fetched_at, known_clock)
    if not sound:
        return None
    best = min(sound, key=lambda item: _TRUST[item.origin])
    zone = best.value.tzinfo
    same_day = (
        item
        for item in sound
        if item.value.astimezone(zone).date() == best.value.date()
        and _fineness(item) > _fineness(best)
    )
    return min(
        same_day, key=lambda item: (-_fineness(item), _TRUST[item.origin]), default=best
    )
