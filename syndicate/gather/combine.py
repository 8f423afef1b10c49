"""What a feed or listing said of an article, and what its page says, as one (pure)."""

from __future__ import annotations

from dataclasses import replace

from syndicate.model import DateClaim, DateOrigin, Entry, RawEntry, SourceKind
from syndicate.text.html import to_text


def combine(told: RawEntry, page: RawEntry) -> RawEntry:
    """Join an entry as a feed told it with the same entry as its page shows it.

    The page knows more, except where reading it failed: a page whose text is shorter
    than the feed's own was not read right, and the feed's text and title are kept:
    what stands in the article's place then may be anything.
    """
    page_is_whole = len(to_text(page.html)) >= len(to_text(told.html))
    return replace(
        page,
        guid=told.guid,
        title=(page.title if page_is_whole else "") or told.title or page.title,
        html=page.html if page_is_whole else told.html,
        lead=(page.lead if page_is_whole else "") or told.lead or page.lead,
        authors=page.authors or told.authors,
        dates=(*page.dates, *(d for d in told.dates if d not in page.dates)),
        updated=told.updated or page.updated,
        image=page.image or told.image,
        enclosures=told.enclosures or page.enclosures,
        terms=told.terms or page.terms,
        language=page.language or told.language,
    )


def retold(entry: Entry, kind: SourceKind) -> RawEntry:
    """What feed or listing once said of an entry, for when only its page is read anew.

    Some portals print the date on the listing alone; it must survive the next visit.
    """
    outside = (DateOrigin.FEED, DateOrigin.LISTING)
    return RawEntry(
        source=entry.source,
        url=entry.url,
        guid=entry.guid,
        lead=entry.lead if kind is SourceKind.FEED else "",
        dates=tuple(
            DateClaim(raw=date.raw, origin=date.origin)
            for date in entry.dates
            if date.origin in outside
        ),
        enclosures=entry.enclosures,
        terms=entry.terms,
    )
