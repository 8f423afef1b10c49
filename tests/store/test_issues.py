from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from syndicate.errors import StoreError
from syndicate.model import (
    Dated,
    DateOrigin,
    Image,
    Issue,
    IssueItem,
    IssueSection,
    IssueState,
    Precision,
)
from syndicate.store import Database, StoredIssue, issues

WEEK = timedelta(days=7)


def _item(uid: str) -> IssueItem:
    hanoi = timezone(timedelta(hours=7))
    return IssueItem(
        story=7,
        uid=uid,
        title="Đại hội chi bộ",
        url="https://a.example/1",
        summary="…",
        source="Bến Tre",
        language="vi",
        published=Dated(
            value=datetime(2026, 11, 20, tzinfo=hanoi),
            precision=Precision.DAY,
            origin=DateOrigin.META,
            raw="20/11/2026",
        ),
        authors=("A",),
        also=(("Cà Mau", "https://b.example/1"),),
        documents=("05-CT/TW",),
        image=Image(url="https://a.example/1.jpg"),
        corrected=True,
    )


def _issue(
    start: datetime, *uids: str, digest: str = "weekly", number: int = 1
) -> Issue:
    items = tuple(_item(uid) for uid in uids)
    return Issue(
        digest=digest,
        number=number,
        start=start,
        end=start + WEEK,
        sections=(IssueSection(title="Tin khác", items=items),),
        documents=(("05-CT/TW", 2),),
        left_out=3,
    )


def _create(
    database: Database,
    issue: Issue,
    now: datetime,
    state: IssueState = IssueState.DRAFT,
) -> int | None:
    with database.write() as connection:
        return issues.create(connection, issue, state=state, sha256="beef", now=now)


def test_an_issue_comes_back_as_it_was_frozen(
    database: Database, now: datetime
) -> None:
    issue = _issue(now, "x", "y")
    made = _create(database, issue, now + WEEK)
    assert made is not None
    stored = StoredIssue(
        id=made,
        issue=issue,
        state=IssueState.DRAFT,
        sha256="beef",
        created_at=now + WEEK,
    )
    with database.read() as connection:
        assert issues.find(connection, "weekly", now) == stored
        assert issues.get(connection, made) == stored
        assert issues.numbered(connection, "weekly", 1) == stored
        assert issues.find(connection, "weekly", now + WEEK) is None
        assert issues.find(connection, "monthly", now) is None
        assert issues.get(connection, made + 1) is None
        assert issues.numbered(connection, "weekly", 2) is None
        assert issues.numbered(connection, "weekly", 10**30) is None


def test_a_window_has_one_issue(database: Database, now: datetime) -> None:
    first = _create(database, _issue(now, "x"), now)
    assert first is not None
    assert _create(database, _issue(now, "y", number=2), now) is None
    assert _create(database, _issue(now, "y", digest="monthly"), now) is not None
    elsewhere = now.astimezone(timezone(timedelta(hours=7)))
    assert _create(database, _issue(elsewhere), now) is None
    with database.read() as connection:
        stored = issues.find(connection, "weekly", now)
    assert stored is not None
    assert stored.issue.items[0].uid == "x"


def test_a_state_moves_and_a_new_rendering_may_be_approved(
    database: Database, now: datetime
) -> None:
    made = _create(database, _issue(now), now)
    assert made is not None
    with database.write() as connection:
        issues.set_state(connection, made, IssueState.APPROVED)
        stored = issues.get(connection, made)
        assert stored is not None
        assert (stored.state, stored.sha256) == (IssueState.APPROVED, "beef")
        issues.set_state(connection, made, IssueState.SENT, sha256="feed")
        stored = issues.get(connection, made)
        assert stored is not None
        assert (stored.state, stored.sha256) == (IssueState.SENT, "feed")


def test_an_unknown_issue_has_no_state(database: Database) -> None:
    with (
        pytest.raises(StoreError, match="there is no issue 999"),
        database.write() as connection,
    ):
        issues.set_state(connection, 999, IssueState.SENT)


def test_the_latest_windows_come_first(database: Database, now: datetime) -> None:
    for week in (1, 0, 2):
        _create(database, _issue(now + week * WEEK, number=week + 1), now)
    with database.read() as connection:
        numbers = [one.issue.number for one in issues.latest(connection, "weekly", 2)]
        assert numbers == [3, 2]
        assert issues.latest(connection, "monthly", 2) == []


def test_issues_are_found_by_their_state(database: Database, now: datetime) -> None:
    for week, state in enumerate([IssueState.SENT, IssueState.APPROVED] * 2):
        _create(database, _issue(now - week * WEEK, number=week), now, state)
    with database.read() as connection:
        approved = issues.in_state(connection, IssueState.APPROVED)
    assert [one.issue.number for one in approved] == [3, 1]


def test_each_digest_counts_its_own_numbers(database: Database, now: datetime) -> None:
    _create(database, _issue(now, number=1), now)
    _create(database, _issue(now + WEEK, number=7), now)
    with database.read() as connection:
        assert issues.next_number(connection, "weekly") == 8
        assert issues.next_number(connection, "monthly") == 1


def test_stories_are_carried_by_issues_that_were_not_skipped(
    database: Database, now: datetime
) -> None:
    _create(database, _issue(now, "x", "y", "x"), now, IssueState.SENT)
    _create(database, _issue(now + WEEK, "x"), now + WEEK)
    skipped = _issue(now + 2 * WEEK, "x", "z")
    _create(database, skipped, now + 2 * WEEK, IssueState.SKIPPED)
    _create(database, _issue(now, "m", digest="monthly"), now)
    with database.read() as connection:
        assert issues.carried(connection, "weekly") == {"x": now + WEEK, "y": now}
        assert issues.carried(connection, "yearly") == {}
