"""Who does not want a digest any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from syndicate.store.codecs import storable
from syndicate.store.schema import unsubscriptions


def mailbox(address: str) -> str:
    """What is compared of an address: lower case, no white space around it."""
    return storable(address).strip().lower()


def unsubscribed(connection: Connection, digest: str) -> set[str]:
    """The addresses, in lower case, that have left ``digest``."""
    left = unsubscriptions.c.digest == digest
    return set(connection.scalars(select(unsubscriptions.c.mailbox).where(left)))


def unsubscribe(
    connection: Connection, digest: str, address: str, now: datetime
) -> bool:
    """Let ``address`` leave ``digest``; False if it had left before."""
    box = mailbox(address)
    table = unsubscriptions
    known = select(table).where(table.c.digest == digest, table.c.mailbox == box)
    if connection.execute(known).first() is not None:
        return False
    connection.execute(insert(table).values(digest=digest, mailbox=box, at=now))
    return True
