"""What a member has filled in, checked and kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from syndicate.errors import MemberError
from syndicate.model import Choice, Subscription, SubscriptionState
from syndicate.pipeline.membership.choosing import (
    LONGEST_PAUSE,
    Held,
    Wanted,
    choice_checked,
    choose,
    language_checked,
    pause,
    resume,
    timezone_checked,
)
from syndicate.pipeline.membership.joining import ask
from syndicate.pipeline.membership.leaving import come_back, leave
from syndicate.web.members.door import MembersDoor, Visit
from syndicate.web.members.forms import Form
from syndicate.web.members.rows import RECEIVING, Row, asks, rows_of
from syndicate.web.members.signing_up import consent_text

FORM = "/preferences"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form as it was filled in."""

    person: Wanted
    rows: tuple[Row, ...]
    """The digests that the form has shown."""


def filled(visit: Visit, whose: Held, form: Form) -> Filled:
    """Read the form; what it has not shown is left as it is."""
    person = Wanted()
    if form.has("person"):
        person = Wanted(
            name=form.one("name"),
            language=form.one("language", 10),
            timezone=form.one("timezone", 60),
            text_only=form.has("text_only"),
        )
    shown = form.all("row")
    rows = rows_of(visit.door, whose, visit.language)
    found = tuple(_row(row, form) for row in rows if row.key in shown)
    return Filled(person=person, rows=found)


def faults_of(visit: Visit, whose: Held, wanted: Filled) -> dict[str, str]:
    """Say by field what cannot be, in words."""
    _ = visit.gettext
    faults: dict[str, str] = {}
    try:
        language_checked(wanted.person.language or "")
        timezone_checked(wanted.person.timezone or "")
    except MemberError as error:
        faults[str(error.fault)] = _("This cannot be chosen.")
    for row in wanted.rows:
        digest = visit.door.work.digests[row.key]
        try:
            choice_checked(visit.door.work, digest, row.choice)
        except MemberError as error:
            faults[f"{error.fault}.{row.key}"] = _("This cannot be chosen.")
        now = visit.door.clock()
        if row.until and not _is_pause(_moment(row, whose, digest.timezone), now):
            said = _("Choose a day after today, within a year; or none.")
            faults[f"until.{row.key}"] = said
    return faults


def keep(visit: Visit, whose: Held, wanted: Filled) -> bool:
    """Keep it; say whether a mail was owed that asks to confirm.

    :raises MemberError: some of it cannot be
    """
    door, work, now = visit.door, visit.door.work, visit.door.clock()
    choices = {row.key: row.choice for row in wanted.rows if row.on and row.held}
    choose(work, whose.member.id, replace(wanted.person, choices=choices), now)
    fresh: dict[str, Choice] = {}
    for row in wanted.rows:
        if not row.on:
            if row.held and row.held.state in RECEIVING:
                leave(work, row.held.id, now, form=FORM)
        elif row.held is None or not _is_back(door, row.held, now):
            fresh[row.key] = row.choice
        else:
            _pause(door, row, whose, row.held)
    if fresh:
        ask(
            work,
            whose.member.address,
            digests=tuple(fresh),
            choices=fresh,
            language=visit.spoken,
            form=FORM,
            text=consent_text(door, visit.language),
            now=now,
        )
    return bool(fresh)


def _row(row: Row, form: Form) -> Row:
    key = row.key
    choice = Choice(
        cadence=form.one(f"cadence.{key}", 20),
        weekday=_number(form.one(f"weekday.{key}", 3)),
        hour=_number(form.one(f"hour.{key}", 3)),
        categories=form.all(f"category.{key}"),
        sources=form.all(f"source.{key}"),
    )
    until = form.one(f"until.{key}", 20)
    return replace(row, on=form.has(f"on.{key}"), choice=choice, until=until)


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() else None


def _moment(row: Row, whose: Held, zone: str) -> datetime | None:
    """Return when the day of a pause's end begins where the member is."""
    try:
        day = date.fromisoformat(row.until)
        local = ZoneInfo(whose.member.timezone or zone)
        return datetime.combine(day, time(), local)
    except (ValueError, KeyError, OSError):
        return None


def _is_pause(until: datetime | None, now: datetime) -> bool:
    return until is not None and timedelta(0) < until - now <= LONGEST_PAUSE


def _is_back(door: MembersDoor, kept: Subscription, now: datetime) -> bool:
    """Say whether it comes without a mail that asks, because it came until just now."""
    if kept.state in RECEIVING:
        return True
    return not asks(kept, now) and come_back(door.work, kept.id, now)


def _pause(door: MembersDoor, row: Row, whose: Held, kept: Subscription) -> None:
    until = _moment(row, whose, door.work.digests[row.key].timezone)
    if until is not None:
        pause(door.work, kept.id, until, door.clock())
    elif kept.state is SubscriptionState.PAUSED:
        resume(door.work, kept.id, door.clock())
