"""One run of sending: what it works with, and what is on its way."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from syndicate.digest.post.pool import Handed, Pool
from syndicate.model import Delivery, Digest, Message, Reply
from syndicate.pipeline.mailing.restoring import Counter
from syndicate.store import Connection, Database

OnReply = Callable[[Connection, Delivery, Reply, datetime], None]
OnDelivery = Callable[[Delivery, Reply], None]


def _nothing(*_whatever: object) -> None:
    """Do nothing."""


def _no_name(_copy: Delivery) -> str:
    return ""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be sent, and with what."""

    database: Database
    digest: Digest
    issue_id: int
    pool: Pool
    make: Callable[[Delivery], Message | None]
    """Called in the threads of the pool."""
    clock: Callable[[], datetime]
    sha256: str = ""
    """Of the issue as it is sent: approved otherwise meanwhile, it is sent no more."""
    variant: Callable[[Delivery], str] = _no_name
    """Key of the rendering that a copy has."""
    on_reply: OnReply = _nothing
    """Called in the transaction that settles, for all that was not accepted."""
    on_claim: Callable[[Connection, list[Delivery]], None] = _nothing
    """Called in the transaction that claims."""
    on_delivery: OnDelivery = _nothing
    """Called when that is committed."""
    stopping: Callable[[], bool] = _never
    counter: Counter | None = None
    patience: timedelta = timedelta(0)
    """How long we wait for copies that are due later, such as those of a limit."""
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class Run:
    """One run of sending: what is on its way, and what is still to be noted."""

    task: Task
    flying: dict[int, Delivery] = field(default_factory=dict)
    back: list[Handed] = field(default_factory=list)
    """What came back and is not settled."""
    alarms: dict[str, str] = field(default_factory=dict)
    """Domain → what it said of what we send."""
    renewed_at: datetime | None = None
    is_over: bool = False
    """The issue is no longer to be sent."""
    has_more: bool = False
    """There was more than one transaction should look at."""
