"""What editors decided on categories; the newest decision on a story counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select

from syndicate.model import Asked, Decision, Label
from syndicate.store.bulk import rows_in, run_many
from syndicate.store.codecs import from_json, storable, to_json
from syndicate.store.schema import decisions, entries

_NEWEST = """
    SELECT entries.story_id, max(decisions.id)
    FROM decisions JOIN entries ON entries.id = decisions.entry_id
    WHERE entries.story_id IN {some} GROUP BY entries.story_id
"""
_MEMBERS = """
    SELECT id, story_id FROM entries WHERE story_id IN
    (SELECT story_id FROM entries WHERE id IN {some}) ORDER BY id
"""
_DECIDED = """
    SELECT decisions.id, entries.story_id
    FROM decisions JOIN entries ON entries.id = decisions.entry_id
    WHERE decisions.entry_id IN {some}
"""


def keep(connection: Connection, decision: Decision) -> Decision:
    """Keep a decision; gives it with its number.

    :raises StoreError: there is no such entry
    """
    query = (
        insert(decisions)
        .values(
            entry_id=decision.entry,
            categories=[storable(slug) for slug in decision.categories],
            shown=to_json(decision.shown),
            asked=decision.asked.value,
            at=decision.at,
            by=storable(decision.by),
            note=storable(decision.note),
        )
        .returning(decisions.c.id)
    )
    return replace(decision, id=int(connection.execute(query).scalar_one()))


def get(connection: Connection, decision_id: int) -> Decision | None:
    """The decision with this number."""
    query = select(decisions).where(decisions.c.id == decision_id)
    row = connection.execute(query).first()
    return _decision(row) if row else None


def remove(connection: Connection, decision_id: int) -> None:
    """Forget a decision; the one before it on the same story counts again."""
    connection.execute(delete(decisions).where(decisions.c.id == decision_id))


def of_stories(connection: Connection, stories: Collection[int]) -> dict[int, Decision]:
    """The newest decision on each story that has one, on whichever of its tellers.

    Also of tellers that were withdrawn: the decision was on what the story tells.
    """
    newest = dict(tuple(row) for row in rows_in(connection, _NEWEST, sorted(stories)))
    if not newest:
        return {}
    query = select(decisions).where(decisions.c.id.in_(list(newest.values())))
    found = {row.id: _decision(row) for row in connection.execute(query)}
    return {story: found[number] for story, number in newest.items()}


def of_entry(connection: Connection, entry_id: int) -> list[Decision]:
    """Every decision on one entry, the newest first."""
    return _all(connection, select(decisions).where(decisions.c.entry_id == entry_id))


def latest(
    connection: Connection,
    *,
    limit: int | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    asked: Asked | None = None,
) -> list[Decision]:
    """Decisions of a span of time, the newest first; None means "any"."""
    query = select(decisions)
    if since is not None:
        query = query.where(decisions.c.at >= since)
    if before is not None:
        query = query.where(decisions.c.at < before)
    if asked is not None:
        query = query.where(decisions.c.asked == asked.value)
    return _all(connection, query.limit(limit) if limit is not None else query)


def standing(connection: Connection) -> list[Decision]:
    """The decision that counts on each story that has one, the newest first."""
    counts = (
        select(func.max(decisions.c.id))
        .join(entries, entries.c.id == decisions.c.entry_id)
        .group_by(entries.c.story_id)
    )
    return _all(connection, select(decisions).where(decisions.c.id.in_(counts)))


def hand_on(connection: Connection, leaving: Collection[int]) -> None:
    """Give decisions on entries that are about to go to what stays of their stories.

    Those on stories that go altogether stay as they are, and go with their entries.
    """
    gone = sorted(set(leaving))
    decided = rows_in(connection, _DECIDED, gone)
    if not decided:
        return
    staying = {
        story: entry
        for entry, story in rows_in(connection, _MEMBERS, gone)
        if entry not in leaving
    }
    heirs = [(staying[story], one) for one, story in decided if story in staying]
    run_many(connection, "UPDATE decisions SET entry_id = ? WHERE id = ?", heirs)


def _all(connection: Connection, query: Select[Any]) -> list[Decision]:
    return [
        _decision(row)
        for row in connection.execute(query.order_by(decisions.c.id.desc()))
    ]


def _decision(row: Row[Any]) -> Decision:
    shown: Sequence[Label] = from_json(tuple[Label, ...], row.shown)
    return Decision(
        id=row.id,
        entry=row.entry_id,
        categories=tuple(row.categories),
        shown=tuple(shown),
        asked=Asked(row.asked),
        at=row.at,
        by=row.by,
        note=row.note,
    )
