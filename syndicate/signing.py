"""Signed words for links and envelopes, and marks of what must not be kept in clear.

A token is 32 characters of a–z 2–7, whatever it stands for: it fits a URL, and the
local part of an address that some relay puts into capitals. It holds a number (of a
subscription, a delivery, a letter) and an expiry, both masked, so that nothing can be
read from it or counted; 88 bits of HMAC-SHA256 say that it is ours. A token of one
purpose is worth nothing for another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from functools import lru_cache

LENGTH = 32
"""Characters of every token."""
_NUMBER, _EXPIRY, _MAC = 5, 4, 11
"""Bytes of the parts; together 20, which base32 writes without padding."""
_MINUTE = 60


def token(
    secret: str, purpose: str, number: int, expires: datetime | None = None
) -> str:
    """Return the token of ``number`` for ``purpose``; the same words, the same token.

    ``expires`` counts to the minute, rounded up; None is never. Raises
    :class:`OverflowError` for a number that has more than 40 bits.
    """
    minutes = -(-int(expires.timestamp()) // _MINUTE) if expires else 0
    plain = number.to_bytes(_NUMBER, "big") + minutes.to_bytes(_EXPIRY, "big")
    key = _key(secret, purpose)
    mac = hmac.digest(key, plain, "sha256")[:_MAC]
    return base64.b32encode(mac + _masked(key, mac, plain)).decode("ascii").lower()


def number_of(secret: str, purpose: str, word: str, now: datetime) -> int | None:
    """Return the number in a token; None if it is not ours, or its time is over.

    Compared in constant time; capitals and small letters are the same.
    """
    try:
        whole = base64.b32decode(word.upper().encode("ascii"))
    except (ValueError, UnicodeEncodeError):
        return None
    if len(word) != LENGTH:
        return None
    key, mac = _key(secret, purpose), whole[:_MAC]
    plain = _masked(key, mac, whole[_MAC:])
    if not hmac.compare_digest(mac, hmac.digest(key, plain, "sha256")[:_MAC]):
        return None
    minutes = int.from_bytes(plain[_NUMBER:], "big")
    if minutes and now >= datetime.fromtimestamp(minutes * _MINUTE, UTC):
        return None
    return int.from_bytes(plain[:_NUMBER], "big")


def mark(secret: str, purpose: str, *words: str) -> str:
    """Return the mark of ``words``: 40 hex digits, the same for ever.

    Nobody can tell the words from it, nor make it, without the secret.
    """
    said = "\0".join(words).encode("utf-8", "surrogatepass")
    return hmac.digest(_key(secret, purpose), said, "sha256")[:20].hex()


@lru_cache(maxsize=32)
def _key(secret: str, purpose: str) -> bytes:
    said = f"syndicate\0{purpose}".encode()
    return hmac.digest(secret.encode("utf-8"), said, "sha256")


def _masked(key: bytes, mac: bytes, plain: bytes) -> bytes:
    """Hide, or show again, what a token holds: a stream that its own MAC begins."""
    stream = hashlib.sha256(key + mac).digest()
    return bytes(one ^ other for one, other in zip(plain, stream, strict=False))
