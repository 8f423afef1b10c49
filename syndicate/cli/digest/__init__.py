"""``syndicate digest``: issues, from their stories to what became of each copy."""

from __future__ import annotations

import click

from syndicate.cli.digest.previewing import preview_issue
from syndicate.cli.digest.sending import send
from syndicate.cli.words import _


@click.group("digest", help=_("See the next issue; compose and send it."))
def command() -> None:
    """Gather the subcommands."""


for subcommand in (preview_issue, send):
    command.add_command(subcommand)
