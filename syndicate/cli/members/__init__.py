"""``syndicate members``: who gets digests, what they chose, and what they agreed to."""

from __future__ import annotations

import click

from syndicate.cli.members.adding import add, import_
from syndicate.cli.members.forgetting import erase, rekey, suppress
from syndicate.cli.members.listing import count, list_, show_member
from syndicate.cli.members.moving import leave, pause, resume
from syndicate.cli.members.taking import export
from syndicate.cli.words import _


@click.group("members", help=_("Add, import, list, pause and erase members."))
def command() -> None:
    """Gather the subcommands."""


for subcommand in (
    *(add, import_, export, list_, show_member, count, pause, resume, leave),
    *(erase, suppress, rekey),
):
    command.add_command(subcommand)
