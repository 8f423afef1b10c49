"""What is limited, counted by mark: nobody can read from it who tried what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from syndicate.store.schema import attempts


def note(connection: Connection, kind: str, mark: str, now: datetime) -> None:
    """Count one attempt."""
    connection.execute(insert(attempts).values(kind=kind, mark=mark, at=now))


def count_since(connection: Connection, kind: str, mark: str, since: datetime) -> int:
    """How many attempts of a kind a mark has made after ``since``."""
    which = (attempts.c.kind == kind, attempts.c.mark == mark, attempts.c.at > since)
    return int(connection.scalar(select(func.count()).where(*which)) or 0)


def prune(connection: Connection, before: datetime) -> int:
    """Forget attempts made before; gives how many."""
    return connection.execute(delete(attempts).where(attempts.c.at < before)).rowcount
