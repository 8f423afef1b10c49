"""Uids of stories that were merged into others; each still leads to a story.

A uid that was given is never given to another story: readers may hold it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from syndicate.store.bulk import rows_in
from syndicate.store.codecs import storable
from syndicate.store.schema import aliases


def add(connection: Connection, uid: str, story_id: int, now: datetime) -> None:
    """Let ``uid``, which no story has any more, lead to a story."""
    values = {"uid": uid, "story_id": story_id, "at": now}
    connection.execute(insert(aliases).values(values))


def turn(connection: Connection, old: int, new: int) -> None:
    """Let all that led to one story lead to another: there are no chains."""
    which = aliases.c.story_id == old
    connection.execute(update(aliases).where(which).values(story_id=new))


def take_back(connection: Connection, uid: str) -> None:
    """Forget an alias: its story is to be again."""
    connection.execute(delete(aliases).where(aliases.c.uid == uid))


def story_of(connection: Connection, uid: str) -> int | None:
    """The story that a uid of before leads to now; None if it is no alias."""
    query = select(aliases.c.story_id).where(aliases.c.uid == uid)
    return connection.scalar(query)


def of_stories(
    connection: Connection, ids: Collection[int]
) -> dict[int, tuple[str, ...]]:
    """The uids that lead to each of these stories beside its own, oldest first."""
    query = (
        "SELECT story_id, uid FROM aliases WHERE story_id IN {some} ORDER BY at, uid"
    )
    found: dict[int, tuple[str, ...]] = {}
    for story, uid in rows_in(connection, query, sorted(set(ids))):
        found[story] = (*found.get(story, ()), uid)
    return found


def taken(connection: Connection, uids: Iterable[str]) -> set[str]:
    """Those of ``uids`` that lead to another story."""
    query = "SELECT uid FROM aliases WHERE uid IN {some}"
    return {uid for (uid,) in rows_in(connection, query, map(storable, uids))}
