"""Signing up: ``/subscribe``; the answer is the same whatever an address's state is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from syndicate import signing
from syndicate.errors import MemberError, SyndicateError
from syndicate.model import Choice, Digest
from syndicate.pipeline.membership.desk import address_checked
from syndicate.pipeline.membership.joining import ask
from syndicate.pipeline.membership.limits import Admission, admitted
from syndicate.translate import translation
from syndicate.web.members import forms
from syndicate.web.members.choices import cadence_said
from syndicate.web.members.door import (
    MembersDoor,
    Visit,
    arrived,
    closed,
    led,
    threaded,
)
from syndicate.web.members.forms import Form
from syndicate.web.members.languages import NAMES

PATH = "/subscribe"
DONE = "/subscribe/sent"
FORM = "/subscribe"
"""What a record of consent names as the form."""
TRAP = "homepage"
"""A field that people do not see and programs fill in."""
OLDEST = timedelta(hours=24)
_FINE = 100
"""Parts of a second that the form's time is told in."""
_ELSEWHERE = ("cross-site", "same-site")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody has filled in."""

    address: str = ""
    name: str = ""
    language: str = ""
    digests: tuple[str, ...] = ()
    cadences: Mapping[str, str] = field(default_factory=dict)


async def show(door: MembersDoor, request: Request) -> Response:
    """Answer GET: the form."""
    visit, offered = arrived(door, request), door.open_digests
    if not offered:
        return _nothing(visit)
    asked = request.query_params.get("digest", "")
    wanted = (asked,) if asked in offered else tuple(offered)[:1]
    return _form(visit, Wish(digests=wanted))


async def sent(door: MembersDoor, request: Request) -> Response:
    """Say that a mail is on its way; it is the same page for all."""
    visit = arrived(door, request)
    days = max(round(door.work.confirm_within / timedelta(days=1)), 1)
    return visit.page("sent", days=days, form=visit.path(PATH))


async def sign_up(door: MembersDoor, request: Request) -> Response:
    """Answer POST: take the wish, owe a letter, and say to look into the mailbox.

    What waits for the store is answered evenly: how long it took tells nothing.
    """
    began = asyncio.get_running_loop().time()
    visit = arrived(door, request)
    if not door.open_digests:
        return _nothing(visit)
    form = await forms.read(request)
    wish = _wish(form, door.open_digests)
    refused = _premature(visit, form, wish) or _faulty(visit, wish)
    if refused is not None:
        return refused
    answer = led(visit.path(DONE))
    if not form.has(TRAP):  # else a program: it is told what everybody is told
        answer = await _taken(visit, wish, answer)
    await _even(door, began)
    return answer


def consent_text(door: MembersDoor, language: str) -> str:
    """Return the words that people agree to, in the language of the page."""
    _ = translation(language).gettext
    return door.work.consent or _(
        "I want what I chose to come to this address by mail. I can change it or "
        "leave at any time, with the links in each mail."
    )


# ── What was filled in ───────────────────────────────────────────────────────


def _wish(form: Form, offered: Mapping[str, Digest]) -> Wish:
    digests = tuple(key for key in form.all("digest") if key in offered)
    if len(offered) == 1:
        digests = tuple(offered)
    cadences = {key: form.one(f"cadence.{key}", 20) for key in digests}
    language = form.one("language", 10)
    return Wish(
        # As it came: what is hidden in an address is a reason to refuse it.
        address=form.values.get("email", ("",))[0][:1_000].strip(),
        name=form.one("name"),
        language=language if language in NAMES else "",
        digests=digests,
        cadences={
            key: said for key, said in cadences.items() if said in offered[key].offers
        },
    )


def _premature(visit: Visit, form: Form, wish: Wish) -> Response | None:
    """Show the form once more to who did not see it, or not for long.

    A form that another site has a browser send, one that a program has filled in at
    once, and one that has been open since yesterday: a person presses once more.
    """
    door, _ = visit.door, visit.gettext
    now, stamp = door.clock(), form.one("t")
    made = signing.number_of(door.work.secret, "form", stamp, now)
    site = visit.request.headers.get("sec-fetch-site", "")
    if made is None or site in _ELSEWHERE:
        said = _("Please look over what you filled in, and press once more.")
        return _form(visit, wish, note=said)
    age = now.timestamp() - made / _FINE
    if age < door.at_least:
        said = _("That was quick. Please press once more.")
        # A form from the future is one of a clock that was set back.
        return _form(visit, wish, note=said, stamp=stamp if age >= 0 else "")
    return None


def _faulty(visit: Visit, wish: Wish) -> Response | None:
    """Show the form once more with what is wrong, field by field."""
    _ = visit.gettext
    faults: dict[str, str] = {}
    if not wish.digests:
        faults["digest"] = _("Choose at least one.")
    try:
        address_checked(wish.address)
    except MemberError:
        faults["email"] = _("This is not a mail address that we can write to.")
        if not wish.address:
            faults["email"] = _("Write your mail address.")
    return _form(visit, wish, faults=faults) if faults else None


async def _taken(visit: Visit, wish: Wish, answer: Response) -> Response:
    """Take the wish; give ``answer``, unless too many come, or the store is shut."""
    door, request = visit.door, visit.request
    try:
        admission = await threaded(door, _take, visit, wish)
    except SyndicateError as error:
        return closed(door, request, error)
    if admission in (Admission.NETWORK, Admission.CROWD):
        return _too_many(visit, admission)
    door.wake()
    return answer


def _take(visit: Visit, wish: Wish) -> Admission:
    """Count the wish, and ask the address if it wants that, too."""
    door, work, now = visit.door, visit.door.work, visit.door.clock()
    admission = admitted(work, wish.address, visit.network, now)
    if admission is Admission.QUIETLY:
        return admission
    if admission is not Admission.WELCOME:
        log.warning("members: too many sign-ups: %s", admission.value)
        return admission
    try:
        ask(
            work,
            wish.address,
            digests=wish.digests,
            choices={key: Choice(cadence=one) for key, one in wish.cadences.items()},
            language=wish.language or visit.spoken,
            name=wish.name,
            form=FORM,
            text=consent_text(door, visit.language),
            now=now,
        )
    except MemberError as error:  # what a person cannot have done with our form
        log.warning("members: a sign-up was refused: %s", error.fault)
    return admission


async def _even(door: MembersDoor, began: float) -> None:
    """Wait for the next full beat."""
    if door.evenly:
        spent = asyncio.get_running_loop().time() - began
        await asyncio.sleep(door.evenly - spent % door.evenly)


# ── What is answered ─────────────────────────────────────────────────────────


def _form(
    visit: Visit,
    wish: Wish,
    *,
    faults: Mapping[str, str] | None = None,
    note: str = "",
    stamp: str = "",
) -> Response:
    """Draw the form as it was filled in; ``stamp`` tells when it was first shown."""
    door, now = visit.door, visit.door.clock()
    made = int(now.timestamp() * _FINE)
    fresh = signing.token(door.work.secret, "form", made, expires=now + OLDEST)
    return visit.page(
        "subscribe",
        status=422 if faults else 200,
        public=True,
        action=visit.path(PATH),
        offered=[_offer(one, visit.language) for one in door.open_digests.values()],
        wish=wish,
        faults=faults or {},
        note=note,
        stamp=stamp or fresh,
        trap=TRAP,
        languages=NAMES,
        consent=consent_text(door, visit.language),
    )


def _offer(digest: Digest, language: str) -> tuple[Digest, str, list[tuple[str, str]]]:
    """A digest, how often it comes, and how often it can come instead."""
    others = [(one.value, cadence_said(one, language)) for one in digest.offers]
    return digest, cadence_said(digest.cadence, language), others


def _nothing(visit: Visit) -> Response:
    _ = visit.gettext
    said = _("Nothing here can be had by mail at present.")
    return visit.message(_("Get it by mail"), said, status=404)


def _too_many(visit: Visit, admission: Admission) -> Response:
    _ = visit.gettext
    status, said = (
        (429, _("Many sign-ups came from your network. Please try again in an hour."))
        if admission is Admission.NETWORK
        else (503, _("Many people are signing up. Please try again in an hour."))
    )
    answer = visit.message(_("Please come again later"), said, status=status)
    answer.headers["retry-after"] = "3600"
    return answer
