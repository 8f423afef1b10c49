"""``syndicate purge``: remove what is older than the settings keep."""

from __future__ import annotations

from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.wire import opened
from syndicate.cli.words import _, ngettext
from syndicate.pipeline.keeping import purge, purgeable


@click.command("purge", help=_("Remove articles that are older than retention."))
@click.option("--dry-run", is_flag=True, help=_("Remove nothing; say how many."))
@show.json_option
@click.pass_obj
def command(path: Path, dry_run: bool, as_json: bool) -> None:
    """Purge, and say how many articles went or would go."""
    with opened(path) as desk:
        retention, now = desk.settings.retention, desk.clock()
        if dry_run:
            count = purgeable(desk.database, retention, now)
        else:
            count = purge(desk.database, retention, now, desk.filing())
    if as_json:
        show.as_json({"purged": 0 if dry_run else count, "old": count})
    elif not retention:
        click.echo(_("Nothing is purged: [store] retention is 0s."))
    elif dry_run:
        said = ngettext(
            "{n} article would be removed.", "{n} articles would be removed.", count
        )
        click.echo(said.format(n=count))
    else:
        said = ngettext("{n} article removed.", "{n} articles removed.", count)
        click.echo(said.format(n=count))
