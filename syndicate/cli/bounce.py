"""``syndicate bounce``: one message from a mail system, by a pipe.

Exit codes are those of sysexits.h, which Postfix, Exim and qmail understand: 0 the
message was taken in, or is of no interest; 75 it could not be, and is to be kept and
brought again. Nothing else, for anything else would be bounced in its turn.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click

from syndicate.cli import show
from syndicate.cli.parts import opened
from syndicate.cli.returning import bouncing
from syndicate.cli.words import _
from syndicate.digest.returns.parts import LONGEST
from syndicate.errors import SyndicateError
from syndicate.model import Bounce
from syndicate.pipeline.membership.intake import looked_at, take_in

TEMPFAIL = 75
"""EX_TEMPFAIL: "keep it, and try again"."""
_PIECE = 65_536


@click.command("bounce", help=_("Take in a bounce or a complaint from standard input."))
@click.option(
    "--recipient",
    envvar=("ORIGINAL_RECIPIENT", "RECIPIENT", "EXTENSION"),
    default="",
    metavar="ADDRESS",
    help=_(
        "To whom it was sent; Postfix, Exim and qmail say so in the environment, too."
    ),
)
@click.option("--dry-run", is_flag=True, help=_("Say what it is; change nothing."))
@show.json_option
@click.pass_obj
def command(path: Path, recipient: str, dry_run: bool, as_json: bool) -> None:
    """Read a message and let it count."""
    try:
        with click.open_file("-", "rb") as stream:
            raw = whole(stream)
        taken = _taken(path, raw, recipient, dry_run=dry_run)
    except (SyndicateError, OSError) as error:
        click.echo(_("error: {said}").format(said=error), err=True)
        raise click.exceptions.Exit(TEMPFAIL) from error
    except Exception as error:  # whatever it is: the mail system must keep the mail
        click.echo(f"{type(error).__name__}: {error}", err=True)
        raise click.exceptions.Exit(TEMPFAIL) from error
    if as_json:
        show.as_json(told(taken))
    elif dry_run:
        click.echo(line(taken))


def whole(stream: IO[bytes]) -> bytes:
    """Read the beginning of a message, and take the rest off the writer's hands."""
    kept = stream.read(LONGEST)
    while stream.read(_PIECE):
        pass
    return kept


def _taken(path: Path, raw: bytes, recipient: str, *, dry_run: bool) -> Bounce:
    with opened(path) as desk:
        work, now = bouncing(desk), desk.clock()
        if dry_run:
            return looked_at(work, [(raw, recipient)], now)[0]
        return take_in(work, raw, recipient, now)


def told(bounce: Bounce) -> dict[str, object]:
    """Return a bounce for JSON."""
    return {
        "id": bounce.id or None,
        "at": bounce.at,
        "kind": bounce.kind.value,
        "form": bounce.form,
        "final": bounce.is_final,
        "status": bounce.status,
        "feedback": bounce.feedback,
        "member": bounce.member,
        "delivery": bounce.delivery,
        "letter": bounce.letter,
        "diagnostic": bounce.diagnostic,
        "settled_at": bounce.settled_at,
    }


def line(bounce: Bounce) -> str:
    """Say in a line what a message is."""
    whose = _("member {number}").format(number=bounce.member)
    if bounce.member is None:
        whose = _("nobody's")
    parts = (bounce.kind.value, bounce.form, bounce.status or bounce.feedback, whose)
    return "  ".join(filter(None, parts))
