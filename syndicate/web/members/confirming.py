"""Confirming: ``/confirm/TOKEN``. A page with a button; the button confirms, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import Response

from syndicate.model import Letter, LetterKind
from syndicate.pipeline.membership import letters as lettering
from syndicate.pipeline.membership.choosing import held
from syndicate.pipeline.membership.joining import confirm
from syndicate.pipeline.membership.links import letter_of, preferences_url
from syndicate.store import letters
from syndicate.web.members.door import (
    MembersDoor,
    Visit,
    arrived,
    threaded,
    unknown,
)

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""At which no token had expired: tells an old link from one that never was ours."""


class _Standing(StrEnum):
    UNKNOWN = "unknown"
    OLD = "old"
    USED = "used"
    FRESH = "fresh"


@dataclass(frozen=True, slots=True)
class _Found:
    standing: _Standing
    letter: Letter | None = None
    language: str = ""


async def show(door: MembersDoor, request: Request) -> Response:
    """Answer GET: whatever follows links must not confirm."""
    found = await threaded(door, _look, door, request.path_params["token"])
    if found.standing is not _Standing.FRESH or found.letter is None:
        return _stale(door, request, found)
    visit = arrived(door, request, found.language)
    _ = visit.gettext
    return visit.message(
        _("Confirm your subscription"),
        _("You signed up for:"),
        titles=_titles(door, found.letter.digests),
        button=_("Yes, send it to me"),
        action=visit.path(request.url.path),
    )


async def press(door: MembersDoor, request: Request) -> Response:
    """Answer POST: confirm, once."""
    found = await threaded(door, _look, door, request.path_params["token"])
    if found.standing is not _Standing.FRESH or found.letter is None:
        return _stale(door, request, found)
    done = await threaded(door, confirm, door.work, found.letter.id, door.clock())
    visit = arrived(door, request, found.language)
    _ = visit.gettext
    if not done:  # the person has left since it was asked for
        return _old(visit)
    return visit.message(
        _("You are on the list"),
        _("From now on you receive:"),
        titles=_titles(door, done),
        links=(
            (_preferences(visit, found.letter), _("Choose what comes, and when")),
            ("/issues", _("Read past issues")),
        ),
    )


def _look(door: MembersDoor, token: str) -> _Found:
    work, now = door.work, door.clock()
    number = letter_of(work.secret, token, _LONG_AGO)
    if number is None:
        return _Found(_Standing.UNKNOWN)
    with work.database.read() as connection:
        letter = letters.find(connection, number)
        used = lettering.is_spent(connection, work.secret, number)
    if letter is None or letter.kind is not LetterKind.CONFIRM:
        return _Found(_Standing.OLD)
    whose = held(work, letter.member)
    if whose is None:
        return _Found(_Standing.OLD)
    language = whose.member.language
    if letter_of(work.secret, token, now) is None:
        return _Found(_Standing.OLD, letter, language)
    standing = _Standing.USED if used else _Standing.FRESH
    return _Found(standing, letter, language)


def _stale(door: MembersDoor, request: Request, found: _Found) -> Response:
    if found.standing is _Standing.UNKNOWN:
        return unknown(door, request)
    visit = arrived(door, request, found.language)
    if found.standing is _Standing.OLD or found.letter is None:
        return _old(visit)
    _ = visit.gettext
    return visit.message(
        _("This link has done its work"),
        _("It was used to confirm, and works only once. There is nothing more to do."),
        links=((_preferences(visit, found.letter), _("See or change what I get")),),
    )


def _old(visit: Visit) -> Response:
    _ = visit.gettext
    links = ((visit.path("/subscribe"), _("Sign up once more")),)
    return visit.message(
        _("This link is too old"),
        _("It can no longer confirm anything. Signing up again takes a minute."),
        status=410,
        links=links if visit.door.open_digests else (),
    )


def _preferences(visit: Visit, letter: Letter) -> str:
    return visit.path(preferences_url("", visit.door.work.secret, letter.member))


def _titles(door: MembersDoor, series: tuple[str, ...]) -> tuple[str, ...]:
    digests = door.work.digests
    return tuple(digests[key].title for key in series if key in digests)
