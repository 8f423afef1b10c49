"""What comes back counts for those whose mail it was, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from syndicate import signing
from syndicate.members.marks import address_mark
from syndicate.model import (
    Blame,
    Bounce,
    BounceKind,
    Delivery,
    DeliveryState,
    LetterKind,
    Member,
    MemberState,
    Reply,
)
from syndicate.pipeline.membership import intake
from syndicate.pipeline.membership.bouncing import (
    KEPT,
    Bouncing,
    note_letter,
    note_reply,
    prune,
    settle_clean,
)
from syndicate.pipeline.membership.erasing import erase
from syndicate.pipeline.membership.intake import looked_at, take_in, take_in_all
from syndicate.pipeline.membership.letters import owe
from syndicate.store import bounces, letters, members, suppressions
from syndicate.store import schema as tables

DATA = Path(__file__).parents[2] / "data" / "returns"
AN, BINH = "an@thu.example", "binh@thu.example"
ZONE = "Asia/Ho_Chi_Minh"


@dataclass
class Office:
    """A desk whose members get issues, and the mail that comes back to it."""

    desk: Any

    @property
    def work(self) -> Bouncing:
        return Bouncing(
            database=self.desk.database, secret=self.desk.work.secret, zone=ZONE
        )

    def send(self, address: str, *, digest: str = "weekly", state: str = "accepted"):
        """A copy of a new issue that left just now; gives its number."""
        member, now = self.desk.member(address), self.desk.now
        with self.desk.database.write() as connection:
            number = connection.scalar(select(func.count()).select_from(tables.issues))
            issue = connection.execute(
                tables.issues.insert()
                .values(
                    digest=digest,
                    number=number,
                    start=now + timedelta(microseconds=number),
                    end=now,
                    state="approved",
                    sha256="",
                    created_at=now,
                    content={},
                )
                .returning(tables.issues.c.id)
            ).scalar_one()
            made = connection.execute(
                tables.deliveries.insert()
                .values(
                    issue_id=issue,
                    member_id=member.id,
                    address=address,
                    mailbox=address,
                    name="",
                    domain=address.partition("@")[2],
                    state=state,
                    attempts=0 if state == "planned" else 1,
                    detail="",
                    changed_at=now,
                    fence=1,
                    variant="",
                    message_id="",
                    relay="",
                    status="",
                )
                .returning(tables.deliveries.c.id)
            )
            return made.scalar_one()

    def word(self, copy: int) -> str:
        return f"b-{signing.token(self.work.secret, 'bounce', copy)}@tra-lai.example"

    def identity(self, copy: int) -> str:
        mark = signing.token(self.work.secret, "copy", copy)
        return f"weekly.12.{mark}@ban-tin.example"

    def take(self, raw: bytes, recipient: str = "") -> Bounce:
        return take_in(self.work, raw, recipient, self.desk.now)

    def bounce(
        self, copy: int, status: str = "5.1.1", said: str = "", **more: Any
    ) -> Bounce:
        return self.take(dsn(self.word(copy), status, said, **more))

    def probe(self, address: str) -> int:
        """A probe that left just now."""
        member = self.desk.member(address)
        with self.desk.database.write() as connection:
            number = owe(
                connection, LetterKind.PROBE, member.id, "weekly", self.desk.now
            )
            letters.claim(connection, self.desk.now)
        assert number is not None
        return number

    def letter_word(self, letter: int) -> str:
        return f"l-{signing.token(self.work.secret, 'letter', letter)}@tra-lai.example"

    def state(self, address: str = AN) -> MemberState:
        return self.desk.member(address).state

    def score(self, address: str = AN) -> int:
        return self.desk.member(address).score

    def kept(self) -> list[Bounce]:
        with self.desk.database.read() as connection:
            return bounces.listed(connection, limit=100_000)

    def suppressed(self, address: str) -> bool:
        mark = address_mark(self.work.secret, address)
        with self.desk.database.read() as connection:
            return suppressions.get(connection, mark) is not None


@pytest.fixture
def office(desk: Any) -> Office:
    """An and Bình get the weekly; a year has passed since they confirmed."""
    desk.join(AN, "weekly", "monthly")
    desk.join(BINH)
    desk.later(days=365)
    return Office(desk)


def dsn(
    to: str,
    status: str = "5.1.1",
    said: str = "",
    *,
    action: str = "failed",
    recipient: str = AN,
    identity: str = "",
) -> bytes:
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.thu.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_"

--=_
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.thu.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said or status}

--=_
Content-Type: text/rfc822-headers

Message-ID: <{identity or "x@elsewhere.example"}>
Subject: weekly

--=_--
""".encode()


def arf(kind: str, word: str = "", rest: str = "", link: str = "") -> bytes:
    return f"""\
From: feedback@isp.example
To: abuse@ban-tin.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=_"

--=_
Content-Type: message/feedback-report

Feedback-Type: {kind}
Original-Mail-From: {word}
{rest}

--=_
Content-Type: text/rfc822-headers

Subject: weekly
List-Unsubscribe: <https://ban.example/unsubscribe/{link}>

--=_--
""".encode()


# ── Hard, soft, none ─────────────────────────────────────────────────────────


def test_a_dead_address_gets_nothing_more_at_once(office: Office) -> None:
    bounce = office.bounce(office.send(AN), "5.1.1")
    assert (bounce.kind, bounce.is_final) == (BounceKind.DSN, True)
    assert office.state() is MemberState.BOUNCED
    assert office.desk.audience("monthly") == []
    assert office.desk.audience() == [BINH]


def test_a_bounced_address_is_not_suppressed_and_can_come_back(office: Office) -> None:
    office.bounce(office.send(AN))
    assert not office.suppressed(AN)
    office.desk.join(AN)
    assert (office.state(), office.score()) == (MemberState.OK, 0)


@pytest.mark.parametrize("status", ["5.2.2", "5.3.1", "5.7.1", "4.1.1", "5.4.4"])
def test_full_overloaded_and_unwilling_hosts_are_not_hard(
    office: Office, status: str
) -> None:
    office.bounce(office.send(AN), status)
    assert office.state() in (MemberState.OK, MemberState.SOFT_BOUNCING)


def test_a_member_is_not_punished_for_what_we_wrote(office: Office) -> None:
    for _day in range(6):
        office.bounce(office.send(AN), "5.7.1", "550 5.7.1 message looks like spam")
        office.desk.later(days=1)
    assert (office.state(), office.score()) == (MemberState.OK, 0)


def test_a_day_counts_once_however_much_comes_back(office: Office) -> None:
    for _hour in range(5):
        office.bounce(office.send(AN), "5.2.2", f"said at {office.desk.now}")
        office.desk.later(hours=1)
    assert (office.state(), office.score()) == (MemberState.SOFT_BOUNCING, 1)


def test_a_day_is_a_day_of_the_desk_and_not_of_greenwich(office: Office) -> None:
    """06:30 and 07:30 in Hà Nội lie on two days of UTC."""
    office.desk.now = office.desk.now.replace(hour=23, minute=30)
    office.bounce(office.send(AN), "5.2.2", "one")
    office.desk.later(hours=1)
    office.bounce(office.send(AN), "5.2.2", "two")
    assert office.score() == 1


def test_a_warning_that_mail_is_late_counts_for_nothing(office: Office) -> None:
    bounce = office.bounce(office.send(AN), "4.2.2", action="delayed")
    assert (bounce.is_final, office.state()) == (False, MemberState.OK)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_word_that_mail_arrived_counts_for_nothing(office: Office, action: str) -> None:
    office.bounce(office.send(AN), "2.0.0", action=action)
    assert office.state() is MemberState.OK


# ── Probes ───────────────────────────────────────────────────────────────────


def soften(office: Office, days: int, every: int = 1) -> None:
    for _day in range(days):
        office.bounce(office.send(AN), "5.2.2", f"full on {office.desk.now}")
        office.desk.later(days=every)


def test_three_of_the_last_five_days_owe_a_probe(office: Office) -> None:
    soften(office, 2)
    assert not office.desk.letters(LetterKind.PROBE)
    soften(office, 1)
    (probe,) = office.desk.letters(LetterKind.PROBE)
    assert (probe.member_id, probe.digest) == (office.desk.member(AN).id, "weekly")


def test_three_weekly_issues_in_succession_owe_a_probe_too(office: Office) -> None:
    soften(office, 3, every=7)
    assert len(office.desk.letters(LetterKind.PROBE)) == 1


def test_there_is_one_probe_at_a_time(office: Office) -> None:
    soften(office, 5)
    assert len(office.desk.letters(LetterKind.PROBE)) == 1


def test_a_probe_that_comes_back_ends_it(office: Office) -> None:
    soften(office, 3)
    probe = office.probe(AN)
    office.take(dsn(office.letter_word(probe), "5.2.2"))
    assert office.state() is MemberState.BOUNCED


def test_a_probe_that_is_refused_at_once_ends_it(office: Office) -> None:
    soften(office, 3)
    number = office.probe(AN)
    refused = Reply(
        state=DeliveryState.REFUSED, blame=Blame.ADDRESS, code=550, status="5.1.1"
    )
    with office.desk.database.write() as connection:
        letter = letters.find(connection, number)
        assert letter is not None
        letters.settle(
            connection, letter, DeliveryState.REFUSED, "no", now=office.desk.now
        )
        note_letter(connection, letter, refused, office.desk.now)
    assert office.state() is MemberState.BOUNCED


def test_a_probe_that_is_refused_for_what_it_says_ends_nothing(office: Office) -> None:
    soften(office, 3)
    probe = office.probe(AN)
    office.take(dsn(office.letter_word(probe), "5.7.1"))
    assert office.state() is MemberState.SOFT_BOUNCING


def test_a_probe_that_does_not_come_back_clears_the_address(office: Office) -> None:
    soften(office, 3)
    office.probe(AN)
    office.desk.later(days=3)
    assert settle_clean(office.work, office.desk.now) == 0
    office.desk.later(days=3, hours=1)
    assert settle_clean(office.work, office.desk.now) == 1
    assert (office.state(), office.score()) == (MemberState.OK, 0)


def test_a_clean_issue_clears_the_score(office: Office) -> None:
    soften(office, 2)
    office.send(AN)
    office.desk.later(days=2)
    assert settle_clean(office.work, office.desk.now) == 0
    office.desk.later(days=1)
    assert settle_clean(office.work, office.desk.now) == 1
    assert (office.state(), office.score()) == (MemberState.OK, 0)


def test_an_issue_is_not_clean_if_its_bounce_came_later(office: Office) -> None:
    soften(office, 1)
    copy = office.send(AN)
    office.desk.later(days=2)
    office.bounce(copy, "5.2.2", "late")
    office.desk.later(days=1, hours=12)
    assert settle_clean(office.work, office.desk.now) == 0
    assert office.score() == 2


def test_what_is_given_up_is_not_forgiven(office: Office) -> None:
    office.bounce(office.send(AN))
    office.send(AN)
    office.desk.later(days=30)
    assert settle_clean(office.work, office.desk.now) == 0
    assert office.state() is MemberState.BOUNCED


# ── Nobody can bounce others ─────────────────────────────────────────────────


def test_a_forged_word_counts_for_nobody_and_is_kept_for_the_desk(
    office: Office,
) -> None:
    copy = office.send(AN)
    good = office.word(copy)
    forged = good.replace(good[2], "a" if good[2] != "a" else "b", 1)
    bounce = office.take(dsn(forged))
    assert (bounce.member, office.state()) == (None, MemberState.OK)
    with office.desk.database.read() as connection:
        assert bounces.unsettled(connection) == 1
        assert bounces.raw(connection, bounce.id) == dsn(forged)


def test_a_word_of_another_purpose_is_no_envelope(office: Office) -> None:
    copy = office.send(AN)
    for purpose in ("leave", "choose", "copy", "letter"):
        word = signing.token(office.work.secret, purpose, copy)
        assert office.take(dsn(f"b-{word}@x.example")).member is None
    assert office.state() is MemberState.OK


def test_a_subscriber_who_names_another_bounces_themselves_alone(
    office: Office,
) -> None:
    office.bounce(office.send(BINH), recipient=AN)
    assert office.state(AN) is MemberState.OK


def test_a_message_id_counts_where_the_report_names_the_member(office: Office) -> None:
    copy = office.send(AN)
    raw = dsn("ban-tin@ban-tin.example", identity=office.identity(copy))
    assert office.take(raw).delivery == copy
    assert office.state() is MemberState.BOUNCED


def test_a_message_id_does_not_count_for_somebody_else(office: Office) -> None:
    identity = office.identity(office.send(AN))
    raw = dsn("ban-tin@ban-tin.example", identity=identity, recipient=BINH)
    assert office.take(raw).member is None
    assert (office.state(AN), office.state(BINH)) == (MemberState.OK, MemberState.OK)


def test_the_envelope_goes_before_a_message_id_that_is_quoted(office: Office) -> None:
    """A subscriber whom somebody passed an issue on to cannot bounce that person."""
    passed_on, own = office.send(AN), office.send(BINH)
    raw = dsn(office.word(own), recipient=AN, identity=office.identity(passed_on))
    assert office.take(raw).delivery == own
    assert office.state(AN) is MemberState.OK


def test_the_recipient_that_the_mail_system_names_goes_first(office: Office) -> None:
    first, second = office.send(AN), office.send(BINH)
    raw = dsn(office.word(second), recipient=BINH)
    assert office.take(raw, office.word(first)).delivery == first


def test_capitals_and_an_extension_are_read_as_well(office: Office) -> None:
    copy = office.send(AN)
    local, _at, domain = office.word(copy).partition("@")
    raw = dsn("x@y.example")
    assert office.take(raw, f"tra-lai+{local}@{domain}".upper()).delivery == copy


def test_a_copy_that_never_left_cannot_come_back(office: Office) -> None:
    assert office.bounce(office.send(AN, state="planned")).member is None
    assert office.state() is MemberState.OK


def test_an_old_copy_bounces_no_more(office: Office) -> None:
    copy = office.send(AN)
    office.desk.later(days=31)
    office.bounce(copy)
    assert office.state() is MemberState.OK


def test_who_signed_up_again_is_not_bounced_by_what_left_before(office: Office) -> None:
    copy = office.send(AN)
    office.bounce(copy, said="first")
    office.desk.later(hours=1)
    office.desk.join(AN)
    office.desk.later(hours=1)
    office.bounce(copy, said="again, later")
    assert office.state() is MemberState.OK


def test_who_signed_up_again_is_not_bounced_by_another_copy_of_before(
    office: Office,
) -> None:
    first, second = office.send(AN), office.send(AN)
    office.bounce(first)
    office.desk.later(minutes=5)
    office.desk.join(AN)
    office.desk.later(hours=1)
    office.bounce(second)
    assert office.state() is MemberState.OK


def test_who_signed_up_again_begins_without_a_score(office: Office) -> None:
    soften(office, 2)
    office.bounce(office.send(AN))
    office.desk.later(hours=1)
    office.desk.join(AN)
    office.desk.later(hours=1)
    soften(office, 1)
    assert (office.state(), office.score()) == (MemberState.SOFT_BOUNCING, 1)


def test_nothing_counts_for_a_member_who_was_erased(office: Office) -> None:
    copy = office.send(AN)
    member = office.desk.member(AN)
    with office.desk.database.write() as connection:
        members.set_state(connection, member.id, MemberState.ERASED, office.desk.now)
    office.bounce(copy)
    office.take(arf("abuse", office.word(copy)))
    assert office.state() is MemberState.ERASED
    assert office.suppressed(AN)


# ── Once is once ─────────────────────────────────────────────────────────────


def test_the_same_message_twice_counts_once(office: Office) -> None:
    raw = dsn(office.word(office.send(AN)), "5.2.2")
    first = office.take(raw)
    office.desk.later(days=1)
    second = office.take(raw)
    assert second.id == first.id
    assert (office.score(), len(office.kept())) == (1, 1)


def test_the_same_message_twice_in_one_portion_counts_once(office: Office) -> None:
    raw = dsn(office.word(office.send(AN)))
    taken = take_in_all(office.work, [(raw, ""), (raw, "")], office.desk.now)
    assert taken[0].id == taken[1].id
    assert len(office.kept()) == 1


def test_the_ledger_keeps_its_word_and_the_copy_is_shown_as_returned(
    office: Office,
) -> None:
    copy = office.send(AN)
    office.bounce(copy, "5.1.1", "550 5.1.1 no such user")
    with office.desk.database.read() as connection:
        row = connection.execute(
            tables.deliveries.select().where(tables.deliveries.c.id == copy)
        ).one()
        shown = bounces.returned(connection, row.issue_id)
    assert row.state == "accepted"
    assert shown == {copy: "5.1.1 550 5.1.1 no such user"}


def test_a_copy_comes_back_once(office: Office) -> None:
    """Whoever keeps sending reports of one copy does not wear its member down."""
    copy = office.send(AN)
    for day in range(4):
        office.bounce(copy, "5.2.2", f"day {day}")
        office.desk.later(days=1)
    assert office.score() == 1


def test_a_look_without_consequences_changes_nothing(office: Office) -> None:
    raw = dsn(office.word(office.send(AN)))
    (seen,) = looked_at(office.work, [(raw, "")], office.desk.now)
    assert (seen.member, seen.status) == (office.desk.member(AN).id, "5.1.1")
    assert (office.state(), office.kept()) == (MemberState.OK, [])


# ── Complaints and answers ───────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["abuse", "fraud", "other", "Abuse"])
def test_a_complaint_ends_all_digests_for_good(office: Office, kind: str) -> None:
    office.take(arf(kind, office.word(office.send(AN))))
    assert office.state() is MemberState.COMPLAINED
    assert office.suppressed(AN)
    assert office.desk.audience("monthly") == []


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "virus"])
def test_feedback_that_is_no_complaint_ends_nothing(office: Office, kind: str) -> None:
    office.take(arf(kind, office.word(office.send(AN))))
    assert office.state() is MemberState.OK
    assert not office.suppressed(AN)


@pytest.mark.parametrize("kind", ["opt-out", "opt-out-list"])
def test_feedback_to_opt_out_leaves_that_digest_alone(
    office: Office, kind: str
) -> None:
    office.take(arf(kind, office.word(office.send(AN))))
    assert office.desk.state(AN, "weekly") == "unsubscribed"
    assert office.desk.state(AN, "monthly") == "active"
    assert office.state() is MemberState.OK


def test_an_opt_out_of_an_edition_leaves_its_series(office: Office) -> None:
    office.take(arf("opt-out", office.word(office.send(AN, digest="weekly-daily"))))
    assert office.desk.state(AN, "weekly") == "unsubscribed"


def test_a_complaint_is_matched_by_the_link_to_leave_alone(office: Office) -> None:
    held = office.desk.subscription(AN)
    link = signing.token(office.work.secret, "leave", held.id)
    office.take(arf("abuse", rest="Original-Rcpt-To: redacted@thu.example", link=link))
    assert office.state() is MemberState.COMPLAINED


def test_a_complaint_by_link_does_not_count_for_somebody_else(office: Office) -> None:
    held = office.desk.subscription(AN)
    link = signing.token(office.work.secret, "leave", held.id)
    office.take(arf("abuse", rest=f"Original-Rcpt-To: {BINH}", link=link))
    assert (office.state(AN), office.state(BINH)) == (MemberState.OK, MemberState.OK)


def test_a_complaint_outlives_a_later_bounce(office: Office) -> None:
    copy = office.send(AN)
    office.take(arf("abuse", office.word(copy)))
    office.bounce(copy)
    assert office.state() is MemberState.COMPLAINED


AUTOMATIC = sorted(path.stem for path in DATA.glob("auto-*.eml"))


@pytest.mark.parametrize("name", AUTOMATIC)
def test_automatic_answers_count_for_nothing_and_are_not_kept(
    office: Office, name: str
) -> None:
    copy = office.send(AN)
    raw = (DATA / f"{name}.eml").read_bytes()
    raw = raw.replace(b"{verp}", office.word(copy).encode())
    raw = raw.replace(b"{id}", office.identity(copy).encode())
    assert office.take(raw.replace(b"lan@thu.example", AN.encode())).kind == "auto"
    assert (office.state(), office.kept()) == (MemberState.OK, [])


# ── What the next hop says at once ───────────────────────────────────────────


def reply(
    state: DeliveryState,
    blame: Blame,
    code: int = 550,
    status: str = "",
    detail: str = "",
) -> Reply:
    return Reply(state=state, blame=blame, code=code, status=status, detail=detail)


REFUSED, DEFERRED = DeliveryState.REFUSED, DeliveryState.DEFERRED

REPLIES: dict[str, tuple[Reply, MemberState]] = {
    "no such user": (
        reply(REFUSED, Blame.ADDRESS, 550, "5.1.1"),
        MemberState.BOUNCED,
    ),
    "a bare 550 at RCPT": (reply(REFUSED, Blame.ADDRESS), MemberState.BOUNCED),
    "a 550 at RCPT that names a blocklist": (
        reply(REFUSED, Blame.ADDRESS, detail="550 blocked using zen.spamhaus.org"),
        MemberState.OK,
    ),
    "full, given up": (
        reply(REFUSED, Blame.MAILBOX, 552, "5.2.2"),
        MemberState.SOFT_BOUNCING,
    ),
    "full, to be tried again": (
        reply(DEFERRED, Blame.MAILBOX, 452, "4.2.2"),
        MemberState.SOFT_BOUNCING,
    ),
    "552 without a code": (
        reply(DEFERRED, Blame.MAILBOX, 552),
        MemberState.SOFT_BOUNCING,
    ),
    "greylisting": (
        reply(DEFERRED, Blame.NONE, 450, "4.7.1", "greylisted"),
        MemberState.OK,
    ),
    "unknown for now": (
        reply(DEFERRED, Blame.ADDRESS, 450, "4.1.1"),
        MemberState.OK,
    ),
    "content": (reply(REFUSED, Blame.CONTENT, 554, "5.7.1"), MemberState.OK),
    "the line": (reply(DEFERRED, Blame.LINE, 0), MemberState.OK),
    "our sender": (reply(REFUSED, Blame.ADDRESS, 550, "5.1.8"), MemberState.OK),
}


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_at_send_counts_as_it_concerns_the_member(
    office: Office, name: str
) -> None:
    said, state = REPLIES[name]
    copy = office.send(AN, state="sending")
    member = office.desk.member(AN)
    delivery = Delivery(
        id=copy, issue=1, member=member, state=DeliveryState.SENDING, attempts=1
    )
    with office.desk.database.write() as connection:
        note_reply(connection, delivery, said, office.desk.now, zone=ZONE)
        note_reply(connection, delivery, said, office.desk.now, zone=ZONE)
    assert office.state() is state
    assert office.score() == (state is MemberState.SOFT_BOUNCING)


def test_a_copy_for_somebody_who_is_not_kept_is_no_matter(office: Office) -> None:
    nobody = Delivery(
        id=1, issue=1, member=Member(address=AN), state=DeliveryState.SENDING
    )
    said = reply(REFUSED, Blame.ADDRESS, 550, "5.1.1")
    with office.desk.database.write() as connection:
        note_reply(connection, nobody, said, office.desk.now)
    assert office.kept() == []


# ── Floods, and what is let go of ────────────────────────────────────────────


def test_of_what_is_nobodys_only_the_newest_are_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST_UNKNOWN", 5)
    for number in range(12):
        office.take(f"Subject: {number}\n\nWhat is this?".encode())
    with office.desk.database.read() as connection:
        left = [bounces.raw(connection, one.id) for one in office.kept()]
    assert left == [
        f"Subject: {number}\n\nWhat is this?".encode() for number in (11, 10, 9, 8, 7)
    ]


def test_of_a_long_message_the_beginning_is_kept(office: Office) -> None:
    bounce = office.take(b"Subject: x\n\n" + b"x" * 3_000_000)
    with office.desk.database.read() as connection:
        raw = bounces.raw(connection, bounce.id)
    assert raw is not None
    assert len(raw) == intake.LARGEST_RAW


def test_a_subscriber_cannot_fill_the_store_with_bounces(office: Office) -> None:
    copy = office.send(AN)
    portion = [
        (dsn(office.word(copy), "5.2.2", f"no. {number}"), "") for number in range(200)
    ]
    take_in_all(office.work, portion, office.desk.now)
    assert len(office.kept()) == intake.MOST_OF_ONE
    assert office.score() == 1


def test_what_came_back_long_ago_is_let_go_of(office: Office) -> None:
    office.bounce(office.send(AN), "5.2.2")
    assert prune(office.work, office.desk.now) == 0
    assert prune(office.work, office.desk.later(seconds=KEPT.total_seconds() + 1)) == 1


def test_what_is_said_of_a_member_is_wiped_with_them(office: Office) -> None:
    copy = office.send(AN)
    office.bounce(copy, "5.1.1", f"550 <{AN}>: unknown")
    unmatched = office.take(dsn("x@y.example", said=f"550 <{AN.upper()}> unknown"))
    assert erase(office.desk.work, office.desk.member(AN).id, office.desk.now)
    assert all(AN not in one.diagnostic.lower() for one in office.kept())
    with office.desk.database.read() as connection:
        assert bounces.raw(connection, unmatched.id) is None


def test_a_settled_message_waits_no_more(office: Office) -> None:
    bounce = office.take(b"Subject: x\n\nWhat is this?")
    with office.desk.database.write() as connection:
        assert bounces.settle(connection, [bounce.id, 10**30], office.desk.now) == 1
        assert bounces.unsettled(connection) == 0
        assert bounces.raw(connection, bounce.id) is None


Make = Callable[[Office, int], bytes]
HOSTILE: dict[str, Make] = {
    "NUL and lone surrogates": lambda office, copy: dsn(
        office.word(copy), "5.1.1", "\x00 \\ud800 \x1b[31m"
    ),
    "a huge diagnostic": lambda office, copy: dsn(
        office.word(copy), "5.1.1", "x" * 500_000
    ),
    "many words": lambda office, copy: dsn(
        ", ".join(f"b-{'a' * 31}{n % 6 + 2}@x" for n in range(5_000)), "5.1.1"
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_messages_are_taken_in_or_kept(office: Office, name: str) -> None:
    copy = office.send(AN)
    assert office.take(HOSTILE[name](office, copy)).id
