"""What is open of an issue, changed as a whole: rescued, expired, tried again.

Each of these is one statement, whatever it concerns, and finds its rows by an index on
issue and state: what was sent long ago costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, case, or_, update

from syndicate.model import DeliveryState, IssueState
from syndicate.store.deliveries import OPEN, WAITING, of
from syndicate.store.schema import deliveries, issues

PERHAPS = "perhaps sent"
"""How the detail of a copy begins that is sent again though it may have arrived."""
_AHEAD = timedelta(minutes=10)
"""What a row says of the future beyond this, a clock said that was wrong."""

_d = deliveries.c


def rescue(connection: Connection, issue_id: int, *, now: datetime, again: bool) -> int:
    """Settle what is found in SENDING though its lease has run out; gives how many.

    It is UNCERTAIN, or due ``again`` at once. A lease that ends later than any could
    was given by a clock that was wrong.
    """
    lost = or_(
        _d.lease_until.is_(None),
        _d.lease_until <= now,
        _d.lease_until > now + _AHEAD,
    )
    said = "interrupted while it was being sent"
    state = DeliveryState.DEFERRED if again else DeliveryState.UNCERTAIN
    done = connection.execute(
        update(deliveries)
        .where(of(issue_id, DeliveryState.SENDING), lost)
        .values(
            state=state.value,
            detail=f"{PERHAPS}; {said}" if again else said,
            due_at=now if again else None,
            changed_at=now,
        )
    )
    return done.rowcount


def mend(connection: Connection, issue_id: int, now: datetime) -> int:
    """Make due at once what a clock put off that has been set back since."""
    done = connection.execute(
        update(deliveries)
        .where(of(issue_id, *WAITING), _d.changed_at > now + _AHEAD)
        .values(due_at=now, first_due_at=now, changed_at=now)
    )
    return done.rowcount


def expire(
    connection: Connection, issue_id: int, *, before: datetime, now: datetime
) -> int:
    """Give up what waits and was due for the first time before ``before``.

    Refused, or cancelled if it was never tried; uncertain if it may have arrived.
    """
    perhaps = _d.detail.startswith(PERHAPS)
    state = case(
        (perhaps, DeliveryState.UNCERTAIN.value),
        (_d.attempts > 0, DeliveryState.REFUSED.value),
        else_=DeliveryState.CANCELLED.value,
    )
    said = case((_d.detail == "", "expired"), else_="expired; " + _d.detail)
    done = connection.execute(
        update(deliveries)
        .where(of(issue_id, *WAITING), _d.first_due_at <= before)
        .values(state=state, detail=said, due_at=None, changed_at=now)
    )
    return done.rowcount


def doubt(
    connection: Connection, issue_id: int, *, until: datetime, said: str, now: datetime
) -> int:
    """Make UNCERTAIN what may have left by ``until``, and we forgot it; gives how many.

    What had never been tried, and was not due by then, has not left. Of what was put
    off nobody knows: somebody may have had it tried again before its time.
    """
    left = or_(_d.state != DeliveryState.PLANNED.value, _d.due_at <= until)
    done = connection.execute(
        update(deliveries)
        .where(of(issue_id, *OPEN), left)
        .values(
            state=DeliveryState.UNCERTAIN.value,
            detail=said,
            fence=_d.fence + 1,
            due_at=None,
            changed_at=now,
        )
    )
    return done.rowcount


def retry(
    connection: Connection,
    issue_id: int,
    states: Collection[DeliveryState],
    *,
    domain: str = "",
    now: datetime,
) -> int:
    """Make copies due at once, and give them their whole time again.

    Who still holds an old claim on one can no longer settle it.
    """
    which = of(issue_id, *states)
    if domain:
        which = and_(which, _d.domain == domain)
    tried = _d.attempts > 0
    done = connection.execute(
        update(deliveries)
        .where(which)
        .values(
            state=case((tried, DeliveryState.DEFERRED.value), else_="planned"),
            due_at=now,
            first_due_at=now,
            fence=_d.fence + 1,
            changed_at=now,
        )
    )
    return done.rowcount


def reopen(connection: Connection, issue_id: int) -> None:
    """Let an issue be sent again that was closed: something of it is open."""
    connection.execute(
        update(issues)
        .where(issues.c.id == issue_id, issues.c.state == IssueState.SENT.value)
        .values(state=IssueState.APPROVED.value, closed_at=None)
    )
