"""When followers are verified, told and given up: branch by branch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import Follower, FollowerState, Intent, Ping
from syndicate.publish.websub import following
from syndicate.publish.websub.following import Step
from syndicate.publish.websub.wishes import Wish

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
TOPIC = "https://tin.vn/feeds/all.atom"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def wish(mode=Intent.SUBSCRIBE, **more) -> Wish:
    values = {"lease": 86_400, "secret": "s"} | more
    return Wish(
        mode=mode, topic=TOPIC, callback="https://a.vn/cb", host="a.vn", **values
    )


@pytest.fixture
def new() -> Follower:
    held = following.asked(None, wish(), NOW)
    assert held is not None
    return held


@pytest.fixture
def held(new) -> Follower:
    verified = following.verified(new, NOW)
    assert verified is not None
    return replace(verified, id=7)


@pytest.fixture
def owed(held) -> Follower:
    return replace(held, owed_at=NOW, due_at=NOW)


# ── Asking ──


def test_whoever_asks_is_to_be_verified_at_once(new):
    assert (new.state, new.intent) == (FollowerState.ASKED, Intent.SUBSCRIBE)
    assert new.due_at == NOW
    assert (new.secret, new.new_secret) == ("", "s")


def test_a_renewal_keeps_lease_and_secret_until_it_is_verified(held):
    asked = following.asked(held, wish(secret="new", lease=7_200), NOW + DAY / 2)
    assert (asked.state, asked.lease_until) == (held.state, held.lease_until)
    assert (asked.secret, asked.new_secret) == ("s", "new")
    done = following.verified(asked, NOW + DAY / 2)
    assert (done.secret, done.new_secret) == ("new", "")
    assert done.lease_until == NOW + DAY / 2 + timedelta(hours=2)
    assert done.id == held.id


def test_whose_lease_is_over_begins_anew_in_the_same_row(held):
    late = NOW + 2 * DAY
    asked = following.asked(held, wish(), late)
    assert (asked.id, asked.state) == (held.id, FollowerState.ASKED)
    assert asked.lease_until is None
    assert asked.secret == ""


def test_who_failed_begins_anew_in_the_same_row(held):
    failed = replace(held, state=FollowerState.FAILED, failures=9, detail="HTTP 500")
    asked = following.asked(failed, wish(), NOW)
    assert (asked.id, asked.failures, asked.detail) == (7, 0, "")


def test_an_unsubscription_of_nobody_needs_no_call(held):
    assert following.asked(None, wish(Intent.UNSUBSCRIBE), NOW) is None
    late = NOW + 2 * DAY
    assert following.asked(held, wish(Intent.UNSUBSCRIBE), late) is None


def test_who_leaves_before_it_was_verified_is_asked_about_that(new):
    asked = following.asked(new, wish(Intent.UNSUBSCRIBE), NOW)
    assert (asked.state, asked.intent) == (FollowerState.ASKED, Intent.UNSUBSCRIBE)
    assert following.verified(asked, NOW) is None


def test_an_unsubscription_is_verified_and_only_then_ends_the_lease(held):
    asked = following.asked(held, wish(Intent.UNSUBSCRIBE), NOW)
    assert asked.state is FollowerState.VERIFIED
    assert following.step(asked, NOW, exists=True) is Step.VERIFY
    assert following.verified(asked, NOW) is None


# ── What is to be done ──


def test_who_asked_is_verified_and_denied_if_there_is_no_such_topic(new):
    assert following.step(new, NOW, exists=True) is Step.VERIFY
    assert following.step(new, NOW, exists=False) is Step.DENY


def test_an_unsubscription_of_a_topic_that_is_gone_is_verified(held):
    asked = following.asked(held, wish(Intent.UNSUBSCRIBE), NOW)
    assert following.step(asked, NOW, exists=False) is Step.VERIFY


def test_news_is_delivered_and_its_end_told(owed):
    assert following.step(owed, NOW, exists=True) is Step.DELIVER
    assert following.step(owed, NOW, exists=False) is Step.DENY


def test_who_has_everything_or_no_lease_any_more_rests(held, owed):
    assert following.step(held, NOW, exists=True) is Step.REST
    assert following.step(owed, NOW + 2 * DAY, exists=True) is Step.REST
    resting = following.resting(owed)
    assert (resting.owed_at, resting.due_at) == (None, None)


def test_a_wish_in_its_name_does_not_hold_up_its_news(owed):
    asked = following.asked(owed, wish(secret="x"), NOW)
    assert following.step(asked, NOW, exists=True) is Step.DELIVER
    # where deliveries fail, a renewal may be what mends it
    failing = replace(asked, failures=1)
    assert following.step(failing, NOW, exists=True) is Step.VERIFY


# ── Verifying ──


def test_a_verified_wish_runs_its_lease(held):
    assert held.state is FollowerState.VERIFIED
    assert held.intent is Intent.NONE
    assert held.lease_until == NOW + DAY
    assert held.due_at is None


def test_news_that_came_before_the_renewal_was_verified_is_due_at_once(owed):
    asked = following.asked(owed, wish(), NOW)
    assert following.verified(asked, NOW + SECOND).due_at == NOW + SECOND


def test_nobody_answering_is_tried_again_twice(new):
    first = following.unverified(new, NOW, "no answer", final=False)
    assert (first.state, first.due_at) == (FollowerState.ASKED, NOW + 10 * SECOND)
    second = following.unverified(first, NOW + 10 * SECOND, "no answer", final=False)
    assert second.due_at == NOW + 60 * SECOND
    third = following.unverified(second, NOW + 61 * SECOND, "no answer", final=False)
    assert (third.state, third.intent) == (FollowerState.FAILED, Intent.NONE)
    assert third.due_at is None


def test_a_no_is_not_asked_again(new):
    told = following.unverified(new, NOW, "HTTP 404", final=True)
    assert (told.state, told.due_at) == (FollowerState.FAILED, None)


def test_a_wish_that_was_not_meant_leaves_the_lease_alone(owed):
    asked = following.asked(owed, wish(Intent.UNSUBSCRIBE, secret="evil"), NOW)
    told = following.unverified(asked, NOW, "HTTP 404", final=True)
    assert told.state is FollowerState.VERIFIED
    assert (told.secret, told.new_secret) == ("s", "")
    assert told.due_at == NOW


def test_a_wish_that_was_not_meant_does_not_shorten_the_wait(owed):
    failing = replace(owed, failures=5)
    asked = following.asked(failing, wish(), NOW)
    told = following.unverified(asked, NOW, "HTTP 404", final=True)
    assert told.due_at == NOW + timedelta(hours=1)


# ── Delivering ──


def test_who_took_the_news_rests(owed):
    told = following.delivered(replace(owed, failures=3), NOW, NOW + SECOND)
    assert (told.owed_at, told.due_at, told.failures) == (None, None, 0)
    assert told.delivered_at == NOW + SECOND


def test_news_that_came_meanwhile_is_due_at_once(owed):
    newer = replace(owed, owed_at=NOW + SECOND)
    told = following.delivered(newer, NOW, NOW + 2 * SECOND)
    assert (told.owed_at, told.due_at) == (NOW + SECOND, NOW + 2 * SECOND)


def test_a_wish_that_came_meanwhile_is_due_at_once(owed):
    asked = following.asked(owed, wish(), NOW)
    assert following.delivered(asked, NOW, NOW + SECOND).due_at == NOW + SECOND


def test_waits_grow_with_each_failure_and_then_stay(owed):
    waits, now = [], NOW
    for _ in range(8):
        owed = following.undelivered(owed, now, "HTTP 500")
        waits.append((owed.due_at - now).total_seconds())
    assert waits == [10, 30, 120, 600, 3_600, 21_600, 21_600, 21_600]
    assert owed.owed_at == NOW


def test_who_asks_to_wait_is_left_alone_so_long_but_not_for_ever(owed):
    waited = following.undelivered(owed, NOW, "HTTP 503", wait=timedelta(minutes=5))
    assert waited.due_at == NOW + timedelta(minutes=5)
    forever = following.undelivered(owed, NOW, "HTTP 503", wait=900 * DAY, spread=1.1)
    assert forever.due_at == NOW + timedelta(hours=6) * 1.1


def test_who_has_failed_for_five_days_is_given_up(owed):
    failing = following.undelivered(owed, NOW, "HTTP 500")
    still = following.undelivered(failing, NOW + 4.9 * DAY, "HTTP 500")
    assert still.state is FollowerState.VERIFIED
    gone = following.undelivered(still, NOW + 5 * DAY, "HTTP 500")
    assert (gone.state, gone.due_at) == (FollowerState.FAILED, None)
    assert gone.detail == "HTTP 500"


def test_one_failure_after_a_quiet_month_is_no_reason_to_give_up(owed):
    quiet = replace(owed, lease=40 * 86_400, delivered_at=NOW - 30 * DAY)
    told = following.undelivered(quiet, NOW, "HTTP 500")
    assert told.state is FollowerState.VERIFIED


def test_a_delivery_between_starts_the_five_days_anew(owed):
    failing = following.undelivered(owed, NOW, "HTTP 500")
    well = following.delivered(failing, NOW, NOW + 2 * DAY)
    again = replace(well, owed_at=NOW + 5 * DAY)
    told = following.undelivered(again, NOW + 6 * DAY, "HTTP 500")
    assert told.state is FollowerState.VERIFIED


# ── Other people's hubs ──


def test_a_hub_that_was_told_is_owed_nothing():
    ping = Ping(hub="https://h/", topic=TOPIC, owed_at=NOW, due_at=NOW, failures=2)
    told = following.told(ping, NOW, NOW + SECOND)
    assert (told.owed_at, told.due_at, told.failures) == (None, None, 0)
    newer = following.told(replace(ping, owed_at=NOW + SECOND), NOW, NOW + 2 * SECOND)
    assert newer.due_at == NOW + 2 * SECOND


def test_a_hub_is_let_be_after_about_two_days():
    ping, now = Ping(hub="https://h/", topic=TOPIC, owed_at=NOW, due_at=NOW), NOW
    while ping.due_at is not None:
        now = ping.due_at
        ping = following.untold(ping, now, "HTTP 503")
    assert ping.owed_at is None
    assert ping.detail == "HTTP 503"
    assert timedelta(hours=40) < now - NOW < timedelta(hours=56)


def test_a_hub_may_ask_for_a_longer_wait():
    ping = Ping(hub="https://h/", topic=TOPIC, owed_at=NOW, due_at=NOW)
    told = following.untold(ping, NOW, "HTTP 429", wait=timedelta(hours=1), spread=1.1)
    assert told.due_at == NOW + timedelta(hours=1) * 1.1
