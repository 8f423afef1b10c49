"""Whether a copy that is due may still be sent to its member."""

from __future__ import annotations

from datetime import datetime

from syndicate.model import (
    Candidate,
    MemberState,
    Origin,
    SubscriptionState,
)

_NEVER = {
    MemberState.BOUNCED,
    MemberState.COMPLAINED,
    MemberState.INVALID,
    MemberState.ERASED,
}
_VOUCHED_FOR = {Origin.CONFIG, Origin.DESK, Origin.IMPORT}


def objection(candidate: Candidate, cadences: tuple[str, ...], now: datetime) -> str:
    """Say in a word why nothing may be sent; "" if it may.

    ``cadences`` are those whose subscribers get this edition. The word is one that
    can be translated: erased, suppressed, bounced, complained, invalid, unverified,
    unsubscribed, expired, pending, paused, "changed the cadence".
    """
    return _of_address(candidate) or _of_subscription(candidate, cadences, now)


def _of_address(candidate: Candidate) -> str:
    state = candidate.delivery.member.state
    if state is MemberState.ERASED:
        return state.value
    if candidate.suppressed:
        return "suppressed"
    if state in _NEVER:
        return state.value
    if state is MemberState.UNVERIFIED and candidate.origin not in _VOUCHED_FOR:
        return state.value
    return ""


def _of_subscription(
    candidate: Candidate, cadences: tuple[str, ...], now: datetime
) -> str:
    match candidate.subscribed:
        case SubscriptionState.ACTIVE:
            paused = False
        case SubscriptionState.PAUSED:
            until = candidate.paused_until
            paused = until is None or until > now
        case None:
            return SubscriptionState.UNSUBSCRIBED.value
        case other:
            return other.value
    if paused:
        return SubscriptionState.PAUSED.value
    wanted = candidate.delivery.choice.cadence
    return "" if wanted in cadences else "changed the cadence"
