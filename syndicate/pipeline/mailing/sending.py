"""Mail: compose the issue of a window, and deliver it as promised.

The issue is frozen in one transaction, unique on (digest, start of its window), so it
is composed once however often we are started. Each member's copy is a row of the
ledger: claimed and committed *before* the message leaves, settled after. A process
that dies between the two leaves a row "sending", which the next start makes
"uncertain": it is shown, and not sent twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.digest.choosing.compose import Edition, compose, window
from syndicate.digest.drawing.render import Rendered
from syndicate.errors import MailError
from syndicate.model import (
    Approval,
    Delivery,
    DeliveryState,
    Digest,
    Issue,
    IssueState,
    Reply,
    Source,
    Story,
)
from syndicate.pipeline.mailing.copies import (
    Mailing,
    check,
    copy_for,
    lawful,
    rendered,
    sha256_of,
)
from syndicate.ports import Transport
from syndicate.store import Connection, Database, deliveries, issues, members, stories
from syndicate.store.issues import StoredIssue

RETRY = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240))
"""Pauses after a temporary refusal; the last one repeats."""
EXPIRES = timedelta(hours=48)
"""After this an issue is old news and is no longer retried."""
WAITING = (DeliveryState.PLANNED, DeliveryState.DEFERRED)
OPEN = (*WAITING, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a run of sending came to."""

    issue: StoredIssue
    tally: Mapping[DeliveryState, int]
    missing: tuple[Delivery, ...] = ()
    """The copies that are not accepted: who did not get it, and why."""


def preview(work: Mailing, digest: Digest, as_of: datetime) -> Issue:
    """Return the issue of the last whole window before ``as_of``; keep nothing.

    An issue that is frozen is shown as it is: it is what an editor approves.
    """
    start, end = window(digest, as_of)
    with work.database.read() as connection:
        kept = issues.find(connection, digest.key, start)
        return kept.issue if kept else _compose(work, connection, digest, start, end)


def compose_issue(
    work: Mailing, digest: Digest, now: datetime
) -> tuple[StoredIssue, bool]:
    """Return the issue of the last whole window, and whether it was composed just now.

    With fewer stories than ``min_stories`` the issue is kept as skipped.
    """
    start, end = window(digest, now)
    with work.database.write() as connection:
        kept = issues.find(connection, digest.key, start)
        if kept is not None:
            return kept, False
        issue = _compose(work, connection, digest, start, end)
        state = _first_state(digest, issue)
        drawn = rendered(work, digest, issue)
        issues.create(connection, issue, state=state, sha256=sha256_of(drawn), now=now)
        made = issues.find(connection, digest.key, start)
    if made is None:
        raise MailError(f'digest "{digest.key}": the issue just made is not there')
    return made, True


def send_issue(
    work: Mailing,
    digest: Digest,
    stored: StoredIssue,
    transport: Transport,
    *,
    clock: Callable[[], datetime],
    on_delivery: Callable[[Delivery, Reply], None] = lambda _delivery, _reply: None,
) -> Sent:
    """Deliver what is due of an issue; it may be called again and again.

    Raises MailError before anything is sent if the issue does not render as it was
    approved, or if its copies must not be sent (see :func:`check`). What was withdrawn
    since is left out of copies that have not left.
    """
    drawn = rendered(work, digest, stored.issue)
    if sha256_of(drawn) != stored.sha256:
        raise MailError(
            f"{digest.key} no. {stored.issue.number}: it no longer renders as it was "
            "approved (templates or settings have changed); approve it again with "
            "`syndicate digest send --approve`"
        )
    issue = lawful(work.database, stored.issue)
    if issue != stored.issue:
        drawn = _drawn_again(work, digest, issue)
    check(work, digest, issue, drawn)
    with work.database.write() as connection:
        left = members.unsubscribed(connection, digest.key)
        staying = [one for one in digest.audience if one.address.lower() not in left]
        deliveries.plan(connection, stored.id, staying, clock())
    while not work.stopping() and (delivery := _claim(work, stored, clock())):
        reply = _deliver(work, digest, issue, delivery, drawn, transport)
        _settle(work, stored, delivery, reply, clock())
        on_delivery(delivery, reply)
    return _close(work, stored)


def _drawn_again(work: Mailing, digest: Digest, issue: Issue) -> Rendered:
    if not issue.items:
        raise MailError(
            f"{digest.key} no. {issue.number}: nothing was sent, for all of its stories"
            " were withdrawn by their sources"
        )
    return rendered(work, digest, issue)


def as_it_stands(database: Database, stored: StoredIssue) -> Sent:
    """Tell how the deliveries of an issue stand."""
    with database.read() as connection:
        return _stand(connection, stored)


def _stand(connection: Connection, stored: StoredIssue) -> Sent:
    copies = deliveries.all_of(connection, stored.id)
    return Sent(
        issue=stored,
        tally=deliveries.tally(connection, stored.id),
        missing=tuple(
            copy for copy in copies if copy.state is not DeliveryState.ACCEPTED
        ),
    )


def approve(work: Mailing, digest: Digest, stored: StoredIssue) -> StoredIssue:
    """Approve an issue as it renders now."""
    sha256 = sha256_of(rendered(work, digest, stored.issue))
    with work.database.write() as connection:
        issues.set_state(connection, stored.id, IssueState.APPROVED, sha256=sha256)
        kept = issues.find(connection, digest.key, stored.issue.start)
    return kept or stored


def expire(work: Mailing, digest: Digest, *, before: datetime, now: datetime) -> int:
    """Close the issues of windows before ``before``: they are old news by now.

    What still waits of them is refused, so that planned = accepted + refused +
    cancelled + uncertain. An issue that was never begun is left as it is. Returns
    how many copies expired.
    """
    expired = 0
    with work.database.read() as connection:
        approved = issues.in_state(connection, IssueState.APPROVED)
    for stored in approved:
        issue = stored.issue
        if issue.digest == digest.key and issue.start < before:
            expired += _expire(work, stored, now)
    return expired


def _expire(work: Mailing, stored: StoredIssue, now: datetime) -> int:
    with work.database.write() as connection:
        copies = deliveries.all_of(connection, stored.id)
        waiting = [copy for copy in copies if copy.state in WAITING]
        for copy in waiting:
            detail = f"expired; {copy.detail}" if copy.detail else "expired"
            state = DeliveryState.REFUSED
            deliveries.settle(connection, copy.id, state, detail, now=now)
    if copies:
        _close(work, stored)
    return len(waiting)


def begun(database: Database, stored: StoredIssue) -> bool:
    """Tell whether copies of an issue have been planned."""
    return any(as_it_stands(database, stored).tally.values())


def rescue(database: Database, now: datetime) -> int:
    """After a start: what was on its way when the process died is uncertain."""
    with database.write() as connection:
        return deliveries.rescue(connection, now)


def material(
    connection: Connection,
    digest: Digest,
    start: datetime,
    end: datetime,
    sources: Mapping[str, Source],
    before: datetime | None = None,
) -> tuple[tuple[Story, ...], dict[str, datetime]]:
    """Return what the issue of a window is made of, and what others carried.

    Only of those whose window begins ``before``, if that is given.
    """
    longest = max((one.embargo for one in sources.values()), default=timedelta())
    carried = issues.carried(connection, digest.key, before)
    gathered = stories.seen_between(connection, start - longest, end)
    corrected = [
        story
        for story in stories.changed_since(connection, start)
        if story.uid in carried
    ]
    by_id = {story.id: story for story in (*gathered, *corrected)}
    return tuple(by_id.values()), carried


def _compose(
    work: Mailing,
    connection: Connection,
    digest: Digest,
    start: datetime,
    end: datetime,
) -> Issue:
    found, carried = material(connection, digest, start, end, work.sources)
    return compose(
        digest,
        found,
        edition=Edition(
            number=_number(connection, digest),
            start=start,
            end=end,
            now=end,
        ),
        sources=work.sources,
        categories=work.categories,
        carried=carried,
    )


def _number(connection: Connection, digest: Digest) -> int:
    """Count what goes out: an issue that was skipped leaves its number to the next."""
    last = issues.latest(connection, digest.key, 1)
    if last and last[0].state is IssueState.SKIPPED:
        return last[0].issue.number
    return issues.next_number(connection, digest.key)


def _first_state(digest: Digest, issue: Issue) -> IssueState:
    if len(issue.items) < digest.min_stories:
        return IssueState.SKIPPED
    automatic = digest.approval is Approval.AUTOMATIC
    return IssueState.APPROVED if automatic else IssueState.DRAFT


def _claim(work: Mailing, stored: StoredIssue, now: datetime) -> Delivery | None:
    """Claim the next copy; who has left in the meantime is passed over."""
    with work.database.write() as connection:
        return deliveries.claim(connection, stored.id, now)


def _deliver(
    work: Mailing,
    digest: Digest,
    issue: Issue,
    delivery: Delivery,
    drawn: Rendered,
    transport: Transport,
) -> Reply:
    try:
        mail = copy_for(work, digest, issue, delivery.member, drawn)
    except MailError as error:
        return Reply(state=DeliveryState.REFUSED, detail=str(error))
    try:
        return transport.send(mail)
    except Exception as error:  # noqa: BLE001 -- a transport must not raise
        # nobody knows how far the copy got; left as "sending" it would never close
        said = f"{type(error).__name__}: {error}"
        return Reply(state=DeliveryState.UNCERTAIN, detail=said)


def _settle(
    work: Mailing, stored: StoredIssue, delivery: Delivery, reply: Reply, now: datetime
) -> None:
    state, due_at = reply.state, None
    if state is DeliveryState.DEFERRED:
        pause = RETRY[min(delivery.attempts, len(RETRY)) - 1]
        due_at = now + pause
        if due_at > stored.issue.end + EXPIRES and delivery.attempts > 1:
            state, due_at = DeliveryState.REFUSED, None
    with work.database.write() as connection:
        deliveries.settle(
            connection, delivery.id, state, reply.detail, due_at=due_at, now=now
        )


def _close(work: Mailing, stored: StoredIssue) -> Sent:
    with work.database.write() as connection:
        tally = deliveries.tally(connection, stored.id)
        if not any(tally.get(state) for state in OPEN):
            issues.set_state(connection, stored.id, IssueState.SENT)
        closed = issues.get(connection, stored.id)
        return _stand(connection, closed or stored)
