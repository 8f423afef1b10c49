"""Addresses and addresses of links that may stand in a header, and no others."""

from __future__ import annotations

import ipaddress
import re
from email.utils import parseaddr
from urllib.parse import urlsplit

from syndicate.digest.mime import phrase
from syndicate.errors import MailError
from syndicate.model import Member
from syndicate.text.clean import one_line

_LOCAL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def mailbox(address: str, whose: str) -> str:
    """Return an address fit for the envelope: plain ASCII, the domain in IDNA.

    Raises :class:`~syndicate.errors.MailError` that names ``whose`` for anything
    else: a second address, a line end, a quoted or non-ASCII name before the @.
    """
    local, _at, domain = address.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        ascii_domain = ""
    sound = (
        _LOCAL.fullmatch(local)
        and len(local) <= 64
        and all(_LABEL.fullmatch(label) for label in ascii_domain.split("."))
        and len(local) + len(ascii_domain) < 254
    )
    if not sound:
        raise MailError(f"{whose}: {address!r} is not an e-mail address")
    return f"{local}@{ascii_domain}"


def domain_of(address: str) -> str:
    """Return what stands after the @."""
    return address.rpartition("@")[2]


def person(member: Member) -> str:
    """Return the member as ``To`` has it; a name with a line end is refused."""
    whose = f"member {member.address!r}"
    return person_at(member, mailbox(member.address, whose), whose)


def person_at(member: Member, address: str, whose: str) -> str:
    """Return the same of a member whose address was looked at already."""
    return _named(member.name, address, whose)


def writer(sender: str) -> tuple[str, str]:
    """Read "Bàn tin <ban-tin@ban-tin.example>": the ``From`` line, the address."""
    if re.search(r"[\r\n\x00]", sender):
        raise MailError(f"sender: {sender!r} has a line end in it")
    name, address = parseaddr(sender)
    sound = mailbox(address, "sender")
    return _named(name, sound, "sender"), sound


def unsubscribe_link(url: str, whose: str) -> str:
    """Return the address for ``List-Unsubscribe`` if RFC 8058 allows it.

    It has to be https; plain http is for trying things out on this machine.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    legal = url.isascii() and url.isprintable() and not set(url) & set(' <>,"\\')
    if not host or not legal or len(url) > 200:
        raise MailError(f"{whose}: {url!r} cannot be an unsubscribe link")
    if not url.startswith("https:") and not (
        url.startswith("http:") and is_loopback(host)
    ):
        raise MailError(f"{whose}: the unsubscribe link {url!r} must be https")
    return url


def is_loopback(host: str) -> bool:
    """Tell whether a host name is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _named(name: str, address: str, whose: str) -> str:
    if any(character in name for character in "\r\n\x00"):
        raise MailError(f"{whose}: the name {name!r} has a line end in it")
    shown = phrase(one_line(name)[:100])
    return f"{shown} <{address}>" if shown else f"<{address}>"
