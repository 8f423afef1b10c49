"""Groups of commands whose modules are imported when one of them is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from syndicate.cli.words import _

Place = tuple[str, str, str]
"""The module below ``syndicate.cli`` that a command is in, its name there, its help."""


class LateGroup(click.Group):
    """Loads a command when it is asked for: ``--help`` imports no library."""

    def __init__(self, *args: Any, places: Mapping[str, Place], **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of their places."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command; None if there is none of that name."""
        if cmd_name not in self.places:
            return None
        module, name, _help = self.places[cmd_name]
        found: click.Command = getattr(import_module(f"syndicate.cli.{module}"), name)
        return found

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the list of commands without importing any."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, said[2]) for name, said in self.places.items()])
