"""``syndicate partners``: portals that take feeds of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.takers import (
    keys,
    partner_json,
    show_partner,
    show_partners,
    show_token,
)
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.model import FeedFormat, Partner, Rights
from syndicate.pipeline.partners.partnering import (
    Wish,
    enrol,
    renew,
    unknown,
)
from syndicate.store import partners
from syndicate.text.clean import one_line

MOST_ITEMS = 500
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 40
Command = Callable[..., Any]


@click.group("partners", help=_("Give portals feeds of their own; see what they took."))
def command() -> None:
    """Keep the partners."""


# ── What is asked for ──


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """The options that ``add`` and ``change`` share, as click gives them."""

    title: str | None
    feed: tuple[str, ...]
    rights: str | None
    form: str | None
    items: int | None

    def wish(self, desk: Wiring) -> Wish:
        """What they ask for; raises SyndicateError for a feed that there is not."""
        known = keys(desk)
        if none := unknown(desk.database, self.feed, known):
            said = _("there is no feed {unknown}; known: {known}")
            raise SyndicateError(
                said.format(unknown=", ".join(none), known=", ".join(known))
            )
        return Wish(
            title=None if self.title is None else one_line(self.title),
            feeds=self.feed or None,
            rights=Rights(self.rights) if self.rights else None,
            format=FeedFormat(self.form) if self.form else None,
            items=self.items,
        )


def _settings(command: Command) -> Command:
    """Add the options that say what a partner gets."""
    options = (
        click.option("--title", help=_("Its name for people.")),
        click.option(
            "--feed",
            multiple=True,
            metavar="KEY",
            help=_("A feed whose stories it gets; may be repeated. At first: all."),
        ),
        click.option(
            "--rights",
            type=click.Choice([one.value for one in Rights]),
            help=_(
                "The most that it gets of a story; never more than the source grants."
            ),
        ),
        click.option(
            "--format",
            "form",
            type=click.Choice([one.value for one in FeedFormat]),
            help=_("The format of its feed; at first atom."),
        ),
        click.option(
            "--items",
            type=click.IntRange(1, MOST_ITEMS),
            help=_("Most stories in its document; at first 50."),
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _named(desk: Wiring, name: str) -> Partner:
    with desk.database.read() as connection:
        found = partners.named(connection, name)
        names = [one.name for one in partners.every(connection)]
    if found is None:
        said = _('there is no partner "{name}"; known: {known}')
        raise SyndicateError(said.format(name=name, known=", ".join(names) or "–"))
    return found


# ── Commands ──


@command.command("add", help=_("Add a partner; prints its token, this once."))
@click.argument("name")
@_settings
@show.json_option
@click.pass_obj
def add_command(path: Path, /, name: str, as_json: bool, **options: Any) -> None:
    """Make a token, keep its hash, and show it; it cannot be shown again."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        said = _(
            "a name is made of a–z, 0–9 and single hyphens, {most} at most: {name}"
        )
        raise click.UsageError(said.format(most=_LONGEST, name=name))
    with opened(path) as desk:
        wish = _Options(**options).wish(desk)
        with desk.database.read() as connection:
            taken = partners.named(connection, name) is not None
        if taken:
            said = _('there is a partner "{name}" already; see `syndicate partners`')
            raise SyndicateError(said.format(name=name))
        partner, token = enrol(desk.database, name, wish, desk.clock())
        show_token(desk, partner, token, as_json=as_json)


@command.command("renew", help=_("Give a partner another token; the old one ends now."))
@click.argument("name")
@show.json_option
@click.pass_obj
def renew_command(path: Path, name: str, as_json: bool) -> None:
    """Show the new token, this once; a partner that was revoked is back with it."""
    with opened(path) as desk:
        partner = _named(desk, name)
        token = renew(desk.database, partner)
        show_token(desk, _named(desk, name), token, as_json=as_json)


@command.command(
    "list", help=_("List the partners: what they may take, what they took.")
)
@show.json_option
@click.pass_obj
def list_command(path: Path, as_json: bool) -> None:
    """Show every partner, also those that were revoked."""
    with opened(path) as desk:
        with desk.database.read() as connection:
            found = partners.every(connection)
        if as_json:
            known = keys(desk)
            show.as_json(
                [partner_json(desk.settings.site, known, one) for one in found]
            )
        elif found:
            show_partners(desk, found)
        else:
            click.echo(_("There is no partner yet: syndicate partners add NAME"))


@command.command(
    "show", help=_("Show a partner: its scope, its last pull, its counts.")
)
@click.argument("name")
@show.json_option
@click.pass_obj
def show_command(path: Path, name: str, as_json: bool) -> None:
    """Show one partner; exit code 4 if there is none of that name."""
    with opened(path) as desk:
        partner = _named(desk, name)
        if as_json:
            show.as_json(partner_json(desk.settings.site, keys(desk), partner))
        else:
            show_partner(desk, partner)


@command.command("change", help=_("Change what a partner gets; its token stays."))
@click.argument("name")
@_settings
@show.json_option
@click.pass_obj
def change_command(path: Path, /, name: str, as_json: bool, **options: Any) -> None:
    """Change what is given; --feed replaces the whole scope."""
    with opened(path) as desk:
        partner = _named(desk, name)
        wanted = _Options(**options).wish(desk).of(partner)
        with desk.database.write() as connection:
            partners.change(connection, wanted)
        if as_json:
            show.as_json(partner_json(desk.settings.site, keys(desk), wanted))
        else:
            show_partner(desk, wanted)


@command.command("revoke", help=_("Close a partner's feed; the partner stays listed."))
@click.argument("name")
@click.option("--dry-run", is_flag=True, help=_("Say what would happen, no more."))
@click.pass_obj
def revoke_command(path: Path, name: str, dry_run: bool) -> None:
    """From the next request on it is answered with 410."""
    with opened(path) as desk:
        partner = _named(desk, name)
        if not dry_run:
            with desk.database.write() as connection:
                partners.revoke(connection, partner.id, desk.clock())
    said = _(
        "{name} gets nothing any more; `syndicate partners renew {name}` undoes it."
    )
    if dry_run:
        said = _("{name} would get nothing any more.")
    click.echo(said.format(name=partner.name))


@command.command("remove", help=_("Forget a partner and its counts."))
@click.argument("name")
@click.option("--dry-run", is_flag=True, help=_("Say what would happen, no more."))
@click.pass_obj
def remove_command(path: Path, name: str, dry_run: bool) -> None:
    """From the next request on it is answered with 404, as anybody else."""
    with opened(path) as desk:
        partner = _named(desk, name)
        if not dry_run:
            with desk.database.write() as connection:
                partners.remove(connection, partner.id)
    said = _("{name} is forgotten, and its counts.")
    if dry_run:
        said = _("{name} would be forgotten, and its counts.")
    click.echo(said.format(name=partner.name))
