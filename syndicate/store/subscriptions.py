"""Subscriptions: a member's standing with one digest, and who gets an issue of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from syndicate.model import (
    Choice,
    MemberState,
    Origin,
    Subscription,
    SubscriptionState,
)
from syndicate.store.bulk import rows_in
from syndicate.store.columns import fits
from syndicate.store.schema import members, subscriptions, suppressions

WRITABLE = (MemberState.UNVERIFIED, MemberState.OK, MemberState.SOFT_BOUNCING)
"""As :mod:`syndicate.members.states` has it; a test compares the two."""


def receiving(now: datetime) -> ColumnElement[bool]:
    """Of members joined with their subscriptions: those who are to get mail.

    A pause that is over counts as none, whether or not anybody has noted it yet.
    """
    state = subscriptions.c.state
    woken = (state == SubscriptionState.PAUSED.value) & (
        subscriptions.c.paused_until <= now
    )
    suppressed = exists().where(suppressions.c.mark == members.c.mark)
    return (
        ((state == SubscriptionState.ACTIVE.value) | woken)
        & members.c.state.in_([one.value for one in WRITABLE])
        & ~suppressed
    )


def recipients(digest: str, now: datetime) -> Select[Any]:
    """Select who gets ``digest``: a member's columns, and what it chose.

    ``digest`` is the key of the series; in no order.
    """
    return (
        select(
            members,
            subscriptions.c.id.label("subscription_id"),
            subscriptions.c.cadence,
            subscriptions.c.weekday,
            subscriptions.c.hour,
            subscriptions.c.categories,
            subscriptions.c.sources,
        )
        .join(subscriptions, subscriptions.c.member_id == members.c.id)
        .where(subscriptions.c.digest == digest, receiving(now))
    )


def add(
    connection: Connection,
    member_id: int,
    digest: str,
    state: SubscriptionState,
    origin: Origin,
    now: datetime,
    **columns: Any,
) -> Subscription:
    """Keep a subscription; ``columns`` are those that are not as the digest has them.

    :raises StoreError: at the end of ``write``, if the member has one of that digest
    """
    values = {
        "member_id": member_id,
        "digest": digest,
        "state": state.value,
        "origin": origin.value,
        "cadence": "",
        "categories": [],
        "sources": [],
        "changed_at": now,
    }
    query = insert(subscriptions).values(values | columns).returning(subscriptions)
    return subscription_of(connection.execute(query).one())


def get(connection: Connection, subscription_id: int) -> Subscription | None:
    """The subscription of that number."""
    if not fits(subscription_id):
        return None
    return _one(connection, subscriptions.c.id == subscription_id)


def one(connection: Connection, member_id: int, digest: str) -> Subscription | None:
    """The subscription of a member to a digest."""
    whose = subscriptions.c.member_id == member_id
    return _one(connection, whose & (subscriptions.c.digest == digest))


def of_member(connection: Connection, member_id: int) -> list[Subscription]:
    """All subscriptions of a member, in whatever state, by digest."""
    whose = subscriptions.c.member_id == member_id
    query = select(subscriptions).where(whose).order_by(subscriptions.c.digest)
    return [subscription_of(row) for row in connection.execute(query)]


def ids_of(
    connection: Connection, digest: str, member_ids: Collection[int]
) -> dict[int, int]:
    """Number of a member → number of its subscription to ``digest``."""
    query = (
        "SELECT member_id, id FROM subscriptions WHERE member_id IN {some}"
        " AND digest = ?"
    )
    found = rows_in(connection, query, member_ids, digest)
    return {row[0]: row[1] for row in found}


def set_state(
    connection: Connection,
    subscription_id: int,
    state: SubscriptionState,
    now: datetime,
    **columns: Any,
) -> None:
    """Note where a subscription stands; ``columns`` are what else changes with it."""
    values = {"state": state.value, "changed_at": now, **columns}
    _update(connection, subscription_id, values)


def note_asked(
    connection: Connection, subscription_id: int, at: datetime | None
) -> None:
    """Note when somebody asked for a subscription, which changes nothing in it."""
    _update(connection, subscription_id, {"asked_at": at})


def set_origin(connection: Connection, subscription_id: int, origin: Origin) -> None:
    """Note by whom a subscription is wanted now."""
    _update(connection, subscription_id, {"origin": origin.value})


def set_choice(
    connection: Connection, subscription_id: int, choice: Choice, now: datetime
) -> None:
    """Note what a member wants of a digest."""
    _update(connection, subscription_id, {**columns_of(choice), "changed_at": now})


def wake(connection: Connection, now: datetime) -> int:
    """Make active again whose pause is over; gives how many."""
    paused = subscriptions.c.state == SubscriptionState.PAUSED.value
    done = connection.execute(
        update(subscriptions)
        .where(paused, subscriptions.c.paused_until <= now)
        .values(state=SubscriptionState.ACTIVE.value, paused_until=None, changed_at=now)
    )
    return done.rowcount


def expire_pending(connection: Connection, before: datetime, now: datetime) -> int:
    """Expire what was asked for before, and not confirmed; gives how many."""
    pending = subscriptions.c.state == SubscriptionState.PENDING.value
    asked = subscriptions.c.asked_at
    done = connection.execute(
        update(subscriptions)
        .where(pending, or_(asked < before, asked.is_(None)))
        .values(state=SubscriptionState.EXPIRED.value, changed_at=now)
    )
    return done.rowcount


def tally(connection: Connection) -> dict[str, dict[SubscriptionState, int]]:
    """Digest → state → how many subscriptions."""
    found: dict[str, dict[SubscriptionState, int]] = {}
    columns = (subscriptions.c.digest, subscriptions.c.state)
    query = select(*columns, func.count()).group_by(*columns).order_by(*columns)
    for digest, state, number in connection.execute(query):
        found.setdefault(digest, {})[SubscriptionState(state)] = number
    return found


def columns_of(choice: Choice) -> dict[str, Any]:
    """A choice as the table has it."""
    return {
        "cadence": choice.cadence,
        "weekday": choice.weekday,
        "hour": choice.hour,
        "categories": list(choice.categories),
        "sources": list(choice.sources),
    }


def choice_of(row: Row[Any]) -> Choice:
    """What a row with the columns of a choice tells."""
    return Choice(
        cadence=row.cadence,
        weekday=row.weekday,
        hour=row.hour,
        categories=tuple(row.categories),
        sources=tuple(row.sources),
    )


def subscription_of(row: Row[Any]) -> Subscription:
    """What a row of the table tells."""
    return Subscription(
        id=row.id,
        member=row.member_id,
        digest=row.digest,
        state=SubscriptionState(row.state),
        origin=Origin(row.origin),
        choice=choice_of(row),
        paused_until=row.paused_until,
        asked_at=row.asked_at,
        confirmed_at=row.confirmed_at,
        changed_at=row.changed_at,
    )


def _update(
    connection: Connection, subscription_id: int, values: dict[str, Any]
) -> None:
    which = subscriptions.c.id == subscription_id
    connection.execute(update(subscriptions).where(which).values(values))


def _one(connection: Connection, which: ColumnElement[bool]) -> Subscription | None:
    row = connection.execute(select(subscriptions).where(which)).first()
    return None if row is None else subscription_of(row)
