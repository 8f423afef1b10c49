"""Where news comes from, and what we remember between two visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class SourceKind(StrEnum):
    """What a source's address leads to."""

    FEED = "feed"
    LISTING = "listing"
    SITEMAP = "sitemap"
    FOLDER = "folder"


class Rights(StrEnum):
    """How much of an entry we may pass on."""

    LINK = "link"
    """Title and link only."""
    EXTRACT = "extract"
    """Title, link and lead."""
    FULL = "full"
    """Everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors for portals without a feed; an empty string means "find out".

    The first group reads a listing page, the second an article page. ``drop`` names
    what is never part of an article; ``signature`` is a regular expression for the
    portal's signature before the first sentence ("BDK - ").
    """

    item: str = ""
    link: str = ""
    item_title: str = ""
    item_date: str = ""
    item_lead: str = ""
    item_image: str = ""
    next_page: str = ""

    article: str = ""
    title: str = ""
    date: str = ""
    author: str = ""
    credit: str = ""
    lead: str = ""
    body: str = ""
    caption: str = ""
    drop: tuple[str, ...] = ()
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place that we gather from."""

    key: str
    title: str
    kind: SourceKind
    url: str
    home: str = ""
    """The page for people; the host's root if not set."""
    language: str = "vi"
    timezone: str = "Asia/Ho_Chi_Minh"
    categories: tuple[str, ...] = ()
    """Category slugs that break a tie; never a vote of their own."""
    rights: Rights = Rights.EXTRACT
    embargo: timedelta = timedelta(0)
    """Nothing is published sooner than this after the source published it."""
    rank: int = 100
    """As a producer: of two tellers of one story the smaller rank leads."""
    province: str = ""
    """Whose "TU" and "UBND" its document numbers mean."""
    hosts: tuple[str, ...] = ()
    """Other host names of the same place; also what a credit line may call it."""
    date_order: str = "dmy"
    """``dmy`` or ``mdy``, for dates written in figures."""
    hour_only: bool = False
    """The feed's minutes are known to be wrong: keep the hour alone."""
    read_pages: bool = False
    """A feed's entries are read from their article pages too."""
    every: timedelta = timedelta(hours=1)
    """How often to ask."""
    selectors: Selectors = Selectors()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What we remember of a source between two visits."""

    source: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    visited_at: datetime | None = None
    succeeded_at: datetime | None = None
    due_at: datetime | None = None
    failures: int = 0
    """In a row; one success clears them."""
    error: str = ""
    imported: bool = False
    """The first import is behind us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What we remember of an article page between two visits."""

    source: str
    url: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    visited_at: datetime
    entry_id: int | None = None
    misses: int = 0
    """Visits in a row that answered 404 or 410."""
