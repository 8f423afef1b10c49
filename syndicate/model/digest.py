"""Digests, their issues, and the copies that members get."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from syndicate.model.dates import Dated
from syndicate.model.entry import Image


class Approval(StrEnum):
    """Who lets an issue go out."""

    AUTOMATIC = "automatic"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a digest: the stories that carry one of its categories."""

    title: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person who gets a digest."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The standing newsletter; its issues are dated and frozen.

    ``weekday`` is 0 for Monday. The window of an issue is the seven local days
    that end with the scheduled moment.
    """

    key: str
    title: str
    language: str = "vi"
    timezone: str = "Asia/Ho_Chi_Minh"
    weekday: int = 0
    hour: int = 6
    minute: int = 0
    sections: tuple[Section, ...] = ()
    """In order; stories that fit none come last, under a common heading."""
    max_stories: int = 30
    max_per_section: int = 10
    max_per_source: int = 10
    min_stories: int = 1
    max_age: timedelta = timedelta(days=21)
    """An article published longer before the window's end is never news."""
    approval: Approval = Approval.AUTOMATIC
    audience: tuple[Member, ...] = ()


class IssueState(StrEnum):
    """Where an issue stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENT = "sent"
    SKIPPED = "skipped"
    """Too few stories: nothing went out, and the desk can see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueItem:
    """One story as an issue shows it, frozen."""

    story: int
    uid: str
    title: str
    url: str
    summary: str
    source: str
    """Title of the source that leads."""
    language: str
    published: Dated | None
    authors: tuple[str, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    """(title, address) of the other tellers."""
    documents: tuple[str, ...] = ()
    image: Image | None = None
    corrected: bool = False
    """It changed after an earlier issue had carried it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSection:
    """A headed part of an issue."""

    title: str
    items: tuple[IssueItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One dated edition of a digest; ``start`` ≤ gathered < ``end``."""

    digest: str
    number: int
    start: datetime
    end: datetime
    sections: tuple[IssueSection, ...]
    documents: tuple[tuple[str, int], ...] = ()
    """(document key, stories that cite it), most cited first."""
    left_out: int = 0
    """Stories that the limits kept out; the web has them."""

    @property
    def items(self) -> tuple[IssueItem, ...]:
        """Every story of the issue, in reading order."""
        return tuple(item for section in self.sections for item in section.items)


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
    """Where a member's copy stands; the ledger of design/mail in one word."""

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
    """An issue's copy for one member; unique on issue × address."""

    id: int
    issue: int
    member: Member
    state: DeliveryState
    attempts: int = 0
    due_at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the next hop said of one message.

    ``state`` is ACCEPTED, DEFERRED (try again), REFUSED (no use in trying again) or
    UNCERTAIN (the line broke after the message was handed over).
    """

    state: DeliveryState
    detail: str = ""
    """The reply in words, for a person."""
