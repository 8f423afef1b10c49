"""A word that stands for all that something was made of (pure)."""

from __future__ import annotations

from hashlib import blake2b


def stamp(*parts: str) -> str:
    """Return 24 hexadecimal digits that stand for ``parts``."""
    lengths = ",".join(str(len(part)) for part in parts)
    whole = "".join((lengths, *parts)).encode("utf-8", "surrogatepass")
    return blake2b(whole, digest_size=12).hexdigest()
