"""Why a source is asked when it is, and how often it has news, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from syndicate.cli.words import _, ngettext
from syndicate.model import Reason, ReasonCode, Rhythm

WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


def span(length: timedelta) -> str:
    """``45 minutes``, ``2.5 hours``, ``3 days``: as exact as anybody wants it."""
    seconds = length.total_seconds()
    if seconds < 90:
        return ngettext("{n} second", "{n} seconds", round(seconds)).format(
            n=round(seconds)
        )
    if seconds < 5_400:
        minutes = round(seconds / 60)
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    if seconds < 172_800:
        hours = round(seconds / 3600, 1)
        return ngettext("{n} hour", "{n} hours", round(hours)).format(n=_number(hours))
    days = round(seconds / 86_400, 1)
    return ngettext("{n} day", "{n} days", round(days)).format(n=_number(days))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def reason_words(reason: Reason) -> str:
    """A sentence for why the next visit is when it is."""
    said = _SENTENCES[reason.code](reason.detail)
    return said.format(pause=span(reason.pause), detail=reason.detail)


def _fixed(detail: str) -> str:
    if detail == "archived":
        return _("It is archived: it is asked no more.")
    return _("Every {pause}, as config.toml says.")


def _starting(detail: str) -> str:
    if detail in ("", "0"):
        return _("Every {pause}, until its rhythm is known.")
    return _("Every {pause}: {detail} entries are too few to know its rhythm.")


def _rhythm(detail: str) -> str:
    if not detail:
        return _("After {pause}, by its rhythm.")
    return _("After {pause}, by its rhythm: about {detail} entries a day.")


def _quiet(detail: str) -> str:
    if detail in ("", "0"):
        return _("After {pause}: it has had nothing new for long.")
    return _("After {pause}: it has had nothing new for {detail} days.")


def _back_off(detail: str) -> str:
    if detail in ("", "0"):
        return _("After {pause}, because it failed.")
    return _("After {pause}, because it has failed {detail} times in a row.")


def _asked_to_wait(detail: str) -> str:
    if not detail:
        return _("It asked us to wait {pause}.")
    return _("It asked us to wait {pause} (HTTP {detail}).")


def _always(said: str) -> Callable[[str], str]:
    return lambda _detail: said


_SENTENCES: dict[ReasonCode, Callable[[str], str]] = {
    ReasonCode.FIRST: _always(_("It was never visited.")),
    ReasonCode.FIXED: _fixed,
    ReasonCode.STARTING: _starting,
    ReasonCode.RHYTHM: _rhythm,
    ReasonCode.QUIET: _quiet,
    ReasonCode.HINT: _always(
        _("After {pause}: it says itself how long its answer is good.")
    ),
    ReasonCode.SKIPPED: _always(
        _("After {pause}, past the hours or days at which it says to have no news.")
    ),
    ReasonCode.BACK_OFF: _back_off,
    ReasonCode.ASKED_TO_WAIT: _asked_to_wait,
    ReasonCode.OUTAGE: _always(_("After {pause}: our own line is down.")),
    ReasonCode.PARKED: _always(
        _("After {pause}: it said that it is gone for good, and is asked seldom.")
    ),
    ReasonCode.PUSHED: _always(
        _("After {pause}, as a backup: its hub tells us of news.")
    ),
}


def rhythm_words(rhythm: Rhythm) -> str:
    """How often it has news, and when mostly; "" if that is not known."""
    if not rhythm.seen:
        return ""
    parts = []
    if rhythm.gap > 0:
        gap = span(timedelta(seconds=rhythm.gap))
        parts.append(_("one entry in {gap}").format(gap=gap))
    if hours := _busiest(rhythm.hours, 3):
        shown = ", ".join(f"{hour}:00" for hour in hours)
        parts.append(_("mostly at {hours}").format(hours=shown))
    if days := _busiest(rhythm.weekdays, 2):
        shown = ", ".join(WEEKDAYS[day] for day in days)
        parts.append(_("above all on {days}").format(days=shown))
    said = _("learnt from {count} entries").format(count=rhythm.seen)
    return f"{', '.join(parts)} ({said})" if parts else said


def _busiest(weights: tuple[float, ...], most: int) -> list[int]:
    """The places that stand out, in their order; none if all are alike."""
    total = sum(weights)
    if total <= 0:
        return []
    usual = total / len(weights)
    ranked = sorted(range(len(weights)), key=lambda place: -weights[place])[:most]
    return sorted(place for place in ranked if weights[place] > 1.3 * usual)
