from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.model import SourceState
from syndicate.store import Database, sources
from syndicate.store.columns import mark

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MOMENTS = [
    datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC),
    datetime(2026, 11, 22, 3, 4, 5, tzinfo=HANOI),
    datetime(2024, 3, 10, 2, 30, fold=1, tzinfo=ZoneInfo("America/New_York")),
    datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
]


def _kept(database: Database, moment: datetime) -> datetime | None:
    with database.write() as connection:
        sources.save(connection, SourceState(source="a", due_at=moment))
    with database.read() as connection:
        return sources.load(connection, "a").due_at


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_moment_comes_back_to_the_microsecond_in_utc(
    database: Database, moment: datetime
) -> None:
    kept = _kept(database, moment)
    assert kept is not None
    assert kept.utcoffset() == timedelta(0)
    assert kept == moment.astimezone(UTC)


def test_a_moment_outside_the_calendar_of_utc_becomes_the_nearest(
    database: Database,
) -> None:
    east, west = timezone(timedelta(hours=7)), timezone(timedelta(hours=-7))
    first = datetime(1, 1, 1, tzinfo=UTC)
    last = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    assert _kept(database, datetime(1, 1, 1, tzinfo=east)) == first
    assert _kept(database, datetime(9999, 12, 31, 23, tzinfo=west)) == last


def test_moments_sort_as_time_does(database: Database) -> None:
    keys = [str(number) for number in range(len(MOMENTS))]
    with database.write() as connection:
        for key, moment in zip(keys, MOMENTS, strict=True):
            state = SourceState(source=key, due_at=moment, visited_at=moment)
            sources.save(connection, state)
    with database.read() as connection:
        due = sources.due(
            connection, keys, datetime(9999, 12, 31, 23, 59, 59, 999999, UTC)
        )
    in_time = sorted(MOMENTS, key=lambda moment: moment.astimezone(UTC))
    assert [MOMENTS[int(key)] for key in due] == in_time


def test_what_no_database_keeps_is_replaced(database: Database) -> None:
    with database.write() as connection:
        sources.save(connection, SourceState(source="\x00\ud83d", failures=1))
        state = SourceState(source="a", error="NUL \x00, half a pair \ud83d, 😀, ố")
        sources.save(connection, state)
    with database.read() as connection:
        error = sources.load(connection, "a").error
        assert sources.load(connection, "\x00\ud83d").failures == 1
    assert error == "NUL \ufffd, half a pair \ufffd, 😀, ố"


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_mark_stands_for_one_text(one: str, other: str) -> None:
    assert (mark(one) == mark(other)) == (one == other)
    assert len(mark(one)) == 32
