"""An article, from what its source said to what we keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from syndicate.model.dates import DateClaim, Dated


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
    EVENT = "event"
    """Another text of the same event."""
    EDITOR = "editor"
    """An editor put it there."""


class EvidenceKind(StrEnum):
    """What speaks for two entries telling one story."""

    ADDRESS = "address"
    """Both have the address of one original: ``said`` is it."""
    CONTENT = "content"
    """Their content is the same."""
    GRAMS = "grams"
    """Word 3-grams that both have: ``count`` of ``of``, those of the smaller text."""
    DIFFERING = "differing"
    """Names and numbers in shared wording that differ: ``count`` of ``of``."""
    WORDS = "words"
    """Rare words that both have: ``said``, the most telling first."""
    NAMES = "names"
    """Names that both have."""
    NUMBERS = "numbers"
    """Numbers that both have."""
    DOCUMENTS = "documents"
    """Documents that both cite."""
    DAYS = "days"
    """Days that both speak of, or the hours between them: ``count``."""
    NOTE = "note"
    """In words: of an editor, or of a version that knew no kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that speaks for a bond; facts, so that any language can tell them."""

    kind: EvidenceKind
    said: tuple[str, ...] = ()
    count: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """How an entry came to its story, kept so that it can be explained."""

    relation: Relation
    score: float = 1.0
    """0 to 1."""
    to: int = 0
    """The entry that it was found to be like; 0 for none."""
    evidence: tuple[Evidence, ...] = ()


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
