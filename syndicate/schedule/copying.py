"""The copy of the feeds folder, brought up to date beside everything else.

In a thread of its own: the first copy of a large desk takes minutes, and a place that
does not answer must keep neither sources nor hubs waiting.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event, Thread

from syndicate.errors import SyndicateError
from syndicate.pipeline.mirroring import Mirroring, mirror

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)
"""How long a place is left alone that did not take everything; it doubles."""
FAREWELL = 10.0
"""Seconds that documents under way have when the desk is to end."""
_TOLD = 5


class Copying:
    """Copies once it is begun, whenever it is woken, and again after a failure."""

    def __init__(self, work: Mirroring, *, pause: timedelta = FIRST_PAUSE) -> None:
        self._work = work
        self._first = self._pause = pause
        self._woken = Event()
        self._ended = Event()
        # A daemon: what it was sending is in doubt in the store, and sent again.
        self._thread = Thread(target=self._run, name="copying", daemon=True)

    def start(self) -> None:
        """Wait to be woken: at first there may be nothing to copy yet."""
        self._thread.start()

    def wake(self) -> None:
        """Say that something was published; returns at once."""
        self._woken.set()

    def stop(self) -> None:
        """Begin nothing new, and wait a little for what is under way."""
        self._ended.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(FAREWELL)

    def _run(self) -> None:
        failed = False
        while not self._ended.is_set():
            if failed:  # news do not make a place answer sooner
                self._ended.wait(self._pause.total_seconds())
            else:
                self._woken.wait()
            if self._ended.is_set():
                return
            self._woken.clear()
            failed = not self._copy()
            longer = min(self._pause * 2, LONGEST_PAUSE)
            self._pause = longer if failed else self._first

    def _copy(self) -> bool:
        """Say whether the copy has everything now."""
        try:
            done = mirror(self._work)
        except SyndicateError as error:
            log.error("copy: %s", error)
            return False
        except Exception:  # a fault of ours must not end the thread
            log.exception("copy")
            return False
        if done.uploaded or done.removed:
            log.info(
                "copied: %d documents, %d removed",
                len(done.uploaded),
                len(done.removed),
            )
        for _path, why in done.failed[:_TOLD]:
            log.error("copy: %s", why)
        waiting = len(done.failed) + done.left
        if waiting:
            log.error("copy: %d documents wait", waiting)
        return not waiting
