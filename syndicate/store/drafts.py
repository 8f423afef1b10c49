"""What people decide on an issue: its edits, its approval, why it is held.

Whoever changes one locks it first, looks at it as it is then, and writes in the same
transaction: two editors, or an editor and the clock, never decide on two states.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, select, update

from syndicate.model import Edits, IssueState
from syndicate.store import issues as kept
from syndicate.store.codecs import storable, to_json
from syndicate.store.issues import StoredIssue
from syndicate.store.schema import deliveries, issues


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of an issue, on whose word, and why."""

    state: IssueState
    by: str
    at: datetime
    why: str = ""
    sha256: str = ""
    """Of everything any copy is made of, if it was approved."""


def locked(connection: Connection, issue_id: int) -> StoredIssue | None:
    """The issue as it is now; nobody else changes it until the transaction ends."""
    # SQLite has one writer at a time anyhow.
    query = select(issues.c.id).where(issues.c.id == issue_id).with_for_update()
    if connection.execute(query).first() is None:
        return None
    return kept.get(connection, issue_id)


def recent(connection: Connection, since: datetime) -> list[StoredIssue]:
    """Issues that were composed after ``since``, the newest window first."""
    query = select(issues).where(issues.c.created_at > since)
    return kept.select_all(connection, query.order_by(issues.c.start.desc()))


def is_planned(connection: Connection, issue_id: int) -> bool:
    """Tell whether anybody's copy has been planned."""
    mine = deliveries.c.issue_id == issue_id
    return bool(connection.execute(select(exists().where(mine))).scalar())


def keep_edits(
    connection: Connection,
    issue_id: int,
    edits: Edits,
    *,
    state: IssueState,
    deadline_at: datetime | None,
) -> None:
    """Note what an editor changed; what was approved before is approved no more."""
    values = {
        "edits": to_json(edits),
        "state": state.value,
        "deadline_at": deadline_at,
        "approved_at": None,
    }
    connection.execute(update(issues).where(issues.c.id == issue_id).values(values))


def decide(connection: Connection, issue_id: int, decision: Decision) -> None:
    """Note what was decided."""
    approved = decision.state is IssueState.APPROVED
    values = {
        "state": decision.state.value,
        "decided_by": storable(decision.by),
        "held_why": storable(decision.why) or None,
        "approved_at": decision.at if approved else None,
        "closed_at": decision.at if decision.state is IssueState.SKIPPED else None,
    } | ({"sha256": decision.sha256} if approved else {})
    connection.execute(update(issues).where(issues.c.id == issue_id).values(values))


def put_off(
    connection: Connection, issue_id: int, deadline_at: datetime | None
) -> None:
    """Give editors longer."""
    which = issues.c.id == issue_id
    connection.execute(update(issues).where(which).values({"deadline_at": deadline_at}))


def note_told(connection: Connection, issue_id: int, at: datetime) -> None:
    """Note when the desk was told of the draft."""
    which = issues.c.id == issue_id
    connection.execute(update(issues).where(which).values({"told_at": at}))
