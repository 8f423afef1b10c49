"""What is due now, in the order of the sentence: gather, publish, mail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass
from datetime import datetime

from syndicate.errors import SyndicateError
from syndicate.model import Digest, IssueState, Source
from syndicate.pipeline.gathering import Gathering, due_sources, gather
from syndicate.pipeline.mailing import (
    EXPIRES,
    Mailing,
    compose_issue,
    send_issue,
)
from syndicate.pipeline.publishing import Publishing, publish
from syndicate.ports import Fetcher, Transport
from syndicate.store import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that a tick works with."""

    database: Database
    sources: Sequence[Source]
    digests: Sequence[Digest]
    fetcher: Callable[[], AbstractAsyncContextManager[Fetcher]]
    gathering: Callable[[Fetcher], Gathering]
    publishing: Publishing
    mailing: Mailing | None
    """None where there is no digest."""
    transport: Callable[[], Transport]
    clock: Callable[[], datetime]


def tick(desk: Desk) -> None:
    """Do what is due. What goes wrong in one part is logged and stops no other."""
    for part in (gather_due, publish_all, mail_due):
        try:
            part(desk)
        except SyndicateError as error:
            log.error("%s: %s", part.__name__, error)
        except Exception:  # a fault of ours must not end the desk
            log.exception("%s", part.__name__)


def gather_due(desk: Desk) -> None:
    """Visit the sources whose time has come."""
    due = due_sources(desk.database, desk.sources, desk.clock())
    if due:
        asyncio.run(_gather(desk, due))


async def _gather(desk: Desk, due: Sequence[Source]) -> None:
    async with desk.fetcher() as fetcher:
        for visit in await gather(desk.gathering(fetcher), due):
            told = ", ".join(f"{n} {o.value}" for o, n in visit.outcomes.items())
            level = logging.WARNING if visit.error else logging.INFO
            log.log(level, "%s: %s", visit.source, visit.error or told or "unchanged")
            for detail in visit.details:
                log.warning("%s: %s", visit.source, detail)


def publish_all(desk: Desk) -> None:
    """Write what is not as it should be; an embargo may have ended."""
    written = publish(desk.publishing, desk.clock())
    if written.changed:
        log.info("published: %d documents", len(written.changed))
    for path, why in written.failed:
        log.error("%s: %s", path, why)


def mail_due(desk: Desk) -> None:
    """Compose the issues whose window is whole; deliver those that may go out."""
    if desk.mailing is None:
        return
    for digest in desk.digests:
        try:
            _mail(desk, desk.mailing, digest)
        except SyndicateError as error:
            log.error('digest "%s": %s', digest.key, error)


def _mail(desk: Desk, mailing: Mailing, digest: Digest) -> None:
    now = desk.clock()
    stored, made = compose_issue(mailing, digest, now)
    if made:
        count = len(stored.issue.items)
        number, state = stored.issue.number, stored.state.value
        log.info("%s no. %d: %s, %d stories", digest.key, number, state, count)
    if stored.state is IssueState.APPROVED and now - stored.issue.end < EXPIRES:
        with closing(desk.transport()) as transport:
            send_issue(mailing, digest, stored, transport, clock=desk.clock)
