"""What leaves next is claimed; who may get nothing more is cancelled on the way."""

from __future__ import annotations

from collections import Counter as Tally
from datetime import datetime, timedelta

from syndicate.members.receiving import objection
from syndicate.model import Delivery, Digest, Promise
from syndicate.pipeline.mailing.planning import edition_of
from syndicate.pipeline.mailing.run import Run
from syndicate.store import Connection, deliveries, ledger, outstanding

LEASE = timedelta(minutes=2)
"""How long a claim counts that is not renewed."""
RENEWAL = timedelta(seconds=30)
"""How often claims are renewed, and those of dead processes looked for."""
_ROUNDS = 50
"""Times that one transaction looks for copies that may be sent."""
_LATER = timedelta(seconds=5)
"""A domain is put off at least so long: each time is an update of all its rows."""


def look_around(run: Run, connection: Connection, now: datetime) -> None:
    """From time to time: renew our claims, take over those of the dead, expire."""
    task = run.task
    approved = ledger.approved_as(connection, task.issue_id)
    run.is_over = approved is None or approved != (task.sha256 or approved)
    if run.renewed_at is not None and abs(now - run.renewed_at) < RENEWAL:
        return
    run.renewed_at = now
    out = {one.job for one in run.back}
    mine = [copy for copy in run.flying.values() if copy.id not in out]
    deliveries.renew(connection, mine, now + LEASE)
    look_over(connection, task.digest, task.issue_id, now)


def look_over(
    connection: Connection, digest: Digest, issue_id: int, now: datetime
) -> None:
    """Settle what dead processes held, and what has waited too long."""
    again = digest.promise is Promise.AT_LEAST_ONCE
    outstanding.rescue(connection, issue_id, now=now, again=again)
    outstanding.mend(connection, issue_id, now)
    outstanding.expire(connection, issue_id, before=now - digest.expires, now=now)


def claimed_next(
    run: Run, connection: Connection, room: int, now: datetime
) -> list[Delivery]:
    """Claim copies that may leave now; who may get nothing more is cancelled."""
    task = run.task
    run.has_more = False
    if run.is_over:
        return []
    claimed: list[Delivery] = []
    ahead: Tally[str] = Tally()
    for _round in range(_ROUNDS):
        if len(claimed) >= room:
            break
        some = _wanted(run, connection, room - len(claimed), now)
        if some is None:
            break
        good = _unhindered(run, connection, some, ahead, now)
        claimed += deliveries.take(connection, good, lease_until=now + LEASE, now=now)
    else:
        run.has_more = not claimed
    if claimed:
        task.on_claim(connection, claimed)
    return claimed


def _wanted(
    run: Run, connection: Connection, most: int, now: datetime
) -> list[Delivery] | None:
    """Of the next copies those whose members still want them; None: none waits."""
    task = run.task
    found = deliveries.due(
        connection, task.issue_id, task.digest.series, most=most, now=now
    )
    if not found:
        return None
    cadences = edition_of(task.digest).cadences
    said = [(one.delivery, objection(one, cadences, now)) for one in found]
    deliveries.cancel(connection, [(copy, why) for copy, why in said if why], now)
    return [copy for copy, why in said if not why]


def _unhindered(
    run: Run,
    connection: Connection,
    some: list[Delivery],
    ahead: Tally[str],
    now: datetime,
) -> list[Delivery]:
    """Those whose domains take them now; the other domains are put off as a whole."""
    good: list[Delivery] = []
    full: set[str] = set()
    for copy in some:
        if copy.domain in full:
            continue
        until = run.task.pool.waits(copy.domain, now, ahead[copy.domain])
        if until is None:
            ahead[copy.domain] += 1
            good.append(copy)
        else:
            full.add(copy.domain)
            until = max(until, now + _LATER)
            issue_id = run.task.issue_id
            deliveries.put_off_domain(connection, issue_id, copy.domain, until)
    return good
