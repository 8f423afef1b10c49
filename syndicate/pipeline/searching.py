"""What is asked becomes offers: feeds, lists of feeds, listings, sitemaps."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from syndicate.errors import ParseError, SyndicateError
from syndicate.gather.discover import read_feed_list, read_shown
from syndicate.gather.feed import is_ours, read_feed
from syndicate.gather.feedlinks import Candidate, Way, is_about_comments
from syndicate.gather.listing import ListedLink, Listing, parse_listing
from syndicate.gather.nature import Nature
from syndicate.gather.offers import (
    beside,
    best_first,
    feed_offer,
    link_offer,
    samples,
    unread,
    with_pages,
)
from syndicate.gather.sitemap import Sitemap, parse_sitemap
from syndicate.gather.verdict import Offer, is_sure
from syndicate.model import Entry, Source, SourceKind
from syndicate.pipeline.asking import (
    SAMPLED,
    Asker,
    Looking,
    Miss,
    lasting,
    nature_of,
    read_article,
    reason,
    type_of,
)
from syndicate.ports import Response
from syndicate.text.urls import canonical

_NAMED = 4
_GUESSED = 4
_AROUND = 3
_LIST = 5


class Search(Asker):
    """Tries addresses, and collects what they offer."""

    def __init__(self, work: Looking) -> None:
        super().__init__(work)
        self.offers: list[Offer] = []

    # ── What there is ──

    def sure_of(self, kind: SourceKind) -> bool:
        """Whether there is an offer of that kind that will do."""
        return any(is_sure(offer) for offer in self.offers_of(kind))

    @property
    def sure(self) -> bool:
        """Whether there is any offer that will do."""
        return any(is_sure(offer) for offer in self.offers)

    def offers_of(self, kind: SourceKind) -> list[Offer]:
        """What has been offered of that kind."""
        return [offer for offer in self.offers if offer.kind is kind]

    # ── Trying ──

    async def try_out(
        self, candidate: Candidate, page: Sequence[ListedLink] = ()
    ) -> bool:
        """Ask a candidate and take what it is; False if it is nothing."""
        response = await self.ask(candidate.url, candidate.way)
        return response is not None and await self.take(candidate, response, page)

    async def take(
        self,
        candidate: Candidate,
        response: Response,
        page: Sequence[ListedLink] = (),
        *,
        as_kind: SourceKind | None = None,
    ) -> bool:
        """Make an offer of a feed or sitemap; ``page`` shows what it should have.

        ``as_kind`` is what it is known to be, whatever it looks like.
        """
        kind = Nature(as_kind.value) if as_kind else nature_of(response)
        try:
            if kind is Nature.FEED:
                offer = await asyncio.to_thread(self._feed, candidate, response)
                self.offers.append(beside(offer, page, now=self.work.now))
                return True
            if kind is Nature.SITEMAP:
                return await self._take_sitemap(candidate, response)
        except SyndicateError as error:
            self.miss(candidate.url, candidate.way, said=reason(error))
            return False
        miss = Miss.PAGE if kind is Nature.PAGE else Miss.NOTHING
        self.miss(candidate.url, candidate.way, miss=miss)
        return False

    async def take_listing(
        self, asked: str, response: Response, way: Way, title: str = ""
    ) -> tuple[ListedLink, ...]:
        """Make an offer of a page of links; () if it holds none."""
        address = lasting(asked, response)
        source = self.source(address, SourceKind.LISTING)
        try:
            listing = await asyncio.to_thread(_listing, response, source)
        except ParseError as error:
            self.miss(response.url, way, said=error.reason)
            return ()
        candidate = Candidate(
            url=address, kind=SourceKind.LISTING, way=way, title=title
        )
        self.offers.append(
            link_offer(candidate, listing.links, source=source, now=self.work.now)
        )
        return listing.links

    async def take_feeds(
        self, candidates: Sequence[Candidate], page: Sequence[ListedLink]
    ) -> None:
        """Try the feeds that a page names; the rest are offered unread."""
        tried = [one for one in candidates if not is_about_comments(one)][:_NAMED]
        for candidate in tried or candidates[:1]:
            if self.can_afford(1 + SAMPLED):
                await self.try_out(candidate, page)
        rest = (one for one in candidates if canonical(one.url) not in self._asked)
        self.offers.extend(unread(one) for one in rest)

    async def take_lists(
        self, candidates: Sequence[Candidate], page: Sequence[ListedLink]
    ) -> None:
        """Look behind links that say "RSS": a feed, or a page that lists feeds."""
        for candidate in candidates[:2]:
            response = None
            if self.can_afford(2 + SAMPLED):
                response = await self.ask(candidate.url, candidate.way)
            if response is None:
                continue
            if nature_of(response) is Nature.PAGE:
                await self.take_feeds(self._feed_list(response), page)
            else:
                await self.take(candidate, response, page)
            if self.sure_of(SourceKind.FEED):
                return

    def _feed_list(self, response: Response) -> tuple[Candidate, ...]:
        try:
            page = read_feed_list(
                response.body, url=response.url, content_type=type_of(response)
            )
        except ParseError as error:
            self.miss(response.url, Way.LINKED, said=error.reason)
            return ()
        if not page.feeds:
            self.miss(response.url, Way.LINKED, miss=Miss.PAGE)
        return page.feeds

    async def guess(
        self, candidates: Sequence[Candidate], page: Sequence[ListedLink]
    ) -> None:
        """Ask a few addresses at which many sites have a feed."""
        for candidate in candidates[:_GUESSED]:
            if not self.can_afford(2 + SAMPLED):
                return
            response = await self.ask(candidate.url, candidate.way, quiet=True)
            if response is None:
                continue
            if nature_of(response) is Nature.PAGE:
                # "/rss" is a page that lists feeds on many portals.
                await self.take_feeds(self._feed_list(response), page)
            else:
                await self.take(candidate, response, page)
            if self.sure_of(SourceKind.FEED):
                return

    async def take_around(self, candidates: Sequence[Candidate]) -> None:
        """Try the lists that a page lies in or leads to, until one will do."""
        for candidate in candidates[:_AROUND]:
            if not self.can_afford(1 + SAMPLED):
                return
            response = await self.ask(candidate.url, candidate.way, quiet=True)
            if response is None or nature_of(response) is not Nature.PAGE:
                continue
            links = await self.take_listing(
                candidate.url, response, Way.AROUND, candidate.title
            )
            await self.take_feeds(self._named(response), links)
            if len(links) >= _LIST or self.sure:
                return

    def _named(self, response: Response) -> tuple[Candidate, ...]:
        """The feeds that a page's head names."""
        try:
            shown = read_shown(
                response.body, url=response.url, content_type=type_of(response)
            )
        except ParseError:
            return ()
        return tuple(one for one in shown.feeds if one.way is Way.NAMED)

    # ── Reading ──

    def _feed(self, candidate: Candidate, response: Response) -> Offer:
        source = self.source(lasting(candidate.url, response), SourceKind.FEED)
        document = read_feed(
            response.body,
            url=response.url,
            source=source,
            content_type=type_of(response),
        )
        offer = feed_offer(candidate, document, source=source, now=self.work.now)
        base = self.work.base_url
        return replace(offer, ours=bool(base) and is_ours(document.facts, base))

    async def _take_sitemap(self, candidate: Candidate, response: Response) -> bool:
        sitemap = await asyncio.to_thread(
            parse_sitemap, response.body, url=response.url
        )
        address, links = lasting(candidate.url, response), sitemap.links
        if sitemap.maps and not links:
            address, links = await self._map_of(sitemap, address)
        if not links:
            self.miss(candidate.url, candidate.way, miss=Miss.NOTHING)
            return False
        ordered = sorted(
            links, key=lambda link: link.date.raw if link.date else "", reverse=True
        )
        source = self.source(address, SourceKind.SITEMAP)
        self.offers.append(
            link_offer(candidate, ordered, source=source, now=self.work.now)
        )
        return True

    async def _map_of(
        self, sitemap: Sitemap, index: str
    ) -> tuple[str, tuple[ListedLink, ...]]:
        """Look into one map of an index: that of news, else the newest of articles.

        A map of news is offered itself, any other under the address of its index: the
        next month's is not written yet.
        """
        chosen = max(enumerate(sitemap.maps), key=_map_rank)[1]
        response = await self.ask(chosen, Way.ROBOTS)
        if response is None or nature_of(response) is not Nature.SITEMAP:
            return index, ()
        links = parse_sitemap(response.body, url=response.url).links
        return (chosen if "news" in chosen.lower() else index), links

    async def sample(self) -> None:
        """Read some article pages of the best offers that need it."""
        for _round in range(2):
            ranked = [one for one in best_first(self.offers) if one.read]
            if not ranked or not _needs_pages(ranked[0]):
                return
            best = ranked[0]
            pages = await self.pages(best, SAMPLED)
            if not pages:
                return
            told = with_pages(best, pages, now=self.work.now)
            self.offers[self.offers.index(best)] = told

    async def pages(self, offer: Offer, limit: int) -> list[tuple[str, Entry | None]]:
        """Read the pages of its newest articles: (title told, page's entry)."""
        source = self.source(offer.url, offer.kind)
        source = replace(source, hour_only=source.hour_only or offer.hour_only)
        found: list[tuple[str, Entry | None]] = []
        for told, listed in samples(offer, limit):
            response = await self.ask(told.url, Way.AROUND)
            if response is None:
                if self.left > 0:
                    found.append((told.title, None))
                continue
            title = listed.title if listed else told.title
            try:
                entry = await asyncio.to_thread(
                    read_article, response, source, told, listed, self.work.now
                )
            except SyndicateError as error:
                self.miss(told.url, Way.AROUND, said=reason(error))
                found.append((title, None))
            else:
                found.append((title, entry))
        return found


def _listing(response: Response, source: Source) -> Listing:
    return parse_listing(
        response.body, url=response.url, source=source, content_type=type_of(response)
    )


def _needs_pages(offer: Offer) -> bool:
    """Whether only its article pages can tell what an offer is worth."""
    if offer.figures.tried or not offer.figures.count:
        return False
    return offer.kind is not SourceKind.FEED or not _is_whole(offer)


def _is_whole(offer: Offer) -> bool:
    return offer.figures.text >= 500


def _map_rank(placed: tuple[int, str]) -> tuple[bool, bool, int]:
    place, address = placed
    name = address.lower()
    articles = any(word in name for word in ("post", "article", "tin", "bai"))
    return "news" in name, articles, place
