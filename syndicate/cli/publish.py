"""``syndicate publish``: write the documents that are not as they should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from syndicate.cli import mirror, show
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.pipeline.publishing import (
    Publishing,
    begin_anew,
    leftovers,
    look_over,
    prune,
    publish,
)
from syndicate.publish.disk.folder import Written
from syndicate.store import written as documents


@click.command("publish", help=_("Write the feeds and pages that have changed."))
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help=_("Make every document anew and compare it with what is there."),
)
@click.option(
    "--prune",
    "pruning",
    is_flag=True,
    help=_("Remove documents of feeds that are gone."),
)
@click.option(
    "--dry-run", is_flag=True, help=_("Name what would be removed or copied, no more.")
)
@show.json_option
@click.pass_obj
def command(
    path: Path, everything: bool, pruning: bool, dry_run: bool, as_json: bool
) -> None:
    """Publish; exit code 1 if a document could not be written."""
    with opened(path) as desk:
        work, folder = desk.publishing(), desk.settings.publish.folder
        if dry_run:
            left, copying = leftovers(work, desk.clock()), mirror.plan_of(desk)
            if as_json:
                told = {"leftovers": list(left), **mirror.plan_as_json(copying)}
                show.as_json(told)
            else:
                click.echo("".join(f"{name}\n" for name in left), nl=False)
                click.echo(mirror.plan_as_text(copying), nl=False)
            return
        written = _publish(desk, work, everything)
        with desk.database.read() as connection:
            unchanged = documents.count(connection) - len(written.changed)
        gone = leftovers(work, desk.clock()) if pruning else ()
        prune(work, gone)
        copied = mirror.send_copies(desk, everything=everything)
    target = desk.settings.publish.target
    if as_json:
        show.as_json(
            {
                "folder": str(folder),
                "changed": list(written.changed),
                "unchanged": max(unchanged, 0),
                "units": written.units,
                "stories": written.stories,
                "removed": list(gone),
                "failed": dict(written.failed),
                **mirror.as_json(copied, target),
            }
        )
    else:
        said = _("{changed} documents written to {folder}, {unchanged} unchanged.")
        click.echo(
            said.format(
                changed=len(written.changed),
                folder=folder,
                unchanged=max(unchanged, 0),
            )
        )
        if gone:
            click.echo(_("{count} documents removed.").format(count=len(gone)))
        for name, why in written.failed:
            click.echo(why if name in why else f"{name}: {why}", err=True)
        mirror.tell(copied, target)
    if written.failed or not mirror.whole(copied):
        raise click.exceptions.Exit(1)


def _publish(desk: Wiring, work: Publishing, everything: bool) -> Written:
    """Publish what changed, what is missing, or everything, and show how far it is."""
    titles = {"stories": _("Looking at stories"), "documents": _("Writing documents")}

    @contextmanager
    def shown(what: str, total: int) -> Iterator[Callable[[], None]]:
        with show.bar(titles[what], total) as advance:
            yield advance

    now = desk.clock()
    if everything:
        begin_anew(work, now)
    else:
        look_over(work)
    return publish(work, now, shown)
