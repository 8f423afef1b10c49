"""The loop that sends: settle what came back, claim as many again, hand them over.

One transaction does both for all that came back meanwhile, so that the disk is waited
for once for several copies, and never is more claimed than there are connections. What
is claimed is committed before a connection is given it. Whatever kills this process
leaves a row in SENDING for each connection at most.
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from syndicate.digest.post.pool import Handed
from syndicate.errors import StoreError
from syndicate.model import Delivery, DeliveryState, Reply
from syndicate.pipeline.mailing.claiming import RENEWAL, claimed_next, look_around
from syndicate.pipeline.mailing.restoring import raised
from syndicate.pipeline.mailing.run import Run, Task
from syndicate.pipeline.mailing.settling import settled as settled_of
from syndicate.store import ledger

log = logging.getLogger(__name__)

_WAIT = 1.0
"""Seconds until we look around, if nothing comes back."""
_LINGER = 0.005
"""Seconds that the first one back waits for others, to be noted with them."""
_PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds between two tries at a store that cannot be written."""
_FAREWELL = 600
"""Seconds that we wait for what is on its way, when something ends us."""


def deliver(task: Task) -> dict[str, str]:
    """Send what is due of an issue; gives domain → what it said of what we send.

    Whatever ends it, what is on its way is waited for and noted, unless the process is
    killed. Raises StoreError if the store cannot be written for long.
    """
    run = Run(task)
    try:
        while _turn(run) or run.flying or run.has_more or _waits(run):
            if run.flying:
                run.back += task.pool.got(_WAIT, _LINGER)
    finally:
        _drain(run)
    return run.alarms


def _turn(run: Run) -> bool:
    """Settle and claim once, and hand over what was claimed; False: nothing was."""
    now = run.task.clock()
    room = _room(run, now)
    due = run.renewed_at is None or abs(now - run.renewed_at) >= RENEWAL
    if not (run.back or room or due):
        return False
    settled, claimed = _written(run, room, now)
    for copy in claimed:
        run.flying[copy.id] = copy
        _put(run, copy)
    for copy, reply in settled:
        run.task.on_delivery(copy, reply)
    return bool(claimed)


def _put(run: Run, copy: Delivery) -> None:
    """Hand a copy to the pool; if that cannot take it, nothing has left."""
    try:
        run.task.pool.put(copy.id, copy.domain, partial(run.task.make, copy))
    except Exception as error:  # such as a machine that begins no more threads
        log.exception("a copy could not be handed to a connection")
        said = f"it could not be handed over: {type(error).__name__}: {error}"
        reply = Reply(state=DeliveryState.DEFERRED, detail=said)
        run.back.append(Handed(job=copy.id, reply=reply))


def _room(run: Run, now: datetime) -> int:
    """How many copies may be claimed now."""
    if run.is_over or run.task.stopping() or run.task.pool.waits("", now):
        return 0
    return run.task.pool.slots


def _written(
    run: Run, room: int, now: datetime
) -> tuple[list[tuple[Delivery, Reply]], list[Delivery]]:
    """Do a turn's writing; where the store cannot be written, try again for a while."""
    for pause in _PAUSES:
        try:
            return _written_once(run, room, now)
        except StoreError as error:
            log.warning("%s; trying again", error)
            run.task.sleep(pause)
    return _written_once(run, room, now)


def _written_once(
    run: Run, room: int, now: datetime
) -> tuple[list[tuple[Delivery, Reply]], list[Delivery]]:
    task = run.task
    with task.database.write() as connection:
        settled = settled_of(run, connection, now)
        look_around(run, connection, now)
        claimed = claimed_next(run, connection, room, now) if room else []
        counted = raised(connection, now) if claimed else None
    for one in run.back:
        run.flying.pop(one.job, None)
    run.back.clear()
    if counted and task.counter:
        task.counter.write(counted)
    return settled, claimed


# ── The end ──────────────────────────────────────────────────────────────────


def _waits(run: Run) -> bool:
    """Wait for what is due soon; False if there is nothing to wait for."""
    task = run.task
    if run.is_over or task.stopping() or not task.patience:
        return False
    now = task.clock()
    with task.database.read() as connection:
        moments = [
            ledger.next_due(connection, task.issue_id),
            ledger.next_lease(connection, task.issue_id),
        ]
    soon = min((one for one in moments if one is not None), default=None)
    general = task.pool.waits("", now)
    if soon is None:
        return False
    soon = max(soon, general or soon)
    if soon - now > task.patience:
        return False
    task.sleep(min(max((soon - now).total_seconds(), 0.05), _WAIT))
    return True


def _drain(run: Run) -> None:
    """Wait for what is on its way, and note it."""
    run.is_over = True
    for _second in range(_FAREWELL):
        if run.back:
            _written(run, 0, run.task.clock())
        if not run.flying:
            return
        run.back += run.task.pool.got(_WAIT)
