"""``syndicate digest compose``: rebuild a past issue, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.digest import files
from syndicate.cli.digest.moments import as_of_option, moment
from syndicate.cli.wire import opened
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.model import Digest, Issue, IssueState
from syndicate.pipeline.mailing.copies import Mailing, sealed, whole
from syndicate.pipeline.mailing.rebuilding import Doubt, Rebuilt, content, rebuilt
from syndicate.store.codecs import to_json
from syndicate.store.issues import StoredIssue

SHOWN = 20
"""Differences that are printed; ``--json`` has them all."""
DOUBTS = {
    Doubt.CHANGED: _("its words have changed since; the older ones are not kept"),
    Doubt.REGROUPED: _("editors have merged or split it since"),
    Doubt.GONE: _("it was purged"),
}


@click.command("compose", help=_("Rebuild a past issue, byte for byte."))
@click.argument("key", required=False)
@as_of_option
@click.option(
    "--afresh",
    is_flag=True,
    help=_("Compose it once more, and compare with what was frozen."),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help=_("Write issue.json, issue.html, issue.txt and issue.eml there."),
)
@show.json_option
@click.pass_obj
def compose(
    path: Path,
    key: str | None,
    as_of: datetime | None,
    afresh: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Show an issue as it was frozen; exit code 1 if it comes out otherwise now.

    Nothing is kept. Of a window without an issue it shows what would have been.
    """
    with opened(path, secret="preview") as desk:  # noqa: S106 -- signs no real link
        digest = desk.digest(key)
        when = moment(desk, digest, as_of)
        if when > desk.clock():
            said = _(
                "--as-of lies ahead: that window is not over; see `digest preview`"
            )
            raise SyndicateError(said)
        work = desk.mailing()
        found = rebuilt(work, digest, when)
        kept = found.kept
        issue = found.issue if afresh or kept is None else kept.issue
        redrawn = kept is None or _is_drawn_as_approved(work, digest, kept)
        shown = issue if afresh or kept is None else whole(kept)
        made = files.drawn(work, digest, shown)
    if out:
        files.write(out, made, content(issue))
    if as_json:
        show.as_json(_as_json(found, issue, redrawn))
    else:
        files.tell(made, out)
        for line in _lines(found, digest.timezone, afresh=afresh, redrawn=redrawn):
            click.echo(line, err=True)
    if not redrawn or (afresh and not found.same):
        raise click.exceptions.Exit(1)


def _is_drawn_as_approved(work: Mailing, digest: Digest, kept: StoredIssue) -> bool:
    """Tell whether what is drawn now is what went out; of a draft nothing went out."""
    if kept.state not in (IssueState.APPROVED, IssueState.SENT):
        return True
    return sealed(work, digest, whole(kept)) == kept.sha256


def _lines(found: Rebuilt, zone: str, *, afresh: bool, redrawn: bool) -> Iterator[str]:
    """Say what it is that is shown, and where it differs."""
    if found.kept is None:
        yield _("No issue was frozen for this window; this is what it would have been.")
        return
    when = show.local(found.kept.created_at, zone)
    if not afresh:
        yield _("As it was frozen on {when}.").format(when=when)
    elif found.same:
        said = _("The same as what was frozen on {when}, byte for byte.")
        yield said.format(when=when)
    else:
        said = _(
            "Not the same as what was frozen on {when}. Places that differ: {count}"
        )
        yield said.format(when=when, count=len(found.differences))
        for one in found.differences[:SHOWN]:
            yield f"  {one.place}: {one.kept} → {one.again}"
        for uid, why in found.doubts[:SHOWN]:
            yield f"  {uid}: {DOUBTS[why]}"
    if not redrawn:
        yield _(
            "It is drawn otherwise than when it was approved: templates, settings or "
            "the version have changed."
        )


def _as_json(found: Rebuilt, issue: Issue, redrawn: bool) -> dict[str, object]:
    kept = found.kept
    return {
        "digest": issue.digest,
        "number": issue.number,
        "start": issue.start,
        "end": issue.end,
        "state": kept.state.value if kept else None,
        "frozen_at": kept.created_at if kept else None,
        "same": found.same if kept else None,
        "drawn_as_approved": redrawn,
        "differences": [
            {"place": one.place, "kept": one.kept, "again": one.again}
            for one in found.differences
        ],
        "doubts": [{"uid": uid, "why": why.value} for uid, why in found.doubts],
        "issue": to_json(issue),
    }
