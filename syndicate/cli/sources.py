"""``syndicate sources``: what we gather from, and what an address would give."""

from __future__ import annotations

from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.late import LateGroup
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


@click.group(
    "sources",
    cls=LateGroup,
    places=SUBCOMMANDS,
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
