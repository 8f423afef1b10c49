"""robots.txt of the hosts that we ask, one for each origin."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from syndicate.store.schema import robots


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRobots:
    """A robots.txt as it was last had."""

    origin: str
    """``https://tin.example``, with the port if it is not the usual one."""
    status: int
    """HTTP status; 0 if the host could not be reached."""
    body: str
    """The rules; empty if there are none."""
    fetched_at: datetime
    """Of one that could not be had: since when."""
    changed_at: datetime | None = None
    """When the rules were last other than before."""


def load(connection: Connection, origin: str) -> StoredRobots | None:
    """Return the robots.txt of an origin; None if it was never asked for."""
    row = connection.execute(select(robots).where(robots.c.origin == origin)).first()
    return None if row is None else StoredRobots(**row._mapping)


def save(connection: Connection, found: StoredRobots) -> None:
    """Remember ``found`` in place of what was known of its origin."""
    values = asdict(found)
    known = robots.c.origin == found.origin
    if connection.execute(update(robots).where(known).values(values)).rowcount == 0:
        connection.execute(insert(robots).values(values))


def changed(connection: Connection, since: datetime) -> dict[str, datetime]:
    """Return the origins whose rules changed at ``since`` or later, and when."""
    query = select(robots.c.origin, robots.c.changed_at).where(
        robots.c.changed_at >= since
    )
    return {row.origin: row.changed_at for row in connection.execute(query)}
