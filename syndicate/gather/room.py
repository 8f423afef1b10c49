"""How much of the answers under way may be in memory at once.

A small answer is never kept waiting; of large ones only so many grow at a time. The
others are read no further meanwhile, and their servers wait too.
"""

from __future__ import annotations

import asyncio
from types import TracebackType

SMALL = 1_000_000
"""Bytes of an answer that need no room."""
STEP = 250_000


class Room:
    """Room for ``size`` bytes of what large answers have beyond :data:`SMALL`."""

    def __init__(self, size: int) -> None:
        self.free = size
        self._waiting: list[asyncio.Future[None]] = []
        self._exempt: Share | None = None

    async def take(self, share: Share) -> None:
        """Give a share :data:`STEP` more; wait until there is as much."""
        while self.free < STEP:
            # One answer may always grow: each waiting for the others, none would end.
            if self._exempt in (None, share):
                self._exempt = share
                return
            freed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(freed)
            await freed
        self.free -= STEP
        share.taken += STEP

    def give(self, share: Share) -> None:
        """Take back all that a share has."""
        self.free += share.taken
        share.taken = 0
        if self._exempt is share:
            self._exempt = None
        waiting, self._waiting = self._waiting, []
        for freed in waiting:
            if not freed.done():
                freed.set_result(None)


class Share:
    """What one answer holds of the room; a context manager."""

    __slots__ = ("_room", "covered", "taken")

    def __init__(self, room: Room) -> None:
        self._room = room
        self.taken = 0
        self.covered = SMALL
        """Bytes that it may have."""

    async def grow(self) -> None:
        """Cover :data:`STEP` more."""
        await self._room.take(self)
        self.covered += STEP

    def __enter__(self) -> Share:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.covered > SMALL:
            self._room.give(self)
