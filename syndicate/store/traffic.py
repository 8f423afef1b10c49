"""What hosts were asked, day by day: manners can be shown only if they are counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from syndicate.store.schema import traffic

KEPT = timedelta(days=90)
"""How long the counts of a day are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTraffic:
    """What a host was asked on a day, or over several."""

    host: str
    day: str
    """YYYY-MM-DD in UTC; of several days the last."""
    requests: int
    not_modified: int
    bytes: int


def add(connection: Connection, counted: Iterable[HostTraffic]) -> None:
    """Add counts to those of their host and day."""
    rows = [asdict(one) for one in counted]
    if rows:
        connection.execute(_adding(connection), rows)


def _adding(connection: Connection) -> Any:
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    adding = kind.insert(traffic)
    more = {
        name: traffic.c[name] + adding.excluded[name]
        for name in ("requests", "not_modified", "bytes")
    }
    return adding.on_conflict_do_update(index_elements=["host", "day"], set_=more)


def since(connection: Connection, day: date) -> list[HostTraffic]:
    """Return each host's counts from ``day`` on, most asked first."""
    asked = func.sum(traffic.c.requests)
    query = (
        select(
            traffic.c.host,
            func.max(traffic.c.day).label("day"),
            asked.label("requests"),
            func.sum(traffic.c.not_modified).label("not_modified"),
            func.sum(traffic.c.bytes).label("bytes"),
        )
        .where(traffic.c.day >= day.isoformat())
        .group_by(traffic.c.host)
        .order_by(asked.desc(), traffic.c.host)
    )
    return [
        HostTraffic(
            host=row.host,
            day=row.day,
            requests=int(row.requests),
            not_modified=int(row.not_modified),
            bytes=int(row.bytes),  # PostgreSQL sums to a decimal
        )
        for row in connection.execute(query)
    ]


def forget(connection: Connection, today: date) -> None:
    """Delete the counts of days longer ago than :data:`KEPT`."""
    last = (today - KEPT).isoformat()
    connection.execute(delete(traffic).where(traffic.c.day < last))
