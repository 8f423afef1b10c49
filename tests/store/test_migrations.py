from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from syndicate.errors import StoreError
from syndicate.store import Database, migrate
from syndicate.store.schema import REVISION, metadata

ROOT = Path(__file__).resolve().parents[2]
WORDS = "search_words"
"""SQLite's index of words, and the beginning of the names of the tables that FTS5 makes
for it: Alembic knows no virtual tables. _written compares the statement."""


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Make a database without a schema; gives its address."""
    if request.param == "postgresql":
        make: Callable[[str], str] = request.getfixturevalue("postgres_database")
        return make
    return lambda name: f"sqlite:///{tmp_path / name}.db"


def _drawn(connection: Connection) -> dict[str, Any]:
    """All that the engine tells of the tables, in an order of its own."""
    look = inspect(connection)
    names = sorted(set(look.get_table_names()) - {"alembic_version"})
    return {
        name: {
            "columns": [
                {**column, "type": str(column["type"])}
                for column in look.get_columns(name)
            ],
            "primary key": look.get_pk_constraint(name),
            "foreign keys": sorted(map(str, look.get_foreign_keys(name))),
            "unique": sorted(map(str, look.get_unique_constraints(name))),
            "indexes": sorted(map(_told, look.get_indexes(name))),
        }
        for name in names
    }


def _told(index: Any) -> str:
    """An index in words; a condition would else be told by its place in memory."""
    options = {key: str(said) for key, said in index["dialect_options"].items()}
    return str({**index, "dialect_options": options})


def _written(connection: Connection) -> dict[str, str]:
    """The statements that SQLite keeps, which tell WITHOUT ROWID and the like."""
    rows = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    )
    return {
        name: re.sub(r"\s+", " ", sql).replace('"', "")
        for name, sql in rows
        if not name.startswith(("alembic_", "sqlite_"))
    }


def _triggers(connection: Connection) -> list[str]:
    """The triggers of PostgreSQL and their functions, as it writes them itself."""
    if connection.dialect.name != "postgresql":
        return []
    query = text(
        "SELECT pg_get_triggerdef(pg_trigger.oid) || pg_get_functiondef(tgfoid)"
        " FROM pg_trigger WHERE NOT tgisinternal"
    )
    return sorted(re.sub(r"\s+", " ", told) for told in connection.scalars(query))


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not str(name).startswith(WORDS)


def _made_at_once(url: str) -> Engine:
    engine = create_engine(url)
    metadata.create_all(engine)
    return engine


def test_the_migrations_make_the_schema(empty: Callable[[str], str]) -> None:
    with Database.open(empty("migrated")) as database, database.read() as connection:
        opts = {"compare_type": True, "include_name": _is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []
        migrated, triggers = _drawn(connection), _triggers(connection)
    engine = _made_at_once(empty("made"))
    with engine.connect() as connection:
        assert _drawn(connection) == migrated
        assert _triggers(connection) == triggers
        assert bool(triggers) == (connection.dialect.name == "postgresql")
    engine.dispose()


def test_the_migrations_make_the_same_statements_on_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "migrated.db"
    with Database.open(f"sqlite:///{path}") as database, database.read() as connection:
        migrated = _written(connection)
    engine = _made_at_once(f"sqlite:///{tmp_path / 'made.db'}")
    with engine.connect() as connection:
        assert _written(connection) == migrated
    engine.dispose()


def test_the_newest_migration_is_the_one_that_the_schema_names() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.FOLDER))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_a_database_of_a_newer_version_is_refused_and_left_alone(url: str) -> None:
    with Database.open(url) as database, database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(StoreError, match=r"schema \(9999\) is newer"):
            Database.open(url)
    finally:
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            changed = connection.execute(
                text("UPDATE alembic_version SET version_num = :old"),
                {"old": REVISION},
            )
            assert changed.rowcount == 1
        engine.dispose()
    Database.open(url).close()


def test_an_upgrade_that_fails_leaves_nothing_behind(
    empty: Callable[[str], str],
) -> None:
    url = empty("strange")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE shingles (somebody_elses INTEGER)"))
    with pytest.raises(StoreError, match="already exists"):
        Database.open(url)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["shingles"]
    engine.dispose()


def test_programs_that_start_at_once_make_one_schema(
    empty: Callable[[str], str],
) -> None:
    url = empty("together")
    start = (
        "import sys; from syndicate.store import Database; "
        "Database.open(sys.argv[1]).close(); print('open')"
    )

    def run(_: int) -> str:
        command = [sys.executable, "-W", "error", "-c", start, url]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(4))) == ["open\n"] * 4


def test_the_package_brings_its_migrations_wherever_it_is(tmp_path: Path) -> None:
    home = tmp_path / "site 100% packages"
    shutil.copytree(
        ROOT / "syndicate",
        home / "syndicate",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    start = (
        "import sys; sys.path.insert(0, sys.argv[1]); from syndicate.store import "
        "Database; Database.open(sys.argv[2]).close(); print('open')"
    )
    url = f"sqlite:///{tmp_path / 'x.db'}"
    command = [sys.executable, "-W", "error", "-I", "-c", start, str(home), url]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout + done.stderr == "open\n"
