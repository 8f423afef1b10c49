"""Messages on their way, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from syndicate.model.member import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One member's mail, complete: what is stored, signed and sent."""

    sender: str
    """Envelope sender."""
    recipient: str
    """Envelope recipient."""
    message_id: str
    content: bytes
    """RFC 5322, CRLF line ends."""


class DeliveryState(StrEnum):
    """Where a member's copy stands; the ledger of a digest run in one word."""

    PLANNED = "planned"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    """The process died, or the line broke, after the message was handed over."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An issue's copy for one member; unique on issue × mailbox."""

    id: int
    issue: int
    member: Member
    state: DeliveryState
    attempts: int = 0
    due_at: datetime | None = None
    detail: str = ""
    changed_at: datetime | None = None
    variant: str = ""
    """Key of the rendering that it has: language, choice, corrections."""
    message_id: str = ""
    relay: str = ""
    fence: int = 0
    """Of the claim: who holds an older one may no longer settle it."""


class Blame(StrEnum):
    """Whom a refusal or a deferral concerns, by its enhanced status code (RFC 3463)."""

    NONE = ""
    ADDRESS = "address"
    """No such mailbox: X.1.*, X.2.1; or a reply to RCPT without such a code."""
    MAILBOX = "mailbox"
    """It is full or otherwise unable for now: X.2.2, X.3.*, 552."""
    CONTENT = "content"
    """What we sent, or who we are: X.6.*, X.7.*; the member did nothing."""
    DOMAIN = "domain"
    """The whole receiving side wants us to wait: 421."""
    LINE = "line"
    """The connection; nobody said anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the next hop said of one message.

    ``state`` is ACCEPTED, DEFERRED (try again), REFUSED (no use in trying again) or
    UNCERTAIN (the line broke after the message was handed over).
    """

    state: DeliveryState
    detail: str = ""
    """The reply in words, for a person."""
    blame: Blame = Blame.NONE
    code: int = 0
    """The SMTP reply code, 0 if there was none."""
    status: str = ""
    """Enhanced status code, such as "5.1.1"; "" if there was none."""
    relay: str = ""
    """Name of the relay that was asked."""


class BounceKind(StrEnum):
    """How word of a failed delivery reached us."""

    SMTP = "smtp"
    DSN = "dsn"
    ARF = "arf"
    """A complaint (RFC 5965)."""
    AUTO = "auto"
    """An automatic answer: noted by nobody."""
    UNKNOWN = "unknown"
    """Not understood; the desk may look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What one message to our bounce address says."""

    kind: BounceKind
    at: datetime
    delivery: int | None = None
    """Of the copy that came back, if it could be told."""
    status: str = ""
    diagnostic: str = ""
    is_final: bool = False
    """The other side has given up: Action: failed."""
