"""Members and subscriptions move as their tables of moves allow, and no other way.

Whatever changes the state of one passes here, inside a transaction that writes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from syndicate.members.states import (
    AddressEvent,
    SubscriptionEvent,
    address_after,
    subscription_after,
)
from syndicate.model import (
    Member,
    MemberState,
    Origin,
    Subscription,
    SubscriptionState,
)
from syndicate.store import Connection, members, subscriptions, suppressions

STANDING = (SubscriptionState.ACTIVE, SubscriptionState.PAUSED)
"""Subscriptions that were wanted and were not ended."""
SILENT = (MemberState.COMPLAINED, MemberState.INVALID)
"""Nobody writes to these, whoever asks: a complaint is the person's last word."""
_ENTERED = (SubscriptionEvent.CONFIRMED, SubscriptionEvent.STATED)


def move_address(
    connection: Connection, member: Member, event: AddressEvent, now: datetime
) -> MemberState:
    """Let something become known of an address; gives where it stands now."""
    state = address_after(member.state, event)
    if state is not member.state:
        members.set_state(connection, member.id, state, now)
    return state


def move(
    connection: Connection, held: Subscription, event: SubscriptionEvent, now: datetime
) -> SubscriptionState | None:
    """Let something happen to a subscription; None if that changes nothing."""
    state = subscription_after(held.state, event)
    if state is None or (state is held.state and event is not SubscriptionEvent.ASKED):
        return None
    subscriptions.set_state(connection, held.id, state, now, **_columns(event, now))
    return state


def begin(
    connection: Connection,
    member_id: int,
    digest: str,
    event: SubscriptionEvent,
    now: datetime,
    *,
    origin: Origin,
) -> Subscription | None:
    """Begin a subscription, or let ``event`` happen to the one that there is.

    Gives the subscription as it is then; None if nothing changed.
    """
    held = subscriptions.one(connection, member_id, digest)
    if held is None:
        state = subscription_after(None, event)
        if state is None:
            return None
        columns = _columns(event, now)
        return subscriptions.add(
            connection, member_id, digest, state, origin, now, **columns
        )
    if move(connection, held, event, now) is None:
        return None
    if event in _ENTERED:
        subscriptions.set_origin(connection, held.id, origin)
    return subscriptions.get(connection, held.id)


def may_join(connection: Connection, member: Member) -> bool:
    """Whether a person can join by their own hand: nothing stands against it."""
    if member.state in (*SILENT, MemberState.ERASED):
        return False
    mark = members.mark_of(connection, member.id)
    return suppressions.get(connection, mark) is None


def _columns(event: SubscriptionEvent, now: datetime) -> dict[str, Any]:
    """What else of a subscription changes with its state."""
    if event is SubscriptionEvent.ASKED:
        return {"asked_at": now, "paused_until": None}
    if event in _ENTERED:
        return {"confirmed_at": now, "paused_until": None}
    return {"paused_until": None}
