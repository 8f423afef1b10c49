"""What a message to our bounce address says, before anybody knows whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from syndicate.model.mail import BounceKind


class Fate(StrEnum):
    """What became of a mail for one recipient (RFC 3464, 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    """It is still being tried: nothing has come back yet."""
    DELIVERED = "delivered"
    """Or relayed, or expanded to a list: it went on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is said of one recipient."""

    fate: Fate
    recipients: tuple[str, ...] = ()
    """The addresses by which it is named: as we wrote it, as it was tried."""
    status: str = ""
    """Enhanced status code; made out of the words if none was given. "" if unknown."""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One message to our bounce address, read."""

    kind: BounceKind
    form: str = ""
    """By what it was known: "dsn", "arf", or the name of an old form ("qmail")."""
    reports: tuple[Report, ...] = ()
    feedback: str = ""
    """Feedback-Type of a complaint, in lower case."""
    words: tuple[str, ...] = ()
    """Envelope words of ours (``b-TOKEN``, ``l-TOKEN``), the surest first."""
    message_ids: tuple[str, ...] = ()
    """Of the mail that came back, without angle brackets."""
    links: tuple[str, ...] = ()
    """Tokens in the List-Unsubscribe of the mail that came back."""
