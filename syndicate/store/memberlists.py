"""Members as the desk looks for them: a page costs what it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from syndicate.model import Member, MemberState, Subscription, SubscriptionState
from syndicate.store.members import member_of
from syndicate.store.schema import members, subscriptions
from syndicate.store.subscriptions import subscription_of

_PAGE = 500
LAST = 2**63 - 1
"""No member has a higher number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which members are looked for; empty means "any"."""

    digest: str = ""
    state: SubscriptionState | None = None
    """Of one of the subscriptions; of that to ``digest``, if that is named."""
    standing: MemberState | None = None
    """Of the address."""
    since: datetime | None = None
    """Kept here since then. Numbers of members rise with time."""
    before: int = LAST
    """Only members with a lower number: where the page before ended."""
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A member and all of its subscriptions."""

    member: Member
    subscriptions: tuple[Subscription, ...]


def page(connection: Connection, wanted: Wanted) -> list[Listed]:
    """The members that are looked for, the newest first."""
    ids: list[int] = []
    before = wanted.before
    while len(ids) < wanted.limit:
        room = wanted.limit - len(ids)
        some = _candidates(connection, wanted, before, max(room, 1))
        if not some:
            break
        recent = [number for number, at in some if _is_recent(at, wanted.since)]
        ids += recent[:room]
        if len(recent) < len(some):
            break
        before = some[-1][0]
    return listed(connection, ids)


def listed(connection: Connection, ids: Sequence[int]) -> list[Listed]:
    """The members of these numbers, in this order, with their subscriptions."""
    people = connection.execute(select(members).where(members.c.id.in_(ids)))
    found = {row.id: member_of(row) for row in people}
    query = select(subscriptions).where(subscriptions.c.member_id.in_(ids))
    held: dict[int, list[Subscription]] = {}
    for row in connection.execute(query.order_by(subscriptions.c.digest)):
        held.setdefault(row.member_id, []).append(subscription_of(row))
    return [
        Listed(member=found[one], subscriptions=tuple(held.get(one, ())))
        for one in ids
        if one in found
    ]


def every(connection: Connection, digest: str = "") -> Iterator[Listed]:
    """All members but those who were erased, in the order of their numbers.

    Those who ever had to do with ``digest``, if one is named.
    """
    last = 0
    while True:
        query = _standing(select(members.c.id), None).where(members.c.id > last)
        if digest:
            query = query.where(_holds(digest))
        ids = list(connection.scalars(query.order_by(members.c.id).limit(_PAGE)))
        if not ids:
            return
        yield from listed(connection, ids)
        last = ids[-1]


def count(connection: Connection) -> dict[MemberState, int]:
    """How many addresses stand how."""
    query = select(members.c.state, func.count()).group_by(members.c.state)
    return {MemberState(state): number for state, number in connection.execute(query)}


def _is_recent(at: datetime, since: datetime | None) -> bool:
    return since is None or at >= since


def _candidates(
    connection: Connection, wanted: Wanted, before: int, limit: int
) -> Sequence[Any]:
    """(number, kept since) of the next members, the newest first.

    Each query is one that an index answers in order, so that it ends with its page.
    """
    if not wanted.digest and wanted.state is None:
        query = _standing(_ids(), wanted.standing).where(members.c.id < before)
        return _rows(connection, query.order_by(members.c.id.desc()).limit(limit))
    digests = [wanted.digest] if wanted.digest else _digests(connection)
    states = [wanted.state] if wanted.state else list(SubscriptionState)
    found: set[Any] = set()
    for digest in digests:
        for state in states:
            query = _standing(
                _subscribed(digest, state, before, limit), wanted.standing
            )
            found.update(map(tuple, _rows(connection, query)))
    return sorted(found, reverse=True)[:limit]


def _ids() -> Select[Any]:
    return select(members.c.id, members.c.created_at)


def _subscribed(
    digest: str, state: SubscriptionState, before: int, limit: int
) -> Select[Any]:
    return (
        _ids()
        .join(subscriptions, subscriptions.c.member_id == members.c.id)
        .where(
            subscriptions.c.digest == digest,
            subscriptions.c.state == state.value,
            subscriptions.c.member_id < before,
        )
        .order_by(subscriptions.c.member_id.desc())
        .limit(limit)
    )


def _rows(connection: Connection, query: Select[Any]) -> Sequence[Any]:
    return connection.execute(query).all()


def _standing(query: Select[Any], state: MemberState | None) -> Select[Any]:
    if state is not None:
        return query.where(members.c.state == state.value)
    return query.where(members.c.state != MemberState.ERASED.value)


def _holds(digest: str) -> ColumnElement[bool]:
    return (
        select(subscriptions.c.id)
        .where(
            subscriptions.c.member_id == members.c.id, subscriptions.c.digest == digest
        )
        .exists()
    )


def _digests(connection: Connection) -> list[str]:
    """Every digest that somebody has to do with: one step in the index for each."""
    found: list[str] = []
    last = ""
    column = subscriptions.c.digest
    while True:
        query = select(func.min(column)).where(column > last)
        last = connection.scalar(query) or ""
        if not last:
            return found
        found.append(last)
