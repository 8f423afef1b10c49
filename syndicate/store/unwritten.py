"""Units whose documents are not yet on the disk as they should be."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, exists, select

from syndicate.store.bulk import insert_rows
from syndicate.store.rows import portions
from syndicate.store.schema import unwritten


def note(connection: Connection, units: Iterable[str]) -> None:
    """Note that the documents of units are to be made."""
    insert_rows(connection, unwritten, ("unit",), [(unit,) for unit in units])


def any_left(connection: Connection) -> bool:
    """Whether there is anything to be made."""
    return bool(connection.scalar(select(exists().select_from(unwritten))))


def everything(connection: Connection) -> dict[str, list[int]]:
    """All units, in the order in which they were first noted, with their rows."""
    found: dict[str, list[int]] = {}
    query = select(unwritten.c.id, unwritten.c.unit).order_by(unwritten.c.id)
    for number, unit in connection.execute(query):
        found.setdefault(unit, []).append(number)
    return found


def remove(connection: Connection, rows: Collection[int]) -> None:
    """Forget what is written; what was noted meanwhile has rows of its own."""
    for some in portions(sorted(rows)):
        connection.execute(delete(unwritten).where(unwritten.c.id.in_(some)))
