"""The weekly report to the desk: once a period, claimed before it is sent.

As with digests, a mail of which nobody knows whether it left is not sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syndicate.digest.choosing.compose import window
from syndicate.digest.drawing.render import Rendered
from syndicate.digest.writing.notice import Notice, check, notice
from syndicate.errors import SyndicateError
from syndicate.model import (
    Category,
    DeliveryState,
    Digest,
    Member,
    Message,
    Reply,
    Site,
    Source,
)
from syndicate.pipeline.elsewhere import with_new_addresses
from syndicate.pipeline.health import Healths, healths
from syndicate.pipeline.labelfigures import LabelFacts
from syndicate.pipeline.report import (
    Facts,
    Report,
    compose,
    draw,
    first_day,
    marks,
)
from syndicate.pipeline.reviewing import KEPT, draw_checks
from syndicate.ports import Fetcher, Transport
from syndicate.store import (
    Connection,
    Database,
    decisions,
    facts,
    labelled,
    reports,
    reviews,
    traffic,
)
from syndicate.store.reports import (
    ReportCopy,
    ReportDetail,
    ReportState,
    StoredReport,
)
from syndicate.templating import Templates

WEEKLY = "sources"
"""Kind of the report that comes by itself."""
ASKED = "sources-asked"
"""Kind of the report that a person asked for."""
WEEK = timedelta(days=7)
LATE = timedelta(days=1)
"""The very first report does not come later than this after its time."""
RETRY = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240))
"""Pauses after a try that failed; the last one repeats."""
TRIES = 9
"""Together with the pauses this is a day; then the report is old news."""
WAITING = (DeliveryState.PLANNED, DeliveryState.DEFERRED)


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What reporting works with."""

    database: Database
    site: Site
    sources: Sequence[Source]
    categories: Sequence[Category] = ()
    checks: int = 0
    """Labels a week that a person is asked to check."""
    readers: tuple[Member, ...]
    sender: str
    weekday: int
    """Monday is 0."""
    hour: int
    minute: int
    language: str
    zone: str
    templates: Callable[[], Templates]
    fetcher: Callable[[], AbstractAsyncContextManager[Fetcher]] | None = None
    """To look for the new address of feeds that are gone; None: do not look."""
    stopping: Callable[[], bool] = _never
    """True once the desk is being shut down: no further mail is begun."""


def span(work: Reporting, now: datetime) -> tuple[datetime, datetime]:
    """The last whole week of reports, by the clock on the wall."""
    week = Digest(
        key=WEEKLY,
        title=WEEKLY,
        timezone=work.zone,
        weekday=work.weekday,
        hour=work.hour,
        minute=work.minute,
    )
    return window(week, now)


def report_of(
    work: Reporting, start: datetime, end: datetime, now: datetime
) -> tuple[Report, tuple[str, ...]]:
    """The report on ``start`` to ``end`` as things stand ``now``, and its marks."""
    found = _looked_for(work, healths(work.database, work.sources, now))
    with work.database.read() as connection:
        gathered = facts.gathered(connection, start, end)
        asked = traffic.since(connection, first_day(start))
        before = reports.latest(connection, WEEKLY, before=start)
        labels = _labels(connection, work, start, end)
    known = frozenset(before.detail.findings) if before else None
    made = compose(
        Facts(
            start=start,
            end=end,
            healths=found,
            gathered=gathered,
            traffic=asked,
            before=known,
            labels=labels,
        ),
        work.site,
        language=work.language,
        zone=work.zone,
    )
    return made, marks(found)


def _labels(
    connection: Connection, work: Reporting, start: datetime, end: datetime
) -> LabelFacts:
    return LabelFacts(
        figures=labelled.figures(connection, start, end),
        decisions=decisions.latest(connection, before=end),
        waiting=reviews.counts(connection, end - KEPT),
        titles={one.slug: one.title for one in work.categories},
    )


def _looked_for(work: Reporting, found: Healths) -> Healths:
    if work.fetcher is None or not work.sources:
        return found
    way = work.fetcher

    async def look() -> Healths:
        async with way() as fetcher:
            return await with_new_addresses(found, fetcher)

    return asyncio.run(look())


def preview(work: Reporting, now: datetime) -> Rendered:
    """Draw the report on the last seven days; keep and send nothing."""
    made, _marks = report_of(work, now - WEEK, now, now)
    return draw(made, work.site, work.templates())


def report_due(
    work: Reporting,
    transport: Callable[[], Transport],
    *,
    clock: Callable[[], datetime],
) -> StoredReport | None:
    """Send the report of the last week if its time has come and it has not gone out.

    After a downtime of weeks one report comes, on the last of them. None if nothing
    was to do; else how the report stands.
    """
    now = clock()
    start, end = span(work, now)
    with work.database.read() as connection:
        held = reports.find(connection, WEEKLY, start)
        if held is None and not _is_time(connection, end, now):
            return None
    if held is not None and held.state is ReportState.SENT:
        return None
    with work.database.write() as connection:
        draw_checks(connection, work.checks, now)  # so that the report can ask for them
    return _send(work, transport, _Period(WEEKLY, start, end), clock)


def report_now(
    work: Reporting,
    transport: Callable[[], Transport],
    *,
    clock: Callable[[], datetime],
) -> StoredReport | None:
    """Send the report on the last seven days because a person asks for it."""
    now = clock()
    return _send(work, transport, _Period(ASKED, now - WEEK, now), clock)


@dataclass(frozen=True, slots=True)
class _Period:
    kind: str
    start: datetime
    end: datetime


def _is_time(connection: Connection, end: datetime, now: datetime) -> bool:
    """A first report must be on time, and have something to tell of."""
    if reports.latest(connection, WEEKLY) is not None:
        return True
    first = facts.first_visit(connection)
    return now - end <= LATE and first is not None and first < end


def _send(
    work: Reporting,
    transport: Callable[[], Transport],
    period: _Period,
    clock: Callable[[], datetime],
) -> StoredReport | None:
    copies = tuple(ReportCopy(address=one.address) for one in work.readers)
    with work.database.write() as connection:
        held = reports.claim(
            connection,
            period.kind,
            period.start,
            ReportDetail(copies=copies),
            now=clock(),
        )
    if held is None:
        return None
    try:
        made, told = report_of(work, period.start, period.end, clock())
        drawn = draw(made, work.site, work.templates())
        held = replace(held, detail=replace(held.detail, findings=told))
        mails = _mails(work, drawn, period, held)
        held = _hand_over(work, transport, held, mails, clock)
    except Exception as error:
        _close(work, held, clock(), trouble=str(error))
        if isinstance(error, SyndicateError):
            raise
        said = f"the report: {type(error).__name__}: {error}"
        raise SyndicateError(said) from error
    return _close(work, held, clock())


def _mails(
    work: Reporting, drawn: Rendered, period: _Period, held: StoredReport
) -> dict[str, Message]:
    """Make what is still to be sent; all of it is checked before the first leaves."""
    names = {one.address: one for one in work.readers}
    mails: dict[str, Message] = {}
    for copy in held.detail.copies:
        if copy.state in WAITING:
            about = Notice(
                about=period.kind,
                start=period.start,
                date=period.end,
                member=names.get(copy.address, Member(address=copy.address)),
                sender=work.sender,
                language=work.language,
                zone=work.zone,
            )
            mails[copy.address] = notice(drawn, about, work.site)
            check(mails[copy.address])
    return mails


def _hand_over(
    work: Reporting,
    transport: Callable[[], Transport],
    held: StoredReport,
    mails: dict[str, Message],
    clock: Callable[[], datetime],
) -> StoredReport:
    if not mails:
        return held
    way = transport()
    try:
        for address, mail in mails.items():
            if work.stopping():
                break
            sending = Reply(state=DeliveryState.SENDING)
            held = _noted(work, held, address, sending, clock())
            held = _noted(work, held, address, _deliver(way, mail), clock())
    finally:
        way.close()
    return held


def _deliver(way: Transport, mail: Message) -> Reply:
    try:
        return way.send(mail)
    except Exception as error:  # noqa: BLE001 -- a transport must not raise
        said = f"{type(error).__name__}: {error}"
        return Reply(state=DeliveryState.UNCERTAIN, detail=said)


def _noted(
    work: Reporting, held: StoredReport, address: str, reply: Reply, now: datetime
) -> StoredReport:
    """Commit what became of one copy."""
    copies = tuple(
        replace(copy, state=reply.state, said=reply.detail)
        if copy.address == address
        else copy
        for copy in held.detail.copies
    )
    return _kept(work, held, replace(held.detail, copies=copies), held.state, now)


def _close(
    work: Reporting, held: StoredReport, now: datetime, *, trouble: str = ""
) -> StoredReport:
    """Settle the report, or say when those who wait are tried again."""
    detail = held.detail
    if trouble:
        # what was on its way when we stumbled is known by now, or never will be
        with work.database.read() as connection:
            held = reports.find(connection, held.kind, held.start) or held
        copies = tuple(
            replace(copy, said=trouble) if copy.state in WAITING else copy
            for copy in map(reports.rescued, held.detail.copies)
        )
        detail = replace(held.detail, copies=copies)
    states = {copy.state for copy in detail.copies}
    if states == {DeliveryState.ACCEPTED}:
        return _kept(work, held, detail, ReportState.SENT, now)
    due_at = None
    if states & set(WAITING) and detail.attempts < TRIES and held.kind == WEEKLY:
        pause = RETRY[min(detail.attempts, len(RETRY)) - 1]
        due_at = now if work.stopping() else now + pause
    failed = replace(detail, due_at=due_at)
    return _kept(work, held, failed, ReportState.FAILED, now)


def _kept(
    work: Reporting,
    held: StoredReport,
    detail: ReportDetail,
    state: ReportState,
    now: datetime,
) -> StoredReport:
    with work.database.write() as connection:
        reports.keep(connection, held, detail, state, now=now)
    return replace(held, detail=detail, state=state, changed_at=now)
