"""``syndicate publish``: write the documents that are not as they should be."""

from __future__ import annotations

from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.wire import opened
from syndicate.cli.words import _
from syndicate.pipeline.publishing import leftovers, prune, publish


@click.command("publish", help=_("Write the feeds and pages that have changed."))
@click.option(
    "--prune",
    "pruning",
    is_flag=True,
    help=_("Remove documents of feeds that are gone."),
)
@click.option("--dry-run", is_flag=True, help=_("With --prune: name them, no more."))
@show.json_option
@click.pass_obj
def command(path: Path, pruning: bool, dry_run: bool, as_json: bool) -> None:
    """Publish; exit code 1 if a document could not be written."""
    with opened(path) as desk:
        work, folder = desk.publishing(), desk.settings.publish.folder
        if dry_run:
            left = leftovers(work, desk.clock())
            if as_json:
                show.as_json({"leftovers": list(left)})
            else:
                click.echo("".join(f"{name}\n" for name in left), nl=False)
            return
        written = publish(work, desk.clock())
        gone = leftovers(work, desk.clock()) if pruning else ()
        prune(work, gone)
    if as_json:
        show.as_json(
            {
                "folder": str(folder),
                "changed": list(written.changed),
                "unchanged": written.unchanged,
                "removed": list(gone),
                "failed": dict(written.failed),
            }
        )
    else:
        said = _("{changed} documents written to {folder}, {unchanged} unchanged.")
        click.echo(
            said.format(
                changed=len(written.changed),
                folder=folder,
                unchanged=written.unchanged,
            )
        )
        if gone:
            click.echo(_("{count} documents removed.").format(count=len(gone)))
        for name, why in written.failed:
            click.echo(why if name in why else f"{name}: {why}", err=True)
    if written.failed:
        raise click.exceptions.Exit(1)
