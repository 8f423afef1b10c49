"""Signed words that work once: which have been used, by their marks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from syndicate.store.schema import used_tokens


def use(connection: Connection, mark: str, now: datetime) -> bool:
    """Use the word of that mark up; False if it was used before.

    In a writing transaction, which alone may write: of two that come at once, the
    second finds the word used.
    """
    if is_used(connection, mark):
        return False
    connection.execute(insert(used_tokens).values(mark=mark, at=now))
    return True


def is_used(connection: Connection, mark: str) -> bool:
    """Say whether the word of that mark was used."""
    query = select(used_tokens.c.mark).where(used_tokens.c.mark == mark)
    return connection.scalar(query) is not None


def prune(connection: Connection, before: datetime) -> int:
    """Forget words used before; they must have expired. Gives how many."""
    old = used_tokens.c.at < before
    return connection.execute(delete(used_tokens).where(old)).rowcount
