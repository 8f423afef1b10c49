"""A report is claimed once, and what nobody knows of is not sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.model import DeliveryState
from syndicate.store import reports
from syndicate.store.reports import KEPT, LEASE, ReportCopy, ReportDetail, ReportState

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DETAIL = ReportDetail(copies=(ReportCopy(address="an@vd.example"),))


@pytest.fixture
def claim(database):
    def take(now, *, start):
        with database.write() as connection:
            return reports.claim(connection, "sources", start, DETAIL, now=now)

    return take


@pytest.fixture
def keep(database):
    def note(held, detail, state, now):
        with database.write() as connection:
            reports.keep(connection, held, detail, state, now=now)

    return note


def test_a_period_is_claimed_once(claim, now):
    first = claim(now, start=now)
    assert first.state is ReportState.CLAIMED
    assert first.detail == ReportDetail(copies=DETAIL.copies, attempts=1)
    assert claim(now + MINUTE, start=now) is None
    assert claim(now, start=now + DAY) is not None


def test_a_report_that_was_sent_is_never_claimed_again(claim, keep, now):
    keep(claim(now, start=now), DETAIL, ReportState.SENT, now)
    assert claim(now + 30 * DAY, start=now) is None


def test_a_report_that_failed_is_claimed_again_when_it_is_due(claim, keep, now):
    waiting = ReportDetail(copies=DETAIL.copies, attempts=1, due_at=now + 5 * MINUTE)
    keep(claim(now, start=now), waiting, ReportState.FAILED, now)
    assert claim(now + 4 * MINUTE, start=now) is None
    again = claim(now + 5 * MINUTE, start=now)
    assert (again.detail.attempts, again.detail.due_at) == (2, None)


def test_a_report_that_was_given_up_is_never_claimed_again(claim, keep, now):
    keep(claim(now, start=now), DETAIL, ReportState.FAILED, now)
    assert claim(now + 30 * DAY, start=now) is None


def test_a_copy_that_was_on_its_way_in_a_crash_is_uncertain(claim, keep, now):
    copies = (
        ReportCopy(address="a@vd.example", state=DeliveryState.SENDING),
        ReportCopy(address="b@vd.example"),
    )
    keep(claim(now, start=now), ReportDetail(copies=copies), ReportState.CLAIMED, now)
    assert claim(now + LEASE, start=now) is None
    again = claim(now + LEASE + MINUTE, start=now)
    assert [copy.state for copy in again.detail.copies] == [
        DeliveryState.UNCERTAIN,
        DeliveryState.PLANNED,
    ]


def test_the_report_before_is_found(database, claim, now):
    for days in (0, 7, 14):
        claim(now, start=now + days * DAY)
    with database.read() as connection:
        before = reports.latest(connection, "sources", before=now + 14 * DAY)
        last = reports.latest(connection, "sources")
        assert reports.latest(connection, "sources", before=now) is None
        assert reports.latest(connection, "other") is None
    assert before.start == now + 7 * DAY
    assert last.start == now + 14 * DAY


def test_what_was_sent_more_than_a_year_ago_is_forgotten(database, claim, now):
    claim(now - KEPT - DAY, start=now - KEPT - DAY)
    claim(now, start=now)
    with database.read() as connection:
        assert reports.find(connection, "sources", now - KEPT - DAY) is None
