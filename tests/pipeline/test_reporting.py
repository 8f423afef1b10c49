"""The weekly report: once a period, short when all is well, lint-clean always."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from sqlalchemy import insert

from syndicate.digest.linting.lint import lint
from syndicate.digest.writing.notice import Notice, faults, notice
from syndicate.errors import MailError, SyndicateError
from syndicate.gather.findings import Finding, FindingCode, Health, Severity
from syndicate.model import (
    Asked,
    Category,
    DeliveryState,
    Label,
    Member,
    Move,
    Site,
    Source,
    SourceKind,
    SourceMemory,
    SourceState,
    SourceStatus,
    Visit,
)
from syndicate.pipeline.health import Healths
from syndicate.pipeline.mailing.deskpost import RETRY, TRIES
from syndicate.pipeline.report import Facts, compose, draw, marks
from syndicate.pipeline.reporting import (
    ASKED,
    WEEKLY,
    Reporting,
    preview,
    report_due,
    report_now,
    span,
)
from syndicate.store import reports, reviews, schema, sources, stories
from syndicate.store.facts import Gathered
from syndicate.store.reports import LEASE, ReportState
from syndicate.store.traffic import HostTraffic
from syndicate.templating import templates

MONDAY = datetime(2026, 10, 19, 0, 0, tzinfo=UTC)
"""Seven in the morning in Hà Nội: the week of the report ends."""
WEDNESDAY = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZONE = "Asia/Ho_Chi_Minh"
SITE = Site(
    title="Bàn tin",
    base_url="https://ban-tin.example",
    id_authority="ban-tin.example,2026",
)
ACCEPTED, DEFERRED = DeliveryState.ACCEPTED, DeliveryState.DEFERRED


def source(key: str, **given: Any) -> Source:
    given.setdefault("url", f"https://{key}.example/rss")
    given.setdefault("title", f"Nguồn {key}")
    return Source(key=key, kind=SourceKind.FEED, **given)


class Room:
    """A desk with two sources and two readers, a clock and a post office."""

    def __init__(self, database: Any, post: Any) -> None:
        self.database, self.post = database, post
        self.now = WEDNESDAY
        self.closed = 0
        self.sources = [source("tin"), source("bao")]
        self.remember("tin")
        self.remember("bao")

    def work(self, **given: Any) -> Reporting:
        values = {
            "database": self.database,
            "site": SITE,
            "sources": self.sources,
            "readers": (
                Member(address="an@vd.example", name="Ấn"),
                Member(address="ba@vd.example"),
            ),
            "sender": "Bàn tin <ban@ban-tin.example>",
            "weekday": 0,
            "hour": 7,
            "minute": 0,
            "language": "en",
            "zone": ZONE,
            "templates": lambda: templates(language="en", zone=ZONE),
        }
        return Reporting(**values | given)

    def remember(self, key: str, **given: Any) -> None:
        values = {"visited_at": self.now, "succeeded_at": self.now}
        with self.database.write() as connection:
            known = SourceState(source=key, **values | given)
            sources.save(connection, known)
            visit = Visit(source=key, at=self.now, error=known.error, status=500)
            sources.record(connection, visit)

    def breaks(self, key: str = "bao") -> None:
        told = {"failures": 5, "error": "HTTP 500", "succeeded_at": self.now - DAY}
        self.remember(key, **told)

    def due(self, at: datetime, **given: Any) -> Any:
        self.now = at
        return report_due(self.work(**given), lambda: self.post, clock=lambda: self.now)

    def held(self, kind: str = WEEKLY) -> Any:
        with self.database.read() as connection:
            return reports.latest(connection, kind)

    def mail(self) -> Any:
        return message_from_bytes(self.post.sent[-1].content, policy=policy.default)

    def text(self) -> str:
        return self.mail().get_body(("plain",)).get_content()


@pytest.fixture
def room(database, post) -> Room:
    return Room(database, post())


# ── Once, on time ──


def test_the_report_comes_at_its_local_time_and_once(room):
    assert room.due(MONDAY - MINUTE) is None
    sent = room.due(MONDAY)
    assert sent.state is ReportState.SENT
    assert room.post.recipients == ["an@vd.example", "ba@vd.example"]
    for later in (MINUTE, DAY, 7 * DAY - MINUTE):
        assert room.due(MONDAY + later) is None
    assert len(room.post.sent) == 2
    assert room.due(MONDAY + 7 * DAY) is not None
    assert len(room.post.sent) == 4


def test_after_a_downtime_of_weeks_one_report_comes_and_not_five(room):
    room.due(MONDAY)
    sent = room.due(MONDAY + 5 * 7 * DAY + 3 * DAY)
    assert sent.start == MONDAY + 4 * 7 * DAY
    assert room.due(MONDAY + 5 * 7 * DAY + 3 * DAY + HOUR) is None
    assert len(room.post.sent) == 4


def test_a_desk_that_begins_on_a_wednesday_waits_for_its_first_report(room):
    assert room.due(WEDNESDAY) is None
    assert room.due(MONDAY + DAY + MINUTE) is None
    assert room.held() is None


def test_a_desk_that_was_not_there_last_week_has_nothing_to_report(room):
    assert room.due(WEDNESDAY - 2 * DAY) is None


def test_the_week_follows_the_clock_on_the_wall(room):
    work = room.work(zone="Europe/Berlin")
    start, end = span(work, datetime(2026, 10, 27, 12, tzinfo=UTC))
    assert end - start == 7 * DAY + HOUR


def test_two_processes_send_one_report(room):
    inner = []

    def meanwhile(_message):
        inner.append(report_due(room.work(), lambda: room.post, clock=lambda: MONDAY))

    room.post.before = meanwhile
    room.due(MONDAY)
    assert inner == [None, None]
    assert len(room.post.sent) == 2


# ── When mail does not leave ──


def test_who_was_deferred_is_tried_again_with_growing_pauses(room):
    room.post.replies = [ACCEPTED, *[DEFERRED] * 20]
    assert room.due(MONDAY).state is ReportState.FAILED
    assert room.due(MONDAY + RETRY[0] - MINUTE) is None
    room.due(MONDAY + RETRY[0])
    assert room.due(MONDAY + RETRY[0] + RETRY[1] - MINUTE) is None
    room.post.replies = []
    assert room.due(MONDAY + RETRY[0] + RETRY[1]).state is ReportState.SENT
    assert room.post.recipients == ["an@vd.example", *["ba@vd.example"] * 3]


def test_a_report_is_given_up_within_the_day(room):
    room.post.replies = [DEFERRED] * 100
    tries = [at for n in range(36 * 60) if room.due(at := MONDAY + n * MINUTE)]
    assert len(tries) == TRIES
    assert tries[-1] - MONDAY < DAY
    assert room.held().state is ReportState.FAILED
    assert [copy.said for copy in room.held().detail.copies] == ["said deferred"] * 2


def test_a_copy_of_which_nobody_knows_is_not_sent_twice(room):
    room.post.replies = [RuntimeError("line broke"), ACCEPTED]
    assert room.due(MONDAY).state is ReportState.FAILED
    states = [copy.state for copy in room.held().detail.copies]
    assert states == [DeliveryState.UNCERTAIN, ACCEPTED]
    for hours in range(48):
        assert room.due(MONDAY + hours * HOUR) is None
    assert len(room.post.sent) == 2


def test_a_crash_while_sending_leaves_one_copy_uncertain_and_sends_the_others(room):
    class Killed(BaseException):
        pass

    def die(_message):
        raise Killed

    room.post.before = die
    with suppress(Killed):
        room.due(MONDAY)
    room.post.before = lambda _message: None
    assert room.due(MONDAY + LEASE) is None
    room.due(MONDAY + LEASE + MINUTE)
    assert room.post.recipients == ["ba@vd.example"]
    states = [copy.state for copy in room.held().detail.copies]
    assert states == [DeliveryState.UNCERTAIN, ACCEPTED]


def test_a_relay_that_cannot_be_had_is_tried_again_and_not_each_tick(room):
    def relay():
        raise MailError("no relay")

    work, clock = room.work(), lambda: room.now
    room.now = MONDAY
    with pytest.raises(MailError, match="no relay"):
        report_due(work, relay, clock=clock)
    room.now += MINUTE
    assert report_due(work, relay, clock=clock) is None
    assert [one.said for one in room.held().detail.copies] == ["no relay"] * 2
    assert room.due(MONDAY + RETRY[0]).state is ReportState.SENT


def test_a_template_that_does_not_render_sends_nothing_and_is_tried_again(room):
    def broken():
        raise RuntimeError("odd")

    with pytest.raises(SyndicateError, match="RuntimeError: odd"):
        room.due(MONDAY, templates=broken)
    assert room.post.sent == []
    assert room.due(MONDAY + RETRY[0]).state is ReportState.SENT


def test_a_sender_that_is_no_address_is_said(room):
    with pytest.raises(MailError, match="sender"):
        room.due(MONDAY, sender="")
    assert room.post.sent == []


def test_a_desk_that_is_to_end_begins_no_further_mail(room):
    stopped = []

    def stop(_message):
        stopped.append(True)

    room.post.before = stop
    room.due(MONDAY, stopping=lambda: bool(stopped))
    assert room.post.recipients == ["an@vd.example"]
    room.due(MONDAY + MINUTE)
    assert room.post.recipients == ["an@vd.example", "ba@vd.example"]


# ── On request ──


def test_a_dry_run_keeps_and_sends_nothing(room):
    drawn = preview(room.work(), MONDAY)
    assert "all is well" in drawn.subject
    assert room.post.sent == []
    assert room.held() is None
    assert room.held(ASKED) is None


def test_a_report_that_is_asked_for_is_sent_at_once_and_is_not_the_weekly_one(room):
    room.now = WEDNESDAY
    sent = report_now(room.work(), lambda: room.post, clock=lambda: room.now)
    assert sent.state is ReportState.SENT
    assert len(room.post.sent) == 2
    room.due(MONDAY)
    assert len(room.post.sent) == 4
    assert len({mail.message_id for mail in room.post.sent}) == 4


# ── What it says ──


def test_a_report_that_all_is_well_is_short_and_says_so(room):
    room.due(MONDAY)
    mail = room.mail()
    assert mail["Subject"] == "[Bàn tin] Sources 12–18 October 2026: all is well"
    assert "All is well: all 2 sources answer." in room.text()
    assert len(room.text().splitlines()) < 20
    assert "NEEDS" not in room.text()


def test_a_source_in_need_stands_there_with_what_to_do(room):
    room.breaks()
    room.due(MONDAY)
    assert room.mail()["Subject"].endswith(": 1 source needs somebody")
    text = room.text()
    assert "NEEDS SOMEBODY" in text
    assert "* Nguồn bao" in text
    assert "5 failures" in text
    assert "2 sources: 1 active, 1 failing." in text


def test_a_source_that_moved_comes_with_the_line_to_write(room):
    url = "https://moi.example/" + "rat-dai-" * 20 + "rss"
    move = Move(to=url, since=WEDNESDAY, of=room.sources[0].url, adopted=True)
    room.remember("tin", memory=SourceMemory(move=move))
    room.due(MONDAY)
    assert f'    url = "{url}"' in room.text()
    assert "1 source is worth a look" in room.mail()["Subject"]


def test_what_is_new_and_what_is_over_since_the_report_before_is_said(room):
    room.breaks("tin")
    room.due(MONDAY)
    assert "new in this report" not in room.text()
    room.now = MONDAY + DAY
    room.breaks("bao")
    room.remember("tin")
    room.due(MONDAY + 7 * DAY)
    text = room.text()
    assert "bao · failing · new in this report" in text
    assert "WELL AGAIN" in text
    assert "Nguồn tin" in text
    room.due(MONDAY + 14 * DAY)
    assert "new in this report" not in room.text()
    assert "WELL AGAIN" not in room.text()


def test_manners_are_shown_by_host_and_day(room, database):
    room.breaks()
    with database.write() as connection:
        for day in ("2026-10-11", "2026-10-14", "2026-10-15"):
            connection.execute(
                insert(schema.traffic).values(
                    host="tin.example", day=day, requests=30, not_modified=15, bytes=1
                )
            )
    room.due(MONDAY)
    assert "60 requests to 1 host; 50\u00a0% were answered" in room.text()
    assert "tin.example: 8.6 requests a day, 304: 50\u00a0%" in room.text()


def test_it_is_no_list_mail_and_says_that_a_machine_wrote_it(room):
    room.due(MONDAY)
    mail = room.mail()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    assert mail["To"].addresses[0].addr_spec == "ba@vd.example"
    assert [one.get_content_type() for one in mail.iter_parts()] == [
        "text/plain",
        "text/html",
    ]


# ── Whatever the sources are called ──


def facts(*rows: tuple[Source, Health], **given: Any) -> Facts:
    values = {
        "start": MONDAY - 7 * DAY,
        "end": MONDAY,
        "healths": Healths(at=MONDAY, pairs=rows),
        "gathered": Gathered(),
        "traffic": (),
    }
    return Facts(**values | given)


def mailed(told: Facts, language: str = "en", site: Site = SITE) -> Any:
    made = compose(told, site, language=language, zone=ZONE)
    drawn = draw(made, site, templates(language=language, zone=ZONE))
    about = Notice(
        about="sources",
        start=told.start,
        date=told.end,
        member=Member(address="an@vd.example"),
        sender="ban@ban-tin.example",
        language=language,
        zone=ZONE,
    )
    return drawn, notice(drawn, about, site)


def sick(key: str, title: str, detail: str, *found: FindingCode) -> Any:
    findings = tuple(
        Finding(
            code=code,
            severity=Severity.ACT,
            since=MONDAY - DAY,
            count=4,
            total=9,
            detail=detail,
            address=f"https://{key}.example/{detail}",
        )
        for code in found
    )
    health = Health(source=key, status=SourceStatus.FAILING, findings=findings)
    return source(key, title=title), health


HOSTILE = (
    "<script>alert(1)</script>",
    "Tin {{ site }} {% raw %} None",
    "\u202eđảo ngược\u2066 \x00\x1b[31m\ud800\ufffe",
    "e\u0323\u0302 NFD Tie\u0302\u0301ng Vie\u0323\u0302t",
    "213-QĐ/TW và 22 – NQ/TW `rm -rf /` `",
    "x" * 900,
    "https://" + "a" * 300 + ".example/?q=1&b=<2>",
    " \u0301\u0301 ",
    "",
    "tại đây",
)


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("title", HOSTILE)
def test_every_report_passes_the_rules_of_mail(title, language):
    codes = [code for code in FindingCode if code.value not in ("outage",)]
    told = facts(
        *(sick(f"s{n}", title, title, code) for n, code in enumerate(codes)),
        traffic=(
            HostTraffic(
                host=title, day="2026-10-12", requests=3, not_modified=1, bytes=9
            ),
        ),
        gathered=Gathered(entries=9, repeats=1, by_source=(("s1", 4), (title, 5))),
        before=frozenset({"s1:failing"}),
    )
    drawn, mail = mailed(told, language)
    assert faults(mail) == ()
    assert "<script" not in drawn.html
    assert not [one for one in lint(mail.content) if one.rule.startswith("subject")]


def test_five_hundred_sources_in_need_still_make_a_mail_that_is_not_clipped():
    detail = "https://x.example/: HTTP 500: " + "lỗi máy chủ " * 20
    rows = [
        sick(f"s{n}", f"Nguồn số {n}", detail, FindingCode.FAILING) for n in range(500)
    ]
    drawn, mail = mailed(facts(*rows))
    assert faults(mail) == ()
    assert "500 sources need somebody" in drawn.subject
    assert "more: `syndicate status` names them" in drawn.text


def test_seeded_reports_pass_the_rules_of_mail():
    chance = random.Random(9)  # noqa: S311 - seeds a test
    letters = "aăâđêôơư ỦŨ<>&\"'`{}%\\/\n\u0300\u202e\u00a0…–😀\x07"

    def word() -> str:
        return "".join(chance.choices(letters, k=chance.randrange(80)))

    for _ in range(60):
        rows = [
            sick(f"s{n}", word(), word(), *chance.sample([*FindingCode], 3))
            for n in range(chance.randrange(6))
        ]
        site = replace(SITE, title=word() or "Bàn")
        _drawn, mail = mailed(facts(*rows), chance.choice(["en", "vi"]), site)
        assert faults(mail) == ()


def test_what_is_good_to_know_is_no_mark_of_the_next_report():
    note = Finding(code=FindingCode.ROBOTS_CHANGED, severity=Severity.NOTE)
    health = Health(source="a", status=SourceStatus.ACTIVE, findings=(note,))
    told = facts((source("a"), health), sick("b", "B", "x", FindingCode.DRIFT))
    assert marks(told.healths) == ("b:drift",)


def test_a_desk_without_sources_gets_a_report_that_says_so():
    drawn, mail = mailed(facts())
    assert "no sources yet" in drawn.text
    assert faults(mail) == ()


def test_the_desk_itself_comes_first():
    outage = Finding(
        code=FindingCode.OUTAGE, severity=Severity.ACT, count=3, total=3, detail="x"
    )
    told = facts(sick("b", "B", "x", FindingCode.FAILING))
    told = replace(told, healths=replace(told.healths, desk=(outage,)))
    drawn, _mail = mailed(told)
    assert drawn.subject.endswith("the desk itself needs somebody")
    assert "Our own line is down" in drawn.text


def test_the_same_report_for_the_same_reader_is_the_same_bytes():
    told = facts(sick("b", "B", "x", FindingCode.FAILING))
    assert mailed(told)[1] == mailed(told)[1]


def test_what_the_relay_said_is_kept(room):
    room.due(MONDAY)
    assert [copy.said for copy in room.held().detail.copies] == ["said accepted"] * 2


# ── Labels ──


def test_the_report_tells_of_labels_where_there_are_categories(desk, post):
    room = Room(desk.database, post())
    category = Category(slug="cau", title="Cầu đường")
    desk.add()
    desk.with_news(1, 2)
    bare = preview(room.work(), MONDAY)
    told = preview(room.work(categories=[category], checks=5), MONDAY)
    for text in (told.text, told.html):
        flat = " ".join(text.split())
        assert "2 new stories; 2 labels by rules" in flat
        assert "0 without a label." in flat
    assert "without a label" not in bare.text


def test_the_weekly_report_draws_the_checks_that_it_asks_for(desk, post):
    room = Room(desk.database, post())
    room.now = MONDAY + MINUTE
    desk.add()
    label = Label(category="cau", reason="", confidence=0.9, primary=True)
    desk.with_news(1, 2, 3)
    with desk.database.write() as connection:
        for story in stories.latest(connection):
            stories.set_labels(connection, story.id, [label])
    work = room.work(categories=[Category(slug="cau", title="Cầu")], checks=2)
    report_due(work, lambda: room.post, clock=lambda: room.now)
    with desk.database.read() as connection:
        waiting = reviews.waiting(connection, WEDNESDAY - DAY)
    assert [one.asked for one in waiting if one.asked is Asked.CHECK] == [
        Asked.CHECK
    ] * 2
