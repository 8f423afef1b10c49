"""Portals that take feeds of their own from us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from syndicate.model.feed import FeedFormat
from syndicate.model.source import Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A portal with a token, what it may take, and what it took."""

    id: int
    name: str
    """Short and unique, for commands."""
    title: str = ""
    """For people."""
    hint: str = ""
    """The last characters of its token; the token itself is known to it alone."""
    feeds: tuple[str, ...] = ("all",)
    """Keys of the feeds whose stories it gets."""
    rights: Rights = Rights.FULL
    """The most that is passed on, whatever the sources grant."""
    format: FeedFormat = FeedFormat.ATOM
    items: int = 50
    created_at: datetime
    revoked_at: datetime | None = None
    pulled_at: datetime | None = None
    pulls: int = 0
    """Answers in all."""
    unchanged: int = 0
    """Of them, those that had nothing new to tell (304)."""
    bytes: int = 0
    """Sent, as packed on the wire."""
    agent: str = ""
    """What it called itself when it last came."""
