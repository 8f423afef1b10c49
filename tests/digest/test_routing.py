from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.digest.post.routing import (
    BUSY_PAUSE,
    LONGEST,
    POLICY_PAUSE,
    RELAY_PAUSE,
    RelayLimits,
    Routing,
)
from syndicate.model import Blame, DeliveryState, RelayRecord, Reply

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

YES = Reply(state=DeliveryState.ACCEPTED, code=250)
NO_LINE = Reply(
    state=DeliveryState.DEFERRED, blame=Blame.LINE, detail="connection refused"
)
SILENCE = Reply(state=DeliveryState.UNCERTAIN, blame=Blame.LINE, detail="timed out")
NOT_YOU = Reply(
    state=DeliveryState.DEFERRED, blame=Blame.CONTENT, code=550, detail="MAIL: 550"
)
SPAM = Reply(
    state=DeliveryState.REFUSED, blame=Blame.CONTENT, code=554, detail="554 5.7.1"
)
BUSY = Reply(state=DeliveryState.DEFERRED, blame=Blame.DOMAIN, code=421, detail="421")
NOBODY = Reply(state=DeliveryState.REFUSED, blame=Blame.ADDRESS, code=550)
GREYLISTED = Reply(state=DeliveryState.DEFERRED, blame=Blame.CONTENT, code=450)


def one(per_minute: int = 0, **more: object) -> Routing:
    return Routing([RelayLimits(name="main", per_minute=per_minute)], **more)  # type: ignore[arg-type] -- whatever Routing takes


def two() -> Routing:
    return Routing([RelayLimits(name="main"), RelayLimits(name="other")])


def fail(routing: Routing, reply: Reply, times: int, now: datetime = NOW) -> None:
    for _ in range(times):
        routing.note("main", "vd.example", reply, now)


# ── Relays ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reply", [NO_LINE, SILENCE, NOT_YOU])
def test_three_failures_in_succession_leave_a_relay_alone(reply: Reply) -> None:
    routing = one()
    fail(routing, reply, 2)
    assert routing.relays(NOW) == ("main",)
    fail(routing, reply, 1)
    assert routing.relays(NOW) == ()
    assert routing.waits("", NOW) == NOW + RELAY_PAUSE
    assert routing.waits("vd.example", NOW) == NOW + RELAY_PAUSE
    (record,) = routing.trouble(NOW)
    assert record.detail == reply.detail


@pytest.mark.parametrize("reply", [YES, NOBODY, GREYLISTED, BUSY])
def test_any_answer_shows_that_a_relay_works(reply: Reply) -> None:
    routing = one()
    for _ in range(5):
        fail(routing, NO_LINE, 2)
        routing.note("main", "", reply, NOW)
    assert routing.relays(NOW) == ("main",)


def test_each_pause_is_twice_the_last_one_up_to_an_hour() -> None:
    routing, now = one(), NOW
    fail(routing, NO_LINE, 3, now)
    pauses = []
    for _ in range(10):
        until = routing.waits("", now)
        assert until is not None
        pauses.append(until - now)
        now = until
        fail(routing, NO_LINE, 1, now)
    assert pauses[:4] == [RELAY_PAUSE, 2 * RELAY_PAUSE, 2 * MINUTE, 4 * MINUTE]
    assert pauses[-1] == LONGEST


def test_after_the_pause_one_message_is_tried_and_its_answer_decides() -> None:
    routing = one()
    fail(routing, NO_LINE, 3)
    later = NOW + RELAY_PAUSE
    assert routing.room("main", later) == 1
    routing.left("main", "vd.example", later)
    assert routing.relays(later) == (), "one is on its way: no second one"
    routing.note("main", "vd.example", YES, later)
    assert routing.relays(later) == ("main",)
    assert routing.room("main", later) > 1
    assert routing.trouble(later) == ()


def test_a_trial_that_came_to_nothing_is_no_answer() -> None:
    routing = one()
    fail(routing, NO_LINE, 3)
    later = NOW + RELAY_PAUSE
    routing.left("main", "vd.example", later)
    routing.unused("main")
    assert routing.room("main", later) == 1


def test_what_was_on_its_way_when_the_breaker_opened_does_not_lengthen_the_pause() -> (
    None
):
    routing = one()
    fail(routing, NO_LINE, 20)
    assert routing.waits("", NOW) == NOW + RELAY_PAUSE
    routing.note("main", "vd.example", YES, NOW)
    assert routing.waits("", NOW) == NOW + RELAY_PAUSE


def test_another_relay_stands_in() -> None:
    routing = two()
    fail(routing, NO_LINE, 3)
    assert routing.relays(NOW) == ("other",)
    assert routing.waits("vd.example", NOW) is None


def test_when_one_domain_after_another_refuses_us_the_relay_is_left_alone() -> None:
    routing = one()
    for domain in ("a.example", "b.example"):
        routing.note("main", domain, SPAM, NOW)
    assert routing.relays(NOW) == ("main",)
    for domain in ("c.example", "d.example", "e.example"):
        routing.note("main", domain, SPAM, NOW)
    assert routing.relays(NOW) == ()


def test_domains_that_refuse_us_among_others_that_do_not_stop_no_relay() -> None:
    routing = one()
    for number in range(30):
        routing.note("main", f"{number}.example", SPAM, NOW)
        routing.note("main", "vd.example", YES, NOW)
    assert routing.relays(NOW) == ("main",)


# ── Domains ──────────────────────────────────────────────────────────────────


def test_421_makes_its_domain_wait_and_no_other() -> None:
    routing = one()
    routing.note("main", "vd.example", BUSY, NOW)
    assert routing.waits("vd.example", NOW) == NOW + BUSY_PAUSE
    assert routing.waits("cuu-ha.example", NOW) is None
    assert routing.waits("", NOW) is None
    assert routing.waits("vd.example", NOW + BUSY_PAUSE) is None


def test_three_refusals_of_what_we_send_pause_a_domain() -> None:
    routing = one()
    fail(routing, SPAM, 2)
    assert routing.waits("vd.example", NOW) is None
    fail(routing, SPAM, 1)
    assert routing.waits("vd.example", NOW) == NOW + POLICY_PAUSE
    assert routing.waits("cuu-ha.example", NOW) is None
    assert [record.domain for record in routing.trouble(NOW)] == ["vd.example"]


def test_a_domain_that_takes_most_is_not_paused_for_a_few_refusals() -> None:
    routing = one()
    for _ in range(20):
        fail(routing, SPAM, 1)
        fail(routing, YES, 2)
    assert routing.waits("vd.example", NOW) is None


def test_greylisting_and_unknown_people_pause_nobody() -> None:
    routing = one()
    fail(routing, GREYLISTED, 50)
    fail(routing, NOBODY, 50)
    assert routing.waits("vd.example", NOW) is None
    assert routing.trouble(NOW) == ()


def test_a_domain_that_takes_messages_again_is_forgiven() -> None:
    routing = one()
    fail(routing, SPAM, 3)
    later = NOW + POLICY_PAUSE
    fail(routing, YES, 1, later)
    fail(routing, SPAM, 2, later)
    assert routing.waits("vd.example", later) is None


# ── Limits ───────────────────────────────────────────────────────────────────


def passed(routing: Routing, domain: str, seconds: int) -> list[datetime]:
    """When messages to a domain leave that has as many as it may get."""
    gone, now = [], NOW
    while now < NOW + seconds * SECOND:
        wait = routing.waits(domain, now)
        if wait is not None:
            assert wait > now
            now = wait
            continue
        routing.left("main", domain, now)
        gone.append(now)
    return [moment for moment in gone if moment < NOW + seconds * SECOND]


def test_no_minute_has_more_messages_to_a_domain_than_it_may() -> None:
    routing = one(per_domain={"vd.example": 7, "*": 3})
    gone = passed(routing, "vd.example", 300)
    for start in gone:
        assert sum(start <= moment < start + MINUTE for moment in gone) <= 7
    assert len(gone) == 35, "what is allowed is used"
    assert len(passed(routing, "khac.example", 60)) == 3


def test_a_domain_without_a_limit_has_none() -> None:
    routing = one(per_domain={"vd.example": 1})
    for _ in range(100):
        assert routing.waits("khac.example", NOW) is None
        routing.left("main", "khac.example", NOW)


@pytest.mark.parametrize(
    ("ahead", "wait"), [(0, 0), (2, 0), (3, 1), (5, 1), (6, 2), (14, 4)]
)
def test_those_that_go_before_are_counted(ahead: int, wait: int) -> None:
    routing = one(per_domain={"*": 3})
    until = routing.waits("vd.example", NOW, ahead)
    assert until == (NOW + wait * MINUTE if wait else None)


def test_those_that_have_gone_and_those_that_go_before_are_counted_together() -> None:
    routing = one(per_domain={"*": 3})
    routing.left("main", "vd.example", NOW - 40 * SECOND)
    routing.left("main", "vd.example", NOW - 20 * SECOND)
    waits = [routing.waits("vd.example", NOW, ahead) for ahead in range(5)]
    assert waits[0] is None
    assert waits[1:4] == [NOW + 20 * SECOND, NOW + 40 * SECOND, NOW + MINUTE]
    assert waits[4] == NOW + 80 * SECOND


def test_a_relay_gets_no_more_in_a_minute_than_it_may() -> None:
    routing = one(per_minute=5)
    assert routing.room("main", NOW) == 5
    for number in range(5):
        assert routing.relays(NOW) == ("main",)
        routing.left("main", f"{number}.example", NOW)
    assert routing.relays(NOW) == ()
    assert routing.waits("", NOW) == NOW + MINUTE
    assert routing.room("main", NOW + MINUTE) == 5


# ── Warm-up ──────────────────────────────────────────────────────────────────


def test_a_new_sender_sends_a_little_and_twice_as_much_each_day() -> None:
    routing = one(warm_up=10, zone="Asia/Ho_Chi_Minh")
    sent, now = [], datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    for _ in range(4):
        count = 0
        while routing.waits("", now) is None:
            routing.left("main", "vd.example", now)
            count += 1
        sent.append(count)
        until = routing.waits("", now)
        assert until is not None
        assert (until.hour, until.minute) == (17, 0), "midnight in Vietnam"
        now = until
    assert sent == [10, 20, 40, 80]


def test_the_warm_up_leaves_room_for_what_the_day_has_left() -> None:
    routing = one(warm_up=3)
    routing.left("main", "vd.example", NOW)
    assert routing.room("main", NOW) == 2


def test_after_months_the_warm_up_limits_nothing() -> None:
    first = NOW - timedelta(days=400)
    held = RelayRecord(relay="", domain="", day="2025-10-19", sent=1, first_at=first)
    routing = one(warm_up=1, held=[held])
    assert routing.room("main", NOW) > 1_000_000


# ── Over a restart ───────────────────────────────────────────────────────────


def test_a_restart_forgets_no_pause_no_limit_and_no_warm_up() -> None:
    first = one(per_minute=2, per_domain={"*": 1}, warm_up=2)
    fail(first, BUSY, 1)
    first.left("main", "a.example", NOW)
    first.left("main", "b.example", NOW)
    again = one(per_minute=2, per_domain={"*": 1}, warm_up=2, held=first.remember())
    for domain in ("", "vd.example", "a.example"):
        assert again.waits(domain, NOW) == first.waits(domain, NOW)
    assert again.waits("", NOW) == datetime(2026, 11, 24, tzinfo=UTC)


def test_a_restart_does_not_forget_that_a_relay_is_down() -> None:
    first = one()
    fail(first, NO_LINE, 4)
    again = one(held=first.remember())
    assert again.waits("", NOW) == NOW + RELAY_PAUSE
    fail(again, NO_LINE, 1, NOW + RELAY_PAUSE)
    assert again.waits("", NOW + RELAY_PAUSE) == NOW + RELAY_PAUSE + 2 * RELAY_PAUSE


def test_only_what_is_new_is_given_to_be_kept() -> None:
    routing = one()
    assert routing.remember() == ()
    fail(routing, YES, 10)
    assert routing.remember() == ()
    fail(routing, BUSY, 1)
    assert [record.domain for record in routing.remember()] == ["vd.example"]
    assert routing.remember() == ()


def test_a_relay_that_is_no_longer_in_the_settings_hinders_nobody() -> None:
    gone = RelayRecord(relay="old", domain="", failures=9, open_until=NOW + LONGEST)
    routing = one(held=[gone])
    assert routing.relays(NOW) == ("main",)
    assert routing.waits("", NOW) is None
    assert routing.trouble(NOW) == ()


def test_a_clock_that_was_wrong_closes_no_relay_for_years() -> None:
    routing = one(per_domain={"*": 1})
    future = NOW + timedelta(days=3000)
    fail(routing, NO_LINE, 3, future)
    routing.left("main", "vd.example", future)
    again = one(per_domain={"*": 1}, held=routing.remember())
    assert again.waits("vd.example", NOW) is None
    assert again.trouble(NOW) == ()
    assert again.room("main", NOW) == 1, "it is tried first"
