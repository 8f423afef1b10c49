"""How addresses and subscriptions live: two tables of the moves that there are.

::

    address       unverified → ok ⇄ soft_bouncing → bounced | complained | invalid
    subscription  pending → active ⇄ paused → unsubscribed | expired

What does not stand in a table changes nothing. An address comes first: whatever it
subscribes to, nothing is sent to one that is not writable. Each digest has a
subscription of its own, so that leaving one cannot touch another.
"""

from __future__ import annotations

from enum import StrEnum

from syndicate.model import MemberState as Address
from syndicate.model import SubscriptionState as Standing

WRITABLE = (Address.UNVERIFIED, Address.OK, Address.SOFT_BOUNCING)
"""Addresses that get mail, if they have an active subscription.

An unverified one has one if the desk stated that the person agreed.
"""


class AddressEvent(StrEnum):
    """What may become known of an address."""

    VERIFIED = "verified"
    """The person followed a link that only this mailbox can hold."""
    CLEAN = "clean"
    """A whole issue went by, and nothing came back."""
    SOFT = "soft"
    HARD = "hard"
    """There is no such mailbox; or a probe came back, too."""
    COMPLAINT = "complaint"
    """The person called our mail spam."""
    REFUSED = "refused"
    """No message can be made out to it."""
    LIFTED = "lifted"
    """The desk states that the address may be written to again."""
    ERASED = "erased"
    READDRESSED = "readdressed"
    """It was erased, the desk let it in again, and it was made known anew."""


class SubscriptionEvent(StrEnum):
    """What may happen to a subscription."""

    ASKED = "asked"
    """Somebody wants it, and nobody knows yet whether it is the person."""
    CONFIRMED = "confirmed"
    """The person wants it: by a link that only their mailbox holds."""
    STATED = "stated"
    """The desk states that the person wants it."""
    PAUSED = "paused"
    RESUMED = "resumed"
    LEFT = "left"
    TIMED_OUT = "timed_out"
    """It was asked for, and not confirmed in time."""
    DROPPED = "dropped"
    """Who was named by config.toml alone is no longer named there."""


_A, _S = AddressEvent, SubscriptionEvent

ADDRESS_MOVES: dict[tuple[Address, AddressEvent], Address] = {
    (Address.UNVERIFIED, _A.VERIFIED): Address.OK,
    (Address.UNVERIFIED, _A.CLEAN): Address.OK,
    (Address.UNVERIFIED, _A.SOFT): Address.SOFT_BOUNCING,
    (Address.UNVERIFIED, _A.HARD): Address.BOUNCED,
    (Address.UNVERIFIED, _A.REFUSED): Address.INVALID,
    (Address.OK, _A.SOFT): Address.SOFT_BOUNCING,
    (Address.OK, _A.HARD): Address.BOUNCED,
    (Address.OK, _A.REFUSED): Address.INVALID,
    (Address.SOFT_BOUNCING, _A.VERIFIED): Address.OK,
    (Address.SOFT_BOUNCING, _A.CLEAN): Address.OK,
    (Address.SOFT_BOUNCING, _A.HARD): Address.BOUNCED,
    (Address.SOFT_BOUNCING, _A.REFUSED): Address.INVALID,
    # Who reads mail there again has proved it; a clean issue proves nothing, for
    # none was sent.
    (Address.BOUNCED, _A.VERIFIED): Address.OK,
    (Address.BOUNCED, _A.LIFTED): Address.UNVERIFIED,
    (Address.INVALID, _A.LIFTED): Address.UNVERIFIED,
    # A complaint outlives whatever comes later, but for the desk's own word.
    (Address.COMPLAINED, _A.LIFTED): Address.UNVERIFIED,
    (Address.ERASED, _A.READDRESSED): Address.UNVERIFIED,
    **{
        (state, _A.COMPLAINT): Address.COMPLAINED
        for state in Address
        if state not in (Address.COMPLAINED, Address.ERASED)
    },
    **{(state, _A.ERASED): Address.ERASED for state in Address},
}

SUBSCRIPTION_MOVES: dict[tuple[Standing | None, SubscriptionEvent], Standing] = {
    (None, _S.ASKED): Standing.PENDING,
    (None, _S.CONFIRMED): Standing.ACTIVE,
    (None, _S.STATED): Standing.ACTIVE,
    (None, _S.LEFT): Standing.UNSUBSCRIBED,
    (Standing.PENDING, _S.ASKED): Standing.PENDING,
    (Standing.PENDING, _S.CONFIRMED): Standing.ACTIVE,
    (Standing.PENDING, _S.STATED): Standing.ACTIVE,
    (Standing.PENDING, _S.LEFT): Standing.UNSUBSCRIBED,
    (Standing.PENDING, _S.TIMED_OUT): Standing.EXPIRED,
    (Standing.ACTIVE, _S.PAUSED): Standing.PAUSED,
    (Standing.ACTIVE, _S.LEFT): Standing.UNSUBSCRIBED,
    (Standing.ACTIVE, _S.DROPPED): Standing.EXPIRED,
    (Standing.PAUSED, _S.PAUSED): Standing.PAUSED,
    (Standing.PAUSED, _S.RESUMED): Standing.ACTIVE,
    (Standing.PAUSED, _S.CONFIRMED): Standing.ACTIVE,
    (Standing.PAUSED, _S.LEFT): Standing.UNSUBSCRIBED,
    (Standing.PAUSED, _S.DROPPED): Standing.EXPIRED,
    # Who left comes back by their own hand only: no statement of the desk, and no
    # wish that anybody could have typed, moves them.
    (Standing.UNSUBSCRIBED, _S.CONFIRMED): Standing.ACTIVE,
    (Standing.EXPIRED, _S.ASKED): Standing.PENDING,
    (Standing.EXPIRED, _S.CONFIRMED): Standing.ACTIVE,
    (Standing.EXPIRED, _S.STATED): Standing.ACTIVE,
    (Standing.EXPIRED, _S.LEFT): Standing.UNSUBSCRIBED,
}


def address_after(state: Address, event: AddressEvent) -> Address:
    """Return where an address stands after ``event``, which may be where it was."""
    return ADDRESS_MOVES.get((state, event), state)


def subscription_after(
    state: Standing | None, event: SubscriptionEvent
) -> Standing | None:
    """Return where a subscription stands after ``event``; None if it changes nothing.

    ``state`` is None where there is no subscription yet.
    """
    return SUBSCRIPTION_MOVES.get((state, event))
