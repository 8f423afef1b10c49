"""Many people join a digest at once: looked up, added and moved by the thousand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    delete,
    insert,
    select,
    update,
)

from syndicate.model import Choice, Member, MemberState, Origin, SubscriptionState
from syndicate.store.bulk import (
    insert_rows,
    moments,
    next_ids,
    rows_in,
    rows_of,
    run_many,
)
from syndicate.store.codecs import dumps, storable
from syndicate.store.schema import audiences, members, subscriptions, unsubscriptions

_MEMBER = (
    *("id", "mark", "address", "mailbox", "name", "state", "language", "timezone"),
    *("text_only", "score", "soft_days", "created_at", "changed_at"),
)
_SUBSCRIPTION = (
    *("id", "member_id", "digest", "state", "origin", "cadence", "weekday", "hour"),
    *("categories", "sources", "paused_until", "asked_at", "confirmed_at"),
    "changed_at",
)

_ANY = Choice()


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of an address, and of its standing with one digest."""

    member: int
    state: MemberState
    name: str
    subscription: int | None
    standing: SubscriptionState | None
    origin: Origin | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """A member to be added; ``member.id`` does not count."""

    member: Member
    mailbox: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubscription:
    """A subscription to be added."""

    member: int
    state: SubscriptionState
    choice: Choice = _ANY
    paused_until: datetime | None = None
    asked_at: datetime | None = None
    confirmed_at: datetime | None = None


def known(
    connection: Connection, digest: str, marks: Collection[str]
) -> dict[str, Known]:
    """Mark → what is known of it, for the marks that there are."""
    query = (
        "SELECT m.mark, m.id, m.state, m.name, s.id, s.state, s.origin"
        " FROM (SELECT * FROM members WHERE mark IN {some}) m LEFT JOIN subscriptions s"
        " ON s.member_id = m.id AND s.digest = ?"
    )
    return {
        mark: Known(
            member,
            MemberState(state),
            name,
            subscription,
            SubscriptionState(standing) if standing else None,
            Origin(origin) if origin else None,
        )
        for mark, member, state, name, subscription, standing, origin in rows_in(
            connection, query, marks, digest
        )
    }


def add_members(
    connection: Connection, new: Sequence[NewMember], now: datetime
) -> list[int]:
    """Add members whose marks are not there yet; gives their numbers, in order."""
    ids = next_ids(connection, members, len(new))
    at = moments(connection)(now)
    rows = [
        (
            number,
            one.mark,
            one.member.address,
            one.mailbox,
            storable(one.member.name),
            one.member.state.value,
            one.member.language,
            one.member.timezone,
            one.member.text_only,
            0,
            "[]",
            at,
            at,
        )
        for number, one in zip(ids, new, strict=True)
    ]
    insert_rows(connection, members, _MEMBER, rows)
    return ids


def add_subscriptions(
    connection: Connection,
    digest: str,
    new: Sequence[NewSubscription],
    origin: Origin,
    now: datetime,
) -> None:
    """Add subscriptions of members who have none of that digest."""
    ids = next_ids(connection, subscriptions, len(new))
    moment = moments(connection)
    at = moment(now)
    rows = [
        (
            number,
            one.member,
            digest,
            one.state.value,
            origin.value,
            one.choice.cadence,
            one.choice.weekday,
            one.choice.hour,
            dumps(list(one.choice.categories)),
            dumps(list(one.choice.sources)),
            moment(one.paused_until),
            moment(one.asked_at),
            moment(one.confirmed_at),
            at,
        )
        for number, one in zip(ids, new, strict=True)
    ]
    insert_rows(connection, subscriptions, _SUBSCRIPTION, rows)


def restate(
    connection: Connection,
    ids: Collection[int],
    state: SubscriptionState,
    now: datetime,
    **columns: Any,
) -> None:
    """Let many subscriptions stand anew."""
    values = {"state": state.value, "changed_at": now, "paused_until": None, **columns}
    for some in _by(list(ids), 500):
        which = subscriptions.c.id.in_(some)
        connection.execute(update(subscriptions).where(which).values(values))


def rename(connection: Connection, names: Sequence[tuple[str, int]]) -> None:
    """Give members their names: (name, number)."""
    statement = "UPDATE members SET name = ? WHERE id = ?"
    told = [(storable(name), number) for name, number in names]
    run_many(connection, statement, told)


def held_by(
    connection: Connection, digest: str, origin: Origin
) -> Iterator[tuple[str, int]]:
    """(mark, number of the subscription) of those that are active or paused."""
    states = (SubscriptionState.ACTIVE.value, SubscriptionState.PAUSED.value)
    query = (
        "SELECT m.mark, s.id FROM subscriptions s JOIN members m ON m.id = s.member_id"
        " WHERE s.digest = ? AND s.state IN (?, ?) AND s.origin = ?"
    )
    yield from rows_of(connection, query, digest, *states, origin.value)


def addresses(
    connection: Connection, digest: str, origin: Origin
) -> Iterator[tuple[int, str, str]]:
    """(number of the subscription, address, mailbox) of all of an origin."""
    query = (
        "SELECT s.id, m.address, m.mailbox FROM subscriptions s"
        " JOIN members m ON m.id = s.member_id WHERE s.digest = ? AND s.origin = ?"
        " AND m.address <> ''"
    )
    yield from rows_of(connection, query, digest, origin.value)


# ── What was brought in, and from where ──────────────────────────────────────


def stamp(connection: Connection, digest: str) -> str:
    """The mark of the audience that was last brought in; "" if none was."""
    query = select(audiences.c.stamp).where(audiences.c.digest == digest)
    return connection.scalar(query) or ""


def set_stamp(connection: Connection, digest: str, stamp: str, now: datetime) -> None:
    """Note which audience was brought in."""
    connection.execute(delete(audiences).where(audiences.c.digest == digest))
    values = {"digest": digest, "stamp": stamp, "at": now}
    connection.execute(insert(audiences).values(values))


def forget_stamps(connection: Connection) -> None:
    """Let every audience be looked at again."""
    connection.execute(delete(audiences))


def old_leavers(connection: Connection, digest: str) -> list[tuple[str, datetime]]:
    """(mailbox, moment) of those who left before members were kept here."""
    table = unsubscriptions
    query = select(table.c.mailbox, table.c.at).where(table.c.digest == digest)
    return [(row.mailbox, row.at) for row in connection.execute(query)]


def forget_old_leavers(connection: Connection, digest: str) -> None:
    """Remove them: their subscriptions say it now."""
    gone = delete(unsubscriptions).where(unsubscriptions.c.digest == digest)
    connection.execute(gone)


def _by(ids: list[int], many: int) -> Iterator[list[int]]:
    for at in range(0, len(ids), many):
        yield ids[at : at + many]
