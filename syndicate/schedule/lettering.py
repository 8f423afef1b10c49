"""Letters to members, sent beside everything else: within seconds, whatever is due.

In a thread of its own: whoever has just signed up looks into the mailbox now, and
gathering or a large issue can take minutes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread

from syndicate.errors import SyndicateError
from syndicate.pipeline.membership.letters import Lettering, send_letters
from syndicate.ports import Transport

log = logging.getLogger(__name__)

LOOK = 5.0
"""Seconds between two looks: another process may owe letters, and retries come due."""
REST = 60.0
"""Seconds after a failure, which the next look would only repeat."""
TIDY = timedelta(hours=1)
FAREWELL = 10.0
"""Seconds that a letter under way has when the desk is to end."""


class Letters:
    """Sends letters from :meth:`start` to :meth:`stop`."""

    def __init__(
        self,
        work: Lettering,
        transport: Callable[[], Transport],
        *,
        clock: Callable[[], datetime],
        tidy: Callable[[datetime], object] = lambda _now: None,
    ) -> None:
        self._work = work
        self._transport = transport
        self._clock = clock
        self._tidy = tidy
        self._tidied: datetime | None = None
        self._woken = Event()
        self._ended = Event()
        # A daemon: what it was sending is in doubt in the store, and not sent again.
        self._thread = Thread(target=self._run, name="letters", daemon=True)

    def start(self) -> None:
        """Begin; what was left over from before is sent first."""
        self._thread.start()

    def wake(self) -> None:
        """Say that a letter is owed; returns at once."""
        self._woken.set()

    def stop(self) -> None:
        """Begin no other letter, and wait a little for the one under way."""
        self._ended.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(FAREWELL)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._woken.clear()
            if self._send():
                self._woken.wait(LOOK)
            else:
                self._ended.wait(REST)

    def _send(self) -> bool:
        """Say whether it went as it should, whatever the relays said."""
        try:
            send_letters(self._work, self._transport, clock=self._clock)
            now = self._clock()
            if self._tidied is None or abs(now - self._tidied) >= TIDY:
                self._tidy(now)
                self._tidied = now
        except SyndicateError as error:
            log.error("letters: %s", error)
            return False
        except Exception:  # a fault of ours must not end the thread
            log.exception("letters")
            return False
        return True
