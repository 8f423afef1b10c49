"""Numbers that a restored store may have forgotten are not given away again."""

from __future__ import annotations

from datetime import UTC, datetime

from syndicate.model import LetterKind, Member
from syndicate.store import letters, members
from syndicate.store.leaping import FAR, leap

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


def add(connection, name):
    return members.add(
        connection,
        Member(address=f"{name}@vd.example"),
        mailbox=f"{name}@vd.example",
        mark=name,
        now=NOW,
    ).id


def test_whoever_joins_after_a_leap_has_a_number_that_was_never_given(database):
    with database.write() as connection:
        before = add(connection, "an")
    with database.write() as connection:
        leap(connection)
    with database.write() as connection:
        assert add(connection, "ba") >= before + FAR
        number = letters.add(connection, LetterKind.CONFIRM, before, ["tuan"], NOW)
        assert number >= FAR, "also where there were none before"


def test_a_leap_is_a_leap_however_often(database):
    for _ in range(3):
        with database.write() as connection:
            leap(connection)
    with database.write() as connection:
        assert add(connection, "an") >= 3 * FAR
