"""Who follows a topic at our own hub, and what they are owed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from syndicate.model import Follower, FollowerState, Intent
from syndicate.store.columns import fits
from syndicate.store.columns import mark as short_mark
from syndicate.store.schema import followers

_FIELDS = tuple(one.name for one in fields(Follower))
_MANY = 500
"""Values in one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many follow, and how many of them are in trouble."""

    followers: int = 0
    """Verified, with a lease that runs."""
    asked: int = 0
    """Not verified yet, or with a wish that is not."""
    failing: int = 0
    """Followers whose last delivery failed."""
    owed: int = 0
    """Followers that wait for news."""


def find(connection: Connection, topic: str, callback: str) -> Follower | None:
    """The follower of ``topic`` at ``callback``."""
    which = (followers.c.topic == topic) & (followers.c.mark == short_mark(callback))
    return _one(connection, which)


def get(connection: Connection, number: int) -> Follower | None:
    """The follower of that number."""
    return _one(connection, followers.c.id == number) if fits(number) else None


def every(connection: Connection, topic: str = "") -> list[Follower]:
    """All of them, or those of a topic, in the order in which they came."""
    query = select(followers).order_by(followers.c.id)
    if topic:
        query = query.where(followers.c.topic == topic)
    return [_follower(row) for row in connection.execute(query)]


def save(connection: Connection, held: Follower) -> None:
    """Keep ``held``: in place of the row of its number, or as a new one."""
    values = asdict(held) | {
        "state": held.state.value,
        "intent": held.intent.value,
        "mark": short_mark(held.callback),
    }
    number = values.pop("id")
    if number:
        statement = update(followers).where(followers.c.id == number)
        connection.execute(statement.values(values))
    else:
        connection.execute(insert(followers).values(values))


def forget(connection: Connection, numbers: Collection[int]) -> int:
    """Remove followers; how many there were."""
    if not numbers:
        return 0
    done = connection.execute(delete(followers).where(followers.c.id.in_(numbers)))
    return done.rowcount


# ── What they are owed ───────────────────────────────────────────────────────


def owe(
    connection: Connection,
    topics: Sequence[str],
    now: datetime,
    *,
    mark: datetime | None = None,
) -> int:
    """Note news of ``topics`` for all who follow them; how many that are.

    ``mark`` stands for the news where ``now`` may have been given before. Whoever
    waits already, because a delivery failed or is under way, is turned to when its time
    comes, and gets the newest then.
    """
    count = 0
    for start in range(0, len(topics), _MANY):
        statement = (
            update(followers)
            .where(followers.c.topic.in_(topics[start : start + _MANY]))
            .where(followers.c.state == FollowerState.VERIFIED.value)
            .where(followers.c.lease_until > now)
            .values(owed_at=mark or now, due_at=func.coalesce(followers.c.due_at, now))
        )
        count += connection.execute(statement).rowcount
    return count


def are_due(connection: Connection, now: datetime) -> bool:
    """Whether anyone is to be turned to now."""
    query = select(followers.c.id).where(followers.c.due_at <= now).limit(1)
    return connection.execute(query).first() is not None


def due(
    connection: Connection,
    now: datetime,
    *,
    limit: int,
    without: Collection[str] = (),
    doubtful: bool = True,
) -> list[Follower]:
    """Those to turn to now, without those of some hosts.

    First those that were well the last time: one that hangs keeps no other waiting.
    Without the ``doubtful`` only those of them that wait for news.
    """
    query = (
        select(followers)
        .where(followers.c.due_at <= now)
        .where(followers.c.host.not_in(without))
        .order_by(followers.c.failures, followers.c.due_at, followers.c.id)
        .limit(limit)
    )
    if not doubtful:
        settled = followers.c.intent == Intent.NONE.value
        query = query.where(
            followers.c.failures == 0, or_(settled, followers.c.owed_at.is_not(None))
        )
    return [_follower(row) for row in connection.execute(query)]


def claim(connection: Connection, numbers: Collection[int], until: datetime) -> None:
    """Keep others off followers till ``until``, when they are due once more."""
    if numbers:
        which = followers.c.id.in_(numbers)
        connection.execute(update(followers).where(which).values(due_at=until))


# ── How many there are ───────────────────────────────────────────────────────


def tally(connection: Connection, now: datetime) -> Tally:
    """Count them."""
    leased = (followers.c.state == FollowerState.VERIFIED.value) & (
        followers.c.lease_until > now
    )
    counts = (
        leased,
        followers.c.intent != Intent.NONE.value,
        leased & (followers.c.failures > 0),
        leased & followers.c.owed_at.is_not(None),
    )
    query = select(*(func.count().filter(which) for which in counts))
    row = connection.execute(query.select_from(followers)).one()
    return Tally(followers=row[0], asked=row[1], failing=row[2], owed=row[3])


def at_host(connection: Connection, host: str) -> tuple[int, int]:
    """How many callbacks a host has here, and how many of them are to be verified."""
    query = select(
        func.count(), func.count().filter(followers.c.intent != Intent.NONE.value)
    ).where(followers.c.host == host, followers.c.state != FollowerState.FAILED.value)
    row = connection.execute(query).one()
    return row[0], row[1]


def lapse(
    connection: Connection, now: datetime, *, failed_before: datetime, most: int
) -> int:
    """Remove those whose lease is over, and failures that are old; how many.

    Of failures the newest ``most`` are kept, for people to see.
    """
    failed = followers.c.state == FollowerState.FAILED.value
    surplus = (
        select(followers.c.id)
        .where(failed)
        .order_by(followers.c.asked_at.desc(), followers.c.id.desc())
        .offset(most)
    )
    over = (followers.c.lease_until <= now) & (
        followers.c.intent != Intent.SUBSCRIBE.value
    )
    statement = delete(followers).where(
        or_(
            over & ~failed,
            failed & (followers.c.asked_at < failed_before),
            followers.c.id.in_(surplus.scalar_subquery()),
        )
    )
    return connection.execute(statement).rowcount


def topics(connection: Connection) -> Iterable[str]:
    """The topics that somebody follows."""
    return connection.scalars(select(followers.c.topic).distinct()).all()


def _one(connection: Connection, which: Any) -> Follower | None:
    row = connection.execute(select(followers).where(which)).first()
    return None if row is None else _follower(row)


def _follower(row: Row[Any]) -> Follower:
    values = {name: row._mapping[name] for name in _FIELDS}
    return Follower(
        **values
        | {"state": FollowerState(values["state"]), "intent": Intent(values["intent"])}
    )
