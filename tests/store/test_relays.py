from __future__ import annotations

from datetime import UTC, datetime, timedelta

from syndicate.model import RelayRecord
from syndicate.store import Database, relays

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DOWN = RelayRecord(
    relay="main",
    domain="",
    failures=4,
    open_until=NOW + timedelta(minutes=1),
    detail="không kết nối được",
)
BUSY = RelayRecord(
    relay="", domain="vd.example", failures=3, open_until=NOW, detail="421"
)
WARM = RelayRecord(relay="", domain="", day="2026-11-23", sent=40, first_at=NOW)
LIMITED = RelayRecord(relay="", domain="khac.example", next_at=NOW)


def test_what_is_kept_comes_back(database: Database) -> None:
    with database.write() as connection:
        relays.keep(connection, [DOWN, BUSY, WARM, LIMITED])
    with database.read() as connection:
        assert set(relays.held(connection)) == {DOWN, BUSY, WARM, LIMITED}


def test_the_newer_word_counts_and_all_is_well_is_no_word(database: Database) -> None:
    later = RelayRecord(relay="", domain="", day="2026-11-24", sent=1, first_at=NOW)
    with database.write() as connection:
        relays.keep(connection, [DOWN, WARM])
        relays.keep(connection, [later, RelayRecord(relay="main", domain="")])
        relays.keep(connection, [])
        assert relays.held(connection) == (later,)


def test_many_domains_are_kept_at_once(database: Database) -> None:
    many = [
        RelayRecord(relay="", domain=f"{number}.example", failures=1)
        for number in range(1_700)
    ]
    with database.write() as connection:
        relays.keep(connection, many)
        relays.keep(connection, many)
        assert len(relays.held(connection)) == 1_700


def test_limits_that_are_over_are_forgotten_and_nothing_else(
    database: Database,
) -> None:
    with database.write() as connection:
        relays.keep(connection, [DOWN, BUSY, WARM, LIMITED])
        assert relays.prune(connection, NOW - timedelta(seconds=1)) == 0
        assert relays.prune(connection, NOW) == 1
        assert set(relays.held(connection)) == {DOWN, BUSY, WARM}
