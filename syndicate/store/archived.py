"""Issues as a list of dates, without what they hold: for archives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from syndicate.model import IssueState
from syndicate.store.schema import issues


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """When an issue is of."""

    number: int
    start: datetime
    end: datetime


def periods(
    connection: Connection, digest: str, states: Sequence[IssueState]
) -> list[Period]:
    """Every issue of a digest that stands at one of ``states``, newest first."""
    query = (
        select(issues.c.number, issues.c.start, issues.c.end)
        .where(
            issues.c.digest == digest,
            issues.c.state.in_([state.value for state in states]),
        )
        .order_by(issues.c.start.desc())
    )
    return [
        Period(number=row.number, start=row.start, end=row.end)
        for row in connection.execute(query)
    ]
