"""The door to the database: open, read, write, close."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from syndicate.errors import StoreError
from syndicate.store import migrate
from syndicate.store.engines import WRITES, engine_for
from syndicate.store.scrubbing import scrub
from syndicate.store.troubles import shown, store_error


class Database:
    """A database whose schema is up to date. Threads may share it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str, *, timeout: float = 30.0) -> Database:
        """Open ``sqlite:///var/x.db`` or ``postgresql://…``, making what is missing.

        The folder and the file of SQLite are created, and the schema is brought up to
        date. ``timeout`` is how many seconds to wait for another writer.

        :raises StoreError: it cannot be opened, or is of a newer version
        """
        database = cls(engine_for(url, timeout))
        try:
            database._prepare()
        except BaseException:
            database.close()
            raise
        return database

    @property
    def url(self) -> str:
        """The address, without a password."""
        return shown(self._engine.url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment, and cannot write.

        :raises StoreError: the database cannot be read
        """
        with self._said_plainly(), self._engine.connect() as connection:
            if self._engine.dialect.name == "postgresql":
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection that alone may write: all of it is kept, or none.

        Committed at the end, undone if anything is raised. What was committed is
        there after a kill and after a power cut.

        :raises StoreError: the database cannot be written
        """
        with self._said_plainly(), self._engine.connect() as connection:
            connection.execution_options(**{WRITES: True})
            with connection.begin():
                yield connection

    def scrub(self, words: Sequence[str], most: int | None = None) -> bool:
        """See to it that ``words`` stand nowhere in the file; True if they do not.

        See :func:`~syndicate.store.scrubbing.scrub`; to be asked between transactions.
        """
        return scrub(self._engine, words, most)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _said_plainly(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise store_error(self._engine.url, error) from error

    def _prepare(self) -> None:
        with self.read() as connection:
            self._check_encoding(connection)
            ready = migrate.is_current(connection)
        if not ready:
            self._upgrade()

    def _check_encoding(self, connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            encoding = connection.scalar(text("SHOW server_encoding"))
            if encoding != "UTF8":
                raise StoreError(f"{self.url}: the encoding is {encoding}, not UTF8")

    def _upgrade(self) -> None:
        # Inside one write: of two programs that start at once, the second finds the
        # work done; and a migration that fails leaves nothing behind.
        with self.write() as connection:
            try:
                migrate.upgrade(connection)
            except migrate.NewerSchemaError as error:
                raise StoreError(f"{self.url}: {error}") from error
