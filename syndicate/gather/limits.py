"""What a fetch may cost; apart from the client, which is slow to import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


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
    bodies: int = 32_000_000
    """Bytes of large answers that are under way, all together; see room.py."""
    redirects: int = 5
    gap: float = 2.0
    """Seconds between two requests to one host."""
    parallel: int = 20
    patience: float = 2.0
    """Seconds after which a request no longer counts towards ``parallel``."""
    max_wait: float = 86_400.0
    """Seconds: the longest Retry-After that is obeyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often sources are asked; see gather/cadence.py."""

    start: timedelta = timedelta(hours=1)
    floor: timedelta = timedelta(minutes=15)
    ceiling: timedelta = timedelta(hours=24)
    jitter: float = 0.1
    full_every: timedelta = timedelta(hours=24)
    adopt_after: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading one document may cost."""

    workers: int = 0
    """Processes; 0: one for each core, at most 4."""
    seconds: float = 20.0
    memory: int = 512_000_000
    items: int = 2_000
