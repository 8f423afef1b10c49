"""Addresses of relays: ``smtp://``, ``smtps://``, ``lmtp://`` and ``lmtp:PATH``."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from syndicate.errors import MailError

_PORTS = {"smtp": 25, "smtps": 465, "lmtp": 24}
_YES, _NO = ("1", "true", "yes"), ("0", "false", "no")
_ASKS = frozenset({"starttls", "ca"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayAddress:
    """Where and how to connect."""

    host: str = ""
    port: int = 0
    socket: str = ""
    """Path of a socket in place of host and port."""
    lmtp: bool = False
    secure: bool = False
    """TLS from the first byte."""
    starttls: bool = False
    """TLS before anything is said of a message; without it nothing is."""
    ca: str = ""
    """Path of the certificates that are trusted, in place of the system's."""
    user: str = ""
    password: str = ""
    timeout: float = 60.0
    """Seconds for each step; the whole message has three times, the last word ten."""

    def __str__(self) -> str:
        return self.socket or f"{self.host}:{self.port}"

    @property
    def is_local(self) -> bool:
        """What is said stays on this machine."""
        if self.socket or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def read_relay(
    url: str, *, user: str = "", password: str = "", timeout: float = 60.0
) -> RelayAddress:
    """Read the address of a relay.

    ``?starttls=1`` asks for STARTTLS and ``?ca=PATH`` for a certificate of one's own.
    A user or password in the address is used if none is given apart; where there is
    one, STARTTLS is asked for unless the relay is on this machine. Raises
    :class:`~syndicate.errors.MailError`, which repeats no password.
    """
    path = url.removeprefix("lmtp:")
    if path != url and path and not path.startswith("//"):
        return RelayAddress(socket=path, lmtp=True, timeout=timeout)
    parts, port = _parts(url)
    asked = _asked(parts)
    relay = RelayAddress(
        host=parts.hostname or "",
        port=port,
        lmtp=parts.scheme == "lmtp",
        secure=parts.scheme == "smtps",
        ca=_certificates(asked.get("ca", "")),
        user=user or unquote(parts.username or ""),
        password=password or unquote(parts.password or ""),
        timeout=timeout,
    )
    return _with_starttls(relay, asked.get("starttls", "").lower())


def trust(ca: str) -> ssl.SSLContext:
    """Return what a relay's certificate is checked against: ``ca``, or the system's."""
    try:
        return ssl.create_default_context(cafile=ca or None)
    except (OSError, ssl.SSLError) as error:
        said = ca or "the system's list"
        raise MailError(f"{said} holds no certificates: {error}") from error


def _parts(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise MailError(f"the address of the relay: {error}") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise MailError("a relay is smtp://HOST:PORT, smtps://HOST or lmtp://HOST:PORT")
    return parts, port


def _asked(parts: SplitResult) -> dict[str, str]:
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := sorted(set(asked) - _ASKS):
        raise MailError(
            f"the relay {parts.hostname}: ?{unknown[0]}= means nothing here; there is "
            "?starttls=1 and ?ca=PATH"
        )
    return asked


def _certificates(ca: str) -> str:
    if ca:
        trust(ca)
    return ca


def _with_starttls(relay: RelayAddress, wanted: str) -> RelayAddress:
    if wanted not in ("", *_YES, *_NO):
        raise MailError(f"the relay {relay.host}: ?starttls= is 1 or 0")
    in_clear = bool(relay.user) and not relay.secure and not relay.is_local
    if in_clear and wanted in _NO:
        raise MailError(
            f"the relay {relay.host}: a password is not sent in clear; leave out "
            "?starttls=0, or use smtps://"
        )
    starttls = not relay.secure and (wanted in _YES or in_clear)
    return replace(relay, starttls=starttls)
