"""Leaving: ``/unsubscribe/TOKEN`` (RFC 8058), and ``/return/TOKEN`` for who erred.

A POST leaves, whatever its body: at once, without a cookie, as often as one likes. GET
and HEAD show a page with a button, for mail gateways follow every link.
"""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from syndicate.model import Member, Subscription, SubscriptionState
from syndicate.pipeline.membership.choosing import one
from syndicate.pipeline.membership.leaving import (
    come_back,
    leave,
    leave_by_old_link,
    old_link,
)
from syndicate.pipeline.membership.links import (
    preferences_url,
    return_url,
    returning,
    subscription_of,
)
from syndicate.web.members.door import (
    MembersDoor,
    Visit,
    arrived,
    threaded,
    unknown,
)

SECOND_THOUGHTS = timedelta(days=1)
"""In which who has left can be taken back by a button."""
_Held = tuple[Member, Subscription]


async def show(door: MembersDoor, request: Request) -> Response:
    """Answer GET: a button, or that it was pressed already."""
    number = subscription_of(
        door.work.secret, request.path_params["token"], door.clock()
    )
    if number is None:
        return unknown(door, request)
    found = await threaded(door, one, door.work, number)
    visit = arrived(door, request, found[0].language if found else "")
    if found is None or found[1].state in _GONE:
        return _left(visit, found)
    return _asked(visit, _title(door, found))


async def press(door: MembersDoor, request: Request) -> Response:
    """Answer POST: leave. A link of ours is answered with 200 whatever was before."""
    number = subscription_of(
        door.work.secret, request.path_params["token"], door.clock()
    )
    if number is None:
        return unknown(door, request)
    await threaded(door, leave, door.work, number, door.clock())
    found = await threaded(door, one, door.work, number)
    visit = arrived(door, request, found[0].language if found else "")
    return _left(visit, found)


async def show_old(door: MembersDoor, request: Request) -> Response:
    """Answer GET of a link that versions up to 0.4 have sent."""
    key, token = request.path_params["digest"], request.path_params["token"]
    if await threaded(door, old_link, door.work, key, token) is None:
        return unknown(door, request)
    return _asked(arrived(door, request), door.work.digests[key].title)


async def press_old(door: MembersDoor, request: Request) -> Response:
    """Answer POST of a link that versions up to 0.4 have sent."""
    key, token = request.path_params["digest"], request.path_params["token"]
    now = door.clock()
    if not await threaded(door, leave_by_old_link, door.work, key, token, now):
        return unknown(door, request)
    visit = arrived(door, request)
    _ = visit.gettext
    said = _("You will not receive “{title}” any more.")
    title = door.work.digests[key].title
    return visit.message(_("Unsubscribed"), said.format(title=title))


async def show_return(door: MembersDoor, request: Request) -> Response:
    """Answer GET: a button."""
    found = await _returning(door, request)
    if found is None:
        return unknown(door, request)
    visit = arrived(door, request, found[0].language)
    _ = visit.gettext
    said = _("Receive “{title}” again?").format(title=_title(door, found))
    return visit.message(
        _("Back again"),
        said,
        button=_("Yes, take me back"),
        action=visit.path(request.url.path),
    )


async def come_again(door: MembersDoor, request: Request) -> Response:
    """Answer POST: take back who has left by mistake."""
    found = await _returning(door, request)
    if found is None:
        return unknown(door, request)
    member, kept = found
    back = kept.state not in _GONE
    if not back:
        back = await threaded(door, come_back, door.work, kept.id, door.clock())
    visit = arrived(door, request, member.language)
    _ = visit.gettext
    said = _("You receive “{title}” again, as if nothing had been.")
    if not back:
        said = _("“{title}” can no longer be sent to this address by a button here.")
    return visit.message(
        _("You are on the list") if back else _("That did not work"),
        said.format(title=_title(door, found)),
        status=200 if back else 409,
        links=((_preferences(visit, member), _("Choose what comes, and when")),),
    )


_GONE = (
    SubscriptionState.UNSUBSCRIBED,
    SubscriptionState.EXPIRED,
    SubscriptionState.PENDING,
)
"""States in which nothing is sent and nothing will be."""


async def _returning(door: MembersDoor, request: Request) -> _Held | None:
    number = returning(door.work.secret, request.path_params["token"], door.clock())
    return None if number is None else await threaded(door, one, door.work, number)


def _asked(visit: Visit, title: str) -> Response:
    _ = visit.gettext
    return visit.message(
        _("Unsubscribe"),
        _("Stop receiving “{title}”?").format(title=title),
        button=_("Yes, unsubscribe me"),
        action=visit.path(visit.request.url.path),
    )


def _left(visit: Visit, found: _Held | None) -> Response:
    _ = visit.gettext
    if found is None:
        said = _("Nothing is sent to you any more, and nothing is kept of you.")
        return visit.message(_("Unsubscribed"), said)
    member, kept = found
    door, said = visit.door, _("You will not receive “{title}” any more.")
    return visit.message(
        _("Unsubscribed"),
        said.format(title=_title(door, found)),
        button=_("That was a mistake: take me back") if _may_return(door, kept) else "",
        action=visit.path(_return_path(door, kept)),
        links=((_preferences(visit, member), _("See or change what I get")),),
    )


def _may_return(door: MembersDoor, kept: Subscription) -> bool:
    if kept.state is not SubscriptionState.UNSUBSCRIBED or kept.changed_at is None:
        return False
    return door.clock() < kept.changed_at + SECOND_THOUGHTS


def _return_path(door: MembersDoor, kept: Subscription) -> str:
    left = kept.changed_at or door.clock()
    return return_url("", door.work.secret, kept.id, left + SECOND_THOUGHTS)


def _preferences(visit: Visit, member: Member) -> str:
    return visit.path(preferences_url("", visit.door.work.secret, member.id))


def _title(door: MembersDoor, found: _Held) -> str:
    digest = door.work.digests.get(found[1].digest)
    return digest.title if digest else found[1].digest
