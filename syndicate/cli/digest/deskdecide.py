"""``syndicate digest approve``, ``hold`` and ``skip``: an editor's word."""

from __future__ import annotations

from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.digest.desking import Command, issue_argument, issue_of
from syndicate.cli.wire import opened
from syndicate.cli.words import _
from syndicate.digest.choosing.editing import edited
from syndicate.pipeline.mailing import drafting
from syndicate.store.issues import StoredIssue

EDITOR = "editor"
"""Who decides, if nobody gives a name."""


def _by_option(command: Command) -> Command:
    said = _("Who says so; it is kept with the issue.")
    return click.option("--by", default=EDITOR, metavar="NAME", help=said)(command)


def _why_option(command: Command) -> Command:
    said = _("Why; it is kept with the issue, and told.")
    return click.option("--why", default="", metavar="TEXT", help=said)(command)


@click.command("approve", help=_("Let an issue go out as it is now."))
@issue_argument
@_by_option
@click.option("--seen", default="", help=_("Only if it is what had this mark."))
@show.json_option
@click.pass_obj
def approve(
    path: Path, key: str | None, number: int | None, by: str, seen: str, as_json: bool
) -> None:
    """Approve it; it is sent by the clock, or by ``syndicate digest send``."""
    with opened(path) as desk:
        digest, stored = issue_of(desk, key, number)
        kept = drafting.approve(
            desk.mailing(), digest, stored, by=by, now=desk.clock(), seen=seen
        )
    _told(kept, _("{issue} is approved: {stories} stories."), as_json=as_json)


@click.command("hold", help=_("Keep an issue back until somebody approves it."))
@issue_argument
@_by_option
@_why_option
@show.json_option
@click.pass_obj
def hold(
    path: Path, key: str | None, number: int | None, by: str, why: str, as_json: bool
) -> None:
    """Hold it; its deadline counts no longer."""
    with opened(path) as desk:
        _digest, stored = issue_of(desk, key, number)
        now = desk.clock()
        kept = drafting.hold(desk.mailing(), stored, by=by, why=why, now=now)
    _told(kept, _("{issue} is kept back."), as_json=as_json)


@click.command("skip", help=_("Drop an issue: nobody gets it."))
@issue_argument
@_by_option
@_why_option
@show.json_option
@click.pass_obj
def skip(
    path: Path, key: str | None, number: int | None, by: str, why: str, as_json: bool
) -> None:
    """Skip it for good; its stories come up in the next one."""
    with opened(path) as desk:
        _digest, stored = issue_of(desk, key, number)
        now = desk.clock()
        kept = drafting.skip(desk.mailing(), stored, by=by, why=why, now=now)
    _told(kept, _("{issue} is dropped; nobody gets it."), as_json=as_json)


def _told(stored: StoredIssue, said: str, *, as_json: bool) -> None:
    issue = edited(stored.issue, stored.edits)
    if as_json:
        show.as_json(
            {
                "digest": issue.digest,
                "number": issue.number,
                "state": stored.state.value,
                "decided_by": stored.decided_by,
                "why": stored.held_why,
                "approved_at": stored.approved_at,
                "sha256": stored.sha256,
            }
        )
        return
    name = f"{issue.digest} {issue.number}"
    click.echo(said.format(issue=name, stories=len(issue.items)))
