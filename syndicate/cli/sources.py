"""``syndicate sources``: what we gather from, and what an address would give."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.words import _

SUBCOMMANDS = {
    "list": ("sources", "list_sources", _("List the sources and how they stand.")),
    "show": ("knowing", "show_source", _("Tell what is known of a source.")),
    "add": ("adding", "add", _("Find out what an address offers, and add it.")),
    "test": ("trying", "try_source", _("Show what a source or an address would give.")),
    "import": ("opml", "import_file", _("Add the feeds of an OPML file.")),
    "export": ("opml", "export_file", _("Write the sources as an OPML file.")),
}
"""Subcommand → its module, its name there, and its help."""


class _Subcommands(click.Group):
    """Loads a subcommand when it is asked for: listing sources needs no parser."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SUBCOMMANDS:
            return None
        module, name, _help = SUBCOMMANDS[cmd_name]
        found: click.Command = getattr(import_module(f"syndicate.cli.{module}"), name)
        return found

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, said[2]) for name, said in SUBCOMMANDS.items()])


@click.group(
    "sources",
    cls=_Subcommands,
    help=_("List, try, add, import and export sources."),
)
def command() -> None:
    """Gather the subcommands."""


@click.command("list", help=_("List the sources and how they stand."))
@show.json_option
@click.pass_obj
def list_sources(path: Path, as_json: bool) -> None:
    """Show every source with its last visit."""
    from syndicate.cli.wire import opened  # noqa: PLC0415 -- `sources --help` is quick

    with opened(path) as desk:
        standing = desk.standing()
        zone = desk.settings.site.timezone
    if as_json:
        show.as_json(standing.as_json()["sources"])
        return
    show.table(
        (_("key"), _("title"), _("kind"), _("last visit"), _("next"), _("trouble")),
        [
            (
                source.key,
                source.title,
                source.kind.value,
                show.local(state.visited_at, zone),
                show.local(state.due_at, zone),
                f"{state.failures} × {state.error}" if state.failures else "",
            )
            for source, state in standing.sources
        ],
    )
