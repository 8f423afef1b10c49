"""Which issues carried a story: what readers were given before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    exists,
    or_,
    select,
    true,
)

from syndicate.model import Carried, IssueState
from syndicate.store import issues as kept
from syndicate.store.issues import StoredIssue
from syndicate.store.rows import portions
from syndicate.store.schema import aliases, issue_stories, issues, stories

_SKIPPED = IssueState.SKIPPED.value
_PRINTED = (issues.c.digest, issues.c.number, issues.c.created_at)


def carried(
    connection: Connection,
    editions: Sequence[str],
    uids: Collection[str],
    *,
    before: datetime | None = None,
    at: datetime | None = None,
) -> dict[str, Carried]:
    """What readers of a series were given of these stories; of the others nothing.

    ``editions`` are the keys of the series, the one that asks first. Skipped issues
    have given nothing to anybody. What had carried a story that was merged into
    another since has carried that one. Of issues whose window begins ``before``, and
    as things stood ``at``, if these are given.
    """
    found: dict[str, Carried] = {}
    told = _told(editions, at) & (true() if before is None else issues.c.start < before)
    for some in portions(sorted(set(uids))):
        for query in _stories(stories.c.uid, *_PRINTED):
            named = query.where(told, stories.c.uid.in_(some)).order_by(issues.c.start)
            for uid, digest, number, frozen in connection.execute(named):
                old = found.get(uid, Carried())
                by = (*old.by, (digest, number, frozen))
                known = [old.at] if old.at else []
                own = max([*known, frozen]) if digest == editions[0] else old.at
                found[uid] = replace(old, at=own, by=by)
    return found


def changed_ids(
    connection: Connection, editions: Collection[str], since: datetime
) -> set[int]:
    """Numbers of stories that an issue carried and that changed since."""
    changed = stories.c.changed_at >= since
    told = issues.c.digest.in_(list(editions))
    return {
        number
        for query in _stories(stories.c.id)
        for number in connection.scalars(query.where(changed, told))
    }


@dataclass(frozen=True, slots=True)
class Reached:
    """How far readers were told."""

    until: datetime
    """The end of the last window of which they were."""
    newest: int
    """Number of the newest article that was filed when its issue was frozen."""


def reached(
    connection: Connection,
    digest: str,
    start: datetime,
    end: datetime,
    at: datetime | None = None,
) -> Reached | None:
    """How far readers were told, before the issue of this window.

    That is by the last issue that was not skipped. If all were skipped, it is up to
    where the first of them began; None if there was no issue at all. As things stood
    ``at``, if that is given.
    """
    query = (
        select(issues.c.id, issues.c.start, _told([digest], at).label("told"))
        .where(issues.c.digest == digest)
        # A schedule that was changed has windows that overlap with those of before.
        .where(issues.c.start < end, issues.c.start != start)
        .order_by(issues.c.start.desc())
    )
    if at is not None:
        query = query.where(issues.c.created_at <= at)
    first = None
    for row in connection.execute(query):
        last = kept.get(connection, row.id) if row.told else None
        if last is not None:
            return Reached(last.issue.end, last.issue.newest)
        first = Reached(row.start, 0)
    return first


def owed(
    connection: Connection,
    digest: str,
    since: datetime,
    before: datetime,
    at: datetime | None = None,
) -> dict[int, str]:
    """Number and uid of stories whose issue was skipped: nobody was told of them.

    Of windows that end after ``since`` and begin ``before``, as things stood ``at``.
    """
    skipped = (
        (issues.c.digest == digest)
        & (issues.c.state == _SKIPPED)
        & (issues.c.end > since)
        & (issues.c.start < before)
    )
    if at is not None:
        skipped &= issues.c.closed_at <= at
    return {
        number: uid
        for query in _stories(stories.c.id, stories.c.uid)
        for number, uid in connection.execute(query.where(skipped))
    }


def _stories(*columns: ColumnElement[Any]) -> tuple[Select[Any], Select[Any]]:
    """Stories and the issues that carried them, also before they were merged."""
    return (
        select(*columns)
        .select_from(stories)
        .join(issue_stories, issue_stories.c.uid == stories.c.uid)
        .join(issues, issues.c.id == issue_stories.c.issue_id),
        select(*columns)
        .select_from(stories)
        .join(aliases, aliases.c.story_id == stories.c.id)
        .join(issue_stories, issue_stories.c.uid == aliases.c.uid)
        .join(issues, issues.c.id == issue_stories.c.issue_id),
    )


def _told(editions: Sequence[str], at: datetime | None) -> ColumnElement[bool]:
    """Issues of these editions that were not skipped, as things stood ``at``."""
    mine = issues.c.digest.in_(list(editions))
    standing = issues.c.state != _SKIPPED
    if at is None:
        return mine & standing
    return mine & (issues.c.created_at <= at) & or_(standing, issues.c.closed_at > at)


def carrying(connection: Connection, uids: Collection[str]) -> list[StoredIssue]:
    """Issues of any digest that hold one of these stories, newest window first."""
    holds = exists().where(
        issue_stories.c.issue_id == issues.c.id, issue_stories.c.uid.in_(uids)
    )
    query = select(issues).where(holds)
    newest_first = query.order_by(issues.c.start.desc(), issues.c.id.desc())
    return kept.select_all(connection, newest_first)
