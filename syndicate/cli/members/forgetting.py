"""``members erase`` and ``suppress``."""

from __future__ import annotations

from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.members.spoken import spoken
from syndicate.cli.wire import opened
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.pipeline.membership.desk import address_checked
from syndicate.pipeline.membership.erasing import Erased, erase_address
from syndicate.pipeline.membership.remembering import remember
from syndicate.pipeline.membership.secrets import rekey as make_anew
from syndicate.pipeline.membership.suppressing import lift, standing
from syndicate.pipeline.membership.suppressing import suppress as suppress_address

_TABLES = {
    "members": _("member"),
    "subscriptions": _("subscriptions"),
    "deliveries": _("copies in the ledger"),
    "letters": _("letters"),
    "bounces": _("returned mails"),
    "unsubscriptions": _("departures of old"),
}


@click.command("erase", help=_("Forget a person: all but a mark, so that it stays so."))
@click.argument("address")
@click.option("--dry-run", is_flag=True, help=_("Say what would go, no more."))
@show.json_option
@click.pass_obj
def erase(path: Path, address: str, dry_run: bool, as_json: bool) -> None:
    """Wipe address, name and settings everywhere, and suppress the address."""
    with opened(path) as desk, spoken():
        work = desk.membership()
        address_checked(address)
        done = erase_address(work, address, desk.clock(), dry_run=dry_run)
        remember(work.database, work.secret, work.beside, desk.clock())
    if as_json:
        show.as_json(
            {
                "erased": not dry_run,
                "rows": dict(done.held),
                "was_erased": done.suppressed,
                "in_config": list(done.named),
                "clean": done.clean,
            }
        )
    else:
        _tell(done, dry_run=dry_run)


def _tell(done: Erased, *, dry_run: bool) -> None:
    rows = [(_TABLES[name], number) for name, number in done.held.items() if number]
    if rows:
        title = _("What would be wiped") if dry_run else _("What was wiped")
        show.table([_("what"), _("rows")], rows, title, right=[1])
    elif done.suppressed:
        click.echo(_("This person was erased before; nothing is left."))
    else:
        click.echo(_("Nothing is kept of this person."))
    if dry_run:
        click.echo(_("The address would be suppressed for good, by its mark."))
    else:
        click.echo(_("The address is suppressed for good, by its mark."))
    for digest in done.named:
        said = _('config.toml names the address for "{digest}": take it out there.')
        click.echo(said.format(digest=digest), err=True)
    if not done.clean:
        click.echo(
            _(
                "The address still stands in the database file: another program has "
                "it open, or an article has the address. Stop `syndicate serve` and "
                "run this again."
            ),
            err=True,
        )


@click.command("suppress", help=_("Never send anything to an address; or lift that."))
@click.argument("address")
@click.option("--why", default="", help=_("A note for the desk; no names."))
@click.option("--lift", "lifting", is_flag=True, help=_("Let it be written to again."))
@click.option(
    "--consent", default="", help=_("With --lift: on what ground; kept as a record.")
)
@click.option("--dry-run", is_flag=True, help=_("Say what would happen, no more."))
@click.pass_obj
def suppress(
    path: Path, address: str, why: str, lifting: bool, consent: str, dry_run: bool
) -> None:
    """Suppress an address, member or not; nothing brings it back but --lift."""
    with opened(path) as desk, spoken():
        work, now = desk.membership(), desk.clock()
        address_checked(address)
        if dry_run:
            click.echo(_standing(standing(work, address).kept is not None))
        elif lifting:
            if not lift(work, address, consent, now):
                raise SyndicateError(_("Nothing stands against this address."))
            click.echo(_("The address may be written to again; who left has left."))
        elif suppress_address(work, address, why, now):
            click.echo(_("Nothing is sent to this address any more."))
        else:
            click.echo(_standing(suppressed=True))
        remember(work.database, work.secret, work.beside, now)


def _standing(suppressed: bool) -> str:
    if suppressed:
        return _("This address is suppressed.")
    return _("This address is not suppressed.")


@click.command("rekey", help=_("Go on with another secret, where the old one is lost."))
@click.pass_obj
def rekey(path: Path) -> None:
    """Make marks anew; links in mails that were sent work no more."""
    with opened(path) as desk:
        marks, lost = make_anew(desk.database, desk.needed_secret(), desk.clock())
    said = _(
        "{n} marks were made anew. Links in mails that were sent work no more; "
        "{lost} suppressions are of people whose addresses are not kept, and work no "
        "more: never import these people again."
    )
    click.echo(said.format(n=marks, lost=lost))
