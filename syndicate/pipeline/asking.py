"""Asking what an address holds: each address once, not too many, misses kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import takewhile

from syndicate.errors import BadAnswer, FetchError, SyndicateError
from syndicate.gather.article import parse_article
from syndicate.gather.clean import to_entry
from syndicate.gather.combine import combine
from syndicate.gather.feedlinks import Way
from syndicate.gather.guesses import (
    root_of,
)
from syndicate.gather.listing import ListedLink
from syndicate.gather.nature import Nature, nature
from syndicate.model import Entry, RawEntry, Source, SourceKind
from syndicate.ports import Fetcher, Request, Response
from syndicate.text.urls import canonical

BUDGET = 12
"""Requests in all; robots.txt of the client's own manners comes on top."""
SAMPLED = 3
"""Article pages that are read to see whether pages read well."""
_GONE = (404, 410)
_FOR_EVER = (301, 308)
TRIED = "address"
"""Key of a source that is only tried out."""


class Miss(StrEnum):
    """Why an address came to nothing, where the address itself is not to blame."""

    PAGE = "page"
    """A page, where a feed or sitemap was hoped for."""
    NOTHING = "nothing"
    """Nothing that can be gathered from."""
    BUDGET = "budget"
    """It was not asked any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """An address that was asked and gave no offer."""

    url: str
    way: Way
    miss: Miss | None = None
    said: str = ""
    """What client or reader said, where ``miss`` is None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What looking at an address works with."""

    fetcher: Fetcher
    now: datetime
    zone: str = "Asia/Ho_Chi_Minh"
    """Of dates that say none."""
    robots: str = "pages"
    """What robots.txt has a say in: ``pages``, ``all`` or ``none``."""
    base_url: str = ""
    """Where this desk is published: what lies there is no source."""
    budget: int = BUDGET
    on_ask: Callable[[str], None] | None = None
    source: Source | None = None
    """Whose settings hold; None for an address that nobody has configured."""


class Asker:
    """Asks addresses, each once and not too many, and collects what they offer."""

    def __init__(self, work: Looking) -> None:
        self.work = work
        self.left = work.budget
        self.tries: list[Try] = []
        self._asked: set[str] = set()

    # ── Asking ──

    async def first(self, addresses: Sequence[str]) -> tuple[str, Response]:
        """Ask what the person named; if that is gone, its site's front page.

        Gives the address that answered, and its answer.
        """
        failures: list[FetchError] = []
        status = 0
        for address in addresses:
            try:
                return address, await self._fetch(address, Way.ASKED)
            except FetchError as error:
                failures.append(error)
                status = error.status if isinstance(error, BadAnswer) else 0
                if status:
                    break
        root, last = f"{root_of(address)}/", failures[-1]
        if status not in _GONE or canonical(root) == canonical(address):
            # Of a name without scheme, the answer over https says what is wrong.
            raise last if status else failures[0]
        self.miss(address, Way.ASKED, said=last.reason)
        try:
            return root, await self._fetch(root, Way.AROUND)
        except FetchError:
            raise last from None

    async def ask_first(self, *addresses: str) -> Response:
        """Ask until one answers; raises the first FetchError if none does."""
        failures: list[FetchError] = []
        for address in addresses:
            try:
                return await self._fetch(address, Way.ASKED)
            except FetchError as error:
                failures.append(error)
                if isinstance(error, BadAnswer):
                    raise
        raise failures[0]

    async def ask(
        self, address: str, way: Way, *, quiet: bool = False
    ) -> Response | None:
        """Ask an address once; None if it has nothing, which is remembered."""
        if canonical(address) in self._asked:
            return None
        if self.left <= 0:
            self.miss(address, way, miss=Miss.BUDGET)
            return None
        try:
            return await self._fetch(address, way)
        except FetchError as error:
            if not quiet:
                self.miss(address, way, said=error.reason)
            return None

    async def _fetch(self, address: str, way: Way) -> Response:
        self._asked.add(canonical(address))
        self.left -= 1
        if self.work.on_ask is not None:
            self.work.on_ask(address)
        response = await self.work.fetcher.fetch(
            Request(url=address, robots=self._robots(way))
        )
        self._asked.add(canonical(response.url))
        return response

    def _robots(self, way: Way) -> bool:
        """Whether robots.txt has a say: not where a site itself offers a feed."""
        offered = way in (Way.NAMED, Way.LINKED, Way.LISTED, Way.ROBOTS)
        return {"all": True, "none": False}.get(self.work.robots, not offered)

    def can_afford(self, requests: int) -> bool:
        """Whether so many requests are left."""
        return self.left >= requests

    def source(self, url: str, kind: SourceKind) -> Source:
        """The source that the address would be."""
        known = self.work.source or Source(
            key=TRIED, title=url, kind=kind, url=url, timezone=self.work.zone
        )
        return replace(known, url=url, kind=kind)

    def miss(
        self, url: str, way: Way, *, miss: Miss | None = None, said: str = ""
    ) -> None:
        """Remember an address that came to nothing, and why."""
        self.tries.append(Try(url=url, way=way, miss=miss, said=said))


def nature_of(response: Response) -> Nature:
    """What an answer is."""
    return nature(response.body, content_type=type_of(response))


def type_of(response: Response) -> str:
    """Its Content-Type; "" if it has none."""
    return response.headers.get("content-type", "")


def lasting(asked: str, response: Response) -> str:
    """The address to keep: up to the first redirect that is not for ever."""
    if all(hop.status in _FOR_EVER for hop in response.hops):
        return response.url
    kept = takewhile(lambda hop: hop.status in _FOR_EVER, response.hops)
    return [asked, *(hop.to for hop in kept)][-1]


def reason(error: SyndicateError) -> str:
    """What went wrong, without the address."""
    return str(getattr(error, "reason", "") or error)


def read_article(
    response: Response,
    source: Source,
    told: RawEntry,
    listed: ListedLink | None,
    now: datetime,
) -> Entry:
    """Read one article page; raises ParseError if it holds none."""
    shown = parse_article(
        response.body,
        url=told.url,
        source=source,
        listed=listed,
        content_type=type_of(response),
    )
    return to_entry(combine(told, shown), source=source, fetched_at=now)
