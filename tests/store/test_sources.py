from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from syndicate.model import Outcome, SourceState, Visit
from syndicate.store import Database, sources


def _state(now: datetime) -> SourceState:
    return SourceState(
        source="a",
        etag='W/"ố"',
        last_modified="Sun, 22 Nov 2026 03:00:00 GMT",
        body_hash="beef",
        visited_at=now,
        succeeded_at=now - timedelta(days=1),
        due_at=now + timedelta(hours=1),
        failures=3,
        error="a: no answer",
        imported=True,
    )


def test_a_source_that_was_never_visited_has_a_fresh_state(database: Database) -> None:
    with database.read() as connection:
        assert sources.load(connection, "a") == SourceState(source="a")
        assert sources.states(connection) == {}


def test_a_state_comes_back_as_it_was(database: Database, now: datetime) -> None:
    with database.write() as connection:
        sources.save(connection, _state(now))
    with database.read() as connection:
        assert sources.load(connection, "a") == _state(now)


def test_a_state_is_replaced_whole(database: Database, now: datetime) -> None:
    with database.write() as connection:
        sources.save(connection, _state(now))
        sources.save(connection, replace(_state(now), source="b"))
        sources.save(connection, SourceState(source="a", visited_at=now))
        assert sources.states(connection) == {
            "a": SourceState(source="a", visited_at=now),
            "b": replace(_state(now), source="b"),
        }


def test_never_visited_sources_are_due_first_then_who_waits_longest(
    database: Database, now: datetime
) -> None:
    hour = timedelta(hours=1)
    with database.write() as connection:
        for key, due_at in [
            ("late", now - 9 * hour),
            ("now", now),
            ("soon", now + hour),
            ("forgotten", now - 3 * hour),
        ]:
            state = SourceState(source=key, visited_at=now - 10 * hour, due_at=due_at)
            sources.save(connection, state)
        keys = ["now", "new-b", "soon", "forgotten", "late", "new-a", "now"]
        due = sources.due(connection, keys, now)
    assert due == ["new-b", "new-a", "late", "forgotten", "now"]


def test_a_visited_source_without_a_time_is_due(
    database: Database, now: datetime
) -> None:
    with database.write() as connection:
        sources.save(connection, SourceState(source="a", visited_at=now))
        assert sources.due(connection, ["a"], now) == ["a"]


def test_a_plan_that_a_wrong_clock_made_is_void(
    database: Database, now: datetime
) -> None:
    """After a boot with the wrong year a source would never be asked again."""
    ahead = now + timedelta(days=200)
    state = SourceState(source="a", visited_at=ahead, due_at=ahead + timedelta(hours=1))
    with database.write() as connection:
        sources.save(connection, state)
    with database.read() as connection:
        assert sources.due(connection, ["a"], now) == ["a"]


def test_only_the_sources_that_were_named_are_due(
    database: Database, now: datetime
) -> None:
    with database.write() as connection:
        sources.save(connection, SourceState(source="removed", visited_at=now))
        assert sources.due(connection, ["a"], now) == ["a"]
        assert sources.due(connection, [], now) == []


def test_a_visit_comes_back_as_it_was(database: Database, now: datetime) -> None:
    visit = Visit(
        source="a",
        at=now,
        error="",
        not_modified=False,
        outcomes={Outcome.NEW: 3, Outcome.FAILED: 1},
        details=("https://a.example/1: không có tiêu đề",),
    )
    failed = Visit(source="a", at=now, error="a: 503", not_modified=True)
    with database.write() as connection:
        sources.record(connection, visit)
        sources.record(connection, failed)
        assert sources.visits(connection, "a") == [failed, visit]
        assert sources.visits(connection, "a", 1) == [failed]
        assert sources.visits(connection, "b") == []


@pytest.mark.parametrize("more", [0, 1, 7])
def test_the_newest_visits_of_each_source_are_kept(
    database: Database, now: datetime, more: int
) -> None:
    with database.write() as connection:
        sources.record(connection, Visit(source="b", at=now))
        for number in range(sources.KEPT_VISITS + more):
            at = now + timedelta(minutes=number)
            sources.record(connection, Visit(source="a", at=at))
        kept = sources.visits(connection, "a", 1000)
        assert len(kept) == sources.KEPT_VISITS
        assert kept[-1].at == now + timedelta(minutes=more)
        assert len(sources.visits(connection, "b")) == 1
