"""``syndicate bounces``: what came back, and what the desk has to look at."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from syndicate.cli import show
from syndicate.cli.bounce import told
from syndicate.cli.parts import Parts, opened
from syndicate.cli.returning import bouncing, box_of
from syndicate.cli.words import _, ngettext
from syndicate.errors import MailError, SyndicateError
from syndicate.model import Bounce
from syndicate.pipeline.membership.boxes import AT_A_LOOK, Taken, read_box
from syndicate.store import bounces
from syndicate.text.clean import one_line

_SHOWN = 90
"""Characters of a diagnostic in a table."""


@click.group(
    "bounces",
    invoke_without_command=True,
    help=_("See what came back; read the mailbox of bounces."),
)
@click.option("--unknown", is_flag=True, help=_("Only what waits for the desk."))
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help=_("Only what came since then (local)."),
)
@show.limit_option(_("Show so many at most."))
@show.json_option
@click.pass_context
def command(
    ctx: click.Context,
    unknown: bool,
    since: datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """List, the newest first, unless a subcommand is named."""
    if ctx.invoked_subcommand is not None:
        return
    with opened(ctx.obj) as desk:
        zone = desk.settings.site.timezone
        local = since.replace(tzinfo=ZoneInfo(zone)) if since else None
        with desk.database.read() as connection:
            found = bounces.listed(
                connection, limit=limit, since=local, unknown=unknown
            )
            waiting = bounces.unsettled(connection)
    if as_json:
        show.as_json({"bounces": [told(one) for one in found], "unsettled": waiting})
        return
    _show(found, waiting, zone)


def _show(found: Sequence[Bounce], waiting: int, zone: str) -> None:
    columns = (_("number"), _("at"), _("kind"), _("member"), _("status"), _("said"))
    show.table(columns, [_row(one, zone) for one in found], right=(0,))
    if waiting:
        said = ngettext(
            "{count} message could not be matched: `syndicate bounces --unknown`",
            "{count} messages could not be matched: `syndicate bounces --unknown`",
            waiting,
        )
        click.echo(said.format(count=waiting))


def _row(one: Bounce, zone: str) -> tuple[object, ...]:
    said = one_line(one.diagnostic)[:_SHOWN] or one.form
    kind = one.kind.value if one.settled_at is None else f"{one.kind.value} ✓"
    member = "–" if one.member is None else one.member
    return (
        *(one.id, show.local(one.at, zone), kind, member),
        *(one.status or one.feedback, said),
    )


@command.command("show", help=_("Show one, as it came if it waits for the desk."))
@click.argument("number", type=int)
@show.json_option
@click.pass_obj
def show_command(path: Path, number: int, as_json: bool) -> None:
    """Print the message, or what was noted of it."""
    with opened(path) as desk, desk.database.read() as connection:
        held = bounces.get(connection, number)
        raw = bounces.raw(connection, number)
    if held is None:
        raise SyndicateError(_("there is no bounce {number}").format(number=number))
    text = _printable(raw)
    if as_json:
        show.as_json({**told(held), "raw": text})
        return
    for name, said in told(held).items():
        if said not in (None, ""):
            click.echo(f"{name}: {said}")
    if text is not None:
        click.echo(f"\n{text}")


def _printable(raw: bytes | None) -> str | None:
    """Return a stranger's message without what would steer a terminal."""
    if raw is None:
        return None
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n")
    return "".join(
        one if one.isprintable() or one in "\n\t" else "\ufffd" for one in text
    )


@command.command("settle", help=_("Note that you have done with these."))
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help=_("Say how many; change nothing."))
@click.pass_obj
def settle_command(path: Path, numbers: tuple[int, ...], dry_run: bool) -> None:
    """Settle them; what was kept of the messages is let go of."""
    with opened(path) as desk:
        count = _settle(desk, numbers, dry_run=dry_run)
    click.echo(
        ngettext("{count} settled.", "{count} settled.", count).format(count=count)
    )


def _settle(desk: Parts, numbers: tuple[int, ...], *, dry_run: bool) -> int:
    if dry_run:
        with desk.database.read() as connection:
            held = [bounces.get(connection, number) for number in set(numbers)]
        return sum(one is not None and one.settled_at is None for one in held)
    with desk.database.write() as connection:
        return bounces.settle(connection, numbers, desk.clock())


@command.command("read", help=_("Read the mailbox of bounces now."))
@click.option("--dry-run", is_flag=True, help=_("Say what is there; change nothing."))
@show.json_option
@click.pass_obj
def read_command(path: Path, dry_run: bool, as_json: bool) -> None:
    """Take in what is unread."""
    with opened(path) as desk:
        open_box = box_of(desk)
        if open_box is None:
            raise MailError(_("[mail] names no mailbox: set `bounces`"))
        work = bouncing(desk)
        with (
            closing(open_box()) as box,
            show.bar(_("Reading"), AT_A_LOOK) as advance,
        ):
            taken = read_box(
                work,
                box,
                desk.clock,
                dry_run=dry_run,
                on_bounce=lambda bounce: advance(bounce.kind.value),
            )
    _show_taken(taken, as_json)


def _show_taken(taken: Taken, as_json: bool) -> None:
    if as_json:
        counts = {"messages": taken.messages, "unknown": taken.unknown}
        show.as_json({**counts, "kinds": dict(taken.kinds)})
        return
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(taken.kinds.items()))
    said = ngettext("{count} message", "{count} messages", taken.messages)
    click.echo(said.format(count=taken.messages) + (f": {kinds}" if kinds else "."))
    if taken.messages >= AT_A_LOOK:
        click.echo(_("There are more; call it again."))
