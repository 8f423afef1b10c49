"""What the store knows of sources as a whole: a few queries, however many there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, and_, case, cast, func, select

from syndicate.model import Dated, Outcome, Relation, Visit
from syndicate.store.codecs import from_json
from syndicate.store.rows import portions
from syndicate.store.schema import entries, visits

NEWEST = 5_000
"""Entries that are looked at for what is wrong with contents."""
AHEAD = timedelta(hours=24)
"""A date that lies further ahead is not believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polls:
    """The log of a source's visits in figures."""

    idle: int = 0
    """Visits that brought nothing new, of those whose HTTP status is known."""
    spared: int = 0
    """Those of them that were answered with 304."""
    idle_days: int = 0
    """Days between the first and the last of them."""
    troubled: int = 0
    """Visits with entries that failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """A source's entries among the newest of the desk."""

    count: int = 0
    ahead: int = 0
    """Whose every date lies more than a day ahead of the visit."""
    garbled: int = 0
    """With characters in the title that no encoding has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What was gathered in a span of time."""

    entries: int = 0
    repeats: int = 0
    """Those of them that tell a story again."""
    by_source: tuple[tuple[str, int], ...] = ()
    """Source and its entries, the most first."""


def polls(connection: Connection, source: str | None = None) -> dict[str, Polls]:
    """The log in figures, by source; of one source alone if it is named."""
    idle = and_(visits.c.not_modified, visits.c.status > 0)
    query = select(
        visits.c.source,
        _number(idle).label("idle"),
        _number(and_(idle, visits.c.status == 304)).label("spared"),
        func.min(case((idle, visits.c.at))).label("since"),
        func.max(case((idle, visits.c.at))).label("until"),
        _number(cast(visits.c.details, String) != "[]").label("troubled"),
    ).group_by(visits.c.source)
    if source is not None:
        query = query.where(visits.c.source == source)
    return {
        row.source: Polls(
            idle=int(row.idle),
            spared=int(row.spared),
            idle_days=(row.until - row.since).days if row.until else 0,
            troubled=int(row.troubled),
        )
        for row in connection.execute(query)
    }


def last_visits(
    connection: Connection, sources: Collection[str], limit: int = 10
) -> dict[str, list[Visit]]:
    """The last visits of each of ``sources``, newest first."""
    found: dict[str, list[Visit]] = {}
    for some in portions(sorted(set(sources))):
        place = (
            func.row_number()
            .over(partition_by=visits.c.source, order_by=visits.c.id.desc())
            .label("place")
        )
        ranked = select(visits.c.id, place).where(visits.c.source.in_(some)).subquery()
        query = (
            select(visits)
            .join(ranked, ranked.c.id == visits.c.id)
            .where(ranked.c.place <= limit)
            .order_by(visits.c.id.desc())
        )
        for row in connection.execute(query):
            found.setdefault(row.source, []).append(_visit(row))
    return found


def first_visit(connection: Connection) -> datetime | None:
    """When the oldest visit of the log was made."""
    query = select(visits.c.at).order_by(visits.c.id).limit(1)
    return connection.execute(query).scalar()


def silent(connection: Connection, sources: Collection[str]) -> set[str]:
    """Those of ``sources`` that have no entry at all."""
    known: set[str] = set()
    for some in portions(sorted(set(sources))):
        query = select(entries.c.source).where(entries.c.source.in_(some)).distinct()
        known.update(connection.scalars(query))
    return set(sources) - known


def recent(connection: Connection, newest: int = NEWEST) -> dict[str, Recent]:
    """The newest entries of the desk in figures, by source.

    Of the newest alone, because articles are large and a desk has a million of them.
    """
    last = connection.execute(select(func.max(entries.c.id))).scalar()
    since = entries.c.id > (last or 0) - newest
    live = and_(since, entries.c.withdrawn_at.is_(None))
    counted = (
        select(
            entries.c.source,
            func.count().label("number"),
            _number(entries.c.title.contains("\ufffd")).label("garbled"),
        )
        .where(live)
        .group_by(entries.c.source)
    )
    undated = select(entries.c.source, entries.c.seen_at, entries.c.dates).where(
        live, entries.c.published_at.is_(None)
    )
    ahead: dict[str, int] = {}
    for row in connection.execute(undated):
        if _lies_ahead(row.dates, row.seen_at):
            ahead[row.source] = ahead.get(row.source, 0) + 1
    return {
        row.source: Recent(
            count=row.number,
            garbled=int(row.garbled),
            ahead=ahead.get(row.source, 0),
        )
        for row in connection.execute(counted)
    }


def gathered(connection: Connection, start: datetime, end: datetime) -> Gathered:
    """What was gathered from ``start`` to before ``end``."""
    query = (
        select(
            entries.c.source,
            func.count().label("number"),
            _number(entries.c.relation == Relation.REPEAT.value).label("repeats"),
        )
        .where(
            entries.c.id >= _first_since(connection, start),
            entries.c.seen_at >= start,
            entries.c.seen_at < end,
        )
        .group_by(entries.c.source)
    )
    rows = list(connection.execute(query))
    by_source = sorted(((row.source, row.number) for row in rows), key=_most_first)
    return Gathered(
        entries=sum(count for _source, count in by_source),
        repeats=sum(int(row.repeats) for row in rows),
        by_source=tuple(by_source),
    )


def _first_since(connection: Connection, start: datetime) -> int:
    """The id of the first entry that was seen at ``start`` or later.

    Ids grow as time does, so twenty steps find it among a million; an index by time
    alone would cost every new entry.
    """
    last = connection.execute(select(func.max(entries.c.id))).scalar()
    low, high = 0, (last or 0) + 1
    while low < high:
        middle = (low + high) // 2
        query = (
            select(entries.c.id, entries.c.seen_at)
            .where(entries.c.id >= middle)
            .order_by(entries.c.id)
            .limit(1)
        )
        row = connection.execute(query).first()
        if row is None or row.seen_at >= start:
            high = middle
        else:
            low = row.id + 1
    return low


def _most_first(one: tuple[str, int]) -> tuple[int, str]:
    return -one[1], one[0]


def _number(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    """Count the rows of a group for which ``condition`` holds."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _lies_ahead(dates: Iterable[Any], seen_at: datetime) -> bool:
    claimed: tuple[Dated, ...] = from_json(tuple[Dated, ...], dates)
    return bool(claimed) and all(one.value > seen_at + AHEAD for one in claimed)


def _visit(row: Any) -> Visit:
    return Visit(
        source=row.source,
        at=row.at,
        error=row.error,
        not_modified=row.not_modified,
        status=row.status,
        outcomes={Outcome(what): number for what, number in row.outcomes.items()},
        details=from_json(tuple[str, ...], row.details),
    )
