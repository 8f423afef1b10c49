"""Which addresses may be asked (pure).

The guard looks at addresses, never at names: a name can be made to point anywhere,
and to point elsewhere a second later. It is asked for every attempt to connect, on
every hop, after the name was looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Most telling first: the first that matches names the reason.
_REFUSED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "an unspecified address"),
        ("127.0.0.0/8", "a loopback address"),
        ("169.254.0.0/16", "a link-local address (clouds keep metadata there)"),
        ("10.0.0.0/8", "a private address"),
        ("172.16.0.0/12", "a private address"),
        ("192.168.0.0/16", "a private address"),
        ("100.64.0.0/10", "a carrier's private address"),
        ("168.63.129.16/32", "a cloud's metadata address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "a documentation address"),
        ("192.88.99.0/24", "a reserved address"),
        ("198.18.0.0/15", "a benchmarking address"),
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
        ("::/128", "an unspecified address"),
        ("::1/128", "a loopback address"),
        ("64:ff9b:1::/48", "a private translated address"),
        ("100::/64", "a discard address"),
        ("2001:db8::/32", "a documentation address"),
        ("3fff::/20", "a documentation address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a private address"),
        ("ff00::/8", "a multicast address"),
    )
)
_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")
_GLOBAL_V6 = ip_network("2000::/3")


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Refuses what is not public, except the networks in ``allow``."""

    allow: tuple[Network, ...] = ()

    def refuses(self, address: str) -> str:
        """Say why ``address`` (an IP address in text) is refused; "" if it is not."""
        try:
            value = ip_address(address.partition("%")[0])
        except ValueError:
            return "not an IP address"
        faces = (value, *_embedded(value))
        if any(_within(face, self.allow) for face in faces):
            return ""
        return next((reason for reason in map(_reason, faces) if reason), "")


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(
        address.version == network.version and address in network
        for network in networks
    )


def _embedded(address: Address) -> tuple[IPv4Address, ...]:
    """IPv4 addresses that an IPv6 address is another way of writing."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour]
    if address.teredo:
        found.extend(address.teredo)
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 0xFFFF):
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(each for each in found if each is not None)


def _reason(address: Address) -> str:
    for network, reason in _REFUSED:
        if address.version == network.version and address in network:
            return reason
    known = isinstance(address, IPv4Address) or address in _GLOBAL_V6
    if known or _embedded(address):
        return ""
    return "not a public address"
