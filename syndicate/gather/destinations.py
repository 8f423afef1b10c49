"""Addresses that may be asked, and where a redirect leads (pure)."""

from __future__ import annotations

import re

from yarl import URL

from syndicate.errors import AddressRefused, BadAnswer, Unreachable
from syndicate.ports import Hop

_LONGEST = 8_000
# Bytes of a header that were not UTF-8: browsers send them on as they came.
_STRAY = re.compile("[\udc80-\udcff]")


def checked(url: str) -> URL:
    """Parse an address that may be asked; AddressRefused or Unreachable if not."""
    try:
        address = URL(url)
        host, port = address.raw_host, address.port
    except ValueError as error:
        raise Unreachable(url, f"not an address: {shortened(error)}") from error
    if address.scheme not in {"http", "https"}:
        raise AddressRefused(url, "only http and https are asked")
    if address.raw_user or address.raw_password:
        raise AddressRefused(url, "an address with a name or password in it")
    if not host or port == 0:
        raise Unreachable(url, "the address names no host")
    if len(url) > _LONGEST:
        raise Unreachable(url[:200], f"an address of more than {_LONGEST:,} letters")
    return address.with_fragment(None) if address.raw_fragment else address


def joined(address: URL, location: str, status: int) -> str:
    """Return where ``Location`` leads from ``address``; BadAnswer if nowhere."""
    escaped = _STRAY.sub(lambda stray: f"%{ord(stray[0]) - 0xDC00:02X}", location)
    try:
        return str(address.join(URL(one_line(escaped))))
    except ValueError as error:
        raise BadAnswer(
            str(address),
            status,
            f"redirects to what is no address: {shortened(error)}",
        ) from error


def followed(hop: Hop, asked: str, hops: list[Hop], most: int) -> URL:
    """Note a redirect in ``hops`` and return where it leads.

    Raises BadAnswer for a circle and for more than ``most`` redirects; ``asked`` is
    the address that all began with.
    """
    address = checked(hop.to)
    target = str(address)
    if target == str(checked(asked)) or any(each.to == target for each in hops):
        said = f"redirects in a circle, back to {target}"
        raise BadAnswer(asked, hop.status, said)
    hops.append(Hop(status=hop.status, to=target))
    if len(hops) > most:
        raise BadAnswer(asked, hop.status, f"more than {most} redirects")
    return address


def one_line(value: str) -> str:
    """A header value of our own must never carry a line end."""
    if value.isprintable():
        return value.strip()
    return "".join(each for each in value if each.isprintable()).strip()


def shortened(error: BaseException) -> str:
    """Say in a line what an error says."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 160 else text[:159] + "…"
