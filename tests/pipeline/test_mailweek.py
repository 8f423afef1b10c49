"""The week's mail in the report: every copy accounted for, reasons in numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from syndicate.digest.choosing.windows import window
from syndicate.model import (
    Approval,
    Bounce,
    BounceKind,
    DeliveryState,
    Member,
    Site,
    SourceState,
    Visit,
)
from syndicate.pipeline.mailing.alarms import Alarm, raise_alarm
from syndicate.pipeline.mailing.composing import compose_issue
from syndicate.pipeline.mailing.consulting import Consulting
from syndicate.pipeline.mailing.drafting import hold, skip
from syndicate.pipeline.mailing.planning import plan
from syndicate.pipeline.membership.leaving import end
from syndicate.pipeline.reporting import Reporting, preview, report_due
from syndicate.pipeline.telling import Told
from syndicate.store import bounces, mailweek, sources, subscriptions
from syndicate.store.schema import deliveries
from syndicate.templating import templates

ZONE = "Asia/Ho_Chi_Minh"
DAY = timedelta(days=1)


@pytest.fixture
def reporting(desk, digest, clock, monday):
    """A desk with an issue of ten copies, an hour after it was composed."""
    desk.with_news(1, 2, 3)
    clock.now = monday
    ten = tuple(Member(address=f"m{n}@vd.example") for n in range(10))
    desk.digest = replace(digest, audience=ten)
    desk.stored, _ = compose_issue(desk.mailing(), desk.digest, clock.now)

    def work(**given):
        values = {
            "database": desk.database,
            "site": Site(title="Bàn tin", base_url="https://b.example"),
            "sources": list(desk.sources.values()),
            "digests": [desk.digest],
            "readers": (Member(address="lan@vd.example"),),
            "sender": "ban@b.example",
            "weekday": 0,
            "hour": 7,
            "minute": 0,
            "language": "en",
            "zone": ZONE,
            "templates": lambda: templates(language="en", zone=ZONE),
        }
        return Reporting(**values | given)

    return work


def planned(desk, clock) -> None:
    plan(desk.mailing(), desk.digest, desk.stored, clock.now)


def become(desk, first: int, last: int, state: str, **given: str) -> None:
    with desk.database.write() as connection:
        some = deliveries.c.id.between(first, last)
        values = {"state": state} | given
        connection.execute(update(deliveries).where(some).values(values))


def words(reporting, clock) -> str:
    clock.advance(hours=1)
    return " ".join(preview(reporting(), clock.now).text.split())


def test_the_equation_of_the_ledger_and_the_reasons_are_told(desk, reporting, clock):
    planned(desk, clock)
    become(desk, 1, 6, "accepted")
    become(desk, 7, 8, "refused", status="5.1.1", detail="no m6@vd.example here")
    become(desk, 9, 9, "cancelled", detail="unsubscribed")
    become(desk, 10, 10, "uncertain", detail="the line broke")
    said = words(reporting, clock)
    assert (
        "Bản tin tuần no. 1: 10 planned = 6 accepted + 2 refused + 1 cancelled + 1"
        " uncertain" in said
    )
    assert "refused: 5.1.1 ×2" in said
    assert "cancelled: unsubscribed ×1" in said
    assert "uncertain: the line broke ×1" in said
    assert "syndicate digest who tuan 1" in said


def test_nobody_is_named_in_the_numbers(desk, reporting, clock):
    """A reply without a status code can hold anything, an address too."""
    planned(desk, clock)
    become(desk, 1, 2, "refused", detail="<m1@vd.example> is not here")
    said = words(reporting, clock)
    assert "m1@vd.example" not in said
    assert "refused: no reason given ×2" in said


def test_what_is_still_to_send_is_a_part_of_the_sum(desk, reporting, clock):
    planned(desk, clock)
    become(desk, 1, 4, "accepted")
    become(desk, 5, 6, "deferred", status="4.2.1")
    said = words(reporting, clock)
    assert "10 planned = 4 accepted + 0 refused + 0 cancelled + 0 uncertain" in said
    assert "+ 6 still to send" in said


def test_where_all_have_got_it_there_is_nothing_to_look_up(desk, reporting, clock):
    planned(desk, clock)
    become(desk, 1, 10, "accepted")
    assert "digest who" not in words(reporting, clock)


def test_issues_that_did_not_go_out_say_why(desk, reporting, clock):
    hold(desk.mailing(), desk.stored, by="Lan", why="chờ số liệu", now=clock.now)
    assert "Bản tin tuần no. 1: kept back: chờ số liệu" in words(reporting, clock)
    skip(desk.mailing(), desk.stored, by="Lan", why="trùng", now=clock.now)
    assert "Bản tin tuần no. 1: not sent: trùng" in words(reporting, clock)


def test_a_draft_and_an_issue_that_was_not_begun_are_told(desk, reporting, clock):
    assert "no. 1: not begun yet" in words(reporting, clock)
    draft = replace(desk.digest, key="nhap", approval=Approval.EDITOR)
    compose_issue(desk.mailing(), draft, clock.now)
    assert "no. 1: a draft: it waits for an editor" in words(reporting, clock)


def test_members_who_joined_and_left_are_counted(desk, reporting, clock):
    planned(desk, clock)
    with desk.database.write() as connection:
        held = subscriptions.get(connection, 1)
        end(connection, held, clock.now, "link in a mail")
        end(connection, held, clock.now, "link in a mail")
    assert "Subscriptions: 10 new, 1 left, 9 active." in words(reporting, clock)


def test_what_came_back_is_counted_by_kind(desk, reporting, clock):
    with desk.database.write() as connection:
        for number, kind in enumerate((BounceKind.DSN, BounceKind.DSN, BounceKind.ARF)):
            bounces.add(connection, Bounce(kind=kind, at=clock.now), str(number))
    said = words(reporting, clock)
    assert "Came back: copies that came back: 2, complaints: 1." in said, said


def test_the_alarms_of_the_week_are_listed(desk, reporting, clock, post):
    work = Consulting(
        mailing=desk.mailing(),
        post=reporting().post,
        transport=post,
        clock=clock,
    )
    alarm = Alarm(
        kind="alarm-x",
        start=clock.now,
        title="Mail does not leave",
        told=Told(what="x"),
    )
    raise_alarm(work, alarm)
    assert "Alarms: * Mail does not leave" in words(reporting, clock)


def test_a_desk_without_digests_has_no_mail_to_tell_of(desk, reporting, clock):
    text = preview(reporting(digests=()), clock.now).text
    assert "WEEK’S MAIL" not in text


def test_a_week_without_an_issue_says_so(desk, reporting, clock):
    clock.advance(days=15)
    assert "No issue was due." in words(reporting, clock)


def test_the_mail_of_a_window_is_in_one_report_only(desk, clock, reporting):
    """An issue composed at the end of one week is sent in the next: told in both,
    by the moments that fall in each, and in no third."""
    start, end = window(desk.digest, clock.now)
    with desk.database.read() as connection:
        of = mailweek.week
        assert len(of(connection, end, end + 7 * DAY).issues) == 1
        assert of(connection, end + 7 * DAY, end + 14 * DAY).issues == ()
        assert of(connection, start, end).issues == ()


def test_the_report_with_the_week_of_mail_leaves_and_passes_the_checks(
    desk, reporting, clock, post
):
    planned(desk, clock)
    become(desk, 1, 3, "refused", status="5.7.1")
    with desk.database.write() as connection:
        at = clock.now - DAY
        sources.save(connection, SourceState(source="tin", visited_at=at))
        sources.record(connection, Visit(source="tin", at=at))
    clock.advance(hours=1)
    sent = report_due(reporting(), post, clock=clock)
    assert [copy.state for copy in sent.detail.copies] == [DeliveryState.ACCEPTED]
