"""What we ask of the hubs that feeds name (WebSub)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PushState(StrEnum):
    """Where a subscription stands."""

    WANTED = "wanted"
    """The hub has not been asked yet, or has to be asked again."""
    ASKED = "asked"
    """Asked; the hub has not come back to verify."""
    VERIFIED = "verified"
    """The hub says yes. Nothing was pushed yet, so it is not believed."""
    LIVE = "live"
    """It pushes; polling is the backup."""
    DISTRUSTED = "distrusted"
    """Polling found what it should have pushed."""
    DENIED = "denied"
    """The hub says no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSubscription:
    """What a source's hub was asked, and what came of it."""

    source: str
    hub: str
    topic: str
    token: str
    """The unguessable part of our callback address."""
    secret: str
    """Key of the signatures on what is pushed."""
    state: PushState = PushState.WANTED
    asked_at: datetime | None = None
    verified_at: datetime | None = None
    lease_until: datetime | None = None
    pushed_at: datetime | None = None
    due_at: datetime | None = None
    """When the hub is to be asked (again)."""
    failures: int = 0
    """In a row, of asking."""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A document that a hub has pushed."""

    id: int
    source: str
    received_at: datetime
    content_type: str
    body: bytes
