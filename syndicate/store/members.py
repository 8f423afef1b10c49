"""Members: a row for each address, and what is left of those who were erased."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from syndicate.model import Member, MemberState
from syndicate.store.bulk import rows_in
from syndicate.store.columns import fits
from syndicate.store.schema import members


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How mail to an address fares."""

    state: MemberState
    soft_days: tuple[str, ...] = ()
    """The last days that counted, oldest first; the format is the scorer's."""
    score: int = 0
    scored_at: datetime | None = None
    probed_at: datetime | None = None


def add(
    connection: Connection, new: Member, *, mailbox: str, mark: str, now: datetime
) -> Member:
    """Keep a member, and return it with its number.

    :raises StoreError: at the end of ``write``, if the mark is taken
    """
    values: dict[str, Any] = {
        "mark": mark,
        "address": new.address,
        "mailbox": mailbox,
        "name": new.name,
        "state": new.state.value,
        "language": new.language,
        "timezone": new.timezone,
        "text_only": new.text_only,
        "score": 0,
        "soft_days": [],
        "created_at": now,
        "changed_at": now,
    }
    query = insert(members).values(values).returning(members)
    return member_of(connection.execute(query).one())


def get(connection: Connection, member_id: int) -> Member | None:
    """The member of that number, also one that was erased."""
    return _one(connection, members.c.id == member_id) if fits(member_id) else None


def marked(connection: Connection, mark: str) -> Member | None:
    """The member whose address has that mark, also one that was erased."""
    return _one(connection, members.c.mark == mark)


def mark_of(connection: Connection, member_id: int) -> str:
    """The mark of a member; "" if there is none of that number."""
    return marks_of(connection, [member_id]).get(member_id, "")


def marks_of(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Number → mark, of those that there are."""
    query = "SELECT id, mark FROM members WHERE id IN {some}"
    found = rows_in(connection, query, [one for one in ids if fits(one)])
    return {row[0]: row[1] for row in found}


def change(connection: Connection, member: Member, now: datetime) -> None:
    """Keep name, language, time zone and text only as ``member`` has them."""
    _update(
        connection,
        member.id,
        name=member.name,
        language=member.language,
        timezone=member.timezone,
        text_only=member.text_only,
        changed_at=now,
    )


def readdress(
    connection: Connection, member_id: int, address: str, mailbox: str, now: datetime
) -> None:
    """Give a member back the address that its mark belongs to; it was erased."""
    _update(connection, member_id, address=address, mailbox=mailbox, changed_at=now)


def set_state(
    connection: Connection, member_id: int, state: MemberState, now: datetime
) -> None:
    """Note where an address stands."""
    _update(connection, member_id, state=state.value, changed_at=now)


def health(connection: Connection, member_id: int) -> Health | None:
    """How mail to a member fares; None if there is none of that number."""
    if not fits(member_id):
        return None
    row = connection.execute(select(members).where(members.c.id == member_id)).first()
    if row is None:
        return None
    return Health(
        state=MemberState(row.state),
        soft_days=tuple(row.soft_days),
        score=row.score,
        scored_at=row.scored_at,
        probed_at=row.probed_at,
    )


def set_health(
    connection: Connection, member_id: int, health: Health, now: datetime
) -> None:
    """Note how mail to a member fares."""
    _update(
        connection,
        member_id,
        state=health.state.value,
        soft_days=list(health.soft_days),
        score=health.score,
        scored_at=health.scored_at,
        probed_at=health.probed_at,
        changed_at=now,
    )


def member_of(row: Row[Any]) -> Member:
    """What a row of the table, or of a query with all of its columns, tells."""
    return Member(
        id=row.id,
        address=row.address,
        name=row.name,
        state=MemberState(row.state),
        language=row.language,
        timezone=row.timezone,
        text_only=row.text_only,
        score=row.score,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def _update(connection: Connection, member_id: int, **values: Any) -> None:
    which = members.c.id == member_id
    connection.execute(update(members).where(which).values(**values))


def _one(connection: Connection, which: ColumnElement[bool]) -> Member | None:
    row = connection.execute(select(members).where(which)).first()
    return None if row is None else member_of(row)
