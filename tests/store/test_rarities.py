from __future__ import annotations

from syndicate.store import Database, rarities


def test_words_are_counted_on(database: Database) -> None:
    with database.write() as connection:
        assert rarities.total(connection) == 0
        assert rarities.load(connection) == (0, {})
        rarities.add(connection, 2, {"nước": 2, "lũ": 1})
    with database.write() as connection:
        rarities.add(connection, 3, {"nước": 3, "cầu": 1, "Bến Tre": 2})
    with database.read() as connection:
        assert rarities.total(connection) == 5
        assert rarities.load(connection) == (
            5,
            {"nước": 5, "lũ": 1, "cầu": 1, "Bến Tre": 2},
        )


def test_what_is_seldom_met_is_forgotten_when_the_store_has_grown(
    database: Database,
) -> None:
    with database.write() as connection:
        rarities.add(connection, 1, {"hiếm": 1, "thường": 3})
        rarities.add(connection, 2 * rarities.RAREST, {"mới": 3})
        rarities.forget(connection)
        assert rarities.load(connection)[1] == {"thường": 3, "mới": 3}
        rarities.add(connection, 0, {"hiếm": 3})
        assert rarities.load(connection)[1]["hiếm"] == 3


def test_words_that_nothing_can_hold_are_left_out_or_mended(
    database: Database,
) -> None:
    long = "a" * (rarities.LONGEST + 1)
    odd = {"": 4, long: 4, "a\x00": 1, "\ud800": 2, "'\"\\": 3}
    with database.write() as connection:
        rarities.add(connection, 1, odd)
        assert rarities.load(connection) == (1, {"a\ufffd": 1, "\ufffd": 2, "'\"\\": 3})


def test_a_text_without_words_is_counted_too(database: Database) -> None:
    with database.write() as connection:
        rarities.add(connection, 1, {})
        assert rarities.load(connection) == (1, {})
