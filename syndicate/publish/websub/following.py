"""When followers are verified, get the news, and are given up (pure).

A row is turned to when it is due. What it is owed comes before what it asked for:
anybody may ask in its name. A new secret counts from the moment it was verified.
Spread comes from outside: a number around 1 by which waits are stretched, so that not
all are due at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto

from syndicate.model import Follower, FollowerState, Intent, Ping
from syndicate.publish.websub.wishes import Wish

VERIFYING = (timedelta(seconds=10), timedelta(minutes=1))
"""After being asked: when we try again to verify, if nobody answered."""
WAITS = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
"""After the first, second, … delivery that failed; the last goes on."""
PATIENCE = timedelta(days=5)
"""A follower that has failed for so long is given up."""
PING_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
PINGS = 16
"""Attempts at another's hub until it is let be till the next news: about two days."""


class Step(Enum):
    """What is to be done for a follower that is due."""

    VERIFY = auto()
    DENY = auto()
    """What it follows does not exist (any more): say so, and forget it."""
    DELIVER = auto()
    REST = auto()


def asked(known: Follower | None, wish: Wish, now: datetime) -> Follower | None:
    """The follower after it asked for something; None if there is nothing to verify.

    Whoever has a lease keeps it as it is, secret and all, until the new wish is
    verified: anybody may ask in anybody's name.
    """
    if known is not None and (_runs(known, now) or _withdraws(known, wish)):
        return replace(
            known,
            intent=wish.mode,
            lease=wish.lease,
            new_secret=wish.secret,
            asked_at=now,
            due_at=now,
        )
    if wish.mode is Intent.UNSUBSCRIBE:
        return None
    return Follower(
        id=known.id if known else 0,
        topic=wish.topic,
        callback=wish.callback,
        host=wish.host,
        lease=wish.lease,
        new_secret=wish.secret,
        asked_at=now,
        due_at=now,
    )


def _runs(held: Follower, now: datetime) -> bool:
    leased = held.lease_until is not None and held.lease_until > now
    return held.state is FollowerState.VERIFIED and leased


def _withdraws(known: Follower, wish: Wish) -> bool:
    """Whether it leaves before it was verified: that takes the place of its wish."""
    leaves = wish.mode is Intent.UNSUBSCRIBE
    return leaves and known.state is FollowerState.ASKED


def step(held: Follower, now: datetime, *, exists: bool) -> Step:
    """Say what is to be done for ``held``, now that it is due."""
    owed = _runs(held, now) and held.owed_at is not None
    if owed and exists and not (held.intent and held.failures):
        return Step.DELIVER
    if held.intent is Intent.UNSUBSCRIBE:
        return Step.VERIFY
    if held.intent is Intent.SUBSCRIBE:
        return Step.VERIFY if exists else Step.DENY
    return Step.DENY if owed else Step.REST


def resting(held: Follower) -> Follower:
    """The follower for whom nothing is to be done."""
    return replace(held, owed_at=None, due_at=None)


def verified(held: Follower, now: datetime) -> Follower | None:
    """The follower after it confirmed what it asked for; None if it is to go."""
    if held.intent is Intent.UNSUBSCRIBE:
        return None
    return replace(
        held,
        state=FollowerState.VERIFIED,
        intent=Intent.NONE,
        secret=held.new_secret,
        new_secret="",
        verified_at=now,
        lease_until=now + timedelta(seconds=held.lease),
        failures=0,
        failing_since=None,
        due_at=now if held.owed_at else None,
        detail="",
    )


def unverified(held: Follower, now: datetime, detail: str, *, final: bool) -> Follower:
    """The follower after it did not confirm: tried again twice if nobody answered.

    A lease that runs goes on: whoever asked, it was not meant.
    """
    later = [held.asked_at + wait for wait in VERIFYING if held.asked_at + wait > now]
    if later and not final:
        return replace(held, due_at=later[0], detail=detail)
    running = held.state is FollowerState.VERIFIED
    back = now + _wait(held.failures) if held.owed_at and running else None
    return replace(
        held,
        state=held.state if running else FollowerState.FAILED,
        intent=Intent.NONE,
        new_secret="",
        due_at=back,
        detail=detail,
    )


def delivered(held: Follower, owed_at: datetime | None, now: datetime) -> Follower:
    """The follower after it took the news of ``owed_at``; newer may have come since."""
    done = held.owed_at == owed_at
    return replace(
        held,
        delivered_at=now,
        owed_at=None if done else held.owed_at,
        due_at=None if done and not held.intent else now,
        failures=0,
        failing_since=None,
        detail="",
    )


def undelivered(
    held: Follower,
    now: datetime,
    detail: str,
    *,
    wait: timedelta = timedelta(0),
    spread: float = 1.0,
) -> Follower:
    """The follower after a delivery failed; ``wait`` is what it asked for itself."""
    failures, since = held.failures + 1, held.failing_since or now
    if now - since >= PATIENCE:
        return replace(
            held,
            state=FollowerState.FAILED,
            intent=Intent.NONE,
            new_secret="",
            owed_at=None,
            due_at=None,
            failures=failures,
            failing_since=since,
            detail=detail,
        )
    pause = max(_wait(failures), min(wait, LONGEST_WAIT)) * spread
    return replace(
        held,
        due_at=now if held.intent else now + pause,
        failures=failures,
        failing_since=since,
        detail=detail,
    )


def _wait(failures: int) -> timedelta:
    return WAITS[min(failures, len(WAITS)) - 1] if failures else timedelta(0)


# ── Other people's hubs ──────────────────────────────────────────────────────


def told(held: Ping, owed_at: datetime | None, now: datetime) -> Ping:
    """The ping after the hub took the news of ``owed_at``."""
    done = held.owed_at == owed_at
    return replace(
        held,
        owed_at=None if done else held.owed_at,
        due_at=None if done else now,
        pinged_at=now,
        failures=0,
        detail="",
    )


def untold(
    held: Ping,
    now: datetime,
    detail: str,
    *,
    wait: timedelta = timedelta(0),
    spread: float = 1.0,
) -> Ping:
    """The ping after the hub could not be told; in the end it is let be.

    What it was not told it finds when it polls, or hears with the next news.
    """
    failures = held.failures + 1
    if failures >= PINGS:
        return replace(
            held, owed_at=None, due_at=None, failures=failures, detail=detail
        )
    doubled: timedelta = PING_WAIT * 2 ** min(failures - 1, 10)
    pause = max(min(doubled, LONGEST_WAIT), min(wait, LONGEST_WAIT)) * spread
    return replace(held, due_at=now + pause, failures=failures, detail=detail)
