"""``syndicate``: the commands. Each is a thin reading of its arguments.

Exit codes: 0 done; 1 something failed, the rest was done; 2 wrong usage; 3 the
settings are wrong; 4 nothing could be done.
"""

from __future__ import annotations

import errno
from pathlib import Path

import click

from syndicate import __version__
from syndicate.cli.late import LateGroup
from syndicate.cli.words import _
from syndicate.errors import ConfigError, SyndicateError

COMMANDS = {
    "init": ("start", _("Write a commented config.toml for a new desk.")),
    "config": ("config", _("Check the settings; print their JSON schema.")),
    "sources": ("sources", _("List, try, add, import and export sources.")),
    "gather": ("gather", _("Visit the sources that are due, or those that you name.")),
    "publish": ("publish", _("Write the feeds and pages that have changed.")),
    "categories": ("categories", _("See, test and change what stories are about.")),
    "digest": ("digest", _("See the next issue; compose and send it.")),
    "members": ("members", _("Add, import, list, pause and erase members.")),
    "bounces": (
        "bounces",
        _("See what came back; read the mailbox of bounces."),
    ),
    "bounce": (
        "bounce",
        _("Take in a bounce or a complaint from standard input."),
    ),
    "serve": ("serve", _("Gather, publish, mail and serve until Ctrl-C.")),
    "status": ("status", _("Say how sources, stories and issues stand.")),
    "doctor": ("doctor", _("Check the DNS, the relays and settings for mail.")),
    "purge": ("purge", _("Remove articles that are older than retention.")),
    "stories": ("stories", _("List stories; split, merge and lead them.")),
    "explain": ("explain", _("Tell the life of an article, by address or number.")),
    "search": ("search", _("Find stories by their words, with or without marks.")),
    "documents": (
        "documents",
        _("List the documents that stories cite; show who cites one."),
    ),
    "feeds": ("feeds", _("List the feeds that we publish; show one.")),
    "partners": (
        "partners",
        _("Give portals feeds of their own; see what they took."),
    ),
    "lint": ("lint", _("Check feeds: RSS, Atom, JSON Feed, OPML; files or addresses.")),
    "hub": ("hub", _("See who follows our feeds; tell followers and hubs.")),
    "demo": ("demo", _("Gather, publish and mail three weeks of sample news.")),
    "completion": ("completion", _("Print the shell script that completes commands.")),
}
"""Command → its module and its help, in the order in which a newcomer meets them."""


class _Commands(LateGroup):
    """Answers errors with a line and an exit code."""

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
        except OSError as error:
            if error.errno == errno.EPIPE:  # `syndicate … | head`: click's to answer
                raise
            click.echo(_("error: {said}").format(said=error), err=True)
            ctx.exit(4)
        except KeyboardInterrupt:
            ctx.exit(130)


@click.group(
    cls=_Commands,
    places={
        name: (module, "command", said) for name, (module, said) in COMMANDS.items()
    },
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
