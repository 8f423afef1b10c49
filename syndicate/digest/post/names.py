"""Questions to the DNS: the records by which receivers judge a sender."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import dns.reversename

SECONDS = 3.0
"""How long one question may take, all name servers together."""
_SILENCES = 2
"""After so many questions in a row without an answer nobody is asked any more."""


class UnaskedError(Exception):
    """Nobody could be asked, or nobody answered: what stands there is not known."""


class Names(Protocol):
    """What the DNS says; () is a sure "nothing", UnaskedError is "not known"."""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT records of a name, each put together of its strings."""
        ...

    def exchangers(self, domain: str) -> tuple[str, ...]:
        """Return who takes mail for a domain, in order; "" is the "." of RFC 7505."""
        ...

    def addresses(self, host: str) -> tuple[str, ...]:
        """Return the IPv4 and IPv6 addresses of a host."""
        ...

    def hosts(self, address: str) -> tuple[str, ...]:
        """Return what an address is called (PTR)."""
        ...


class DnsNames:
    """Asks the name servers of this machine, or the ones that are given."""

    def __init__(
        self, servers: Sequence[str] = (), port: int = 53, *, seconds: float = SECONDS
    ) -> None:
        self._servers = servers
        self._port = port
        self._seconds = seconds
        self._silences = 0

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT records of a name, each put together of its strings."""
        return tuple(
            b"".join(data.strings).decode("utf-8", "replace")
            for data in self._ask(name, "TXT")
        )

    def exchangers(self, domain: str) -> tuple[str, ...]:
        """Return the hosts that take mail for a domain, the preferred one first."""
        found = sorted(
            (data.preference, _plain(data.exchange)) for data in self._ask(domain, "MX")
        )
        return tuple(host for _preference, host in found)

    def addresses(self, host: str) -> tuple[str, ...]:
        """Return the IPv4 and IPv6 addresses of a host."""
        return tuple(
            str(data.address)
            for kind in ("A", "AAAA")
            for data in self._ask(host, kind)
        )

    def hosts(self, address: str) -> tuple[str, ...]:
        """Return what an address is called (PTR)."""
        try:
            name = dns.reversename.from_address(address).to_text()
        except (dns.exception.DNSException, ValueError) as error:
            raise UnaskedError(str(error)) from error
        return tuple(_plain(data.target) for data in self._ask(name, "PTR"))

    def _ask(self, name: str, kind: str) -> Sequence[Any]:
        if self._silences >= _SILENCES:
            raise UnaskedError("no name server answers")
        try:
            answer = self._resolver().resolve(
                dns.name.from_text(name), kind, search=False, raise_on_no_answer=False
            )
        except dns.resolver.NXDOMAIN:
            self._silences = 0
            return ()
        except dns.resolver.LifetimeTimeout as error:
            self._silences += 1
            raise UnaskedError("no name server answered in time") from error
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise UnaskedError(str(error) or type(error).__name__) from error
        self._silences = 0
        return tuple(answer.rrset or ())

    def _resolver(self) -> dns.resolver.Resolver:
        made = dns.resolver.Resolver(configure=not self._servers)
        if self._servers:
            made.nameservers = list(self._servers)
            made.port = self._port
        made.lifetime = self._seconds
        return made


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower().removesuffix(".")
