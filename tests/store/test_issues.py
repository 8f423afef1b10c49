from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select, update

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
from syndicate.store import Database, StoredIssue, carrying, issues
from syndicate.store.schema import issues as table

WEEK = timedelta(days=7)
_S = IssueState


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


def test_a_skipped_issue_leaves_its_number_unless_it_had_been_approved(
    database: Database, now: datetime
) -> None:
    skipped = _create(database, _issue(now, number=1), now, IssueState.SKIPPED)
    with database.read() as connection:
        assert issues.next_number(connection, "weekly") == 1
    assert skipped is not None
    with database.write() as connection:
        issues.set_state(connection, skipped, IssueState.APPROVED)
    shown = _create(database, _issue(now + WEEK, number=2), now, IssueState.APPROVED)
    assert shown is not None
    with database.write() as connection:
        issues.set_state(connection, shown, IssueState.SKIPPED, now=now + WEEK)
    with database.read() as connection:
        assert issues.next_number(connection, "weekly") == 3
        assert issues.next_number(connection, "weekly", now + WEEK) == 2


def test_an_issue_remembers_when_it_was_closed_and_why(
    database: Database, now: datetime
) -> None:
    made = _create(database, _issue(now), now, IssueState.APPROVED)
    assert made is not None
    with database.write() as connection:
        issues.set_state(
            connection, made, IssueState.SKIPPED, now=now + WEEK, why="nobody\x00 here"
        )
        stored = issues.get(connection, made)
    assert stored is not None
    assert (stored.state, stored.closed_at) == (IssueState.SKIPPED, now + WEEK)
    assert stored.held_why == "nobody\ufffd here"


def test_what_comes_up_in_a_draft_is_carried_and_what_is_hidden_is_not(
    database: Database, now: datetime
) -> None:
    made = _create(database, _issue(now, "x", "y"), now)
    assert made is not None
    with database.write() as connection:
        issues.carry(connection, made, ["y", "z", "z"])
    with database.read() as connection:
        held = {
            uid: bool(carrying.carrying(connection, [uid])) for uid in ("x", "y", "z")
        }
    assert held == {"x": False, "y": True, "z": True}


def test_an_issue_of_before_has_no_new_words_and_is_read_as_ever(
    database: Database, now: datetime
) -> None:
    """Content that a version up to 0.4 wrote has none of the newer fields."""
    made = _create(database, _issue(now, "x"), now)
    old = ("spare", "subject", "note", "hidden", "limits", "headings")
    item_new = ("rank", "brief", "categories", "sources", "carried_in", "carried_by")
    with database.write() as connection:
        content = connection.execute(select(table.c.content)).scalar_one()
        for name in old:
            content.pop(name)
        for section in content["sections"]:
            section.pop("titles")
            for item in section["items"]:
                for name in (*item_new, "section", "cites", "note", "credit"):
                    item.pop(name)
        connection.execute(update(table).values(content=content))
    with database.read() as connection:
        assert made is not None
        stored = issues.get(connection, made)
    assert stored is not None
    assert stored.issue == _issue(now, "x")
    assert stored.issue.lead == stored.issue.items[0]


def test_issues_that_may_still_go_out_are_found(
    database: Database, now: datetime
) -> None:
    states = (_S.DRAFT, _S.HELD, _S.APPROVED, _S.SENT, _S.SKIPPED)
    for week, state in enumerate(states):
        _create(database, _issue(now + week * WEEK, number=week), now, state)
    with database.read() as connection:
        found = issues.unread(connection, "weekly", now + 2 * WEEK)
        assert [one.issue.number for one in found] == [0, 1]
        found = issues.unread(connection, "weekly", now + 9 * WEEK)
        assert [one.issue.number for one in found] == [0, 1, 2]
        assert issues.unread(connection, "monthly", now + 9 * WEEK) == []


def test_issues_have_ids_by_edition_and_number(
    database: Database, now: datetime
) -> None:
    skipped = _create(database, _issue(now, number=1), now, IssueState.SKIPPED)
    went = _create(database, _issue(now + WEEK, number=1), now, IssueState.SENT)
    daily = _create(database, _issue(now, digest="weekly-daily"), now)
    with database.read() as connection:
        found = issues.ids_of(
            connection, [("weekly", 1), ("weekly", 2), ("weekly-daily", 1)]
        )
    assert found == {("weekly", 1): went, ("weekly-daily", 1): daily}
    assert skipped not in found.values()
