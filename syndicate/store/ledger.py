"""The ledger as people look at it: how an issue stands, and who did not get it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, select

from syndicate.model import (
    Candidate,
    Choice,
    Delivery,
    DeliveryState,
    IssueState,
    Member,
    MemberState,
    Origin,
    SubscriptionState,
)
from syndicate.store.deliveries import OPEN, WAITING, delivery
from syndicate.store.schema import (
    deliveries,
    issues,
    members,
    subscriptions,
    suppressions,
)

_d, _m, _s = deliveries.c, members.c, subscriptions.c
_PAGE = 500
"""Rows that are read at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A subscriber of the series for whom an issue has no row."""

    candidate: Candidate
    """With a delivery that does not exist: id 0."""
    since: datetime | None
    """When the subscription became what it is."""


def tally(connection: Connection, issue_id: int) -> dict[DeliveryState, int]:
    """How many copies of an issue are in each state; every state is named."""
    query = (
        select(_d.state, func.count()).where(_d.issue_id == issue_id).group_by(_d.state)
    )
    found = dict.fromkeys(DeliveryState, 0)
    for state, number in connection.execute(query):
        found[DeliveryState(state)] = number
    return found


def state_of(connection: Connection, issue_id: int) -> IssueState | None:
    """Where an issue stands; None if there is none of that id."""
    found = connection.scalar(select(issues.c.state).where(issues.c.id == issue_id))
    return None if found is None else IssueState(found)


def approved_as(connection: Connection, issue_id: int) -> str | None:
    """The sha256 as which an issue is approved; None if it is not."""
    found: str | None = connection.scalar(_APPROVED_AS, {"issue": issue_id})
    return found


# Asked with every claim, so built once.
_APPROVED_AS = select(issues.c.sha256).where(
    issues.c.id == bindparam("issue"), issues.c.state == IssueState.APPROVED.value
)


def count(
    connection: Connection,
    issue_id: int,
    states: Collection[DeliveryState],
    *,
    domain: str = "",
) -> int:
    """How many copies are in these states."""
    query = select(func.count()).where(_d.issue_id == issue_id, _in(states))
    if domain:
        query = query.where(_d.domain == domain)
    return connection.scalar(query) or 0


def is_begun(connection: Connection, issue_id: int) -> bool:
    """Tell whether an issue has copies."""
    query = select(_d.id).where(_d.issue_id == issue_id).limit(1)
    return connection.execute(query).first() is not None


def has_left(connection: Connection, issue_id: int) -> bool:
    """Tell whether a copy of an issue has been accepted."""
    accepted = _in([DeliveryState.ACCEPTED])
    query = select(_d.id).where(_d.issue_id == issue_id, accepted).limit(1)
    return connection.execute(query).first() is not None


def is_open(connection: Connection, issue_id: int) -> bool:
    """Tell whether copies of an issue wait or are on their way."""
    query = select(_d.id).where(_d.issue_id == issue_id, _in(OPEN)).limit(1)
    return connection.execute(query).first() is not None


def next_due(connection: Connection, issue_id: int) -> datetime | None:
    """When the next copy is due; None if none waits."""
    found = [
        connection.scalar(
            select(func.min(_d.due_at)).where(_d.issue_id == issue_id, _in([state]))
        )
        for state in WAITING
    ]
    return min((one for one in found if one is not None), default=None)


def next_lease(connection: Connection, issue_id: int) -> datetime | None:
    """When the first claim on a copy runs out; None if none is held."""
    sending = _in([DeliveryState.SENDING])
    query = select(func.min(_d.lease_until)).where(_d.issue_id == issue_id, sending)
    found: datetime | None = connection.scalar(query)
    return found


def listed(
    connection: Connection,
    issue_id: int,
    states: Collection[DeliveryState] = tuple(DeliveryState),
    *,
    domain: str = "",
    limit: int | None = None,
) -> Iterator[Delivery]:
    """Copies in these states, in the order in which they were planned.

    Read a page at a time: there may be a hundred thousand.
    """
    after, left = 0, limit
    while left is None or left > 0:
        most = _PAGE if left is None else min(_PAGE, left)
        query = _page(issue_id, states, domain, after).limit(most)
        rows = connection.execute(query).all()
        yield from map(delivery, rows)
        if len(rows) < most:
            return
        after, left = rows[-1].id, None if left is None else left - most


def some(
    connection: Connection, issue_id: int, ids: Iterable[int]
) -> Iterator[Delivery]:
    """The copies of an issue with these ids, in their order."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), _PAGE):
        which = _d.id.in_(wanted[start : start + _PAGE])
        query = select(deliveries).where(which, _d.issue_id == issue_id)
        yield from map(delivery, connection.execute(query.order_by(_d.id)))


def by_domain(
    connection: Connection, issue_id: int, states: Collection[DeliveryState], most: int
) -> list[tuple[str, int, datetime | None]]:
    """The domains with most copies in these states, and when the next is due."""
    count = func.count()
    query = (
        select(_d.domain, count, func.min(_d.due_at))
        .where(_d.issue_id == issue_id, _in(states))
        .group_by(_d.domain)
        .order_by(count.desc(), _d.domain)
        .limit(most)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def by_relay(connection: Connection, issue_id: int) -> dict[str, int]:
    """How many copies each relay took."""
    accepted = _in([DeliveryState.ACCEPTED])
    query = (
        select(_d.relay, func.count())
        .where(_d.issue_id == issue_id, accepted)
        .group_by(_d.relay)
        .order_by(_d.relay)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def accepted_since(connection: Connection, issue_id: int, since: datetime) -> int:
    """How many copies were accepted after a moment."""
    accepted = _in([DeliveryState.ACCEPTED])
    query = select(func.count()).where(
        _d.issue_id == issue_id, accepted, _d.changed_at > since
    )
    return connection.scalar(query) or 0


def first_and_last(
    connection: Connection, issue_id: int
) -> tuple[datetime | None, datetime | None]:
    """When the first and the last copy was accepted."""
    accepted = _in([DeliveryState.ACCEPTED])
    query = select(func.min(_d.changed_at), func.max(_d.changed_at)).where(
        _d.issue_id == issue_id, accepted
    )
    first, last = connection.execute(query).one()
    return first, last


def absent(
    connection: Connection, issue_id: int, series: str, *, limit: int | None = None
) -> Iterator[Absent]:
    """Subscribers of a series who have no row, in the order of their subscriptions."""
    after, left = 0, limit
    while left is None or left > 0:
        most = _PAGE if left is None else min(_PAGE, left)
        rows = connection.execute(_absent(issue_id, series, after).limit(most)).all()
        yield from (_told(row, issue_id) for row in rows)
        if len(rows) < most:
            return
        after, left = rows[-1].id, None if left is None else left - most


def _in(states: Collection[DeliveryState]) -> Any:
    return _d.state.in_([state.value for state in states])


def _page(
    issue_id: int, states: Collection[DeliveryState], domain: str, after: int
) -> Select[Any]:
    query = select(deliveries).where(_d.issue_id == issue_id, _d.id > after)
    if len(states) < len(DeliveryState):
        query = query.where(_in(states))
    if domain:
        query = query.where(_d.domain == domain)
    return query.order_by(_d.id)


def _absent(issue_id: int, series: str, after: int) -> Select[Any]:
    row = and_(_d.issue_id == issue_id, _d.mailbox == _m.mailbox)
    return (
        select(
            *(_s.id, _s.state, _s.origin, _s.cadence, _s.paused_until),
            *(_s.confirmed_at, _s.changed_at, _m.address, _m.name),
            _m.id.label("member_id"),
            _m.state.label("member_state"),
            suppressions.c.mark.label("suppressed"),
        )
        .join_from(subscriptions, members, _m.id == _s.member_id)
        .outerjoin(deliveries, row)
        .outerjoin(suppressions, suppressions.c.mark == _m.mark)
        .where(_s.digest == series, _s.id > after, _d.id.is_(None))
        .order_by(_s.id)
    )


def _told(row: Row[Any], issue_id: int) -> Absent:
    member = Member(
        address=row.address,
        name=row.name,
        id=row.member_id,
        state=MemberState(row.member_state),
    )
    return Absent(
        candidate=Candidate(
            delivery=Delivery(
                id=0,
                issue=issue_id,
                member=member,
                state=DeliveryState.PLANNED,
                subscription=row.id,
                choice=Choice(cadence=row.cadence),
            ),
            subscribed=SubscriptionState(row.state),
            origin=Origin(row.origin),
            paused_until=row.paused_until,
            suppressed=row.suppressed is not None,
        ),
        since=row.confirmed_at or row.changed_at,
    )
