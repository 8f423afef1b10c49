from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, text

from syndicate.errors import StoreError
from syndicate.model import SourceState
from syndicate.store import Connection, Database, schema, sources, stories


def test_the_folder_and_the_file_of_sqlite_are_made(tmp_path: Path) -> None:
    path = tmp_path / "var" / "đất nước" / "x y.db"
    with Database.open(f"sqlite:///{path}") as database, database.read() as connection:
        assert sources.states(connection) == {}
    assert path.is_file()


def test_what_was_written_is_there_when_opened_again(url: str, now: datetime) -> None:
    with Database.open(url) as database, database.write() as connection:
        stories.create(connection, "story", now)
    with Database.open(url) as database, database.read() as connection:
        assert stories.uids_taken(connection, ["story"])


def test_nothing_is_kept_of_a_write_that_raises(
    database: Database, now: datetime
) -> None:
    def fail(connection: Connection) -> None:
        stories.create(connection, "story", now)
        raise KeyError("a fault of the caller")

    with pytest.raises(KeyError), database.write() as connection:
        fail(connection)
    with database.read() as connection:
        assert not stories.uids_taken(connection, ["story"])


def test_the_database_works_on_after_a_write_that_failed(
    database: Database, now: datetime
) -> None:
    with database.write() as connection:
        stories.create(connection, "story", now)
    with (
        pytest.raises(StoreError, match="refused a statement"),
        database.write() as connection,
    ):
        stories.create(connection, "story", now)
    with database.write() as connection:
        stories.create(connection, "other", now)
    with database.read() as connection:
        assert stories.uids_taken(connection, ["other"])


def test_a_reader_cannot_write(database: Database, now: datetime) -> None:
    with (
        pytest.raises(StoreError, match="cannot be written"),
        database.read() as connection,
    ):
        stories.create(connection, "story", now)
    with database.write() as connection:
        stories.create(connection, "story", now)


def test_a_reader_sees_one_moment(database: Database, now: datetime) -> None:
    with database.read() as reader:
        assert not stories.uids_taken(reader, ["story"])
        with database.write() as writer:
            stories.create(writer, "story", now)
        assert not stories.uids_taken(reader, ["story"])
    with database.read() as reader:
        assert stories.uids_taken(reader, ["story"])


def test_foreign_keys_are_enforced(
    tell: Callable[..., object], article: Callable[..., object]
) -> None:
    with pytest.raises(StoreError):
        tell(article(), story=999)


def test_writers_wait_for_each_other_and_read_what_the_other_wrote(url: str) -> None:
    rounds, writers = 25, 4
    ready = threading.Barrier(writers)

    def count_up(_: int) -> None:
        with Database.open(url) as database:
            ready.wait()
            for _ in range(rounds):
                with database.write() as connection:
                    state = sources.load(connection, "a")
                    seen = SourceState(source="a", failures=state.failures + 1)
                    sources.save(connection, seen)

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(count_up, range(writers)))
    with Database.open(url) as database, database.read() as connection:
        assert sources.load(connection, "a").failures == rounds * writers


def test_threads_may_share_a_database(database: Database, now: datetime) -> None:
    def add(number: int) -> bool:
        with database.write() as connection:
            stories.create(connection, f"story-{number}", now)
        with database.read() as connection:
            return stories.uids_taken(connection, [f"story-{number}"])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(add, range(40)))


def test_a_writer_that_waits_too_long_says_so(url: str) -> None:
    with Database.open(url) as holder, Database.open(url, timeout=0.2) as waiter:
        with (
            holder.write(),
            pytest.raises(StoreError, match="did not let go in time"),
            waiter.write(),
        ):
            pass
        with waiter.write() as connection:
            sources.save(connection, SourceState(source="a"))


def test_a_time_without_a_zone_is_refused(database: Database, now: datetime) -> None:
    with (
        pytest.raises(StoreError, match="a time without a zone"),
        database.write() as connection,
    ):
        stories.create(connection, "story", now.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://desk:hush@host/name", "only sqlite:// and postgresql://"),
        ("nonsense hush", "looks like"),
        ("", "looks like"),
        ("sqlite://", "a file is needed"),
        ("sqlite:///:memory:", "a file is needed"),
        ("postgresql://desk:hush@host:port/name", "looks like"),
        ("postgresql://desk:hush@127.0.0.1:1/name", "cannot be reached"),
        ("postgresql://desk@/x?host=/nowhere&password=hush", "cannot be reached"),
    ],
)
def test_a_wrong_address_is_said_without_its_password(address: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        Database.open(address, timeout=2)
    assert "hush" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Kính gửi toà soạn. " * 100, encoding="utf-8")
    with pytest.raises(StoreError, match=r"letter\.txt: .*not an SQLite database"):
        Database.open(f"sqlite:///{path}")


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Database.open(f"sqlite:///{tmp_path}")


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(StoreError, match="the folder cannot be made"):
        Database.open(f"sqlite:///{tmp_path}/var/x.db")


def test_a_full_disk_is_said_and_loses_nothing_that_was_there(
    sqlite: Database, now: datetime
) -> None:
    with sqlite.write() as connection:
        stories.create(connection, "kept", now)
    rows = [
        {"uid": f"story-{number}", "seen_at": now, "changed_at": now}
        for number in range(5000)
    ]
    with sqlite.write() as connection:
        connection.execute(text("PRAGMA max_page_count = 1"))  # no page more
    with (
        pytest.raises(StoreError, match="the disk is full"),
        sqlite.write() as connection,
    ):
        connection.execute(insert(schema.stories), rows)
    with sqlite.read() as connection:
        assert stories.uids_taken(connection, ["kept"])
        assert not stories.uids_taken(connection, ["story-0"])


def test_a_damaged_file_is_said(sqlite: Database, now: datetime) -> None:
    with sqlite.write() as connection:
        for number in range(2000):
            stories.create(connection, f"story-{number}", now)
    path = Path(sqlite.url.removeprefix("sqlite:///"))
    sqlite.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with (
        pytest.raises(StoreError, match="damaged"),
        Database.open(sqlite.url) as opened,
        opened.read() as connection,
    ):
        stories.latest(connection, since=now - timedelta(days=1))


def test_sqlite_is_set_to_survive_a_power_cut(sqlite: Database) -> None:
    with sqlite.read() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.postgres
def test_a_server_that_does_not_keep_unicode_is_refused(
    postgres_database: Callable[[str], str],
) -> None:
    url = postgres_database("for_ascii")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS ascii"))
        made = "ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
        connection.execute(text(f"CREATE DATABASE ascii {made}"))
    engine.dispose()
    with pytest.raises(StoreError, match="encoding is SQL_ASCII"):
        Database.open(url.replace("for_ascii", "ascii"))
