"""Reports to the desk: one a kind and period, claimed before they are sent.

::

    (nothing) ──claim──▶ CLAIMED ──settle──▶ SENT           nobody waits any more
                          ▲    └───settle──▶ FAILED         somebody waits, or gave up
                          └────claim, when due──┘

Each address has its own state inside, as in the ledger of a digest: SENDING is
committed before the message is handed over, and what is found in SENDING after a
crash is UNCERTAIN, never sent again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from syndicate.model import DeliveryState
from syndicate.store.codecs import dumps, from_json, to_json
from syndicate.store.schema import reports

LEASE = timedelta(minutes=15)
"""A claim that has not moved for so long belongs to a process that died."""
KEPT = timedelta(days=400)
"""How long it is remembered what was sent."""


class ReportState(StrEnum):
    """Where a report stands."""

    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCopy:
    """What one address has got."""

    address: str
    state: DeliveryState = DeliveryState.PLANNED
    said: str = ""
    """What the next hop said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDetail:
    """What is kept of a report."""

    copies: tuple[ReportCopy, ...] = ()
    findings: tuple[str, ...] = ()
    """``source:code`` of all that it told, so that the next knows what is new; of an
    alarm its title."""
    attempts: int = 0
    due_at: datetime | None = None
    """When those who wait are tried again; None: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReport:
    """A report that was begun."""

    kind: str
    start: datetime
    state: ReportState
    detail: ReportDetail
    changed_at: datetime


def find(connection: Connection, kind: str, start: datetime) -> StoredReport | None:
    """The report of that period."""
    row = connection.execute(select(reports).where(*_which(kind, start))).first()
    return None if row is None else _stored(row)


def latest(
    connection: Connection, kind: str, *, before: datetime | None = None
) -> StoredReport | None:
    """The newest report of that kind, of a period that begins before ``before``."""
    query = select(reports).where(reports.c.kind == kind)
    if before is not None:
        query = query.where(reports.c.start < before)
    row = connection.execute(query.order_by(reports.c.start.desc()).limit(1)).first()
    return None if row is None else _stored(row)


def begun(
    connection: Connection, kinds: str, start: datetime, end: datetime
) -> list[StoredReport]:
    """Those whose kind begins with ``kinds``, last touched from ``start`` to ``end``.

    The oldest first.
    """
    query = select(reports).where(
        reports.c.kind.startswith(kinds, autoescape=True),
        reports.c.changed_at >= start,
        reports.c.changed_at < end,
    )
    rows = connection.execute(query.order_by(reports.c.changed_at))
    return [_stored(row) for row in rows]


def claim(
    connection: Connection,
    kind: str,
    start: datetime,
    detail: ReportDetail,
    *,
    now: datetime,
) -> StoredReport | None:
    """Take the report of that period in hand; None if there is nothing to do.

    ``detail`` is for one that was not begun. Nothing is to do where another process
    is at work, where all is settled, and before the next try is due. One attempt more
    is counted. Commit before the first message is handed over.
    """
    held = find(connection, kind, start)
    if held is None:
        begun = replace(detail, attempts=1)
        values = {"kind": kind, "start": start, **_values(begun, now)}
        connection.execute(insert(reports).values(values))
        connection.execute(delete(reports).where(reports.c.changed_at < now - KEPT))
        return find(connection, kind, start)
    if not _is_free(held, now):
        return None
    again = replace(
        held.detail,
        copies=tuple(map(rescued, held.detail.copies)),
        attempts=held.detail.attempts + 1,
        due_at=None,
    )
    keep(connection, held, again, ReportState.CLAIMED, now=now)
    return find(connection, kind, start)


def keep(
    connection: Connection,
    held: StoredReport,
    detail: ReportDetail,
    state: ReportState,
    *,
    now: datetime,
) -> None:
    """Note how a report stands now."""
    values = _values(detail, now) | {"state": state.value}
    which = _which(held.kind, held.start)
    connection.execute(update(reports).where(*which).values(values))


def _is_free(held: StoredReport, now: datetime) -> bool:
    if held.state is ReportState.SENT:
        return False
    if held.state is ReportState.CLAIMED:
        return abs(now - held.changed_at) > LEASE
    due_at = held.detail.due_at
    return due_at is not None and due_at <= now


def rescued(copy: ReportCopy) -> ReportCopy:
    """The copy, UNCERTAIN if it was on its way when the work ended."""
    if copy.state is not DeliveryState.SENDING:
        return copy
    said = "interrupted while it was being sent"
    return replace(copy, state=DeliveryState.UNCERTAIN, said=said)


def _which(kind: str, start: datetime) -> tuple[Any, Any]:
    return reports.c.kind == kind, reports.c.start == start


def _values(detail: ReportDetail, now: datetime) -> dict[str, Any]:
    return {
        "state": ReportState.CLAIMED.value,
        "detail": dumps(to_json(detail)),
        "changed_at": now,
    }


def _stored(row: Row[Any]) -> StoredReport:
    return StoredReport(
        kind=row.kind,
        start=row.start,
        state=ReportState(row.state),
        detail=from_json(ReportDetail, json.loads(row.detail)),
        changed_at=row.changed_at,
    )
