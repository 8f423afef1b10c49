"""``members pause``, ``resume`` and ``leave``: on a person's word to the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from syndicate.cli import show
from syndicate.cli.members.finding import found, named, wanted
from syndicate.cli.members.spoken import spoken
from syndicate.cli.wire import opened
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.model import Subscription, SubscriptionState
from syndicate.pipeline.membership import choosing, leaving

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
_digest_option = click.option(
    "--digest",
    "digests",
    multiple=True,
    metavar="KEY",
    help=_("Of this digest only; may be repeated."),
)
Move = Callable[[Subscription], bool]


@click.command("pause", help=_("Send a member nothing for a while."))
@click.argument("address")
@click.option(
    "--until",
    required=True,
    type=click.DateTime(_FORMATS),
    help=_("A day or moment, in the member's time zone; it resumes by itself."),
)
@_digest_option
@click.pass_obj
def pause(path: Path, address: str, until: datetime, digests: tuple[str, ...]) -> None:
    """Pause what is active; exit code 4 if nothing is."""
    with opened(path) as desk, spoken():
        work, now = desk.membership(), desk.clock()
        held = found(work, address)
        zone = held.member.timezone or desk.settings.site.timezone
        end = until.replace(tzinfo=ZoneInfo(zone))
        moved = [
            one
            for one in wanted(work, held, digests)
            if choosing.pause(work, one.id, end, now)
        ]
        said = _("{member} gets nothing of {digests} until {until}.")
        _tell(held, moved, said, until=show.local(end, zone))


@click.command("resume", help=_("End a member's pause now."))
@click.argument("address")
@_digest_option
@click.pass_obj
def resume(path: Path, address: str, digests: tuple[str, ...]) -> None:
    """Resume what is paused; exit code 4 if nothing is."""
    with opened(path) as desk, spoken():
        work, now = desk.membership(), desk.clock()
        held = found(work, address)
        moved = [
            one
            for one in wanted(work, held, digests)
            if one.state is SubscriptionState.PAUSED
            and choosing.resume(work, one.id, now)
        ]
        _tell(held, moved, _("{member} gets {digests} again."))


@click.command("leave", help=_("Take a member off digests, for good."))
@click.argument("address")
@_digest_option
@click.option("--dry-run", is_flag=True, help=_("Say what would happen, no more."))
@click.pass_obj
def leave(path: Path, address: str, digests: tuple[str, ...], dry_run: bool) -> None:
    """Take a member off all digests, or those named; only they can come back."""
    with opened(path) as desk, spoken():
        work, now = desk.membership(), desk.clock()
        held = found(work, address)
        going = [
            one
            for one in wanted(work, held, digests)
            if one.state is not SubscriptionState.UNSUBSCRIBED
        ]
        if not dry_run:
            for one in going:
                leaving.leave(work, one.id, now, form="members leave")
        said = _("{member} gets nothing of {digests} any more.")
        if dry_run:
            said = _("{member} would get nothing of {digests} any more.")
        _tell(held, going, said)


def _tell(
    held: choosing.Held, moved: list[Subscription], said: str, **more: Any
) -> None:
    if not moved:
        raise SyndicateError(_("There is nothing to change."))
    digests = ", ".join(one.digest for one in moved)
    click.echo(said.format(member=named(held.member), digests=digests, **more))
