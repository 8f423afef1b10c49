"""What is due now, in the order of the sentence: gather, publish, mail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from syndicate.digest.post.pool import Pool
from syndicate.errors import SyndicateError
from syndicate.model import (
    DeliveryState,
    Digest,
    Source,
    Visit,
)
from syndicate.pipeline.filing import Filing
from syndicate.pipeline.finding import catch_up
from syndicate.pipeline.gathering import due_sources, gather
from syndicate.pipeline.keeping import purge, reindex
from syndicate.pipeline.mailing.consulting import Consulting
from syndicate.pipeline.mailing.copies import Mailing
from syndicate.pipeline.publishing import (
    Publishing,
    is_due,
    look_over,
    publish,
    tidy,
)
from syndicate.pipeline.reporting import Reporting
from syndicate.pipeline.reporting import report_due as report
from syndicate.pipeline.visiting import Gathering
from syndicate.ports import Fetcher, Transport
from syndicate.schedule.consulting import (
    Newsroom,
    alarm_due,
    ask_due,
    on_refused,
    on_stopped,
)
from syndicate.schedule.mailing import Mailroom, Post, compose_due
from syndicate.schedule.pushing import Pushing, push_due
from syndicate.store import Database

log = logging.getLogger(__name__)

UNTOUCHED = timedelta(minutes=15)
"""After how long we see whether all documents are there."""
AT_A_TIME = timedelta(seconds=20)
"""How long documents are written before gathering has its turn again."""
DAILY = timedelta(days=1)
PATIENCE = 0.2
"""Seconds until a desk that is to end is noticed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long articles are kept; zero is for ever."""

    retention: timedelta
    desk: Filing


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
    pool: Callable[[], Pool]
    """Opens the connections on which issues leave; ``transport`` is for one mail."""
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]
    """True once the desk is being shut down: no further work is begun."""
    reporting: Reporting | None = None
    """None where nobody is to get the weekly report."""
    consulting: Consulting | None = None
    """How editors are asked; None where there is no digest."""
    pushing: Pushing | None = None
    """None where no hub is to be asked."""
    keeping: Keeping | None = None
    """None where nothing is purged."""
    on_published: Callable[[], None] = lambda: None
    """Called when documents have changed: the hub tells it at once."""


@dataclass(slots=True)
class Published:
    """What the desk did when; one that just began knows nothing."""

    looked_at: datetime | None = None
    """When we last saw whether they are all there."""
    purged_at: datetime | None = None
    """When old articles were last removed."""
    mailroom: Mailroom = field(default_factory=Mailroom)


def tick(desk: Desk, published: Published) -> None:
    """Do what is due. What goes wrong in one part is logged and stops no other."""

    def publish_due(desk: Desk) -> None:
        publish_changed(desk, published)

    def mail(desk: Desk) -> None:
        mail_due(desk, published.mailroom)

    def keep_due(desk: Desk) -> None:
        purge_due(desk, published)

    for part in (gather_due, hear_hubs, publish_due, mail, report_due, keep_due):
        if desk.stopping():
            return
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
        # A search would do it, too, and take the longer for it.
        catch_up(desk.database)


async def _gather(desk: Desk, due: Sequence[Source]) -> None:
    """Visit ``due``; a desk that is to end does not wait for slow servers."""
    async with desk.fetcher() as fetcher:
        work = desk.gathering(fetcher)
        try:
            visits = asyncio.ensure_future(gather(work, due, on_visit=_tell))
            while not visits.done() and not desk.stopping():
                await asyncio.wait({visits}, timeout=PATIENCE)
            visits.cancel()  # what was filed is kept, the rest is asked again
            with suppress(asyncio.CancelledError):
                await visits
        finally:
            # Minutes pass until the next tick: reading processes need not wait here.
            work.reader.close()


def _tell(visit: Visit) -> None:
    told = ", ".join(f"{n} {o.value}" for o, n in visit.outcomes.items())
    level = logging.WARNING if visit.error else logging.INFO
    log.log(level, "%s: %s", visit.source, visit.error or told or "unchanged")
    for detail in visit.details:
        log.warning("%s: %s", visit.source, detail)


def hear_hubs(desk: Desk) -> None:
    """Read what hubs have pushed, and ask those that are due."""
    if desk.pushing is not None:
        push_due(desk.pushing, on_visit=_tell)


def purge_due(desk: Desk, last: Published) -> None:
    """Remove what is older than the settings keep, once a day."""
    now = desk.clock()
    if desk.keeping is None:
        return
    if last.purged_at is not None and now - last.purged_at < DAILY:
        return
    # What an older version kept, a part each day.
    reindex(desk.database, desk=desk.keeping.desk)
    gone = purge(desk.database, desk.keeping.retention, now, desk.keeping.desk)
    tidy(desk.publishing, now)
    last.purged_at = now
    if gone:
        log.info("purged: %d articles", gone)


def publish_changed(desk: Desk, last: Published) -> None:
    """Publish what has changed; now and then see whether all documents are there.

    A desk that just began looks at its settings, too. What takes long goes on at the
    next tick, and so does what another process is publishing just now.
    """
    now = desk.clock()
    if last.looked_at is None or now - last.looked_at >= UNTOUCHED:
        look_over(desk.publishing)
        last.looked_at = now
    elif not is_due(desk.publishing, now):
        return

    def stopping() -> bool:
        return desk.stopping() or desk.clock() - now >= AT_A_TIME

    written = publish(desk.publishing, now, wait=False, stopping=stopping)
    if written.changed:
        desk.on_published()
        log.info("published: %d documents", len(written.changed))
    for path, why in written.failed:
        log.error("%s", why if path in why else f"{path}: {why}")


def mail_due(desk: Desk, mailroom: Mailroom) -> None:
    """Compose the issues whose window is whole; have those sent that may go out."""
    if desk.mailing is None:
        return
    post = Post(
        mailing=desk.mailing,
        digests=desk.digests,
        pool=desk.pool,
        clock=desk.clock,
        stopping=desk.stopping,
    )
    if desk.consulting is None:
        compose_due(post)
        mailroom.send(post)
        return
    newsroom = Newsroom(work=desk.consulting, digests=desk.digests)
    compose_due(post)
    ask_due(newsroom)
    mailroom.send(
        replace(
            post,
            on_alarm=partial(on_refused, newsroom),
            on_stopped=partial(on_stopped, newsroom),
        )
    )
    alarm_due(newsroom)


def report_due(desk: Desk) -> None:
    """Send the weekly report on the sources, once its time has come."""
    if desk.reporting is None:
        return
    sent = report(desk.reporting, desk.transport, clock=desk.clock)
    for copy in sent.detail.copies if sent else ():
        accepted = copy.state is DeliveryState.ACCEPTED
        level = logging.INFO if accepted else logging.WARNING
        said = f": {copy.said}" * (not accepted)
        log.log(level, "report: %s %s%s", copy.address, copy.state.value, said)
