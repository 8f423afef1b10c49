"""The one place where parts meet, and the one that reads the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from threading import Event

from syndicate import __version__
from syndicate.categorise.rules import Rules
from syndicate.cli.words import _
from syndicate.config.environment import SECRET, read_environment
from syndicate.config.load import load
from syndicate.config.settings import Settings
from syndicate.digest.transports import transport
from syndicate.errors import ConfigError, MailError
from syndicate.gather.fetch import HttpFetcher
from syndicate.gather.guard import AddressGuard
from syndicate.model import Digest, Source
from syndicate.pipeline.copies import Mailing
from syndicate.pipeline.filing import Filing
from syndicate.pipeline.publishing import Publishing
from syndicate.pipeline.standing import Standing, standing
from syndicate.pipeline.visiting import Gathering
from syndicate.ports import Fetcher, Transport
from syndicate.store import Database
from syndicate.templating import Templates, templates


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def settings(path: Path) -> Settings:
    """Read config.toml and the environment; raises ConfigError."""
    return load(path, read_environment())


class Wiring:
    """The parts of one desk, made when they are first asked for."""

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
        self.stopping = Event()
        """Set when the desk is to end: no new work is begun."""

    @cached_property
    def database(self) -> Database:
        """The store, its schema brought up to date."""
        return Database.open(self.settings.store_url)

    def close(self) -> None:
        """Let go of the store."""
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

    def digest(self, key: str | None) -> Digest:
        """Return the digest of that key, or the only one there is."""
        digests = {digest.key: digest for digest in self.settings.digests}
        if key is None and len(digests) == 1:
            return next(iter(digests.values()))
        if key is None or key not in digests:
            known = ", ".join(digests) or "–"
            said = _('there is no digest "{key}"; known: {known}')
            if key is None:
                said = _("say which digest; known: {known}")
            raise ConfigError((said.format(key=key, known=known),))
        return digests[key]

    def fetcher(self) -> AbstractAsyncContextManager[Fetcher]:
        """Make the HTTP client."""
        gather = self.settings.gather
        return HttpFetcher(
            gather.limits,
            AddressGuard(allow=tuple(ip_network(net) for net in gather.allow)),
            self._user_agent(),
        )

    def _user_agent(self) -> str:
        site = self.settings.site
        contact = f"; {site.contact}" if site.contact else ""
        return f"syndicate/{__version__} (+{site.base_url}/{contact})"

    def filing(self) -> Filing:
        """Say what filing needs to know."""
        return Filing(
            sources={source.key: source for source in self.settings.sources},
            rules=Rules(self.settings.categories, self.settings.scoring),
            backlog_after=self.settings.gather.backlog_after,
        )

    def gathering(self, fetcher: Fetcher, *, backfill: int = 0) -> Gathering:
        """Put together what gathering works with."""
        return Gathering(
            database=self.database,
            fetcher=fetcher,
            desk=self.filing(),
            recheck=self.settings.gather.recheck,
            clock=self.clock,
            backfill=backfill,
        )

    def publishing(self) -> Publishing:
        """Put together what publishing works with."""
        return Publishing(
            database=self.database,
            site=self.settings.site,
            sources={source.key: source for source in self.settings.sources},
            categories=self.settings.categories,
            feeds=self.settings.feeds,
            templates=self.templates(),
            folder=self.settings.feeds_folder,
        )

    def mailing(self) -> Mailing:
        """Put together what mailing works with; it needs the secret for its links."""
        if not self.secret:
            raise MailError(
                f"{SECRET} is not set; the links in mails are signed with it. Set it "
                "to at least 32 random characters and keep it"
            )
        return Mailing(
            database=self.database,
            site=self.settings.site,
            sources={source.key: source for source in self.settings.sources},
            categories={one.slug: one for one in self.settings.categories},
            templates=lambda digest: self.templates(digest.language, digest.timezone),
            sender=self.settings.mail.sender,
            bounce_domain=self.settings.mail.bounce_domain,
            secret=self.secret,
            stopping=self.stopping.is_set,
        )

    def transport(self) -> Transport:
        """Open the way on which mail leaves."""
        mail = self.settings.mail
        return transport(mail.url, user=mail.user, password=mail.password)

    def templates(self, language: str = "", zone: str = "") -> Templates:
        """Make templates, the site's own folder first."""
        site, own = self.settings.site, self.settings.templates_folder
        return templates(
            [own] if own else [],
            language=language or site.language,
            zone=zone or site.timezone,
        )

    def standing(self) -> Standing:
        """Look at how the desk stands."""
        return standing(
            self.database, self.settings.sources, self.settings.digests, self.clock()
        )


@contextmanager
def opened(
    path: Path, *, clock: Callable[[], datetime] = now, secret: str = ""
) -> Iterator[Wiring]:
    """Wire the desk of a config.toml, and let go of it at the end."""
    wiring = Wiring(settings(path), clock=clock, secret=secret)
    try:
        yield wiring
    finally:
        wiring.close()
