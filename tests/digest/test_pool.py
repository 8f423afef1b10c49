from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from syndicate.digest.post.pool import Handed, Pool, Route
from syndicate.digest.post.routing import RELAY_PAUSE, RelayLimits, Routing
from syndicate.errors import MailError
from syndicate.model import Blame, DeliveryState, Message, Reply

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
YES = Reply(state=DeliveryState.ACCEPTED, code=250)
NO_LINE = Reply(state=DeliveryState.DEFERRED, blame=Blame.LINE, detail="refused")


@dataclass
class Clock:
    """A clock that a test sets."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Relay:
    """A relay that works: it answers, counts its connections, and can be held up."""

    name: str = "main"
    answer: Callable[[Message], Reply] = lambda _message: YES
    connections: int = 4
    taken: list[str] = field(default_factory=list)
    opened: int = 0
    closed: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()
        self._now = 0

    @property
    def route(self) -> Route:
        return Route(name=self.name, open=self.open, connections=self.connections)

    def open(self) -> Line:
        with self.lock:
            self.opened += 1
        return Line(self)

    def take(self, message: Message) -> Reply:
        with self.lock:
            self._now += 1
            self.most = max(self.most, self._now)
        assert self.gate.wait(5)
        reply = self.answer(message)
        with self.lock:
            self._now -= 1
            self.taken.append(message.recipient)
        return reply


@dataclass
class Line:
    """One connection to such a relay; two threads on it are a fault."""

    relay: Relay
    busy: bool = False

    def send(self, message: Message) -> Reply:
        assert not self.busy
        self.busy = True
        try:
            return self.relay.take(message)
        finally:
            self.busy = False

    def close(self) -> None:
        with self.relay.lock:
            self.relay.closed += 1


def mail(number: int, domain: str = "vd.example") -> Message:
    return Message(
        sender="b@ban-tin.example",
        recipient=f"nguoi-{number}@{domain}",
        message_id=f"<{number}@ban-tin.example>",
        content=b"Subject: x\r\n\r\nTin\r\n",
    )


@contextmanager
def pool_of(
    *relays: Relay, routing: Routing | None = None, clock: Clock | None = None
) -> Iterator[Pool]:
    pool = Pool([one.route for one in relays], routing, clock=clock or Clock())
    try:
        yield pool
    finally:
        for one in relays:
            one.gate.set()
        pool.close()


def all_back(pool: Pool) -> dict[int, Handed]:
    found: dict[int, Handed] = {}
    while pool.busy:
        for handed in pool.got(5):
            assert handed.job not in found, "a job comes back once"
            found[handed.job] = handed
    return found


def deliver(pool: Pool, count: int, domain: str = "vd.example") -> dict[int, Handed]:
    """Send as the ledger does: never more at a time than there is room for."""
    found: dict[int, Handed] = {}
    begun = 0
    while len(found) < count:
        for _ in range(min(pool.slots, count - begun)):
            pool.put(begun, domain, partial(mail, begun, domain))
            begun += 1
        for handed in pool.got(5):
            assert handed.job not in found
            found[handed.job] = handed
    return found


def test_every_job_comes_back_once_over_kept_connections() -> None:
    relay = Relay(connections=3)
    with pool_of(relay) as pool:
        found = deliver(pool, 200)
    assert sorted(found) == list(range(200))
    assert {one.reply.state for one in found.values()} == {DeliveryState.ACCEPTED}
    assert {one.reply.relay for one in found.values()} == {"main"}
    assert found[7].message_id == "<7@ban-tin.example>"
    assert len(set(relay.taken)) == 200
    assert relay.opened <= 3
    assert relay.most <= 3
    assert relay.closed == relay.opened


def test_slots_are_the_connections_that_are_free() -> None:
    relay = Relay(connections=3)
    relay.gate.clear()
    with pool_of(relay) as pool:
        assert (pool.slots, pool.busy) == (3, 0)
        pool.put(1, "vd.example", partial(mail, 1))
        pool.put(2, "vd.example", partial(mail, 2))
        assert (pool.slots, pool.busy) == (1, 2)
        assert pool.got(0.05) == []
        relay.gate.set()
        all_back(pool)
        assert (pool.slots, pool.busy) == (3, 0)


def test_waiting_for_nothing_takes_no_time() -> None:
    with pool_of(Relay()) as pool:
        assert pool.got(60) == []


def test_the_first_back_waits_until_half_are_and_no_longer() -> None:
    relay = Relay(connections=4)
    held = threading.Event()

    def answer(message: Message) -> Reply:
        if message.recipient.startswith(("nguoi-2", "nguoi-3")):
            assert held.wait(5)
        return YES

    relay.answer = answer
    with pool_of(relay) as pool:
        for number in range(4):
            pool.put(number, "vd.example", partial(mail, number))
        assert {one.job for one in pool.got(5, linger=60)} == {0, 1}
        held.set()
        all_back(pool)


def test_who_lingers_waits_for_no_other_longer_than_that() -> None:
    relay = Relay(connections=4)
    held = threading.Event()

    def answer(message: Message) -> Reply:
        assert message.recipient.startswith("nguoi-0") or held.wait(5)
        return YES

    relay.answer = answer
    with pool_of(relay) as pool:
        for number in range(4):
            pool.put(number, "vd.example", partial(mail, number))
        assert [one.job for one in pool.got(5, linger=0.05)] == [0]
        held.set()
        all_back(pool)


def test_several_relays_share_the_work() -> None:
    one, other = Relay("one", connections=2), Relay("other", connections=2)
    one.gate.clear()
    other.gate.clear()
    with pool_of(one, other) as pool:
        assert pool.slots == 4
        for number in range(4):
            pool.put(number, "vd.example", partial(mail, number))
        one.gate.set()
        other.gate.set()
        all_back(pool)
    assert (len(one.taken), len(other.taken)) == (2, 2)


def test_a_relay_that_is_down_is_stood_in_for_and_nobody_waits() -> None:
    down = Relay("down", answer=lambda _message: NO_LINE)
    up = Relay("up")
    with pool_of(down, up) as pool:
        found = deliver(pool, 50)
        trouble = pool.trouble(NOW)
    assert {one.reply.state for one in found.values()} == {DeliveryState.ACCEPTED}
    assert {one.reply.relay for one in found.values()} == {"up"}
    assert len(up.taken) == len(set(up.taken)) == 50
    assert 3 <= len(down.taken) <= 8, "then it was left alone"
    assert [record.relay for record in trouble] == ["down"]


def test_what_one_relay_may_have_taken_is_never_given_to_another() -> None:
    silent = Reply(state=DeliveryState.UNCERTAIN, blame=Blame.LINE, detail="timed out")
    odd = Relay("odd", answer=lambda _message: silent, connections=1)
    up = Relay("up", connections=1)
    with pool_of(odd, up) as pool:
        found = deliver(pool, 30)
    doubtful = [one for one in found.values() if one.reply.state is silent.state]
    assert len(odd.taken) == len(doubtful)
    assert not set(odd.taken) & set(up.taken)
    assert len(doubtful) <= 4, "one that swallows messages is found out"


def test_while_every_relay_is_down_there_is_no_room_and_then_for_one() -> None:
    answers = [NO_LINE]
    relay = Relay(answer=lambda _message: answers[0], connections=2)
    clock = Clock()
    with pool_of(relay, clock=clock) as pool:
        for number in range(3):
            pool.put(number, "vd.example", partial(mail, number))
            ((handed),) = pool.got(5)
        assert handed.reply.state is DeliveryState.DEFERRED
        assert handed.reply.again_at == NOW + RELAY_PAUSE
        assert pool.slots == 0
        assert pool.waits("", NOW) == NOW + RELAY_PAUSE
        clock.at += RELAY_PAUSE
        assert pool.slots == 1
        answers[0] = YES
        assert deliver(pool, 5)[0].reply.state is DeliveryState.ACCEPTED
        assert pool.slots == 2


def test_two_relays_on_trial_stand_in_for_each_other() -> None:
    answers = {"one": NO_LINE, "other": NO_LINE}
    one = Relay("one", answer=lambda _message: answers["one"], connections=2)
    other = Relay("other", answer=lambda _message: answers["other"], connections=2)
    clock = Clock()
    with pool_of(one, other, clock=clock) as pool:
        for number in range(3):
            pool.put(number, "vd.example", partial(mail, number))
            pool.got(5)
        assert pool.slots == 0
        clock.at += RELAY_PAUSE
        answers["other"] = YES
        other.gate.clear()
        assert pool.slots == 2
        pool.put(3, "vd.example", partial(mail, 3))
        pool.put(4, "vd.example", partial(mail, 4))
        assert pool.got(0.1) == []
        other.gate.set()
        found = all_back(pool)
    assert {one.reply.state for one in found.values()} == {DeliveryState.ACCEPTED}


def test_a_job_for_which_there_is_no_relay_comes_back_at_once() -> None:
    relay = Relay(answer=lambda _message: NO_LINE, connections=1)
    with pool_of(relay) as pool:
        for number in range(4):
            pool.put(number, "vd.example", partial(mail, number))
        found = all_back(pool)
    assert {one.reply.state for one in found.values()} == {DeliveryState.DEFERRED}
    assert {one.reply.blame for one in found.values()} == {Blame.LINE}


def test_421_comes_back_with_the_moment_until_which_the_domain_waits() -> None:
    busy = Reply(state=DeliveryState.DEFERRED, blame=Blame.DOMAIN, code=421)
    relay = Relay(answer=lambda _message: busy)
    with pool_of(relay) as pool:
        pool.put(1, "vd.example", partial(mail, 1))
        (handed,) = pool.got(5)
        assert handed.reply.again_at == pool.waits("vd.example", NOW)
        assert pool.waits("vd.example", NOW) == NOW + timedelta(minutes=5)
        assert pool.waits("khac.example", NOW) is None
        assert pool.slots == 4
        assert [one.domain for one in pool.remember()] == ["vd.example"]


def test_limits_and_warm_up_leave_as_many_slots() -> None:
    limits = [RelayLimits(name="main", per_minute=3)]
    with pool_of(Relay(connections=9), routing=Routing(limits)) as pool:
        assert pool.slots == 3
    limits = [RelayLimits(name="main")]
    with pool_of(Relay(connections=9), routing=Routing(limits, warm_up=2)) as pool:
        assert pool.slots == 2
        assert len(deliver(pool, 2)) == 2
        assert pool.slots == 0


# ── Messages that cannot be made ─────────────────────────────────────────────


def no_address() -> Message:
    raise MailError("member 'x' is not an e-mail address")


def broken() -> Message:
    raise ZeroDivisionError("a fault of ours")


@pytest.mark.parametrize(
    ("make", "state"),
    [
        (no_address, DeliveryState.REFUSED),
        (broken, DeliveryState.DEFERRED),
        (lambda: None, DeliveryState.CANCELLED),
    ],
)
def test_a_message_that_cannot_be_made_costs_no_other_one(
    make: Callable[[], Message | None], state: DeliveryState
) -> None:
    relay = Relay(connections=1)
    with pool_of(relay) as pool:
        pool.put(1, "vd.example", make)
        pool.put(2, "vd.example", partial(mail, 2))
        found = all_back(pool)
        assert pool.remember() == (), "it says nothing of relay or domain"
    assert found[1].reply.state is state
    assert (found[1].reply.relay, found[1].message_id) == ("", "")
    assert found[2].reply.state is DeliveryState.ACCEPTED


def test_a_transport_that_raises_leaves_doubt_and_goes_on() -> None:
    def answer(message: Message) -> Reply:
        if message.recipient.startswith("nguoi-0@"):
            raise RuntimeError("a fault in the transport")
        return YES

    with pool_of(Relay(answer=answer, connections=1)) as pool:
        found = deliver(pool, 3)
    assert [found[number].reply.state for number in range(3)] == [
        DeliveryState.UNCERTAIN,
        DeliveryState.ACCEPTED,
        DeliveryState.ACCEPTED,
    ]


def test_a_way_that_cannot_be_opened_defers() -> None:
    def opened() -> Line:
        raise MailError("the certificates are gone")

    route = Route(name="main", open=opened, connections=1)
    pool = Pool([route], clock=Clock())
    pool.put(1, "vd.example", partial(mail, 1))
    (handed,) = pool.got(5)
    pool.close()
    assert handed.reply.state is DeliveryState.DEFERRED
    assert "certificates" in handed.reply.detail


# ── The end ──────────────────────────────────────────────────────────────────


def test_closing_waits_for_what_is_on_its_way_and_loses_no_job() -> None:
    relay = Relay(connections=2)
    relay.gate.clear()
    pool = Pool([relay.route], clock=Clock())
    for number in range(2):
        pool.put(number, "vd.example", partial(mail, number))
    closing = threading.Thread(target=pool.close)
    closing.start()
    relay.gate.set()
    closing.join(5)
    assert not closing.is_alive()
    assert sorted(all_back(pool)) == [0, 1]
    assert relay.closed == relay.opened


def test_a_job_whose_relay_fails_while_the_pool_closes_comes_back() -> None:
    down = Relay("down", answer=lambda _message: NO_LINE, connections=1)
    up = Relay("up", connections=1)
    down.gate.clear()
    pool = Pool([down.route, up.route], clock=Clock())
    pool.put(1, "vd.example", partial(mail, 1))
    closing = threading.Thread(target=pool.close)
    closing.start()
    closing.join(0.1)
    down.gate.set()
    closing.join(5)
    assert not closing.is_alive()
    assert all_back(pool)[1].reply.state is DeliveryState.DEFERRED
    assert up.taken == []


def test_a_relay_that_never_answers_does_not_keep_the_pool_from_closing() -> None:
    relay = Relay(connections=1)
    relay.gate.clear()
    pool = Pool([relay.route], clock=Clock())
    pool.put(1, "vd.example", partial(mail, 1))
    begun = time.monotonic()
    pool.close(0.1)
    assert time.monotonic() - begun < 2
    assert pool.busy == 1
    relay.gate.set()
    assert sorted(all_back(pool)) == [1]


def test_a_pool_that_was_never_used_closes() -> None:
    with pool_of(Relay()) as pool:
        assert pool.slots == 4


@dataclass
class Narrow:
    """A relay that bears so many connections, and turns others away."""

    bears: int
    taken: list[str] = field(default_factory=list)
    held: set[int] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> NarrowLine:
        return NarrowLine(self)


@dataclass
class NarrowLine:
    relay: Narrow

    def send(self, message: Message) -> Reply:
        relay = self.relay
        with relay.lock:
            if id(self) not in relay.held and len(relay.held) >= relay.bears:
                return replace(NO_LINE, code=421, detail="greeting: 421 too many")
            relay.held.add(id(self))
        time.sleep(0.001)
        with relay.lock:
            relay.taken.append(message.recipient)
        return YES

    def close(self) -> None:
        with self.relay.lock:
            self.relay.held.discard(id(self))


def narrow_answers(bears: int, jobs: int) -> tuple[Narrow, list[Handed]]:
    relay, found = Narrow(bears), []
    route = Route(name="main", open=relay.open, connections=8)
    pool, number = Pool([route], clock=Clock()), 0
    with closing(pool):
        for _turn in range(10 * jobs):
            for _slot in range(min(pool.slots, jobs - number)):
                pool.put(number, "vd.example", partial(mail, number))
                number += 1
            found += pool.got(0.5)
            if len(found) == jobs or (not pool.busy and not pool.slots):
                break
    return relay, found


@pytest.mark.parametrize("bears", [1, 3, 7])
def test_a_relay_that_bears_fewer_connections_gets_all_over_those(bears: int) -> None:
    """Being turned away from one too many costs no message a try, and no pause."""
    relay, found = narrow_answers(bears, 250)
    assert {one.reply.state for one in found} == {DeliveryState.ACCEPTED}
    assert sorted(one.job for one in found) == list(range(250))
    assert len(set(relay.taken)) == len(relay.taken) == 250


def test_a_relay_that_turns_everybody_away_is_paused_as_before() -> None:
    relay, found = narrow_answers(0, 50)
    assert relay.taken == []
    assert 3 <= len(found) <= 8
    assert {one.reply.state for one in found} == {DeliveryState.DEFERRED}
