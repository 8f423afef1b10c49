"""A draft and its editors: told once, edited, approved, held, skipped, or silence."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import update

from syndicate.errors import MailError
from syndicate.model import (
    Approval,
    DeliveryState,
    Edits,
    IssueState,
    Member,
    Silence,
)
from syndicate.pipeline.mailing.composing import compose_issue
from syndicate.pipeline.mailing.consulting import (
    Consulting,
    in_vain,
    tell_desk,
    waiting,
)
from syndicate.pipeline.mailing.copies import sealed, whole
from syndicate.pipeline.mailing.deskpost import RETRY, TRIES, DeskPost
from syndicate.pipeline.mailing.drafting import (
    AT_WORK,
    DEADLINE,
    NOT_TOLD,
    approve,
    decide_silence,
    edit,
    hold,
    skip,
)
from syndicate.pipeline.mailing.overview import named, numbers, overview
from syndicate.pipeline.mailing.planning import plan
from syndicate.store import Database, carrying, drafts, issues, schema
from syndicate.store.codecs import to_json
from syndicate.templating import templates

ZONE = "Asia/Ho_Chi_Minh"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
REVIEW = timedelta(hours=12)
ACCEPTED, DEFERRED = DeliveryState.ACCEPTED, DeliveryState.DEFERRED


class Newsroom:
    """A weekly that waits for editors; three stories of one week, one of them spare."""

    def __init__(self, desk: Any, digest: Any, clock: Any, post: Any) -> None:
        self.desk, self.clock, self.post = desk, clock, post
        self.digest = replace(
            digest,
            approval=Approval.EDITOR,
            review=REVIEW,
            max_stories=2,
            brief=0,
            on_silence=Silence.HOLD,
        )
        self.mailing = desk.mailing()
        self.language = "en"
        self.readers: tuple[Member, ...] = (Member(address="lan@vd.example"),)

    def composed(self) -> Any:
        self.stored, _made = compose_issue(self.mailing, self.digest, self.clock.now)
        return self.stored

    def kept(self) -> Any:
        return self.desk.ask(lambda c: issues.get(c, self.stored.id))

    def consulting(self) -> Consulting:
        return Consulting(
            mailing=self.mailing,
            post=DeskPost(
                database=self.desk.database,
                site=self.desk.site,
                readers=self.readers,
                sender="Bàn tin <ban@ban-tin.example>",
                language=self.language,
                zone=ZONE,
                templates=lambda: templates(language=self.language, zone=ZONE),
            ),
            transport=lambda: self.post,
            clock=self.clock,
        )

    def tell(self) -> Any:
        return tell_desk(self.consulting(), self.digest, self.kept())

    def silent(self) -> list[Any]:
        work = self.consulting()
        return decide_silence(
            self.mailing,
            [self.digest],
            self.clock.now,
            asks=bool(self.readers),
            in_vain=lambda stored: in_vain(work, stored),
        )

    def edit(self, **given: Any) -> Any:
        return edit(
            self.mailing, self.digest, self.kept(), Edits(**given), self.clock.now
        )

    def approve(self, **given: Any) -> Any:
        given = {"by": "Lan", "now": self.clock.now} | given
        return approve(self.mailing, self.digest, self.kept(), **given)

    def hold(self, why: str = "chờ số liệu") -> Any:
        now = self.clock.now
        return hold(self.mailing, self.kept(), by="Lan", why=why, now=now)

    def skip(self) -> Any:
        now = self.clock.now
        return skip(self.mailing, self.kept(), by="Lan", why="trùng số", now=now)

    def plan(self) -> None:
        plan(self.mailing, self.digest, self.kept(), self.clock.now)

    def mail(self) -> Any:
        return message_from_bytes(self.post.sent[-1].content, policy=policy.default)

    def text(self) -> str:
        return self.mail().get_body(("plain",)).get_content()


@pytest.fixture
def room(desk, digest, clock, monday, post) -> Newsroom:
    desk.with_news(1, 2, 3)
    clock.now = monday
    made = Newsroom(desk, digest, clock, post())
    made.composed()
    return made


def uids(stored: Any) -> list[str]:
    return [item.uid for item in whole(stored).items]


# ── The desk is told ──


def test_a_draft_is_made_with_a_deadline_and_the_desk_is_told_once(room):
    assert room.stored.state is IssueState.DRAFT
    assert room.stored.deadline_at == room.clock.now + REVIEW
    for _ in range(3):
        room.tell()
        room.clock.advance(minutes=1)
    assert room.post.recipients == ["lan@vd.example"]
    assert room.kept().told_at is not None
    assert waiting(room.consulting(), [room.digest]) == []


def test_the_mail_says_what_there_is_to_decide_on(room):
    room.tell()
    text, issue = room.text(), room.stored.issue
    assert "[Bàn tin] Draft to decide on: Bản tin tuần no. 1" in room.mail()["Subject"]
    for item in issue.items:
        assert item.url in text
        assert item.title in " ".join(text.split())
    assert "WOULD COME UP IF OTHERS ARE HIDDEN" in text
    assert issue.spare[0].url in text
    assert "2 stories, 3 members in 1 group." in text
    assert "vi · everything: 3 members, 2 stories" in text
    assert "No error" in text
    said = " ".join(text.split())
    assert "by 19 October 2026, 18:01 (in 12 hours), it is kept back" in said
    seen = overview(room.mailing, room.digest, room.stored, room.clock.now)
    assert f"Subject: {seen.subject[:20]}" in text
    assert f"syndicate digest approve tuan 1 --seen {seen.sha256[:12]}" in text
    assert "syndicate digest edit tuan 1 --pin 2 --hide 1" in text
    html = room.mail().get_body(("html",)).get_content()
    assert issue.items[0].url in html


@pytest.mark.parametrize(
    ("silence", "said"),
    [
        (Silence.SEND, "thì số này được gửi đi"),
        (Silence.HOLD, "thì số này được giữ lại"),
        (Silence.SKIP, "thì số này bị bỏ"),
    ],
)
def test_the_mail_says_in_vietnamese_what_silence_means(room, silence, said):
    room.language = "vi"
    room.digest = replace(room.digest, on_silence=silence)
    room.tell()
    text = " ".join(room.text().split())
    assert said in text
    assert "syndicate digest approve tuan 1" in text


def test_a_relay_that_is_down_is_tried_again_and_told_once(room):
    room.post.replies = [DEFERRED, DEFERRED]
    for pause in (timedelta(0), RETRY[0], RETRY[1]):
        room.clock.now += pause
        room.tell()
    assert len(room.post.sent) == 3
    room.clock.advance(hours=5)
    room.tell()
    assert len(room.post.sent) == 3


def test_an_editor_who_was_deferred_is_tried_again_though_another_was_told(room):
    room.readers = (*room.readers, Member(address="binh@vd.example"))
    room.post.replies = [ACCEPTED, DEFERRED]
    room.tell()
    assert room.kept().told_at is not None
    assert waiting(room.consulting(), [room.digest]) == [room.kept()]
    room.clock.now += RETRY[0]
    room.tell()
    assert room.post.recipients[2:] == ["binh@vd.example"]
    assert waiting(room.consulting(), [room.digest]) == []


def test_two_processes_tell_the_desk_once(room):
    inner = []

    def meanwhile(_message):
        inner.append(tell_desk(room.consulting(), room.digest, room.kept()))

    room.post.before = meanwhile
    room.tell()
    assert inner == [None]
    assert len(room.post.sent) == 1


def test_a_desk_that_dies_after_telling_notes_it_at_the_next_start(room):
    room.tell()
    with room.desk.database.write() as connection:
        connection.execute(update(schema.issues).values(told_at=None))
    room.tell()
    assert room.kept().told_at is not None
    assert len(room.post.sent) == 1


def test_where_nobody_reads_reports_nobody_is_told(room):
    room.readers = ()
    assert room.tell() is None
    assert room.post.sent == []


def test_the_deadline_moves_for_those_who_are_told_late(room):
    room.post.replies = [DEFERRED] * 6
    room.tell()
    for pause in RETRY:
        room.clock.now += pause
        room.tell()
    assert room.kept().deadline_at > room.clock.now
    assert room.kept().deadline_at == room.kept().told_at + REVIEW / 2


# ── Silence ──


@pytest.mark.parametrize(
    ("silence", "state"),
    [
        (Silence.SEND, IssueState.APPROVED),
        (Silence.HOLD, IssueState.HELD),
        (Silence.SKIP, IssueState.SKIPPED),
    ],
)
def test_on_silence_comes_what_the_digest_says_and_not_before(room, silence, state):
    room.digest = replace(room.digest, on_silence=silence)
    room.tell()
    room.clock.now = room.stored.deadline_at - MINUTE
    assert room.silent() == []
    room.clock.now = room.stored.deadline_at
    (decided,) = room.silent()
    assert (decided.state, decided.decided_by) == (state, DEADLINE)
    assert room.silent() == []


def test_a_desk_that_was_down_over_the_deadline_decides_at_its_start(room):
    room.digest = replace(room.digest, on_silence=Silence.SEND)
    room.tell()
    room.clock.now = room.stored.deadline_at + timedelta(days=1)
    assert room.silent()[0].state is IssueState.APPROVED


def test_a_clock_that_jumps_back_decides_nothing(room):
    room.tell()
    room.clock.now -= timedelta(days=400)
    assert room.silent() == []
    assert room.kept().state is IssueState.DRAFT


@pytest.mark.parametrize("silence", [Silence.SEND, Silence.SKIP])
def test_the_silence_of_those_who_were_never_told_counts_for_nothing(room, silence):
    room.digest = replace(room.digest, on_silence=silence)
    room.post.replies = [DEFERRED] * 99
    room.tell()
    room.clock.now += timedelta(days=3)
    assert room.silent() == []
    for _ in range(TRIES):
        room.tell()
        room.clock.now += RETRY[-1]
    room.clock.now += REVIEW
    assert len(room.post.sent) == TRIES
    (decided,) = room.silent()
    assert (decided.state, decided.held_why) == (IssueState.HELD, NOT_TOLD)


def test_where_there_is_nobody_to_tell_silence_counts_at_the_deadline(room):
    room.readers = ()
    room.digest = replace(room.digest, on_silence=Silence.SEND)
    room.clock.now = room.stored.deadline_at
    assert room.silent()[0].state is IssueState.APPROVED


def test_who_has_just_edited_is_not_silent(room):
    room.tell()
    room.clock.now = room.stored.deadline_at - MINUTE
    room.edit(subject="Tuần này")
    room.clock.now = room.stored.deadline_at
    assert room.silent() == []
    room.clock.now += AT_WORK
    assert room.silent()[0].state is IssueState.HELD


def test_what_was_decided_is_not_decided_again_by_silence(room):
    room.tell()
    for decide in (room.approve, room.hold):
        room.clock.now = room.stored.deadline_at - MINUTE
        decide()
        room.clock.now = room.stored.deadline_at + MINUTE
        assert room.silent() == []


def test_an_editor_who_speaks_while_silence_is_looked_at_is_heard(room, monkeypatch):
    """The clock has read the draft; before it writes, an editor holds the issue."""
    room.tell()
    room.digest = replace(room.digest, on_silence=Silence.SEND)
    room.clock.now = room.stored.deadline_at
    read = issues.in_state

    def then_held(connection, state):
        found = read(connection, state)
        room.hold()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(issues, "in_state", then_held)
        room.silent()
    assert (room.kept().state, room.kept().decided_by) == (IssueState.HELD, "Lan")


def test_an_issue_that_must_not_be_sent_is_held_and_says_why(room):
    """No copy could leave: the sender is no address."""
    room.tell()
    room.mailing = room.desk.mailing(sender="nobody")
    room.digest = replace(room.digest, on_silence=Silence.SEND)
    room.clock.now = room.stored.deadline_at
    (decided,) = room.silent()
    assert decided.state is IssueState.HELD
    assert "nobody" in decided.held_why


def test_a_digest_that_config_no_longer_has_is_left_alone(room):
    room.clock.now = room.stored.deadline_at
    assert decide_silence(room.mailing, [], room.clock.now) == []


# ── Approval ──


def test_approval_keeps_the_sha256_of_all_parts_who_and_when(room):
    approved = room.approve()
    assert approved.state is IssueState.APPROVED
    assert (approved.decided_by, approved.approved_at) == ("Lan", room.clock.now)
    assert approved.sha256 == sealed(room.mailing, room.digest, room.stored.issue)


def test_approval_is_of_the_edited_issue(room):
    before = sealed(room.mailing, room.digest, room.stored.issue)
    room.edit(hidden=(room.stored.issue.items[0].uid,), note="Chào bạn đọc.")
    approved = room.approve()
    assert approved.sha256 != before
    assert approved.sha256 == sealed(room.mailing, room.digest, whole(approved))


def test_the_issue_has_carried_what_was_shown_and_not_what_was_hidden(room):
    hidden = room.stored.issue.items[0].uid
    room.edit(hidden=(hidden,))
    room.approve()
    told = room.desk.ask(lambda c: carrying.carrying(c, [hidden]))
    assert told == []
    came_up = room.stored.issue.spare[0].uid
    assert room.desk.ask(lambda c: carrying.carrying(c, [came_up]))


def test_to_approve_twice_is_refused_and_says_who_did(room):
    room.approve()
    with pytest.raises(MailError, match="approved already, by Lan"):
        room.approve(by="Bình")
    assert room.kept().decided_by == "Lan"


def test_to_approve_while_it_is_sent_is_refused(room):
    room.approve()
    room.plan()
    with pytest.raises(MailError, match="being sent already"):
        room.approve()


def test_what_is_drawn_differently_now_can_be_approved_again(room):
    approved = room.approve()
    room.mailing = room.desk.mailing(postal_address="1 Lê Lợi, Cửu Hà")
    assert room.approve(by="Bình").sha256 != approved.sha256
    assert room.kept().decided_by == "Bình"


def test_who_has_seen_another_issue_does_not_approve_this_one(room):
    seen = overview(room.mailing, room.digest, room.kept(), room.clock.now).sha256
    room.edit(subject="Khác rồi")
    with pytest.raises(MailError, match="not what you have seen"):
        room.approve(seen=seen[:12])
    now = overview(room.mailing, room.digest, room.kept(), room.clock.now).sha256
    assert room.approve(seen=now[:12]).state is IssueState.APPROVED


def test_an_issue_with_an_error_in_its_bytes_cannot_be_approved(room):
    room.mailing = room.desk.mailing(sender="nobody")
    with pytest.raises(MailError, match="nobody"):
        room.approve()
    assert room.kept().state is IssueState.DRAFT


def test_a_held_issue_can_be_approved(room):
    room.hold()
    assert room.approve().state is IssueState.APPROVED
    assert room.kept().held_why == ""


def test_an_edit_while_somebody_approves_is_seen(room, monkeypatch):
    """The approval has drawn the issue; before it writes, another editor edits."""
    read = drafts.locked

    def meanwhile(connection, issue_id):
        edits = Edits(subject="Xen vào")
        drafts.keep_edits(
            connection,
            issue_id,
            edits,
            state=IssueState.DRAFT,
            deadline_at=None,
        )
        return read(connection, issue_id)

    with monkeypatch.context() as patched:
        patched.setattr(drafts, "locked", meanwhile)
        with pytest.raises(MailError, match="it was edited in the meantime"):
            room.approve()
    assert room.kept().state is IssueState.DRAFT


def test_of_two_who_approve_at_once_one_is_told(room):
    """Each has a thread of its own, and both have read the draft."""
    seen, said = room.kept(), []
    ready = Barrier(2)

    def decide(name: str) -> None:
        ready.wait()
        try:
            approve(room.mailing, room.digest, seen, by=name, now=room.clock.now)
            said.append(name)
        except MailError as error:
            said.append(str(error))

    editors = [Thread(target=decide, args=(name,)) for name in ("Lan", "Bình")]
    for one in editors:
        one.start()
    for one in editors:
        one.join()
    refused = [one for one in said if one not in ("Lan", "Bình")]
    assert len(refused) == 1
    assert f"it was approved by {room.kept().decided_by} in the" in refused[0]
    assert room.kept().decided_by in said


# ── Edits ──


def test_edits_are_kept_beside_the_composed_issue(room):
    first, second = (item.uid for item in room.stored.issue.items)
    edited = room.edit(pinned=(second,), hidden=(first,))
    assert edited.issue == room.stored.issue
    assert uids(edited)[0] == second
    assert first not in uids(edited)
    assert len(uids(edited)) == 2
    assert uids(room.edit()) == [first, second]


def test_edits_that_cannot_be_are_refused_and_change_nothing(room):
    with pytest.raises(MailError, match="no such story: khong-co"):
        room.edit(hidden=("khong-co",))
    every = [*room.stored.issue.items, *room.stored.issue.spare]
    with pytest.raises(MailError, match="every story is hidden"):
        room.edit(hidden=tuple(item.uid for item in every))
    assert room.kept().edits == Edits()


def test_an_approved_issue_that_is_edited_is_a_draft_with_its_time_for_review(room):
    room.approve()
    room.clock.advance(days=2)
    edited = room.edit(subject="Sửa lại")
    assert (edited.state, edited.approved_at) == (IssueState.DRAFT, None)
    assert edited.deadline_at == room.clock.now + REVIEW


def test_a_held_issue_that_is_edited_stays_held(room):
    room.hold()
    assert room.edit(subject="Sửa lại").state is IssueState.HELD


@pytest.mark.parametrize("change", ["edit", "hold", "skip"])
def test_an_issue_that_is_being_sent_can_no_longer_be_changed(room, change):
    room.approve()
    room.plan()
    with pytest.raises(MailError, match="being sent"):
        getattr(room, change)()


@pytest.mark.parametrize("change", ["edit", "hold", "skip", "approve"])
def test_an_issue_that_was_sent_can_no_longer_be_changed(room, change):
    room.approve()
    with room.desk.database.write() as connection:
        issues.set_state(connection, room.stored.id, IssueState.SENT)
    with pytest.raises(MailError, match="it was sent"):
        getattr(room, change)()


@pytest.mark.parametrize("change", ["edit", "hold", "skip", "approve"])
def test_an_issue_that_was_skipped_stays_so_and_says_why(room, change):
    room.skip()
    with pytest.raises(MailError, match=r"it was skipped \(trùng số\)"):
        getattr(room, change)()


def test_two_editors_do_not_overwrite_each_other(room):
    """Both have read the draft; the second one to write is told."""
    seen = room.kept()
    room.edit(subject="Của Lan")
    with pytest.raises(MailError, match="it was edited in the meantime"):
        edit(room.mailing, room.digest, seen, Edits(subject="Của Bình"), room.clock.now)
    assert room.kept().edits.subject == "Của Lan"


def test_a_reason_is_kept_with_who_gave_it(room):
    held = room.hold("chờ số liệu")
    assert (held.held_why, held.decided_by) == ("chờ số liệu", "Lan")
    with pytest.raises(MailError, match="at most 500"):
        room.hold("x" * 501)


# ── Numbers ──


def test_stories_go_by_number_or_uid_and_numbers_outlive_edits(room):
    issue = room.stored.issue
    first, second, third = (one.uid for one in (*issue.items, *issue.spare))
    assert numbers(issue) == {first: 1, second: 2, third: 3}
    room.edit(hidden=(first,))
    assert named(room.kept().issue, ["3", first]) == (third, first)
    with pytest.raises(MailError, match="no such story: 4, -1, zz"):
        named(issue, ["4", "1", "-1", "zz"])


def test_an_overview_shows_groups_and_what_is_wrong_with_their_bytes(room):
    seen = overview(room.mailing, room.digest, room.kept(), room.clock.now)
    assert [group.members for group in seen.groups] == [3]
    assert seen.members == 3
    assert not seen.has_errors
    assert seen.groups[0].size > 1000


# ── Hostile words ──


def test_a_draft_of_hostile_stories_is_told_whole_and_passes_the_checks(room):
    """Markup, turned text, templates, and far more than fits into a mail."""
    first = room.stored.issue.items[0]
    bad = replace(
        first,
        title="<b>{{ x }}</b> \u202e lật ngược " + "dài " * 90,
        summary="<script>alert(1)</script> {% if %} " + "rất dài " * 200,
        url="javascript:alert(1)",
        source="A\r\nBcc: x@vd.example",
        note="</td></table>" * 30,
    )
    many = tuple(
        replace(bad, uid=f"{first.uid}-{n}", rank=n + 2, story=n) for n in range(150)
    )
    section = replace(room.stored.issue.sections[0], items=(first, *many))
    issue = replace(room.stored.issue, sections=(section,))
    with room.desk.database.write() as connection:
        connection.execute(
            update(schema.issues)
            .values(content=to_json(issue))
            .where(schema.issues.c.id == room.stored.id)
        )
    held = room.tell()
    assert [copy.state for copy in held.detail.copies] == [ACCEPTED]
    html = room.mail().get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "javascript:" not in html
    assert re.search(r"and \d+ more", room.text())


# ── Both engines ──


def test_decisions_are_kept_on_postgresql_as_on_sqlite(emptied, room):
    with Database.open(emptied) as database:
        with database.write() as connection:
            number = issues.create(
                connection,
                room.stored.issue,
                state=IssueState.DRAFT,
                sha256="",
                now=room.clock.now,
                deadline_at=room.clock.now + REVIEW,
            )
        room.desk.database, room.mailing = (
            database,
            replace(room.mailing, database=database),
        )
        room.stored = replace(room.stored, id=number)
        assert drafts_of(room) == [number]
        room.edit(hidden=(room.stored.issue.items[0].uid,))
        room.tell()
        assert room.kept().told_at is not None
        assert room.approve().state is IssueState.APPROVED
        assert drafts_of(room) == []
        with pytest.raises(MailError, match="approved already"):
            room.approve()
        room.plan()
        with pytest.raises(MailError, match="being sent"):
            room.skip()


def drafts_of(room: Newsroom) -> list[int]:
    found = room.desk.ask(lambda c: issues.in_state(c, IssueState.DRAFT))
    return [one.id for one in found]
