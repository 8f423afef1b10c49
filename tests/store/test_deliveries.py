from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from syndicate.errors import StoreError
from syndicate.model import Delivery, DeliveryState, Issue, IssueState, Member
from syndicate.store import Database, deliveries, issues, members

MINUTE = timedelta(minutes=1)
AN = Member(address="An@Example.vn", name="Nguyễn Văn An")
BINH = Member(address="binh@example.vn")
CHI = Member(address="chi@example.vn")
FINAL = [DeliveryState.ACCEPTED, DeliveryState.REFUSED, DeliveryState.CANCELLED]


def _issue(database: Database, now: datetime, digest: str = "weekly") -> int:
    issue = Issue(digest=digest, number=1, start=now, end=now, sections=())
    with database.write() as connection:
        made = issues.create(
            connection, issue, state=IssueState.APPROVED, sha256="", now=now
        )
    assert made is not None
    return made


@pytest.fixture
def issue(database: Database, now: datetime) -> int:
    """An approved issue of the weekly."""
    return _issue(database, now)


def _claimed(database: Database, issue: int, now: datetime) -> Delivery:
    with database.write() as connection:
        found = deliveries.claim(connection, issue, now)
    assert found is not None
    return found


def test_a_plan_has_a_row_for_each_mailbox(
    database: Database, issue: int, now: datetime
) -> None:
    twin = Member(address="an@example.VN", name="An")
    with database.write() as connection:
        assert deliveries.plan(connection, issue, [AN, twin, BINH], now) == 2
        assert deliveries.plan(connection, issue, [BINH, CHI, AN], now) == 1
        assert deliveries.plan(connection, issue, [], now) == 0
        rows = deliveries.all_of(connection, issue)
    assert [row.member for row in rows] == [AN, BINH, CHI]
    assert {row.state for row in rows} == {DeliveryState.PLANNED}
    assert {row.attempts for row in rows} == {0}


def test_each_issue_has_its_own_rows(database: Database, now: datetime) -> None:
    weekly, monthly = _issue(database, now), _issue(database, now, "monthly")
    with database.write() as connection:
        assert deliveries.plan(connection, weekly, [AN], now) == 1
        assert deliveries.plan(connection, monthly, [AN, BINH], now) == 2
        assert len(deliveries.all_of(connection, weekly)) == 1


def test_a_copy_is_claimed_once(database: Database, issue: int, now: datetime) -> None:
    with database.write() as connection:
        deliveries.plan(connection, issue, [AN, BINH], now)
    first, second = (_claimed(database, issue, now) for _ in range(2))
    assert (first.member, second.member) == (AN, BINH)
    assert first.state is DeliveryState.SENDING
    assert first.attempts == 1
    with database.write() as connection:
        assert deliveries.claim(connection, issue, now) is None


def test_two_programs_never_claim_the_same_copy(url: str, now: datetime) -> None:
    size = 60
    with Database.open(url) as database:
        issue = _issue(database, now)
        people = [Member(address=f"{number}@example.vn") for number in range(size)]
        with database.write() as connection:
            deliveries.plan(connection, issue, people, now)

    def send(_: int) -> list[str]:
        sent: list[str] = []
        with Database.open(url) as own:
            while True:
                with own.write() as connection:
                    found = deliveries.claim(connection, issue, now)
                if found is None:
                    return sent
                sent.append(found.member.address)

    with ThreadPoolExecutor(3) as pool:
        sent = [address for some in pool.map(send, range(3)) for address in some]
    assert Counter(sent) == Counter(member.address for member in people)


def test_a_deferred_copy_is_claimed_again_when_it_is_due(
    database: Database, issue: int, now: datetime
) -> None:
    with database.write() as connection:
        deliveries.plan(connection, issue, [AN], now)
    first = _claimed(database, issue, now)
    due_at = now + 5 * MINUTE
    with database.write() as connection:
        deliveries.settle(
            connection,
            first.id,
            DeliveryState.DEFERRED,
            "451 greylisted",
            due_at=due_at,
            now=now,
        )
        assert deliveries.claim(connection, issue, due_at - MINUTE) is None
        [row] = deliveries.all_of(connection, issue)
        assert (row.state, row.due_at, row.detail) == (
            DeliveryState.DEFERRED,
            due_at,
            "451 greylisted",
        )
    again = _claimed(database, issue, due_at)
    assert (again.id, again.attempts, again.due_at) == (first.id, 2, None)


def test_new_copies_go_before_those_that_were_deferred(
    database: Database, issue: int, now: datetime
) -> None:
    with database.write() as connection:
        deliveries.plan(connection, issue, [AN, BINH], now)
    first = _claimed(database, issue, now)
    with database.write() as connection:
        deliveries.settle(connection, first.id, DeliveryState.DEFERRED, "451", now=now)
    assert _claimed(database, issue, now + MINUTE).member == BINH
    assert _claimed(database, issue, now + MINUTE).member == AN


def test_who_leaves_between_plan_and_claim_gets_nothing(
    database: Database, issue: int, now: datetime
) -> None:
    with database.write() as connection:
        deliveries.plan(connection, issue, [AN, BINH, CHI], now)
        members.unsubscribe(connection, "weekly", "an@example.vn", now)
        members.unsubscribe(connection, "monthly", BINH.address, now)
        members.unsubscribe(connection, "weekly", CHI.address, now)
    assert _claimed(database, issue, now).member == BINH
    with database.write() as connection:
        assert deliveries.claim(connection, issue, now) is None
        rows = deliveries.all_of(connection, issue)
        tally = deliveries.tally(connection, issue)
    assert [row.detail for row in rows] == ["unsubscribed", "", "unsubscribed"]
    assert tally[DeliveryState.CANCELLED] == 2
    assert tally[DeliveryState.SENDING] == 1


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("other", set(DeliveryState))
def test_what_is_settled_for_good_stays_so(
    database: Database,
    issue: int,
    now: datetime,
    state: DeliveryState,
    other: DeliveryState,
) -> None:
    with database.write() as connection:
        deliveries.plan(connection, issue, [AN], now)
        [row] = deliveries.all_of(connection, issue)
        deliveries.settle(connection, row.id, state, "250 ok", now=now)
        if other is state:
            deliveries.settle(connection, row.id, other, "again", now=now)
        else:
            with pytest.raises(StoreError, match="cannot be"):
                deliveries.settle(connection, row.id, other, "again", now=now)
        [row] = deliveries.all_of(connection, issue)
        assert (row.state, row.detail) == (state, "250 ok")
        assert deliveries.claim(connection, issue, now) is None


def test_an_unknown_copy_cannot_be_settled(database: Database, now: datetime) -> None:
    with (
        pytest.raises(StoreError, match="there is no delivery 999"),
        database.write() as connection,
    ):
        deliveries.settle(connection, 999, DeliveryState.ACCEPTED, "", now=now)


def test_what_was_being_sent_when_the_program_died_is_uncertain(
    database: Database, issue: int, now: datetime
) -> None:
    with database.write() as connection:
        deliveries.plan(connection, issue, [AN, BINH], now)
    late = _claimed(database, issue, now)
    with database.write() as connection:
        assert deliveries.rescue(connection, now) == 1
        assert deliveries.rescue(connection, now) == 0
        rows = deliveries.all_of(connection, issue)
        assert [row.state for row in rows] == [
            DeliveryState.UNCERTAIN,
            DeliveryState.PLANNED,
        ]
        assert "interrupted" in rows[0].detail
    assert _claimed(database, issue, now).member == BINH
    with database.write() as connection:
        # The program was only slow: its answer is still worth having.
        deliveries.settle(connection, late.id, DeliveryState.ACCEPTED, "250", now=now)
        assert deliveries.tally(connection, issue)[DeliveryState.ACCEPTED] == 1


def test_planned_is_the_sum_of_all_states_whatever_happens(
    database: Database, issue: int, now: datetime
) -> None:
    chance = random.Random(3)  # noqa: S311 -- a game, no secret
    people = [Member(address=f"{number}@example.vn") for number in range(30)]
    answers = [*FINAL, DeliveryState.DEFERRED, DeliveryState.UNCERTAIN]
    with database.write() as connection:
        planned = deliveries.plan(connection, issue, people, now)
        tally = deliveries.tally(connection, issue)
        for step in range(200):
            at = now + step * MINUTE
            if chance.random() < 0.05:
                deliveries.rescue(connection, at)
            if chance.random() < 0.05:
                leaving = chance.choice(people).address
                members.unsubscribe(connection, "weekly", leaving, at)
            found = deliveries.claim(connection, issue, at)
            if found is not None and chance.random() < 0.8:
                answer = chance.choice(answers)
                deliveries.settle(connection, found.id, answer, "", now=at)
            tally = deliveries.tally(connection, issue)
            assert set(tally) == set(DeliveryState)
            assert sum(tally.values()) == planned == 30
        assert tally[DeliveryState.PLANNED] == tally[DeliveryState.DEFERRED] == 0
