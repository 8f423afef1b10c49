"""``syndicate``: the commands. Each is a thin reading of its arguments.

Exit codes: 0 done; 1 something failed, the rest was done; 2 wrong usage; 3 the
settings are wrong; 4 nothing could be done.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from syndicate import __version__
from syndicate.cli.words import _
from syndicate.errors import ConfigError, SyndicateError

COMMANDS = {
    "init": "start",
    "config": "config",
    "sources": "sources",
    "gather": "gather",
    "publish": "publish",
    "digest": "digest",
    "serve": "serve",
    "status": "status",
    "explain": "explain",
    "demo": "demo",
    "completion": "completion",
}
"""Command → its module, in the order in which a newcomer meets them."""


class _Commands(click.Group):
    """Loads a command when it is asked for: ``syndicate --help`` imports no library."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"syndicate.cli.{COMMANDS[cmd_name]}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            for mistake in error.mistakes:
                click.echo(mistake, err=True)
            ctx.exit(3)
        except SyndicateError as error:
            click.echo(_("error: {said}").format(said=error), err=True)
            ctx.exit(4)
        except KeyboardInterrupt:
            ctx.exit(130)


@click.group(
    cls=_Commands,
    help=_("A syndication desk: gather, deduplicate, categorise, publish, mail."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
)
@click.version_option(__version__, prog_name="syndicate")
@click.option(
    "--config",
    "-c",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.toml"),
    show_default=True,
    help=_("The settings."),
)
@click.pass_context
def main(ctx: click.Context, config_path: Path) -> None:
    """Keep where the settings are; commands read them when they need them."""
    ctx.obj = config_path
