"""``syndicate gather``: visit sources now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.model import Outcome, Source, Visit
from syndicate.pipeline.gathering import due_sources, gather


@click.command(
    "gather", help=_("Visit the sources that are due, or those that you name.")
)
@click.argument("keys", nargs=-1)
@click.option("--all", "everything", is_flag=True, help=_("Visit all, due or not."))
@click.option(
    "--backfill",
    type=click.IntRange(0, 500),
    default=0,
    help=_("Read this many older pages of listings too."),
)
@show.json_option
@click.pass_obj
def command(
    path: Path, keys: tuple[str, ...], everything: bool, backfill: int, as_json: bool
) -> None:
    """Gather, and say what each source came to; exit code 1 if one failed."""
    with opened(path) as desk:
        visits = visit(desk, _wanted(desk, keys, everything), backfill=backfill)
        if as_json:
            show.as_json([visit_json(one) for one in visits])
        else:
            show_visits(visits)
    if any(one.error or one.details for one in visits):
        raise click.exceptions.Exit(1)


def _wanted(desk: Wiring, keys: Sequence[str], everything: bool) -> Sequence[Source]:
    if keys:
        return [desk.source(key) for key in keys]
    if everything:
        return desk.settings.sources
    return due_sources(desk.database, desk.settings.sources, desk.clock())


def visit(
    desk: Wiring, wanted: Sequence[Source], *, backfill: int = 0
) -> tuple[Visit, ...]:
    """Visit ``wanted`` and show how far it has come."""

    async def run() -> tuple[Visit, ...]:
        async with desk.fetcher() as fetcher:
            return await gather(
                desk.gathering(fetcher, backfill=backfill),
                wanted,
                on_visit=lambda visit: advance(visit.source),
            )

    with show.bar(_("Gathering"), len(wanted)) as advance:
        return asyncio.run(run())


def show_visits(visits: Sequence[Visit]) -> None:
    """Print a line for each source, and what failed."""
    if not visits:
        click.echo(_("No source is due."))
        return
    show.table(
        (_("source"), *(_(one.value) for one in Outcome), _("answer")),
        [
            (
                one.source,
                *(one.outcomes.get(outcome, 0) for outcome in Outcome),
                one.error or (_("not modified") if one.not_modified else _("read")),
            )
            for one in visits
        ],
        right=range(1, len(Outcome) + 1),
    )
    for one in visits:
        for detail in one.details:
            click.echo(f"{one.source}: {detail}", err=True)


def visit_json(one: Visit) -> dict[str, object]:
    """Return a visit for machines."""
    return {
        "source": one.source,
        "at": one.at.isoformat(),
        "error": one.error,
        "not_modified": one.not_modified,
        "outcomes": {outcome.value: n for outcome, n in one.outcomes.items()},
        "details": list(one.details),
    }
