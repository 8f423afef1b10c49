"""What hubs were asked, and what they have pushed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from syndicate.model import HubSubscription, Push, PushState
from syndicate.store.schema import hub_subscriptions, pushes

KEPT_PUSHES = 20
"""Of each source that wait to be read; a newer one tells what older ones told."""

_FIELDS = tuple(one.name for one in fields(HubSubscription))


def load(connection: Connection, source: str) -> HubSubscription | None:
    """The subscription of a source."""
    return _one(connection, hub_subscriptions.c.source == source)


def by_token(connection: Connection, token: str) -> HubSubscription | None:
    """The subscription whose callback address holds ``token``."""
    return _one(connection, hub_subscriptions.c.token == token)


def every(connection: Connection) -> dict[str, HubSubscription]:
    """All subscriptions by source."""
    query = select(hub_subscriptions).order_by(hub_subscriptions.c.source)
    return {row.source: _subscription(row) for row in connection.execute(query)}


def save(connection: Connection, held: HubSubscription) -> None:
    """Remember ``held`` in place of what was known of its source's hub."""
    values = asdict(held) | {"state": held.state.value}
    known = hub_subscriptions.c.source == held.source
    done = connection.execute(update(hub_subscriptions).where(known).values(values))
    if done.rowcount == 0:
        connection.execute(insert(hub_subscriptions).values(values))


def forget(connection: Connection, source: str) -> None:
    """Let go of a source's subscription and of what was pushed for it."""
    connection.execute(
        delete(hub_subscriptions).where(hub_subscriptions.c.source == source)
    )
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


def _one(connection: Connection, which: Any) -> HubSubscription | None:
    row = connection.execute(select(hub_subscriptions).where(which)).first()
    return None if row is None else _subscription(row)


def _subscription(row: Row[Any]) -> HubSubscription:
    values = {name: row._mapping[name] for name in _FIELDS}
    return HubSubscription(**values | {"state": PushState(values["state"])})
