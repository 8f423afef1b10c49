"""Letters: mails to one person, beside the issues of digests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from syndicate.model.mail import DeliveryState


class LetterKind(StrEnum):
    """What a letter is for."""

    CONFIRM = "confirm"
    """Somebody signed up with this address: was it you?"""
    ALREADY = "already"
    """Somebody signed up with this address, which gets the digest already."""
    PROBE = "probe"
    """Mails came back: does this one arrive?"""
    DATA = "data"
    """What is kept of a person, because the person asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that is owed to one person, and what became of it."""

    id: int
    kind: LetterKind
    member: int
    digests: tuple[str, ...]
    """Series that it is about."""
    state: DeliveryState
    attempts: int
    asked_at: datetime
    due_at: datetime | None = None
    detail: str = ""
    """What the next hop said."""
