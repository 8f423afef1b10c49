"""What entries are about, in a few words each: :class:`~syndicate.dedupe.gist.Gist`.

Only who tells something of its own has one: of a text that was printed again nobody
asks twice. The store does not look into them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, exists, func, select

from syndicate.model import Relation, StoredEntry
from syndicate.store.bulk import insert_rows, rows_in
from syndicate.store.codecs import storable
from syndicate.store.rows import stored_entry
from syndicate.store.schema import entries, gists

REACH = 20_000
"""Newest entries among which those without a gist are looked for."""

_COLUMNS = ("entry_id", "began", "content")
_HELD = """
    SELECT gists.entry_id, entries.story_id, gists.began, gists.content
    FROM gists JOIN entries ON entries.id = gists.entry_id
    WHERE gists.entry_id IN {some}
"""
_TELLERS = """
    SELECT entry_id, story_id, began, content FROM (
        SELECT gists.entry_id, entries.story_id, gists.began, gists.content,
            ROW_NUMBER() OVER (PARTITION BY entries.story_id ORDER BY entries.id)
                AS place
        FROM entries JOIN gists ON gists.entry_id = entries.id
        WHERE entries.story_id IN {some} AND gists.content <> ''
    ) AS told WHERE place <= ?
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """The gist of an entry, and where it stands."""

    story: int
    """Its story, as it is now."""
    began: int
    """When that had begun, of which it was found to be; hours since 1970."""
    packed: str


def keep_all(connection: Connection, new: Iterable[tuple[int, int, str]]) -> None:
    """Make these the gists of entries: (id, when its story began, packed).

    In place of any old ones. An empty text says that nothing is to be told of it.
    """
    rows = [(entry_id, began, storable(packed)) for entry_id, began, packed in new]
    insert_rows(connection, gists, _COLUMNS, rows, known="replace")


def load(connection: Connection, ids: Collection[int]) -> dict[int, Kept]:
    """The gists of those entries that have one."""
    if not ids:
        return {}
    found = rows_in(connection, _HELD, sorted(ids))
    return {entry_id: Kept(*rest) for entry_id, *rest in found if rest[-1]}


def tellers(
    connection: Connection, stories: Collection[int], most: int
) -> dict[int, Kept]:
    """The gists of the first ``most`` entries of each story that have one."""
    if not stories:
        return {}
    found = rows_in(connection, _TELLERS, sorted(stories), most)
    return {entry_id: Kept(*rest) for entry_id, *rest in found}


def missing(connection: Connection, most: int) -> list[StoredEntry]:
    """The newest entries that should have a gist and have none.

    An older version kept them without. Older ones than the newest
    :data:`REACH` are nobody's news any more.
    """
    newest = select(func.coalesce(func.max(entries.c.id), 0)).scalar_subquery()
    query = (
        select(entries)
        .where(
            entries.c.id > newest - REACH,
            entries.c.relation != Relation.REPEAT.value,
            ~exists().where(gists.c.entry_id == entries.c.id),
        )
        .order_by(entries.c.id.desc())
        .limit(most)
    )
    return [stored_entry(row) for row in connection.execute(query)]
