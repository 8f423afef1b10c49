"""What came back is noted: each reply by its verdict, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from syndicate.digest.post.pool import Handed
from syndicate.digest.post.promises import Verdict, verdict
from syndicate.model import Delivery, DeliveryState, Reply, Settlement
from syndicate.pipeline.mailing.run import Run
from syndicate.store import Connection, deliveries, outstanding, relays

log = logging.getLogger(__name__)


def settled(
    run: Run, connection: Connection, now: datetime
) -> list[tuple[Delivery, Reply]]:
    """Note what became of all that came back; gives each with its reply."""
    task = run.task
    records = task.pool.remember()
    if records:
        relays.keep(connection, records)
    found = [(run.flying[one.job], one) for one in run.back if one.job in run.flying]
    verdicts = {one.job: _verdict(run, copy, one, now) for copy, one in found}
    noted = deliveries.settle(
        connection,
        [
            _settlement(copy, one, verdicts[one.job], task.variant(copy))
            for copy, one in found
        ],
        now,
    )
    if any(one.state is DeliveryState.DEFERRED for one in noted):
        # Another process may have found it, called it uncertain, and closed the issue.
        outstanding.reopen(connection, task.issue_id)
    counted = {one.delivery.id for one in noted}
    for copy, one in found:
        if copy.id in counted and one.reply.state is not DeliveryState.ACCEPTED:
            _learn(run, connection, copy, one.reply, now)
    _put_domains_off(run, connection, found, verdicts)
    return [
        (copy, _as_settled(one, verdicts[one.job]))
        for copy, one in found
        if copy.id in counted
    ]


def _verdict(run: Run, copy: Delivery, one: Handed, now: datetime) -> Verdict:
    waits = None
    if one.reply.state is not DeliveryState.ACCEPTED and one.reply.relay:
        waits = run.task.pool.waits(copy.domain, now)
    found = verdict(run.task.digest, copy, one.reply, waits=waits, now=now)
    if found.alarming:
        run.alarms.setdefault(copy.domain, one.reply.detail)
    return found


def _settlement(
    copy: Delivery, one: Handed, found: Verdict, variant: str
) -> Settlement:
    return Settlement(
        delivery=copy,
        state=found.state,
        detail=found.detail,
        due_at=found.due_at,
        relay=one.reply.relay,
        status=one.reply.status,
        message_id=one.message_id,
        variant=variant,
    )


def _as_settled(one: Handed, found: Verdict) -> Reply:
    """What the person at the screen is told: as the ledger has it."""
    reply = one.reply
    return Reply(
        state=found.state,
        detail=found.detail,
        blame=reply.blame,
        code=reply.code,
        status=reply.status,
        relay=reply.relay,
    )


def _learn(
    run: Run, connection: Connection, copy: Delivery, reply: Reply, now: datetime
) -> None:
    """Let others learn from a reply; their trouble does not undo what we note."""
    try:
        with connection.begin_nested():
            run.task.on_reply(connection, copy, reply, now)
    except Exception:  # as above: the copy's own state is noted all the same
        log.exception("a reply for %s could not be learned from", copy.id)


def _put_domains_off(
    run: Run,
    connection: Connection,
    found: Iterable[tuple[Delivery, Handed]],
    verdicts: dict[int, Verdict],
) -> None:
    until: dict[str, datetime] = {}
    for copy, one in found:
        moment = verdicts[one.job].domain_until
        if moment is not None:
            until[copy.domain] = max(moment, until.get(copy.domain, moment))
    for domain, moment in until.items():
        deliveries.put_off_domain(connection, run.task.issue_id, domain, moment)
