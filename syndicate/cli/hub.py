"""``syndicate hub``: who follows our feeds, and which hubs are told (WebSub)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _, ngettext
from syndicate.errors import SyndicateError
from syndicate.model import Follower, FollowerState, Intent, Ping
from syndicate.pipeline.websub.hub import Hubbing
from syndicate.pipeline.websub.hubdesk import (
    HubStanding,
    drop,
    follower_of,
    hub_standing,
    owe_all,
    short,
    topics,
    waiting,
)
from syndicate.pipeline.websub.hubworker import Teller

STATES = {
    FollowerState.ASKED: _("asked"),
    FollowerState.VERIFIED: _("follows"),
    FollowerState.FAILED: _("given up"),
}


@click.group("hub", help=_("See who follows our feeds; tell followers and hubs."))
def command() -> None:
    """Look at the hub."""


@command.command("list", help=_("List followers, and other hubs that are told."))
@click.option(
    "--topic",
    default="",
    metavar="PATH",
    help=_("Of this document alone, like all.atom."),
)
@show.json_option
@click.pass_obj
def list_command(path: Path, topic: str, as_json: bool) -> None:
    """Show followers with state, lease and last delivery; then others' hubs."""
    with opened(path) as desk:
        work, zone = desk.hubbing(), desk.settings.site.timezone
        found = hub_standing(work, topic)
        if as_json:
            show.as_json(_as_json(work, found))
            return
        click.echo(_summary(found))
        _show_followers(work, found.followers, zone)
        _show_pings(work, found.pings, zone)


@command.command("show", help=_("Show one follower."))
@click.argument("number", type=int)
@show.json_option
@click.pass_obj
def show_command(path: Path, number: int, as_json: bool) -> None:
    """Show all that is known of a follower, but for its secret."""
    with opened(path) as desk:
        work, zone = desk.hubbing(), desk.settings.site.timezone
        held = _held(work, number)
    if as_json:
        show.as_json(_follower(work, held))
        return
    lines = (
        (_("follower"), held.id),
        (_("feed"), held.topic),
        (_("callback"), held.callback),
        (_("state"), _state(held)),
        (_("signed"), _("yes") if held.secret else _("no")),
        (_("asked"), show.local(held.asked_at, zone)),
        (_("verified"), show.local(held.verified_at, zone)),
        (_("until"), show.local(held.lease_until, zone)),
        (_("last delivery"), show.local(held.delivered_at, zone)),
        (_("waits since"), show.local(held.owed_at, zone)),
        (_("next"), show.local(held.due_at, zone)),
        (_("failures"), held.failures),
        (_("trouble"), held.detail),
    )
    for name, value in lines:
        if value not in {"", "–"}:
            click.echo(f"{name}: {value}")


@command.command("drop", help=_("Let followers go, without asking them."))
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help=_("Name them, no more."))
@show.json_option
@click.pass_obj
def drop_command(
    path: Path, numbers: tuple[int, ...], dry_run: bool, as_json: bool
) -> None:
    """Remove followers by their numbers; they may subscribe again."""
    with opened(path) as desk:
        work = desk.hubbing()
        found = [_held(work, number) for number in dict.fromkeys(numbers)]
        count = 0 if dry_run else drop(work, [one.id for one in found])
        if as_json:
            named = [_follower(work, one) for one in found]
            show.as_json({"dropped": count, "followers": named})
            return
        for one in found:
            click.echo(f"{one.id}: {one.host}: {short(work, one.topic)}")
    if not dry_run:
        said = ngettext("{n} follower dropped.", "{n} followers dropped.", count)
        click.echo(said.format(n=count))


@command.command("ping", help=_("Tell followers and hubs now what they wait for."))
@click.option("--all", "everything", is_flag=True, help=_("Of all feeds, as if new."))
@click.option("--dry-run", is_flag=True, help=_("Say who would be told, tell nobody."))
@show.json_option
@click.pass_obj
def ping_command(path: Path, everything: bool, dry_run: bool, as_json: bool) -> None:
    """Tell those who are due; exit code 1 if somebody could not be told."""
    with opened(path) as desk:
        work = desk.hubbing()
        if not work.hubs:
            raise SyndicateError(
                _(
                    "our feeds name no hub: base_url is not public, or [publish] hub"
                    " is off and hubs is empty"
                )
            )
        if dry_run:
            _show_waiting(work, everything=everything, as_json=as_json)
            return
        if everything:
            owe_all(work)
        teller = asyncio.run(_tell(desk, work))
    if as_json:
        show.as_json({"calls": teller.calls, "failed": teller.failed})
    else:
        said = ngettext(
            "{n} call, {failed} failed.", "{n} calls, {failed} failed.", teller.calls
        )
        click.echo(said.format(n=teller.calls, failed=teller.failed))
    if teller.failed:
        raise click.exceptions.Exit(1)


async def _tell(desk: Wiring, work: Hubbing) -> Teller:
    async with desk.caller() as caller:
        teller = Teller(work, caller)
        await teller.drain()
        return teller


def _held(work: Hubbing, number: int) -> Follower:
    held = follower_of(work, number)
    if held is None:
        raise SyndicateError(_("there is no follower {number}").format(number=number))
    return held


# ── For ``syndicate status`` ──


def hub_json(found: HubStanding) -> dict[str, Any]:
    """Say in figures how the hub stands."""
    return {
        "hub": found.ours or None,
        "others": list(found.others),
        "count": found.tally.followers,
        "asked": found.tally.asked,
        "failing": found.tally.failing,
        "owed": found.tally.owed,
    }


def show_standing(found: HubStanding) -> None:
    """Say how the hub stands, if anybody follows, and which hubs cannot be told."""
    if found.tally.followers or found.tally.asked:
        click.echo(_("Hub: {summary}").format(summary=_summary(found)))
    for hub in dict.fromkeys(one.hub for one in found.untold):
        some = [one for one in found.untold if one.hub == hub]
        said = ngettext(
            "{hub} could not be told of {n} feed: {detail}",
            "{hub} could not be told of {n} feeds: {detail}",
            len(some),
        )
        click.secho(said.format(hub=hub, n=len(some), detail=some[0].detail), fg="red")


# ── In words ──


def _summary(found: HubStanding) -> str:
    tally = found.tally
    said = ngettext("{n} follower", "{n} followers", tally.followers)
    parts = [said.format(n=tally.followers)]
    if tally.failing:
        parts.append(_("{n} failing").format(n=tally.failing))
    if tally.asked:
        parts.append(_("{n} to be verified").format(n=tally.asked))
    where = found.ours or _("we are no hub")
    return f"{', '.join(parts)} ({where})."


def _show_followers(work: Hubbing, held: Sequence[Follower], zone: str) -> None:
    if held:
        show.table(
            (
                "",
                _("feed"),
                _("host"),
                _("state"),
                _("until"),
                _("last delivery"),
                _("trouble"),
            ),
            [
                (
                    one.id,
                    short(work, one.topic),
                    one.host,
                    _state(one),
                    show.local(one.lease_until, zone),
                    show.local(one.delivered_at, zone),
                    f"{one.failures} × {one.detail}" if one.failures else one.detail,
                )
                for one in held
            ],
        )


def _show_pings(work: Hubbing, told: Sequence[Ping], zone: str) -> None:
    if told:
        show.table(
            (_("hub"), _("feed"), _("last told"), _("waits since"), _("trouble")),
            [
                (
                    one.hub,
                    short(work, one.topic),
                    show.local(one.pinged_at, zone),
                    show.local(one.owed_at, zone),
                    f"{one.failures} × {one.detail}" if one.failures else "",
                )
                for one in told
            ],
        )


def _state(held: Follower) -> str:
    said = STATES[held.state]
    if held.state is FollowerState.VERIFIED and held.intent is Intent.SUBSCRIBE:
        return _("{state}, renews").format(state=said)
    if held.intent is Intent.UNSUBSCRIBE:
        return _("{state}, wants to leave").format(state=said)
    return said


def _show_waiting(work: Hubbing, *, everything: bool, as_json: bool) -> None:
    held, told = waiting(work)
    every = topics(work) if everything else []
    if as_json:
        show.as_json(
            {
                "followers": [_follower(work, one) for one in held],
                "hubs": [_ping(one) for one in told],
                "topics": every,
            }
        )
        return
    for one in held:
        click.echo(f"{one.host}: {short(work, one.topic)}")
    for ping in told:
        click.echo(f"{ping.hub}: {short(work, ping.topic)}")
    for topic in every:
        click.echo(short(work, topic))


# ── For machines ──


def _as_json(work: Hubbing, found: HubStanding) -> dict[str, Any]:
    return hub_json(found) | {
        "followers": [_follower(work, one) for one in found.followers],
        "pings": [_ping(one) for one in found.pings],
    }


def _follower(work: Hubbing, held: Follower) -> dict[str, Any]:
    return {
        "number": held.id,
        "topic": held.topic,
        "path": short(work, held.topic),
        "callback": held.callback,
        "host": held.host,
        "state": held.state.value,
        "intent": held.intent.value,
        "signed": bool(held.secret),
        "lease_seconds": held.lease,
        "asked_at": _moment(held.asked_at),
        "verified_at": _moment(held.verified_at),
        "lease_until": _moment(held.lease_until),
        "delivered_at": _moment(held.delivered_at),
        "owed_at": _moment(held.owed_at),
        "due_at": _moment(held.due_at),
        "failures": held.failures,
        "failing_since": _moment(held.failing_since),
        "detail": held.detail,
    }


def _ping(one: Ping) -> dict[str, Any]:
    return {
        "hub": one.hub,
        "topic": one.topic,
        "pinged_at": _moment(one.pinged_at),
        "owed_at": _moment(one.owed_at),
        "due_at": _moment(one.due_at),
        "failures": one.failures,
        "detail": one.detail,
    }


def _moment(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
