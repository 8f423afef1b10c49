"""Mail: deliver an issue as promised.

What is sent is what was approved: nothing leaves unless every variant renders, passes
the lint, and the whole has the sha256 that was approved. Then each member's copy is a
row of the ledger, and :mod:`~syndicate.pipeline.mailing.delivering` sends what is due.
It may be begun again at any time, by any number of processes: nobody is lost, and
nobody gets a copy twice (:class:`~syndicate.model.Promise` says what of those is in
doubt when a process dies).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from syndicate.digest.post.pool import Pool
from syndicate.errors import MailError
from syndicate.model import Delivery, DeliveryState, Digest, IssueState, Reply
from syndicate.pipeline.mailing import accounting
from syndicate.pipeline.mailing.claiming import look_over
from syndicate.pipeline.mailing.copies import Copies, Mailing
from syndicate.pipeline.mailing.delivering import deliver
from syndicate.pipeline.mailing.planning import assemble, plan
from syndicate.pipeline.mailing.restoring import Counter, forbid
from syndicate.pipeline.mailing.run import Task
from syndicate.pipeline.membership.bouncing import note_reply
from syndicate.store import Connection, Database, issues, ledger, outstanding, planned
from syndicate.store.issues import StoredIssue

AUTOMATIC = "automatic"
"""Who decides on an issue that needs no editor."""
PATIENCE = timedelta(seconds=90)
"""How long a run that somebody watches waits for copies that a limit puts off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a run of sending came to."""

    issue: StoredIssue
    tally: Mapping[DeliveryState, int]
    alarms: Mapping[str, str] = field(default_factory=dict)
    """Domain → what it said of what we send, or of who we are."""
    next_due: datetime | None = None
    """When the next copy is to be tried; None if none waits."""


def _nothing(_delivery: Delivery, _reply: Reply) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who watches a run, and how long they wait for it."""

    on_delivery: Callable[[Delivery, Reply], None] = _nothing
    """Called when a copy is settled, with what the ledger has of it."""
    stopping: Callable[[], bool] | None = None
    """In place of the desk's own."""
    patience: timedelta = timedelta(0)
    """How long to wait for copies that are due later, such as those of a limit."""
    sleep: Callable[[float], None] = time.sleep


_NOBODY = Watch()


def send_issue(
    work: Mailing,
    digest: Digest,
    stored: StoredIssue,
    pool: Pool,
    *,
    clock: Callable[[], datetime],
    watch: Watch = _NOBODY,
) -> Sent:
    """Deliver what is due of an issue; it may be called again and again.

    Raises MailError before anything is sent if the issue does not render as it was
    approved, if a copy would be wrong, or if the store was restored from a backup.
    What was withdrawn since is left out of copies that have not left.
    """
    if not is_due(work, digest, stored, clock(), watch.patience):
        return closed(work.database, stored, clock())
    assemble(work, digest, clock())
    copies = _checked(work, digest, stored)
    plan(work, digest, stored, clock())
    with _counter(work) as counter:
        task = Task(
            database=work.database,
            digest=digest,
            issue_id=stored.id,
            pool=pool,
            make=copies.make,
            sha256=stored.sha256,
            variant=lambda delivery: copies.wish(delivery).key,
            clock=clock,
            on_reply=partial(_learn, digest.timezone),
            on_claim=copies.learn,
            on_delivery=watch.on_delivery,
            stopping=watch.stopping or work.stopping,
            counter=counter,
            patience=watch.patience,
            sleep=watch.sleep,
        )
        alarms = deliver(task)
    return closed(work.database, stored, clock(), alarms)


def would_try_again(
    work: Mailing,
    stored: StoredIssue,
    states: Collection[DeliveryState],
    *,
    domain: str = "",
) -> int:
    """Count what :func:`try_again` would make due."""
    with work.database.read() as connection:
        return ledger.count(connection, stored.id, states, domain=domain)


def is_due(
    work: Mailing,
    digest: Digest,
    stored: StoredIssue,
    now: datetime,
    patience: timedelta = timedelta(0),
) -> bool:
    """Settle what is over by now; tell whether anything is to be sent in ``patience``.

    Where nothing is, nothing need be drawn. Raises MailError if the store was restored
    from a backup.
    """
    forbid(work)
    with work.database.write() as connection:
        if ledger.state_of(connection, stored.id) is not IssueState.APPROVED:
            return False
        if planned.planned(connection, stored.id) is None:
            return True
        # What another process holds is looked at as of now, however patient we are.
        look_over(connection, digest, stored.id, now)
        moments = [ledger.next_due(connection, stored.id)]
        if patience:
            moments.append(ledger.next_lease(connection, stored.id))
    return any(one is not None and one <= now + patience for one in moments)


def closed(
    database: Database,
    stored: StoredIssue,
    now: datetime,
    alarms: Mapping[str, str] | None = None,
) -> Sent:
    """Close an issue if nothing of it is open, and tell how it stands.

    Raises MailError if its books do not balance.
    """
    with database.write() as connection:
        accounting.close(connection, stored.id, now)
        return _stand(connection, stored, alarms or {})


def as_it_stands(database: Database, stored: StoredIssue) -> Sent:
    """Tell how the deliveries of an issue stand."""
    with database.read() as connection:
        return _stand(connection, stored, {})


def begun(database: Database, stored: StoredIssue) -> bool:
    """Tell whether copies of an issue have been planned."""
    with database.read() as connection:
        return ledger.is_begun(connection, stored.id)


def may_begin(digest: Digest, stored: StoredIssue, now: datetime) -> bool:
    """Tell whether the clock may begin to send an issue: it is no old news.

    One that somebody approved counts from then; one that nobody looked at, from the
    end of its window, however late it was composed.
    """
    since = stored.issue.end
    if stored.decided_by != AUTOMATIC and stored.approved_at is not None:
        since = max(since, stored.approved_at)
    return now - since < digest.expires


def try_again(
    work: Mailing,
    stored: StoredIssue,
    states: Collection[DeliveryState],
    *,
    domain: str = "",
    now: datetime,
) -> int:
    """Make copies due at once, and open their issue again; gives how many.

    Raises MailError for an issue that was never sent.
    """
    if stored.state not in (IssueState.APPROVED, IssueState.SENT):
        raise MailError(
            f"{stored.issue.digest} no. {stored.issue.number} was not sent: there is "
            "nothing to try again"
        )
    with work.database.write() as connection:
        count = outstanding.retry(connection, stored.id, states, domain=domain, now=now)
        if count:
            outstanding.reopen(connection, stored.id)
    return count


def _checked(work: Mailing, digest: Digest, stored: StoredIssue) -> Copies:
    copies = Copies(work, digest, stored)
    if copies.sha256 != stored.sha256:
        raise MailError(
            f"{digest.key} no. {stored.issue.number}: it no longer renders as it was "
            "approved (templates or settings have changed); approve it again with "
            "`syndicate digest send --approve`"
        )
    with work.database.read() as connection:
        has_left = ledger.has_left(connection, stored.id)
    copies.check(begun=has_left)
    return copies


@contextmanager
def _counter(work: Mailing) -> Iterator[Counter | None]:
    if work.generation_file is None:
        yield None
        return
    with Counter(work.generation_file) as counter:
        yield counter


def _learn(
    zone: str, connection: Connection, copy: Delivery, reply: Reply, now: datetime
) -> None:
    note_reply(connection, copy, reply, now, zone=zone)


def _stand(
    connection: Connection, stored: StoredIssue, alarms: Mapping[str, str]
) -> Sent:
    return Sent(
        issue=issues.get(connection, stored.id) or stored,
        tally=ledger.tally(connection, stored.id),
        alarms=alarms,
        next_due=ledger.next_due(connection, stored.id),
    )
