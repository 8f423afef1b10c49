"""When: one tick that asks the store what is due. The only door of APScheduler.

One job for everything, because what is due is the store's to know: nothing is
scheduled in memory, so nothing is lost when the process dies. The trap that this
avoids: a job per source with APScheduler's default grace of one second dropped 20 of
40 simultaneous jobs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler


class Clock:
    """Calls ``tick`` every ``seconds`` in a thread of its own, never twice at once."""

    def __init__(
        self, tick: Callable[[], None], *, seconds: float, start_at: datetime
    ) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(1)}
        )
        self._scheduler.add_job(
            tick,
            "interval",
            seconds=seconds,
            next_run_time=start_at,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Let the tick under way end, and begin no other."""
        self._scheduler.shutdown(wait=True)
