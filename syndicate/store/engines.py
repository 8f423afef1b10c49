"""An engine for each kind of database, made to behave alike.

Both give: times in UTC, foreign keys enforced, one writing transaction at a time that
is durable once committed, and reading transactions that see one moment.
"""

from __future__ import annotations

from pathlib import Path
from sqlite3 import SQLITE_BUSY, SQLITE_LOCKED, OperationalError
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from syndicate.errors import StoreError
from syndicate.store.codecs import dumps
from syndicate.store.troubles import shown

WRITES = "syndicate_writes"
"""Execution option: the transaction that begins is going to write."""

# Any number will do, as long as it stays the same: PostgreSQL's advisory lock that
# lets one writer in after another.
_WRITER_LOCK = 0x73796E64
_MOMENT = 0.01
"""Seconds between two tries at a file that is locked."""


def engine_for(address: str, timeout: float) -> Engine:
    """An engine for ``sqlite:///…`` or ``postgresql://…``; nothing is opened yet.

    ``timeout`` is in seconds: how long to wait for another writer.

    :raises StoreError: the address is wrong, or a driver is missing
    """
    url = _url(address)
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url, timeout)
        return _postgres(url, timeout)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"{shown(url)}: PostgreSQL needs a driver: "
            "pip install 'syndicate[postgres]'"
        ) from error
    except (SQLAlchemyError, TypeError, ValueError) as error:
        # TypeError: an unknown setting in the query part of the address.
        raise StoreError(f"{shown(url)}: {error}") from error


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        # The text is not repeated: a password may stand in it.
        raise StoreError(
            "the database address cannot be read; it looks like "
            "sqlite:///var/syndicate.db or postgresql://user@host/name"
        ) from error
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise StoreError(
            f"{shown(url)}: only sqlite:// and postgresql:// are databases we know"
        )
    return url


# ── SQLite ───────────────────────────────────────────────────────────────────


def _sqlite(url: URL, timeout: float) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreError(f"{shown(url)}: a file is needed, as in sqlite:///var/x.db")
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{shown(url)}: the folder cannot be made: {error.strerror}"
        ) from error
    engine = create_engine(
        url,
        connect_args={"timeout": timeout},
        pool_timeout=timeout,
        # An address, or a name, must not get into a log by way of an error.
        hide_parameters=True,
        # The one that was used last has the pages in its cache.
        pool_use_lifo=True,
        json_serializer=dumps,
    )

    def prepare(connection: Any, record: object) -> None:
        _make_wal(connection, timeout)
        _prepare_sqlite(connection, record)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_wal(connection: Any, timeout: float) -> None:
    """Let readers no longer wait for the writer; kept in the file, so made once.

    SQLite does not wait for its busy timeout here: of programs that open a new file
    at once, all but one are told at once that it is locked. So this waits itself.
    """
    until = monotonic() + timeout
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
            if mode != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            return
        except OperationalError as error:
            locked = error.sqlite_errorcode & 0xFF in {SQLITE_BUSY, SQLITE_LOCKED}
            if not locked or monotonic() >= until:
                raise
        sleep(_MOMENT)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # sqlite3's own notion of when a transaction starts is switched off: ours does.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # FULL, not NORMAL: with WAL, NORMAL may forget the last commits when the power
    # goes, and a delivery that was forgotten is sent twice.
    connection.execute("PRAGMA synchronous = FULL")
    # Kibibytes: the inner pages of the big indexes, so that a look-up reads one page.
    connection.execute("PRAGMA cache_size = -16384")
    # Pages, 32 MB: gathering changes the same pages of the indexes again and again,
    # and each is written home once for that. The file is cut back when it was longer.
    connection.execute("PRAGMA wal_autocheckpoint = 8000")
    connection.execute("PRAGMA journal_size_limit = 67108864")
    connection.execute("PRAGMA temp_store = MEMORY")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql("PRAGMA query_only = OFF")
        # At once, not at the first write: a transaction that reads and then writes
        # would fail whenever another has written in between.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.exec_driver_sql("BEGIN")


# ── PostgreSQL ───────────────────────────────────────────────────────────────


def _postgres(url: URL, timeout: float) -> Engine:
    engine = create_engine(
        url,
        connect_args={
            "connect_timeout": max(2, round(timeout)),
            # Without it psycopg gives bytes where the server's encoding is SQL_ASCII.
            "client_encoding": "utf8",
        },
        pool_timeout=timeout,
        pool_pre_ping=True,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        json_serializer=dumps,
    )

    def prepare(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            cursor.execute(f"SET lock_timeout = {round(timeout * 1000)}")
        connection.commit()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_postgres)
    return engine


def _begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITES):
        # One writer, as on SQLite: what a transaction has read stays true until it
        # has written, so "is it there? then add it" needs no retries.
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})"))
