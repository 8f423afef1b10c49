"""Members: their addresses, what they subscribed to, and what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MemberState(StrEnum):
    """Where an address stands; whatever it subscribes to, this comes first."""

    UNVERIFIED = "unverified"
    OK = "ok"
    SOFT_BOUNCING = "soft_bouncing"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    INVALID = "invalid"
    ERASED = "erased"
    """Only its mark is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person who gets digests; ``id`` is 0 for one that is not kept."""

    address: str
    name: str = ""
    id: int = 0
    state: MemberState = MemberState.UNVERIFIED
    language: str = ""
    """Of the frame of the mails; "" for the digest's."""
    timezone: str = ""
    """Of the hour at which mails come; "" for the digest's."""
    text_only: bool = False
    score: int = 0
    """Soft bounces: how many of the last days counted."""
    created_at: datetime | None = None
    changed_at: datetime | None = None


class SubscriptionState(StrEnum):
    """Where a member stands with one digest."""

    PENDING = "pending"
    """Asked for, and not confirmed."""
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"
    EXPIRED = "expired"
    """Never confirmed, or no longer named by config.toml."""


class Origin(StrEnum):
    """How a subscription came to be."""

    SIGNUP = "signup"
    IMPORT = "import"
    DESK = "desk"
    """``members add``."""
    CONFIG = "config"
    """``audience`` or ``audience_file`` of config.toml."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a member wants of a digest; empty means whatever the digest says."""

    cadence: str = ""
    """One of the digest's cadences; "" for its own."""
    weekday: int | None = None
    """0 for Monday: the copy waits for that day."""
    hour: int | None = None
    """0–23, in the member's time zone: the copy waits for that hour."""
    categories: tuple[str, ...] = ()
    """Slugs; only stories with one of them. Empty: all."""
    sources: tuple[str, ...] = ()
    """Keys; only stories told by one of them. Empty: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A member's standing with one digest (by its series)."""

    id: int
    member: int
    digest: str
    state: SubscriptionState
    origin: Origin
    choice: Choice = Choice()
    paused_until: datetime | None = None
    asked_at: datetime | None = None
    confirmed_at: datetime | None = None
    changed_at: datetime | None = None


class ConsentKind(StrEnum):
    """What a record of consent tells."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    STATED = "stated"
    """The desk states that it has the person's consent: import, add, config."""
    CHANGED = "changed"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One record: when, how, and to which text a person agreed, or that they left."""

    digest: str
    kind: ConsentKind
    at: datetime
    form: str
    """Where: the page, the file, the command."""
    text: str = ""
    """The words that the person saw, or the desk's statement."""
    version: str = ""
    """sha256 of the text, in hex."""


class SuppressionReason(StrEnum):
    """Why nothing is ever sent to an address."""

    DESK = "desk"
    COMPLAINT = "complaint"
    BOUNCE = "bounce"
    ERASED = "erased"
    """The person asked to be erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """An address that gets nothing more, known by its mark alone."""

    mark: str
    """Keyed hash of the address: it survives erasure, export, import and restore."""
    reason: SuppressionReason
    at: datetime
    note: str = ""


class Fault(StrEnum):
    """What is wrong with what somebody asks for a member."""

    ADDRESS = "address"
    DIGEST = "digest"
    """There is none of that key, or nobody can sign up for it."""
    CADENCE = "cadence"
    CATEGORY = "category"
    SOURCE = "source"
    WEEKDAY = "weekday"
    HOUR = "hour"
    TIMEZONE = "timezone"
    LANGUAGE = "language"
    UNTIL = "until"
    """A pause that ends before it begins, or years from now."""
    CONSENT = "consent"
    """The desk has not said on what ground it has the person's consent."""
    UNKNOWN = "unknown"
    """There is no such member."""
