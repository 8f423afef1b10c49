"""What a reply means for a copy: done, or tried again, and when. Pure decisions.

A temporary refusal is tried again after 5, 15, 30, 60 minutes, 2 hours, and every 4
hours, until the copy has expired. What the other side says of us, or of what we send,
costs no member anything: the copy waits, and the desk is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.model import Blame, Delivery, DeliveryState, Digest, Promise, Reply

RETRY = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240))
"""Pauses after a temporary refusal; the last one repeats."""
PERHAPS = "perhaps sent"
"""How the detail of a copy begins that is sent again though it may have arrived."""
_FULL = 552
"""Counts as temporary, for what it says passes (RFC 5321 §4.5.3.1.10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a copy."""

    state: DeliveryState
    detail: str
    due_at: datetime | None = None
    """When a DEFERRED one is tried again."""
    domain_until: datetime | None = None
    """When anything is sent to its domain again; None: nothing speaks against it."""
    alarming: bool = False
    """The desk has to look: what we send, or who we are, was refused."""


def verdict(
    digest: Digest,
    delivery: Delivery,
    reply: Reply,
    *,
    waits: datetime | None,
    now: datetime,
) -> Verdict:
    """Decide on a copy that was handed over, or could not be made.

    ``waits`` is until when its domain has to wait, as the relays have it.
    """
    said = reply.detail
    in_doubt = reply.state is DeliveryState.UNCERTAIN
    if in_doubt and digest.promise is Promise.AT_LEAST_ONCE:
        return _again(digest, delivery, reply, f"{PERHAPS}; {said}", now)
    if reply.state is DeliveryState.DEFERRED or _passes(reply):
        return _put_off(digest, delivery, reply, waits, now)
    if _is_unmade(reply):
        said = f"invalid: {said}"
    return Verdict(state=reply.state, detail=said)


def _is_unmade(reply: Reply) -> bool:
    """Nothing left: this member's message cannot be made."""
    is_refused = reply.state is DeliveryState.REFUSED
    return is_refused and not reply.relay and not reply.code


def _passes(reply: Reply) -> bool:
    """A refusal that is not the member's, or not for good."""
    if reply.state is not DeliveryState.REFUSED or _is_unmade(reply):
        return False
    return reply.blame is Blame.CONTENT or reply.code == _FULL


def _put_off(
    digest: Digest,
    delivery: Delivery,
    reply: Reply,
    waits: datetime | None,
    now: datetime,
) -> Verdict:
    kept = reply.detail
    if delivery.detail.startswith(PERHAPS):
        # an earlier try may have arrived, and that is not forgotten
        kept = f"{PERHAPS}; {reply.detail}"
    own = _again(digest, delivery, reply, kept, now)
    until = waits if reply.blame in (Blame.DOMAIN, Blame.CONTENT) else None
    if reply.blame is Blame.DOMAIN and until is None:
        until = now + RETRY[0]
    is_refused = reply.state is DeliveryState.REFUSED
    return Verdict(
        state=own.state,
        detail=own.detail,
        due_at=own.due_at,
        domain_until=until,
        alarming=is_refused and reply.blame is Blame.CONTENT,
    )


def _again(
    digest: Digest, delivery: Delivery, reply: Reply, said: str, now: datetime
) -> Verdict:
    """Try it again in time, or give it up."""
    pause = RETRY[min(max(delivery.attempts, 1), len(RETRY)) - 1]
    due_at = max(now + pause, reply.again_at or now)
    if due_at <= (delivery.first_due_at or now) + digest.expires:
        return Verdict(state=DeliveryState.DEFERRED, detail=said, due_at=due_at)
    perhaps = said.startswith(PERHAPS)
    state = DeliveryState.UNCERTAIN if perhaps else DeliveryState.REFUSED
    return Verdict(state=state, detail=f"expired; {said}")
