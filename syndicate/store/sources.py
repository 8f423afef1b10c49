"""What we remember of sources between two visits, and the log of visits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from syndicate.model import Outcome, SourceMemory, SourceState, Visit
from syndicate.store import bulk
from syndicate.store.codecs import dumps, from_json, sparse_json, storable
from syndicate.store.rows import portions
from syndicate.store.schema import sources
from syndicate.store.schema import visits as log

KEPT_VISITS = 200
"""For each source; older ones are forgotten."""
SKEW = timedelta(hours=1)
"""Clocks that differ by less are nobody's fault."""

_FIELDS = tuple(one.name for one in fields(SourceState))
_LOG = ("source", "at", "error", "not_modified", "status", "outcomes", "details")
_AT = {name: at for at, name in enumerate(sources.c.keys())}
_NOTHING = SourceMemory()
# A sub-query without a row is no number, and nothing is smaller than that.
_FORGET = """
    DELETE FROM visits WHERE source = ? AND id <= (
        SELECT id FROM visits WHERE source = ? ORDER BY id DESC LIMIT 1 OFFSET ?
    )
"""


def load(connection: Connection, key: str) -> SourceState:
    """The state of a source; a fresh one if it was never visited."""
    return load_all(connection, [key])[key]


def load_all(connection: Connection, keys: Sequence[str]) -> dict[str, SourceState]:
    """The states of these sources, by key; a fresh one where none was visited."""
    found = {key: SourceState(source=key) for key in keys}
    asked = {storable(key): key for key in keys}
    for some in portions(sorted(asked)):
        query = select(sources).where(sources.c.source.in_(some))
        found |= {asked[row[0]]: _state(row) for row in connection.execute(query)}
    return found


def save(connection: Connection, state: SourceState) -> None:
    """Remember ``state`` in place of what was known of the source."""
    save_all(connection, [state])


def save_all(connection: Connection, states: Iterable[SourceState]) -> None:
    """Remember states in place of what was known of their sources."""
    told = bulk.moments(connection)
    rows = [_cells(state, told) for state in states]
    bulk.insert_rows(connection, sources, _FIELDS, rows, known="replace")


def save_many(
    connection: Connection, visited: Sequence[tuple[SourceState, Visit]]
) -> None:
    """Remember states and add their visits to the log, many at once.

    Of each source the newest 200 visits are kept.
    """
    save_all(connection, [state for state, _ in visited])
    record_all(connection, [visit for _, visit in visited])


def states(connection: Connection) -> dict[str, SourceState]:
    """The state of every source that was ever visited, by key."""
    query = select(sources).order_by(sources.c.source)
    return {row[0]: _state(row) for row in connection.execute(query)}


def with_hubs(connection: Connection) -> dict[str, SourceMemory]:
    """What was learnt of the sources whose feeds name a hub."""
    named = sources.c.memory.contains('"hub":"http')
    query = select(sources.c.source, sources.c.memory).where(named)
    return {row.source: _memory(row.memory) for row in connection.execute(query)}


def due(connection: Connection, keys: Sequence[str], now: datetime) -> list[str]:
    """Those of ``keys`` that should be asked now.

    First the never visited ones, in the order of ``keys``; then who has waited
    longest. A visit in the future was made by a wrong clock, and its plan is void.
    """
    latest = datetime.max.replace(tzinfo=now.tzinfo) - SKEW
    ahead = sources.c.visited_at > min(now, latest) + SKEW
    ripe = select(
        sources.c.source, func.coalesce(sources.c.due_at, sources.c.visited_at)
    ).where(or_(sources.c.due_at.is_(None), sources.c.due_at <= now, ahead))
    since: dict[str, datetime | None] = dict(map(tuple, connection.execute(ripe)))
    # The names alone stand in an index.
    known = set(connection.scalars(select(sources.c.source)).all())
    asked = dict.fromkeys(keys)
    fresh = [key for key in asked if key not in known or since.get(key, now) is None]
    waiting = [(when, key) for key in asked if (when := since.get(key)) is not None]
    # Sorting by time alone keeps the order of keys among equals.
    waiting.sort(key=lambda one: one[0])
    return fresh + [key for _, key in waiting]


def record(connection: Connection, visit: Visit) -> None:
    """Add a visit to the log; of each source only the newest 200 are kept."""
    record_all(connection, [visit])


def record_all(connection: Connection, new: Sequence[Visit]) -> None:
    """Add visits to the log; of each source only the newest 200 are kept."""
    told = bulk.moments(connection)
    rows = [
        (
            storable(visit.source),
            told(visit.at),
            storable(visit.error),
            visit.not_modified,
            visit.status,
            dumps({what.value: number for what, number in visit.outcomes.items()}),
            dumps(visit.details),
        )
        for visit in new
    ]
    bulk.insert_rows(connection, log, _LOG, rows)
    asked = sorted({storable(visit.source) for visit in new})
    bulk.run_many(connection, _FORGET, [(key, key, KEPT_VISITS) for key in asked])


def visits(connection: Connection, source: str, limit: int = 20) -> list[Visit]:
    """The last visits of a source, newest first."""
    query = (
        select(log).where(log.c.source == source).order_by(log.c.id.desc()).limit(limit)
    )
    return [_visit(row) for row in connection.execute(query)]


def _cells(state: SourceState, told: bulk.Moments) -> bulk.Row:
    """A row in the order of ``_FIELDS``, as the driver takes it."""
    return (
        storable(state.source),
        storable(state.etag),
        storable(state.last_modified),
        storable(state.body_hash),
        told(state.visited_at),
        told(state.succeeded_at),
        told(state.due_at),
        state.failures,
        storable(state.error),
        state.imported,
        "" if state.memory == _NOTHING else dumps(sparse_json(state.memory)),
    )


def _state(row: Row[Any]) -> SourceState:
    values = {name: row[_AT[name]] for name in _FIELDS}
    return SourceState(**values | {"memory": _memory(values["memory"])})


def _memory(text: str) -> SourceMemory:
    if not text:
        return _NOTHING
    found: SourceMemory = from_json(SourceMemory, json.loads(text))
    return found


def _visit(row: Row[Any]) -> Visit:
    return Visit(
        source=row.source,
        at=row.at,
        error=row.error,
        not_modified=row.not_modified,
        status=row.status,
        outcomes={Outcome(what): number for what, number in row.outcomes.items()},
        details=from_json(tuple[str, ...], row.details),
    )
