"""The mailbox of bounces, watched while a desk serves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from syndicate.cli.reporting import consulting
from syndicate.cli.returning import bouncing, box_of
from syndicate.cli.wire import Wiring
from syndicate.pipeline.mailing.boxalarm import raise_unread
from syndicate.schedule.returning import Returns


@contextmanager
def bounces_read(desk: Wiring, *, scheduled: bool) -> Iterator[None]:
    """Read the mailbox meanwhile, if there is a digest and a clock."""
    if not (scheduled and desk.settings.digests):
        yield
        return
    thread = Returns(
        bouncing(desk),
        box_of(desk),
        clock=desk.clock,
        on_trouble=lambda why: raise_unread(consulting(desk), why, desk.clock()),
    )
    thread.start()
    try:
        yield
    finally:
        thread.stop()
