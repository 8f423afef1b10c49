"""What time does to members: pauses end, wishes expire, strangers are forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.pipeline.membership.audience import bring_in
from syndicate.pipeline.membership.desk import Membership
from syndicate.pipeline.membership.remembering import remember
from syndicate.store import forgetting, subscriptions

UNCONFIRMED_KEPT = timedelta(days=30)
"""How long an address is kept that somebody typed in and nobody confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """What tidying came to."""

    woken: int
    expired: int
    forgotten: int


def tidy(work: Membership, now: datetime) -> Tidied:
    """Bring the audiences in, end pauses, expire wishes, forget strangers.

    Nothing waits for it: a pause that is over and a wish that is too old count as
    such wherever they are asked for. That people asked and never confirmed is still
    told by their records of consent, which have no address.
    """
    remember(work.database, work.secret, work.beside, now)
    with work.database.write() as connection:
        for digest in work.digests.values():
            bring_in(connection, digest, secret=work.secret, now=now)
        woken = subscriptions.wake(connection, now)
        asked = now - work.confirm_within
        expired = subscriptions.expire_pending(connection, asked, now)
        before = now - max(UNCONFIRMED_KEPT, work.confirm_within)
        forgotten = forgetting.strangers(connection, before)
    return Tidied(woken=woken, expired=expired, forgotten=forgotten)
