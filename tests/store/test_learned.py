"""What the learner knows, kept in parts."""

from __future__ import annotations

from syndicate.store import learned


def write(database, parts=None, kept=None, gone=()):
    with database.write() as connection:
        return learned.write(
            connection, {learned.HEAD: b"head", **(parts or {})}, kept or {}, gone
        )


def test_a_store_that_never_learnt_has_version_nought(database):
    with database.read() as connection:
        assert learned.version(connection) == 0
        assert learned.read(connection, [learned.HEAD]) == {}


def test_each_write_raises_the_version(database):
    assert [write(database), write(database)] == [1, 2]
    with database.read() as connection:
        assert learned.version(connection) == 2


def test_parts_come_back_byte_for_byte(database):
    every = bytes(range(256)) * 9
    write(database, {"line/một": every, "spread": b""})
    with database.read() as connection:
        found = learned.read(connection, ["line/một", "spread", "line/không"])
    assert found == {"line/một": every, "spread": b""}


def test_a_part_that_is_written_again_is_replaced(database):
    write(database, {"spread": b"old", "outcomes": b"kept"})
    write(database, {"spread": b"new"})
    with database.read() as connection:
        found = learned.read(connection, ["spread", "outcomes"])
    assert found == {"spread": b"new", "outcomes": b"kept"}


def test_decisions_are_found_by_their_keys(database):
    write(database, kept={3: b"three", 2**62: b"large"})
    with database.read() as connection:
        assert learned.decisions(connection, [3, 4, 2**62]) == {
            3: b"three",
            2**62: b"large",
        }


def test_a_decision_that_is_gone_is_not_found(database):
    write(database, kept={3: b"three", 4: b"four"})
    write(database, kept={5: b"five"}, gone=[3])
    with database.read() as connection:
        assert set(learned.decisions(connection, [3, 4, 5])) == {4, 5}


def test_what_is_gone_and_kept_in_one_write_is_kept(database):
    write(database, kept={3: b"again"}, gone=[3])
    with database.read() as connection:
        assert learned.decisions(connection, [3]) == {3: b"again"}


def test_next_keys_go_round_in_the_order_of_numbers(database):
    write(database, {"spread": b""}, dict.fromkeys((2, 9, 10, 100, 1000), b"x"))
    with database.read() as connection:
        assert learned.next_keys(connection, 0, 2) == [2, 9]
        assert learned.next_keys(connection, 9, 3) == [10, 100, 1_000]
        assert learned.next_keys(connection, 100, 3) == [1_000, 2, 9]


def test_next_keys_name_none_twice(database):
    write(database, kept={2: b"x", 9: b"x"})
    with database.read() as connection:
        assert learned.next_keys(connection, 2, 50) == [9, 2]
        assert learned.next_keys(connection, 7, 50) == [9, 2]


def test_a_store_that_is_cleared_goes_on_counting(database):
    write(database, {"spread": b"x"}, {2: b"x"})
    with database.write() as connection:
        learned.clear(connection)
    assert write(database) == 2
    with database.read() as connection:
        assert learned.decisions(connection, [2]) == {}
        assert learned.read(connection, ["spread"]) == {}


def test_megabytes_come_back(database):
    large = bytes(range(256)) * 2_048
    write(database, {f"line/{number}": large for number in range(3)})
    with database.read() as connection:
        found = learned.read(connection, [f"line/{number}" for number in range(3)])
    assert set(found.values()) == {large}
