"""``syndicate digest``: issues, from their stories to what became of each copy."""

from __future__ import annotations

import click

from syndicate.cli.digest.composing import compose
from syndicate.cli.digest.deskdecide import approve, hold, skip
from syndicate.cli.digest.deskedit import edit_issue
from syndicate.cli.digest.deskshow import drafts, show_issue
from syndicate.cli.digest.exporting import export
from syndicate.cli.digest.keys import dkim
from syndicate.cli.digest.linting import lint_mail
from syndicate.cli.digest.previewing import preview_issue
from syndicate.cli.digest.sending import send
from syndicate.cli.digest.standing import retry, status, who
from syndicate.cli.words import _


@click.group("digest", help=_("See the next issue; compose and send it."))
def command() -> None:
    """Gather the subcommands."""


for subcommand in (approve, drafts, edit_issue, hold, show_issue, skip):
    command.add_command(subcommand)
for subcommand in (compose, dkim, export, lint_mail, preview_issue, send):
    command.add_command(subcommand)
for subcommand in (retry, status, who):
    command.add_command(subcommand)
