"""``syndicate digest send``: compose the issue that is due, and deliver it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from syndicate.cli import show
from syndicate.cli.digest.moments import as_of_option, moment
from syndicate.cli.wire import Wiring, opened
from syndicate.cli.words import _
from syndicate.errors import SyndicateError
from syndicate.model import Delivery, DeliveryState, Digest, IssueState, Reply
from syndicate.pipeline.mailing.copies import messages
from syndicate.pipeline.mailing.sending import (
    Sent,
    approve,
    as_it_stands,
    compose_issue,
    preview,
    rescue,
    send_issue,
)
from syndicate.store.issues import StoredIssue


@click.command("send", help=_("Compose the issue that is due and deliver it."))
@click.argument("key", required=False)
@as_of_option
@click.option("--approve", "approved", is_flag=True, help=_("Approve it as it is now."))
@click.option("--dry-run", is_flag=True, help=_("Say who would get it; send nothing."))
@show.json_option
@click.pass_obj
def send(
    path: Path,
    key: str | None,
    as_of: datetime | None,
    approved: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Deliver; exit code 1 if a copy was refused or nobody knows."""
    with opened(path) as desk:
        digest = desk.digest(key)
        when = moment(desk, digest, as_of)
        if when > desk.clock():
            said = _("--as-of lies ahead: that week is not over; see `digest preview`")
            raise SyndicateError(said)
        if dry_run:
            _show_plan(desk, digest, when, as_json)
            return
        sent = send_due(desk, digest, when, approved=approved)
    _show_sent(sent, as_json, digest.timezone)


def send_due(
    desk: Wiring, digest: Digest, when: datetime, *, approved: bool = False
) -> Sent:
    """Compose (once) and deliver the issue of the last whole window."""
    work = desk.mailing()
    rescue(desk.database, desk.clock())
    stored, _made = compose_issue(work, digest, when)
    if approved and stored.state in (IssueState.DRAFT, IssueState.APPROVED):
        stored = approve(work, digest, stored)
    if stored.state is not IssueState.APPROVED:
        return as_it_stands(desk.database, stored)
    with (
        show.bar(_("Sending"), len(digest.audience)) as advance,
        closing(desk.transport()) as transport,
    ):

        def on_delivery(delivery: Delivery, reply: Reply) -> None:
            advance(f"{delivery.member.address} {reply.state.value}")

        return send_issue(
            work,
            digest,
            stored,
            transport,
            clock=desk.clock,
            on_delivery=on_delivery,
        )


def _show_plan(desk: Wiring, digest: Digest, when: datetime, as_json: bool) -> None:
    work = desk.mailing()
    issue = preview(work, digest, when)
    mails = [mail for _drawn, mail in messages(work, digest, issue, digest.audience)]
    if as_json:
        planned = [
            {
                "recipient": mail.recipient,
                "bytes": len(mail.content),
                "message_id": mail.message_id,
            }
            for mail in mails
        ]
        show.as_json({"stories": len(issue.items), "planned": planned})
        return
    for mail in mails:
        click.echo(f"{mail.recipient}  {len(mail.content):,} B  {mail.message_id}")
    said = _("{stories} stories for {count} members; nothing was sent.")
    click.echo(said.format(stories=len(issue.items), count=len(digest.audience)))


def _show_sent(sent: Sent, as_json: bool, zone: str) -> None:
    stored = sent.issue
    tally = {state.value: count for state, count in sent.tally.items() if count}
    if as_json:
        show.as_json(
            {
                "digest": stored.issue.digest,
                "number": stored.issue.number,
                "state": stored.state.value,
                "deliveries": tally,
                "missing": [
                    {
                        "address": copy.member.address,
                        "state": copy.state.value,
                        "detail": copy.detail,
                        "due_at": copy.due_at,
                    }
                    for copy in sent.missing
                ],
            }
        )
    else:
        click.echo(told(stored, tally))
        for copy in sent.missing:
            click.echo(f"  {missing_line(copy, zone)}", err=True)
    if _is_trouble(sent.tally):
        raise click.exceptions.Exit(1)


def missing_line(copy: Delivery, zone: str) -> str:
    """Say who has no copy, why, and when it is tried again."""
    again = ""
    if copy.due_at:
        said = _("next try {when}")
        again = f", {said.format(when=show.local(copy.due_at, zone))}"
    return f"{copy.member.address}: {_(copy.state.value)}{again}: {copy.detail}"


def _is_trouble(tally: Mapping[DeliveryState, int]) -> bool:
    """Somebody is refused or in doubt, or nobody at all has got it yet."""
    lost = tally.get(DeliveryState.REFUSED) or tally.get(DeliveryState.UNCERTAIN)
    none_yet = not tally.get(DeliveryState.ACCEPTED)
    return bool(lost or (none_yet and tally.get(DeliveryState.DEFERRED)))


def told(stored: StoredIssue, tally: dict[str, int]) -> str:
    """Say in a line how an issue stands."""
    issue = stored.issue
    head = f"{issue.digest} {issue.number}: {len(issue.items)} " + _("stories")
    match stored.state:
        case IssueState.DRAFT:
            rest = _("waits for an editor: `syndicate digest send --approve`")
        case IssueState.SKIPPED:
            rest = _("skipped, too few stories")
        case _other:
            counts = (f"{_(state)} {count}" for state, count in tally.items())
            rest = ", ".join(counts) or _("nobody to send it to")
    return f"{head}, {rest}"
