"""Mail: compose the issue of a window, and deliver it as promised.

The issue is frozen in one transaction, unique on (digest, start of its window), so it
is composed once however often we are started. Each member's copy is a row of the
ledger: claimed and committed *before* the message leaves, settled after. A process
that dies between the two leaves a row "sending", which the next start makes
"uncertain": it is shown, and not sent twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.digest.compose import Edition, compose, window
from syndicate.digest.message import Copy, message
from syndicate.digest.render import PLACEHOLDER, Links, Rendered, render, stitch
from syndicate.errors import MailError
from syndicate.members.tokens import unsubscribe_token
from syndicate.model import (
    Approval,
    Category,
    Delivery,
    DeliveryState,
    Digest,
    Issue,
    IssueState,
    Member,
    Message,
    Reply,
    Site,
    Source,
)
from syndicate.ports import Transport
from syndicate.store import Connection, Database, deliveries, issues, members, stories
from syndicate.store.issues import StoredIssue
from syndicate.templating import Templates

RETRY = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240))
"""Pauses after a temporary refusal; the last one repeats."""
EXPIRES = timedelta(hours=48)
"""After this an issue is old news and is no longer retried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """What mailing works with."""

    database: Database
    site: Site
    sources: Mapping[str, Source]
    categories: Mapping[str, Category]
    templates: Callable[[Digest], Templates]
    sender: str
    bounce_domain: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a run of sending came to."""

    issue: StoredIssue
    tally: Mapping[DeliveryState, int]


def preview(work: Mailing, digest: Digest, as_of: datetime) -> Issue:
    """Compose the issue of the last whole window before ``as_of``; keep nothing."""
    start, end = window(digest, as_of)
    with work.database.read() as connection:
        return _compose(work, connection, digest, start, end)


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
        drawn = _rendered(work, digest, issue)
        issues.create(connection, issue, state=state, sha256=_sha256(drawn), now=now)
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
    approved.
    """
    drawn = _rendered(work, digest, stored.issue)
    if _sha256(drawn) != stored.sha256:
        raise MailError(
            f"{digest.key} no. {stored.issue.number}: it no longer renders as it was "
            "approved (templates or settings have changed); approve it again with "
            "`syndicate digest send --approve`"
        )
    with work.database.write() as connection:
        left = members.unsubscribed(connection, digest.key)
        staying = [one for one in digest.audience if one.address.lower() not in left]
        deliveries.plan(connection, stored.id, staying, clock())
    while claimed := _claim(work, digest, stored, clock()):
        delivery, leaving = claimed
        if leaving:
            reply = Reply(state=DeliveryState.CANCELLED, detail="unsubscribed")
        else:
            reply = _deliver(work, digest, stored.issue, delivery, drawn, transport)
        _settle(work, stored, delivery, reply, clock())
        on_delivery(delivery, reply)
    return _close(work, stored)


def as_it_stands(database: Database, stored: StoredIssue) -> Sent:
    """Tell how the deliveries of an issue stand."""
    with database.read() as connection:
        return Sent(issue=stored, tally=deliveries.tally(connection, stored.id))


def approve(work: Mailing, digest: Digest, stored: StoredIssue) -> StoredIssue:
    """Approve an issue as it renders now."""
    sha256 = _sha256(_rendered(work, digest, stored.issue))
    with work.database.write() as connection:
        issues.set_state(connection, stored.id, IssueState.APPROVED, sha256=sha256)
        kept = issues.find(connection, digest.key, stored.issue.start)
    return kept or stored


def rescue(database: Database, now: datetime) -> int:
    """After a start: what was on its way when the process died is uncertain."""
    with database.write() as connection:
        return deliveries.rescue(connection, now)


def messages(
    work: Mailing, digest: Digest, issue: Issue, readers: Iterable[Member]
) -> list[tuple[Rendered, Message]]:
    """Make what ``readers`` would get, without keeping or sending any of it."""
    drawn = _rendered(work, digest, issue)
    return [
        (
            stitch(drawn, unsubscribe_url(work.site, digest, work.secret, reader)),
            _message(work, digest, issue, reader, drawn),
        )
        for reader in readers
    ]


def draw(work: Mailing, digest: Digest, issue: Issue) -> Rendered:
    """Render an issue for the web: no member, no link to leave."""
    return _rendered(work, digest, issue, unsubscribe="")


def view_url(site: Site, digest: Digest, issue: Issue) -> str:
    """Address of an issue on the web."""
    return f"{site.base_url}/issues/{digest.key}/{issue.number}"


def unsubscribe_url(site: Site, digest: Digest, secret: str, member: Member) -> str:
    """Address that takes ``member`` off ``digest`` when it is posted to (RFC 8058)."""
    token = unsubscribe_token(secret, digest.key, member.address)
    return f"{site.base_url}/unsubscribe/{digest.key}/{token}"


def _compose(
    work: Mailing,
    connection: Connection,
    digest: Digest,
    start: datetime,
    end: datetime,
) -> Issue:
    longest = max((one.embargo for one in work.sources.values()), default=timedelta())
    carried = issues.carried(connection, digest.key)
    gathered = stories.seen_between(connection, start - longest, end)
    corrected = [
        story
        for story in stories.changed_since(connection, start)
        if story.uid in carried
    ]
    by_id = {story.id: story for story in (*gathered, *corrected)}
    return compose(
        digest,
        tuple(by_id.values()),
        edition=Edition(
            number=issues.next_number(connection, digest.key),
            start=start,
            end=end,
            now=end,
        ),
        sources=work.sources,
        categories=work.categories,
        carried=carried,
    )


def _first_state(digest: Digest, issue: Issue) -> IssueState:
    if len(issue.items) < digest.min_stories:
        return IssueState.SKIPPED
    automatic = digest.approval is Approval.AUTOMATIC
    return IssueState.APPROVED if automatic else IssueState.DRAFT


def _rendered(
    work: Mailing, digest: Digest, issue: Issue, *, unsubscribe: str = PLACEHOLDER
) -> Rendered:
    return render(
        issue,
        digest=digest,
        site=work.site,
        templates=work.templates(digest),
        links=Links(view=view_url(work.site, digest, issue), unsubscribe=unsubscribe),
    )


def _sha256(rendered: Rendered) -> str:
    whole = "\0".join((rendered.subject, rendered.html, rendered.text))
    return hashlib.sha256(whole.encode()).hexdigest()


def _claim(
    work: Mailing, digest: Digest, stored: StoredIssue, now: datetime
) -> tuple[Delivery, bool] | None:
    """Claim the next copy, and tell whether its member has left in the meantime."""
    with work.database.write() as connection:
        delivery = deliveries.claim(connection, stored.id, now)
        if delivery is None:
            return None
        left = members.unsubscribed(connection, digest.key)
    return delivery, delivery.member.address.lower() in left


def _deliver(
    work: Mailing,
    digest: Digest,
    issue: Issue,
    delivery: Delivery,
    drawn: Rendered,
    transport: Transport,
) -> Reply:
    try:
        mail = _message(work, digest, issue, delivery.member, drawn)
    except MailError as error:
        return Reply(state=DeliveryState.REFUSED, detail=str(error))
    return transport.send(mail)


def _message(
    work: Mailing, digest: Digest, issue: Issue, member: Member, drawn: Rendered
) -> Message:
    link = unsubscribe_url(work.site, digest, work.secret, member)
    copy = Copy(
        member=member,
        sender=work.sender,
        unsubscribe_url=link,
        bounce_domain=work.bounce_domain,
        date=issue.end,
    )
    rendered = stitch(drawn, link)
    return message(rendered, copy, issue=issue, digest=digest, site=work.site)


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
    open_states = (DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.DEFERRED)
    with work.database.write() as connection:
        tally = deliveries.tally(connection, stored.id)
        if not any(tally.get(state) for state in open_states):
            issues.set_state(connection, stored.id, IssueState.SENT)
    return Sent(issue=stored, tally=tally)
