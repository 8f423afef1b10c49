"""``syndicate completion``: the line that completes commands in your shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from syndicate.cli.words import _
from syndicate.errors import SyndicateError


@click.command("completion", help=_("Print the shell script that completes commands."))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script; ``eval "$(syndicate completion bash)"`` uses it."""
    found = get_completion_class(shell)
    if found is None:
        raise SyndicateError(_("no completion for {shell}").format(shell=shell))
    root = ctx.find_root().command
    click.echo(found(root, {}, "syndicate", "_SYNDICATE_COMPLETE").source())
