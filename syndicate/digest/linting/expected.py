"""What a message of ours must hold beyond what any message must."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from syndicate.digest.post.verifying import RecordOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story as both parts must tell it."""

    title: str
    url: str = ""
    language: str = ""
    """Where it is another one than the message's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is known of a message; nothing of it: only what holds for all messages."""

    domain: str = ""
    """Where From must be."""
    envelope: str = ""
    """Sender in the envelope."""
    bounce_domain: str = ""
    """Where the envelope's sender must be, if there is such a domain."""
    stories: tuple[Told, ...] = ()
    links: Collection[str] = ()
    """Addresses that both parts must have."""
    known: Collection[str] | None = field(default=None)
    """All addresses to which stories may lead; None if nobody knows."""
    own: str = ""
    """Beginning of our own addresses."""
    preferences: str = ""
    """Beginning of the address."""
    view: str = ""
    reason: tuple[str, ...] = ()
    """Words that say who sends the message, and why."""
    postal: str = ""
    advertising: bool = False
    is_signed: bool = False
    """Whether an unsigned one is an error."""
    record_of: RecordOf | None = None


def record_in(records: Mapping[str, str]) -> RecordOf:
    """Look DKIM records up in a table, names in any case."""
    lower = {name.lower(): text for name, text in records.items()}
    return lambda name, _kind: lower.get(name.lower())
