"""Many rows at once, past SQLAlchemy's treatment of each single value.

It converts values one by one by their columns' types: for the rows of gathering that
costs more than SQLite takes to keep them. So these statements take values as the
driver wants them: :func:`moment` for times, :func:`~syndicate.store.codecs.dumps` for
JSON, :func:`~syndicate.store.codecs.storable` for text from outside.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, text

from syndicate.store.codecs import dumps
from syndicate.store.columns import in_utc

Row = tuple[Any, ...]
Moments = Callable[[datetime | None], Any]


def insert_rows(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    rows: Sequence[Row],
    *,
    known: str = "",
) -> None:
    """Add rows, their values in the order of ``columns``.

    ``known`` says what becomes of a row whose primary key is there: ``keep`` the old
    one, ``replace`` it; otherwise it is an error.
    """
    if rows:
        statement = _statement(connection.dialect.name, table, columns, known)
        connection.exec_driver_sql(statement, list(rows))


def run_many(connection: Connection, statement: str, rows: Sequence[Row]) -> None:
    """Run a statement with ``?`` for its values, once for each row."""
    if rows:
        if connection.dialect.name == "postgresql":
            statement = statement.replace("?", "%s")
        connection.exec_driver_sql(statement, list(rows))


def rows_in(
    connection: Connection, statement: str, some: Iterable[int | str], *more: Any
) -> Sequence[Any]:
    """Every row of a query whose text says ``IN {some}``, and ``?`` for ``more``.

    ``some`` may be thousands, all numbers or all text; ``more`` comes after it in the
    statement. The statement is the same text however many there are, so that neither
    SQLAlchemy nor SQLite has to read it anew.
    """
    if connection.dialect.name == "postgresql":
        statement = statement.replace("IN {some}", "= ANY(%s)").replace("?", "%s")
        return connection.exec_driver_sql(statement, (list(some), *more)).all()
    statement = statement.replace("{some}", "(SELECT value FROM json_each(?))")
    return connection.exec_driver_sql(statement, (dumps(list(some)), *more)).all()


def rows_of(connection: Connection, statement: str, *values: Any) -> Sequence[Any]:
    """Every row of a query with ``?`` for its values."""
    if connection.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    return connection.exec_driver_sql(statement, values).all()


def next_ids(connection: Connection, table: Table, count: int) -> list[int]:
    """``count`` numbers that no row of ``table`` ever had, in rising order.

    To be asked inside a transaction that writes: nobody else takes them meanwhile.
    """
    if connection.dialect.name == "postgresql":
        query = text(
            "SELECT nextval(pg_get_serial_sequence(:name, 'id'))"
            " FROM generate_series(1, :count)"
        )
        return sorted(connection.scalars(query, {"name": table.name, "count": count}))
    given = "SELECT seq FROM sqlite_sequence WHERE name = ?"
    last = connection.exec_driver_sql(given, (table.name,)).scalar() or 0
    return list(range(last + 1, last + 1 + count))


def moments(connection: Connection) -> Moments:
    """What turns a time into what the driver of ``connection`` keeps for it."""
    return _as_text if connection.dialect.name == "sqlite" else _as_is


def as_moment(told: Any) -> datetime:
    """What a driver gives for a time, as our columns do: aware, in UTC."""
    moment = datetime.fromisoformat(told) if isinstance(told, str) else told
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else in_utc(moment)


def loaded(told: Any) -> Any:
    """What a driver gives for a JSON column: SQLite's gives the text."""
    return json.loads(told) if isinstance(told, str) else told


def _as_text(moment: datetime | None) -> str | None:
    """As the type of the column writes it: UTC, a fixed width, no zone."""
    if moment is None:
        return None
    return _utc(moment).replace(tzinfo=None).isoformat(" ", "microseconds")


def _as_is(moment: datetime | None) -> datetime | None:
    return None if moment is None else _utc(moment)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise ValueError(f"a time without a zone: {moment.isoformat()}")
    return in_utc(moment)


@lru_cache(maxsize=64)
def _statement(dialect: str, table: Table, columns: tuple[str, ...], known: str) -> str:
    mark = "?" if dialect == "sqlite" else "%s"
    names = [f'"{name}"' for name in columns]
    marks = ", ".join([mark] * len(columns))
    statement = f'INSERT INTO "{table.name}" ({", ".join(names)}) VALUES ({marks})'  # noqa: S608 - our own names
    if not known:
        return statement
    if known == "keep":
        return f"{statement} ON CONFLICT DO NOTHING"
    key = [column.name for column in table.primary_key]
    new = [f'"{name}" = excluded."{name}"' for name in columns if name not in key]
    wanted = ", ".join(f'"{name}"' for name in key)
    return f"{statement} ON CONFLICT ({wanted}) DO UPDATE SET {', '.join(new)}"
