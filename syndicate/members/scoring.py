"""What bounces and complaints make of an address; pure.

::

    UNVERIFIED, OK ──soft──▶ SOFT_BOUNCING ──a clean issue──▶ OK
         │                     │ 3 of the last 5 days: a probe
         │ hard                │ hard, or the probe came back
         ▼                     ▼
       BOUNCED ◀───────────────┘            any ──complaint──▶ COMPLAINED

A day counts once, however much comes back on it. The "last 5 days" are days on which
something went to the address: five calendar days of a daily digest, five issues of a
weekly one, of which nobody would ever see three bounces in five calendar days.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from syndicate.members.states import AddressEvent, address_after
from syndicate.model import MemberState

PROBED_AT = 3
"""Days that counted, of the last :data:`LOOKED_AT`, after which a probe is sent."""
LOOKED_AT = 5
CLEAN_AFTER = timedelta(days=3)
"""How long after a mail its bounce is waited for: most hosts give up in that time."""
PROBE_CLEAN_AFTER = timedelta(days=6)
"""The same for a probe: longer than the five days that hosts try at most."""
_KEPT = 10
"""Days that are remembered."""


class Verdict(StrEnum):
    """What a failed delivery says of the address."""

    HARD = "hard"
    """There is no such mailbox, and no use in trying again."""
    SOFT = "soft"
    """Something is wrong there; it may pass."""
    NONE = "none"
    """It is about us, or what we wrote: the member did nothing."""


_H, _S, _N = Verdict.HARD, Verdict.SOFT, Verdict.NONE

CODES: dict[str, tuple[Verdict, str]] = {
    "1": (_H, "the address is wrong: no such mailbox, no such domain"),
    "1.5": (_S, "the address is valid, says the code; the failure is not"),
    "1.7": (_N, "the sender's address is badly written: ours"),
    "1.8": (_N, "the sender's domain is refused: ours"),
    "1.9": (_S, "it was passed to a host that follows no standard"),
    "2": (_S, "something is wrong with the mailbox"),
    "2.2": (_S, "the mailbox is full; people make room"),
    "2.3": (_N, "the message is too long for that mailbox"),
    "3": (_S, "something is wrong with the receiving system"),
    "3.3": (_N, "it cannot do what our message asks for"),
    "3.4": (_N, "the message is too big for the system"),
    "4": (_S, "the way there: no answer, no route, too late"),
    "5": (_S, "the two systems did not understand each other"),
    "6": (_N, "the content or its form cannot be taken"),
    "7": (_N, "policy or security: what we send, or who we are"),
}
"""Subject, or subject and detail, of RFC 3463 → what it says, and why."""
_OTHER = (_S, "of an unknown kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How an address stands."""

    state: MemberState
    days: tuple[date, ...] = ()
    """Days on which something came back softly since the last clean issue."""
    scored_at: datetime | None = None
    """When something last came back."""
    probed_at: datetime | None = None
    """When a probe was asked for, until it is known what became of it."""


def verdict(status: str) -> Verdict:
    """Say what an enhanced status code says of the address.

    A code of class 4 is never hard, whatever it names. "" is soft: somebody gave up,
    and nobody knows why.
    """
    found, _why = reason(status)
    if found is Verdict.HARD and not status.startswith("5"):
        return Verdict.SOFT
    return found


def reason(status: str) -> tuple[Verdict, str]:
    """The line of the table that a code falls under."""
    kind, _dot, rest = status.partition(".")
    if kind not in ("4", "5"):
        return _OTHER
    return CODES.get(rest) or CODES.get(rest.partition(".")[0]) or _OTHER


def after_hard(score: Score, now: datetime) -> Score:
    """There is no such mailbox: nothing more is sent there."""
    state = address_after(score.state, AddressEvent.HARD)
    if state is score.state:
        return score
    return Score(state=state, scored_at=now)


def after_soft(score: Score, day: date, now: datetime) -> Score:
    """Something came back that may pass: the day counts, once.

    Of an address that is given up nothing is counted, and of one that was well again
    in the meantime, however that became known, nothing of before.
    """
    state = address_after(score.state, AddressEvent.SOFT)
    if state is not MemberState.SOFT_BOUNCING:
        return score
    if score.state is not MemberState.SOFT_BOUNCING:
        return Score(state=state, days=(day,), scored_at=now)
    days = tuple(sorted({*score.days, day}))[-_KEPT:]
    return replace(score, days=days, scored_at=now)


def wants_probe(score: Score, contacts: Collection[date]) -> bool:
    """Say whether it is time to ask the address itself.

    ``contacts`` are the days on which something was sent to it; those that counted
    need not be among them.
    """
    if score.state is not MemberState.SOFT_BOUNCING or score.probed_at is not None:
        return False
    return counted(score, contacts) >= PROBED_AT


def counted(score: Score, contacts: Collection[date]) -> int:
    """How many of the last days of contact had something come back."""
    if not score.days:
        return 0
    calendar = score.days[-1] - timedelta(days=LOOKED_AT - 1)
    latest = sorted({*contacts, *score.days})[-LOOKED_AT:]
    since = min(calendar, latest[0])
    return sum(day >= since for day in score.days)


def after_probe_sent(score: Score, now: datetime) -> Score:
    """A probe is on its way."""
    return replace(score, probed_at=now)


def after_probe_bounced(score: Score, now: datetime) -> Score:
    """The probe came back, too: the address is given up."""
    return after_hard(score, now)


def after_clean_issue(score: Score) -> Score:
    """An issue was taken and nothing came back: all is forgotten."""
    state = address_after(score.state, AddressEvent.CLEAN)
    return score if state is score.state else Score(state=state)


def after_complaint(score: Score, now: datetime) -> Score:
    """The person said that it is spam: nothing is sent any more."""
    state = address_after(score.state, AddressEvent.COMPLAINT)
    if state is score.state:
        return score
    return replace(score, state=state, scored_at=now, probed_at=None)
