"""By what members are known where their addresses must not stand.

A mark is a keyed hash: who has no secret can neither read an address out of it nor
try out which address it is. It is the same for ever, as long as the secret is.
"""

from __future__ import annotations

from syndicate.signing import mark
from syndicate.text.mailboxes import mailbox

__all__ = ["address_mark", "mailbox", "network_mark"]


def address_mark(secret: str, address: str) -> str:
    """Return the mark of an address, however it is spelt."""
    return mark(secret, "address", mailbox(address))


def network_mark(secret: str, cidr: str) -> str:
    """Return the mark of a network, such as ``203.0.113.0/24``."""
    return mark(secret, "network", cidr)
