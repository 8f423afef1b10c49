"""What is kept of people is removed: of strangers, and of who asks for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from syndicate.model import (
    DeliveryState,
    MemberState,
    SubscriptionState,
)
from syndicate.store.schema import (
    bounces,
    consents,
    deliveries,
    letters,
    members,
    subscriptions,
    suppressions,
    unsubscriptions,
)

_SOME = 500
_OPEN = (DeliveryState.PLANNED.value, DeliveryState.DEFERRED.value)
_WHY = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is to be forgotten: by number, mark, and the spellings of the address."""

    mark: str
    member: int | None
    spellings: tuple[str, ...]
    """Lower case, as they may stand in the ledger and in what came back."""
    words: tuple[str, ...]
    """What must not be left in free text: the spellings, and the name."""


def strangers(connection: Connection, before: datetime) -> int:
    """Remove who never confirmed anything and asked before then; gives how many.

    Kept is whoever left a digest, for that must be remembered, and whoever the desk
    ever put on one.
    """
    own = subscriptions.c.member_id == members.c.id
    strange = (
        subscriptions.c.state == SubscriptionState.EXPIRED.value
    ) & subscriptions.c.confirmed_at.is_(None)
    recent = subscriptions.c.changed_at >= before
    query = select(members.c.id).where(
        members.c.state == MemberState.UNVERIFIED.value,
        members.c.created_at < before,
        exists().where(own, strange),
        ~exists().where(own, or_(~strange, recent)),
    )
    ids = list(connection.scalars(query))
    for at in range(0, len(ids), _SOME):
        some = ids[at : at + _SOME]
        for table, whose in (
            (letters, letters.c.member_id),
            (subscriptions, subscriptions.c.member_id),
            (members, members.c.id),
        ):
            connection.execute(delete(table).where(whose.in_(some)))
    return len(ids)


# ── One person ───────────────────────────────────────────────────────────────


def held(connection: Connection, person: Person) -> dict[str, int]:
    """Table → how many rows tell something of a person that is to go."""
    counted = {
        "members": select(func.count()).where(
            members.c.mark == person.mark,
            members.c.state != MemberState.ERASED.value,
        ),
        "subscriptions": select(func.count()).where(
            _of(subscriptions.c.member_id, person),
            subscriptions.c.state != SubscriptionState.UNSUBSCRIBED.value,
        ),
        "deliveries": select(func.count()).where(
            _deliveries(person), deliveries.c.mailbox != person.mark
        ),
        "letters": select(func.count()).where(_of(letters.c.member_id, person)),
        "bounces": select(func.count()).where(_bounces(connection, person)),
        "unsubscriptions": select(func.count()).where(
            unsubscriptions.c.mailbox.in_(person.spellings)
        ),
    }
    return {name: connection.scalar(query) or 0 for name, query in counted.items()}


def wipe(connection: Connection, person: Person, now: datetime) -> None:
    """Wipe an address, its name and its settings out of every table.

    What is left has the mark in its place: that there was a copy and what became of
    it, that somebody agreed and left. What is still to be sent to them is cancelled.
    """
    if connection.dialect.name == "sqlite":
        # What is overwritten must not stay legible in the file.
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    _wipe_bounces(connection, person)
    _wipe_deliveries(connection, person, now)
    connection.execute(delete(letters).where(_of(letters.c.member_id, person)))
    mine = unsubscriptions.c.mailbox.in_(person.spellings)
    connection.execute(delete(unsubscriptions).where(mine))
    connection.execute(
        update(subscriptions)
        .where(_of(subscriptions.c.member_id, person))
        .values(
            state=SubscriptionState.UNSUBSCRIBED.value,
            cadence="",
            weekday=None,
            hour=None,
            categories=[],
            sources=[],
            paused_until=None,
            asked_at=None,
            changed_at=now,
        )
    )
    nobody = _NOBODY | {"changed_at": now}
    whose = members.c.mark == person.mark
    connection.execute(update(members).where(whose).values(nobody))
    _reword(connection, person)


_NOBODY: dict[str, Any] = {
    "address": "",
    "mailbox": "",
    "name": "",
    "language": "",
    "timezone": "",
    "text_only": False,
    "state": MemberState.ERASED.value,
    "score": 0,
    "soft_days": [],
    "scored_at": None,
    "probed_at": None,
}


def _of(column: ColumnElement[Any], person: Person) -> ColumnElement[bool]:
    return column == (-1 if person.member is None else person.member)


def _deliveries(person: Person) -> ColumnElement[bool]:
    """The copies of a person, also those of before members were kept in the store."""
    return _of(deliveries.c.member_id, person) | (
        deliveries.c.member_id.is_(None) & deliveries.c.mailbox.in_(person.spellings)
    )


def _wipe_deliveries(connection: Connection, person: Person, now: datetime) -> None:
    open_ = deliveries.c.state.in_(_OPEN)
    connection.execute(
        update(deliveries)
        .where(_deliveries(person), open_)
        .values(state=DeliveryState.CANCELLED.value, due_at=None, changed_at=now)
    )
    # A reply of the other side names whom it refuses; its status code stays.
    gone = {"address": "", "name": "", "domain": "", "detail": _WHY}
    mine = select(deliveries.c.issue_id, func.min(deliveries.c.id).label("first"))
    firsts = mine.where(_deliveries(person)).group_by(deliveries.c.issue_id)
    first = deliveries.c.id.in_(select(firsts.subquery().c.first))
    # One mailbox may have two rows of an issue, by two spellings of its domain.
    another = literal(f"{person.mark}-").concat(cast(deliveries.c.id, String))
    for which, box in ((~first, another), (first, literal(person.mark))):
        change = update(deliveries).where(_deliveries(person), which)
        connection.execute(change.values(mailbox=box, **gone))


def _bounces(connection: Connection, person: Person) -> ColumnElement[bool]:
    """What came back from a person, and what was not understood and names them."""
    copies = select(deliveries.c.id).where(_deliveries(person))
    told = bounces.c.diagnostic != ""
    mine = _of(bounces.c.member_id, person) | bounces.c.delivery_id.in_(copies)
    naming = bounces.c.id.in_(_naming(connection, person))
    return (mine & (told | bounces.c.raw.is_not(None))) | naming


def _naming(connection: Connection, person: Person) -> list[int]:
    """Bounces that nobody could match, and that have an address of the person."""
    query = select(bounces.c.id, bounces.c.raw).where(bounces.c.raw.is_not(None))
    wanted = [one.encode("utf-8", "replace") for one in person.spellings]
    return [
        number
        for number, raw in connection.execute(query)
        if any(word in raw.lower() for word in wanted)
    ]


def _wipe_bounces(connection: Connection, person: Person) -> None:
    which = _bounces(connection, person)
    gone = {"diagnostic": "", "raw": None}
    connection.execute(update(bounces).where(which).values(gone))


def _reword(connection: Connection, person: Person) -> None:
    """Take the person's words out of statements; their hash stays as it was."""
    for table, column in (
        (consents, consents.c.text),
        (consents, consents.c.form),
        (suppressions, suppressions.c.note),
    ):
        mine = table.c.mark == person.mark
        for (said,) in connection.execute(
            select(column).where(mine, column != "").distinct()
        ).all():
            less = said
            for word in person.words:
                less = re.sub(re.escape(word), "…", less, flags=re.IGNORECASE)
            if less != said:
                changed = update(table).where(mine, column == said)
                connection.execute(changed.values({column.name: less}))
