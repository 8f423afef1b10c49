"""Words and dates in the reader's language.

English is the language of the code; ``locale/<language>/LC_MESSAGES/syndicate.po``
holds the others, compiled to ``syndicate.mo`` beside it (``make messages``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from syndicate.model import Dated, Precision

FOLDER = Path(__file__).resolve().parent / "locale"


@lru_cache(maxsize=32)
def translation(language: str) -> NullTranslations:
    """Return the catalogue of a language tag; ``vi-VN`` is served by ``vi``.

    A language that we have no catalogue of gets the English of the code.
    """
    subtag = language.replace("_", "-").partition("-")[0].lower()
    file = FOLDER / subtag / "LC_MESSAGES" / "syndicate.mo"
    if not subtag.isalpha() or not file.is_file():
        return NullTranslations()
    with file.open("rb") as stream:
        return GNUTranslations(stream)


def day(value: Dated | datetime | None, *, language: str, zone: str) -> str:
    """Say which day it was: "Thứ Sáu, ngày 18/3/2022", "Friday, 18 March 2022"."""
    _ = translation(language).gettext
    if value is None:
        return _("date unknown")
    local = _local(value, zone)
    return _("{weekday}, {day} {month} {year}").format(**_parts(local, language))


def moment(value: Dated | datetime | None, *, language: str, zone: str) -> str:
    """Say when, as exactly as it is known: "18/3/2022, 15:00", "18/3/2022"."""
    _ = translation(language).gettext
    if value is None:
        return _("date unknown")
    local = _local(value, zone)
    parts = _parts(local, language)
    precision = value.precision if isinstance(value, Dated) else Precision.MINUTE
    if precision is Precision.DAY:
        return _("{day} {month} {year}").format(**parts)
    if precision is Precision.HOUR:
        return _("{day} {month} {year}, about {hour}:00").format(**parts)
    return _("{day} {month} {year}, {hour}:{minutes}").format(**parts)


def date_said(value: date, *, language: str) -> str:
    """Say a calendar day: "Thứ Sáu, ngày 18/3/2022", "Friday, 18 March 2022"."""
    _ = translation(language).gettext
    return _("{weekday}, {day} {month} {year}").format(**_parts(value, language))


def month_name(value: date, *, language: str) -> str:
    """Say a month: "Tháng 3 năm 2022", "March 2022"."""
    _ = translation(language).gettext
    return _("{month} {year}").format(**_parts(value, language))


def weekday_names(language: str) -> tuple[tuple[str, str], ...]:
    """Name the days of the week, Monday first: ("T2", "Thứ Hai"), ("Mon", "Monday")."""
    _ = translation(language).gettext
    short = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return tuple(zip(short, _calendar(language)[0], strict=True))


def period(start: datetime, end: datetime, *, language: str, zone: str) -> str:
    """Name the days from ``start`` to before ``end``: "12–18/10/2026".

    A window that ends in the morning is named by the days before it, one that ends
    in the evening by the days up to it, so that a week always has seven days.
    """
    _ = translation(language).gettext
    days = _days(start, end, zone)
    first = {f"first_{k}": v for k, v in _parts(days.first, language).items()}
    parts = first | _parts(days.last, language)
    if days.first == days.last:
        return _("{day} {month} {year}").format(**parts)
    if days.first.year != days.last.year:
        return _(
            "{first_day} {first_month} {first_year} – {day} {month} {year}"
        ).format(**parts)
    if days.first.month != days.last.month:
        return _("{first_day} {first_month} – {day} {month} {year}").format(**parts)
    return _("{first_day}–{day} {month} {year}").format(**parts)


@dataclass(frozen=True, slots=True)
class _Days:
    first: date
    last: date


def _days(start: datetime, end: datetime, zone: str) -> _Days:
    first = _nearest_midnight(start, zone)
    last = _nearest_midnight(end, zone) - timedelta(days=1)
    return _Days(first, max(first, last))


def _nearest_midnight(value: datetime, zone: str) -> date:
    return (value.astimezone(ZoneInfo(zone)) + timedelta(hours=12)).date()


def _local(value: Dated | datetime, zone: str) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone))
    if value.precision is Precision.DAY:
        # A day is a day: moved to another zone, its midnight would be another one.
        return value.value
    return value.value.astimezone(ZoneInfo(zone))


def _parts(value: date, language: str) -> dict[str, str]:
    weekdays, months = _calendar(language)
    return {
        "weekday": weekdays[value.weekday()],
        "day": str(value.day),
        "month": months[value.month - 1],
        "year": str(value.year),
        # Vietnamese official style (Nghị định 30/2020/NĐ-CP): a zero before days
        # under ten and before months one and two, and before no other.
        "dd": f"{value.day:02}",
        "mm": f"{value.month:02}" if value.month <= 2 else str(value.month),
        "hour": f"{value.hour:02}" if isinstance(value, datetime) else "",
        "minutes": f"{value.minute:02}" if isinstance(value, datetime) else "",
    }


@lru_cache(maxsize=32)
def _calendar(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    _ = translation(language).gettext
    weekdays = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    months = (
        _("January"),
        _("February"),
        _("March"),
        _("April"),
        _("May"),
        _("June"),
        _("July"),
        _("August"),
        _("September"),
        _("October"),
        _("November"),
        _("December"),
    )
    return weekdays, months
