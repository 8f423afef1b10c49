"""The hub's worker, in a thread of its own: woken by news, not by the clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from threading import Event, Thread

from syndicate.pipeline.websub.hub import Hubbing
from syndicate.pipeline.websub.hubworker import Teller
from syndicate.ports import Caller

log = logging.getLogger(__name__)

LONGEST = 10.0
"""Seconds that ending may take: a store that hangs must not keep the desk alive."""


class HubThread:
    """Tells followers and hubs from :meth:`start` to :meth:`stop`."""

    def __init__(
        self,
        work: Hubbing,
        caller: Callable[[], AbstractAsyncContextManager[Caller]],
    ) -> None:
        self._work = work
        self._caller = caller
        self._ending = Event()
        self._thread = Thread(target=self._live, name="hub", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._teller: Teller | None = None

    def start(self) -> None:
        """Begin; what was left over from before is told first."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is news, or a wish; from any thread, at any time."""
        loop, teller = self._loop, self._teller
        if loop is not None and teller is not None:
            with suppress(RuntimeError):  # it has just ended
                loop.call_soon_threadsafe(teller.wake)

    def stop(self) -> None:
        """End; calls under way have a few seconds."""
        self._ending.set()
        self.wake()
        if self._thread.is_alive():
            self._thread.join(LONGEST)

    def _live(self) -> None:
        try:
            asyncio.run(self._run())
        except Exception:  # the desk lives on without its hub
            log.exception("hub")

    async def _run(self) -> None:
        async with self._caller() as caller:
            self._teller = Teller(self._work, caller)
            self._loop = asyncio.get_running_loop()
            try:
                await self._teller.run(self._ending.is_set)
            finally:
                self._loop = None
