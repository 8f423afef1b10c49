"""Preferences: ``/preferences/TOKEN``; what comes, when, how, and until when not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from syndicate.model import LetterKind
from syndicate.pipeline.membership import letters as lettering
from syndicate.pipeline.membership.choosing import Held, held
from syndicate.pipeline.membership.erasing import erase
from syndicate.pipeline.membership.leaving import leave_all
from syndicate.pipeline.membership.links import member_of, preferences_url
from syndicate.web.members import forms
from syndicate.web.members.choices import hours, weekdays, zones
from syndicate.web.members.door import (
    MembersDoor,
    Visit,
    arrived,
    led,
    threaded,
    unknown,
)
from syndicate.web.members.forms import Form
from syndicate.web.members.languages import NAMES
from syndicate.web.members.rows import Row, rows_of
from syndicate.web.members.wanted import FORM, faults_of, filled, keep


async def show(door: MembersDoor, request: Request) -> Response:
    """Answer GET: the form, as things stand."""
    whose = await _held(door, request)
    if whose is None:
        return unknown(door, request)
    visit = arrived(door, request, whose.member.language)
    note = _noted(visit, request.query_params.get("saved", ""))
    return _form(visit, whose, note=note)


async def save(door: MembersDoor, request: Request) -> Response:
    """Answer POST: keep what was chosen, or leave, or send the data."""
    whose = await _held(door, request)
    if whose is None:
        return unknown(door, request)
    visit = arrived(door, request, whose.member.language)
    form = await forms.read(request, forms.LARGEST_OF_MEMBERS)
    match form.one("do", 10):
        case "leave":
            return await _leave(visit, whose)
        case "data":
            return await _send_data(visit, whose)
        case "save":
            return await _save(visit, whose, form)
        case _other:
            return visit.unread(400)


async def show_erase(door: MembersDoor, request: Request) -> Response:
    """Answer GET: say what erasing is, and ask whether it is meant."""
    whose = await _held(door, request)
    if whose is None:
        return unknown(door, request)
    return _asked_to_erase(arrived(door, request, whose.member.language), whose)


async def erase_me(door: MembersDoor, request: Request) -> Response:
    """Answer POST: erase, if the person has said twice that it is meant."""
    whose = await _held(door, request)
    if whose is None:
        return unknown(door, request)
    visit = arrived(door, request, whose.member.language)
    _ = visit.gettext
    form = await forms.read(request)
    if form.one("sure", 5) != "yes":
        fault = _("Tick the box if you mean it.")
        return _asked_to_erase(visit, whose, fault=fault)
    await threaded(door, erase, door.work, whose.member.id, door.clock())
    return visit.message(
        _("Erased"),
        _("Nothing is kept of you but a mark that nobody can read an address from."),
        _("It sees to it that no list brings you back, and no mail is sent to you."),
    )


async def _leave(visit: Visit, whose: Held) -> Response:
    door, number = visit.door, whose.member.id
    await threaded(door, leave_all, door.work, number, door.clock(), form=FORM)
    return led(visit.path(_own_path(visit, whose), saved="left"))


async def _send_data(visit: Visit, whose: Held) -> Response:
    owed = await threaded(visit.door, _owe_data, visit.door, whose.member.id)
    visit.door.wake()
    saved = "data" if owed else "enough"
    return led(visit.path(_own_path(visit, whose), saved=saved))


async def _save(visit: Visit, whose: Held, form: Form) -> Response:
    wanted = filled(visit, whose, form)
    faults = faults_of(visit, whose, wanted)
    if faults:
        kept = {row.key: row for row in wanted.rows}
        shown = rows_of(visit.door, whose, visit.language)
        rows = [kept.get(row.key, row) for row in shown]
        return _form(visit, whose, rows=rows, faults=faults)
    asked = await threaded(visit.door, keep, visit, whose, wanted)
    if asked:
        visit.door.wake()
    # Who has chosen a language wants to read on in it.
    again = replace(visit, asked="") if wanted.person.language else visit
    own = _own_path(visit, whose)
    return led(again.path(own, saved="asked" if asked else "yes"))


def _owe_data(door: MembersDoor, member_id: int) -> bool:
    work = door.work
    with work.database.write() as connection:
        owed = lettering.owe(
            connection,
            LetterKind.DATA,
            member_id,
            (),
            door.clock(),
            most=work.mails_per_address,
        )
    return owed is not None


# ── What is shown ────────────────────────────────────────────────────────────


async def _held(door: MembersDoor, request: Request) -> Held | None:
    word = request.path_params["token"]
    number = member_of(door.work.secret, word, door.clock())
    return None if number is None else await threaded(door, held, door.work, number)


def _own_path(visit: Visit, whose: Held) -> str:
    return preferences_url("", visit.door.work.secret, whose.member.id)


def _form(
    visit: Visit,
    whose: Held,
    *,
    rows: Sequence[Row] | None = None,
    faults: Mapping[str, str] | None = None,
    note: str = "",
) -> Response:
    own = _own_path(visit, whose)
    return visit.page(
        "preferences",
        status=422 if faults else 200,
        member=whose.member,
        masked=masked(whose.member.address),
        rows=rows or rows_of(visit.door, whose, visit.language),
        action=visit.path(own),
        erase=visit.path(f"{own}/erase"),
        faults=faults or {},
        note=note,
        languages=NAMES,
        weekdays=weekdays(visit.language),
        hours=hours(),
        zones=zones(),
    )


def _asked_to_erase(visit: Visit, whose: Held, *, fault: str = "") -> Response:
    own = _own_path(visit, whose)
    return visit.page(
        "erase",
        status=422 if fault else 200,
        masked=masked(whose.member.address),
        action=visit.path(f"{own}/erase"),
        back=visit.path(own),
        fault=fault,
    )


def _noted(visit: Visit, saved: str) -> str:
    _ = visit.gettext
    return {
        "yes": _("Saved."),
        "asked": _("Saved. For what is new, look into your mailbox and confirm it."),
        "left": _("You have left everything. Nothing is sent to you any more."),
        "data": _("Your data is on its way to your mailbox."),
        "enough": _("That is enough mail for today. Please ask again tomorrow."),
    }.get(saved, "")


def masked(address: str) -> str:
    """Show enough of an address to know one's own: an issue may be passed on."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
