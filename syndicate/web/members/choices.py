"""What may be chosen, in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import available_timezones

from syndicate.model import Cadence
from syndicate.translate import translation, weekday_names

_AREAS = (
    *("Asia", "Africa", "America", "Antarctica", "Arctic", "Atlantic", "Australia"),
    *("Europe", "Indian", "Pacific"),
)


def cadence_said(cadence: Cadence, language: str) -> str:
    """Say how often a digest comes."""
    _ = translation(language).gettext
    return {
        Cadence.DAILY: _("every day"),
        Cadence.WEEKLY: _("every week"),
        Cadence.FORTNIGHTLY: _("every two weeks"),
        Cadence.MONTHLY: _("every month"),
    }[cadence]


def weekdays(language: str) -> list[tuple[str, str]]:
    """The days of the week as a form has them: ("0", "Monday") …"""
    return [(str(at), name) for at, (_s, name) in enumerate(weekday_names(language))]


def hours() -> list[tuple[str, str]]:
    """The hours of the day: ("0", "00:00") …"""
    return [(str(hour), f"{hour:02}:00") for hour in range(24)]


@lru_cache(maxsize=1)
def zones() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The time zones by area: ("Asia", (("Asia/Ho_Chi_Minh", "Ho Chi Minh"), …))."""
    known = sorted(available_timezones())
    return tuple(
        (
            area,
            tuple(
                (zone, zone.partition("/")[2].replace("_", " "))
                for zone in known
                if zone.startswith(f"{area}/")
            ),
        )
        for area in _AREAS
    )


def days_from(now: datetime, days: int) -> str:
    """The day so many days from now, as a field for days has it."""
    return (now + timedelta(days=days)).date().isoformat()
