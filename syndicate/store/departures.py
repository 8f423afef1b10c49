"""Who is not to be written to, all of them at once: to be compared with a file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from syndicate.model import SubscriptionState, SuppressionReason
from syndicate.store.schema import members, subscriptions, suppressions


def suppressed(connection: Connection) -> dict[str, tuple[SuppressionReason, datetime]]:
    """Mark → why and since when nothing is sent to it."""
    query = select(suppressions.c.mark, suppressions.c.reason, suppressions.c.at)
    return {
        mark: (SuppressionReason(reason), at)
        for mark, reason, at in connection.execute(query)
    }


def left(connection: Connection) -> dict[tuple[str, str], datetime]:
    """(mark, digest) → when the person left it."""
    query = (
        select(members.c.mark, subscriptions.c.digest, subscriptions.c.changed_at)
        .join(members, members.c.id == subscriptions.c.member_id)
        .where(subscriptions.c.state == SubscriptionState.UNSUBSCRIBED.value)
    )
    return {(mark, digest): at for mark, digest, at in connection.execute(query)}
