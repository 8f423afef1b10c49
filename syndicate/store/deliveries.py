"""The ledger of a digest run: one row for each issue and mailbox, never deleted.

::

    PLANNED ──claim──▶ SENDING ──settle──▶ ACCEPTED | REFUSED | CANCELLED   (for good)
       ▲                  │  └──settle──▶ DEFERRED ──claim, when due──▶ SENDING
       └─plan             └──settle, rescue──▶ UNCERTAIN

A claim is committed before the message is handed over: whatever dies in between leaves
a row in SENDING, which ``rescue`` makes UNCERTAIN, never PLANNED again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from syndicate.errors import StoreError
from syndicate.model import Delivery, DeliveryState, Member
from syndicate.store.members import mailbox
from syndicate.store.schema import deliveries, issues, unsubscriptions

_OPEN = (DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.DEFERRED)
_FINAL = (DeliveryState.ACCEPTED, DeliveryState.REFUSED, DeliveryState.CANCELLED)


def plan(
    connection: Connection, issue_id: int, members: Iterable[Member], now: datetime
) -> int:
    """Add a row for every member who has none yet; gives how many were added.

    Two spellings of one address, and members planned before, count once.
    """
    held = select(deliveries.c.mailbox).where(deliveries.c.issue_id == issue_id)
    known = set(connection.scalars(held))
    rows: dict[str, dict[str, Any]] = {}
    for member in members:
        box = mailbox(member.address)
        if box not in known:
            rows.setdefault(box, _planned(issue_id, member, box, now))
    if rows:
        connection.execute(insert(deliveries), list(rows.values()))
    return len(rows)


def claim(connection: Connection, issue_id: int, now: datetime) -> Delivery | None:
    """Take the next copy to send: PLANNED, or DEFERRED and due; None if none is.

    It becomes SENDING and counts one more attempt. Commit before the message is
    handed over. Who has left the digest since the plan is cancelled on the way.
    """
    while True:
        row = _first_waiting(connection, issue_id, now)
        if row is None:
            return None
        if row.left is None:
            state, attempts = DeliveryState.SENDING.value, row.attempts + 1
            values = {"state": state, "attempts": attempts, "due_at": None}
            _update(connection, row.id, values | {"changed_at": now})
            return _need(connection, row.id)
        settle(connection, row.id, DeliveryState.CANCELLED, "unsubscribed", now=now)


def settle(
    connection: Connection,
    delivery_id: int,
    state: DeliveryState,
    detail: str,
    *,
    due_at: datetime | None = None,
    now: datetime,
) -> None:
    """Note what became of a copy; ``due_at`` is when a DEFERRED one is tried again.

    ACCEPTED, REFUSED and CANCELLED are for good; to say the same again is no mistake.

    :raises StoreError: there is no such row, or it is settled otherwise for good
    """
    if state in (DeliveryState.PLANNED, DeliveryState.SENDING):
        raise StoreError(f"delivery {delivery_id} cannot be settled as {state}")
    old = _need(connection, delivery_id).state
    if old in _FINAL:
        if old is state:
            return
        raise StoreError(f"delivery {delivery_id} is {old}, and cannot become {state}")
    again = (due_at or now) if state is DeliveryState.DEFERRED else None
    values = {"state": state.value, "detail": detail}
    _update(connection, delivery_id, values | {"due_at": again, "changed_at": now})


def rescue(connection: Connection, now: datetime) -> int:
    """Make UNCERTAIN what is found in SENDING at the start; gives how many.

    To be called before the first claim of a program, and only when no other program
    is sending.
    """
    done = connection.execute(
        update(deliveries)
        .where(deliveries.c.state == DeliveryState.SENDING.value)
        .values(
            state=DeliveryState.UNCERTAIN.value,
            detail="interrupted while it was being sent",
            changed_at=now,
        )
    )
    return done.rowcount


def tally(connection: Connection, issue_id: int) -> dict[DeliveryState, int]:
    """How many copies of an issue are in each state; every state is named."""
    query = (
        select(deliveries.c.state, func.count())
        .where(deliveries.c.issue_id == issue_id)
        .group_by(deliveries.c.state)
    )
    found = dict.fromkeys(DeliveryState, 0)
    for state, number in connection.execute(query):
        found[DeliveryState(state)] = number
    return found


def all_of(connection: Connection, issue_id: int) -> list[Delivery]:
    """Every copy of an issue, in the order in which they were planned."""
    query = select(deliveries).where(deliveries.c.issue_id == issue_id)
    rows = connection.execute(query.order_by(deliveries.c.id))
    return [_delivery(row) for row in rows]


def _planned(issue_id: int, member: Member, box: str, now: datetime) -> dict[str, Any]:
    return {
        "issue_id": issue_id,
        "address": member.address,
        "mailbox": box,
        "name": member.name,
        "domain": box.rpartition("@")[2],
        "state": DeliveryState.PLANNED.value,
        "attempts": 0,
        "detail": "",
        "fence": 0,
        "variant": "",
        "message_id": "",
        "relay": "",
        "status": "",
        "changed_at": now,
    }


def _first_waiting(
    connection: Connection, issue_id: int, now: datetime
) -> Row[Any] | None:
    """The first row that may be sent; ``left`` tells who has left the digest.

    Two queries that an index answers, not one that sorts all that is still to send.
    """
    query = _waiting(issue_id)
    state, due_at = deliveries.c.state, deliveries.c.due_at
    planned = query.where(state == DeliveryState.PLANNED.value)
    deferred = query.where(state == DeliveryState.DEFERRED.value, due_at <= now)
    return (
        connection.execute(planned.order_by(deliveries.c.id)).first()
        or connection.execute(deferred.order_by(due_at, deliveries.c.id)).first()
    )


def _waiting(issue_id: int) -> Select[Any]:
    left = unsubscriptions.c.mailbox
    digest = unsubscriptions.c.digest == issues.c.digest
    return (
        select(deliveries.c.id, deliveries.c.attempts, left.label("left"))
        .join(issues, issues.c.id == deliveries.c.issue_id)
        .outerjoin(unsubscriptions, digest & (left == deliveries.c.mailbox))
        .where(deliveries.c.issue_id == issue_id)
        .limit(1)
    )


def _update(connection: Connection, delivery_id: int, values: dict[str, Any]) -> None:
    which = deliveries.c.id == delivery_id
    connection.execute(update(deliveries).where(which).values(values))


def _need(connection: Connection, delivery_id: int) -> Delivery:
    query = select(deliveries).where(deliveries.c.id == delivery_id)
    row = connection.execute(query).first()
    if row is None:
        raise StoreError(f"there is no delivery {delivery_id}")
    return _delivery(row)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        issue=row.issue_id,
        member=Member(address=row.address, name=row.name),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        detail=row.detail,
    )
