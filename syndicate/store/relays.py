"""What is remembered of relays and domains: pauses, limits, the warm-up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, tuple_

from syndicate.model import RelayRecord
from syndicate.store.schema import relays

_OPEN, _CLOSED = "open", "closed"
_AT_ONCE = 500


def held(connection: Connection) -> tuple[RelayRecord, ...]:
    """Every record, the sender's and the relays' first."""
    query = select(relays).order_by(relays.c.domain, relays.c.relay)
    return tuple(
        RelayRecord(
            relay=row.relay,
            domain=row.domain,
            failures=row.failures,
            open_until=row.open_until,
            detail=row.detail,
            day=row.day,
            sent=row.sent,
            first_at=row.first_at,
            next_at=row.next_at,
        )
        for row in connection.execute(query)
    )


def keep(connection: Connection, records: Iterable[RelayRecord]) -> None:
    """Remember ``records`` in place of what was known of the same ones.

    One of which there is nothing to say any more is forgotten.
    """
    known = {(one.relay, one.domain): one for one in records}
    if not known:
        return
    key, keys = tuple_(relays.c.relay, relays.c.domain), list(known)
    for at in range(0, len(keys), _AT_ONCE):
        some = keys[at : at + _AT_ONCE]
        connection.execute(delete(relays).where(key.in_(some)))
    rows = [
        asdict(one) | {"state": _OPEN if one.open_until else _CLOSED}
        for one in known.values()
        if one != RelayRecord(relay=one.relay, domain=one.domain)
    ]
    if rows:
        connection.execute(insert(relays), rows)


def prune(connection: Connection, now: datetime) -> int:
    """Forget what is over: limits of minutes that have passed; gives how many."""
    over = (
        (relays.c.failures == 0)
        & relays.c.open_until.is_(None)
        & relays.c.first_at.is_(None)
        & (relays.c.next_at <= now)
    )
    return connection.execute(delete(relays).where(over)).rowcount
