"""Issues: dated, frozen editions of digests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, insert, select, update

from syndicate.errors import StoreError
from syndicate.model import Issue, IssueState
from syndicate.store.codecs import from_json, to_json
from syndicate.store.columns import fits
from syndicate.store.schema import aliases, issue_stories, issues, stories


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredIssue:
    """An issue that the store keeps."""

    id: int
    issue: Issue
    state: IssueState
    sha256: str
    """Hex digest of the rendered issue that was (or is to be) approved."""
    created_at: datetime
    """When it was frozen."""


def create(
    connection: Connection,
    issue: Issue,
    *,
    state: IssueState,
    sha256: str,
    now: datetime,
) -> int | None:
    """Freeze an issue; gives its id, or None if the window has one already."""
    if find(connection, issue.digest, issue.start) is not None:
        return None
    values = {
        "digest": issue.digest,
        "number": issue.number,
        "start": issue.start,
        "end": issue.end,
        "state": state.value,
        "sha256": sha256,
        "created_at": now,
        "content": to_json(issue),
    }
    query = insert(issues).values(values).returning(issues.c.id)
    issue_id = int(connection.execute(query).scalar_one())
    carried = dict.fromkeys(item.uid for item in issue.items)
    if carried:
        rows = [{"issue_id": issue_id, "uid": uid} for uid in carried]
        connection.execute(insert(issue_stories), rows)
    return issue_id


def get(connection: Connection, issue_id: int) -> StoredIssue | None:
    """The issue with this id."""
    return _first(connection, select(issues).where(issues.c.id == issue_id))


def find(connection: Connection, digest: str, start: datetime) -> StoredIssue | None:
    """The issue of ``digest`` whose window begins at ``start``."""
    query = select(issues).where(issues.c.digest == digest, issues.c.start == start)
    return _first(connection, query)


def numbered(connection: Connection, digest: str, number: int) -> StoredIssue | None:
    """The issue of ``digest`` with this number; of several the newest."""
    if not fits(number):
        return None
    query = (
        select(issues)
        .where(issues.c.digest == digest, issues.c.number == number)
        .order_by(issues.c.start.desc())
        .limit(1)
    )
    return _first(connection, query)


def latest(connection: Connection, digest: str, limit: int = 20) -> list[StoredIssue]:
    """The last issues of a digest, newest window first."""
    query = (
        select(issues)
        .where(issues.c.digest == digest)
        .order_by(issues.c.start.desc())
        .limit(limit)
    )
    return [_stored(row) for row in connection.execute(query)]


def in_state(connection: Connection, state: IssueState) -> list[StoredIssue]:
    """Every issue that stands at ``state``, oldest window first."""
    query = (
        select(issues)
        .where(issues.c.state == state.value)
        .order_by(issues.c.start, issues.c.id)
    )
    return [_stored(row) for row in connection.execute(query)]


def set_state(
    connection: Connection,
    issue_id: int,
    state: IssueState,
    *,
    sha256: str | None = None,
) -> None:
    """Note where an issue stands; ``sha256`` if it was approved in a new rendering.

    :raises StoreError: there is no such issue
    """
    values = {"state": state.value} | ({} if sha256 is None else {"sha256": sha256})
    done = connection.execute(
        update(issues).where(issues.c.id == issue_id).values(values)
    )
    if done.rowcount != 1:
        raise StoreError(f"there is no issue {issue_id}")


def next_number(connection: Connection, digest: str) -> int:
    """The number that the next issue of ``digest`` gets; the first is 1."""
    query = select(func.max(issues.c.number)).where(issues.c.digest == digest)
    return int(connection.execute(query).scalar() or 0) + 1


def carried(
    connection: Connection, digest: str, before: datetime | None = None
) -> dict[str, datetime]:
    """The uid of every story that an issue of ``digest`` has, and since when.

    Of issues whose window begins ``before``, if that is given.

    The last time counts. Skipped issues have carried nothing to anybody. What had
    carried a story that was merged into another since has carried that one.
    """
    query = (
        select(issue_stories.c.uid, stories.c.uid, func.max(issues.c.created_at))
        .join(issues, issues.c.id == issue_stories.c.issue_id)
        .outerjoin(aliases, aliases.c.uid == issue_stories.c.uid)
        .outerjoin(stories, stories.c.id == aliases.c.story_id)
        .where(issues.c.digest == digest, issues.c.state != IssueState.SKIPPED.value)
        .group_by(issue_stories.c.uid, stories.c.uid)
    )
    if before is not None:
        query = query.where(issues.c.start < before)
    found: dict[str, datetime] = {}
    for uid, merged_into, at in connection.execute(query):
        for each in filter(None, (uid, merged_into)):
            found[each] = max(at, found.get(each, at))
    return found


def carrying(connection: Connection, uids: Collection[str]) -> list[StoredIssue]:
    """Issues of any digest that hold one of these stories, newest window first."""
    holds = exists().where(
        issue_stories.c.issue_id == issues.c.id, issue_stories.c.uid.in_(uids)
    )
    newest_first = (issues.c.start.desc(), issues.c.id.desc())
    query = select(issues).where(holds).order_by(*newest_first)
    return [_stored(row) for row in connection.execute(query)]


def _first(connection: Connection, query: Select[Any]) -> StoredIssue | None:
    row = connection.execute(query).first()
    return None if row is None else _stored(row)


def _stored(row: Row[Any]) -> StoredIssue:
    return StoredIssue(
        id=row.id,
        issue=from_json(Issue, row.content),
        state=IssueState(row.state),
        sha256=row.sha256,
        created_at=row.created_at,
    )
