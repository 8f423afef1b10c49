"""``syndicate config``: check the settings; print their JSON schema."""

from __future__ import annotations

from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.words import _
from syndicate.config.environment import read_environment
from syndicate.config.load import load
from syndicate.config.schema import json_schema
from syndicate.errors import ConfigError


@click.group("config", help=_("Check the settings; print their JSON schema."))
def command() -> None:
    """Gather the subcommands."""


@command.command("check", help=_("Say what is wrong with the settings, if anything."))
@show.json_option
@click.pass_obj
def check(path: Path, as_json: bool) -> None:
    """Read the settings and report every mistake."""
    try:
        found = load(path, read_environment())
    except ConfigError as error:
        if not as_json:
            raise
        show.as_json({"ok": False, "mistakes": list(error.mistakes)})
        raise click.exceptions.Exit(3) from None
    counts = {
        "sources": len(found.sources),
        "categories": len(found.categories),
        "feeds": len(found.feeds),
        "digests": len(found.digests),
    }
    if as_json:
        show.as_json({"ok": True, "mistakes": [], **counts})
        return
    said = _(
        "{path}: right. {sources} sources, {categories} categories, {feeds} feeds of "
        "its own, {digests} digests."
    )
    click.echo(said.format(path=path, **counts))


@command.command("schema", help=_("Print the JSON schema of config.toml, for editors."))
def schema() -> None:
    """Print the schema."""
    click.echo(json_schema(), nl=False)
