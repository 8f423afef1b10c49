"""The mailbox that bounces come to: read in portions, marked once they are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from syndicate.model import Bounce
from syndicate.pipeline.membership.bouncing import Bouncing
from syndicate.pipeline.membership.intake import looked_at, take_in_all
from syndicate.ports import Arrived, Box

AT_A_LOOK = 2_000
"""Messages that one look takes in; a flood waits for the next."""
TOGETHER = 50
"""Messages that one transaction takes in."""
LOOKED_AT = 200
"""Messages that a look without consequences reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one look at a mailbox came to."""

    messages: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    """How many of which kind."""
    unknown: int = 0
    """How many are nobody's and wait for the desk."""


def read_box(
    work: Bouncing,
    box: Box,
    clock: Callable[[], datetime],
    *,
    most: int = AT_A_LOOK,
    dry_run: bool = False,
    on_bounce: Callable[[Bounce], None] = lambda _bounce: None,
) -> Taken:
    """Take in what is unread, up to ``most``.

    A portion is marked as read after it is kept: whoever dies in between takes it in
    twice, which counts once. ``dry_run`` keeps and marks nothing.

    :raises MailError: the mailbox cannot be read; what was read so far is kept
    """
    kinds: Counter[str] = Counter()
    messages = unknown = 0
    while messages < most and not work.stopping():
        portion = box.waiting(LOOKED_AT if dry_run else min(TOGETHER, most - messages))
        if not portion:
            break
        for bounce in _taken(work, box, portion, clock(), dry_run=dry_run):
            messages += 1
            kinds[bounce.kind.value] += 1
            unknown += bool(bounce.id and bounce.member is None)
            on_bounce(bounce)
        if dry_run:  # the same ones would come again
            break
    return Taken(messages=messages, kinds=kinds, unknown=unknown)


def _taken(
    work: Bouncing, box: Box, portion: list[Arrived], now: datetime, *, dry_run: bool
) -> list[Bounce]:
    arrived = [(one.content, "") for one in portion]
    if dry_run:
        return looked_at(work, arrived, now)
    bounces = take_in_all(work, arrived, now)
    box.done([one.name for one in portion])
    return bounces
