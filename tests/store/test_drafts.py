"""What people decide on an issue is kept, on every engine."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.model import Edits, Issue, IssueState
from syndicate.store import drafts, issues
from syndicate.store.drafts import Decision

DAY = timedelta(days=1)
EDITS = Edits(
    pinned=("b",),
    hidden=("a",),
    summaries=(("b", "Kể lại."),),
    subject="Tuần của những cây cầu",
    note="Chào bạn đọc.\nSố này dài.",
)


@pytest.fixture
def write(database):
    def do(work):
        with database.write() as connection:
            return work(connection)

    return do


@pytest.fixture
def draft(write, now) -> int:
    issue = Issue(digest="tuan", number=1, start=now - 7 * DAY, end=now, sections=())
    return write(
        lambda c: issues.create(
            c,
            issue,
            state=IssueState.DRAFT,
            sha256="",
            now=now,
            deadline_at=now + DAY,
        )
    )


def test_edits_are_kept_and_read_as_they_were_given(write, draft, now):
    write(
        lambda c: drafts.keep_edits(
            c, draft, EDITS, state=IssueState.DRAFT, deadline_at=now + 2 * DAY
        )
    )
    kept = write(lambda c: drafts.locked(c, draft))
    assert kept.edits == EDITS
    assert kept.deadline_at == now + 2 * DAY


def test_a_decision_is_kept_with_who_when_and_why(write, draft, now):
    def decide(state: IssueState, **given: str):
        told = Decision(state=state, by="Lan", at=now, **given)
        write(lambda c: drafts.decide(c, draft, told))
        return write(lambda c: drafts.locked(c, draft))

    held = decide(IssueState.HELD, why="chờ số liệu\x00")
    assert (held.decided_by, held.held_why) == ("Lan", "chờ số liệu\ufffd")
    approved = decide(IssueState.APPROVED, sha256="ab12")
    assert (approved.sha256, approved.approved_at) == ("ab12", now)
    assert approved.held_why == ""
    skipped = decide(IssueState.SKIPPED, why="trùng")
    assert (skipped.closed_at, skipped.approved_at) == (now, None)
    assert skipped.sha256 == "ab12"


def test_what_was_approved_and_is_edited_is_approved_no_more(write, draft, now):
    told = Decision(state=IssueState.APPROVED, by="Lan", at=now, sha256="ab12")
    write(lambda c: drafts.decide(c, draft, told))
    write(
        lambda c: drafts.keep_edits(
            c, draft, EDITS, state=IssueState.DRAFT, deadline_at=None
        )
    )
    kept = write(lambda c: drafts.locked(c, draft))
    assert (kept.state, kept.approved_at) == (IssueState.DRAFT, None)


def test_an_issue_that_is_not_there_cannot_be_locked(write):
    assert write(lambda c: drafts.locked(c, 99)) is None


def test_issues_of_late_are_found_by_when_they_were_composed(write, draft, now):
    found = write(lambda c: drafts.recent(c, now - DAY))
    assert [one.id for one in found] == [draft]
    assert write(lambda c: drafts.recent(c, now)) == []


def test_when_the_desk_was_told_and_a_later_deadline_are_kept(write, draft, now):
    write(lambda c: drafts.note_told(c, draft, now))
    write(lambda c: drafts.put_off(c, draft, now + 3 * DAY))
    kept = write(lambda c: drafts.locked(c, draft))
    assert (kept.told_at, kept.deadline_at) == (now, now + 3 * DAY)
