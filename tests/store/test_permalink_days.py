"""The days on which stories are listed, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.store import entries, permalinks, stories
from syndicate.store.permalinks import Permalink


@pytest.fixture
def listed(database, tell, article, now):
    """Give stories a page on some days: ``listed("2026-11-22", "2026-11-22")``."""

    def keep(*days: str, **more):
        rows = []
        for number, day in enumerate(days, start=1):
            stored = tell(article("a", number), uid=f"u{number}")
            rows.append(
                Permalink(
                    uid=f"u{number}",
                    story_id=stored.story,
                    day=day,
                    changed_at=now + timedelta(minutes=number),
                    **more,
                )
            )
        with database.write() as connection:
            permalinks.save(connection, rows)
        return rows

    return keep


def ask(database, question, *more):
    with database.read() as connection:
        return question(connection, *more)


def test_a_day_lists_its_stories_with_the_source_that_leads(database, listed, now):
    listed("2026-11-22", "2026-11-21", "2026-11-22")
    assert ask(database, permalinks.listed_on, "2026-11-22") == [
        ("u1", now + timedelta(minutes=1), "a"),
        ("u3", now + timedelta(minutes=3), "a"),
    ]
    assert ask(database, permalinks.listed_on, "2026-11-20") == []


def test_who_leads_is_said_as_the_story_says_it(database, listed, tell, article, now):
    (row,) = listed("2026-11-22")
    other = tell(article("b", 7), story=row.story_id, keys=(("url", "b7"),))
    with database.write() as connection:
        stories.set_lead(connection, row.story_id, other.id)
    assert ask(database, permalinks.listed_on, "2026-11-22")[0][2] == "b"
    with database.write() as connection:
        entries.withdraw(connection, other.id, now)
    assert ask(database, permalinks.listed_on, "2026-11-22")[0][2] == "a"


def test_a_month_counts_its_days_and_no_others(database, listed):
    listed("2026-10-31", "2026-11-01", "2026-11-30", "2026-11-30", "2026-12-01")
    assert ask(database, permalinks.counts_of, "2026-11") == {
        "2026-11-01": 1,
        "2026-11-30": 2,
    }


def test_days_and_months_come_once_and_in_order(database, listed):
    listed("2026-11-30", "2025-02-28", "2026-11-30", "2026-11-01")
    assert ask(database, permalinks.days) == ["2025-02-28", "2026-11-01", "2026-11-30"]
    assert ask(database, permalinks.months) == ["2025-02", "2026-11"]


def test_what_is_gone_is_on_no_day(database, listed, now):
    listed("2026-11-22", gone_at=now)
    for question in (permalinks.days, permalinks.months):
        assert ask(database, question) == []
    assert ask(database, permalinks.listed_on, "2026-11-22") == []
    assert ask(database, permalinks.counts_of, "2026-11") == {}
