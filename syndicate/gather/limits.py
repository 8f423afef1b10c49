"""What a fetch may cost; apart from the client, which is slow to import."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a fetch may cost: seconds, bytes, hops, and requests at once."""

    connect: float = 5.0
    read: float = 20.0
    """The longest silence."""
    total: float = 60.0
    """All hops together, without waiting for a turn."""
    wire: int = 10_000_000
    unpacked: int = 20_000_000
    redirects: int = 5
    gap: float = 2.0
    """Seconds between two requests to one host."""
    parallel: int = 20
