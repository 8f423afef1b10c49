"""What mail tells of one member: copies, letters and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from syndicate.store.schema import bounces, deliveries, issues, letters

Told = dict[str, Any]


def copies(
    connection: Connection, member_id: int | None, spellings: Sequence[str]
) -> list[Told]:
    """The copies of issues that were made out to a person, oldest first.

    ``spellings`` find those of before members were kept in the store.
    """
    old = deliveries.c.member_id.is_(None) & deliveries.c.mailbox.in_(spellings)
    query = (
        select(
            issues.c.digest,
            issues.c.number,
            deliveries.c.state,
            deliveries.c.address,
            deliveries.c.name,
            deliveries.c.attempts,
            deliveries.c.detail,
            deliveries.c.changed_at,
        )
        .join(issues, issues.c.id == deliveries.c.issue_id)
        .where(or_(deliveries.c.member_id == _number(member_id), old))
        .order_by(deliveries.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def posted(connection: Connection, member_id: int | None) -> list[Told]:
    """The letters that were written to a member, oldest first."""
    query = (
        select(
            letters.c.kind,
            letters.c.digest,
            letters.c.state,
            letters.c.asked_at,
            letters.c.detail,
        )
        .where(letters.c.member_id == _number(member_id))
        .order_by(letters.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def returned(connection: Connection, member_id: int | None) -> list[Told]:
    """What came back from a member's mailbox, oldest first."""
    query = (
        select(bounces.c.at, bounces.c.kind, bounces.c.status, bounces.c.diagnostic)
        .where(bounces.c.member_id == _number(member_id))
        .order_by(bounces.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def _number(member_id: int | None) -> int:
    """A number that no member has stands for none: NULL would compare with nothing."""
    return -1 if member_id is None else member_id
