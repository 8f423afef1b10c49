"""How often something was begun, so that a restored backup is known for what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, insert, make_url, select, update

from syndicate.store.columns import mark
from syndicate.store.schema import generations
from syndicate.store.troubles import shown

SENDING = "sending"
"""Counts the claims of copies."""
DOUBTFUL = "doubtful"
"""Up to when issues may have been sent of which this store knows nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A count, and when it was last raised."""

    number: int
    at: datetime


def get(connection: Connection, name: str) -> Generation | None:
    """The count of that name; None if nothing was counted yet."""
    query = select(generations).where(generations.c.name == name)
    row = connection.execute(query).first()
    return None if row is None else Generation(number=row.number, at=row.at)


def put(connection: Connection, name: str, number: int, at: datetime) -> None:
    """Set the count."""
    done = connection.execute(
        update(generations)
        .where(generations.c.name == name)
        .values(number=number, at=at)
    )
    if not done.rowcount:
        row = {"name": name, "number": number, "at": at}
        connection.execute(insert(generations).values(row))


def raised(connection: Connection, name: str, at: datetime) -> Generation:
    """Count one more; gives what it is now."""
    number = connection.scalar(_RAISE, {"which": name, "moment": at})
    if number is None:
        number = 1
        put(connection, name, number, at)
    return Generation(number=number, at=at)


# With every claim of copies, so built once.
_RAISE = (
    update(generations)
    .where(generations.c.name == bindparam("which"))
    .values(number=generations.c.number + 1, at=bindparam("moment"))
    .returning(generations.c.number)
)


def file_beside(url: str, folder: Path) -> Path:
    """Where the file lies that counts with the store at ``url``.

    Beside a file of SQLite; for PostgreSQL in ``folder``, one for each database.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database:
        return Path(f"{address.database}.claims")
    return folder / f"{mark(shown(address))[:12]}.claims"
