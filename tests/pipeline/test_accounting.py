"""Who has no copy of an issue, and why; what the books say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.model import (
    Choice,
    DeliveryState,
    Member,
    MemberState,
    Origin,
    Reply,
    SubscriptionState,
)
from syndicate.pipeline.mailing import accounting
from syndicate.pipeline.mailing.composing import compose_issue
from syndicate.pipeline.mailing.sending import send_issue
from syndicate.pipeline.membership.audience import bring_in
from syndicate.store import issues, members, subscriptions
from syndicate.store.schema import bounces

REFUSED = Reply(
    state=DeliveryState.REFUSED, code=550, detail="550 no such user", relay="main"
)
LATER = Reply(state=DeliveryState.DEFERRED, code=451, detail="451", relay="main")


@pytest.fixture
def sent(desk, digest, clock, monday, pooled, post):
    """An issue of which A has a copy, B was refused, and C is asked again."""
    desk.with_news(1, 2, 3)
    clock.now = monday
    stored, _ = compose_issue(desk.mailing(), digest, clock.now)
    pool = pooled(post(DeliveryState.ACCEPTED, REFUSED, LATER))
    return send_issue(desk.mailing(), digest, stored, pool, clock=clock).issue


def add(desk, address, state, **given):
    """A member who subscribes now."""
    with desk.database.write() as connection:
        new = Member(address=address, state=MemberState.OK)
        kept = members.add(
            connection, new, mailbox=address, mark=f"m {address}", now=desk.clock.now
        )
        return subscriptions.add(
            connection,
            kept.id,
            "tuan",
            state,
            Origin.SIGNUP,
            desk.clock.now,
            **given,
        )


def test_who_has_no_copy_is_told_with_the_reason_and_the_next_try(desk, sent, clock):
    found = {one.member.address: one for one in accounting.missing(desk.database, sent)}
    assert sorted(found) == ["b@vd.example", "c@vd.example"]
    refused, waiting = found["b@vd.example"], found["c@vd.example"]
    assert (refused.state, refused.why) == ("refused", "550 no such user")
    assert refused.next_try is None
    assert (waiting.state, waiting.attempts) == ("deferred", 1)
    assert waiting.next_try == clock.now + timedelta(minutes=5)


def test_who_joined_later_is_absent_for_that_reason(desk, digest, sent, clock):
    clock.advance(minutes=1)
    active, daily = SubscriptionState.ACTIVE, Choice(cadence="daily")
    add(desk, "d@vd.example", active, confirmed_at=clock.now)
    add(desk, "e@vd.example", SubscriptionState.PENDING)
    add(desk, "f@vd.example", active, **subscriptions.columns_of(daily))
    found = accounting.absent(desk.database, digest, sent, clock.now)
    assert {one.member.address: one.why for one in found} == {
        "d@vd.example": "joined later",
        "e@vd.example": "pending",
        "f@vd.example": "changed the cadence",
    }


def test_before_an_issue_is_planned_everybody_is_absent(desk, digest, clock, monday):
    desk.with_news(1)
    clock.now = monday
    stored, _ = compose_issue(desk.mailing(), digest, clock.now)
    with desk.database.write() as connection:
        bring_in(connection, digest, secret=desk.mailing().secret, now=clock.now)
    found = list(accounting.absent(desk.database, digest, stored, clock.now))
    assert [one.why for one in found] == ["not planned yet"] * 3
    books = accounting.standing(desk.database, stored, clock.now)
    assert (books.planned, books.open, books.balances) == (None, 0, True)


def test_a_copy_that_came_back_is_told_and_the_books_stay_as_they_are(desk, sent):
    a = desk.copies(sent)["a@vd.example"]
    with desk.database.write() as connection:
        connection.execute(
            bounces.insert().values(
                at=desk.clock.now,
                kind="dsn",
                delivery_id=a.id,
                status="5.1.1",
                diagnostic="unknown user",
                is_final=True,
                sha256="x",
                form="",
                feedback="",
            )
        )
    [one] = accounting.returned(desk.database, sent)
    assert (one.member.address, one.state) == ("a@vd.example", "returned")
    assert one.why == "5.1.1 unknown user"
    books = accounting.standing(desk.database, sent, desk.clock.now)
    assert books.tally[DeliveryState.ACCEPTED] == 1
    assert books.balances


def test_the_books_tell_relays_domains_and_the_rate(desk, sent, clock):
    books = accounting.standing(desk.database, sent, clock.now)
    assert books.planned == 3
    assert books.open == 1
    assert books.relays == {"main": 1}
    assert books.waiting == (("vd.example", 1, clock.now + timedelta(minutes=5)),)
    assert (books.first_at, books.last_at) == (clock.now, clock.now)
    assert books.last_minute == 1
    later = accounting.standing(desk.database, sent, clock.advance(minutes=2))
    assert later.last_minute == 0


def test_an_issue_with_open_copies_is_not_closed(desk, sent, clock):
    with desk.database.write() as connection:
        assert not accounting.close(connection, sent.id, clock.now)
        assert issues.get(connection, sent.id).closed_at is None
