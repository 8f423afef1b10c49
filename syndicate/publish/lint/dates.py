"""Dates as formats want them (RFC 822 and 2822, RFC 3339, W3CDTF)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from syndicate.publish.lint.findings import Report, Value, note

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_ZONES = {
    "ut": 0,
    "gmt": 0,
    "z": 0,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
_STRICT = re.compile(
    r"((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d?) "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) "
    r"(\d\d):(\d\d)(?::(\d\d))? "
    r"([+-]?\d\d[03]0|UT|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|Z)"
)
_LOOSE = re.compile(
    r"((mon|tue|wed|thu|fri|sat|sun)\s*,\s*)?\d\d?\s+"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+\d\d(\d\d)?\s+"
    r"\d\d:\d\d(:\d\d)?\s+([+-]\d{4}|ut|gmt|[ecmp][sd]t|[a-ik-z])?"
)
_COMMENT = re.compile(r"\([^()]*\)")
_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d*)?(Z|[+-]\d\d:\d\d)"
)
_W3CDTF = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d*)?)?"
    r"(Z|[+-]\d\d:\d\d))?)?)?"
)
_FIRST_YEAR = 1990
_LONGEST = 200
"""Letters of a date; each comment in a comment costs another look at them."""
_AHEAD = timedelta(minutes=10)


def rfc822(value: Value, report: Report) -> None:
    """A date of RSS: RFC 822 with four digits of the year."""
    found = _STRICT.fullmatch(value.text)
    if found is None:
        _loose(value, report)
        return
    name, day, month, year, hour, minute, second, zone = found.groups()
    try:
        when = datetime(
            int(year),
            _MONTHS.index(month.lower()) // 4 + 1,
            int(day),
            int(hour),
            int(minute),
            min(int(second or 0), 59),
            tzinfo=UTC,
        )
    except ValueError:
        note(report, "InvalidRFC2822Date", value)
        return
    if name and _DAYS[when.weekday()] != name[:3].lower():
        note(report, "IncorrectDOW", value)
        return
    _plausible(when - _offset(zone), value, report)


def _loose(value: Value, report: Report) -> None:
    text, before = value.text[:_LONGEST], ""
    while text != before:
        before, text = text, _COMMENT.sub(" ", text)
    short = len(value.text) <= _LONGEST
    legal = short and _LOOSE.fullmatch(text.strip().lower())
    note(report, "ProblematicalRFC822Date" if legal else "InvalidRFC2822Date", value)


def rfc3339(value: Value, report: Report) -> None:
    """A date of Atom (RFC 3339)."""
    _iso(value, report, _RFC3339, "InvalidRFC3339Date")


def w3cdtf(value: Value, report: Report) -> None:
    """A date of Dublin Core: year, month, day or moment."""
    _iso(value, report, _W3CDTF, "InvalidW3CDTFDate")


def moment(text: str) -> datetime | None:
    """Read a date of RFC 3339; None if it is none."""
    found = _RFC3339.fullmatch(text)
    return _read(found) if found else None


def _iso(value: Value, report: Report, wanted: re.Pattern[str], rule: str) -> None:
    found = wanted.fullmatch(value.text)
    when = _read(found) if found else None
    if when is None:
        note(report, rule, value)
    else:
        _plausible(when, value, report)


def _read(found: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    seconds = int(second or 0)
    if seconds > 60:
        return None
    try:
        bare = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            min(seconds, 59),
            int(f"{(fraction or '.')[1:]:0<6}"[:6]),
            tzinfo=UTC,
        )
        return bare - _offset((zone or "Z").replace(":", ""))
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timedelta:
    if zone.lower() in _ZONES:
        return timedelta(hours=_ZONES[zone.lower()])
    sign = -1 if zone.startswith("-") else 1
    digits = zone.lstrip("+-")
    return sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))


def _plausible(when: datetime, value: Value, report: Report) -> None:
    late = report.now is not None and when > report.now + _AHEAD
    if late or when.year < _FIRST_YEAR:
        note(report, "ImplausibleDate", value)
