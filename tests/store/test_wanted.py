"""Who is to get an issue, and what they want of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from syndicate.model import (
    Cadence,
    Choice,
    Digest,
    IssueState,
    Member,
    MemberState,
    Origin,
    SubscriptionState,
)
from syndicate.store import Database, archived, members, subscriptions, wanted
from syndicate.store.schema import issues

NOW = datetime(2026, 10, 18, 23, 1, tzinfo=UTC)
DIGEST = Digest(key="tuan", title="Tuần")
DAILY = Digest(key="tuan-daily", title="Tuần", parent="tuan", cadence=Cadence.DAILY)


@pytest.fixture
def add(database: Database) -> Callable[..., int]:
    """Subscribe somebody to the weekly; gives the member's number."""
    numbers = itertools.count(1)

    def make(choice: Choice | None = None, **given: Any) -> int:
        address = f"m{next(numbers)}@vd.example"
        new = Member(address=address, state=MemberState.OK, **given)
        with database.write() as connection:
            member = members.add(
                connection, new, mailbox=address, mark=address, now=NOW
            )
            subscriptions.add(
                connection,
                member.id,
                "tuan",
                SubscriptionState.ACTIVE,
                Origin.SIGNUP,
                NOW,
                **subscriptions.columns_of(choice or Choice()),
            )
        return member.id

    return make


def test_people_who_want_the_same_are_counted_together(
    database: Database, add: Callable[..., int]
) -> None:
    for _each in range(3):
        add()
    add(Choice(categories=("a", "b")))
    add(Choice(categories=("a", "b")), language="en")
    add(Choice(sources=("x",)), text_only=True)
    with database.read() as connection:
        edition = wanted.edition(DIGEST)
        found = {
            (one.language, one.text_only, one.categories, one.sources): number
            for one, number in wanted.counted(connection, edition, NOW)
        }
    assert found == {
        ("", False, (), ()): 3,
        ("", False, ("a", "b"), ()): 1,
        ("en", False, ("a", "b"), ()): 1,
        ("", True, (), ("x",)): 1,
    }


def test_everybody_is_told_of_once_however_many_they_are(
    database: Database, add: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wanted, "_AT_A_TIME", 3)
    numbers = [add() for _each in range(7)]
    with database.read() as connection:
        edition = wanted.edition(DIGEST)
        some = list(wanted.people(connection, edition, NOW))
    assert [len(each) for each in some] == [3, 3, 1]
    assert [one.member for each in some for one in each] == numbers


def test_each_cadence_has_those_who_chose_it(
    database: Database, add: Callable[..., int]
) -> None:
    add()
    add(Choice(cadence="weekly"))
    add(Choice(cadence="daily"))
    with database.read() as connection:
        found = {
            digest.key: sum(
                number
                for _one, number in wanted.counted(
                    connection, wanted.edition(digest), NOW
                )
            )
            for digest in (DIGEST, DAILY)
        }
    assert found == {"tuan": 2, "tuan-daily": 1}


def test_an_archive_lists_issues_newest_first(database: Database) -> None:
    with database.write() as connection:
        for number, state in enumerate(("sent", "skipped", "approved"), 1):
            row = {
                "digest": "tuan",
                "number": number,
                "start": NOW.replace(day=number),
                "end": NOW.replace(day=number + 7),
                "state": state,
                "sha256": "",
                "created_at": NOW,
                "content": {},
            }
            connection.execute(issues.insert().values(row))
    with database.read() as connection:
        states = (IssueState.SENT, IssueState.APPROVED)
        found = archived.periods(connection, "tuan", states)
    assert [one.number for one in found] == [3, 1]
    assert found[0].end == NOW.replace(day=10)
