"""Signed, opaque words for links in mails.

A token says nothing about the address and cannot be made without the secret: it is
``HMAC-SHA256(secret, purpose | digest | address)``, 160 bits of it in base32, 32
characters. It is checked by making the tokens of those who could hold it again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

from syndicate.model import Member


def unsubscribe_token(secret: str, digest: str, address: str) -> str:
    """Return the token that takes ``address`` off ``digest``; 32 characters, a–z 2–7.

    The address is compared without regard to case.
    """
    said = f"unsubscribe\0{digest}\0{address.lower()}"
    mac = hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:20]).decode().lower()


def holder(
    token: str, secret: str, digest: str, members: Iterable[Member]
) -> Member | None:
    """Find whose unsubscribe token this is; compared in constant time."""
    found = None
    for member in members:
        made = unsubscribe_token(secret, digest, member.address)
        if hmac.compare_digest(made.encode(), token.encode()):
            found = member
    return found
