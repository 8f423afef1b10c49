from __future__ import annotations

from datetime import datetime

from syndicate.store import Database, members


def test_who_leaves_a_digest_has_left_that_one_only(
    database: Database, now: datetime
) -> None:
    with database.write() as connection:
        assert members.unsubscribe(connection, "weekly", "An@Example.vn", now)
        assert members.unsubscribed(connection, "weekly") == {"an@example.vn"}
        assert members.unsubscribed(connection, "monthly") == set()


def test_to_leave_twice_is_to_leave_once(database: Database, now: datetime) -> None:
    with database.write() as connection:
        assert members.unsubscribe(connection, "weekly", "an@example.vn", now)
        assert not members.unsubscribe(connection, "weekly", " AN@example.vn ", now)
        assert members.unsubscribed(connection, "weekly") == {"an@example.vn"}
