"""``members add`` and ``members import``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from syndicate.cli import show
from syndicate.cli.members.spoken import FATES, said, spoken
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _, ngettext
from syndicate.errors import MemberError, SyndicateError
from syndicate.members.sheets import SheetError, decoded, rows, unknown_heads
from syndicate.model import Choice, Fault, Member, Origin
from syndicate.pipeline.membership.desk import digest_checked
from syndicate.pipeline.membership.enrolling import Fate
from syndicate.pipeline.membership.importing import (
    CHUNK,
    How,
    Imported,
    bring,
    bring_suppressed,
)
from syndicate.pipeline.membership.importing import add as add_member

Command = Callable[..., Any]
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHOWN = 20
"""Bad rows that are shown; --json has them all."""


def _ground(command: Command) -> Command:
    """Add the options that say on what ground somebody is written to."""
    options = (
        click.option(
            "--digest",
            "digests",
            multiple=True,
            metavar="KEY",
            help=_("A digest that they get; may be repeated. Default: the only one."),
        ),
        click.option(
            "--consent",
            metavar="STATEMENT",
            help=_("How and when they agreed: kept as a record for each of them."),
        ),
        click.option(
            "--confirm",
            is_flag=True,
            help=_("Ask each by a letter instead; who answers it is a member."),
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _statement(consent: str | None, confirm: bool) -> str:
    """The desk's statement, "" for a letter to each; raises MemberError."""
    if confirm and consent is not None:
        raise click.UsageError(_("either --consent or --confirm"))
    if confirm:
        return ""
    if not (consent or "").strip():
        raise MemberError("say how they agreed, or ask them", fault=Fault.CONSENT)
    return str(consent).strip()


def _digests(desk: Wiring, named: Sequence[str]) -> tuple[str, ...]:
    """The digests that are named, or the only one that there is, or none."""
    only = tuple(one.key for one in desk.settings.digests)
    return tuple(named) or (only if len(only) == 1 else ())


@click.command("add", help=_("Put a person on digests."))
@click.argument("address")
@_ground
@click.option("--name", default="", help=_("Their name, for the mails."))
@click.option("--language", default="", help=_("Of the mails: vi or en."))
@click.option("--timezone", default="", help=_("Of the hour at which mails come."))
@click.option("--text-only", is_flag=True, help=_("Mails without HTML."))
@click.option("--cadence", default="", help=_("One that the digest offers."))
@click.option("--category", "categories", multiple=True, help=_("Only these."))
@click.option("--source", "sources", multiple=True, help=_("Only these."))
@click.option("--weekday", type=click.Choice(_DAYS), help=_("On which mails come."))
@click.option("--hour", type=click.IntRange(0, 23), help=_("At which mails come."))
@show.json_option
@click.pass_obj
def add(path: Path, /, address: str, as_json: bool, **options: Any) -> None:
    """Put one person on digests; exit code 1 if that could not be for one of them."""
    with opened(path) as desk, spoken():
        statement = _statement(options["consent"], options["confirm"])
        digests = _digests(desk, options["digests"])
        weekday = options["weekday"]
        choice = Choice(
            cadence=options["cadence"],
            weekday=None if weekday is None else _DAYS.index(weekday),
            hour=options["hour"],
            categories=options["categories"],
            sources=options["sources"],
        )
        member = Member(
            address=address,
            name=options["name"],
            language=options["language"],
            timezone=options["timezone"],
            text_only=options["text_only"],
        )
        how = How(statement=statement, form="members add", origin=Origin.DESK)
        choices = dict.fromkeys(digests, choice)
        fates = add_member(desk.membership(), member, choices, how, desk.clock())
    if as_json:
        show.as_json(_counts(fates))
    else:
        for fate, number in fates.items():
            if number:
                click.echo(f"{address}: {FATES[fate]}")
        if not statement and fates[Fate.ADDED] + fates[Fate.RENEWED]:
            click.echo(_("A letter asks them to confirm."))
    if sum(fates.values()) > sum(fates[one] for one in _WELL):
        click.get_current_context().exit(1)


_WELL = (Fate.ADDED, Fate.RENEWED, Fate.KNOWN)


@click.command("import", help=_("Bring in a CSV table of people; - is standard input."))
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=str)
)
@_ground
@click.option("--dry-run", is_flag=True, help=_("Keep nothing; say what would come."))
@show.json_option
@click.pass_obj
def import_(path: Path, /, file: str, as_json: bool, **options: Any) -> None:
    """Bring in a table; exit code 1 if some of its rows are bad, the rest is in.

    A table with a column "mark" is one of suppressed addresses (export --suppressed).
    """
    name = "-" if file == "-" else Path(file).name
    content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    with opened(path) as desk, spoken():
        try:
            text = decoded(content)
            done = _import(desk, text, name, options)
        except SheetError as error:
            raise SyndicateError(f"{name}: {error}") from error
    if as_json:
        show.as_json(
            {
                "rows": done.rows,
                **_counts(done.fates),
                "bad": [{"line": one.line, "what": one.what} for one in done.troubles],
            }
        )
    else:
        _show(done, dry_run=options["dry_run"])
    if done.troubles:
        click.get_current_context().exit(1)


def _import(desk: Wiring, text: str, name: str, options: dict[str, Any]) -> Imported:
    work, now, dry_run = desk.membership(), desk.clock(), options["dry_run"]
    for key in options["digests"]:
        digest_checked(work, key)
    first = next(rows(text), None)
    if first is not None and "mark" in first.cells:
        return bring_suppressed(work, text, now, dry_run=dry_run)
    for head in unknown_heads(text):
        passed = _('the column "{head}" is none of ours, and is passed over')
        click.echo(passed.format(head=head), err=True)
    how = How(
        statement=_statement(options["consent"], options["confirm"]),
        form=f"import {name}",
        digests=_digests(desk, options["digests"]),
    )
    with show.bar(_("Importing"), text.count("\n") // CHUNK + 1) as step:
        return bring(
            work, text, how, now=now, dry_run=dry_run, advance=lambda _rows: step()
        )


def _counts(fates: Counter[Fate]) -> dict[str, int]:
    return {fate.value: fates[fate] for fate in Fate}


def _show(done: Imported, *, dry_run: bool) -> None:
    rows_of = [(FATES[fate], number) for fate, number in done.fates.items() if number]
    title = _("What would become of them") if dry_run else _("What became of them")
    if rows_of:
        show.table([_("people and digests"), _("number")], rows_of, title, right=[1])
    for one in done.troubles[:_SHOWN]:
        what = said(MemberError(one.what, fault=one.fault, word=one.word))
        told = _("line {line}: {what}").format(line=one.line, what=what)
        click.echo(told, err=True)
    more = len(done.troubles) - _SHOWN
    if more > 0:
        rest = ngettext(
            "and {n} more bad row; --json has it", "and {n} more; --json has them", more
        )
        click.echo(rest.format(n=more), err=True)
    if not rows_of and not done.troubles:
        click.echo(_("There is nobody in it."))
