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
    licence: str = ""
    """Under what it may be passed on: in words, or the address of a licence."""
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
    every: timedelta | None = None
    """How often to ask; None: as its rhythm says."""
    robots: bool = True
    """Obey its robots.txt where the desk obeys any."""
    may_be_empty: bool = False
    """An answer without entries is no error here."""
    scripts: bool = False
    """Its pages show nothing without their scripts (extra ``js``)."""
    archived: bool = False
    """Asked no more; what it told stays."""
    successor: str = ""
    """Key of the source that goes on where this one ended."""
    max_updates: int = 12
    """How often an entry may change in a day before its changes wait."""
    selectors: Selectors = Selectors()


class ReasonCode(StrEnum):
    """Why a source is asked next when it is."""

    FIRST = "first"
    """It was never visited."""
    FIXED = "fixed"
    """``every`` is set in config.toml."""
    STARTING = "starting"
    """Too little is known of it yet."""
    RHYTHM = "rhythm"
    """Its learnt rhythm by hour and weekday."""
    QUIET = "quiet"
    """Nothing new for long."""
    HINT = "hint"
    """It says itself how long its answer is good."""
    SKIPPED = "skipped"
    """It names hours or days at which it has no news."""
    BACK_OFF = "back-off"
    """It failed."""
    ASKED_TO_WAIT = "asked-to-wait"
    """Retry-After."""
    OUTAGE = "outage"
    """Our own line is down."""
    PARKED = "parked"
    """It is gone (410)."""
    PUSHED = "pushed"
    """Its hub tells us; this is the backup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a source is asked next when it is, as data; words come with the reader."""

    code: ReasonCode = ReasonCode.FIRST
    pause: timedelta = timedelta(0)
    """The pause that was chosen, before jitter."""
    detail: str = ""
    """A figure or a word that belongs to the code, ``12 entries in 7 days``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When a source has news: decayed counts, learnt visit by visit."""

    hours: tuple[float, ...] = ()
    """24 weights by local hour, or none yet."""
    weekdays: tuple[float, ...] = ()
    """7 weights, Monday first."""
    gap: float = 0.0
    """Decayed mean of seconds between two entries; 0 if not known."""
    seen: int = 0
    """Entries that it was learnt from."""
    last: datetime | None = None
    """The newest of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a listing or page usually looks like, to notice when it drifts."""

    items: float = 0.0
    """Decayed mean of the links that a listing gives."""
    dated: float = 0.0
    """The part of them with a date."""
    words: float = 0.0
    """Decayed mean of the words of an article."""
    visits: int = 0
    """Visits that it was learnt from."""
    drift: str = ""
    """What is unlike now; empty if nothing."""
    since: datetime | None = None
    """Since when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a source's permanent redirects lead, and since when they all agree."""

    to: str
    since: datetime
    of: str = ""
    """The configured address that redirects; another one voids the move."""
    adopted: bool = False
    """Old enough: ``to`` is asked in place of ``of``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMemory:
    """What else a source has taught us; kept as one value, changes seldom."""

    of: str = ""
    """The configured address that all of this was learnt from; "" if not known."""
    full_at: datetime | None = None
    """When it was last asked without validators."""
    hint: timedelta | None = None
    """How long its last answer said it is good (max-age, ttl, sy:updatePeriod)."""
    skip_hours: tuple[int, ...] = ()
    """UTC hours without news (RSS skipHours)."""
    skip_days: tuple[int, ...] = ()
    """Weekdays without news, Monday is 0 (RSS skipDays)."""
    move: Move | None = None
    reason: Reason = Reason()
    rhythm: Rhythm = Rhythm()
    shape: Shape = Shape()
    news_at: datetime | None = None
    """When it last had anything new."""
    parked_at: datetime | None = None
    """When it said that it is gone (410)."""
    failing_since: datetime | None = None
    redated_at: datetime | None = None
    """When it last gave all of its entries new dates at once."""
    robots_changed_at: datetime | None = None
    certificate_until: datetime | None = None
    hub: str = ""
    """The WebSub hub that its feed names."""
    topic: str = ""
    """Its feed's own address, as the feed says (rel=self)."""
    home: str = ""
    """Its page for people, as the feed says."""


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
    memory: SourceMemory = SourceMemory()


class SourceStatus(StrEnum):
    """How a source stands, in a word."""

    ACTIVE = "active"
    QUIET = "quiet"
    """It answers, and has had nothing new for far longer than its rhythm says."""
    FAILING = "failing"
    PARKED = "parked"
    """It said that it is gone; asked once a day all the same."""
    ARCHIVED = "archived"
    """The desk asks it no more."""


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
