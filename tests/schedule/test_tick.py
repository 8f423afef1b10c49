"""A tick does what is due, and what goes wrong in one part stops no other."""

from __future__ import annotations

import asyncio
import logging
import shutil
import threading
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicate.categorise.rules import Rules
from syndicate.digest.post.pool import Pool, Route
from syndicate.errors import BadAnswer, MailError
from syndicate.model import (
    Approval,
    Cadence,
    DeliveryState,
    Digest,
    IssueState,
    Member,
    Reply,
    Scoring,
    Site,
    Source,
    SourceKind,
)
from syndicate.pipeline.filing import Filing
from syndicate.pipeline.jobs import Setup
from syndicate.pipeline.mailing.copies import Mailing
from syndicate.pipeline.mailing.drafting import approve
from syndicate.pipeline.mailing.restoring import told
from syndicate.pipeline.parsing import Here
from syndicate.pipeline.publishing import Publishing
from syndicate.pipeline.visiting import Gathering
from syndicate.ports import Response
from syndicate.schedule.clock import Clock
from syndicate.schedule.mailing import Mailroom, Post, compose_due
from syndicate.schedule.tick import UNTOUCHED, Desk, Keeping, Published, tick
from syndicate.store import Database, entries, issues, ledger
from syndicate.store.generations import Generation
from syndicate.templating import templates

WEDNESDAY = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)
MONDAY = datetime(2026, 10, 18, 23, 1, tzinfo=UTC)
RSS = """<rss version="2.0"><channel><title>T</title><link>https://tin.example/</link>
<description>T</description><item><title>Xã Tân Lộc khánh thành cầu mới</title>
<link>https://tin.example/1.html</link><guid>1</guid>
<pubDate>Wed, 14 Oct 2026 08:00:00 +0700</pubDate>
<description>Cầu dài 42 m, bắc qua rạch, do bà con góp công.</description></item>
</channel></rss>"""
TUAN = Digest(key="tuan", title="Tuần", audience=(Member(address="a@vd.example"),))


class Room:
    """The outside world of a desk: a web, a post office and a clock in one."""

    def __init__(self, database: Database, folder) -> None:
        self.database, self.folder = database, folder
        self.now = WEDNESDAY
        self.pages: dict[str, bytes | BaseException] = {}
        self.asked: list[str] = []
        self.replies: list[DeliveryState] = []
        self.sent: list[str] = []
        self.closed = 0
        self.stop = threading.Event()
        self.site = Site(
            title="Bàn",
            base_url="https://ban.example",
            id_authority="ban.example,2026",
        )

    async def fetch(self, request):
        self.asked.append(request.url)
        answer = self.pages.get(request.url)
        if answer is None:
            self.stop.set()  # a server that never answers; meanwhile we are told to end
            await asyncio.sleep(60)
        if isinstance(answer, BaseException):
            raise answer
        return Response(url=request.url, status=200, body=answer)

    @asynccontextmanager
    async def fetcher(self):
        yield self

    def send(self, message):
        self.sent.append(message.recipient)
        state = self.replies.pop(0) if self.replies else DeliveryState.ACCEPTED
        return Reply(state=state, detail="")

    def close(self):
        self.closed += 1

    def pool(self):
        route = Route(name="main", open=lambda: self, connections=1)
        return Pool([route], clock=lambda: self.now)

    def desk(self, *digests: Digest, **given) -> Desk:
        source = Source(
            key="tin", title="Tin", kind=SourceKind.FEED, url="https://tin.example/rss"
        )
        by_key = {"tin": source}
        filing = Filing(
            sources=by_key,
            rules=Rules((), Scoring()),
            backlog_after=timedelta(days=10),
        )
        made = templates(language="vi", zone="Asia/Ho_Chi_Minh")
        mailing = Mailing(
            database=self.database,
            site=self.site,
            sources=by_key,
            categories={},
            templates=lambda _digest: made,
            sender="ban@ban.example",
            bounce_domain="",
            secret="s" * 32,
            stopping=self.stop.is_set,
        )
        values = {
            "database": self.database,
            "sources": (source,),
            "digests": digests,
            "fetcher": self.fetcher,
            "gathering": lambda fetcher: Gathering(
                database=self.database,
                fetcher=fetcher,
                reader=Here(Setup()),
                desk=filing,
                recheck=timedelta(days=7),
                clock=lambda: self.now,
            ),
            "publishing": Publishing(
                database=self.database,
                site=self.site,
                sources=by_key,
                categories=(),
                feeds=(),
                templates=made,
                folder=self.folder / "feeds",
            ),
            "mailing": mailing if digests else None,
            "transport": lambda: self,
            "pool": self.pool,
            "clock": lambda: self.now,
            "stopping": self.stop.is_set,
        }
        return Desk(**values | given)

    def issue(self):
        with self.database.read() as connection:
            return issues.latest(connection, "tuan")

    def entries(self) -> int:
        with self.database.read() as connection:
            return entries.count(connection)


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
        made = Room(database, tmp_path)
        made.pages["https://tin.example/rss"] = RSS.encode()
        yield made


@pytest.fixture(autouse=True)
def listen(caplog):
    caplog.set_level(logging.INFO)


def test_a_tick_gathers_what_is_due_and_publishes_it(room, caplog):
    tick(room.desk(), Published())
    atom = (room.folder / "feeds" / "all.atom").read_text(encoding="utf-8")
    assert "https://tin.example/1.html" in atom
    assert "tin: 1 new" in caplog.text
    tick(room.desk(), Published())
    assert len(room.asked) == 1


def test_documents_are_left_alone_while_nothing_changes(room, caplog):
    desk, published = room.desk(), Published()
    tick(desk, published)
    atom = room.folder / "feeds" / "all.atom"
    atom.unlink()
    tick(desk, published)
    assert not atom.exists()
    room.now += UNTOUCHED
    tick(desk, published)
    assert atom.exists()


def test_documents_that_could_not_be_written_are_tried_at_the_next_tick(room):
    (room.folder / "feeds" / "all.atom").mkdir(parents=True)
    desk, published = room.desk(), Published()
    tick(desk, published)
    (room.folder / "feeds" / "all.atom").rmdir()
    tick(desk, published)
    assert (room.folder / "feeds" / "all.atom").is_file()


def test_a_source_that_fails_is_logged_and_the_rest_is_done(room, caplog):
    room.pages["https://tin.example/rss"] = BadAnswer(
        "https://tin.example/rss", 500, "500"
    )
    tick(room.desk(), Published())
    assert "https://tin.example/rss: 500" in caplog.text
    assert (room.folder / "feeds" / "all.atom").is_file()


def test_the_issue_of_a_whole_week_is_composed_and_sent_once(room, caplog):
    desk = room.desk(TUAN)
    tick(desk, Published())
    room.now = MONDAY
    for _ in range(3):
        tick(desk, Published())
    assert room.sent == ["a@vd.example"]
    (first, *_skipped) = room.issue()
    assert first.state is IssueState.SENT
    assert "tuan no. " in caplog.text
    assert room.closed == 1


def test_a_week_without_news_is_skipped_and_nothing_is_sent(room):
    room.now = MONDAY
    room.pages["https://tin.example/rss"] = RSS.encode().replace(b"2026", b"2019")
    tick(room.desk(TUAN), Published())
    assert room.issue()[0].state is IssueState.SKIPPED
    assert room.sent == []


def composed(room, digest=TUAN):
    """The desk on Monday morning, its issue of one story composed."""
    desk = room.desk(digest)
    tick(desk, Published())
    room.now = MONDAY
    return desk


def test_a_draft_is_sent_only_after_its_editor(room):
    careful = replace(TUAN, approval=Approval.EDITOR)
    desk = composed(room, careful)
    tick(desk, Published())
    assert room.sent == []
    approve(desk.mailing, careful, room.issue()[0], by="An", now=room.now)
    tick(desk, Published())
    assert room.sent == ["a@vd.example"]


def test_an_issue_that_is_two_days_late_does_not_go_out_by_itself(room):
    careful = replace(TUAN, approval=Approval.EDITOR)
    desk = composed(room, careful)
    tick(desk, Published())
    approve(desk.mailing, careful, room.issue()[0], by="An", now=room.now)
    room.now = MONDAY + timedelta(hours=49)
    tick(desk, Published())
    assert room.sent == []
    assert room.issue()[0].state is IssueState.APPROVED


def test_an_issue_that_was_begun_is_brought_to_its_end_after_an_outage(room):
    room.replies = [DeliveryState.DEFERRED]
    desk = composed(room)
    tick(desk, Published())
    assert room.issue()[0].state is IssueState.APPROVED
    room.now = MONDAY + timedelta(hours=40)
    tick(desk, Published())
    assert room.sent == ["a@vd.example"] * 2
    assert room.issue()[0].state is IssueState.SENT


def test_an_outage_that_is_longer_than_news_are_new_ends_an_issue_that_was_begun(room):
    room.replies = [DeliveryState.DEFERRED]
    desk = composed(room)
    tick(desk, Published())
    room.now = MONDAY + timedelta(hours=60)
    tick(desk, Published())
    assert room.sent == ["a@vd.example"]
    assert room.issue()[0].state is IssueState.SENT


def test_copies_of_a_digest_that_was_removed_are_told_of_and_given_up_in_time(room):
    """Nobody can draw them any more; the books must close all the same."""
    room.replies = [DeliveryState.DEFERRED]
    desk = composed(room)
    tick(desk, Published())
    room.now = MONDAY + timedelta(hours=1)
    without = replace(desk, digests=())
    tick(without, Published())
    assert room.sent == ["a@vd.example"]
    assert room.issue()[0].state is IssueState.APPROVED
    room.now = MONDAY + timedelta(hours=60)
    tick(without, Published())
    assert room.sent == ["a@vd.example"]
    assert room.issue()[0].state is IssueState.SENT


def test_an_issue_of_an_older_week_is_closed_when_the_next_one_comes(room):
    room.replies = [DeliveryState.DEFERRED]
    desk = composed(room)
    tick(desk, Published())
    room.now = MONDAY + timedelta(days=7)
    tick(desk, Published())
    states = [one.state for one in room.issue()][:2]
    assert states == [IssueState.SKIPPED, IssueState.SENT]
    assert room.sent == ["a@vd.example"]


def test_one_digest_in_trouble_does_not_stop_the_next(room, caplog):
    other = replace(TUAN, key="khac", title="Khác")

    troubles = [MailError("no relay"), RuntimeError("odd")]

    def pool():
        if troubles:
            raise troubles.pop(0)
        return room.pool()

    desk = room.desk(TUAN, other, replace(TUAN, key="ba"), pool=pool)
    tick(desk, Published())
    room.now = MONDAY
    tick(desk, Published())
    assert 'digest "tuan": no relay' in caplog.text
    assert 'digest "khac"' in caplog.text
    assert room.sent == ["a@vd.example"]


def slowly(room, count):
    """A desk with so many members, and a relay that waits for a word."""
    go_on = threading.Event()
    quick = room.send

    def send(message):
        assert go_on.wait(10)
        return quick(message)

    room.send = send
    people = tuple(Member(address=f"{number}@vd.example") for number in range(count))
    return composed(room, replace(TUAN, audience=people)), go_on


def post_of(desk):
    return Post(
        mailing=desk.mailing,
        digests=desk.digests,
        pool=desk.pool,
        clock=desk.clock,
        stopping=desk.stopping,
    )


def test_a_slow_relay_keeps_no_source_waiting(room):
    desk, go_on = slowly(room, 3)
    mailroom, post = Mailroom(), post_of(desk)
    compose_due(post)
    began = time.monotonic()
    mailroom.send(post, wait=0.2)
    assert time.monotonic() - began < 5
    assert mailroom.is_busy
    mailroom.send(post, wait=0.2)  # no second one beside it
    go_on.set()
    mailroom.join()
    assert not mailroom.is_busy
    assert sorted(room.sent) == [f"{number}@vd.example" for number in range(3)]
    assert room.issue()[0].state is IssueState.SENT


def test_a_desk_that_is_to_end_waits_for_copies_on_their_way_and_begins_no_more(room):
    desk, go_on = slowly(room, 5)
    mailroom, post = Mailroom(), post_of(desk)
    compose_due(post)
    mailroom.send(post, wait=0.2)
    room.stop.set()
    go_on.set()
    mailroom.join()
    assert not mailroom.is_busy
    assert len(room.sent) == 1
    with room.database.read() as connection:
        tally = ledger.tally(connection, room.issue()[0].id)
    assert tally[DeliveryState.ACCEPTED] == 1
    assert tally[DeliveryState.PLANNED] == 4


def test_an_issue_that_takes_long_lets_the_next_one_have_its_turn(room):
    quick = room.send

    def send(message):
        room.now += timedelta(minutes=4)
        return quick(message)

    room.send = send
    people = tuple(Member(address=f"{number}@vd.example") for number in range(9))
    first = replace(TUAN, audience=people)
    second = replace(TUAN, key="khac", title="Khác")
    desk = room.desk(first, second)
    tick(desk, Published())
    room.now = MONDAY
    tick(desk, Published())
    assert len(room.sent) == 4
    assert room.sent[-1] == "a@vd.example"
    for _ in range(3):
        tick(desk, Published())
    assert len(room.sent) == 10
    assert room.issue()[0].state is IssueState.SENT


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=2)])
def test_a_clock_that_is_set_back_sends_no_issue_twice(room, back):
    desk = composed(room)
    tick(desk, Published())
    room.now = MONDAY - back
    tick(desk, Published())
    room.now = MONDAY + timedelta(minutes=1)
    tick(desk, Published())
    assert room.sent == ["a@vd.example"]
    sent = [one for one in room.issue() if one.state is IssueState.SENT]
    assert len(sent) == 1


def test_many_ticks_that_were_missed_make_one_issue_of_the_last_window(room):
    desk = composed(room)
    room.now = MONDAY + timedelta(days=21, hours=5)
    for _ in range(3):
        tick(desk, Published())
    starts = [one.issue.start for one in room.issue()]
    assert len(starts) == len(set(starts))
    assert len(room.sent) <= 1


def test_each_cadence_that_members_may_choose_has_issues_of_its_own(room):
    daily = replace(TUAN, offers=(Cadence.DAILY,))
    desk = room.desk(daily)
    tick(desk, Published())
    room.now = WEDNESDAY + timedelta(days=1)
    tick(desk, Published())
    with room.database.read() as connection:
        found = issues.latest(connection, "tuan-daily")
    assert [one.state for one in found][:1] == [IssueState.SENT]
    assert room.sent == []  # the one member has the weekly


def test_a_restored_store_sends_nothing_and_says_so(room, caplog):
    desk = composed(room)
    counter = room.folder / "desk.db.claims"
    counter.write_bytes(told(Generation(number=7, at=MONDAY - timedelta(days=1))))
    mailing = replace(desk.mailing, generation_file=counter)
    tick(replace(desk, mailing=mailing), Published())
    assert room.sent == []
    assert "restored from a backup" in caplog.text


def test_a_part_that_breaks_is_logged_and_the_next_one_is_done(room, caplog):
    desk = room.desk(fetcher=lambda: 1 / 0)
    tick(desk, Published())
    assert "gather_due" in caplog.text
    assert (room.folder / "feeds" / "all.atom").is_file()


def test_a_folder_that_cannot_be_written_is_logged(room, caplog):
    (room.folder / "feeds").write_text("a file")
    tick(room.desk(), Published())
    assert "publish_due" in caplog.text
    assert room.entries() == 1


def test_a_document_that_cannot_be_written_is_logged(room, caplog):
    (room.folder / "feeds" / "all.atom").mkdir(parents=True)
    tick(room.desk(), Published())
    assert "all.atom: " in caplog.text


def test_a_desk_that_is_to_end_does_not_wait_for_a_slow_server(room):
    del room.pages["https://tin.example/rss"]
    began = time.monotonic()
    tick(room.desk(), Published())
    assert time.monotonic() - began < 5
    assert not (room.folder / "feeds").exists()


def test_a_clock_ticks_again_and_never_twice_at_once():
    ticks: list[str] = []
    twice = threading.Event()

    def slow() -> None:
        ticks.append("in")
        time.sleep(0.05)
        ticks.append("out")
        if len(ticks) >= 4:
            twice.set()

    clock = Clock(slow, seconds=0.02, start_at=datetime.now(UTC))
    clock.start()
    assert twice.wait(5)
    clock.stop()
    assert ticks[::2] == ["in"] * (len(ticks) // 2)
    assert ticks[1::2] == ["out"] * (len(ticks) // 2)
    count = len(ticks)
    time.sleep(0.1)
    assert len(ticks) == count


def test_a_tick_that_was_missed_is_made_up_for():
    """APScheduler's default would drop what is more than a second late."""
    done = threading.Event()
    late = datetime.now(UTC) - timedelta(minutes=5)
    clock = Clock(done.set, seconds=3600, start_at=late)
    clock.start()
    try:
        assert done.wait(5)
    finally:
        clock.stop()


def test_what_is_older_than_retention_is_removed_once_a_day(room):
    filing = room.desk().gathering(room).desk
    keeping = Keeping(retention=timedelta(days=60), desk=filing)
    room.pages["https://tin.example/rss"] = RSS.encode()
    last = Published()
    tick(room.desk(keeping=keeping), last)
    with room.database.read() as connection:
        assert entries.count(connection) == 1
    room.now += timedelta(hours=23)
    tick(room.desk(keeping=keeping), last)
    assert last.purged_at == WEDNESDAY
    room.now = WEDNESDAY + timedelta(days=61)
    room.pages["https://tin.example/rss"] = RSS.encode().replace(b"1.html", b"2.html")
    tick(room.desk(keeping=keeping), last)
    assert last.purged_at == room.now
    with room.database.read() as connection:
        assert entries.by_url(connection, "https://tin.example/1.html") is None


def test_without_retention_nothing_is_ever_removed(room):
    filing = room.desk().gathering(room).desk
    keeping = Keeping(retention=timedelta(0), desk=filing)
    room.pages["https://tin.example/rss"] = RSS.encode()
    tick(room.desk(keeping=keeping), Published())
    room.now = WEDNESDAY + timedelta(days=4_000)
    tick(room.desk(keeping=keeping), Published())
    with room.database.read() as connection:
        assert entries.count(connection) == 1
