"""What an address would give as a source (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median

from syndicate.errors import SyndicateError
from syndicate.gather.clean import to_entry
from syndicate.gather.feedfacts import FeedDocument
from syndicate.gather.feedlinks import Candidate, Way, is_about_comments
from syndicate.gather.listing import ListedLink
from syndicate.gather.verdict import WHOLE, Figures, Ground, Offer, Point, judged
from syndicate.model import Entry, Precision, RawEntry, Source, SourceKind
from syndicate.text.clean import fold
from syndicate.text.urls import host, schemeless

MOST = 50
"""Entries that an offer is judged by."""
_READABLE = 200
# "BCH - ", "(ĐCSVN) – ", "(Chinhphu.vn) - ": a house's name, never a sentence.
_SIGNATURE = re.compile(
    r"(?:\((?P<named>[\w.]{2,20})\)|(?P<bare>[\w./&]{2,12}))\s?[-–—](?=\s)"
)


def unread(candidate: Candidate) -> Offer:
    """An offer that nobody has looked at yet."""
    return Offer(
        url=candidate.url,
        kind=candidate.kind,
        way=candidate.way,
        title=candidate.title,
        language=candidate.language,
        read=False,
        confidence=0.3 if not is_about_comments(candidate) else 0.1,
        grounds=(Ground(point=Point.UNREAD),),
    )


def feed_offer(
    candidate: Candidate, document: FeedDocument, *, source: Source, now: datetime
) -> Offer:
    """What a feed gives; ``source.url`` is its address."""
    raws = document.entries
    entries = _cleaned(raws[:MOST], source, now)
    if hour_only := _prints_months(entries):
        source = replace(source, hour_only=True)
        entries = _cleaned(raws[:MOST], source, now)
    texts = [len(entry.text) for entry in entries]
    facts = document.facts
    offer = Offer(
        url=source.url,
        kind=SourceKind.FEED,
        way=candidate.way,
        title=facts.title or candidate.title,
        home=facts.home,
        language=_language(entries, candidate.language),
        entries=entries,
        raws=raws,
        figures=Figures(
            count=len(raws),
            dated=_scaled(sum(_is_dated(one) for one in entries), entries, raws),
            titled=_scaled(sum(bool(one.title) for one in raws[:MOST]), entries, raws),
            text=round(median(texts)) if texts else 0,
            newest=_newest(entries),
        ),
        hour_only=hour_only,
    )
    return judged(offer, candidate=candidate, now=now)


def link_offer(
    candidate: Candidate,
    links: Sequence[ListedLink],
    *,
    source: Source,
    now: datetime,
) -> Offer:
    """What a listing or a sitemap gives, before any of its pages was read."""
    titled = [link for link in links if link.title]
    raws = [_told(link, source) for link in titled[:MOST]]
    entries = _cleaned(raws, source, now)
    offer = Offer(
        url=source.url,
        kind=source.kind,
        way=candidate.way,
        title=candidate.title,
        language=_language(entries, candidate.language),
        entries=entries,
        links=tuple(links),
        figures=Figures(
            count=len(links),
            dated=sum(link.date is not None for link in links),
            titled=len(titled),
            newest=_newest(entries),
        ),
    )
    return judged(offer, candidate=candidate, now=now)


def with_pages(
    offer: Offer, pages: Sequence[tuple[str, Entry | None]], *, now: datetime
) -> Offer:
    """The offer after some of its article pages were read.

    ``pages`` holds the title that was told of each, and the entry that its page gave;
    None if it could not be read.
    """
    read = [entry for _, entry in pages if entry is not None]
    good = [
        entry
        for told, entry in pages
        if entry is not None
        and len(entry.text) >= _READABLE
        and _same_title(told, entry.title)
    ]
    texts = [len(entry.text) for entry in good]
    figures = replace(
        offer.figures,
        tried=len(pages),
        good=len(good),
        pages_dated=sum(_is_dated(one) for one in read),
        page_text=round(median(texts)) if texts else 0,
    )
    told = {schemeless(entry.url): entry for entry in read}
    entries = tuple(told.pop(schemeless(each.url), each) for each in offer.entries)
    whole = (*entries, *told.values())
    return judged(
        replace(
            offer,
            figures=figures,
            entries=_newest_first(whole),
            language=offer.language or _language(whole, ""),
            read_pages=offer.kind is SourceKind.FEED and _worth_reading(figures),
            signature=_signature(entry.text for entry in good),
        ),
        now=now,
    )


def beside(offer: Offer, page: Iterable[ListedLink], *, now: datetime) -> Offer:
    """The offer of a feed that the page named which shows the links ``page``."""
    told = {schemeless(raw.url) for raw in offer.raws}
    titles = {fold(raw.title) for raw in offer.raws if raw.title}
    shown = {schemeless(link.url): fold(link.title) for link in page}
    # A feed may lead through a counter, and the page not.
    shared = sum(url in told or title in titles for url, title in shown.items())
    figures = replace(offer.figures, page_links=len(shown), shared=shared)
    return judged(replace(offer, figures=figures), now=now)


def best_first(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """In the order in which they should be taken; of twins the better one alone."""
    ways = list(Way)
    ordered = sorted(
        offers, key=lambda one: (-round(one.confidence, 2), ways.index(one.way))
    )
    kept: list[Offer] = []
    seen: set[frozenset[str]] = set()
    for offer in ordered:
        mark = frozenset(schemeless(raw.url) for raw in offer.raws[:20])
        if mark and mark in seen:
            continue
        seen.add(mark)
        kept.append(offer)
    return tuple(kept)


# ── Entries ──────────────────────────────────────────────────────────────────


def _cleaned(
    raws: Iterable[RawEntry], source: Source, now: datetime
) -> tuple[Entry, ...]:
    found: list[Entry] = []
    for raw in raws:
        try:
            found.append(to_entry(raw, source=source, fetched_at=now))
        except SyndicateError:  # counted as neither dated nor titled
            continue
    return _newest_first(found)


def _newest_first(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """By date where there is one; what has none keeps its place after them."""
    start = datetime.min.replace(tzinfo=UTC)

    def moment(entry: Entry) -> datetime:
        return entry.published.value if entry.published else start

    return tuple(sorted(entries, key=moment, reverse=True))


def _told(link: ListedLink, source: Source) -> RawEntry:
    return RawEntry(
        source=source.key,
        url=link.url,
        title=link.title,
        lead=link.lead,
        dates=(link.date,) if link.date else (),
    )


def _is_dated(entry: Entry) -> bool:
    return entry.published is not None


def _newest(entries: Sequence[Entry]) -> datetime | None:
    dates = [one.published.value for one in entries if one.published]
    return max(dates, default=None)


def _scaled(hits: int, looked: Sequence[object], all_of: Sequence[object]) -> int:
    """Hits among the first entries, as if all had been looked at."""
    looked_at = min(len(all_of), MOST)
    if not looked or not looked_at:
        return 0
    return round(hits * len(all_of) / looked_at)


def _language(entries: Iterable[Entry], otherwise: str) -> str:
    """The language of most entries."""
    said = [entry.language for entry in entries if entry.language]
    return max(said, key=said.count) if said else otherwise.partition("-")[0]


def _prints_months(entries: Sequence[Entry]) -> bool:
    """``H:m:s`` in PHP is hour, month, second: the minutes are always the month."""
    exact = [
        entry.published.value.astimezone(UTC)
        for entry in entries
        if entry.published and entry.published.precision is Precision.SECOND
    ]
    return len(exact) >= 5 and all(each.minute == each.month for each in exact)


def _same_title(told: str, read: str) -> bool:
    """Most words of the shorter stand in the other; nothing told is no quarrel."""
    one, other = set(fold(told).split()), set(fold(read).split())
    if not one or not other:
        return not one
    return 2 * len(one & other) >= min(len(one), len(other))


def _worth_reading(figures: Figures) -> bool:
    enough = figures.good * 3 >= figures.tried * 2
    return figures.text < WHOLE and enough and figures.page_text > 1.5 * figures.text


def _signature(texts: Iterable[str]) -> str:
    """Capitals and a dash that all of two or more texts begin with; else ""."""
    begins = [_SIGNATURE.match(text) for text in texts]
    found = {begin[0] for begin in begins if begin and _is_name(begin)}
    alike = len(begins) > 1 and all(begins) and len(found) == 1
    return found.pop() if alike else ""


def _is_name(begin: re.Match[str]) -> bool:
    return bool(begin["named"]) or begin["bare"].isupper()


def samples(offer: Offer, limit: int) -> tuple[tuple[RawEntry, ListedLink | None], ...]:
    """Those of the newest entries whose pages show best whether pages read well."""
    if offer.kind is SourceKind.FEED:
        ours = {host(offer.url), host(offer.home)}
        near = [raw for raw in offer.raws if host(raw.url) in ours] or offer.raws
        return tuple((raw, None) for raw in near[:limit])
    by_url = {schemeless(link.url): link for link in offer.links}
    newest = [by_url.get(schemeless(entry.url)) for entry in offer.entries]
    chosen = [link for link in newest if link] or list(offer.links)
    return tuple((RawEntry(source="", url=one.url), one) for one in chosen[:limit])
