"""How mail leaves this desk, put together from the settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from syndicate.cli import show
from syndicate.cli.words import _
from syndicate.config.settings import MailSettings, RelaySettings, Settings
from syndicate.digest import addresses
from syndicate.digest.post.dkim import Signer
from syndicate.digest.post.keys import ED25519_VARIABLE, RSA_VARIABLE
from syndicate.digest.post.pool import Pool, Route
from syndicate.digest.post.routing import RelayLimits, Routing
from syndicate.digest.post.single import RoutedTransport, SignedTransport
from syndicate.digest.post.transports import transport
from syndicate.errors import MailError
from syndicate.model import RelayRecord
from syndicate.ports import Transport
from syndicate.store import Database, relays

Clock = Callable[[], datetime]


def signer(mail: MailSettings) -> Signer | None:
    """Return what signs mails; None if the settings name no key.

    Raises MailError for a key without its selector, a selector without its key, a key
    that is none, and a signature that would say nothing of the sender.
    """
    keys = mail.dkim
    rsa = _pair(keys.selector, keys.key, "dkim_selector", RSA_VARIABLE)
    ed25519 = _pair(
        keys.ed25519_selector,
        keys.ed25519_key,
        "dkim_ed25519_selector",
        ED25519_VARIABLE,
    )
    if rsa is None and ed25519 is None:
        return None
    _line, address = addresses.writer(mail.sender)
    sending = addresses.domain_of(address)
    made = Signer(keys.domain or sending, rsa, ed25519)
    made.check(sending)
    return made


def pool(settings: Settings, database: Database, clock: Clock) -> Pool:
    """Open the connections on which issues leave; what is signed is signed before."""
    mail = settings.mail
    return Pool(_routes(mail), _routing(settings, database, clock), clock=clock)


def single(settings: Settings, database: Database, clock: Clock) -> Transport:
    """Open the way on which single mails leave: routed, and signed."""
    mail = settings.mail
    routing = _routing(settings, database, clock)
    routed = RoutedTransport(_routes(mail), routing, clock=clock)
    key = signer(mail)
    return routed if key is None else SignedTransport(routed, key)


def trouble(settings: Settings, database: Database, clock: Clock) -> list[str]:
    """Say which relays and domains are left alone for now, until when, and why."""
    routing = _routing(settings, database, clock)
    zone = settings.site.timezone
    return [_trouble_line(one, zone) for one in routing.trouble(clock())]


def _trouble_line(record: RelayRecord, zone: str) -> str:
    said = _("the relay {name} is left alone until {when}: {words}")
    if not record.relay:
        said = _("mail to {name} waits until {when}: {words}")
    when = show.local(record.open_until, zone)
    name = record.relay or record.domain
    return said.format(name=name, when=when, words=record.detail)


def _pair(
    selector: str, key: str, setting: str, variable: str
) -> tuple[str, str] | None:
    if selector and not key:
        raise MailError(
            f"{setting} is set in [mail], but {variable} is not; make a key with "
            "`syndicate digest dkim`"
        )
    return (selector, key) if key else None


def _routes(mail: MailSettings) -> list[Route]:
    return [
        Route(name=one.name, open=_opening(one), connections=one.connections)
        for one in mail.relays
    ]


def _opening(relay: RelaySettings) -> Callable[[], Transport]:
    opening = partial(transport, relay.url, user=relay.user, password=relay.password)
    try:
        opening().close()
    except MailError as error:
        raise MailError(f"relay {relay.name}: {error}") from error
    return opening


def _routing(settings: Settings, database: Database, clock: Clock) -> Routing:
    """Take up where the last process left off."""
    now = clock()
    with database.write() as connection:
        relays.prune(connection, now)
        held = relays.held(connection)
    mail = settings.mail
    return Routing(
        [RelayLimits(name=one.name, per_minute=one.per_minute) for one in mail.relays],
        per_domain=dict(mail.per_domain),
        warm_up=mail.warm_up,
        zone=settings.site.timezone,
        held=held,
    )
