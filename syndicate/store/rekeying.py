"""The secret that marks are made with: whether it is still the one, and another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, func, select

from syndicate.store import generations
from syndicate.store.bulk import run_many
from syndicate.store.schema import members, suppressions

_SECRET = "secret"  # noqa: S105 -- the name of a row
_MANY = 2_000
_TABLES = ("members", "consents", "suppressions")


def is_known(connection: Connection, print_: int) -> bool | None:
    """Whether the store was begun with the secret of that print; None: with none."""
    kept = generations.get(connection, _SECRET)
    return None if kept is None else kept.number == print_


def keep(connection: Connection, print_: int, now: datetime) -> None:
    """Note the print of the secret that marks are made with."""
    generations.put(connection, _SECRET, print_, now)


def rekey(connection: Connection, mark_of: Callable[[str], str]) -> tuple[int, int]:
    """Make every mark anew whose address is kept.

    Gives how many were, and how many suppressions are of nobody whose address is kept:
    those work no more.
    """
    query = select(members.c.mark, members.c.mailbox).where(members.c.mailbox != "")
    people: Iterator[tuple[str, str]] = (
        (mark_of(row.mailbox), row.mark) for row in connection.execute(query).all()
    )
    count = 0
    while some := list(islice(people, _MANY)):
        count += len(some)
        for table in _TABLES:
            change = f"UPDATE {table} SET mark = ? WHERE mark = ?"  # noqa: S608 -- our names
            run_many(connection, change, some)
    known = select(members.c.mark).where(members.c.mailbox != "")
    lost = select(func.count()).where(suppressions.c.mark.not_in(known))
    return count, connection.scalar(lost) or 0
