"""Stories: what feeds and digests carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    exists,
    func,
    insert,
    select,
    true,
    update,
)

from syndicate.errors import StoreError
from syndicate.model import Bond, Label, LabelOrigin, StoredEntry, Story
from syndicate.store import aliases, heads
from syndicate.store.bulk import insert_rows, moments, next_ids, rows_in, run_many
from syndicate.store.codecs import storable
from syndicate.store.rows import bond_values, portions, stored_entry
from syndicate.store.schema import decisions, entries, labels, stories

_LABEL = (
    "story_id",
    "category",
    "reason",
    "confidence",
    "is_primary",
    "position",
    "origin",
)
_NEWEST_FIRST = (stories.c.seen_at.desc(), stories.c.id.desc())

# ── Writing ──────────────────────────────────────────────────────────────────


def create(connection: Connection, uid: str, now: datetime) -> int:
    """A new story without entries; gives its id.

    :raises StoreError: at the end of ``write``, if ``uid`` is taken
    """
    query = (
        insert(stories)
        .values(uid=uid, seen_at=now, changed_at=now)
        .returning(stories.c.id)
    )
    return int(connection.execute(query).scalar_one())


def new_ids(connection: Connection, count: int) -> list[int]:
    """Numbers for so many new stories; inside a transaction that writes."""
    return next_ids(connection, stories, count)


def create_all(
    connection: Connection, new: Sequence[tuple[int, str]], now: datetime
) -> None:
    """New stories without entries: (id, uid).

    :raises StoreError: at the end of ``write``, if a uid is taken
    """
    told = moments(connection)(now)
    rows = [(story_id, storable(uid), told, told) for story_id, uid in new]
    columns = ("id", "uid", "seen_at", "changed_at")
    insert_rows(connection, stories, columns, rows)


def uids_taken(connection: Connection, uids: Collection[str]) -> set[str]:
    """Those of ``uids`` that a story has or had, also one that is withdrawn."""
    query = "SELECT uid FROM stories WHERE uid IN {some}"
    found = {uid for (uid,) in rows_in(connection, query, map(storable, uids))}
    return found | aliases.taken(connection, uids)


def join(
    connection: Connection, story_id: int, entry_id: int, bond: Bond, now: datetime
) -> None:
    """Move an entry to another story; ``now`` is kept as the time it joined.

    No story's time of change moves. A story that it led is led by its earliest entry
    from now on.

    :raises StoreError: there is no such entry
    """
    connection.execute(
        update(stories)
        .where(stories.c.lead_id == entry_id, stories.c.id != story_id)
        .values(lead_id=None)
    )
    moved = connection.execute(
        update(entries)
        .where(entries.c.id == entry_id)
        .values(story_id=story_id, joined_at=now, **bond_values(bond))
    )
    if moved.rowcount != 1:
        raise StoreError(f"there is no entry {entry_id}")


def set_lead(connection: Connection, story_id: int, entry_id: int) -> None:
    """Let one of its entries lead a story.

    :raises StoreError: the entry does not tell this story
    """
    tells = exists().where(entries.c.id == entry_id, entries.c.story_id == story_id)
    done = connection.execute(
        update(stories).where(stories.c.id == story_id, tells).values(lead_id=entry_id)
    )
    if done.rowcount != 1:
        raise StoreError(f"entry {entry_id} does not tell story {story_id}")


def set_labels(connection: Connection, story_id: int, new: Sequence[Label]) -> None:
    """Make ``new`` the labels of a story, in place of any old ones.

    Of two labels of one category the first counts.
    """
    relabel_all(connection, {story_id: new})


def relabel_all(connection: Connection, new: Mapping[int, Sequence[Label]]) -> None:
    """As :func:`set_labels`, for many stories."""
    old = [(story_id,) for story_id in new]
    run_many(connection, "DELETE FROM labels WHERE story_id = ?", old)
    label_all(connection, new.items())


def label_all(
    connection: Connection, new: Iterable[tuple[int, Sequence[Label]]]
) -> None:
    """Give labels to stories that have none: (id, labels)."""
    rows: dict[tuple[int, str], tuple[Any, ...]] = {}
    for story_id, some in new:
        for position, label in enumerate(some):
            key = (story_id, storable(label.category))
            rest = (label.confidence, label.primary, position, label.origin.value)
            rows.setdefault(key, (*key, storable(label.reason), *rest))
    insert_rows(connection, labels, _LABEL, list(rows.values()))


# ── Reading ──────────────────────────────────────────────────────────────────


def get(
    connection: Connection, story_id: int, *, include_withdrawn: bool = False
) -> Story | None:
    """The story with this id; None too if all its entries are withdrawn."""
    return _one(connection, stories.c.id == story_id, include_withdrawn)


def by_uid(
    connection: Connection, uid: str, *, include_withdrawn: bool = False
) -> Story | None:
    """The story with this uid; None too if all its entries are withdrawn.

    If that story was merged into another, the other, whose uid is not this one.
    """
    told = aliases.story_of(connection, uid)
    which = stories.c.uid == uid if told is None else stories.c.id == told
    return _one(connection, which, include_withdrawn)


def get_many(
    connection: Connection, ids: Collection[int], *, include_withdrawn: bool = False
) -> dict[int, Story]:
    """The stories with these ids, without those whose entries are all withdrawn."""
    found: dict[int, Story] = {}
    for some in portions(sorted(set(ids))):
        query = select(stories.c.id).where(stories.c.id.in_(some))
        whole = _complete(connection, query, include_withdrawn)
        found |= {story.id: story for story in whole if story.entries}
    return found


def latest(
    connection: Connection,
    *,
    limit: int | None = None,
    since: datetime | None = None,
    categories: Sequence[str] = (),
    sources: Sequence[str] = (),
    include_withdrawn: bool = False,
) -> list[Story]:
    """Stories by the time they were first seen, newest first; empty means "any".

    A story fits if one of its labels is among ``categories`` and one of its (shown)
    entries is from one of ``sources``.
    """
    query = _shown(include_withdrawn, sources)
    if since is not None:
        query = query.where(stories.c.seen_at >= since)
    if categories:
        carries = exists().where(
            labels.c.story_id == stories.c.id, labels.c.category.in_(categories)
        )
        query = query.where(carries)
    if limit is not None:
        # Only then: an order that nobody needs keeps SQLite from the better index.
        query = query.order_by(*_NEWEST_FIRST).limit(limit)
    return _complete(connection, query, include_withdrawn)


def stamp(connection: Connection) -> str:
    """A word that changes whenever a story, an entry or a label may have."""
    told = connection.execute(
        select(
            func.count(),
            func.max(entries.c.changed_at),
            func.count(entries.c.withdrawn_at),
            func.max(entries.c.withdrawn_at),
        ).select_from(entries)
    ).one()
    latest_change = connection.execute(select(func.max(stories.c.changed_at))).scalar()
    decided = select(func.count(), func.max(decisions.c.id)).select_from(decisions)
    return repr((*told, latest_change, *connection.execute(decided).one()))


def seen_between(connection: Connection, start: datetime, end: datetime) -> list[Story]:
    """Stories with ``start`` ≤ first seen < ``end``, newest first."""
    within = (stories.c.seen_at >= start) & (stories.c.seen_at < end)
    return _complete(connection, _shown().where(within))


def fresh_of(
    connection: Connection, sources: Collection[str], since: datetime
) -> list[int]:
    """Numbers of stories that one of ``sources`` tells in a fresh entry.

    Fresh is what was first seen or, as it says, published after ``since``.
    """
    fresh = (entries.c.seen_at > since) | (entries.c.published_at > since)
    told = entries.c.source.in_(list(sources)) & entries.c.withdrawn_at.is_(None)
    query = select(entries.c.story_id).where(told & fresh).distinct()
    return sorted(connection.scalars(query)) if sources else []


def changed_since(connection: Connection, when: datetime) -> list[Story]:
    """Stories whose content changed at ``when`` or later, newest (seen) first."""
    return _complete(connection, _shown().where(stories.c.changed_at >= when))


def _one(
    connection: Connection, which: ColumnElement[bool], include_withdrawn: bool
) -> Story | None:
    query = _shown(include_withdrawn).where(which)
    found = _complete(connection, query, include_withdrawn)
    return found[0] if found else None


def _shown(
    include_withdrawn: bool = False, sources: Sequence[str] = ()
) -> Select[tuple[int]]:
    told = exists().where(entries.c.story_id == stories.c.id)
    if not include_withdrawn:
        told = told.where(entries.c.withdrawn_at.is_(None))
    if sources:
        told = told.where(entries.c.source.in_(sources))
    return select(stories.c.id).where(told)


def _complete(
    connection: Connection,
    chosen: Select[tuple[int]],
    include_withdrawn: bool = False,
) -> list[Story]:
    """The stories whose ids ``chosen`` selects, in three queries however many."""
    ids = chosen.subquery()
    among = select(ids.c.id)
    heads = select(stories).where(stories.c.id.in_(among)).order_by(*_NEWEST_FIRST)
    tellers = _tellers(connection, among, include_withdrawn)
    topics = _topics(connection, among)
    return [
        _story(row, tellers[row.id], tuple(topics[row.id]))
        for row in connection.execute(heads)
    ]


def _tellers(
    connection: Connection, among: Select[tuple[int]], include_withdrawn: bool
) -> defaultdict[int, list[StoredEntry]]:
    query = select(entries).where(entries.c.story_id.in_(among))
    shown = true() if include_withdrawn else entries.c.withdrawn_at.is_(None)
    found: defaultdict[int, list[StoredEntry]] = defaultdict(list)
    for row in connection.execute(query.where(shown)):
        found[row.story_id].append(stored_entry(row))
    return found


def _topics(
    connection: Connection, among: Select[tuple[int]]
) -> defaultdict[int, list[Label]]:
    query = (
        select(labels)
        .where(labels.c.story_id.in_(among))
        .order_by(labels.c.is_primary.desc(), labels.c.position)
    )
    found: defaultdict[int, list[Label]] = defaultdict(list)
    for row in connection.execute(query):
        label = Label(
            category=row.category,
            reason=row.reason,
            confidence=row.confidence,
            primary=row.is_primary,
            origin=LabelOrigin(row.origin),
        )
        found[row.story_id].append(label)
    return found


def _story(
    row: Row[Any], tellers: list[StoredEntry], topics: tuple[Label, ...]
) -> Story:
    def where(one: StoredEntry) -> heads.Place:
        entry = one.entry
        return heads.place(
            one.id == row.lead_id,
            entry.published,
            one.seen_at,
            (entry.source, entry.url, one.id),
        )

    return Story(
        id=row.id,
        uid=row.uid,
        entries=tuple(sorted(tellers, key=where)),
        labels=topics,
        seen_at=row.seen_at,
        changed_at=row.changed_at,
    )
