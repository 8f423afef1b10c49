"""``syndicate digest send``: compose the issue that is due, and deliver it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from syndicate.cli import posting, show
from syndicate.cli.digest import planning
from syndicate.cli.digest.books import missed_line, told
from syndicate.cli.digest.moments import as_of_option, moment
from syndicate.cli.ending import sigterm_is_ctrl_c
from syndicate.cli.reporting import consulted
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _, ngettext
from syndicate.errors import SyndicateError
from syndicate.model import Delivery, DeliveryState, Digest, IssueState, Reply
from syndicate.pipeline.mailing import accounting, drafting, restoring
from syndicate.pipeline.mailing.composing import compose_issue
from syndicate.pipeline.mailing.copies import Copies
from syndicate.pipeline.mailing.planning import waiting
from syndicate.pipeline.mailing.sending import (
    PATIENCE,
    Sent,
    Watch,
    as_it_stands,
    is_due,
    send_issue,
)
from syndicate.store.issues import StoredIssue

FIRST = 20
"""Names that are listed; the others are counted."""
EDITOR = "editor"


@click.command("send", help=_("Compose the issue that is due and deliver it."))
@click.argument("key", required=False)
@as_of_option
@click.option("--approve", "approved", is_flag=True, help=_("Approve it as it is now."))
@click.option(
    "--restored",
    is_flag=True,
    help=_("The store was restored from a backup; go on all the same."),
)
@click.option("--dry-run", is_flag=True, help=_("Say who would get it; send nothing."))
@show.json_option
@click.pass_obj
def send(
    path: Path,
    /,
    key: str | None,
    as_of: datetime | None,
    as_json: bool,
    **how: bool,  # approved, restored, dry_run
) -> None:
    """Deliver; exit code 1 if a copy was refused or nobody knows."""
    with opened(path) as desk:
        digest = desk.digest(key)
        when = moment(desk, digest, as_of)
        if when > desk.clock():
            said = _("--as-of lies ahead: that week is not over; see `digest preview`")
            raise SyndicateError(said)
        if how["dry_run"]:
            planning.show_plan(desk, digest, when, as_json=as_json)
            return
        if how["restored"]:
            _resume(desk)
        sent = send_due(desk, digest, when, approved=how["approved"])
        for line in posting.trouble(desk.settings, desk.database, desk.clock):
            click.echo(line, err=True)
        _show_sent(desk, digest, sent, as_json=as_json)


def send_due(
    desk: Wiring, digest: Digest, when: datetime, *, approved: bool = False
) -> Sent:
    """Compose (once) and deliver the issue of the last whole window."""
    work = desk.mailing()
    stored, _made = compose_issue(work, digest, when, review_from=desk.clock())
    if approved:
        stored = _approved(desk, digest, stored)
    if stored.state is IssueState.DRAFT:
        stored = consulted(desk, digest, stored)
    due = stored.state is IssueState.APPROVED
    if not (due and is_due(work, digest, stored, desk.clock(), PATIENCE)):
        return as_it_stands(desk.database, stored)
    total = waiting(work, digest, stored, desk.clock())
    with (
        sigterm_is_ctrl_c(),
        show.bar(_("Sending"), total, rate=True) as advance,
        closing(desk.pool()) as pool,
    ):

        def on_delivery(delivery: Delivery, reply: Reply) -> None:
            advance(f"{delivery.member.address} {_(reply.state.value)}")

        watch = Watch(on_delivery=on_delivery, patience=PATIENCE)
        return send_issue(work, digest, stored, pool, clock=desk.clock, watch=watch)


def _approved(desk: Wiring, digest: Digest, stored: StoredIssue) -> StoredIssue:
    """Approve an issue that is not, or that renders differently by now."""
    work, now = desk.mailing(), desk.clock()
    if stored.state in (IssueState.SENT, IssueState.SKIPPED):
        return stored
    is_approved = stored.state is IssueState.APPROVED
    if is_approved and Copies(work, digest, stored).sha256 == stored.sha256:
        return stored
    return drafting.approve(work, digest, stored, by=EDITOR, now=now)


def _resume(desk: Wiring) -> None:
    resumed = restoring.resume(desk.mailing(), desk.clock(), desk.editions)
    if resumed is None:
        click.echo(
            _("The store is the one that sent last; nothing to confirm."), err=True
        )
        return
    said = ngettext(
        "{count} copy may have left after the backup was made: it is uncertain now.",
        "{count} copies may have left after the backup was made: they are uncertain "
        "now.",
        resumed.copies,
    )
    click.echo(said.format(count=resumed.copies), err=True)


def _show_sent(desk: Wiring, digest: Digest, sent: Sent, *, as_json: bool) -> None:
    stored = sent.issue
    tally = {state.value: count for state, count in sent.tally.items() if count}
    missed = accounting.missing(desk.database, stored, limit=FIRST)
    if as_json:
        show.as_json(
            {
                "digest": stored.issue.digest,
                "number": stored.issue.number,
                "state": stored.state.value,
                "deliveries": tally,
                "next_due": sent.next_due,
                "alarms": dict(sent.alarms),
                "missing": [
                    {
                        "address": one.member.address,
                        "state": one.state,
                        "detail": one.why,
                        "due_at": one.next_try,
                    }
                    for one in missed
                ],
            }
        )
    else:
        click.echo(told(stored, tally))
        for one in missed:
            click.echo(f"  {missed_line(one, digest.timezone)}", err=True)
        _tell_more(digest, sent)
    if _is_trouble(sent.tally):
        raise click.exceptions.Exit(1)


def _tell_more(digest: Digest, sent: Sent) -> None:
    """Say what the list of the first twenty leaves out."""
    count = sum(sent.tally[state] for state in accounting.MISSED)
    if count > FIRST:
        issue = sent.issue.issue
        said = _("  and {count} more: `syndicate digest who {key} {number}`")
        more = count - FIRST
        click.echo(
            said.format(count=more, key=issue.digest, number=issue.number), err=True
        )
    for domain, words in sent.alarms.items():
        said = _("{domain} refuses what we send, and is left alone for now: {words}")
        click.echo(said.format(domain=domain, words=words), err=True)
    if sent.next_due:
        when = show.local(sent.next_due, digest.timezone)
        click.echo(_("Next try: {when}").format(when=when), err=True)


def _is_trouble(tally: Mapping[DeliveryState, int]) -> bool:
    """Somebody is refused or in doubt, or nobody at all has got it yet."""
    lost = tally.get(DeliveryState.REFUSED) or tally.get(DeliveryState.UNCERTAIN)
    none_yet = not tally.get(DeliveryState.ACCEPTED)
    return bool(lost or (none_yet and tally.get(DeliveryState.DEFERRED)))
