"""Whether a desk may send: what receivers look at, before the first mail.

What is found is a code with its words; the sentences stand with the command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from ipaddress import ip_address
from urllib.parse import urlsplit

from syndicate.digest import addresses
from syndicate.digest.post.names import Names, UnaskedError
from syndicate.digest.post.probing import Probe
from syndicate.digest.post.publickeys import tags_of
from syndicate.errors import MailError

CERTIFICATE = timedelta(days=7)
"""A relay's certificate that ends sooner is told."""
_LONGEST = 200


class Level(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one check ended."""

    check: str
    level: Level
    code: str
    about: str = ""
    """The domain, address or relay that was looked at."""
    value: str = ""
    """What was found there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A way on which mail leaves, and how it is looked at."""

    name: str
    probe: Callable[[], Probe] | None
    """None for a folder or a program: there is no line to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the settings say."""

    has_secret: bool
    has_digests: bool
    has_report_readers: bool
    base_url: str
    sender: str
    bounce_domain: str
    relays: Sequence[Relay]
    records: Sequence[tuple[str, str]] = ()
    """(name, text) of the records by which our signatures are checked."""
    key_trouble: str = ""
    """Why mails cannot be signed as the settings have it."""


def examine(desk: Desk, names: Names | None, now: datetime) -> Iterator[Finding]:
    """Yield what each check found, as it is found; ``names`` is None offline."""
    yield from _settings(desk)
    try:
        domain = addresses.domain_of(addresses.writer(desk.sender)[1])
        bounces = _ascii(desk.bounce_domain) or domain
    except MailError as error:
        yield _finding("sender", Level.FAIL, "sender-none", value=str(error))
    else:
        for check, about, look in (
            ("spf", bounces, _spf),
            ("dmarc", domain, _dmarc),
        ):
            yield from _asked(check, about, names, look)
        yield from _dkim(desk, names)
        yield from _bounces(desk, bounces, names)
    for relay in desk.relays:
        yield from _relay(relay, names, now)


# ── Settings ──


def _settings(desk: Desk) -> Iterator[Finding]:
    if desk.has_secret:
        yield _finding("secret", Level.OK, "secret-set")
    else:
        level = Level.FAIL if desk.has_digests else Level.WARN
        yield _finding("secret", level, "secret-none")
    if desk.has_report_readers:
        yield _finding("report", Level.OK, "report-set")
    else:
        yield _finding("report", Level.WARN, "report-none")
    yield _base_url(desk.base_url)


def _base_url(url: str) -> Finding:
    parts = urlsplit(url)
    if addresses.is_loopback(parts.hostname or ""):
        return _finding("base_url", Level.WARN, "url-loopback", url)
    if parts.scheme != "https":
        return _finding("base_url", Level.WARN, "url-clear", url)
    return _finding("base_url", Level.OK, "url-https", url)


# ── The sender's domain ──


def _asked(
    check: str,
    about: str,
    names: Names | None,
    look: Callable[[str, Names], Finding],
) -> Iterator[Finding]:
    """Look, where anybody can be asked."""
    if names is None:
        yield _finding(check, Level.SKIPPED, "offline", about)
        return
    try:
        yield look(about, names)
    except UnaskedError as error:
        yield _finding(check, Level.WARN, "unasked", about, str(error))


def _spf(domain: str, names: Names) -> Finding:
    """RFC 7208 §4.5: one record that begins so, and not two."""
    found = [
        text
        for text in names.texts(domain)
        if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")
    ]
    if not found:
        return _finding("spf", Level.FAIL, "spf-none", domain)
    if len(found) > 1:
        return _finding("spf", Level.FAIL, "spf-several", domain, " | ".join(found))
    if {"all", "+all"} & set(found[0].lower().split()):
        return _finding("spf", Level.WARN, "spf-everybody", domain, found[0])
    return _finding("spf", Level.OK, "spf-found", domain, found[0])


def _dmarc(domain: str, names: Names) -> Finding:
    """RFC 7489 §6.6.3: the domain's own record, else one of a domain above it."""
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        above = ".".join(labels[start:])
        found = [
            text
            for text in names.texts(f"_dmarc.{above}")
            if tags_of(text).get("v") == "DMARC1"
        ]
        if len(found) > 1:
            return _finding("dmarc", Level.FAIL, "dmarc-several", above)
        if found:
            return _dmarc_of(found[0], above)
    return _finding("dmarc", Level.FAIL, "dmarc-none", domain)


def _dmarc_of(record: str, domain: str) -> Finding:
    if tags_of(record).get("p", "").lower() not in ("none", "quarantine", "reject"):
        return _finding("dmarc", Level.FAIL, "dmarc-broken", domain, record)
    return _finding("dmarc", Level.OK, "dmarc-found", domain, record)


def _dkim(desk: Desk, names: Names | None) -> Iterator[Finding]:
    if desk.key_trouble:
        yield _finding("dkim", Level.FAIL, "dkim-broken", value=desk.key_trouble)
    elif not desk.records:
        yield _finding("dkim", Level.WARN, "dkim-unsigned")
    for name, text in desk.records:
        yield from _asked("dkim", name, names, partial(_key, tags_of(text)))


def _key(ours: dict[str, str], name: str, names: Names) -> Finding:
    """Compare what is published with what we sign with (RFC 6376 §3.6.1)."""
    found = names.texts(name)
    if len(found) != 1:
        code = "dkim-several" if found else "dkim-none"
        return _finding("dkim", Level.FAIL, code, name)
    tags = tags_of(found[0])
    if wrong := _unfit(tags, ours):
        return _finding("dkim", Level.FAIL, wrong, name, found[0])
    if "y" in _listed(tags.get("t", "")):
        return _finding("dkim", Level.WARN, "dkim-testing", name)
    return _finding("dkim", Level.OK, "dkim-same", name)


def _unfit(tags: dict[str, str], ours: dict[str, str]) -> str:
    """Return the code of what is wrong with a published key; "" if nothing is."""
    key = "".join(tags.get("p", "").split())
    if (tags.get("k", "rsa"), key) != (ours.get("k", "rsa"), ours["p"]):
        return "dkim-other" if key or "p" not in tags else "dkim-revoked"
    return "dkim-forbids" if _forbids(tags) else ""


def _forbids(tags: dict[str, str]) -> bool:
    """Tell whether the record is of another version, not for mail, or our hash."""
    return (
        tags.get("v", "DKIM1") != "DKIM1"
        or not {"*", "email"} & _listed(tags.get("s", "*"))
        or "sha256" not in _listed(tags.get("h", "sha256"))
    )


def _listed(words: str) -> set[str]:
    return {word.strip() for word in words.split(":")}


def _bounces(desk: Desk, domain: str, names: Names | None) -> Iterator[Finding]:
    if not desk.bounce_domain:
        yield _finding("bounces", Level.WARN, "bounces-unset", domain)
    yield from _asked("mx", domain, names, _mx)


def _mx(domain: str, names: Names) -> Finding:
    hosts = names.exchangers(domain)
    if hosts == ("",):  # RFC 7505: it takes no mail
        return _finding("mx", Level.FAIL, "mx-refuses", domain)
    if hosts:
        return _finding("mx", Level.OK, "mx-found", domain, ", ".join(hosts))
    if names.addresses(domain):  # RFC 5321 §5.1: then its own host takes it
        return _finding("mx", Level.WARN, "mx-implicit", domain)
    return _finding("mx", Level.FAIL, "mx-none", domain)


# ── Relays ──


def _relay(relay: Relay, names: Names | None, now: datetime) -> Iterator[Finding]:
    if relay.probe is None:
        yield _finding("relay", Level.SKIPPED, "relay-none", relay.name)
        return
    if names is None:
        yield _finding("relay", Level.SKIPPED, "offline", relay.name)
        return
    seen = relay.probe()
    if seen.failure:
        yield _finding("relay", Level.FAIL, "relay-fails", relay.name, seen.failure)
        return
    yield _finding("relay", Level.OK, "relay-answers", relay.name, seen.peer)
    yield _tls(relay.name, seen, now)
    yield from _ptr(seen.peer, names)


def _tls(name: str, seen: Probe, now: datetime) -> Finding:
    if seen.is_secure and seen.ends_at is not None:
        day = seen.ends_at.date().isoformat()
        soon = seen.ends_at - now < CERTIFICATE
        level, code = (Level.WARN, "tls-ends") if soon else (Level.OK, "tls-good")
        return _finding("tls", level, code, name, day)
    if seen.is_local:
        return _finding("tls", Level.OK, "tls-local", name)
    code = "tls-offered" if seen.offers_starttls else "tls-none"
    return _finding("tls", Level.WARN, code, name)


def _ptr(address: str, names: Names) -> Iterator[Finding]:
    """Ask what a relay is called; that of a network of our own is no one's to see."""
    if not address or not ip_address(address).is_global:
        yield _finding("ptr", Level.SKIPPED, "ptr-private", address)
        return
    yield from _asked("ptr", address, names, _called)


def _called(address: str, names: Names) -> Finding:
    """Look for a name that leads back to the address, as receivers do."""
    hosts = names.hosts(address)
    if not hosts:
        return _finding("ptr", Level.WARN, "ptr-none", address)
    wanted = ip_address(address)
    for host in hosts[:10]:
        if wanted in map(ip_address, names.addresses(host)):
            return _finding("ptr", Level.OK, "ptr-found", address, host)
    return _finding("ptr", Level.WARN, "ptr-oneway", address, ", ".join(hosts))


# ── Words ──


def _ascii(domain: str) -> str:
    if not domain:
        return ""
    return addresses.domain_of(addresses.mailbox(f"b@{domain}", "bounce_domain"))


def _finding(
    check: str, level: Level, code: str, about: str = "", value: str = ""
) -> Finding:
    """Make a finding; what a stranger's server said is kept short, and on one line."""
    words = " ".join(value.split())
    plain = "".join(one if one.isprintable() else "\ufffd" for one in words)
    cut = plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
    return Finding(check, level, code, about, cut)
