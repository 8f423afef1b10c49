"""The tables of moves, and what holds whatever happens in whatever order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syndicate.members.states import (
    ADDRESS_MOVES,
    SUBSCRIPTION_MOVES,
    WRITABLE,
    AddressEvent,
    SubscriptionEvent,
    address_after,
    subscription_after,
)
from syndicate.model import MemberState, SubscriptionState
from syndicate.store import subscriptions

UNSUBSCRIBED = SubscriptionState.UNSUBSCRIBED
ACTIVE, PAUSED = SubscriptionState.ACTIVE, SubscriptionState.PAUSED
address_events = st.lists(st.sampled_from(AddressEvent))
events = st.sampled_from(SubscriptionEvent)
DIGESTS = ("weekly", "monthly", "daily")


@given(address_events)
def test_a_complaint_is_outlived_only_by_the_desk_or_by_erasure(
    after: list[AddressEvent],
) -> None:
    state = address_after(MemberState.OK, AddressEvent.COMPLAINT)
    assert state is MemberState.COMPLAINED
    for event in after:
        state = address_after(state, event)
        if event in (AddressEvent.LIFTED, AddressEvent.ERASED):
            break
        assert state is MemberState.COMPLAINED


@given(st.sampled_from(MemberState))
def test_a_complaint_beats_every_other_state(state: MemberState) -> None:
    after = address_after(state, AddressEvent.COMPLAINT)
    if state is MemberState.ERASED:
        assert after is MemberState.ERASED, "nobody is left who could complain"
    else:
        assert after is MemberState.COMPLAINED


@given(address_events)
def test_a_dead_address_gets_mail_again_only_for_somebodys_word(
    happened: list[AddressEvent],
) -> None:
    state = MemberState.UNVERIFIED
    for event in happened:
        after = address_after(state, event)
        if state not in WRITABLE and after in WRITABLE:
            assert event in (
                AddressEvent.VERIFIED,
                AddressEvent.LIFTED,
                AddressEvent.READDRESSED,
            )
        if state is MemberState.ERASED and after is not state:
            assert event is AddressEvent.READDRESSED
        state = after


@given(address_events)
def test_an_address_is_never_unverified_again_but_by_the_desk(
    happened: list[AddressEvent],
) -> None:
    state = MemberState.OK
    for event in happened:
        state = address_after(state, event)
        if state is MemberState.UNVERIFIED:
            assert event in (AddressEvent.LIFTED, AddressEvent.READDRESSED)
            break


@given(st.lists(events))
def test_who_left_gets_mail_again_only_after_their_own_confirmation(
    happened: list[SubscriptionEvent],
) -> None:
    state, left = None, False
    for event in happened:
        after = subscription_after(state, event)
        state = after if after is not None else state
        if event is SubscriptionEvent.CONFIRMED:
            left = False
        if state is UNSUBSCRIBED:
            left = True
        if left:
            assert state is UNSUBSCRIBED, (event, "brought somebody back")


@given(st.lists(events))
def test_nothing_is_active_without_a_confirmation_or_a_statement(
    happened: list[SubscriptionEvent],
) -> None:
    state, grounds = None, set[SubscriptionEvent]()
    for event in happened:
        after = subscription_after(state, event)
        state = after if after is not None else state
        grounds.add(event)
        if state in (ACTIVE, PAUSED):
            assert grounds & {SubscriptionEvent.CONFIRMED, SubscriptionEvent.STATED}


@given(st.lists(st.tuples(st.sampled_from(DIGESTS), events)))
def test_leaving_one_digest_never_touches_another(
    happened: list[tuple[str, SubscriptionEvent]],
) -> None:
    held: dict[str, SubscriptionState | None] = dict.fromkeys(DIGESTS)
    for digest, event in happened:
        others = {key: one for key, one in held.items() if key != digest}
        held[digest] = subscription_after(held[digest], event) or held[digest]
        assert others == {key: one for key, one in held.items() if key != digest}
        if event is SubscriptionEvent.LEFT:
            assert held[digest] is UNSUBSCRIBED


def test_to_leave_is_always_possible() -> None:
    for state in (None, *SubscriptionState):
        after = subscription_after(state, SubscriptionEvent.LEFT)
        assert after is UNSUBSCRIBED or state is UNSUBSCRIBED


def test_every_state_can_be_reached() -> None:
    reached = {MemberState.UNVERIFIED, *ADDRESS_MOVES.values()}
    assert reached == set(MemberState)
    assert set(SUBSCRIPTION_MOVES.values()) == set(SubscriptionState)


def test_the_store_writes_to_the_addresses_that_the_table_calls_writable() -> None:
    assert subscriptions.WRITABLE == WRITABLE
