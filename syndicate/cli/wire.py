"""The one place where parts meet, and the one that reads the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from syndicate.cli.parts import Parts, now, settings
from syndicate.cli.words import _
from syndicate.config.environment import SECRET
from syndicate.digest.transports import transport
from syndicate.errors import ConfigError, MailError
from syndicate.model import Digest
from syndicate.pipeline.copies import Mailing
from syndicate.pipeline.publishing import Publishing
from syndicate.pipeline.standing import Standing, standing
from syndicate.pipeline.subscribing import Subscribing
from syndicate.ports import Transport
from syndicate.schedule.pushing import Pushing
from syndicate.templating import Templates, templates

__all__ = ["Wiring", "now", "opened", "settings"]


class Wiring(Parts):
    """All parts of one desk, made when they are first asked for."""

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

    def publishing(self) -> Publishing:
        """Put together what publishing works with."""
        return Publishing(
            database=self.database,
            site=self.settings.site,
            sources={source.key: source for source in self.settings.sources},
            categories=self.settings.categories,
            feeds=self.settings.feeds,
            templates=self.templates(),
            folder=self.settings.publish.folder,
            documents_from=self.settings.publish.documents_from,
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
            self.database,
            self.settings.sources,
            self.settings.digests,
            self.clock(),
            ceiling=self.settings.gather.pace.ceiling,
        )

    def pushing(self) -> Pushing | None:
        """Put together what hubs need; None where none is to be asked."""
        if not self.settings.gather.push:
            return None
        subscribing = Subscribing(
            database=self.database,
            sources=self.settings.sources,
            base_url=self.settings.site.base_url,
            clock=self.clock,
        )
        return Pushing(
            subscribing=subscribing,
            poster=self.poster,
            fetcher=self.fetcher,
            gathering=self.gathering,
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
