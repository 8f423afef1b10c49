"""Reading one document, all that is pure about it in one call.

This runs in a process that may be killed: it opens no file, no socket, no store.
Parsed, cleaned, dated, keyed and labelled entries leave it, ready to be filed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from syndicate.categorise.rules import Rules
from syndicate.errors import ParseError, SyndicateError
from syndicate.gather.article import parse_article
from syndicate.gather.clean import to_entry
from syndicate.gather.combine import combine, retold
from syndicate.gather.feed import is_ours, read_feed
from syndicate.gather.feedfacts import FeedDocument
from syndicate.gather.limits import Reading
from syndicate.gather.listing import ListedLink, parse_listing
from syndicate.gather.sitemap import parse_sitemap
from syndicate.model import DateOrigin, Image, RawEntry, SourceKind
from syndicate.pipeline.jobs import (
    Failure,
    FeedJob,
    FeedRead,
    FileJob,
    Job,
    LinksRead,
    ListingJob,
    MapJob,
    PageJob,
    PageRead,
    Read,
    Setup,
    TellingJob,
)
from syndicate.pipeline.preparing import Prepared, prepare, told
from syndicate.text import urls
from syndicate.text.html import to_text


class Here:
    """Reads in the process that asks: no limits, for documents that can be trusted."""

    def __init__(self, setup: Setup, rules: Rules | None = None) -> None:
        self._setup = setup
        self._rules = rules or Rules(setup.categories, setup.scoring)

    def read(self, job: Job, body: bytes) -> Read:
        """Do one job; raises ParseError for a document that cannot be read."""
        return _READERS[type(job)](job, body, self._setup, self._rules)

    def close(self) -> None:
        """Nothing is held."""


def _feed(job: FeedJob, body: bytes, setup: Setup, rules: Rules) -> FeedRead:
    document = _document(job, body, setup.reading)
    _refuse_loop(job, document, setup.base_url)
    empty = not document.entries and not document.deleted  # all may be taken back
    if empty and job.counted and not job.source.may_be_empty:
        raise ParseError(
            job.url,
            "a feed without entries, though it had some before; if that is normal,"
            " set may_be_empty = true",
        )
    whole = _is_whole(document, setup.reading)
    found = FeedRead(
        facts=document.facts,
        deleted=document.deleted,
        listed=_listed(job, document) if whole else frozenset(),
    )
    if job.raw:
        fresh = [raw for raw in document.entries if told(raw) not in job.known]
        same = len(document.entries) - len(fresh)
        return replace(found, raws=tuple(fresh), unchanged=same)
    return _with_entries(found, job, document.entries, job.known, rules)


def _document(job: Job, body: bytes, reading: Reading) -> FeedDocument:
    return read_feed(
        body,
        url=job.url,
        source=job.source,
        content_type=job.content_type,
        limit=reading.items,
    )


def _refuse_loop(job: Job, document: FeedDocument, base_url: str) -> None:
    """A feed of ours, read again, would make each story its own repeat for ever."""
    if is_ours(document.facts, base_url):
        raise ParseError(job.url, "one of our own feeds: gathering it would be a loop")


def _is_whole(document: FeedDocument, reading: Reading) -> bool:
    """What is not in it is gone: it says so, and neither it nor we cut it short."""
    facts = document.facts
    cut = bool(facts.next_page) or len(document.entries) >= reading.items
    return facts.complete and not cut


def _listed(job: Job, document: FeedDocument) -> frozenset[str]:
    guids = {" ".join(raw.guid.split()) for raw in document.entries}
    return frozenset(
        guids.union(_canonical(job, raw) for raw in document.entries) - {""}
    )


def _canonical(job: Job, raw: RawEntry) -> str:
    return urls.canonical(urls.absolute(job.source.url, raw.url) or raw.url)


def _with_entries(
    found: FeedRead,
    job: Job,
    raws: Sequence[RawEntry],
    known: frozenset[str],
    rules: Rules,
) -> FeedRead:
    prepared: list[Prepared] = []
    failures: list[Failure] = []
    unchanged = 0
    for raw in raws:
        telling = told(raw)
        if telling in known:
            unchanged += 1
            continue
        try:
            prepared.append(_prepared(job, raw, rules, telling))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 -- one entry; told with the visit
            ours = not isinstance(error, SyndicateError)
            failures.append(Failure(raw.url, said(raw.url, error), ours))
    return replace(
        found,
        prepared=tuple(prepared),
        failures=tuple(failures),
        unchanged=unchanged,
    )


def said(about: str, error: Exception) -> str:
    """Put a failure into words; a fault of ours is named after its type."""
    if isinstance(error, SyndicateError):
        return str(error)
    return f"{about}: {type(error).__name__}: {error}"


def _prepared(job: Job, raw: RawEntry, rules: Rules, telling: str = "") -> Prepared:
    entry = to_entry(raw, source=job.source, fetched_at=job.at)
    return prepare(entry, job.source, rules, telling or told(raw))


def _file(job: FileJob, body: bytes, setup: Setup, rules: Rules) -> FeedRead:
    """Read a saved file: a feed, or else one article page."""
    try:
        entries: Sequence[RawEntry] = _document(job, body, setup.reading).entries
    except ParseError:
        entries = (parse_article(body, url=job.url, source=job.source, listed=None),)
    return _with_entries(FeedRead(), job, entries, job.known, rules)


def _listing(job: Job, body: bytes, _setup: Setup, _rules: Rules) -> LinksRead:
    listing = parse_listing(
        body, url=job.url, source=job.source, content_type=job.content_type
    )
    links = _as_told(job, listing.links)
    return LinksRead(links=links, next_page=listing.next_page)


def _map(job: Job, body: bytes, _setup: Setup, _rules: Rules) -> LinksRead:
    sitemap = parse_sitemap(body, url=job.url)
    return LinksRead(links=_as_told(job, sitemap.links), maps=sitemap.maps)


def _as_told(job: Job, links: Iterable[ListedLink]) -> tuple[RawEntry, ...]:
    return tuple(
        RawEntry(
            source=job.source.key,
            url=link.url,
            title=link.title,
            lead=link.lead,
            dates=(link.date,) if link.date else (),
            image=Image(url=link.image) if link.image else None,
        )
        for link in links
    )


def _page(job: PageJob, body: bytes, _setup: Setup, rules: Rules) -> PageRead:
    source, telling = job.source, job.told
    listed = None
    if job.again is not None:
        telling = retold(job.again, source.kind)
    if telling is None:
        telling = RawEntry(source=source.key, url=job.url)
    if source.kind is not SourceKind.FEED:
        listed = _as_listed(telling)
        # What the listing shows is weighed by the page's reader; beside it only
        # what an earlier visit knew is joined.
        bare = RawEntry(source=source.key, url=telling.url)
        telling = telling if job.again is not None else bare
    page = parse_article(
        body,
        url=job.url,
        source=source,
        listed=listed,
        content_type=job.content_type,
    )
    whole = combine(telling, page)
    mark = told(job.told) if job.told and source.kind is SourceKind.FEED else ""
    entry = to_entry(whole, source=source, fetched_at=job.at)
    return PageRead(
        prepared=prepare(entry, source, rules, mark),
        words=to_text(page.html).count(" ") + 1 if page.html else 0,
    )


def _as_listed(telling: RawEntry) -> ListedLink:
    claims = [one for one in telling.dates if one.origin is DateOrigin.LISTING]
    return ListedLink(
        url=telling.url,
        title=telling.title,
        date=claims[0] if claims else None,
        lead=telling.lead,
        image=telling.image.url if telling.image else "",
    )


def _telling(job: TellingJob, _body: bytes, _setup: Setup, rules: Rules) -> PageRead:
    return PageRead(prepared=_prepared(job, job.told, rules))


_READERS: Mapping[type[Job], Callable[..., Read]] = {
    FeedJob: _feed,
    FileJob: _file,
    ListingJob: _listing,
    MapJob: _map,
    PageJob: _page,
    TellingJob: _telling,
}
