"""``members list``, ``show`` and ``count``: see who gets what."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.members.spoken import STATES, spoken, unknown
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.errors import MemberError
from syndicate.model import Fault, MemberState, SubscriptionState
from syndicate.pipeline.membership.exporting import everything, listed_json
from syndicate.store import memberlists, subscriptions, suppressions
from syndicate.store.memberlists import Listed, Wanted

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]


@click.command("list", help=_("List members, the newest first."))
@click.option("--digest", default="", help=_("Only who has to do with this digest."))
@click.option(
    "--state",
    type=click.Choice([one.value for one in SubscriptionState]),
    help=_("Only with such a subscription."),
)
@click.option(
    "--standing",
    type=click.Choice([one.value for one in MemberState]),
    help=_("Only with such an address."),
)
@click.option("--since", type=click.DateTime(_FORMATS), help=_("Only who came since."))
@click.option(
    "--before", type=click.IntRange(1), help=_("Only with a lower number: go on.")
)
@show.limit_option(_("Most members."))
@show.json_option
@click.pass_obj
def list_(path: Path, /, as_json: bool, **options: Any) -> None:
    """List members; each line costs the same, however many there are."""
    wanted = Wanted(
        digest=options["digest"],
        state=_enum(SubscriptionState, options["state"]),
        standing=_enum(MemberState, options["standing"]),
        since=_moment(options["since"]),
        before=options["before"] or memberlists.LAST,
        limit=options["limit"],
    )
    with opened(path) as desk, spoken():
        with desk.database.read() as connection:
            found = memberlists.page(connection, wanted)
            are_any = found or memberlists.count(connection)
        _check_digest(desk, wanted.digest if not found else "")
        if as_json:
            show.as_json([listed_json(one) for one in found])
        elif found:
            _show_list(desk, found, wanted.limit)
        elif are_any:
            click.echo(_("There is no such member."))
        else:
            click.echo(
                _(
                    "There is no member yet. Put somebody on a digest: "
                    "syndicate members add ADDRESS, or members import FILE; let people "
                    "sign up: signup = true in [[digest]]. Whom its audience names "
                    "comes in with the next issue."
                )
            )


def _check_digest(desk: Wiring, key: str) -> None:
    """Say of a digest that nobody has to do with whether there is one."""
    known = dict.fromkeys(one.series for one in desk.settings.digests)
    if key and key not in known:
        told = f'there is no digest "{key}": {", ".join(known) or "–"}'
        raise MemberError(told, fault=Fault.DIGEST, word=key)


@click.command("show", help=_("Show a member, and every record of consent."))
@click.argument("address")
@show.json_option
@click.pass_obj
def show_member(path: Path, address: str, as_json: bool) -> None:
    """Show all that is kept under an address; exit code 4 if nothing is."""
    with opened(path) as desk, spoken():
        told = everything(desk.membership(), address)
        if not any(told.values()):
            raise unknown(address)
        if as_json:
            show.as_json(told)
        else:
            _show_one(desk, told)


@click.command("count", help=_("Count members by digest and state."))
@show.json_option
@click.pass_obj
def count(path: Path, as_json: bool) -> None:
    """Count subscriptions, addresses and suppressions."""
    with opened(path) as desk:
        with desk.database.read() as connection:
            digests = subscriptions.tally(connection)
            addresses = memberlists.count(connection)
            suppressed, _last = suppressions.summary(connection)
        if as_json:
            show.as_json(
                {
                    "digests": {
                        key: {state.value: one for state, one in found.items()}
                        for key, found in digests.items()
                    },
                    "addresses": {one.value: n for one, n in addresses.items()},
                    "suppressed": suppressed,
                }
            )
            return
        states = list(SubscriptionState)
        heads = [_("digest"), *(STATES[one.value] for one in states)]
        lines = [
            [key, *(found.get(state, 0) for state in states)]
            for key, found in digests.items()
        ]
        show.table(heads, lines, right=range(1, len(heads)))
        standing = [(STATES[one.value], number) for one, number in addresses.items()]
        show.table([_("address"), _("number")], standing, right=[1])
        click.echo(_("suppressed addresses: {n}").format(n=suppressed))


def _enum(kind: Any, said: str | None) -> Any:
    return None if said is None else kind(said)


def _moment(said: datetime | None) -> datetime | None:
    return None if said is None else said.replace(tzinfo=UTC)


def _show_list(desk: Wiring, found: list[Listed], limit: int) -> None:
    zone = desk.settings.site.timezone
    heads = [
        _("number"),
        _("address"),
        _("name"),
        _("standing"),
        _("digests"),
        _("since"),
    ]
    lines = [
        (
            one.member.id,
            one.member.address,
            one.member.name,
            STATES[one.member.state.value],
            ", ".join(
                f"{held.digest}: {STATES[held.state.value]}"
                for held in one.subscriptions
            ),
            show.local(one.member.created_at, zone),
        )
        for one in found
    ]
    show.table(heads, lines, right=[0])
    if len(found) == limit:
        said = _("There may be more: --before {number}")
        click.echo(said.format(number=found[-1].member.id))


def _show_one(desk: Wiring, told: dict[str, Any]) -> None:
    zone = desk.settings.site.timezone
    member, gone = told["member"], told["suppressed"]
    if member:
        click.echo(f"{member['name'] or '–'} <{member['address']}>")
        said = _("number {number}, {standing}, since {since}")
        click.echo(
            said.format(
                number=member["id"],
                standing=STATES[member["standing"]],
                since=_local(member["created_at"], zone),
            )
        )
    if gone:
        said = _("suppressed since {at}: {reason} {note}")
        click.echo(
            said.format(
                at=_local(gone["at"], zone),
                reason=STATES[gone["reason"]],
                note=gone["note"],
            ).rstrip()
        )
    if member and member["subscriptions"]:
        lines = [
            (one["digest"], STATES[one["state"]], one["origin"], _chosen(one, zone))
            for one in member["subscriptions"]
        ]
        show.table([_("digest"), _("state"), _("origin"), _("choice")], lines)
    records = [
        (
            _local(one["at"], zone),
            one["digest"],
            STATES[one["kind"]],
            one["form"],
            one["text"],
        )
        for one in told["consents"]
    ]
    if records:
        heads = [_("at"), _("digest"), _("record"), _("where"), _("words")]
        show.table(heads, records, _("Consent"))
    said = _("copies: {copies}, letters: {letters}, returned: {returned}")
    click.echo(
        said.format(
            copies=len(told["copies"]),
            letters=len(told["letters"]),
            returned=len(told["returned"]),
        )
    )


def _chosen(held: dict[str, Any], zone: str) -> str:
    """What was chosen of a digest, in one line."""
    parts = [
        held["cadence"],
        "" if held["weekday"] is None else _("weekday {n}").format(n=held["weekday"]),
        "" if held["hour"] is None else f"{held['hour']}:00",
        ", ".join((*held["categories"], *held["sources"])),
    ]
    if held["paused_until"]:
        until = _local(held["paused_until"], zone)
        parts.append(_("until {until}").format(until=until))
    return "; ".join(part for part in parts if part)


def _local(said: str | None, zone: str) -> str:
    return show.local(datetime.fromisoformat(said) if said else None, zone)
