"""Letters that are owed to people: one row each, claimed before they leave.

::

    PLANNED ──claim──▶ SENDING ──settle──▶ ACCEPTED | REFUSED | CANCELLED
                        ▲  │  └──settle──▶ DEFERRED ──claim, when due──▶ SENDING
                        └──┘ rescue ─────▶ UNCERTAIN

A letter in doubt is never sent again by itself: whoever waits for it asks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from syndicate.model import DeliveryState, Letter, LetterKind
from syndicate.store.columns import fits
from syndicate.store.schema import letters

LEASE = timedelta(minutes=15)
"""A letter on its way for so long was in the hands of a process that died."""
_WAITING = (DeliveryState.PLANNED.value, DeliveryState.DEFERRED.value)
_DONE = tuple(
    state.value
    for state in DeliveryState
    if state.value not in (*_WAITING, DeliveryState.SENDING.value)
)


def add(
    connection: Connection,
    kind: LetterKind,
    member_id: int,
    digests: Sequence[str],
    now: datetime,
) -> int:
    """Note that a letter is owed; gives its number."""
    values = {
        "kind": kind.value,
        "member_id": member_id,
        "digest": " ".join(digests),
        "state": DeliveryState.PLANNED.value,
        "attempts": 0,
        "asked_at": now,
        "due_at": now,
        "detail": "",
        "changed_at": now,
    }
    made = connection.execute(insert(letters).values(values).returning(letters.c.id))
    return int(made.scalar_one())


def find(connection: Connection, letter_id: int) -> Letter | None:
    """The letter of that number."""
    if not fits(letter_id):
        return None
    query = select(letters).where(letters.c.id == letter_id)
    row = connection.execute(query).first()
    return None if row is None else _letter(row)


def waiting(
    connection: Connection,
    kind: LetterKind,
    member_id: int,
    digests: Sequence[str],
    *,
    since: datetime,
) -> int | None:
    """The number of the same letter that has not left, or was asked for after then."""
    fresh = letters.c.asked_at > since
    query = select(letters.c.id).where(
        letters.c.member_id == member_id,
        letters.c.kind == kind.value,
        letters.c.digest == " ".join(digests),
        or_(letters.c.state == DeliveryState.PLANNED.value, fresh),
    )
    return connection.scalar(query.order_by(letters.c.id.desc()).limit(1))


def count_since(
    connection: Connection,
    member_id: int,
    kinds: Iterable[LetterKind],
    since: datetime,
) -> int:
    """How many letters of those kinds a member was owed after ``since``."""
    query = select(func.count()).where(
        letters.c.member_id == member_id,
        letters.c.asked_at > since,
        letters.c.kind.in_([kind.value for kind in kinds]),
    )
    return int(connection.scalar(query) or 0)


def due(connection: Connection, now: datetime) -> bool:
    """Say whether any letter waits to be sent."""
    query = select(letters.c.id).where(*_is_due(now)).limit(1)
    return connection.scalar(query) is not None


def claim(connection: Connection, now: datetime) -> Letter | None:
    """Take the next letter that is due; None if none is.

    It becomes SENDING and counts one more attempt. Commit before it is handed over.
    """
    query = select(letters).where(*_is_due(now))
    row = connection.execute(query.order_by(letters.c.due_at, letters.c.id)).first()
    if row is None:
        return None
    values = {
        "state": DeliveryState.SENDING.value,
        "attempts": row.attempts + 1,
        "due_at": None,
        "changed_at": now,
    }
    connection.execute(update(letters).where(letters.c.id == row.id).values(values))
    return find(connection, row.id)


def settle(
    connection: Connection,
    letter: Letter,
    state: DeliveryState,
    detail: str,
    *,
    due_at: datetime | None = None,
    now: datetime,
) -> bool:
    """Note what became of a letter that was claimed; False if it is another's now.

    ``due_at`` is when a DEFERRED one is tried again.
    """
    values = {
        "state": state.value,
        "detail": detail[:500],
        "due_at": due_at if state is DeliveryState.DEFERRED else None,
        "changed_at": now,
    }
    held = (
        letters.c.id == letter.id,
        letters.c.state == DeliveryState.SENDING.value,
        letters.c.attempts == letter.attempts,
    )
    done = connection.execute(update(letters).where(*held).values(values))
    return done.rowcount == 1


def rescue(connection: Connection, now: datetime) -> int:
    """Make UNCERTAIN what a process that died was sending; gives how many."""
    died = or_(letters.c.changed_at < now - LEASE, letters.c.changed_at > now + LEASE)
    done = connection.execute(
        update(letters)
        .where(letters.c.state == DeliveryState.SENDING.value, died)
        .values(
            state=DeliveryState.UNCERTAIN.value,
            detail="interrupted while it was being sent",
            changed_at=now,
        )
    )
    return done.rowcount


def abandoned(connection: Connection, now: datetime) -> bool:
    """Say whether :func:`rescue` would find any."""
    sending = letters.c.state == DeliveryState.SENDING.value
    died = or_(letters.c.changed_at < now - LEASE, letters.c.changed_at > now + LEASE)
    return connection.scalar(select(letters.c.id).where(sending, died)) is not None


def prune(connection: Connection, before: datetime) -> int:
    """Forget letters that were settled before; gives how many."""
    old = (letters.c.state.in_(_DONE), letters.c.changed_at < before)
    return connection.execute(delete(letters).where(*old)).rowcount


def latest(connection: Connection, limit: int = 50) -> list[Letter]:
    """The newest letters, newest first."""
    query = select(letters).order_by(letters.c.id.desc()).limit(limit)
    return [_letter(row) for row in connection.execute(query)]


def _is_due(now: datetime) -> tuple[Any, Any]:
    return letters.c.state.in_(_WAITING), letters.c.due_at <= now


def _letter(row: Row[Any]) -> Letter:
    return Letter(
        id=row.id,
        kind=LetterKind(row.kind),
        member=row.member_id,
        digests=tuple(row.digest.split()),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        asked_at=row.asked_at,
        due_at=row.due_at,
        detail=row.detail,
    )
