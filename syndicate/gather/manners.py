"""Manners towards hosts: one request at a time, and a pause between two.

Also towards ourselves: only so many requests at once, of which those that take long
do not count for ever. Fifty servers that never finish must not keep two hundred good
ones waiting; so after ``patience`` a request gives its slot to the next and goes on
beside it, up to :data:`SOCKETS` times as many in all.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque

SOCKETS = 10
"""Requests under way are at most so many times ``parallel``."""
_SPREAD = 0.1


class Turn:
    """The right to ask a host now; :meth:`end` it."""

    __slots__ = ("_timer", "_turns", "counted", "host")

    def __init__(self, turns: Turns, host: str, patience: float) -> None:
        self.host = host
        self.counted = True
        """It is one of ``parallel``."""
        self._turns = turns
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(patience, turns.give_slot, self)

    def end(self, pause: float) -> None:
        """Let the next one ask; this host only after ``pause`` seconds."""
        self._timer.cancel()
        self._turns.ended(self, pause)


class _Host:
    __slots__ = ("busy", "free_at", "waiting")

    def __init__(self) -> None:
        self.busy = False
        self.free_at = 0.0
        self.waiting: deque[asyncio.Future[None]] = deque()


class Turns:
    """Who may ask now: one per host, ``parallel`` in all.

    Memory is kept for hosts that are asked or were asked within their pause.
    """

    def __init__(self, parallel: int, patience: float) -> None:
        self._patience = patience
        self._slots = asyncio.Semaphore(parallel)
        self._spare = parallel * (SOCKETS - 1)
        self._late: dict[Turn, None] = {}
        """Those beyond their patience that had to keep their slot."""
        self._hosts: dict[str, _Host] = {}
        self._resting: deque[str] = deque()

    def __len__(self) -> int:
        """Count the hosts that are remembered."""
        return len(self._hosts)

    async def take(self, host: str) -> Turn:
        """Wait for a turn with ``host``."""
        loop = asyncio.get_running_loop()
        state = self._hosts.get(host)
        if state is None:
            state = self._hosts[host] = _Host()
        if state.busy:
            await self._wait(host, state)
        state.busy = True
        try:
            # The pause is spent before a slot is taken: it keeps no other waiting.
            pause = state.free_at - loop.time()
            if pause > 0:
                await asyncio.sleep(pause)
            await self._slots.acquire()
        except BaseException:
            self._pass_on(host, state)
            raise
        return Turn(self, host, self._patience)

    def ended(self, turn: Turn, pause: float) -> None:
        """Take a turn back."""
        if turn.counted:
            self._late.pop(turn, None)
            self._slots.release()
        else:
            self._spare += 1
            if self._late:
                self.give_slot(next(iter(self._late)))
        state = self._hosts[turn.host]
        spread = 1 + _SPREAD * random.random()  # noqa: S311 -- spreads, no secret
        state.free_at = asyncio.get_running_loop().time() + pause * spread
        self._pass_on(turn.host, state)

    def give_slot(self, turn: Turn) -> None:
        """Count ``turn`` no more: it takes long."""
        if self._spare:
            self._spare -= 1
            self._late.pop(turn, None)
            turn.counted = False
            self._slots.release()
        else:
            self._late[turn] = None

    async def _wait(self, host: str, state: _Host) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        state.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                state.waiting.remove(turn)
            else:  # it was given in the same moment
                self._pass_on(host, state)
            raise

    def _pass_on(self, host: str, state: _Host) -> None:
        while state.waiting:
            following = state.waiting.popleft()
            if not following.done():
                following.set_result(None)  # the host stays busy: it is theirs now
                return
        state.busy = False
        self._resting.append(host)
        self._forget()

    def _forget(self) -> None:
        """Forget the hosts whose pause is over."""
        now = asyncio.get_running_loop().time()
        while self._resting:
            host = self._resting[0]
            state = self._hosts.get(host)
            if state is not None and not state.busy:
                if state.free_at > now:
                    return
                del self._hosts[host]
            self._resting.popleft()
