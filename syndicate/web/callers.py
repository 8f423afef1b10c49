"""Who asks: the address at the other end, or behind our own reverse proxies.

``X-Forwarded-For`` is a list to which each proxy adds whom it saw, on the right;
whoever asks can begin it with anything. So it is read from the right, and only as far
as networks that ``[web] proxies`` names have written it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_LONGEST = 4_096
"""Bytes of the header that are looked at, from the right."""
_HOPS = 32
log = logging.getLogger(__name__)


def networks(said: Iterable[str]) -> tuple[Network, ...]:
    """Read networks in CIDR form, as the settings have checked them."""
    return tuple(ip_network(one, strict=False) for one in said)


def address_of(text: str) -> Address | None:
    """Read an address as proxies write it: bare, in brackets, with a port."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def caller(
    peer: str, headers: Iterable[tuple[bytes, bytes]], proxies: Sequence[Network]
) -> str:
    """Return the address of who asks; ``peer`` is who the connection is with."""
    nearest = address_of(peer)
    if nearest is None or not _is_ours(nearest, proxies):
        return str(nearest or peer)
    for hop in _hops(headers):
        address = address_of(hop)
        if address is None:  # whatever stands left of it is anybody's word
            break
        nearest = address
        if not _is_ours(address, proxies):
            break
    return str(nearest)


def told(scope: Any, proxies: Sequence[Network]) -> Any:
    """Return an ASGI scope whose client, and scheme, are those at the far end."""
    peer = scope.get("client")
    nearest = address_of(peer[0]) if peer else None
    if nearest is None or not _is_ours(nearest, proxies):
        if nearest is not None and nearest.is_loopback:
            _wonder(scope["headers"])
        return scope
    changed: dict[str, object] = {
        "client": (caller(peer[0], scope["headers"], proxies), 0)
    }
    scheme = _last(scope["headers"], b"x-forwarded-proto").lower()
    if scheme in ("http", "https"):
        changed["scheme"] = scheme
    return {**scope, **changed}


def network_of(address: str) -> str:
    """Return the network that is counted for an address: IPv4 /24, IPv6 /48.

    One customer has many addresses; what is no address stands for itself.
    """
    found = address_of(address)
    if found is None:
        return address[:64]
    width = 24 if found.version == 4 else 48
    return str(ip_network(f"{found}/{width}", strict=False))


@lru_cache(maxsize=1)
def _warn() -> None:
    log.warning(
        "a proxy on this machine passes requests on, and [web] proxies does not name "
        'it: all who ask count as one. Name it there, such as "127.0.0.0/8"'
    )


def _wonder(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Say once that a proxy is perhaps not known to the settings."""
    if any(name == b"x-forwarded-for" for name, _value in headers):
        _warn()


def _is_ours(address: Address, proxies: Sequence[Network]) -> bool:
    return any(
        address.version == network.version and address in network for network in proxies
    )


def _hops(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """The list from the right; several headers are one list (RFC 9110 §5.3)."""
    said = b",".join(value for name, value in headers if name == b"x-forwarded-for")
    hops = said[-_LONGEST:].decode("latin-1").split(",")
    return [hop for hop in reversed(hops) if hop.strip()][:_HOPS]


def _last(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str:
    said = [value for name, value in headers if name == wanted]
    return said[-1].decode("latin-1").rpartition(",")[2].strip() if said else ""
