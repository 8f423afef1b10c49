"""Addresses that get nothing more, by mark alone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from syndicate.model import Suppression, SuppressionReason
from syndicate.store.bulk import rows_in
from syndicate.store.schema import suppressions

_WEIGHT = {
    SuppressionReason.BOUNCE: 0,
    SuppressionReason.DESK: 1,
    SuppressionReason.COMPLAINT: 2,
    SuppressionReason.ERASED: 3,
}
"""Whose reason stays where there are two: what the person said goes first."""


def add(connection: Connection, new: Suppression) -> bool:
    """Suppress an address; False if it was, for a reason that weighs as much.

    The moment of the first suppression stays.
    """
    old = get(connection, new.mark)
    values = {"reason": new.reason.value, "note": new.note}
    if old is None:
        row = {"mark": new.mark, "at": new.at, **values}
        connection.execute(insert(suppressions).values(row))
        return True
    if _WEIGHT[old.reason] >= _WEIGHT[new.reason]:
        return False
    which = suppressions.c.mark == new.mark
    connection.execute(update(suppressions).where(which).values(values))
    return True


def get(connection: Connection, mark: str) -> Suppression | None:
    """The suppression of the address that has this mark."""
    query = select(suppressions).where(suppressions.c.mark == mark)
    row = connection.execute(query).first()
    return None if row is None else _suppression(row)


def among(connection: Connection, marks: Collection[str]) -> set[str]:
    """Which of ``marks`` are suppressed."""
    query = "SELECT mark FROM suppressions WHERE mark IN {some}"
    return {row[0] for row in rows_in(connection, query, marks)}


def lift(connection: Connection, mark: str) -> bool:
    """Suppress an address no longer; False if it was not suppressed."""
    gone = delete(suppressions).where(suppressions.c.mark == mark)
    return connection.execute(gone).rowcount > 0


def page(connection: Connection, after: str, limit: int) -> list[Suppression]:
    """The next suppressions in the order of their marks."""
    query = select(suppressions).where(suppressions.c.mark > after)
    rows = connection.execute(query.order_by(suppressions.c.mark).limit(limit))
    return [_suppression(row) for row in rows]


def summary(connection: Connection) -> tuple[int, datetime | None]:
    """How many there are, and when the last one was made."""
    query = select(func.count(), func.max(suppressions.c.at))
    number, last = connection.execute(query).one()
    return number, last


def _suppression(row: Row[Any]) -> Suppression:
    return Suppression(
        mark=row.mark,
        reason=SuppressionReason(row.reason),
        at=row.at,
        note=row.note,
    )
