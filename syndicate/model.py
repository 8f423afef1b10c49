"""The nouns of syndicate, in the order in which news passes through them.

Every type is frozen: a stage never changes what it was given, it makes the next
thing. Times are aware datetimes. docs/glossary.md says the same in prose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

# ── Where news comes from ────────────────────────────────────────────────────


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


# ── When ─────────────────────────────────────────────────────────────────────


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


# ── An article, from what the source said to what we keep ────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that belongs to an entry."""

    url: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that a feed entry carries; ``length`` is in bytes, 0 if not said."""

    url: str
    type: str
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """One article as its source gave it: nothing cleaned, nothing decided.

    ``html`` may hold anything; ``url`` is absolute but not canonical.
    """

    source: str
    url: str
    guid: str = ""
    title: str = ""
    html: str = ""
    lead: str = ""
    """HTML or text of the summary, if the source gives one of its own."""
    authors: tuple[str, ...] = ()
    credit: str = ""
    """The line that names another producer: "Nguồn: bentre.dcs.vn"."""
    dates: tuple[DateClaim, ...] = ()
    updated: DateClaim | None = None
    captions: tuple[str, ...] = ()
    image: Image | None = None
    enclosures: tuple[Enclosure, ...] = ()
    terms: tuple[str, ...] = ()
    """Categories as the source writes them."""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A numbered document that an article cites; ``key`` is its canonical number."""

    key: str
    """``05-CT/TW``, ``98/2014/NĐ-CP``."""
    type_word: str = ""
    issuer: str = ""
    date: date | None = None
    year: int | None = None
    scope: str = ""
    """The province, for numbers that start anew in each; else empty."""
    inferred: bool = False
    """Put together from words ("Chỉ thị số 01 của Đảng ủy Khối")."""
    mentions: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article, cleaned, dated and addressed."""

    source: str
    url: str
    """Canonical and absolute."""
    guid: str = ""
    title: str
    lead: str = ""
    """Plain text: the page's own lead, or the first paragraph."""
    html: str = ""
    """Body: safe to pass on, links absolute, no captions in the text."""
    text: str = ""
    """Body as plain text: paragraphs between blank lines, without captions."""
    authors: tuple[str, ...] = ()
    credit: str = ""
    """The producer that the article itself names: a host or a name."""
    published: Dated | None = None
    """None is a legal answer."""
    dates: tuple[Dated, ...] = ()
    """Every date that was claimed, also those not believed."""
    updated: datetime | None = None
    """When the source says it last changed the article."""
    captions: tuple[str, ...] = ()
    image: Image | None = None
    enclosures: tuple[Enclosure, ...] = ()
    terms: tuple[str, ...] = ()
    language: str = ""
    citations: tuple[Citation, ...] = ()
    fingerprint: str = ""
    """Hex digest of what a reader would call the content; never of counters."""


class Relation(StrEnum):
    """Why an entry belongs to its story."""

    FIRST = "first"
    """It began the story."""
    REPEAT = "repeat"
    """The same text again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """How an entry came to its story, kept so that it can be explained."""

    relation: Relation
    score: float = 1.0
    """0 to 1."""
    evidence: str = ""
    """For a person: which key matched, or what is shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry that the store keeps."""

    id: int
    story: int
    entry: Entry
    bond: Bond
    seen_at: datetime
    """When we first had it."""
    changed_at: datetime
    """When its content last changed; never the time of a build."""
    withdrawn_at: datetime | None = None
    backlog: bool = False
    """Already old when first seen: never news in a digest."""


# ── Stories ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A category that a story carries, and why."""

    category: str
    reason: str
    confidence: float
    """0 to 1."""
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One event or text, told by one or more entries; ``entries[0]`` leads."""

    id: int
    uid: str
    """Opaque, lower-case ASCII, the same for ever; ids in feeds are made of it."""
    entries: tuple[StoredEntry, ...]
    labels: tuple[Label, ...] = ()
    seen_at: datetime
    """When its first entry was first had."""
    changed_at: datetime
    """When its content last changed."""

    @property
    def lead(self) -> StoredEntry:
        """The teller that readers are sent to."""
        return self.entries[0]

    @property
    def others(self) -> tuple[StoredEntry, ...]:
        """The other tellers ("Cùng đưa tin")."""
        return self.entries[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A topic and the phrases that show it; the slug is its ASCII term."""

    slug: str
    title: str
    strong: tuple[str, ...] = ()
    normal: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()
    """Blanked out before this category is scored."""
    strong_weight: float = 2.0
    normal_weight: float = 1.0
    cap: int = 3
    """How often one phrase may count in the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """How categories are scored; see docs/reference.md, ``[categorise]``."""

    title: float = 3.0
    lead: float = 2.0
    body: float = 1.0
    secondary_ratio: float = 0.30
    max_labels: int = 4
    min_score: float = 2.0
    masks: tuple[str, ...] = ()
    """Blanked out before any category is scored."""
    documents: tuple[tuple[str, str], ...] = ()
    """(document key, category slug): a citation that shows a topic."""
    document_weight: float = 2.0


# ── What we publish ──────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Who publishes."""

    title: str
    base_url: str
    """Without a slash at the end."""
    description: str = ""
    language: str = "vi"
    timezone: str = "Asia/Ho_Chi_Minh"
    contact: str = ""
    """An e-mail address."""
    id_authority: str = ""
    """``host,year`` of every tag: URI that we mint (RFC 4151)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A document that we publish; an empty tuple means "any"."""

    key: str
    """Also its path under the feeds folder: ``all``, ``category/dan-van``."""
    title: str
    description: str = ""
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    """At least one stands in the title, the lead or the body."""
    languages: tuple[str, ...] = ()
    limit: int = 50


# ── Digests ──────────────────────────────────────────────────────────────────


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


# ── What a visit came to ─────────────────────────────────────────────────────


class Outcome(StrEnum):
    """What one gathered entry turned out to be."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REPEAT = "repeat"
    """New, and the same text as a story that we have."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One gathering of one source, for the log and for people."""

    source: str
    at: datetime
    error: str = ""
    """Empty if the source answered and could be read."""
    not_modified: bool = False
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    details: tuple[str, ...] = ()
    """A line for each entry that failed, and why."""
