"""When: how exactly a date is known, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Precision(StrEnum):
    """How exactly a date is known."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


class DateOrigin(StrEnum):
    """Who says so; the members stand in the order of trust."""

    META = "meta"
    """schema.org, OpenGraph or ``<time datetime>`` of the article page."""
    FEED = "feed"
    LISTING = "listing"
    ARTICLE = "article"
    """Inside the article block, or the configured date selector."""
    URL = "url"
    PAGE = "page"
    """Anywhere else on the page: perhaps the clock of the visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A date as it was read: the value, how exact it is, and who says so.

    ``value`` is aware; with day precision it is the local midnight.
    """

    value: datetime
    precision: Precision
    origin: DateOrigin
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateClaim:
    """A date as it was written, not yet read."""

    raw: str
    origin: DateOrigin
