"""Issues: dated, frozen editions of digests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    delete,
    exists,
    func,
    insert,
    select,
    tuple_,
    update,
)

from syndicate.errors import StoreError
from syndicate.model import Edits, Issue, IssueState
from syndicate.store.codecs import from_json, storable, to_json
from syndicate.store.columns import fits
from syndicate.store.rows import portions
from syndicate.store.schema import deliveries, issue_stories, issues

_S = IssueState
_SKIPPED = _S.SKIPPED.value
_CLOSED = (_S.SENT, _S.SKIPPED)


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
    edits: Edits = field(default_factory=Edits)
    """What editors changed since; what is drawn is the edited issue."""
    deadline_at: datetime | None = None
    """When an editor's silence counts; None: it waits for a word."""
    told_at: datetime | None = None
    """When the desk was told of the draft."""
    approved_at: datetime | None = None
    decided_by: str = ""
    """Who approved, held or skipped it: a name, "deadline", "automatic"."""
    held_why: str = ""
    planned_at: datetime | None = None
    """When its deliveries were all planned."""
    closed_at: datetime | None = None
    """When the last of its deliveries was settled, or it was skipped."""


def create(  # noqa: PLR0913 -- what is kept beside an issue, each by its name
    connection: Connection,
    issue: Issue,
    *,
    state: IssueState,
    sha256: str,
    now: datetime,
    deadline_at: datetime | None = None,
    held_why: str = "",
) -> int | None:
    """Freeze an issue; gives its id, or None if the window has one already.

    ``deadline_at`` is when the editors of a draft have had their time; ``held_why``
    says why it is held or skipped.
    """
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
        "deadline_at": deadline_at,
        "approved_at": now if state is IssueState.APPROVED else None,
        "decided_by": None if state is IssueState.DRAFT else "automatic",
        "held_why": storable(held_why) or None,
        "closed_at": now if state in _CLOSED else None,
    }
    query = insert(issues).values(values).returning(issues.c.id)
    issue_id = int(connection.execute(query).scalar_one())
    carry(connection, issue_id, [item.uid for item in issue.items])
    return issue_id


def carry(connection: Connection, issue_id: int, uids: Iterable[str]) -> None:
    """Note which stories an issue shows, in place of what was noted before.

    What an editor hides was told to nobody; what comes up instead was.
    """
    connection.execute(
        delete(issue_stories).where(issue_stories.c.issue_id == issue_id)
    )
    rows = [{"issue_id": issue_id, "uid": uid} for uid in dict.fromkeys(uids)]
    if rows:
        connection.execute(insert(issue_stories), rows)


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
    now: datetime | None = None,
    why: str | None = None,
) -> None:
    """Note where an issue stands; ``sha256`` if it was approved in a new rendering.

    ``now`` is kept as when it was closed, if it is sent or skipped now; ``why`` as the
    reason.

    :raises StoreError: there is no such issue
    """
    given = {"sha256": sha256, "held_why": None if why is None else storable(why)}
    values: dict[str, Any] = {"state": state.value}
    values |= {name: one for name, one in given.items() if one is not None}
    if now is not None:
        values["closed_at"] = now if state in _CLOSED else None
    done = connection.execute(
        update(issues).where(issues.c.id == issue_id).values(values)
    )
    if done.rowcount != 1:
        raise StoreError(f"there is no issue {issue_id}")


def next_number(
    connection: Connection, digest: str, before: datetime | None = None
) -> int:
    """The number that the next issue of ``digest`` gets; the first is 1.

    An issue that was skipped leaves its number to the next, unless it had been
    approved: then readers may have seen it on the web. Of issues whose window begins
    ``before``, if that is given.
    """
    counts = (issues.c.state != _SKIPPED) | issues.c.approved_at.is_not(None)
    query = select(func.max(issues.c.number)).where(issues.c.digest == digest, counts)
    if before is not None:
        query = query.where(issues.c.start < before)
    return int(connection.execute(query).scalar() or 0) + 1


def unread(connection: Connection, digest: str, before: datetime) -> list[StoredIssue]:
    """Issues of earlier windows that may still go out, and of which nobody has a copy.

    Those whose window begins ``before``, oldest first.
    """
    open_states = [one.value for one in (_S.DRAFT, _S.HELD, _S.APPROVED)]
    planned = exists().where(deliveries.c.issue_id == issues.c.id)
    query = (
        select(issues)
        .where(issues.c.digest == digest, issues.c.start < before)
        .where(issues.c.state.in_(open_states), issues.c.planned_at.is_(None), ~planned)
        .order_by(issues.c.start)
    )
    return [_stored(row) for row in connection.execute(query)]


def select_all(connection: Connection, query: Select[Any]) -> list[StoredIssue]:
    """The issues that a query over whole rows gives."""
    return [_stored(row) for row in connection.execute(query)]


def ids_of(
    connection: Connection, numbered: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], int]:
    """The ids of issues by edition key and number; of skipped ones none."""
    found: dict[tuple[str, int], int] = {}
    for some in portions(sorted(set(numbered))):
        query = select(issues.c.digest, issues.c.number, issues.c.id).where(
            tuple_(issues.c.digest, issues.c.number).in_(some),
            issues.c.state != _SKIPPED,
        )
        for digest, number, issue_id in connection.execute(query):
            found[digest, number] = issue_id
    return found


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
        edits=Edits() if row.edits is None else from_json(Edits, row.edits),
        deadline_at=row.deadline_at,
        told_at=row.told_at,
        approved_at=row.approved_at,
        decided_by=row.decided_by or "",
        held_why=row.held_why or "",
        planned_at=row.planned_at,
        closed_at=row.closed_at,
    )
