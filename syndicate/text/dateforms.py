"""The forms in which a day and a time of day are written.

Expects key text: lower case, NFC, "-" for every dash, single spaces.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from syndicate.model import Precision

YEARS = range(1990, 2101)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A day, and where in the text it was found."""

    year: int
    month: int
    day: int
    start: int = 0
    end: int = 0

    @property
    def plausible(self) -> bool:
        """A day that exists, in a year that a portal may write."""
        return (
            self.year in YEARS
            and 1 <= self.month <= 12
            and 1 <= self.day <= calendar.monthrange(self.year, self.month)[1]
        )

    @property
    def weekday(self) -> int:
        """Monday is 0."""
        return date(self.year, self.month, self.day).weekday()


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day; ``offset`` from UTC if one was written."""

    hour: int = 0
    minute: int = 0
    second: int = 0
    precision: Precision = Precision.MINUTE
    offset: timedelta | None = None

    @property
    def possible(self) -> bool:
        """A time that exists (24:00 and leap seconds do)."""
        in_day = self.hour < 24 or (self.hour == 24 and self.minute == self.second == 0)
        return in_day and self.minute < 60 and self.second <= 60


# ── Days ─────────────────────────────────────────────────────────────────────

_ENGLISH_MONTHS = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may",),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
_ENGLISH = {
    name: number
    for number, names in enumerate(_ENGLISH_MONTHS, start=1)
    for name in names
}
_VIETNAMESE = {
    "một": 1, "giêng": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười một": 11, "mười hai": 12,
    "chạp": 12, "mười": 10,
}  # fmt: skip
_EN = "(?P<m>" + "|".join(sorted(_ENGLISH, key=len, reverse=True)) + r")\b\.?"
_VI = (
    r"(?:(?:tháng|thg\.?|th\.?) ?(?P<m>\d{1,2})|tháng (?P<w>"
    + "|".join(sorted(_VIETNAMESE, key=len, reverse=True))
    + r"))\b"
)
# "15:30 -14/10/2026" is a time and a day; "04-10/3/2024" is a range.
_NOT_AFTER = r"(?<![\d.,/])(?<![\w./]-)"
_D, _Y = rf"{_NOT_AFTER}(?P<d>\d{{1,2}})", r"(?P<y>\d{4})(?![\d/]|[.,-]\d)"

_ISO = re.compile(
    r"(?<![\d./-])(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?![\d/])"
    r"|(?<![\w./-])(?P<y2>(?:19|20|21)\d\d)(?P<m2>\d\d)(?P<d2>\d\d)(?=t\d{4}|(?![\w./-]))"
)
_WORDS = (
    re.compile(rf"{_D}[ -]{_VI}[ ,-]*(?:năm )?{_Y}"),
    re.compile(rf"{_VI} (?P<d>\d{{1,2}})[ ,]+(?:năm )?{_Y}"),
    re.compile(rf"{_D}(?:st|nd|rd|th)?[ -](?:of )?{_EN}[ ,-]+(?P<y>\d{{4}})(?!\d)"),
    re.compile(rf"\b{_EN} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})(?!\d)"),
    # asctime, and Twitter's kin: the year stands last, after the time.
    re.compile(
        rf"\b{_EN} (?P<d>\d{{1,2}}) [\d:]{{7,8}}(?: [a-z+:\d]{{1,9}})? (?P<y>\d{{4}})$"
    ),
)
_FIGURES = re.compile(
    rf"{_NOT_AFTER}(?P<a>\d{{1,2}}) ?(?P<s>[/.-]) ?(?P<b>\d{{1,2}}) ?(?P=s) ?"
    r"(?P<y>\d{4})"
    r"(?![\d/]|[.,-]\d)"
)
# "(08/3/1910-08/3/2024)", "04 - 10/3/2024", "từ 01/10/2026 đến …": not a moment.
_RANGE_BEFORE = re.compile(r"\d[/.]?\d* ?(?:-|đến|tới|to|until) ?(?:hết )?(?:ngày )?$")
_TIME_BEFORE = re.compile(r"\d{1,2}[:h]\d{0,2}(?::\d{2})?'? ?(?:-|to) ?$")
_RANGE_AFTER = re.compile(
    r" ?(?:-|đến|tới|to|until) ?(?:hết )?(?:ngày )?(?=\d{1,2}[/.-]\d)"
    r"(?!\d{1,2}\.\d{2}(?!\d))"
)
_BATCH_BEFORE = re.compile(r"\bđợt (?:ngày )?$")

_DAY_NAMES = (
    r"thứ (?:hai|2)\b|\bt2\b|\bmon(?:day)?\b",
    r"thứ (?:ba|3)\b|\bt3\b|\btue(?:s|sday)?\b",
    r"thứ (?:tư|4)\b|\bt4\b|\bwed(?:nesday)?\b",
    r"thứ (?:năm|5)\b|\bt5\b|\bthu(?:rs|rsday)?\b",
    r"thứ (?:sáu|6)\b|\bt6\b|\bfri(?:day)?\b",
    r"thứ (?:bảy|bẩy|7)\b|\bt7\b|\bsat(?:urday)?\b",
    r"ch[ủú]a? nhật|\bcn\b|\bsun(?:day)?\b",
)
_WEEKDAYS = tuple(re.compile(names) for names in _DAY_NAMES)


def _weekday(text: str) -> int | None:
    """The first weekday named, Monday being 0; None if none is."""
    return next((at for at, name in enumerate(_WEEKDAYS) if name.search(text)), None)


def _is_moment(text: str, start: int, end: int) -> bool:
    """Whether the figures stand for one day, not for a range or a batch."""
    before = text[max(0, start - 24) : start]
    ranged = _RANGE_BEFORE.search(before) and not _TIME_BEFORE.search(before)
    return not (ranged or _RANGE_AFTER.match(text, end) or _BATCH_BEFORE.search(before))


def _iso(text: str) -> Iterator[Calendar]:
    """Days with the year first."""
    for found in _ISO.finditer(text):
        year, month, day = (found[k] or found[k + "2"] for k in "ymd")
        yield Calendar(int(year), int(month), int(day), *found.span())


def _month(found: re.Match[str]) -> int:
    """The month of a date in words, as a number."""
    names = found.groupdict()
    if names.get("w"):
        return _VIETNAMESE[names["w"]]
    return int(names["m"]) if names["m"].isdigit() else _ENGLISH[names["m"]]


def _in_words(text: str) -> Iterator[Calendar]:
    """Days whose month is a word, in Vietnamese or English."""
    for form in _WORDS:
        for found in form.finditer(text):
            day, year = int(found["d"]), int(found["y"])
            yield Calendar(year, _month(found), day, *found.span())


def _ordered(text: str, found: re.Match[str], order: str) -> Calendar | None:
    """Figures in the source's order; in the other one if only that fits the weekday."""
    first, second, year = int(found["a"]), int(found["b"]), int(found["y"])
    day_first = Calendar(year, second, first, *found.span())
    month_first = Calendar(year, first, second, *found.span())
    usual, other = day_first, month_first
    if order == "mdy":
        usual, other = other, usual
    weekday = _weekday(text)
    if weekday is not None and other.plausible and other.weekday == weekday:
        misfit = not usual.plausible or usual.weekday != weekday
        return other if misfit else usual
    return usual


def _in_figures(text: str, order: str) -> Iterator[Calendar | None]:
    """Days in figures, year last."""
    for found in _FIGURES.finditer(text):
        yield _ordered(text, found, order)


def find_calendar(text: str, order: str) -> Calendar | None:
    """The first day written in ``text``; None if the first one is impossible."""
    for days in (_iso(text), _in_words(text), _in_figures(text, order)):
        for day in days:
            if day is not None and _is_moment(text, day.start, day.end):
                return day if day.plausible else None
    return None


# ── Times of day ─────────────────────────────────────────────────────────────

_HALF = r"(?P<half>sa|ch|am|pm|a\.m\.?|p\.m\.?|sáng|trưa|chiều|tối|đêm)"
_TIME = re.compile(
    r"(?<![\d.,/:+-])(?P<h>\d{1,2})"
    r"(?: ?: ?(?P<mi>\d{1,2})(?: ?: ?(?P<s>\d{2})(?:[.,]\d+)?)?(?!\d)'?"
    r"| ?(?:h|g|giờ) ?(?:(?P<mi2>\d{2})(?!\d) ?(?:'|p|ph|phút)?)?(?![^\W\d_])"
    r"|(?P<mi3>\d{2})(?P<s3>\d{2})?(?=z|[+-]\d|$))"
    rf"(?: ?{_HALF}(?![^\W\d_]))?"
)
_ONLY_HALF = re.compile(r"(?<![\d.,/:+-])(?P<h>\d{1,2}) ?(?P<half>am|pm)\b")
_NAMED = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 1, "cet": 1, "west": 1, "cest": 2,
    "eet": 2, "sast": 2, "eest": 3, "msk": 3, "ict": 7, "wib": 7, "hkt": 8, "sgt": 8,
    "awst": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "est": -5, "edt": -4,
    "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
_ZONE_NAME = "|".join(sorted(_NAMED, key=len, reverse=True))
# What follows a sign may be the day: "15:30 - 14/10/2026", "07:00 - 5 tháng 10".
_NO_DAY = r"(?!\d| ?[/.-] ?\d| ?-? ?(?:tháng|thg|th\.|[a-z]{3}))"
_OFFSET = rf"(?P<oh>\d{{1,2}})(?::?(?P<om>\d{{2}}))?{_NO_DAY}"
_ZONE = re.compile(
    rf"[\s\[(]*(?:(?P<name>{_ZONE_NAME})\b(?:\s?(?P<sign>[+-]) ?{_OFFSET})?"
    rf"|(?P<sign2>[+-]){_OFFSET.replace('oh', 'oh2').replace('om', 'om2')})"
)
_AFTERNOON = {"ch", "pm", "p.m", "p.m.", "chiều", "tối"}
_MORNING = {"sa", "am", "a.m", "a.m.", "sáng"}


def _offset(text: str, at: int) -> timedelta | None:
    """The zone written at ``at``: "+0700", "[GMT+7]", "Z"; None if there is none."""
    found = _ZONE.match(text, at)
    if found is None:
        return None
    sign, oh, om = (found[key] or found[f"{key}2"] for key in ("sign", "oh", "om"))
    if not sign:
        return timedelta(hours=_NAMED[found["name"]])
    hours, minutes = int(oh), int(om or 0)
    if hours > 14 or minutes > 59:
        return None
    total = timedelta(hours=hours, minutes=minutes)
    return -total if sign == "-" else total


def _hour(hour: int, half: str | None) -> int:
    """The hour on a clock of 24."""
    if half in _AFTERNOON and hour < 12:
        return hour + 12
    if half in _MORNING and hour == 12:
        return 0
    return hour


def _clock(text: str, found: re.Match[str]) -> Clock:
    """The time of day that ``_TIME`` found, with the zone behind it."""
    parts = found.groupdict()
    minute = parts.get("mi") or parts.get("mi2") or parts.get("mi3")
    second = parts.get("s") or parts.get("s3")
    precision = Precision.HOUR
    if minute:
        precision = Precision.SECOND if second else Precision.MINUTE
    return Clock(
        hour=_hour(int(parts["h"]), parts["half"]),
        minute=int(minute or 0),
        second=int(second or 0),
        precision=precision,
        offset=_offset(text, found.end()),
    )


# What may stand between a day and its time of day.
_AFTER_DAY = re.compile(
    r"(?:thứ \w+|chủ nhật|[a-z]{3,6}day|[\s,|t()\[\]-]|lúc|vào|at|-|:|;|•|·|giờ đăng)*"
)
_GAP_TO_DAY = re.compile(
    r"(?:[\s,|()\[\]-]|ngày|hôm|thứ \w+|chủ nhật|gmt ?\+? ?\d*|,|on|[a-z]{3,9}day)*$"
)


def find_clock(text: str, day: Calendar) -> Clock | None:
    """The time of day that belongs to ``day``: right after it, or right before."""
    # asctime keeps its time between the month and the year.
    inside = _TIME.search(text, day.start, day.end)
    if inside and inside["mi"]:
        return _clock(text, inside)
    gap = _AFTER_DAY.match(text, day.end)
    at = gap.end() if gap else day.end
    after = _TIME.match(text, at) or _ONLY_HALF.match(text, at)
    if after:
        return _clock(text, after)
    before = None
    for found in _TIME.finditer(text, max(0, day.start - 60), day.start):
        before = found
    if before and _GAP_TO_DAY.fullmatch(text, before.end(), day.start):
        return _clock(text, before)
    return None
