"""Alarms: what must not wait for the weekly report, each told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from sqlalchemy import update

from syndicate.model import (
    Approval,
    DeliveryState,
    IssueState,
    Member,
    RelayRecord,
    Silence,
)
from syndicate.pipeline.mailing.alarms import (
    AGAIN,
    YOUNG,
    raise_due,
    raise_refused,
    raise_stopped,
)
from syndicate.pipeline.mailing.composing import compose_issue
from syndicate.pipeline.mailing.consulting import Consulting
from syndicate.pipeline.mailing.deskpost import RETRY, DeskPost
from syndicate.pipeline.mailing.drafting import approve, hold, skip
from syndicate.pipeline.mailing.planning import plan
from syndicate.store import issues, relays
from syndicate.store.reports import ReportState
from syndicate.store.schema import deliveries
from syndicate.store.schema import issues as rows
from syndicate.templating import templates

ZONE = "Asia/Ho_Chi_Minh"
HOUR = timedelta(hours=1)


class Watch:
    """A desk that is told what goes wrong with one issue."""

    def __init__(self, desk: Any, digest: Any, clock: Any, post: Any) -> None:
        self.desk, self.clock, self.post = desk, clock, post
        self.digest = replace(
            digest,
            approval=Approval.EDITOR,
            on_silence=Silence.HOLD,
            audience=tuple(Member(address=f"m{n}@vd.example") for n in range(40)),
        )
        self.mailing = desk.mailing()
        self.readers: tuple[Member, ...] = (Member(address="lan@vd.example"),)
        self.stored, _ = compose_issue(self.mailing, self.digest, clock.now)

    def consulting(self) -> Consulting:
        return Consulting(
            mailing=self.mailing,
            post=DeskPost(
                database=self.desk.database,
                site=self.desk.site,
                readers=self.readers,
                sender="Bàn tin <ban@ban-tin.example>",
                language="en",
                zone=ZONE,
                templates=lambda: templates(language="en", zone=ZONE),
            ),
            transport=lambda: self.post,
            clock=self.clock,
        )

    def look(self) -> list[str]:
        """Raise what is due; gives the subjects of the mails that left."""
        before = len(self.post.sent)
        raise_due(self.consulting(), [self.digest])
        return [self.read(mail)["Subject"] for mail in self.post.sent[before:]]

    @staticmethod
    def read(mail: Any) -> Any:
        return message_from_bytes(mail.content, policy=policy.default)

    def text(self) -> str:
        mail = self.read(self.post.sent[-1])
        return " ".join(mail.get_body(("plain",)).get_content().split())

    def kept(self) -> Any:
        return self.desk.ask(lambda c: issues.get(c, self.stored.id))

    def write(self, work: Any) -> None:
        with self.desk.database.write() as connection:
            work(connection)

    def sent(self, **counts: int) -> None:
        """Have the issue planned, and its copies come to these states."""
        now = self.clock.now
        approve(self.mailing, self.digest, self.kept(), by="Lan", now=now)
        plan(self.mailing, self.digest, self.kept(), now)
        first = 0
        for state, count in counts.items():
            some = deliveries.c.id.between(first + 1, first + count)
            self.write(
                lambda c, some=some, state=state: c.execute(
                    update(deliveries).where(some).values(state=state)
                )
            )
            first += count


@pytest.fixture
def watch(desk, digest, clock, monday, post) -> Watch:
    desk.with_news(1, 2, 3)
    clock.now = monday
    return Watch(desk, digest, clock, post())


def test_where_all_is_well_nobody_is_told_anything(watch):
    assert watch.look() == []
    watch.sent(accepted=40)
    assert watch.look() == []


# ── Held and skipped ──


def test_an_issue_that_is_held_is_told_once_with_the_reason(watch):
    hold(watch.mailing, watch.stored, by="Lan", why="chờ số", now=watch.clock.now)
    assert watch.look() == ["[Bàn tin] Bản tin tuần no. 1 is kept back"]
    assert "Kept back by Lan: chờ số" in watch.text()
    assert "`syndicate digest approve tuan 1`" in watch.text()
    watch.clock.advance(days=2)
    assert watch.look() == []


def test_an_issue_that_is_held_again_for_another_reason_is_told_again(watch):
    for why in ("chờ số", "chờ ảnh"):
        hold(watch.mailing, watch.kept(), by="Lan", why=why, now=watch.clock.now)
        assert len(watch.look()) == 1


def test_an_issue_that_is_skipped_is_told_once(watch):
    skip(watch.mailing, watch.stored, by="Lan", why="trùng", now=watch.clock.now)
    assert watch.look() == ["[Bàn tin] Bản tin tuần no. 1 was not sent"]
    assert watch.look() == []


def test_a_week_with_too_few_stories_is_told(watch):
    quiet = replace(watch.digest, key="vang", min_stories=9)
    compose_issue(watch.mailing, quiet, watch.clock.now)
    watch.digest = quiet
    assert watch.look() == ["[Bàn tin] Bản tin tuần no. 1 was not sent"]


def test_what_a_version_before_this_one_skipped_is_no_news(watch):
    skip(watch.mailing, watch.stored, by="Lan", why="", now=watch.clock.now)
    watch.write(lambda c: c.execute(update(rows).values(decided_by=None)))
    assert watch.look() == []


def test_what_was_skipped_long_ago_is_no_news(watch):
    skip(watch.mailing, watch.stored, by="Lan", why="", now=watch.clock.now)
    watch.clock.now += YOUNG
    assert watch.look() == []


# ── A send that stops ──


def test_why_nothing_is_sent_is_told_once_for_each_reason(watch):
    work = watch.consulting()
    for why in ("it no longer renders", "it no longer renders", "copy 3 is wrong"):
        raise_stopped(work, watch.digest, watch.stored, why)
    raise_stopped(work, watch.digest, watch.stored, "copy 17 is wrong")
    assert len(watch.post.sent) == 2
    first = watch.read(watch.post.sent[0])
    assert first["Subject"] == "[Bàn tin] Bản tin tuần no. 1 is not being sent"
    assert "it no longer renders" in first.get_body(("plain",)).get_content()


def test_a_domain_that_refuses_us_is_told_once_for_each_issue(watch):
    work = watch.consulting()
    for domain in ("a.example", "a.example", "b.example"):
        raise_refused(work, watch.digest, watch.stored, domain, "550 5.7.1 spam")
    assert len(watch.post.sent) == 2
    assert "b.example refuses what we send, or who we are: 550 5.7.1" in watch.text()


# ── Many refusals ──


def test_too_many_refusals_are_told_once(watch):
    watch.sent(accepted=37, refused=3)
    assert watch.look() == ["[Bàn tin] Many copies of Bản tin tuần no. 1 were refused"]
    assert "3 of 40 copies were refused (8 %)" in watch.text()
    assert watch.look() == []


@pytest.mark.parametrize("counts", [{"refused": 2}, {"accepted": 40}])
def test_a_few_refusals_are_nothing_unusual(watch, counts):
    watch.sent(**counts)
    assert watch.look() == []


# ── Relays ──


def shut(watch: Watch, *, relay: str = "chinh", domain: str = "", after: Any) -> None:
    record = RelayRecord(
        relay=relay,
        domain=domain,
        failures=5,
        open_until=watch.clock.now + after,
        detail="421 try later",
    )
    watch.write(lambda c: relays.keep(c, [record]))


def test_a_relay_that_is_shut_is_told_at_once_and_then_once_a_day(watch):
    shut(watch, after=HOUR)
    assert watch.look() == ["[Bàn tin] Mail does not leave: chinh"]
    assert "421 try later" in watch.text()
    watch.clock.advance(minutes=30)
    assert watch.look() == []
    watch.clock.now += AGAIN
    shut(watch, after=HOUR)
    assert len(watch.look()) == 1


def test_a_domain_that_lets_us_wait_a_little_is_nothing_unusual(watch):
    shut(watch, domain="vd.example", after=timedelta(minutes=5))
    assert watch.look() == []
    shut(watch, domain="vd.example", after=2 * HOUR)
    assert watch.look() == ["[Bàn tin] Mail does not leave: chinh → vd.example"]


def test_a_relay_that_opened_again_is_no_alarm(watch):
    shut(watch, after=HOUR)
    watch.clock.advance(hours=2)
    assert watch.look() == []


def test_an_alarm_that_could_not_leave_is_tried_again(watch):
    watch.post.replies = [DeliveryState.DEFERRED]
    shut(watch, after=12 * HOUR)
    assert len(watch.look()) == 1
    assert watch.look() == []
    watch.clock.now += RETRY[0]
    assert len(watch.look()) == 1
    watch.clock.now += RETRY[1]
    assert watch.look() == []


# ── A restored backup ──


def test_a_restored_backup_is_told_once_and_in_place_of_what_it_stops(watch, tmp_path):
    beside = tmp_path / "sending"
    beside.write_text(f"{7:020d} {watch.clock.now.isoformat()}\n")
    watch.mailing = watch.desk.mailing(generation_file=beside)
    raise_stopped(watch.consulting(), watch.digest, watch.stored, "restored")
    assert watch.post.sent == []
    assert watch.look() == ["[Bàn tin] A restored backup holds all mail"]
    assert "does not know of 7 copies" in watch.text()
    assert watch.look() == []


def test_where_nobody_reads_reports_no_alarm_is_claimed(watch):
    hold(watch.mailing, watch.stored, by="Lan", why="", now=watch.clock.now)
    watch.readers = ()
    assert raise_due(watch.consulting(), [watch.digest]) == []
    watch.readers = (Member(address="lan@vd.example"),)
    (held,) = raise_due(watch.consulting(), [watch.digest])
    assert held.state is ReportState.SENT


def test_hostile_words_cannot_break_an_alarm(watch):
    site = replace(watch.desk.site, title="Bàn {{ tin }}\r\nBcc: x@vd.example")
    watch.desk.site = site
    why = "550 <script>x</script>\r\nSubject: no\u202e {% if %} " + "dài " * 400
    held = raise_stopped(watch.consulting(), watch.digest, watch.stored, why)
    assert held.state is ReportState.SENT
    mail = watch.read(watch.post.sent[-1])
    assert mail["Bcc"] is None
    assert "<script>" not in mail.get_body(("html",)).get_content()


def test_the_state_of_an_issue_is_not_changed_by_its_alarm(watch):
    hold(watch.mailing, watch.stored, by="Lan", why="", now=watch.clock.now)
    watch.look()
    assert watch.kept().state is IssueState.HELD
