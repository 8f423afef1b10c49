"""Messages on their way, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from syndicate.model.member import Choice, Member, Origin, SubscriptionState

_AS_IT_COMES = Choice()


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
    wire: bytes = field(default=b"", compare=False, repr=False)
    """The same as SMTP carries it, its dots doubled, the final dot set; whoever changes
    ``content`` leaves it empty, and it is made of that."""


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
    domain: str = ""
    """What follows the @, as it is compared."""
    status: str = ""
    """Enhanced status code of the last reply."""
    first_due_at: datetime | None = None
    """It expires so long after this, however often it was put off."""
    subscription: int = 0
    """Id of the subscription that it belongs to; 0 if there is none any more."""
    choice: Choice = _AS_IT_COMES
    """What the member wants of the digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A copy that is due, and where its member stands at that moment."""

    delivery: Delivery
    subscribed: SubscriptionState | None = None
    """None: there is no such subscription."""
    origin: Origin | None = None
    paused_until: datetime | None = None
    suppressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of a copy that was claimed."""

    delivery: Delivery
    """As it was claimed: its fence says whether it may still be settled."""
    state: DeliveryState
    detail: str = ""
    due_at: datetime | None = None
    """When a DEFERRED one is tried again."""
    relay: str = ""
    status: str = ""
    message_id: str = ""
    variant: str = ""


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
    again_at: datetime | None = None
    """Not before this moment, whatever the ledger's own pauses are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayRecord:
    """What has to be remembered of a way on which mail leaves, over a restart.

    ``relay`` "" means whichever relay, ``domain`` "" the relay itself; both empty is
    the sender, for the warm-up.
    """

    relay: str
    domain: str
    failures: int = 0
    """In succession; what is refused for its content is forgiven one by one."""
    open_until: datetime | None = None
    """Nothing is sent there before; None: all is well."""
    detail: str = ""
    """What was said, for a person."""
    day: str = ""
    """Local date that ``sent`` counts for."""
    sent: int = 0
    first_at: datetime | None = None
    """When the first message left: the warm-up begins."""
    next_at: datetime | None = None
    """When the limit of a minute lets the next one go."""


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
    id: int = 0
    """0 for one that is not kept."""
    form: str = ""
    """By what it was known: "dsn", "arf", or the name of an older form."""
    letter: int | None = None
    """Of the letter that came back, where it was no copy of an issue."""
    member: int | None = None
    """Whose it is; None if that could not be told."""
    feedback: str = ""
    """Feedback-Type of a complaint."""
    settled_at: datetime | None = None
    """When the desk had done with it."""
