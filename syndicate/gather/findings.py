"""What was found out about a source or the desk, as data.

A finding is a code with its figures; the words for it come with the reader
(pipeline/telling.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from syndicate.model import PushState, SourceStatus


class Severity(StrEnum):
    """Whether a person has to do something."""

    ACT = "act"
    """Nothing comes from there until somebody does something."""
    LOOK = "look"
    """Worth a look within days."""
    NOTE = "note"
    """Good to know."""


class FindingCode(StrEnum):
    """What was found; findings of a source first, those of the desk last."""

    FAILING = "failing"
    PARKED = "parked"
    FEED_ELSEWHERE = "feed-elsewhere"
    """Its address is a page now, and that page names feeds."""
    DISALLOWED = "disallowed"
    """Its robots.txt asks us not to fetch."""
    QUIET = "quiet"
    EMPTY = "empty"
    """It answers, and has never told anything."""
    DRIFT = "drift"
    """Its layout is unlike what it was."""
    ENTRIES_FAIL = "entries-fail"
    MOVED = "moved"
    """Its permanent redirect was adopted; config.toml has the old address."""
    MOVING = "moving"
    """It redirects for good, not yet long enough to be believed."""
    CERTIFICATE_ENDED = "certificate-ended"
    CERTIFICATE_ENDS = "certificate-ends"
    REDATED = "redated"
    """It gave all of its entries new dates at once."""
    FUTURE_DATES = "future-dates"
    """All that it tells is dated ahead of time."""
    GARBLED = "garbled"
    """Letters are broken: an encoding is wrong."""
    ROBOTS_CHANGED = "robots-changed"
    HUB_BROKEN = "hub-broken"
    """Its hub does not keep its word; it is asked as before."""
    NEVER_304 = "never-304"
    """It gives validators and does not honour them."""
    NO_VALIDATORS = "no-validators"
    ARCHIVED = "archived"
    OUTAGE = "outage"
    """Our own line is down: nobody else is to blame."""
    NOTHING_ANSWERS = "nothing-answers"
    """Nearly all sources fail side by side: perhaps it is us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to know, as data."""

    code: FindingCode
    severity: Severity
    since: datetime | None = None
    """Since when it is so; for a certificate, when it ends."""
    count: int = 0
    total: int = 0
    """``count`` of how many."""
    status: int = 0
    """HTTP status of the last answer, if that is the matter."""
    detail: str = ""
    """What was said outside: an error, a hub's answer, a source's key."""
    address: str = ""
    """Where the source is now: what ``url`` in config.toml should say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How one source stands."""

    source: str
    status: SourceStatus
    findings: tuple[Finding, ...] = ()
    """The gravest first."""

    @property
    def severity(self) -> Severity:
        """That of its gravest finding; NOTE if there is none."""
        return self.findings[0].severity if self.findings else Severity.NOTE

    @property
    def needs_a_person(self) -> bool:
        """Somebody should at least have a look."""
        return any(one.severity is not Severity.NOTE for one in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What else the desk knows of a source, beside its state and visits."""

    taken: frozenset[str] = frozenset()
    """Addresses of the configured sources: nobody is sent to one of these."""
    robots_changed_at: datetime | None = None
    hub: PushState | None = None
    """How its WebSub subscription stands; None without one."""
    hub_failures: int = 0
    """In a row, of asking the hub."""
    hub_detail: str = ""
    idle: int = 0
    """Its visits that brought nothing new, of those whose status is known."""
    spared: int = 0
    """Those of them that were answered with 304."""
    idle_days: int = 0
    """Days between the first and the last of them."""
    told: bool = True
    """It has ever told anything."""
    recent: int = 0
    """Its entries among the newest of the desk."""
    ahead: int = 0
    """Those of them whose every date lies ahead of the visit."""
    garbled: int = 0
    """Those of them with characters that no encoding has."""
