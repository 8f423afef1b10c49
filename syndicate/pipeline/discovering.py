"""What an address offers to gather from: a few polite requests, and a verdict.

A document is asked for, what it leads to is tried in the order of trust, and at most
a dozen requests are made in all. Nothing is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from syndicate.errors import SyndicateError
from syndicate.gather.discover import Shown, read_shown
from syndicate.gather.feedlinks import Candidate, Way
from syndicate.gather.guesses import (
    asked_addresses,
    feed_guesses,
    robots_of,
    root_of,
    sitemap_guesses,
    sitemaps_in,
)
from syndicate.gather.listing import ListedLink
from syndicate.gather.nature import Nature
from syndicate.gather.offers import best_first
from syndicate.gather.verdict import Offer
from syndicate.model import SourceKind
from syndicate.pipeline.asking import SAMPLED, Looking, Try, nature_of, type_of
from syndicate.pipeline.searching import Search
from syndicate.ports import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found out about an address."""

    asked: str
    """The final address of what the person named."""
    nature: Nature
    offers: tuple[Offer, ...] = ()
    """The best first."""
    tries: tuple[Try, ...] = ()
    title: str = ""
    """What the page calls its site."""
    language: str = ""
    article: bool = False
    """The address is that of one article."""
    gone: bool = False
    """The address itself is gone; this is what its site offers."""
    trouble: str = ""
    """What stands in the place of the page that was asked; else empty."""
    requests: int = 0


async def discover(work: Looking, said: str) -> Discovery:
    """Find out what the address ``said`` offers.

    Raises SyndicateError if it is no web address, and FetchError if nothing at all
    answers there; an address that is gone is looked for at its site's front page.
    """
    addresses = asked_addresses(said)
    if not addresses:
        raise SyndicateError(
            f'"{said}" is no web address; write one like https://portal.example/'
        )
    search = Search(work)
    address, response = await search.first(addresses)
    body, kind = response.body, nature_of(response)
    asked = Candidate(url=address, kind=SourceKind.FEED, way=Way.ASKED)
    shown = Shown()
    if kind in (Nature.FEED, Nature.SITEMAP):
        await search.take(asked, response)
    elif kind is Nature.PAGE:
        shown = await asyncio.to_thread(
            read_shown, body, url=response.url, content_type=type_of(response)
        )
        await _follow_page(search, address, response, shown)
    await search.sample()
    return Discovery(
        asked=response.url,
        nature=kind,
        offers=best_first(search.offers),
        tries=tuple(search.tries),
        title=shown.title,
        language=shown.language,
        article=shown.article,
        gone=address not in addresses,
        trouble=shown.trouble,
        requests=work.budget - search.left,
    )


# ── The order of questions ───────────────────────────────────────────────────


async def _follow_page(
    search: Search, asked: str, response: Response, shown: Shown
) -> None:
    """Try what a page leads to, until there is something to be sure of."""
    links: tuple[ListedLink, ...] = ()
    if not shown.article and not shown.trouble:
        links = await search.take_listing(asked, response, Way.ASKED)
    # The front page mixes everything: only a section says what its feed should have.
    section = links if response.url.rstrip("/") != root_of(response.url) else ()
    await search.take_feeds(shown.feeds, section)
    if not search.sure_of(SourceKind.FEED):
        await search.take_lists(shown.lists, section)
    if not search.offers_of(SourceKind.LISTING) and not search.sure:
        await search.take_around(shown.around)
    if not search.sure_of(SourceKind.FEED):
        guesses = _as_feeds(feed_guesses(response.url, shown.generator), Way.GUESSED)
        await search.guess(guesses, section)
    if not search.sure_of(SourceKind.FEED):
        await _follow_sitemaps(search, response.url, shown)


async def _follow_sitemaps(search: Search, url: str, shown: Shown) -> None:
    named = list(shown.sitemaps)
    robots = await search.ask(robots_of(url), Way.ROBOTS, quiet=True)
    if robots is not None and nature_of(robots) is not Nature.PAGE:
        text = robots.body[:500_000].decode("utf-8", "replace")
        named += _as_maps(sitemaps_in(text, robots.url), Way.ROBOTS)
    enough = 1
    for candidate in named or _as_maps(sitemap_guesses(url), Way.GUESSED):
        if enough and search.can_afford(1 + SAMPLED):
            enough -= await search.try_out(candidate)


def _as_feeds(addresses: Iterable[str], way: Way) -> list[Candidate]:
    return [Candidate(url=one, kind=SourceKind.FEED, way=way) for one in addresses]


def _as_maps(addresses: Iterable[str], way: Way) -> list[Candidate]:
    return [Candidate(url=one, kind=SourceKind.SITEMAP, way=way) for one in addresses]
