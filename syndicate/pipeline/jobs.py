"""What is asked of a reading process, and what it answers: small frozen values.

Nothing here imports a parser. The process that gathers knows these types only; those
that read (``parsing``) may be killed and replaced.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from syndicate.errors import SyndicateError
from syndicate.gather.feedfacts import FeedFacts
from syndicate.gather.limits import Reading
from syndicate.model import Category, Entry, RawEntry, Scoring, Source
from syndicate.pipeline.preparing import Prepared


class NobodyReadsError(SyndicateError):
    """Documents cannot be read at all: a fault of this machine, and of no source."""


class Failure(NamedTuple):
    """An entry that could not be made, and why."""

    url: str
    said: str
    ours: bool
    """A fault of ours, so that the entry is worth another try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What every reading process knows from the start."""

    categories: tuple[Category, ...] = ()
    scoring: Scoring = field(default_factory=Scoring)
    reading: Reading = field(default_factory=Reading)
    base_url: str = ""
    """Our own address: our own feeds are not read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A document to read; its bytes travel beside it."""

    source: Source
    url: str
    """Its final address."""
    at: datetime
    """When it was fetched."""
    content_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedJob(Job):
    """A feed: give its entries, but for those that say what they said before."""

    known: frozenset[str] = frozenset()
    """``told`` of the entries that we have."""
    raw: bool = False
    """Give the entries as they came: their pages are to be read first."""
    counted: bool = False
    """It had entries before: none at all is an error, unless that is normal here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileJob(Job):
    """A saved file of a folder: a feed, or else an article page."""

    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingJob(Job):
    """A listing page: give its links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapJob(Job):
    """A sitemap or an index of some: give links, or further addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageJob(Job):
    """An article page: give its entry."""

    told: RawEntry | None = None
    """What a feed or listing said of the article."""
    again: Entry | None = None
    """The entry as it was kept, where the page is read once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingJob(Job):
    """No document: an entry that is to be filed as its feed told it."""

    told: RawEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRead:
    """What a feed gave."""

    prepared: tuple[Prepared, ...] = ()
    raws: tuple[RawEntry, ...] = ()
    unchanged: int = 0
    """Entries that said what they said before."""
    failures: tuple[Failure, ...] = ()
    facts: FeedFacts = field(default_factory=FeedFacts)
    deleted: tuple[str, ...] = ()
    listed: frozenset[str] = frozenset()
    """Guids and addresses of all its entries, of a complete feed only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksRead:
    """What a listing or sitemap gave: of each article what was said beside its link."""

    links: tuple[RawEntry, ...] = ()
    next_page: str = ""
    maps: tuple[str, ...] = ()
    """Addresses of further sitemaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """What an article page gave."""

    prepared: Prepared
    words: int = 0
    """Of the page's own text."""


Read = FeedRead | LinksRead | PageRead


class Reader(Protocol):
    """Reads documents; may be asked from several threads at once."""

    def read(self, job: Job, body: bytes) -> Read:
        """Do one job; raises ParseError for a document that cannot be read."""
        ...

    def close(self) -> None:
        """Let go of processes; the next job would start them anew."""
        ...
