"""The ledger: claimed once, settled once, and never searched from end to end."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import event, insert, text

from syndicate.members.receiving import objection
from syndicate.model import (
    Choice,
    Delivery,
    DeliveryState,
    Issue,
    IssueState,
    MemberState,
    Origin,
    Settlement,
    SubscriptionState,
)
from syndicate.store import Database, deliveries, issues, ledger, outstanding, planned
from syndicate.store.planned import Edition
from syndicate.store.schema import members, subscriptions, suppressions

MINUTE = timedelta(minutes=1)
LEASE = 2 * MINUTE
WEEKLY = Edition(series="weekly", cadences=("", "weekly"))
FINAL = [DeliveryState.ACCEPTED, DeliveryState.REFUSED, DeliveryState.CANCELLED]
PLANNED, SENDING, DEFERRED = (
    DeliveryState.PLANNED,
    DeliveryState.SENDING,
    DeliveryState.DEFERRED,
)
ACCEPTED, REFUSED, CANCELLED = FINAL
UNCERTAIN = DeliveryState.UNCERTAIN


class Ledger:
    """An issue with so many subscribers, and the steps of sending it."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        self.issue = self.compose("weekly")

    def compose(self, digest: str) -> int:
        issue = Issue(
            digest=digest, number=1, start=self.now, end=self.now, sections=()
        )
        with self.database.write() as connection:
            made = issues.create(
                connection, issue, state=IssueState.APPROVED, sha256="", now=self.now
            )
        assert made is not None
        return made

    def people(self, *addresses: str, **given: object) -> None:
        person = {
            "name": "",
            "state": "ok",
            "language": "",
            "timezone": "",
            "text_only": False,
            "score": 0,
            "soft_days": [],
            "created_at": self.now,
            "changed_at": self.now,
        }
        wish = {
            "digest": "weekly",
            "state": "active",
            "origin": "signup",
            "cadence": "",
            "weekday": None,
            "hour": None,
            "paused_until": None,
            "categories": [],
            "sources": [],
            "changed_at": self.now,
        }
        about = {key: given[key] for key in given if key in person}
        wanted = {key: given[key] for key in given if key in wish and key != "state"}
        if "subscribed" in given:
            wanted["state"] = given["subscribed"]
        with self.database.write() as connection:
            for address in addresses:
                row = person | {"mark": f"mark {address}", "address": address}
                new = insert(members).values(row | {"mailbox": address.lower()} | about)
                number = connection.execute(new.returning(members.c.id)).scalar_one()
                asked = wish | wanted | {"member_id": number}
                connection.execute(insert(subscriptions).values(asked))

    def plan(self, issue: int | None = None, edition: Edition = WEEKLY) -> int:
        number = issue or self.issue
        with self.database.write() as connection:
            due = {
                group: self.now
                for group, _count in planned.sizes(connection, edition, self.now)
            }
            planned.plan(connection, number, edition, due, self.now)
            return planned.close_plan(connection, number, self.now)

    def claim(self, most: int = 1, issue: int | None = None) -> list[Delivery]:
        with self.database.write() as connection:
            found = deliveries.due(
                connection, issue or self.issue, "weekly", most=most, now=self.now
            )
            return deliveries.take(
                connection,
                [one.delivery for one in found],
                lease_until=self.now + LEASE,
                now=self.now,
            )

    def settle(
        self, copy: Delivery, state: DeliveryState, **given: object
    ) -> list[Settlement]:
        with self.database.write() as connection:
            done = Settlement(delivery=copy, state=state, **given)  # type: ignore[arg-type] -- as given
            return deliveries.settle(connection, [done], self.now)

    def rescue(self, *, again: bool = False) -> int:
        with self.database.write() as connection:
            return outstanding.rescue(connection, self.issue, now=self.now, again=again)

    def rows(self, issue: int | None = None) -> list[Delivery]:
        with self.database.read() as connection:
            return list(ledger.listed(connection, issue or self.issue))

    def states(self) -> list[DeliveryState]:
        return [row.state for row in self.rows()]


@pytest.fixture
def books(database: Database, now: datetime) -> Ledger:
    """An issue of the weekly, for nobody yet."""
    return Ledger(database, now)


def test_a_plan_has_a_row_for_each_member(books: Ledger) -> None:
    books.people("An@Example.vn", name="Nguyễn Văn An")
    books.people("binh@mail.example.vn")
    assert books.plan() == 2
    assert books.plan() == 2
    an, binh = books.rows()
    assert (an.member.address, an.member.name) == ("An@Example.vn", "Nguyễn Văn An")
    assert (an.domain, binh.domain) == ("example.vn", "mail.example.vn")
    assert (an.state, an.attempts, an.due_at) == (PLANNED, 0, books.now)
    assert an.first_due_at == books.now
    assert an.member.id
    with books.database.read() as connection:
        assert planned.planned(connection, books.issue) == 2


def test_each_issue_has_its_own_rows(books: Ledger) -> None:
    other = books.compose("monthly")
    books.people("an@example.vn")
    books.people("binh@example.vn", digest="monthly")
    assert books.plan() == 1
    assert books.plan(other, Edition(series="monthly", cadences=("",))) == 1
    assert [row.member.address for row in books.rows(other)] == ["binh@example.vn"]


def test_one_mailbox_gets_one_copy_though_the_secret_was_changed(
    books: Ledger,
) -> None:
    """Two members then: the old mark and the new one."""
    books.people("an@example.vn")
    with books.database.write() as connection:
        connection.execute(members.update().values(mark="an older mark"))
    books.people("AN@example.vn")
    assert books.plan() == 1


@pytest.mark.parametrize(
    ("given", "gets_it"),
    [
        ({}, True),
        ({"state": "soft_bouncing"}, True),
        ({"state": "bounced"}, False),
        ({"state": "complained"}, False),
        ({"state": "invalid"}, False),
        ({"state": "erased"}, False),
        ({"state": "unverified"}, False),
        ({"state": "unverified", "origin": "config"}, True),
        ({"state": "unverified", "origin": "desk"}, True),
        ({"subscribed": "pending"}, False),
        ({"subscribed": "unsubscribed"}, False),
        ({"subscribed": "expired"}, False),
        ({"subscribed": "paused"}, False),
        ({"cadence": "weekly"}, True),
        ({"cadence": "daily"}, False),
        ({"digest": "monthly"}, False),
    ],
)
def test_who_is_planned(books: Ledger, given: dict[str, object], gets_it: bool) -> None:
    books.people("an@example.vn", **given)
    assert books.plan() == int(gets_it)


@pytest.mark.parametrize(("days", "count"), [(-1, 1), (0, 1), (1, 0)])
def test_a_pause_that_is_over_counts_as_none(
    books: Ledger, days: int, count: int
) -> None:
    until = books.now + timedelta(days=days)
    books.people("an@example.vn", subscribed="paused", paused_until=until)
    assert books.plan() == count


def test_who_is_suppressed_is_not_planned(books: Ledger, now: datetime) -> None:
    books.people("an@example.vn", "binh@example.vn")
    with books.database.write() as connection:
        row = {"mark": "mark an@example.vn", "reason": "desk", "at": now, "note": ""}
        connection.execute(insert(suppressions).values(row))
    assert books.plan() == 1
    assert books.rows()[0].member.address == "binh@example.vn"


def test_the_plan_and_the_claim_agree_on_everybody(
    books: Ledger, now: datetime
) -> None:
    """One rule in SQL, one in Python: every combination of what can be."""
    rows = list(
        product(
            MemberState,
            SubscriptionState,
            Origin,
            ("", "weekly", "daily"),
            (now - MINUTE, now + MINUTE),
        )
    )
    for state, subscribed, origin, cadence, until in rows:
        books.people(
            f"{state}.{subscribed}.{origin}.{cadence}.{until.minute}@example.vn",
            state=state.value,
            subscribed=subscribed.value,
            origin=origin.value,
            cadence=cadence,
            paused_until=until,
        )
    with books.database.write() as connection:
        some = members.select().with_only_columns(members.c.mark)
        marks = connection.scalars(some.where(members.c.id % 7 == 0)).all()
        known = {"reason": "desk", "at": now, "note": ""}
        connection.execute(
            insert(suppressions), [known | {"mark": mark} for mark in marks]
        )
    count = books.plan()
    with books.database.write() as connection:
        found = deliveries.due(connection, books.issue, "weekly", most=9_999, now=now)
        absent = list(ledger.absent(connection, books.issue, "weekly"))
    assert len(found) == count > 20
    assert len(absent) + len(found) == len(rows)
    for one in found:
        assert objection(one, WEEKLY.cadences, now) == ""
    for other in absent:
        assert objection(other.candidate, WEEKLY.cadences, now)


def test_members_are_planned_by_the_moments_that_they_chose(books: Ledger) -> None:
    for number in range(300):
        hour = number % 24 or None
        weekday = number // 24 % 8 - 1
        zone = ("", "Asia/Tokyo")[number % 2]
        books.people(
            f"{number}@example.vn",
            weekday=weekday if weekday >= 0 else None,
            hour=hour,
            timezone=zone,
        )
    with books.database.write() as connection:
        sizes = planned.sizes(connection, WEEKLY, books.now)
        due = {group: books.now + n * MINUTE for n, (group, _count) in enumerate(sizes)}
        assert len(due) > 100  # more than one statement
        planned.plan(connection, books.issue, WEEKLY, due, books.now)
        assert planned.close_plan(connection, books.issue, books.now) == 300
    found = Counter(row.due_at for row in books.rows())
    assert found == {due[group]: count for group, count in sizes}


def test_a_copy_is_claimed_once(books: Ledger) -> None:
    books.people("an@example.vn", "binh@example.vn")
    books.plan()
    [first] = books.claim()
    [second] = books.claim(5)
    assert (first.member.address, second.member.address) == (
        "an@example.vn",
        "binh@example.vn",
    )
    assert (first.state, first.attempts, first.fence) == (SENDING, 1, 1)
    assert books.claim() == []


def test_a_claim_brings_all_that_a_message_is_made_of(books: Ledger) -> None:
    books.people(
        "an@example.vn",
        language="en",
        timezone="Asia/Tokyo",
        text_only=True,
        categories=["y-te"],
        sources=["tinh"],
        hour=7,
        score=2,
        state="soft_bouncing",
    )
    books.plan()
    [copy] = books.claim()
    assert copy.choice == Choice(hour=7, categories=("y-te",), sources=("tinh",))
    assert copy.subscription
    member = copy.member
    assert (member.language, member.timezone) == ("en", "Asia/Tokyo")
    assert (member.text_only, member.score) == (True, 2)
    assert member.state is MemberState.SOFT_BOUNCING


def test_two_programs_never_claim_the_same_copy(url: str, now: datetime) -> None:
    with Database.open(url) as database:
        books = Ledger(database, now)
        books.people(*(f"{number}@example.vn" for number in range(90)))
        books.plan()

    def send(_: int) -> list[str]:
        sent: list[str] = []
        with Database.open(url) as own:
            mine = Ledger.__new__(Ledger)
            mine.database, mine.now, mine.issue = own, now, books.issue
            while found := mine.claim(3):
                sent += [copy.member.address for copy in found]
        return sent

    with ThreadPoolExecutor(3) as pool:
        sent = [address for some in pool.map(send, range(3)) for address in some]
    assert Counter(sent) == Counter(f"{number}@example.vn" for number in range(90))


def test_a_deferred_copy_is_claimed_again_when_it_is_due(books: Ledger) -> None:
    books.people("an@example.vn")
    books.plan()
    [first] = books.claim()
    due_at = books.now + 5 * MINUTE
    books.settle(first, DEFERRED, detail="451 greylisted", due_at=due_at)
    assert books.claim() == []
    [row] = books.rows()
    assert (row.state, row.due_at, row.detail) == (DEFERRED, due_at, "451 greylisted")
    books.now = due_at
    [again] = books.claim()
    assert (again.id, again.attempts, again.fence) == (first.id, 2, 2)


def test_new_copies_go_before_those_that_were_deferred(books: Ledger) -> None:
    books.people("an@example.vn", "binh@example.vn")
    books.plan()
    [first] = books.claim()
    books.settle(first, DEFERRED, detail="451")
    books.now += MINUTE
    assert [copy.member.address for copy in books.claim(2)] == [
        "binh@example.vn",
        "an@example.vn",
    ]


def test_a_candidate_tells_where_its_member_stands(
    books: Ledger, now: datetime
) -> None:
    books.people("an@example.vn", "binh@example.vn", "chi@example.vn")
    books.plan()
    until = now + timedelta(days=3)
    with books.database.write() as connection:
        connection.execute(
            subscriptions.update()
            .where(subscriptions.c.id == 1)
            .values(state="paused", paused_until=until)
        )
        connection.execute(subscriptions.delete().where(subscriptions.c.id == 2))
        row = {"mark": "mark chi@example.vn", "reason": "desk", "at": now, "note": ""}
        connection.execute(insert(suppressions).values(row))
        an, binh, chi = deliveries.due(
            connection, books.issue, "weekly", most=9, now=now
        )
    assert (an.subscribed, an.paused_until) == (SubscriptionState.PAUSED, until)
    assert (binh.subscribed, binh.delivery.subscription) == (None, 0)
    assert (chi.suppressed, an.suppressed) == (True, False)


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("other", [*FINAL, DEFERRED, UNCERTAIN])
def test_what_is_settled_for_good_stays_so(
    books: Ledger, state: DeliveryState, other: DeliveryState
) -> None:
    books.people("an@example.vn")
    books.plan()
    [copy] = books.claim()
    assert len(books.settle(copy, state, detail="250 ok")) == 1
    assert books.settle(copy, other, detail="again") == []
    [row] = books.rows()
    assert (row.state, row.detail, row.due_at) == (state, "250 ok", None)
    assert books.claim() == []


def test_an_unknown_copy_is_settled_by_nobody(books: Ledger) -> None:
    books.people("an@example.vn")
    books.plan()
    [copy] = books.claim()
    assert books.settle(replace(copy, id=999), ACCEPTED) == []
    assert books.states() == [SENDING]


def test_what_a_program_held_when_it_died_is_uncertain_when_its_lease_is_over(
    books: Ledger,
) -> None:
    books.people("an@example.vn", "binh@example.vn")
    books.plan()
    [held] = books.claim()
    assert books.rescue() == 0
    books.now += LEASE
    assert books.rescue() == 1
    assert books.rescue() == 0
    assert books.states() == [UNCERTAIN, PLANNED]
    # who was only asleep still knows best
    assert len(books.settle(held, ACCEPTED)) == 1
    assert books.states() == [ACCEPTED, PLANNED]


def test_it_is_due_again_where_that_is_promised(books: Ledger) -> None:
    books.people("an@example.vn")
    books.plan()
    [stale] = books.claim()
    books.now += LEASE
    assert books.rescue(again=True) == 1
    [row] = books.rows()
    assert (row.state, row.due_at) == (DEFERRED, books.now)
    assert row.detail.startswith("perhaps sent")
    [fresh] = books.claim()
    assert books.settle(stale, ACCEPTED, detail="stale") == []
    assert len(books.settle(fresh, REFUSED, detail="fresh")) == 1
    assert books.rows()[0].detail == "fresh"


def test_a_lease_that_is_renewed_is_not_over(books: Ledger) -> None:
    books.people("an@example.vn")
    books.plan()
    held = books.claim()
    books.now += LEASE
    with books.database.write() as connection:
        deliveries.renew(connection, held, books.now + LEASE)
    assert books.rescue() == 0


def test_who_holds_an_old_claim_cannot_renew_it(books: Ledger) -> None:
    books.people("an@example.vn")
    books.plan()
    [stale] = books.claim()
    books.now += LEASE
    books.rescue(again=True)
    books.claim()
    with books.database.write() as connection:
        deliveries.renew(connection, [stale], books.now + 100 * LEASE)
    books.now += LEASE
    assert books.rescue() == 1


def test_a_lease_of_a_clock_that_was_ahead_is_over(books: Ledger) -> None:
    books.people("an@example.vn")
    books.plan()
    books.now += timedelta(days=1)
    books.claim()
    books.now -= timedelta(days=1)
    assert books.rescue() == 1


def test_a_domain_is_put_off_as_a_whole(books: Ledger) -> None:
    books.people("an@mot.example", "binh@mot.example", "chi@hai.example")
    books.plan()
    until = books.now + 5 * MINUTE
    with books.database.write() as connection:
        count = deliveries.put_off_domain(connection, books.issue, "mot.example", until)
        assert count == 2
    assert [copy.domain for copy in books.claim(9)] == ["hai.example"]
    books.now = until
    assert len(books.claim(9)) == 2


def test_what_is_cancelled_is_not_sent(books: Ledger) -> None:
    books.people("an@example.vn")
    books.plan()
    [row] = books.rows()
    with books.database.write() as connection:
        deliveries.cancel(connection, [(row, "unsubscribed")], books.now)
    assert books.claim() == []
    assert [(row.state, row.detail) for row in books.rows()] == [
        (CANCELLED, "unsubscribed")
    ]


def test_what_is_on_its_way_cannot_be_cancelled(books: Ledger) -> None:
    books.people("an@example.vn")
    books.plan()
    [copy] = books.claim()
    with books.database.write() as connection:
        deliveries.cancel(connection, [(copy, "unsubscribed")], books.now)
    assert books.states() == [SENDING]


def test_what_waits_too_long_expires(books: Ledger) -> None:
    books.people("an@example.vn", "binh@example.vn", "chi@example.vn")
    books.plan()
    first, second = books.claim(2)
    books.settle(first, DEFERRED, detail="451 later")
    books.settle(second, DEFERRED, detail="perhaps sent; the line broke")
    with books.database.write() as connection:
        count = outstanding.expire(
            connection, books.issue, before=books.now, now=books.now + MINUTE
        )
        assert count == 3
    assert [(row.state, row.detail) for row in books.rows()] == [
        (REFUSED, "expired; 451 later"),
        (UNCERTAIN, "expired; perhaps sent; the line broke"),
        (CANCELLED, "expired"),
    ]


def test_what_a_store_may_have_forgotten_is_in_doubt_unless_it_was_not_due(
    books: Ledger,
) -> None:
    books.people("an@example.vn", "binh@example.vn", "chi@example.vn")
    books.plan()
    books.claim()
    with books.database.write() as connection:
        _an, binh, _chi = ledger.listed(connection, books.issue)
        later = books.now + timedelta(days=2)
        deliveries.put_off(connection, [(binh, later)])
        count = outstanding.doubt(
            connection, books.issue, until=books.now, said="forgotten", now=books.now
        )
        assert count == 2
    assert books.states() == [UNCERTAIN, PLANNED, UNCERTAIN]


def test_all_copies_of_an_issue_are_accounted_for_whatever_happens(
    books: Ledger,
) -> None:
    """A thousand steps chosen by chance; the sum is what was planned, always."""
    rng = random.Random(7)  # noqa: S311 - the same steps each time
    books.people(*(f"{number}@d{number % 5}.example" for number in range(60)))
    assert books.plan() == 60
    held: list[Delivery] = []
    for _step in range(400):
        books.now += timedelta(seconds=rng.choice((1, 30, 200)))
        match rng.randrange(5):
            case 0 | 1:
                held += books.claim(rng.randint(1, 4))
            case 2 if held:
                copy = held.pop(rng.randrange(len(held)))
                state = rng.choice([*FINAL, DEFERRED, UNCERTAIN])
                due_at = books.now + timedelta(minutes=rng.randint(1, 9))
                books.settle(copy, state, detail="x", due_at=due_at)
            case 3:
                books.rescue(again=rng.random() < 0.5)
            case _:
                with books.database.write() as connection:
                    outstanding.retry(
                        connection,
                        books.issue,
                        [rng.choice([UNCERTAIN, REFUSED, DEFERRED])],
                        now=books.now,
                    )
        with books.database.read() as connection:
            tally = ledger.tally(connection, books.issue)
        assert sum(tally.values()) == 60


def test_a_fence_only_rises(books: Ledger) -> None:
    books.people("an@example.vn")
    books.plan()
    fences = []
    for _ in range(4):
        [copy] = books.claim()
        fences.append(copy.fence)
        books.settle(copy, UNCERTAIN)
        with books.database.write() as connection:
            outstanding.retry(connection, books.issue, [UNCERTAIN], now=books.now)
        assert books.settle(copy, ACCEPTED) == []
    assert fences == sorted(set(fences))


def test_who_got_earlier_issues_is_told(books: Ledger) -> None:
    books.people("an@example.vn", "binh@example.vn", "chi@example.vn")
    books.plan()
    first, second, third = books.claim(3)
    books.settle(first, ACCEPTED)
    books.settle(second, REFUSED)
    books.settle(third, UNCERTAIN)
    with books.database.read() as connection:
        found = deliveries.got(connection, [books.issue, 99], [1, 2, 3, 4])
    assert found == {1: frozenset({books.issue}), 3: frozenset({books.issue})}


def test_the_ledger_is_listed_a_page_at_a_time(books: Ledger) -> None:
    books.people(*(f"{number}@d{number % 2}.example" for number in range(1100)))
    books.plan()
    with books.database.read() as connection:
        every = list(ledger.listed(connection, books.issue))
        assert [one.id for one in every] == sorted({one.id for one in every})
        assert len(every) == 1100
        assert len(list(ledger.listed(connection, books.issue, limit=700))) == 700
        some = ledger.listed(connection, books.issue, [PLANNED], domain="d1.example")
        assert len(list(some)) == 550
        assert list(ledger.listed(connection, books.issue, [ACCEPTED])) == []


def test_who_has_no_row_is_found(books: Ledger) -> None:
    books.people("an@example.vn")
    books.plan()
    books.people("binh@example.vn")
    books.people("chi@example.vn", digest="monthly")
    with books.database.read() as connection:
        found = list(ledger.absent(connection, books.issue, "weekly"))
    assert [one.candidate.delivery.member.address for one in found] == [
        "binh@example.vn"
    ]


# ── In time that does not grow with what was sent ────────────────────────────


def plans_of(database: Database, work: Callable[[], object]) -> list[tuple[str, str]]:
    """Every statement of ``work``, with how the database would go about it."""
    said: list[tuple[str, object]] = []

    def note(_c: object, _k: object, statement: str, given: object, *_: object) -> None:
        said.append((statement, given))

    engine = database._engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    plans: list[tuple[str, str]] = []
    lite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if not lite:
            connection.execute(text("SET enable_seqscan = off"))
        for statement, given in said:
            if not statement.lstrip().startswith(("SELECT", "UPDATE")):
                continue
            if "deliveries" not in statement:
                continue
            one = given[0] if isinstance(given, list) else given
            how = "EXPLAIN QUERY PLAN" if lite else "EXPLAIN"
            rows = connection.exec_driver_sql(f"{how} {statement}", one).all()
            plan = "\n".join(str(row[-1]) for row in rows)
            plans.append((statement, plan))
    return plans


def test_every_step_of_sending_finds_its_rows_by_an_index(books: Ledger) -> None:
    books.people(*(f"{number}@d{number % 9}.example" for number in range(200)))
    books.plan()
    if books.database.url.startswith("postgresql"):
        with books.database.write() as connection:
            connection.execute(text("ANALYZE"))

    def work() -> None:
        held = books.claim(4)
        for copy in held[:3]:
            books.settle(copy, DEFERRED, due_at=books.now)
        with books.database.write() as connection:
            deliveries.renew(connection, held, books.now)
            deliveries.put_off_domain(
                connection, books.issue, "d1.example", books.now + MINUTE
            )
            outstanding.rescue(connection, books.issue, now=books.now, again=False)
            outstanding.mend(connection, books.issue, books.now)
            outstanding.expire(
                connection,
                books.issue,
                before=books.now - timedelta(days=2),
                now=books.now,
            )
            ledger.next_due(connection, books.issue)
            ledger.is_open(connection, books.issue)

    plans = plans_of(books.database, work)
    assert len(plans) >= 10
    for statement, plan in plans:
        assert "SCAN deliveries" not in plan, f"{statement}\n{plan}"
        assert "Seq Scan on deliveries" not in plan, f"{statement}\n{plan}"
        # in the order of the index: nothing is sorted to find the first few
        assert "TEMP B-TREE FOR ORDER BY" not in plan, f"{statement}\n{plan}"
