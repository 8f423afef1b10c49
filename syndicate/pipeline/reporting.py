"""The weekly report to the desk: once a period."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.digest.choosing.windows import window
from syndicate.digest.drawing.render import Rendered
from syndicate.model import Category, Digest, Member, Site, Source
from syndicate.pipeline.elsewhere import with_new_addresses
from syndicate.pipeline.health import Healths, healths
from syndicate.pipeline.labelfigures import LabelFacts
from syndicate.pipeline.mailing.deskpost import (
    ALARMS,
    Bulletin,
    DeskPost,
    Drawn,
    deliver,
)
from syndicate.pipeline.mailing.mailweek import MailFacts
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
    mailweek,
    reports,
    reviews,
    traffic,
)
from syndicate.store.reports import ReportState, StoredReport
from syndicate.templating import Templates

WEEKLY = "sources"
"""Kind of the report that comes by itself."""
ASKED = "sources-asked"
"""Kind of the report that a person asked for."""
WEEK = timedelta(days=7)
LATE = timedelta(days=1)
"""The very first report does not come later than this after its time."""


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
    digests: Sequence[Digest] = ()
    """Every digest in every cadence: of whose mail it is told."""
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

    @property
    def post(self) -> DeskPost:
        """What writing to the desk works with."""
        return DeskPost(
            database=self.database,
            site=self.site,
            readers=self.readers,
            sender=self.sender,
            language=self.language,
            zone=self.zone,
            templates=self.templates,
            stopping=self.stopping,
        )


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
        mail = _mail(connection, work, start, end)
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
            mail=mail,
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


def _mail(
    connection: Connection, work: Reporting, start: datetime, end: datetime
) -> MailFacts:
    raised = reports.begun(connection, ALARMS, start, end)
    return MailFacts(
        week=mailweek.week(connection, start, end),
        titles={one.key: one.title for one in work.digests},
        alarms=[title for one in raised for title in one.detail.findings],
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
    def drawn() -> Drawn:
        made, told = report_of(work, period.start, period.end, clock())
        return Drawn(draw(made, work.site, work.templates()), told)

    bulletin = Bulletin(
        kind=period.kind,
        start=period.start,
        date=period.end,
        draw=drawn,
        again=period.kind == WEEKLY,
    )
    return deliver(work.post, transport, bulletin, clock)
