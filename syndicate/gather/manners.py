"""Manners towards hosts: one request at a time, and a pause between two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import SystemRandom

_SPREAD = 0.1


class Turns:
    """Who may ask now: one per host, ``gap`` seconds apart, ``parallel`` in all."""

    def __init__(self, gap: float, parallel: int) -> None:
        self._gap = gap
        self._slots = asyncio.Semaphore(parallel)
        self._locks: dict[str, asyncio.Lock] = {}
        self._free_at: dict[str, float] = {}
        self._random = SystemRandom()

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn with ``host``, and hold it while inside."""
        clock = asyncio.get_running_loop().time
        # The pause is spent before a slot is taken, so slow hosts block no others.
        async with self._locks.setdefault(host, asyncio.Lock()):
            await asyncio.sleep(max(self._free_at.get(host, 0.0) - clock(), 0.0))
            async with self._slots:
                try:
                    yield
                finally:
                    self._free_at[host] = clock() + self._pause()

    def _pause(self) -> float:
        return self._gap * self._random.uniform(1.0, 1.0 + _SPREAD)
