"""``members export``: take along what is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from syndicate.cli.members.spoken import spoken
from syndicate.cli.wire import opened
from syndicate.cli.words import _
from syndicate.pipeline.membership.desk import Membership, digest_checked
from syndicate.pipeline.membership.exporting import (
    as_csv,
    as_json_lines,
    everything,
    suppressed_csv,
)


@click.command(
    "export", help=_("Write members as CSV or JSON; of one, all that is kept.")
)
@click.argument("address", required=False)
@click.option("--digest", default="", help=_("Only who has to do with this digest."))
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl"]),
    default="csv",
    show_default=True,
    help=_("CSV, a line for each member and digest; or JSON, a line for each member."),
)
@click.option(
    "--suppressed", is_flag=True, help=_("The marks of suppressed addresses instead.")
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("A file that only its owner can read; default: standard output."),
)
@click.pass_obj
def export(path: Path, /, output: Path | None, **options: Any) -> None:
    """Write what is kept of one person, of all, or of those who get nothing more."""
    with opened(path) as desk, spoken():
        lines = _lines(desk.membership(), options)
        if output is None:
            for line in lines:
                click.echo(line.encode("utf-8"), nl=False)
            return
        output.touch(mode=0o600)
        with output.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)


def _lines(work: Membership, options: dict[str, Any]) -> Iterator[str]:
    if options["address"]:
        told = everything(work, options["address"])
        return iter([json.dumps(told, ensure_ascii=False, indent=2) + "\n"])
    if options["suppressed"]:
        return suppressed_csv(work)
    if options["digest"]:
        digest_checked(work, options["digest"])
    if options["form"] == "csv":
        return as_csv(work, options["digest"])
    return as_json_lines(work, options["digest"])
