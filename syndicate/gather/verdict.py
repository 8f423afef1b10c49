"""How sure we are of an offer, and on what grounds (pure).

An offer is judged by its figures alone: how many entries, how many with a date, how
much text, how many of the sampled article pages read well. The grounds of the verdict
are kept as data; words come with the reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from syndicate.gather.feedlinks import Candidate, Way, is_about_comments
from syndicate.gather.listing import ListedLink
from syndicate.model import Entry, RawEntry, SourceKind

WHOLE = 500
"""Characters from which a feed's text is an article, not a summary."""
_STALE = timedelta(days=365)
_SURE = 0.6
_FEW = 5


class Point(StrEnum):
    """What speaks for an offer or against it."""

    UNREAD = "unread"
    EMPTY = "empty"
    DATED = "dated"
    UNDATED = "undated"
    WHOLE = "whole"
    SUMMARIES = "summaries"
    NO_TEXT = "no-text"
    PAGES = "pages"
    NO_PAGES = "no-pages"
    COVERS = "covers"
    ELSEWHERE = "elsewhere"
    COMMENTS = "comments"
    STALE = "stale"
    FEW = "few"
    NO_TITLES = "no-titles"
    WRONG_MINUTES = "wrong-minutes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A point with its figures, ``{"dated": 28, "count": 30}``."""

    point: Point
    figures: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What an offer is judged by."""

    count: int = 0
    dated: int = 0
    titled: int = 0
    text: int = 0
    """Characters of text that an entry of the feed has, in the middle."""
    tried: int = 0
    """Article pages that were read."""
    good: int = 0
    """Those of them that read well."""
    pages_dated: int = 0
    """Those of them with a date."""
    page_text: int = 0
    """Characters of an article's page, in the middle."""
    page_links: int = 0
    """Articles on the page that was asked; 0 if it was none."""
    shared: int = 0
    """Those of them that the offer has too."""
    newest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An address that could be a source: what it gives, and how sure we are."""

    url: str
    kind: SourceKind
    way: Way
    title: str = ""
    home: str = ""
    language: str = ""
    confidence: float = 0.0
    """0 to 1."""
    grounds: tuple[Ground, ...] = ()
    entries: tuple[Entry, ...] = ()
    """The newest first."""
    links: tuple[ListedLink, ...] = ()
    """Of a listing or sitemap, as it shows them."""
    raws: tuple[RawEntry, ...] = ()
    """Of a feed, as it tells them."""
    figures: Figures = Figures()
    read: bool = True
    """False: it is only known by name."""
    read_pages: bool = False
    """The feed has summaries alone, and its article pages read well."""
    hour_only: bool = False
    """The feed prints the month in the place of the minutes (NukeViet 4)."""
    signature: str = ""
    """What all sampled articles begin with before their first sentence: "BCH - "."""
    ours: bool = False
    """It is a document that this desk publishes."""


def is_sure(offer: Offer) -> bool:
    """Good enough that nothing else needs to be asked."""
    return offer.read and offer.confidence >= _SURE


def judged(offer: Offer, *, now: datetime, candidate: Candidate | None = None) -> Offer:
    """The offer with its confidence, and the grounds of it."""
    asked = candidate or Candidate(
        url=offer.url, kind=offer.kind, way=offer.way, title=offer.title
    )
    figures = offer.figures
    if not figures.count:
        return replace(offer, confidence=0.15, grounds=(Ground(point=Point.EMPTY),))
    reading = _feed if offer.kind is SourceKind.FEED else _links
    score, grounds = reading(offer)
    if figures.newest is not None and now - figures.newest > _STALE:
        days = (now - figures.newest).days
        score *= 0.7
        grounds.append(Ground(point=Point.STALE, figures={"days": days}))
    if offer.kind is SourceKind.FEED and is_about_comments(asked):
        score *= 0.3
        grounds.append(Ground(point=Point.COMMENTS))
    return replace(offer, confidence=round(min(score, 0.99), 3), grounds=tuple(grounds))


def _feed(offer: Offer) -> tuple[float, list[Ground]]:
    figures = offer.figures
    dated, grounds = _dated(figures)
    score = 0.55 + 0.2 * dated + 0.1 * figures.titled / figures.count
    if figures.text >= WHOLE:
        score += 0.12
        grounds.append(Ground(point=Point.WHOLE, figures={"count": figures.text}))
    elif figures.text:
        score += 0.06
        grounds.append(Ground(point=Point.SUMMARIES, figures={"count": figures.text}))
    else:
        grounds.append(Ground(point=Point.NO_TEXT))
    if figures.tried:
        score += 0.05 * figures.good / figures.tried
        grounds.append(_pages(figures))
    if offer.hour_only:
        grounds.append(Ground(point=Point.WRONG_MINUTES))
    share, covering = _covering(figures)
    return score * (0.5 + 0.5 * share), [*grounds, *covering]


def _links(offer: Offer) -> tuple[float, list[Ground]]:
    figures = offer.figures
    dated, grounds = _dated(figures)
    titled = figures.titled / figures.count
    full = min(figures.count / _FEW, 1.0)
    if figures.count < _FEW:
        grounds.append(Ground(point=Point.FEW, figures={"count": figures.count}))
    if not titled:
        grounds.append(Ground(point=Point.NO_TITLES))
    score = 0.25 + 0.15 * full + 0.15 * dated + 0.1 * titled
    if figures.tried:
        score += 0.25 * figures.good / figures.tried
        score *= 1.0 if figures.good else 0.5
        grounds.append(_pages(figures))
    # A sitemap names every page of a site, and not what they are about.
    return score if titled else score * 0.8, grounds


def _dated(figures: Figures) -> tuple[float, list[Ground]]:
    """The part of the entries that has a date, on the list or on its page."""
    told = figures.dated / figures.count
    on_pages = figures.pages_dated / figures.tried if figures.tried else 0.0
    point = Point.DATED if max(told, on_pages) >= 0.5 else Point.UNDATED
    said = {"dated": figures.dated, "count": figures.count}
    if on_pages > told:
        said = {"dated": figures.pages_dated, "count": figures.tried}
    return max(told, on_pages), [Ground(point=point, figures=said)]


def _pages(figures: Figures) -> Ground:
    point = Point.PAGES if figures.good else Point.NO_PAGES
    return Ground(point=point, figures={"good": figures.good, "count": figures.tried})


def _covering(figures: Figures) -> tuple[float, list[Ground]]:
    """How much of the page that was asked the feed has: half of it is plenty."""
    if figures.page_links < _FEW:
        return 1.0, []
    said = {"shared": figures.shared, "count": figures.page_links}
    few = min(figures.page_links, figures.count)
    share = min(2 * figures.shared / few, 1.0)
    point = Point.COVERS if figures.shared else Point.ELSEWHERE
    return share, [Ground(point=point, figures=said)]
