"""What hubs were asked, and what they have pushed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from syndicate.model import Push, PushState, Subscription
from syndicate.store.schema import pushes, subscriptions

KEPT_PUSHES = 20
"""Of each source that wait to be read; a newer one tells what older ones told."""

_FIELDS = tuple(one.name for one in fields(Subscription))


def load(connection: Connection, source: str) -> Subscription | None:
    """The subscription of a source."""
    return _one(connection, subscriptions.c.source == source)


def by_token(connection: Connection, token: str) -> Subscription | None:
    """The subscription whose callback address holds ``token``."""
    return _one(connection, subscriptions.c.token == token)


def every(connection: Connection) -> dict[str, Subscription]:
    """All subscriptions by source."""
    query = select(subscriptions).order_by(subscriptions.c.source)
    return {row.source: _subscription(row) for row in connection.execute(query)}


def save(connection: Connection, held: Subscription) -> None:
    """Remember ``held`` in place of what was known of its source's hub."""
    values = asdict(held) | {"state": held.state.value}
    known = subscriptions.c.source == held.source
    done = connection.execute(update(subscriptions).where(known).values(values))
    if done.rowcount == 0:
        connection.execute(insert(subscriptions).values(values))


def forget(connection: Connection, source: str) -> None:
    """Let go of a source's subscription and of what was pushed for it."""
    connection.execute(delete(subscriptions).where(subscriptions.c.source == source))
    connection.execute(delete(pushes).where(pushes.c.source == source))


def keep_push(
    connection: Connection,
    source: str,
    body: bytes,
    *,
    content_type: str,
    now: datetime,
) -> None:
    """Keep what a hub pushed until it is read; of each source the newest 20."""
    connection.execute(
        insert(pushes).values(
            source=source, received_at=now, content_type=content_type, body=body
        )
    )
    too_old = (
        select(pushes.c.id)
        .where(pushes.c.source == source)
        .order_by(pushes.c.id.desc())
        .offset(KEPT_PUSHES)
    )
    connection.execute(delete(pushes).where(pushes.c.id.in_(too_old)))


def waiting(connection: Connection, limit: int = 100) -> list[Push]:
    """What was pushed and not read yet, oldest first."""
    query = select(pushes).order_by(pushes.c.id).limit(limit)
    return [
        Push(
            id=row.id,
            source=row.source,
            received_at=row.received_at,
            content_type=row.content_type,
            body=row.body,
        )
        for row in connection.execute(query)
    ]


def count_waiting(connection: Connection) -> int:
    """How many pushes wait to be read."""
    return connection.execute(select(func.count()).select_from(pushes)).scalar_one()


def drop_pushes(connection: Connection, ids: Sequence[int]) -> None:
    """Forget pushes that were read."""
    connection.execute(delete(pushes).where(pushes.c.id.in_(ids)))


def _one(connection: Connection, which: Any) -> Subscription | None:
    row = connection.execute(select(subscriptions).where(which)).first()
    return None if row is None else _subscription(row)


def _subscription(row: Row[Any]) -> Subscription:
    values = {name: row._mapping[name] for name in _FIELDS}
    return Subscription(**values | {"state": PushState(values["state"])})
