"""Digests and their issues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from syndicate.model.dates import Dated
from syndicate.model.entry import Image
from syndicate.model.member import Member


class Cadence(StrEnum):
    """How often a digest comes; the window of an issue is as long."""

    DAILY = "daily"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


class Approval(StrEnum):
    """Who lets an issue go out."""

    AUTOMATIC = "automatic"
    EDITOR = "editor"


class Silence(StrEnum):
    """What becomes of a draft that no editor has decided on by its deadline."""

    SEND = "send"
    HOLD = "hold"
    SKIP = "skip"


class Promise(StrEnum):
    """What is done with a copy of which nobody knows whether it arrived."""

    AT_MOST_ONCE = "at_most_once"
    """It is left alone, and shown as uncertain."""
    AT_LEAST_ONCE = "at_least_once"
    """It is sent again, under the same Message-ID."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a digest: the stories that carry one of its categories."""

    title: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """How the mails of a digest look; colours as ``#rrggbb``."""

    accent: str = "#9a1b1e"
    """Headings and links on the light sheet."""
    accent_dark: str = "#f2a09a"
    """The same on the dark sheet."""
    logo: str = ""
    """Address of a picture over the title; "" for none."""
    logo_width: int = 0
    logo_height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The standing newsletter; its issues are dated and frozen.

    The window of an issue ends at the scheduled local moment and is one cadence long:
    ``weekday`` is 0 for Monday and counts for weekly and fortnightly digests,
    ``monthday`` (1–28) for monthly ones. Fortnightly windows are counted from
    1970-01-05, a Monday.
    """

    key: str
    title: str
    description: str = ""
    """One sentence for those who think of signing up."""
    language: str = "vi"
    timezone: str = "Asia/Ho_Chi_Minh"
    cadence: Cadence = Cadence.WEEKLY
    offers: tuple[Cadence, ...] = ()
    """Other cadences that members may choose; each has issues of its own."""
    parent: str = ""
    """Key of the digest that this one is another cadence of; "" for none."""
    weekday: int = 0
    monthday: int = 1
    hour: int = 6
    minute: int = 0
    sections: tuple[Section, ...] = ()
    """In order; stories that fit none come last, under a common heading."""
    max_stories: int = 30
    max_per_section: int = 10
    max_per_source: int = 10
    max_per_category: int = 0
    """Most stories of one primary category; 0 for no limit of its own."""
    min_stories: int = 1
    brief: int = 10
    """Most stories "in brief": a title and its source; 0 for no such part."""
    most_cited: int = 12
    """Most documents in the list of those most cited; 0 for no list."""
    weights: tuple[tuple[str, float], ...] = ()
    """(category, how much it weighs); one that is not named weighs 1."""
    max_age: timedelta = timedelta(days=21)
    """An article that was older than this when we first saw it is never news."""
    approval: Approval = Approval.AUTOMATIC
    review: timedelta = timedelta(hours=12)
    """How long an editor has, from the end of the window on."""
    on_silence: Silence = Silence.HOLD
    promise: Promise = Promise.AT_MOST_ONCE
    expires: timedelta = timedelta(hours=48)
    """After its copies were due for so long, an issue is old news."""
    signup: bool = False
    """Whether people can sign up on the web."""
    advertising: bool = False
    """It carries advertising, and says so: [QC] (Decree 91/2020)."""
    theme: Theme = Theme()
    audience: tuple[Member, ...] = ()
    """Members whom config.toml names; the others are in the store."""

    @property
    def series(self) -> str:
        """Key of what members subscribe to: the same for every cadence."""
        return self.parent or self.key


class IssueState(StrEnum):
    """Where an issue stands."""

    DRAFT = "draft"
    HELD = "held"
    """An editor, or nobody's word, keeps it back; it can still be approved."""
    APPROVED = "approved"
    SENT = "sent"
    """Closed: planned = accepted + refused + cancelled + uncertain."""
    SKIPPED = "skipped"
    """Too few stories, or dropped: nothing went out, and the desk can see it."""


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
    credit: str = ""
    """Whom the source names as its own source."""
    also: tuple[tuple[str, str], ...] = ()
    """(title, address) of the other tellers."""
    documents: tuple[str, ...] = ()
    image: Image | None = None
    corrected: bool = False
    """It changed after an earlier issue had carried it."""
    carried_in: tuple[int, ...] = ()
    """Numbers of this edition's issues that had carried it, if it is a correction."""
    carried_by: tuple[tuple[str, int], ...] = ()
    """(edition key, number) of every issue of the series that told it in old words."""
    sources: tuple[str, ...] = ()
    """Keys of the sources that tell it, the leading one first."""
    categories: tuple[str, ...] = ()
    """Slugs of its categories, the primary one first."""
    brief: bool = False
    """Shown as a title and its source alone."""
    rank: int = 0
    """1 is what matters most; what must go to fit goes from the highest number on."""
    note: str = ""
    """What an editor says of it."""
    section: str = ""
    """Heading under which it stands, or would stand if it were shown in full."""
    cites: tuple[str, ...] = ()
    """Documents that any of its tellers cites, as ``Issue.documents`` names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSection:
    """A headed part of an issue."""

    title: str
    items: tuple[IssueItem, ...]
    titles: tuple[tuple[str, str], ...] = ()
    """(language, title) where readers of another language have another heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many stories an issue takes, as its digest said; 0 is no limit."""

    stories: int = 0
    per_section: int = 0
    per_source: int = 0
    per_category: int = 0
    brief: int = 0
    """Most stories "in brief"; here 0 is none."""
    documents: int = 0
    """Most documents in the list of those most cited; here 0 is no list."""


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
    spare: tuple[IssueItem, ...] = ()
    """The next ones by rank: they come up when an editor hides others."""
    subject: str = ""
    """An editor's own; "" for the one we make."""
    note: str = ""
    """What an editor says at the head of the issue."""
    hidden: tuple[IssueItem, ...] = ()
    """What an editor took out."""
    limits: Limits | None = None
    newest: int = 0
    """Number of the newest article that was filed when it was frozen; 0: not known."""
    headings: tuple[IssueSection, ...] = ()
    """Every heading in reading order, without items: where spare stories belong."""

    @property
    def items(self) -> tuple[IssueItem, ...]:
        """Every story of the issue, in reading order."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def lead(self) -> IssueItem | None:
        """What matters most: neither in brief nor a correction, if there is such."""
        if not self.items:
            return None
        # min() takes the first of equals: issues of before have no ranks.
        return min(self.items, key=lambda item: (item.corrected, item.brief, item.rank))


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What readers were given of a story before."""

    at: datetime | None = None
    """When the last issue of the same edition that had it was frozen; None for none."""
    by: tuple[tuple[str, int, datetime], ...] = ()
    """(edition key, number, when frozen) of each issue of the series that had it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What an editor changed in a draft; stories by their uid."""

    pinned: tuple[str, ...] = ()
    """Before all others of their section, in this order; the first one leads."""
    hidden: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    """Stories in the wanted order; those not named follow by rank."""
    summaries: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    subject: str = ""
    note: str = ""
