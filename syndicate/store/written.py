"""The documents in the feeds folder, as they were when we wrote them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from syndicate.store.bulk import insert_rows, moments
from syndicate.store.rows import portions
from syndicate.store.schema import written

_COLUMNS = ("path", "sha256", "size", "changed_at", "unit", "mtime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A document."""

    path: str
    """Under the feeds folder."""
    sha256: str
    """Of the document as it is, in hexadecimal."""
    size: int
    changed_at: datetime
    """When it was last written."""
    unit: str
    """What it belongs to: publish.units."""
    mtime: int
    """Of the file, in nanoseconds."""


def get_many(connection: Connection, paths: Collection[str]) -> dict[str, Record]:
    """Those of the documents that we wrote."""
    found: dict[str, Record] = {}
    for some in portions(sorted(paths)):
        query = select(written).where(written.c.path.in_(some))
        found |= {row.path: _record(row) for row in connection.execute(query)}
    return found


def all_of(connection: Connection) -> dict[str, Record]:
    """Every document that we wrote."""
    return {row.path: _record(row) for row in connection.execute(select(written))}


def under(connection: Connection, start: str) -> list[str]:
    """Paths that begin so."""
    query, path = select(written.c.path), written.c.path
    if start and connection.dialect.name == "sqlite":
        # Its LIKE knows no case, and then asks no index.
        query = query.where(path >= start, path < f"{start}\U0010ffff")
    elif start:
        query = query.where(path.startswith(start, autoescape=True))
    return sorted(connection.scalars(query))


def count(connection: Connection) -> int:
    """How many documents we wrote."""
    return connection.execute(select(func.count()).select_from(written)).scalar_one()


def save(connection: Connection, records: Iterable[Record]) -> None:
    """Keep what was written."""
    told = moments(connection)
    rows = [
        (one.path, one.sha256, one.size, told(one.changed_at), one.unit, one.mtime)
        for one in records
    ]
    insert_rows(connection, written, _COLUMNS, rows, known="replace")


def remove(connection: Connection, paths: Collection[str]) -> None:
    """Forget documents that are no more."""
    for some in portions(sorted(paths)):
        connection.execute(delete(written).where(written.c.path.in_(some)))


def distrust(connection: Connection) -> None:
    """Have every file read and compared before it counts as written again."""
    connection.execute(update(written).values(mtime=-1))


def _record(row: Row[Any]) -> Record:
    return Record(
        path=row.path,
        sha256=row.sha256,
        size=row.size,
        changed_at=row.changed_at,
        unit=row.unit,
        mtime=row.mtime,
    )
