"""What became of a week's mail, in numbers: issues, reasons, members come and gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, distinct, func, or_, select

from syndicate.model import BounceKind, ConsentKind, DeliveryState, SubscriptionState
from syndicate.store import issues as kept
from syndicate.store import ledger
from syndicate.store.issues import StoredIssue
from syndicate.store.schema import (
    bounces,
    consents,
    deliveries,
    issues,
    subscriptions,
)

_REASONS = 6
_MISSED = (
    DeliveryState.REFUSED,
    DeliveryState.UNCERTAIN,
    DeliveryState.CANCELLED,
    DeliveryState.DEFERRED,
)
_OWN_WORDS = frozenset({DeliveryState.CANCELLED.value, DeliveryState.UNCERTAIN.value})
"""States whose details are words of ours, and tell of no person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueBooks:
    """An issue of the week, and what became of its copies."""

    stored: StoredIssue
    tally: Mapping[DeliveryState, int]
    reasons: tuple[tuple[DeliveryState, str, int], ...]
    """(state, enhanced status or a word of ours, how many), most first."""

    @property
    def planned(self) -> int:
        """All copies that there are."""
        return sum(self.tally.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class MailWeek:
    """What became of the mail from ``start`` to before ``end``."""

    issues: tuple[IssueBooks, ...]
    """Composed, planned or closed in it; the oldest window first."""
    joined: int
    """Subscriptions that people confirmed, or that the desk states to have consent."""
    left: int
    active: int
    """Active subscriptions, now."""
    returned: Mapping[BounceKind, int]


def week(connection: Connection, start: datetime, end: datetime) -> MailWeek:
    """Look at the mail of a period."""
    moments = (issues.c.created_at, issues.c.planned_at, issues.c.closed_at)
    touched = or_(*((at >= start) & (at < end) for at in moments))
    query = select(issues).where(touched).order_by(issues.c.start, issues.c.id)
    found = kept.select_all(connection, query)
    active = subscriptions.c.state == SubscriptionState.ACTIVE.value
    return MailWeek(
        issues=tuple(_books(connection, stored) for stored in found),
        joined=_consented(
            connection, (ConsentKind.CONFIRMED, ConsentKind.STATED), start, end
        ),
        left=_consented(connection, (ConsentKind.LEFT,), start, end),
        active=int(
            connection.execute(
                select(func.count()).select_from(subscriptions).where(active)
            ).scalar_one()
        ),
        returned=_returned(connection, start, end),
    )


def _books(connection: Connection, stored: StoredIssue) -> IssueBooks:
    return IssueBooks(
        stored=stored,
        tally=ledger.tally(connection, stored.id),
        reasons=tuple(_reasons(connection, stored.id)[:_REASONS]),
    )


def _reasons(
    connection: Connection, issue_id: int
) -> list[tuple[DeliveryState, str, int]]:
    """Count why copies have not arrived: by status code, or by our own word for it."""
    state, status = deliveries.c.state, deliveries.c.status
    missed = state.in_([one.value for one in _MISSED])
    query = (
        select(state, status, deliveries.c.detail, func.count())
        .where(deliveries.c.issue_id == issue_id, missed)
        .group_by(state, status, deliveries.c.detail)
    )
    counts: dict[tuple[str, str], int] = {}
    for one, code, detail, number in connection.execute(query):
        why = code or (detail if one in _OWN_WORDS else "")
        counts[one, why] = counts.get((one, why), 0) + number
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(DeliveryState(one), why, number) for (one, why), number in ranked]


def _consented(
    connection: Connection,
    kinds: tuple[ConsentKind, ...],
    start: datetime,
    end: datetime,
) -> int:
    """How many (person, digest) there are of whom such a word was kept."""
    pair = consents.c.mark + "\n" + consents.c.digest
    query = select(func.count(distinct(pair))).where(
        consents.c.kind.in_([one.value for one in kinds]),
        consents.c.at >= start,
        consents.c.at < end,
    )
    return int(connection.execute(query).scalar_one())


def _returned(
    connection: Connection, start: datetime, end: datetime
) -> dict[BounceKind, int]:
    within = (bounces.c.at >= start) & (bounces.c.at < end)
    query = select(bounces.c.kind, func.count()).where(within)
    rows = connection.execute(query.group_by(bounces.c.kind))
    return {BounceKind(kind): number for kind, number in rows}
