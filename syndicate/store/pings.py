"""Other people's hubs, and the topics that they are to be told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from syndicate.model import Ping
from syndicate.store.schema import pings

_FIELDS = tuple(one.name for one in fields(Ping))


def every(connection: Connection) -> list[Ping]:
    """All of them, by hub and topic."""
    query = select(pings).order_by(pings.c.hub, pings.c.topic)
    return [_ping(row) for row in connection.execute(query)]


def get(connection: Connection, hub: str, topic: str) -> Ping | None:
    """What stands of ``topic`` at ``hub``."""
    which = (pings.c.hub == hub) & (pings.c.topic == topic)
    row = connection.execute(select(pings).where(which)).first()
    return None if row is None else _ping(row)


def save(connection: Connection, held: Ping) -> None:
    """Keep ``held`` in place of what is known of its hub and topic."""
    values = asdict(held)
    which = (pings.c.hub == held.hub) & (pings.c.topic == held.topic)
    connection.execute(update(pings).where(which).values(values))


def owe(
    connection: Connection,
    hubs: Sequence[str],
    topics: Sequence[str],
    now: datetime,
    *,
    mark: datetime | None = None,
) -> None:
    """Note that ``hubs`` are to be told of ``topics``; what waits already, waits on.

    ``mark`` stands for the news where ``now`` may have been given before.
    """
    rows = [
        {
            "hub": hub,
            "topic": topic,
            "owed_at": mark or now,
            "due_at": now,
            "failures": 0,
            "detail": "",
        }
        for hub in hubs
        for topic in topics
    ]
    if not rows:
        return
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    adding = kind.insert(pings)
    new = adding.excluded
    statement = adding.on_conflict_do_update(
        index_elements=["hub", "topic"],
        set_={
            "owed_at": new.owed_at,
            "due_at": func.coalesce(pings.c.due_at, new.due_at),
        },
    )
    connection.execute(statement, rows)


def are_due(connection: Connection, now: datetime) -> bool:
    """Whether any hub is to be told now."""
    query = select(pings.c.hub).where(pings.c.due_at <= now).limit(1)
    return connection.execute(query).first() is not None


def due(connection: Connection, now: datetime, limit: int) -> list[Ping]:
    """What is to be told now: first where all went well the last time."""
    query = (
        select(pings)
        .where(pings.c.due_at <= now)
        .order_by(pings.c.failures, pings.c.due_at, pings.c.hub, pings.c.topic)
        .limit(limit)
    )
    return [_ping(row) for row in connection.execute(query)]


def claim(connection: Connection, some: Sequence[Ping], until: datetime) -> None:
    """Keep others off ``some`` till ``until``, when they are due once more."""
    if some:
        keys = [(one.hub, one.topic) for one in some]
        which = tuple_(pings.c.hub, pings.c.topic).in_(keys)
        connection.execute(update(pings).where(which).values(due_at=until))


def keep_only(
    connection: Connection, hubs: Sequence[str], *, idle_before: datetime
) -> int:
    """Forget hubs that the settings no longer name, and what was told long ago.

    Gives how many rows that were.
    """
    idle = pings.c.due_at.is_(None) & (pings.c.pinged_at < idle_before)
    statement = delete(pings).where(or_(pings.c.hub.not_in(hubs), idle))
    return connection.execute(statement).rowcount


def _ping(row: Row[Any]) -> Ping:
    return Ping(**{name: row._mapping[name] for name in _FIELDS})
