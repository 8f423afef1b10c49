"""How much may wait: documents that are here and not read yet are memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

BUDGET = 4_000_000
"""Bytes of documents that wait to be read before further sources are asked."""
ABREAST = 16
"""Questions that may bring a document at any moment."""
PATIENCE = 1.0
"""Seconds after which a question counts no more: it waits for a slow server, or for
its turn with a host, and must not hold up others meanwhile."""


class Room:
    """Lets sources be asked as fast as their documents are read, and no faster."""

    def __init__(self, budget: int = BUDGET, abreast: int = ABREAST) -> None:
        self._left = budget
        self._places = abreast
        self._waiters: deque[asyncio.Future[None]] = deque()

    async def wait(self) -> None:
        """Wait until there is room for another document."""
        while self._left <= 0 or self._places <= 0:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            try:
                await waiter
            except asyncio.CancelledError:
                self._wake()  # it may have been woken in vain
                raise

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Count a question until it is answered, or for a while."""
        self._places -= 1
        release = _once(self._one_less)
        timer = asyncio.get_running_loop().call_later(PATIENCE, release)
        try:
            yield
        finally:
            timer.cancel()
            release()

    @contextmanager
    def hold(self, size: int) -> Iterator[None]:
        """Take up room while a document is held."""
        self._left -= size
        try:
            yield
        finally:
            self._left += size
            self._wake()

    def _one_less(self) -> None:
        self._places += 1
        self._wake()

    def _wake(self) -> None:
        """Wake as many as there are places: to wake all would cost more than to ask."""
        woken = 0 if self._left > 0 else self._places
        while self._waiters and woken < self._places:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                woken += 1


def _once(step: Callable[[], None]) -> Callable[[], None]:
    steps = [step]

    def take() -> None:
        if steps:
            steps.pop()()

    return take
