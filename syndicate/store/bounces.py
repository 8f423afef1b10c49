"""What came back, whose it was, and what is nobody's and waits for the desk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from syndicate.model import Bounce, BounceKind, DeliveryState, MemberState
from syndicate.store.columns import fits
from syndicate.store.schema import bounces, deliveries, issues, members

_SENT = (
    *(DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN),
    *(DeliveryState.DEFERRED, DeliveryState.REFUSED),
)
"""States of copies that may have left."""
_NOBODYS = and_(bounces.c.member_id.is_(None), bounces.c.kind != BounceKind.SMTP.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentCopy:
    """A copy that may have left, as far as a bounce needs to know it."""

    id: int
    member: int
    address: str
    digest: str
    """Key of the edition."""
    at: datetime
    """When it was last touched."""


def known(connection: Connection, marks: Collection[str]) -> dict[str, Bounce]:
    """Those of the messages, by their hashes, that were taken in before."""
    query = select(bounces).where(bounces.c.sha256.in_(marks))
    return {row.sha256: _bounce(row) for row in connection.execute(query)}


def add(
    connection: Connection, bounce: Bounce, sha256: str, raw: bytes | None = None
) -> int:
    """Keep a bounce; gives its number. There must be none with that hash."""
    values = {
        "at": bounce.at,
        "kind": bounce.kind.value,
        "form": bounce.form,
        "delivery_id": bounce.delivery,
        "letter_id": bounce.letter,
        "member_id": bounce.member,
        "status": bounce.status,
        "is_final": bounce.is_final,
        "feedback": bounce.feedback,
        "diagnostic": bounce.diagnostic,
        "sha256": sha256,
        "raw": raw,
    }
    made = connection.execute(insert(bounces).values(values).returning(bounces.c.id))
    return int(made.scalar_one())


def get(connection: Connection, number: int) -> Bounce | None:
    """The bounce of that number."""
    if not fits(number):
        return None
    row = connection.execute(select(bounces).where(bounces.c.id == number)).first()
    return None if row is None else _bounce(row)


def raw(connection: Connection, number: int) -> bytes | None:
    """The message as it came; kept only of what is nobody's."""
    if not fits(number):
        return None
    found = connection.scalar(select(bounces.c.raw).where(bounces.c.id == number))
    return None if found is None else bytes(found)


def listed(
    connection: Connection,
    *,
    limit: int,
    since: datetime | None = None,
    unknown: bool = False,
) -> list[Bounce]:
    """The newest first; ``unknown`` for what is nobody's and not settled."""
    query = select(bounces).order_by(bounces.c.id.desc()).limit(limit)
    if since is not None:
        query = query.where(bounces.c.at >= since)
    if unknown:
        query = query.where(_NOBODYS, bounces.c.settled_at.is_(None))
    return [_bounce(row) for row in connection.execute(query)]


def tally(connection: Connection, since: datetime) -> dict[BounceKind, int]:
    """How many came back since then, by kind."""
    query = select(bounces.c.kind, func.count()).where(bounces.c.at >= since)
    rows = connection.execute(query.group_by(bounces.c.kind))
    return {BounceKind(kind): number for kind, number in rows}


def unsettled(connection: Connection) -> int:
    """How many messages are nobody's and wait for the desk."""
    query = select(func.count()).where(_NOBODYS, bounces.c.settled_at.is_(None))
    return connection.execute(query).scalar_one()


def settle(connection: Connection, numbers: Sequence[int], now: datetime) -> int:
    """Note that the desk has done with these; their messages are let go of."""
    some = [number for number in numbers if fits(number)]
    done = connection.execute(
        update(bounces)
        .where(bounces.c.id.in_(some), bounces.c.settled_at.is_(None))
        .values(settled_at=now, raw=None)
    )
    return done.rowcount


def returned(connection: Connection, issue_id: int) -> dict[int, str]:
    """The copies of an issue that came back after they were taken: number → why."""
    query = (
        select(bounces.c.delivery_id, bounces.c.status, bounces.c.diagnostic)
        .join(deliveries, deliveries.c.id == bounces.c.delivery_id)
        .where(
            deliveries.c.issue_id == issue_id,
            bounces.c.is_final,
            bounces.c.kind == BounceKind.DSN.value,
        )
        .order_by(bounces.c.id.desc())
    )
    return {
        row.delivery_id: f"{row.status} {row.diagnostic}".strip()
        for row in connection.execute(query)
    }


def count_since(connection: Connection, member_id: int, since: datetime) -> int:
    """How many were kept of a member since then."""
    query = select(func.count()).where(
        bounces.c.member_id == member_id, bounces.c.at >= since
    )
    return connection.execute(query).scalar_one()


def came_back(connection: Connection, delivery_id: int) -> bool:
    """Say whether a copy is known to have come back for good."""
    query = select(bounces.c.id).where(
        bounces.c.delivery_id == delivery_id, bounces.c.is_final
    )
    return connection.scalar(query.limit(1)) is not None


# ── Whose it is ──────────────────────────────────────────────────────────────


def copy(connection: Connection, delivery_id: int) -> SentCopy | None:
    """The copy of that number, if it is a kept member's and may have left."""
    if not fits(delivery_id):
        return None
    query = (
        select(deliveries, issues.c.digest)
        .join(issues, issues.c.id == deliveries.c.issue_id)
        .where(deliveries.c.id == delivery_id, deliveries.c.attempts > 0)
        .where(deliveries.c.member_id.is_not(None), deliveries.c.state.in_(_SENT))
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return SentCopy(
        id=row.id,
        member=row.member_id,
        address=row.address,
        digest=row.digest,
        at=row.changed_at,
    )


def contacts(connection: Connection, member_id: int, most: int) -> list[datetime]:
    """When something last went, or was to go, to a member: the newest copies."""
    query = (
        select(deliveries.c.changed_at)
        .where(deliveries.c.member_id == member_id, deliveries.c.state.in_(_SENT))
        .order_by(deliveries.c.id.desc())
        .limit(most)
    )
    return list(connection.scalars(query))


def recovered(
    connection: Connection, *, taken: datetime, probed: datetime, most: int
) -> list[int]:
    """Members who bounced softly and whose address works again.

    Either a copy was taken after the last bounce and no later than ``taken``, or a
    probe was asked for no later than ``probed``.
    """
    clean = (
        select(deliveries.c.id)
        .where(
            deliveries.c.member_id == members.c.id,
            deliveries.c.state == DeliveryState.ACCEPTED.value,
            deliveries.c.changed_at > members.c.scored_at,
            deliveries.c.changed_at <= taken,
        )
        .exists()
    )
    query = (
        select(members.c.id)
        .where(members.c.state == MemberState.SOFT_BOUNCING.value)
        .where(or_(clean, members.c.probed_at <= probed))
        .order_by(members.c.id)
        .limit(most)
    )
    return list(connection.scalars(query))


# ── What is let go of ────────────────────────────────────────────────────────


def trim(connection: Connection, most: int) -> int:
    """Remove the oldest of what is nobody's, beyond ``most``; gives how many."""
    nobodys = select(bounces.c.id).where(_NOBODYS).order_by(bounces.c.id.desc())
    last = connection.scalar(nobodys.offset(most).limit(1))
    if last is None:
        return 0
    gone = delete(bounces).where(_NOBODYS, bounces.c.id <= last)
    return connection.execute(gone).rowcount


def prune(connection: Connection, before: datetime) -> int:
    """Remove what came back before that moment; gives how many."""
    return connection.execute(delete(bounces).where(bounces.c.at < before)).rowcount


def _bounce(row: Row[Any]) -> Bounce:
    return Bounce(
        id=row.id,
        kind=BounceKind(row.kind),
        form=row.form,
        at=row.at,
        delivery=row.delivery_id,
        letter=row.letter_id,
        member=row.member_id,
        status=row.status,
        diagnostic=row.diagnostic,
        is_final=row.is_final,
        feedback=row.feedback,
        settled_at=row.settled_at,
    )
