"""What was purged stays away, and what changes for ever is let change seldom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.dedupe.memory import changes_today, stays_away

PURGED = datetime(2026, 10, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("kind", ["content", "text", "title-date"])
@pytest.mark.parametrize("published", [None, PURGED - HOUR, PURGED + HOUR])
def test_what_says_the_same_as_something_purged_stays_away(kind, published):
    assert stays_away(published, {"guid": PURGED, kind: PURGED}) == kind


@pytest.mark.parametrize("kind", ["guid", "address"])
def test_at_the_place_of_something_purged_there_may_be_something_new(kind):
    assert stays_away(PURGED - HOUR, {kind: PURGED}) == kind
    assert stays_away(None, {kind: PURGED}) == kind
    assert stays_away(PURGED + HOUR, {kind: PURGED}) == ""


def test_without_a_stone_nothing_stays_away():
    assert stays_away(None, {}) == ""


def test_changes_are_counted_by_the_day():
    noon = datetime(2026, 10, 1, 12, tzinfo=UTC)
    assert changes_today(7, noon, noon + 11 * HOUR) == 7
    assert changes_today(7, noon, noon + 12 * HOUR) == 0
