"""What became of stories that nobody tells any more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from syndicate.store.bulk import as_moment, rows_in

_WITHDRAWN = """
    SELECT story_id, max(withdrawn_at) FROM entries
    WHERE story_id IN {some} AND withdrawn_at IS NOT NULL GROUP BY story_id
"""
_MERGED = """
    SELECT aliases.uid, stories.id, stories.uid, aliases.at FROM aliases
    JOIN stories ON stories.id = aliases.story_id WHERE aliases.uid IN {some}
"""


def withdrawn(connection: Connection, ids: Collection[int]) -> dict[int, datetime]:
    """When the last teller of each story took it back, by story."""
    rows = rows_in(connection, _WITHDRAWN, sorted(set(ids))) if ids else ()
    return {story: as_moment(at) for story, at in rows}


def sources_of(connection: Connection, ids: Collection[int]) -> dict[int, set[str]]:
    """The sources of all entries of stories, withdrawn ones too, by story."""
    query = "SELECT DISTINCT story_id, source FROM entries WHERE story_id IN {some}"
    found: dict[int, set[str]] = {}
    for story, source in rows_in(connection, query, sorted(set(ids))) if ids else ():
        found.setdefault(story, set()).add(source)
    return found


def merged(
    connection: Connection, uids: Collection[str]
) -> dict[str, tuple[int, str, datetime]]:
    """Where stories went that were merged: (story, its uid, when), by uid."""
    rows = rows_in(connection, _MERGED, sorted(set(uids))) if uids else ()
    return {uid: (story, into, as_moment(at)) for uid, story, into, at in rows}


def living(connection: Connection, uids: Collection[str]) -> dict[str, int]:
    """Numbers of the stories that have these uids."""
    query = "SELECT uid, id FROM stories WHERE uid IN {some}"
    rows = rows_in(connection, query, sorted(set(uids))) if uids else ()
    return {uid: story for uid, story in rows}  # noqa: C416 - rows are no pairs to mypy
