"""``syndicate status``: how the desk stands."""

from __future__ import annotations

from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.wire import opened
from syndicate.cli.words import _


@click.command("status", help=_("Say how sources, stories and issues stand."))
@show.json_option
@click.pass_obj
def command(path: Path, as_json: bool) -> None:
    """Show the standing; exit code 1 if a source keeps failing."""
    with opened(path) as desk:
        standing = desk.standing()
        zone = desk.settings.site.timezone
    if as_json:
        show.as_json(standing.as_json())
    else:
        said = _("{entries} entries from {sources} sources.")
        click.echo(said.format(entries=standing.entries, sources=len(standing.sources)))
        show.table(
            (_("source"), _("last visit"), _("next"), _("trouble")),
            [
                (
                    source.key,
                    show.local(state.visited_at, zone),
                    show.local(state.due_at, zone),
                    f"{state.failures} × {state.error}" if state.failures else "",
                )
                for source, state in standing.sources
            ],
        )
        show.table(
            (_("issue"), _("window"), _("state"), _("stories"), _("deliveries")),
            [
                (
                    f"{stored.issue.digest} {stored.issue.number}",
                    f"{show.local(stored.issue.start, zone)} – "
                    f"{show.local(stored.issue.end, zone)}",
                    _(stored.state.value),
                    len(stored.issue.items),
                    ", ".join(f"{_(state)} {count}" for state, count in tally.items()),
                )
                for stored, tally in standing.issues
            ],
        )
    if standing.failing:
        raise click.exceptions.Exit(1)
