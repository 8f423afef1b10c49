"""What comes back, read every few minutes beside everything else.

In a thread of its own: a mailbox that does not answer must keep neither sources nor
letters waiting, and a flood of bounces no issue.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from threading import Event, Thread

from syndicate.errors import SyndicateError
from syndicate.pipeline.membership.bouncing import Bouncing, prune, settle_clean
from syndicate.pipeline.membership.boxes import AT_A_LOOK, read_box
from syndicate.ports import Box

log = logging.getLogger(__name__)

PAUSE = timedelta(minutes=5)
"""Between two looks; after a look that ended at its limit there is none."""
LONGEST_PAUSE = timedelta(hours=1)
"""How long a mailbox is left alone that cannot be read; it doubles."""
TOLD_AFTER = 3
"""Looks in succession that fail before the desk is told: about half an hour."""
TIDY = timedelta(hours=1)
FAREWELL = 10.0
"""Seconds that a portion under way has when the desk is to end."""


class Returns:
    """Reads the mailbox from :meth:`start` to :meth:`stop`, and forgives in time."""

    def __init__(
        self,
        work: Bouncing,
        box: Callable[[], Box] | None,
        *,
        clock: Callable[[], datetime],
        on_trouble: Callable[[str], object] = lambda _why: None,
        pause: timedelta = PAUSE,
    ) -> None:
        self._work = work
        self._box = box
        self._clock = clock
        self._on_trouble = on_trouble
        self._pause = pause
        self._failures = 0
        self._tidied: datetime | None = None
        self._ended = Event()
        # A daemon: what it was reading is unread still, and counts once.
        self._thread = Thread(target=self._run, name="returns", daemon=True)

    def start(self) -> None:
        """Begin with a look."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no other portion, and wait a little for the one under way."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(FAREWELL)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._ended.wait(self.look().total_seconds())

    def look(self) -> timedelta:
        """Look once; gives how long to wait until the next time."""
        try:
            whole = self._read()
            self._tidy()
        except SyndicateError as error:
            return self._failed(str(error))
        except Exception as error:  # a fault of ours must not end the thread
            log.exception("bounces")
            return self._failed(f"{type(error).__name__}: {error}")
        self._failures = 0
        return self._pause if whole else timedelta(seconds=1)

    def _failed(self, why: str) -> timedelta:
        log.error("bounces: %s", why)
        self._failures += 1
        if self._failures >= TOLD_AFTER:
            try:
                self._on_trouble(why)
            except Exception:  # who cannot be told can read the log
                log.exception("bounces: the desk could not be told")
        longer: timedelta = self._pause * int(2 ** min(self._failures, 10))
        return min(longer, LONGEST_PAUSE)

    def _read(self) -> bool:
        """Say whether all that was there has been read."""
        if self._box is None:
            return True
        with closing(self._box()) as box:
            taken = read_box(self._work, box, self._clock)
        if taken.messages:
            said = ", ".join(f"{kind} {n}" for kind, n in sorted(taken.kinds.items()))
            log.info("bounces: %s; %d for the desk", said, taken.unknown)
        return taken.messages < AT_A_LOOK

    def _tidy(self) -> None:
        now = self._clock()
        if self._tidied is not None and abs(now - self._tidied) < TIDY:
            return
        self._tidied = now
        well = settle_clean(self._work, now)
        if well:
            log.info("bounces: %d addresses work again", well)
        prune(self._work, now)
