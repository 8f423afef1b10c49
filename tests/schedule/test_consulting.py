"""The clock asks the editors, hears their silence, and raises alarms."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicate.digest.post.pool import Pool, Route
from syndicate.model import (
    Approval,
    Cadence,
    DeliveryState,
    Digest,
    Issue,
    IssueItem,
    IssueSection,
    IssueState,
    Member,
    Reply,
    Silence,
    Site,
)
from syndicate.pipeline.mailing.consulting import Consulting
from syndicate.pipeline.mailing.copies import Mailing
from syndicate.pipeline.mailing.deskpost import DeskPost
from syndicate.pipeline.mailing.drafting import approve
from syndicate.schedule import tick
from syndicate.schedule.consulting import Newsroom, alarm_due, ask_due
from syndicate.store import Database, issues
from syndicate.templating import templates

MONDAY = datetime(2026, 10, 18, 23, 0, tzinfo=UTC)
"""Six in the morning in Hà Nội: the window of the issue ends."""
ZONE = "Asia/Ho_Chi_Minh"
HOUR = timedelta(hours=1)
SITE = Site(title="Bàn", base_url="https://b.example", id_authority="b.example,2026")
TUAN = Digest(
    key="tuan",
    title="Bản tin tuần",
    approval=Approval.EDITOR,
    review=12 * HOUR,
    on_silence=Silence.SEND,
    audience=(Member(address="a@vd.example"), Member(address="b@vd.example")),
)


class Room:
    """A desk with a draft, one editor, a post office and a clock."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = MONDAY
        self.digest = TUAN
        self.state = DeliveryState.ACCEPTED
        self.sent: list[str] = []
        self.broken = False
        self.postal = ""
        self.own_templates: tuple[Path, ...] = ()
        self.published = tick.Published()
        self.make_draft()

    def make_draft(self, key: str = "tuan") -> None:
        item = IssueItem(
            story=1,
            uid="s1",
            title="Xã Tân Lộc khánh thành cầu mới",
            url="https://tin.example/1.html",
            summary="Cầu dài 42 m.",
            source="Tin",
            language="vi",
            published=None,
            rank=1,
            section="Tin",
        )
        issue = Issue(
            digest=key,
            number=1,
            start=MONDAY - timedelta(days=7),
            end=MONDAY,
            sections=(IssueSection(title="Tin", items=(item,)),),
        )
        with self.database.write() as connection:
            issues.create(
                connection,
                issue,
                state=IssueState.DRAFT,
                sha256="",
                now=self.now,
                deadline_at=self.now + self.digest.review,
            )

    def send(self, message):
        self.sent.append(message.recipient)
        return Reply(state=self.state, detail="busy")

    def close(self):
        """Nothing is held."""

    def templates(self, *_words):
        made = templates(language="vi", zone=ZONE)
        if self.broken:
            raise RuntimeError("a fault of ours")
        return made

    def mailing(self) -> Mailing:
        return Mailing(
            database=self.database,
            site=SITE,
            sources={},
            categories={},
            templates=lambda _digest: templates(
                self.own_templates, language="vi", zone=ZONE
            ),
            sender="ban@b.example",
            bounce_domain="",
            postal_address=self.postal,
            secret="s" * 32,
        )

    def newsroom(self) -> Newsroom:
        work = Consulting(
            mailing=self.mailing(),
            post=DeskPost(
                database=self.database,
                site=SITE,
                readers=(Member(address="lan@b.example"),),
                sender="ban@b.example",
                language="vi",
                zone=ZONE,
                templates=self.templates,
            ),
            transport=lambda: self,
            clock=lambda: self.now,
        )
        return Newsroom(work=work, digests=[self.digest])

    def tick(self) -> list[str]:
        """Have the clock mail what is due; gives who got something."""
        route = Route(name="main", open=lambda: self, connections=1)
        desk = tick.Desk(
            database=self.database,
            sources=(),
            digests=(self.digest,),
            fetcher=None,
            gathering=None,
            publishing=None,
            mailing=self.mailing(),
            transport=lambda: self,
            pool=lambda: Pool([route], clock=lambda: self.now),
            clock=lambda: self.now,
            stopping=lambda: False,
            consulting=self.newsroom().work,
        )
        before = len(self.sent)
        tick.mail_due(desk, self.published.mailroom)
        self.published.mailroom.join()
        return self.sent[before:]

    def kept(self):
        with self.database.read() as connection:
            return issues.get(connection, 1)


@pytest.fixture(scope="session")
def blank(tmp_path_factory) -> Path:
    """An empty store, made once: its schema costs more than most tests."""
    path = tmp_path_factory.mktemp("blank") / "desk.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def room(tmp_path, blank):
    shutil.copy(blank, tmp_path / "desk.db")
    with Database.open(f"sqlite:///{tmp_path}/desk.db") as database:
        yield Room(database)


def test_the_clock_tells_of_a_draft_and_sends_it_on_silence(room):
    assert room.tick() == ["lan@b.example"]
    assert room.tick() == []
    room.now += 13 * HOUR
    assert sorted(room.tick()) == ["a@vd.example", "b@vd.example"]
    assert room.kept().state is IssueState.SENT
    assert room.tick() == []


def test_what_an_editor_approves_goes_out_at_the_next_tick(room):
    room.tick()
    approve(room.mailing(), TUAN, room.kept(), by="Lan", now=room.now)
    assert sorted(room.tick()) == ["a@vd.example", "b@vd.example"]


def test_what_no_longer_renders_as_approved_is_not_sent_and_told_once(room):
    room.tick()
    approve(room.mailing(), TUAN, room.kept(), by="Lan", now=room.now)
    room.postal = "1 Lê Lợi"
    assert room.tick() == ["lan@b.example"]
    assert room.tick() == []
    assert room.kept().state is IssueState.APPROVED
    approve(room.mailing(), TUAN, room.kept(), by="Lan", now=room.now)
    assert sorted(room.tick()) == ["a@vd.example", "b@vd.example"]


def test_a_template_that_breaks_after_approval_stops_the_send_and_is_told_once(
    room, tmp_path
):
    room.tick()
    approve(room.mailing(), TUAN, room.kept(), by="Lan", now=room.now)
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "issue.html").write_text("{% if %}", "utf-8")
    room.own_templates = (tmp_path,)
    assert room.tick() == ["lan@b.example"]
    assert room.tick() == []
    assert room.kept().state is IssueState.APPROVED


def test_an_issue_that_is_held_on_silence_is_an_alarm(room):
    room.digest = replace(TUAN, on_silence=Silence.HOLD)
    room.tick()
    room.now += 13 * HOUR
    assert room.tick() == ["lan@b.example"]
    assert room.kept().state is IssueState.HELD
    assert room.tick() == []


def test_a_draft_of_an_edition_is_told_of_too(room):
    room.digest = replace(TUAN, offers=(Cadence.DAILY,))
    room.make_draft("tuan-daily")
    ask_due(room.newsroom())
    assert room.sent == ["lan@b.example"] * 2


def test_a_mail_that_cannot_be_drawn_stops_neither_silence_nor_the_others(room, caplog):
    room.digest = replace(TUAN, on_silence=Silence.HOLD)
    room.broken = True
    room.now += 13 * HOUR
    with caplog.at_level(logging.INFO):
        ask_due(room.newsroom())
        alarm_due(room.newsroom())
    assert "draft: the mail to the desk: RuntimeError" in caplog.text
    assert room.kept().state is IssueState.HELD
    assert room.sent == []
    room.broken = False
    room.now += HOUR
    alarm_due(room.newsroom())
    assert room.sent == ["lan@b.example"]


def test_a_relay_that_refuses_is_logged(room, caplog):
    room.state = DeliveryState.DEFERRED
    with caplog.at_level(logging.INFO):
        ask_due(room.newsroom())
    assert "draft: lan@b.example deferred: busy" in caplog.text
