"""robots.txt, kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from syndicate.store import robots
from syndicate.store.robots import StoredRobots


def test_a_robots_txt_is_kept_in_place_of_the_one_before(database, now):
    found = StoredRobots(
        origin="http://tin.example", status=200, body="a\0b", fetched_at=now
    )
    with database.write() as connection:
        robots.save(connection, replace(found, status=503, body=""))
        robots.save(connection, found)
    with database.read() as connection:
        kept = robots.load(connection, "http://tin.example")
        assert kept == replace(found, body=kept.body)
        assert robots.load(connection, "https://tin.example") is None


def test_who_changed_the_rules_lately_is_known(database, now):
    with database.write() as connection:
        for days, host in enumerate("abc"):
            robots.save(
                connection,
                StoredRobots(
                    origin=f"http://{host}.example",
                    status=200,
                    body="",
                    fetched_at=now,
                    changed_at=now - timedelta(days=days) if days else None,
                ),
            )
    with database.read() as connection:
        lately = robots.changed(connection, now - timedelta(days=1))
    assert lately == {"http://b.example": now - timedelta(days=1)}
