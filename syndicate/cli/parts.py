"""The parts that gathering needs, wired; the rest of a desk is wired in ``wire``.

They stand apart because most runs of ``gather`` bring nothing new and take half a
second: what publishes and mails is not imported for them.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from threading import Event

from syndicate import __version__
from syndicate.categorise.rules import Rules
from syndicate.cli.words import _
from syndicate.config.environment import read_environment
from syndicate.config.load import load
from syndicate.config.settings import Settings
from syndicate.errors import ConfigError
from syndicate.gather.archive import FolderFetcher, KeepingFetcher
from syndicate.gather.guard import AddressGuard
from syndicate.model import Source
from syndicate.pipeline.filing import Filing
from syndicate.pipeline.jobs import Setup
from syndicate.pipeline.subscribing import note_poll, trusted
from syndicate.pipeline.taught import Taught
from syndicate.pipeline.visiting import Gathering, threads
from syndicate.pipeline.wordcounts import WordCounts
from syndicate.pipeline.workers import Workers
from syndicate.ports import Fetcher, Poster
from syndicate.store import Database

log = logging.getLogger(__name__)


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)  # noqa: TID251 -- with wire, the one that reads it


def settings(path: Path) -> Settings:
    """Read config.toml and the environment; raises ConfigError."""
    return load(path, read_environment())


class Parts:
    """The parts of one desk that gather, made when they are first asked for."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = now,
        secret: str = "",
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.secret = settings.secret or secret
        self._words = WordCounts()
        self.stopping = Event()
        """Set when the desk is to end: no new work is begun."""

    @cached_property
    def database(self) -> Database:
        """The store, its schema brought up to date."""
        return Database.open(self.settings.store_url)

    def close(self) -> None:
        """Let go of the store and of the processes that read."""
        if "reader" in self.__dict__:
            self.reader.close()
        if "database" in self.__dict__:
            self.database.close()

    def source(self, key: str) -> Source:
        """Return the source of that key; raises ConfigError if there is none."""
        sources = {source.key: source for source in self.settings.sources}
        if key not in sources:
            said = _('there is no source "{key}"; known: {known}')
            known = ", ".join(sources) or "–"
            raise ConfigError((said.format(key=key, known=known),))
        return sources[key]

    @asynccontextmanager
    async def fetcher(self) -> AsyncIterator[Fetcher]:
        """Open the way on which sources are asked: HTTP, with our manners."""
        from syndicate.gather.fetch import HttpFetcher  # noqa: PLC0415 -- costly
        from syndicate.pipeline.politeness import Polite  # noqa: PLC0415 -- costly

        gather = self.settings.gather
        guard = AddressGuard(allow=tuple(ip_network(net) for net in gather.allow))
        agent = self.user_agent
        async with (
            HttpFetcher(gather.limits, guard, agent) as http,
            self._drawing(http, guard) as drawn,
        ):
            inner = self._keeping(drawn)
            polite = Polite(inner, self.database, clock=self.clock, agent=agent)
            try:
                yield polite
            finally:
                polite.flush()

    @asynccontextmanager
    async def poster(self) -> AsyncIterator[Poster]:
        """Open the way on which hubs are asked."""
        from syndicate.gather.fetch import HttpFetcher  # noqa: PLC0415 -- costly

        gather = self.settings.gather
        guard = AddressGuard(allow=tuple(ip_network(net) for net in gather.allow))
        async with HttpFetcher(gather.limits, guard, self.user_agent) as http:
            yield http

    @asynccontextmanager
    async def _drawing(
        self, fetcher: Fetcher, guard: AddressGuard
    ) -> AsyncIterator[Fetcher]:
        """Have pages drawn whose sources need their scripts."""
        scripted = {source.key for source in self.settings.sources if source.scripts}
        if not scripted:
            yield fetcher
            return
        from syndicate.gather.scripts import Rendering  # noqa: PLC0415 -- costly

        limits = self.settings.gather.limits
        async with Rendering(
            fetcher, guard, scripted=scripted, limits=limits
        ) as drawing:
            yield drawing

    def _keeping(self, fetcher: Fetcher) -> Fetcher:
        """Keep answers as they came, where the settings say so."""
        gather = self.settings.gather
        if gather.keep_raw is None:
            return fetcher
        return KeepingFetcher(
            fetcher,
            gather.keep_raw,
            gather.keep_raw_max,
            clock=self.clock,
            complain=log.warning,
        )

    @asynccontextmanager
    async def archive(self, folder: Path) -> AsyncIterator[Fetcher]:
        """Open a folder of kept answers in place of the network."""
        yield FolderFetcher(folder)

    @cached_property
    def reader(self) -> Workers:
        """The processes that read documents; they start with the first document."""
        settings = self.settings
        return Workers(
            Setup(
                categories=settings.categories,
                scoring=settings.scoring,
                reading=settings.gather.reading,
                base_url=settings.site.base_url,
            )
        )

    @property
    def user_agent(self) -> str:
        """Who we say we are: product, version, contact, and how many read us."""
        site = self.settings.site
        contact = f"; {site.contact}" if site.contact else ""
        members = {
            member.address.lower()
            for digest in self.settings.digests
            for member in digest.audience
        }
        # Whoever runs a portal sees how many people one visit stands for.
        readers = f"; {len(members)} subscribers" if members else ""
        return f"syndicate/{__version__} (+{site.base_url}/{contact}{readers})"

    @cached_property
    def taught(self) -> Taught:
        """What was learned from decisions, and learns more."""
        return Taught(self.settings.categories, self.settings.scoring)

    def filing(self) -> Filing:
        """Say what filing needs to know."""
        stories = self.settings.stories
        return Filing(
            sources={source.key: source for source in self.settings.sources},
            rules=Rules(self.settings.categories, self.settings.scoring),
            backlog_after=self.settings.gather.backlog_after,
            events_within=stories.events_within if stories.events else timedelta(0),
            words=self._words,
            guesser=self.taught,
        )

    def gathering(
        self, fetcher: Fetcher, *, backfill: int = 0, replay: bool = False
    ) -> Gathering:
        """Put together what gathering works with."""
        gather = self.settings.gather
        pushed: frozenset[str] = frozenset()
        if gather.push and not replay:
            with self.database.read() as connection:
                pushed = trusted(connection, self.clock())
        return Gathering(
            database=self.database,
            fetcher=fetcher,
            reader=self.reader,
            desk=self.filing(),
            recheck=gather.recheck,
            clock=self.clock,
            pace=gather.pace,
            robots=gather.robots,
            backfill=backfill,
            replay=replay,
            pushed=pushed,
            unpushed=lambda connection, source, at, news: note_poll(
                connection, source, at, news=news
            ),
            threads=threads(self.reader.count),
        )


@contextmanager
def opened(path: Path, *, clock: Callable[[], datetime] = now) -> Iterator[Parts]:
    """Wire what gathers for the desk of a config.toml, and let go of it at the end."""
    parts = Parts(settings(path), clock=clock)
    try:
        yield parts
    finally:
        parts.close()
