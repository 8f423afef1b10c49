"""``syndicate completion``: the line that completes commands in your shell."""

from __future__ import annotations

import tomllib
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

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


def source_keys(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the key of a source; a config.toml with mistakes completes nothing."""
    path = ctx.find_root().params.get("config_path", Path("config.toml"))
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
        tables = [one for one in found.get("source", []) if isinstance(one, dict)]
    except (OSError, ValueError, AttributeError):
        return []
    return [
        CompletionItem(str(one.get("key", "")), help=str(one.get("title", "")))
        for one in tables
        if str(one.get("key", "")).startswith(incomplete)
    ]
