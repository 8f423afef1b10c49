"""Who may be written to at this moment, and the one word why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.members.receiving import objection
from syndicate.model import (
    Candidate,
    Choice,
    Delivery,
    DeliveryState,
    Member,
    MemberState,
    Origin,
    SubscriptionState,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def candidate(
    *,
    state=MemberState.OK,
    subscribed=SubscriptionState.ACTIVE,
    origin=Origin.SIGNUP,
    cadence="",
    **more,
):
    return Candidate(
        delivery=Delivery(
            id=1,
            issue=1,
            member=Member(address="an@vd.example", state=state),
            state=DeliveryState.PLANNED,
            choice=Choice(cadence=cadence),
        ),
        subscribed=subscribed,
        origin=origin,
        **more,
    )


def why(*, cadences=("", "weekly"), **about):
    return objection(candidate(**about), cadences, NOW)


@pytest.mark.parametrize("state", MemberState)
def test_the_state_of_the_address_comes_first(state):
    said = why(state=state, subscribed=SubscriptionState.UNSUBSCRIBED)
    sendable = {MemberState.OK, MemberState.SOFT_BOUNCING}
    assert said == ("unsubscribed" if state in sendable else state.value)


@pytest.mark.parametrize("state", [MemberState.OK, MemberState.SOFT_BOUNCING])
def test_who_is_active_and_well_gets_it(state):
    assert why(state=state) == ""


@pytest.mark.parametrize("origin", Origin)
def test_who_never_confirmed_gets_it_if_the_desk_stated_the_consent(origin):
    said = why(state=MemberState.UNVERIFIED, origin=origin)
    assert said == ("unverified" if origin is Origin.SIGNUP else "")


@pytest.mark.parametrize("state", SubscriptionState)
def test_only_active_subscriptions_get_it(state):
    said = why(subscribed=state)
    assert said == ("" if state is SubscriptionState.ACTIVE else state.value)


def test_who_has_no_subscription_has_left():
    assert why(subscribed=None, origin=None) == "unsubscribed"


@pytest.mark.parametrize(("days", "said"), [(-1, ""), (0, ""), (1, "paused")])
def test_a_pause_that_is_over_counts_as_none(days, said):
    until = NOW + timedelta(days=days)
    assert why(subscribed=SubscriptionState.PAUSED, paused_until=until) == said


def test_who_is_suppressed_gets_nothing():
    assert why(suppressed=True) == "suppressed"


def test_who_chose_another_cadence_gets_that():
    assert why(cadence="weekly") == ""
    assert why(cadence="monthly") == "changed the cadence"
    assert why(cadences=("monthly",)) == "changed the cadence"
