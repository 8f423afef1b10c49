"""``syndicate digest drafts`` and ``show``: what waits for an editor."""

from __future__ import annotations

from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.digest.desking import (
    as_data,
    issue_argument,
    issue_of,
    print_overview,
)
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.digest.choosing.editing import edited
from syndicate.model import IssueState
from syndicate.pipeline.mailing.overview import overview
from syndicate.store import issues
from syndicate.store.issues import StoredIssue


@click.command("drafts", help=_("List the issues that wait for an editor."))
@show.json_option
@click.pass_obj
def drafts(path: Path, as_json: bool) -> None:
    """Print drafts and what is kept back, of every digest, the oldest first."""
    with opened(path) as desk:
        with desk.database.read() as connection:
            found = [
                *issues.in_state(connection, IssueState.DRAFT),
                *issues.in_state(connection, IssueState.HELD),
            ]
        zone = desk.settings.site.timezone
        silence = {one.key: one.on_silence.value for one in desk.editions}
    if as_json:
        show.as_json([_data(stored, silence) for stored in found])
        return
    if not found:
        click.echo(_("No issue waits for an editor."))
        return
    columns = (
        _("digest"),
        _("no."),
        _("state"),
        _("stories"),
        _("deadline"),
        _("then"),
        _("desk told"),
        _("why"),
    )
    show.table(columns, [_row(stored, silence, zone) for stored in found], right=(1, 3))


def _row(stored: StoredIssue, silence: dict[str, str], zone: str) -> tuple[object, ...]:
    waits = stored.state is IssueState.DRAFT
    issue = edited(stored.issue, stored.edits)
    then = silence.get(issue.digest, "") if waits and stored.deadline_at else ""
    return (
        issue.digest,
        issue.number,
        _(stored.state.value),
        len(issue.items),
        show.local(stored.deadline_at, zone) if waits else "",
        _(then) if then else "",
        show.local(stored.told_at, zone),
        _(stored.held_why) if stored.held_why else "",
    )


def _data(stored: StoredIssue, silence: dict[str, str]) -> dict[str, object]:
    issue = edited(stored.issue, stored.edits)
    return {
        "digest": issue.digest,
        "number": issue.number,
        "start": issue.start,
        "end": issue.end,
        "state": stored.state.value,
        "stories": len(issue.items),
        "deadline_at": stored.deadline_at,
        "on_silence": silence.get(issue.digest),
        "told_at": stored.told_at,
        "decided_by": stored.decided_by,
        "why": stored.held_why,
    }


@click.command("show", help=_("Show an issue as an editor decides on it."))
@issue_argument
@show.json_option
@click.pass_obj
def show_issue(path: Path, key: str | None, number: int | None, as_json: bool) -> None:
    """Print stories, groups, and what is wrong; exit code 1 if it must not be sent."""
    with opened(path) as desk:
        digest, stored = issue_of(desk, key, number)
        show_one(desk, digest.key, stored, as_json=as_json)


def show_one(desk: Wiring, key: str, stored: StoredIssue, *, as_json: bool) -> None:
    """Print an issue; exit code 1 if it must not be sent as it is."""
    seen = overview(desk.mailing(), desk.digest(key), stored, desk.clock())
    if as_json:
        show.as_json(as_data(seen))
    else:
        print_overview(seen, desk)
    if seen.has_errors:
        raise click.exceptions.Exit(1)
