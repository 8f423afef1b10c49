"""Ask a source, and have its answer read; nothing is kept and nothing decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from urllib.parse import urlsplit

from syndicate.gather.sameness import content_hash
from syndicate.model import Page, RawEntry, Source, SourceKind, SourceState
from syndicate.ports import Fetcher, Request, Response

EVERYTHING, PAGES, NOTHING = "all", "pages", "none"
"""What robots.txt has a say in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How sources are asked."""

    fetcher: Fetcher
    robots: str = PAGES

    async def source(
        self, source: Source, state: SourceState, url: str, *, fully: bool
    ) -> Response:
        """Ask a source for what it has; ``fully``: it must not say "not modified"."""
        page = source.kind is not SourceKind.FEED
        request = self._request(source, url, page=page)
        if not fully:
            request = replace(
                request, etag=state.etag, last_modified=state.last_modified
            )
        return await self.fetcher.fetch(request)

    async def page(
        self, source: Source, url: str, known: Page | None = None
    ) -> Response:
        """Ask for an article page or a further sitemap; raises FetchError."""
        request = self._request(source, url, page=True)
        if known is not None:
            request = replace(
                request, etag=known.etag, last_modified=known.last_modified
            )
        return await self.fetcher.fetch(request)

    async def older(self, source: Source, url: str) -> Response:
        """Ask for older entries of a feed or listing; raises FetchError."""
        page = source.kind is not SourceKind.FEED
        return await self.fetcher.fetch(self._request(source, url, page=page))

    def _request(self, source: Source, url: str, *, page: bool) -> Request:
        asked = self.robots == EVERYTHING or (page and self.robots == PAGES)
        return Request(url=url, source=source.key, robots=asked and source.robots)


def content_type(response: Response) -> str:
    """Return what the server calls it."""
    return response.headers.get("content-type", "")


def body_hash(source: Source, response: Response) -> str:
    """Mark a body, so that the same one is known again; counters do not count."""
    if source.kind is SourceKind.FEED:
        return content_hash(response.body, content_type(response))
    return page_hash(response.body)


def page_hash(body: bytes) -> str:
    """Mark the bytes of a page."""
    return blake2b(body, digest_size=16).hexdigest()


def place_of(source: Source) -> str:
    """Host and port that a source is asked at; empty where there are none."""
    try:
        return urlsplit(source.url).netloc
    except ValueError:
        return ""


def newest_first(links: Sequence[RawEntry]) -> list[RawEntry]:
    """Sort links by their date, each address once.

    W3C dates sort as text; sitemaps stand in any order, often the oldest first.
    """
    placed = sorted(links, key=_date, reverse=True)
    return list({link.url: link for link in placed}.values())


def _date(link: RawEntry) -> str:
    return link.dates[0].raw if link.dates else ""
