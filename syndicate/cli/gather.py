"""``syndicate gather``: visit sources now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.parts import Parts, opened
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
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
    help=_("Read this many older pages of feeds and listings too."),
)
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help=_("Ask nobody: read the answers kept in this folder anew (keep_raw)."),
)
@show.json_option
@click.pass_obj
def command(
    path: Path,
    keys: tuple[str, ...],
    everything: bool,
    backfill: int,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Gather, and say what each source came to; exit code 1 if one failed."""
    with opened(path) as desk:
        # What is due is no question of a replay: the folder holds what it holds.
        wanted = _wanted(desk, keys, everything or folder is not None)
        visits = visit(desk, wanted, backfill=backfill, folder=folder)
        if as_json:
            show.as_json([visit_json(one) for one in visits])
        else:
            show_visits(visits)
    if any(one.error or one.outcomes.get(Outcome.FAILED) for one in visits):
        raise click.exceptions.Exit(1)


def _wanted(desk: Parts, keys: Sequence[str], everything: bool) -> Sequence[Source]:
    if keys:
        return [desk.source(key) for key in dict.fromkeys(keys)]
    if everything:
        return desk.settings.sources
    return due_sources(desk.database, desk.settings.sources, desk.clock())


def visit(
    desk: Parts,
    wanted: Sequence[Source],
    *,
    backfill: int = 0,
    folder: Path | None = None,
) -> tuple[Visit, ...]:
    """Visit ``wanted`` and show how far it has come.

    With a ``folder`` nobody is asked: the answers kept there are read anew.
    """

    async def run() -> tuple[Visit, ...]:
        fetching = desk.fetcher() if folder is None else desk.archive(folder)
        async with fetching as fetcher:
            work = desk.gathering(fetcher, backfill=backfill, replay=folder is not None)
            return await gather(
                work, wanted, on_visit=lambda visit: advance(visit.source)
            )

    if folder is not None and not folder.is_dir():
        raise SyndicateError(_("{path}: there is no such folder").format(path=folder))
    with show.bar(_("Gathering"), len(wanted)) as advance:
        return asyncio.run(run())


def show_visits(visits: Sequence[Visit]) -> None:
    """Print a line for each source, what failed, and in the end how many failed."""
    if not visits:
        click.echo(_("No source is due."))
        return
    show.table(
        (_("source"), *(_(one.value) for one in Outcome), _("answer")),
        [
            (
                one.source,
                *(_count(one, outcome) for outcome in Outcome),
                _answer(one),
            )
            for one in visits
        ],
        right=range(1, len(Outcome) + 1),
    )
    for one in visits:
        for detail in one.details:
            click.echo(f"{one.source}: {detail}", err=True)
    failed = [one.source for one in visits if one.error]
    if failed:
        said = _("{failed} of {count} sources failed: {keys}")
        keys = ", ".join(failed[:20]) + (", …" if len(failed) > 20 else "")
        click.secho(
            said.format(failed=len(failed), count=len(visits), keys=keys), fg="red"
        )


def _count(one: Visit, outcome: Outcome) -> str | int:
    """A source that failed as a whole has no counts: a zero would look like success."""
    count = one.outcomes.get(outcome, 0)
    return "–" if one.error and not count else count


def _answer(one: Visit) -> str:
    if one.error:
        return f"✗ {one.error}"
    return _("not modified") if one.not_modified else _("read")


def visit_json(one: Visit) -> dict[str, object]:
    """Return a visit for machines."""
    return {
        "source": one.source,
        "at": one.at.isoformat(),
        "error": one.error,
        "status": one.status,
        "not_modified": one.not_modified,
        "outcomes": {outcome.value: n for outcome, n in one.outcomes.items()},
        "details": list(one.details),
    }
