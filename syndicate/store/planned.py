"""Planning an issue: a row of the ledger for each member, made by the database.

Members are never read into memory: a hundred thousand rows take seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)

from syndicate.model import DeliveryState, MemberState, Origin
from syndicate.store.columns import Moment, Name
from syndicate.store.schema import (
    deliveries,
    issues,
    members,
    subscriptions,
)
from syndicate.store.subscriptions import receiving as subscriptions_receiving

Group = tuple[int | None, int | None, str]
"""Weekday, hour and time zone that members chose: their copies are due together."""

VOUCHED_FOR = (Origin.CONFIG, Origin.DESK, Origin.IMPORT)
"""Subscriptions for which the desk stated the consent: nobody need have confirmed."""
_AT_A_TIME = 100
"""Groups in a statement."""
_ANY = -1
"""Stands for "as the digest has it", which SQL does not find equal to itself."""

_m, _s = members.c, subscriptions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Whose issue it is: a series, and what its subscribers say for its cadence."""

    series: str
    cadences: tuple[str, ...]
    """"" for those who get what the digest itself has."""


def sizes(
    connection: Connection, edition: Edition, now: datetime
) -> list[tuple[Group, int]]:
    """Which moments the members of an edition want, and how many want each."""
    query = (
        select(_s.weekday, _s.hour, _m.timezone, func.count())
        .select_from(_JOINED)
        .where(receiving(edition, now))
        .group_by(_s.weekday, _s.hour, _m.timezone)
    )
    return [((row[0], row[1], row[2]), row[3]) for row in connection.execute(query)]


def domains(
    connection: Connection, edition: Edition, now: datetime, most: int
) -> list[tuple[str, int]]:
    """The domains where most of an edition's members are."""
    count = func.count()
    query = (
        select(DOMAIN, count)
        .select_from(_JOINED)
        .where(receiving(edition, now))
        .group_by(DOMAIN)
        .order_by(count.desc(), DOMAIN)
        .limit(most)
    )
    return [(row[0], row[1]) for row in connection.execute(query)]


def addresses(
    connection: Connection, edition: Edition, now: datetime, most: int
) -> list[str]:
    """Some of those who are to get an issue, the oldest members first."""
    query = (
        select(_m.address)
        .select_from(_JOINED)
        .where(receiving(edition, now))
        .order_by(_m.id)
        .limit(most)
    )
    return list(connection.scalars(query))


def plan(
    connection: Connection,
    issue_id: int,
    edition: Edition,
    due: Mapping[Group, datetime],
    now: datetime,
) -> None:
    """Add a row for everybody who is to get an issue, and has none.

    ``due`` says for each group when.
    """
    for some in _in_parts(list(due.items())):
        chosen = _chosen(issue_id, edition, _told(some), now)
        connection.execute(insert(deliveries).from_select(_COLUMNS, chosen))


def adopt(connection: Connection, issue_id: int) -> int:
    """Find the members of rows that were planned before members were kept."""
    same = select(func.min(_m.id)).where(_m.mailbox == deliveries.c.mailbox)
    waits = deliveries.c.state.in_(["planned", "deferred", "sending"])
    done = connection.execute(
        update(deliveries)
        .where(
            deliveries.c.issue_id == issue_id, deliveries.c.member_id.is_(None), waits
        )
        .values(member_id=same.scalar_subquery())
    )
    return done.rowcount


def close_plan(connection: Connection, issue_id: int, now: datetime) -> int:
    """Note that all of an issue is planned: who joins later gets the next one.

    Gives how many copies it has; they are counted once, and the books must come to it.
    """
    rows = select(func.count()).where(deliveries.c.issue_id == issue_id)
    count = connection.scalar(rows) or 0
    which = issues.c.id == issue_id
    connection.execute(
        update(issues).where(which).values(planned_at=now, planned=count)
    )
    return count


def planned(connection: Connection, issue_id: int) -> int | None:
    """How many copies were planned; None if they have not been."""
    query = select(issues.c.planned).where(issues.c.id == issue_id)
    return connection.scalar(query)


def receiving(edition: Edition, now: datetime) -> ColumnElement[bool]:
    """Who is to get an issue; says the same as ``members.receiving.objection``."""
    vouched_for = _s.origin.in_([origin.value for origin in VOUCHED_FOR])
    return and_(
        _s.digest == edition.series,
        _s.cadence.in_(edition.cadences),
        subscriptions_receiving(now),
        or_(_m.state != MemberState.UNVERIFIED.value, vouched_for),
        _m.mailbox != "",
    )


_JOINED = subscriptions.join(members, _m.id == _s.member_id)
_COLUMNS = [
    *("issue_id", "member_id", "address", "mailbox", "name", "domain", "state"),
    *("attempts", "due_at", "first_due_at", "detail", "changed_at", "fence"),
    *("variant", "message_id", "relay", "status"),
]
_UP_TO_AT = func.rtrim(_m.mailbox, func.replace(_m.mailbox, "@", ""))
DOMAIN = func.substr(_m.mailbox, func.length(_UP_TO_AT) + 1)
"""What follows the last @ of a mailbox."""


def _chosen(
    issue_id: int, edition: Edition, told: CTE, now: datetime
) -> Select[tuple[object, ...]]:
    """The rows to add, in the order of the columns."""
    there = exists().where(
        deliveries.c.issue_id == issue_id, deliveries.c.mailbox == _m.mailbox
    )
    return (
        select(
            literal(issue_id),
            func.min(_m.id),
            func.min(_m.address),
            _m.mailbox,
            func.min(_m.name),
            func.min(DOMAIN),
            literal(DeliveryState.PLANNED.value, Name()),
            literal(0),
            func.min(told.c.due_at),
            func.min(told.c.due_at),
            literal("", Name()),
            literal(now, Moment()),
            literal(0),
            *(literal("", Name()) for _ in range(4)),
        )
        .select_from(_JOINED)
        .join(
            told,
            and_(
                told.c.weekday == func.coalesce(_s.weekday, _ANY),
                told.c.hour == func.coalesce(_s.hour, _ANY),
                told.c.zone == _m.timezone,
            ),
        )
        .where(receiving(edition, now), ~there)
        # the secret was changed once: two members, one mailbox
        .group_by(_m.mailbox)
        # what a copy is known by is its number: the same on every engine
        .order_by(func.min(_m.id))
    )


def _told(some: Sequence[tuple[Group, datetime]]) -> CTE:
    """When each group's copies are due, as a table."""
    rows = (
        select(
            literal(_ANY if weekday is None else weekday, Integer()).label("weekday"),
            literal(_ANY if hour is None else hour, Integer()).label("hour"),
            literal(zone, Name()).label("zone"),
            literal(due_at, Moment()).label("due_at"),
        )
        for (weekday, hour, zone), due_at in some
    )
    return union_all(*rows).cte("told")


def _in_parts(
    items: list[tuple[Group, datetime]],
) -> Iterator[list[tuple[Group, datetime]]]:
    for start in range(0, len(items), _AT_A_TIME):
        yield items[start : start + _AT_A_TIME]
