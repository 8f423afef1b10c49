"""The ledger of a digest run: one row for each issue and mailbox, never deleted.

::

    PLANNED ──take──▶ SENDING ──settle──▶ ACCEPTED | REFUSED | CANCELLED   (for good)
       │                 │  └──settle──▶ DEFERRED ──take, when due──▶ SENDING
       └─cancel, expire  └──settle, rescue──▶ UNCERTAIN

A claim is committed before the message is handed over: whatever dies in between leaves
rows in SENDING. Each claim has a lease, which its holder renews; when that has run out,
the row is rescued (:mod:`syndicate.store.outstanding`). Each claim raises the fence of
the row, too, and only who holds the newest one may say what became of the copy.

All that is done for each message finds its rows by an index, in time that does not grow
with what was sent before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    select,
    update,
)

from syndicate.model import (
    Candidate,
    Choice,
    Delivery,
    DeliveryState,
    Member,
    MemberState,
    Origin,
    Settlement,
    SubscriptionState,
)
from syndicate.store.schema import deliveries, members, subscriptions, suppressions
from syndicate.store.subscriptions import choice_of

OPEN = (DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.DEFERRED)
WAITING = (DeliveryState.PLANNED, DeliveryState.DEFERRED)
_REFINED = ("sending", "uncertain", "deferred")
"""States in which the holder of the newest fence may still say what happened."""
_LINE = 500
"""Characters of a detail."""

_d, _m, _s = deliveries.c, members.c, subscriptions.c


def due(
    connection: Connection, issue_id: int, series: str, *, most: int, now: datetime
) -> list[Candidate]:
    """The next copies to send, and where their members stand: at most ``most``.

    New ones before those that were deferred. On PostgreSQL they are locked, and what
    another process has locked is passed over.
    """
    found: list[Candidate] = []
    for query in _DUE:
        if left := most - len(found):
            given = {"issue": issue_id, "series": series, "now": now, "most": left}
            found += map(_candidate, connection.execute(query, given))
    return found


def take(
    connection: Connection,
    copies: Sequence[Delivery],
    *,
    lease_until: datetime,
    now: datetime,
) -> list[Delivery]:
    """Claim copies that are due; gives them as they are now.

    They become SENDING and count one more attempt. Commit before the messages are
    handed over.
    """
    if not copies:
        return []
    ids = [copy.id for copy in copies]
    connection.execute(_TAKE, {"some": ids, "until": lease_until, "at": now})
    return [
        replace(
            copy,
            state=DeliveryState.SENDING,
            attempts=copy.attempts + 1,
            fence=copy.fence + 1,
            due_at=None,
            changed_at=now,
        )
        for copy in copies
    ]


def settle(
    connection: Connection, done: Sequence[Settlement], now: datetime
) -> list[Settlement]:
    """Note what became of copies; gives those whose claim still counted.

    A claim counts until somebody else has claimed the copy. One that ran out, and was
    made uncertain or due again, is still better known by its holder.
    """
    if not done:
        return []
    rows = connection.execute(_HELD, {"some": [one.delivery.id for one in done]})
    fences = {row.id: row.fence for row in rows if row.state in _REFINED}
    good = [one for one in done if fences.get(one.delivery.id) == one.delivery.fence]
    if good:
        connection.execute(_SETTLE, [_settled(one, now) for one in good])
    return good


def cancel(
    connection: Connection, objections: Iterable[tuple[Delivery, str]], now: datetime
) -> None:
    """Do not send copies that wait; the words say why."""
    rows = [
        {"which": copy.id, "why": why[:_LINE], "at": now} for copy, why in objections
    ]
    if rows:
        connection.execute(_CANCEL, rows)


def put_off(connection: Connection, later: Iterable[tuple[Delivery, datetime]]) -> None:
    """Let copies that wait be due at another moment."""
    rows = [{"which": copy.id, "when": when} for copy, when in later]
    if rows:
        connection.execute(_PUT_OFF, rows)


def put_off_domain(
    connection: Connection, issue_id: int, domain: str, until: datetime
) -> int:
    """Let nothing that waits for a domain be due before ``until``."""
    done = connection.execute(
        update(deliveries)
        .where(
            _d.issue_id == issue_id,
            _d.domain == domain,
            _d.state.in_([state.value for state in WAITING]),
            _d.due_at < until,
        )
        .values(due_at=until)
    )
    return done.rowcount


def renew(
    connection: Connection, held: Iterable[Delivery], lease_until: datetime
) -> None:
    """Go on holding copies that take long."""
    rows = [
        {"which": copy.id, "held": copy.fence, "until": lease_until} for copy in held
    ]
    if rows:
        connection.execute(_RENEW, rows)


def got(
    connection: Connection, issue_ids: Collection[int], member_ids: Collection[int]
) -> dict[int, frozenset[int]]:
    """Which of these issues each of these members got: accepted, or perhaps."""
    arrived = [DeliveryState.ACCEPTED.value, DeliveryState.UNCERTAIN.value]
    query = select(_d.member_id, _d.issue_id).where(
        _d.member_id.in_(member_ids),
        _d.issue_id.in_(issue_ids),
        _d.state.in_(arrived),
    )
    found: dict[int, set[int]] = {}
    for member_id, issue_id in connection.execute(query):
        found.setdefault(member_id, set()).add(issue_id)
    return {member_id: frozenset(some) for member_id, some in found.items()}


# ── Statements ───────────────────────────────────────────────────────────────

# Those of every message are built once: to build one takes longer than to run it.
_SOME = _d.id.in_(bindparam("some", expanding=True))
_TAKE = (
    update(deliveries)
    .where(_SOME)
    .values(
        state=DeliveryState.SENDING.value,
        attempts=_d.attempts + 1,
        fence=_d.fence + 1,
        due_at=None,
        lease_until=bindparam("until"),
        changed_at=bindparam("at"),
    )
)
_HELD = select(_d.id, _d.fence, _d.state).where(_SOME)
_WAITS = _d.state.in_([state.value for state in WAITING])
_SETTLE = (
    update(deliveries)
    .where(_d.id == bindparam("which"))
    .values(
        state=bindparam("now_is"),
        detail=bindparam("said"),
        due_at=bindparam("again_at"),
        changed_at=bindparam("at"),
        variant=bindparam("drawn_as"),
        message_id=bindparam("known_as"),
        relay=bindparam("by"),
        status=bindparam("code"),
    )
)
_CANCEL = (
    update(deliveries)
    .where(_d.id == bindparam("which"), _WAITS)
    .values(
        state=DeliveryState.CANCELLED.value,
        detail=bindparam("why"),
        due_at=None,
        changed_at=bindparam("at"),
    )
)
_PUT_OFF = (
    update(deliveries)
    .where(_d.id == bindparam("which"), _WAITS)
    .values(due_at=bindparam("when"))
)
_RENEW = (
    update(deliveries)
    .where(
        _d.id == bindparam("which"),
        _d.fence == bindparam("held"),
        _d.state == DeliveryState.SENDING.value,
    )
    .values(lease_until=bindparam("until"))
)


def _settled(one: Settlement, now: datetime) -> dict[str, Any]:
    again = one.state is DeliveryState.DEFERRED
    return {
        "which": one.delivery.id,
        "now_is": one.state.value,
        "said": one.detail[:_LINE],
        "again_at": (one.due_at or now) if again else None,
        "at": now,
        "drawn_as": one.variant or one.delivery.variant,
        "known_as": one.message_id or one.delivery.message_id,
        "by": one.relay,
        "code": one.status,
    }


def of(issue_id: int, *states: DeliveryState) -> ColumnElement[bool]:
    """The copies of an issue in these states, as an index finds them."""
    return and_(
        _d.issue_id == issue_id, _d.state.in_([state.value for state in states])
    )


_COLUMNS = tuple(
    column for column in deliveries.c if column.name not in ("mailbox", "lease_until")
)
_STANDING = (
    _m.state.label("member_state"),
    _m.language,
    _m.timezone,
    _m.text_only,
    _m.score,
    _s.id.label("subscription_id"),
    _s.state.label("subscribed"),
    _s.origin,
    _s.cadence,
    _s.weekday,
    _s.hour,
    _s.categories,
    _s.sources,
    _s.paused_until,
    suppressions.c.mark.label("suppressed"),
)


def _due(state: DeliveryState) -> Select[Any]:
    mine = and_(_s.member_id == _m.id, _s.digest == bindparam("series"))
    which = (_d.issue_id == bindparam("issue"), _d.state == state.value)
    return (
        select(*_COLUMNS, *_STANDING)
        .outerjoin_from(deliveries, members, _m.id == _d.member_id)
        .outerjoin(subscriptions, mine)
        .outerjoin(suppressions, suppressions.c.mark == _m.mark)
        .where(*which, _d.due_at <= bindparam("now"))
        .order_by(_d.due_at, _d.id)
        .limit(bindparam("most"))
        .with_for_update(of=deliveries, skip_locked=True)
    )


_DUE = tuple(map(_due, WAITING))


def _candidate(row: Row[Any]) -> Candidate:
    kept = row.member_state is not None
    member = Member(
        address=row.address,
        name=row.name,
        id=row.member_id or 0,
        state=MemberState(row.member_state) if kept else MemberState.ERASED,
        language=row.language or "",
        timezone=row.timezone or "",
        text_only=bool(row.text_only),
        score=row.score or 0,
    )
    subscribed = row.subscription_id is not None
    return Candidate(
        delivery=replace(
            delivery(row),
            member=member,
            subscription=row.subscription_id or 0,
            choice=choice_of(row) if subscribed else Choice(),
        ),
        subscribed=SubscriptionState(row.subscribed) if subscribed else None,
        origin=Origin(row.origin) if subscribed else None,
        paused_until=row.paused_until,
        suppressed=row.suppressed is not None,
    )


def delivery(row: Row[Any]) -> Delivery:
    """A copy as its row tells it; of the member, what the row remembers."""
    return Delivery(
        id=row.id,
        issue=row.issue_id,
        member=Member(address=row.address, name=row.name, id=row.member_id or 0),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        detail=row.detail,
        changed_at=row.changed_at,
        variant=row.variant,
        message_id=row.message_id,
        relay=row.relay,
        fence=row.fence,
        domain=row.domain,
        status=row.status,
        first_due_at=row.first_due_at,
    )
