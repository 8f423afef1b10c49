"""The one place where parts meet, and the one that reads the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from functools import cached_property, lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from syndicate.cli import posting
from syndicate.cli.parts import Parts, now, settings
from syndicate.cli.words import _
from syndicate.config.environment import SECRET
from syndicate.digest.choosing.windows import editions
from syndicate.digest.post.dkim import Signer
from syndicate.digest.post.pool import Pool
from syndicate.errors import ConfigError, MailError
from syndicate.gather.guard import AddressGuard
from syndicate.gather.push import is_public
from syndicate.model import Digest
from syndicate.pipeline.mailing.copies import Mailing
from syndicate.pipeline.membership.beside import file_beside as departed_file
from syndicate.pipeline.membership.desk import Membership
from syndicate.pipeline.membership.secrets import check_secret
from syndicate.pipeline.mirroring import Mirroring
from syndicate.pipeline.publishing import Publishing
from syndicate.pipeline.standing import Standing, standing
from syndicate.pipeline.subscribing import Subscribing
from syndicate.pipeline.websub.hub import Hubbing
from syndicate.ports import Caller, Transport
from syndicate.publish.copies.buckets import bucket
from syndicate.publish.websub.hub import hub_urls
from syndicate.schedule.pushing import Pushing
from syndicate.store.generations import file_beside
from syndicate.templating import Templates, templates

__all__ = ["Wiring", "now", "opened", "settings"]


class Wiring(Parts):
    """All parts of one desk, made when they are first asked for."""

    def digest(self, key: str | None) -> Digest:
        """Return the digest or edition of that key, or the only digest there is."""
        digests = {digest.key: digest for digest in self.editions}
        if key is None and len(self.settings.digests) == 1:
            return self.settings.digests[0]
        if key is None or key not in digests:
            known = ", ".join(digests) or "–"
            said = _('there is no digest "{key}"; known: {known}')
            if key is None:
                said = _("say which digest; known: {known}")
            raise ConfigError((said.format(key=key, known=known),))
        return digests[key]

    @property
    def editions(self) -> tuple[Digest, ...]:
        """Every digest in every cadence that it offers."""
        digests = self.settings.digests
        return tuple(edition for one in digests for edition in editions(one))

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
            rights=self.settings.publish.rights,
            packed=self.settings.publish.packed,
            hubs=self.hubs,
        )

    def mirroring(self) -> Mirroring | None:
        """Put together what copying works with; None where there is no target."""
        publish = self.settings.publish
        if not publish.target:
            return None
        return Mirroring(
            database=self.database,
            folder=publish.folder,
            target=publish.target,
            bucket=bucket,
            stopping=self.stopping.is_set,
        )

    @property
    def hubs(self) -> tuple[str, ...]:
        """The hubs that our documents name; none where nobody could reach us."""
        base, publish = self.settings.site.base_url, self.settings.publish
        host = urlsplit(base).hostname or ""
        # a network of our own may have its hub, too
        own = _is_address(host) and not self.guard.refuses(host)
        if not (own or is_public(base)):
            return ()
        return hub_urls(base, own=publish.hub, others=publish.hubs)

    def hubbing(self) -> Hubbing:
        """Put together what our hub, and telling others', works with."""
        return Hubbing(
            database=self.database,
            base_url=self.settings.site.base_url,
            folder=self.settings.publish.folder,
            hubs=self.hubs,
            guard=self.guard,
            clock=self.clock,
        )

    @property
    def guard(self) -> AddressGuard:
        """Say which addresses may be asked."""
        allow = self.settings.gather.allow
        return AddressGuard(allow=tuple(ip_network(net) for net in allow))

    @asynccontextmanager
    async def caller(self) -> AsyncIterator[Caller]:
        """Open the way on which callbacks and hubs are called."""
        from syndicate.gather.calling import HttpCaller  # noqa: PLC0415 -- costly

        async with HttpCaller(self.guard, self.user_agent) as http:
            yield http

    def mailing(self) -> Mailing:
        """Put together what mailing works with; it needs the secret for its links."""
        made = lru_cache(maxsize=16)(self.templates)
        return Mailing(
            database=self.database,
            site=self.settings.site,
            sources={source.key: source for source in self.settings.sources},
            categories={one.slug: one for one in self.settings.categories},
            templates=lambda digest: made(digest.language, digest.timezone),
            sender=self.settings.mail.sender,
            bounce_domain=self.settings.mail.bounce_domain,
            postal_address=self.settings.mail.postal_address,
            signer=self.signer(),
            secret=self.checked_secret,
            stopping=self.stopping.is_set,
            generation_file=self._counter,
        )

    @property
    def _counter(self) -> Path:
        """The file that counts with the store."""
        return file_beside(self.settings.store_url, self.settings.folder / "var")

    def needed_secret(self) -> str:
        """Return the secret; raises MailError if there is none."""
        if not self.secret:
            raise MailError(
                f"{SECRET} is not set; the links in mails are signed with it. Set it "
                "to at least 32 random characters and keep it"
            )
        return self.secret

    @cached_property
    def checked_secret(self) -> str:
        """The secret, if it is the one that this store was begun with.

        One that stands in where the environment has none signs what nobody is sent:
        the store neither knows it nor gets to know it.
        """
        secret = self.needed_secret()
        if secret == self.settings.secret:
            check_secret(self.database, secret, self.clock())
        return secret

    def membership(self) -> Membership:
        """Put together what members' use cases work with; it needs the secret."""
        members = self.settings.members
        return Membership(
            database=self.database,
            site=self.settings.site,
            digests={one.key: one for one in self.settings.digests if not one.parent},
            categories={one.slug: one for one in self.settings.categories},
            sources={source.key: source for source in self.settings.sources},
            secret=self.checked_secret,
            confirm_within=members.confirm_within,
            mails_per_address=members.mails_per_address,
            signups_per_network=members.signups_per_network,
            consent=members.consent,
            privacy=members.privacy,
            clock=self.clock,
            beside=departed_file(self._counter),
        )

    def transport(self) -> Transport:
        """Open the way on which single mails leave: routed, and signed."""
        return posting.single(self.settings, self.database, self.clock)

    def pool(self) -> Pool:
        """Open the connections on which issues leave."""
        return posting.pool(self.settings, self.database, self.clock)

    def signer(self) -> Signer | None:
        """What signs mails; None where the settings name no key."""
        return posting.signer(self.settings.mail)

    def templates(self, language: str = "", zone: str = "") -> Templates:
        """Make templates, the site's own folder first."""
        site, own = self.settings.site, self.settings.templates_folder
        return templates(
            [own] if own else [],
            language=language or site.language,
            zone=zone or site.timezone,
            has_issues=bool(self.settings.digests),
        )

    def standing(self) -> Standing:
        """Look at how the desk stands."""
        return standing(
            self.database,
            self.settings.sources,
            self.editions,
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


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


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
