"""What we remember of sources between two visits, and the log of visits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from syndicate.model import Outcome, SourceMemory, SourceState, Visit
from syndicate.store.codecs import dumps, from_json, to_json
from syndicate.store.schema import sources
from syndicate.store.schema import visits as log

KEPT_VISITS = 200
"""For each source; older ones are forgotten."""
SKEW = timedelta(hours=1)
"""Clocks that differ by less are nobody's fault."""

_FIELDS = tuple(one.name for one in fields(SourceState))


def load(connection: Connection, key: str) -> SourceState:
    """The state of a source; a fresh one if it was never visited."""
    query = select(sources).where(sources.c.source == key)
    row = connection.execute(query).first()
    return SourceState(source=key) if row is None else _state(row)


def save(connection: Connection, state: SourceState) -> None:
    """Remember ``state`` in place of what was known of the source."""
    values = {name: getattr(state, name) for name in _FIELDS}
    values["memory"] = _told(state.memory)
    known = sources.c.source == state.source
    done = connection.execute(update(sources).where(known).values(values))
    if done.rowcount == 0:
        connection.execute(insert(sources).values(values))


def states(connection: Connection) -> dict[str, SourceState]:
    """The state of every source that was ever visited, by key."""
    query = select(sources).order_by(sources.c.source)
    return {row.source: _state(row) for row in connection.execute(query)}


def due(connection: Connection, keys: Sequence[str], now: datetime) -> list[str]:
    """Those of ``keys`` that should be asked now.

    First the never visited ones, in the order of ``keys``; then who has waited
    longest. A visit in the future was made by a wrong clock, and its plan is void.
    """
    known = states(connection)
    fresh, waiting = [], []
    for key in dict.fromkeys(keys):
        state = known.get(key)
        if state is None or (state.visited_at is None and state.due_at is None):
            fresh.append(key)
        elif state.due_at is None or state.due_at <= now or _ahead(state, now):
            waiting.append((state.due_at or state.visited_at or now, key))
    # Sorting by time alone keeps the order of keys among equals.
    waiting.sort(key=lambda one: one[0])
    return fresh + [key for _, key in waiting]


def _ahead(state: SourceState, now: datetime) -> bool:
    return state.visited_at is not None and state.visited_at > now + SKEW


def record(connection: Connection, visit: Visit) -> None:
    """Add a visit to the log; of each source only the newest 200 are kept."""
    values = {
        "source": visit.source,
        "at": visit.at,
        "error": visit.error,
        "not_modified": visit.not_modified,
        "status": visit.status,
        "outcomes": {what.value: number for what, number in visit.outcomes.items()},
        "details": to_json(visit.details),
    }
    connection.execute(insert(log).values(values))
    too_old = (
        select(log.c.id)
        .where(log.c.source == visit.source)
        .order_by(log.c.id.desc())
        .offset(KEPT_VISITS)
    )
    connection.execute(delete(log).where(log.c.id.in_(too_old)))


def visits(connection: Connection, source: str, limit: int = 20) -> list[Visit]:
    """The last visits of a source, newest first."""
    query = (
        select(log).where(log.c.source == source).order_by(log.c.id.desc()).limit(limit)
    )
    return [_visit(row) for row in connection.execute(query)]


def _state(row: Row[Any]) -> SourceState:
    values = {name: row._mapping[name] for name in _FIELDS}
    return SourceState(**values | {"memory": _memory(values["memory"])})


def _told(memory: SourceMemory) -> str:
    return "" if memory == SourceMemory() else dumps(to_json(memory))


def _memory(text: str) -> SourceMemory:
    if not text:
        return SourceMemory()
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
