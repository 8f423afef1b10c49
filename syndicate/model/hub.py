"""Who is told when a feed of ours changes (WebSub, the publisher's side)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FollowerState(StrEnum):
    """Where a follower stands at our hub."""

    ASKED = "asked"
    """It asked; we have not verified yet that it meant it."""
    VERIFIED = "verified"
    """It gets the news until its lease ends."""
    FAILED = "failed"
    """It did not verify, or could not be reached for so long that we gave up."""


class Intent(StrEnum):
    """What a follower asked for, and has still to confirm."""

    NONE = ""
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Somebody's address that gets a topic of ours as soon as it changes."""

    id: int = 0
    topic: str
    """The feed's address."""
    callback: str
    host: str = ""
    """Of the callback, in small letters: no host is asked too much at once."""
    secret: str = ""
    """Key of the signatures on what we send; empty: it wants none."""
    state: FollowerState = FollowerState.ASKED
    intent: Intent = Intent.SUBSCRIBE
    lease: int
    """Seconds that it gets (or asked for)."""
    new_secret: str = ""
    """The secret that it asked for, until that is verified."""
    asked_at: datetime
    verified_at: datetime | None = None
    lease_until: datetime | None = None
    delivered_at: datetime | None = None
    owed_at: datetime | None = None
    """When the newest news came that it waits for; None if it has what there is."""
    due_at: datetime | None = None
    """When we are to turn to it next: to verify, or to deliver."""
    failures: int = 0
    """Deliveries that failed, in a row."""
    failing_since: datetime | None = None
    """When the first of them was."""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """Another's hub that is to be told of a topic of ours."""

    hub: str
    topic: str
    owed_at: datetime | None = None
    """When the newest news came that it waits for; None if it was told."""
    due_at: datetime | None = None
    pinged_at: datetime | None = None
    failures: int = 0
    """In a row."""
    detail: str = ""
