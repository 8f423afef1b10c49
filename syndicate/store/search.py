"""Which stories have the words of a query, the best first; alike on both engines.

An answer is found tier by tier (:mod:`syndicate.text.tiers`), in each the newest
first, and no further than it is asked for. What it costs depends on the words that
are looked for, and hardly on how many entries there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from syndicate.store.conditions import Narrowing, Where, marks, where_of
from syndicate.store.expressions import fts5, tsquery
from syndicate.store.indexing import first_of_day
from syndicate.text.clean import slug
from syndicate.text.query import Query
from syndicate.text.tiers import Tier, Wanted, excluded, tiers

FEW = 2_000
"""Entries that PostgreSQL sorts; of more it reads the newest, one after another."""

_FIRST, _MOST = 64, 1_024
"""Entries that are read at once."""
_END = 2**62
"""Above every number of ``searchable``."""
_WEEK = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, and the story that it tells."""

    story: int
    entry: int
    tier: Tier | None
    """Why it stands where it stands; None for a query without words."""


def hits(connection: Connection, query: Query, narrow: Narrowing) -> Iterator[Hit]:
    """Entries that ``query`` finds, the best first; none is withdrawn.

    An entry comes once for every tier that it meets, a story with each of its tellers.
    Read no more of it than is needed.
    """
    if not query.terms:
        for story, entry in _newest(connection, excluded(query), narrow):
            yield Hit(story, entry, None)
        return
    few = _few(connection, narrow)
    for tier in tiers(query, narrow.sources):
        if few is not None:
            found = _among(connection, tier, few)
        else:
            found = _matching(connection, tier, narrow)
        for story, entry in found:
            yield Hit(story, entry, tier)


# ── Pages of rows ────────────────────────────────────────────────────────────

_Rows = Sequence[Any]
"""Of ``_COLUMNS``."""
_COLUMNS = "s.number, e.story_id, e.id"
_RANGE = "s.number < ? AND s.number >= ?"
_ON_SQLITE = f"""
    SELECT {_COLUMNS} FROM search_words w
    CROSS JOIN searchable s ON s.number = w.rowid
    CROSS JOIN entries e ON e.id = s.entry_id
    WHERE search_words MATCH ? AND w.rowid < ? AND w.rowid >= ? AND {{where}}
    ORDER BY w.rowid DESC LIMIT ?
"""  # noqa: S608 - our own words
_NEWEST = f"""
    SELECT {_COLUMNS} FROM searchable s JOIN entries e ON e.id = s.entry_id
    WHERE {_RANGE} AND {{where}} ORDER BY s.number DESC LIMIT ?
"""  # noqa: S608 - our own words
_FEW = f"""
    SELECT {_COLUMNS} FROM searchable s JOIN entries e ON e.id = s.entry_id
    WHERE s.number = ANY(?) AND {{where}} ORDER BY s.number DESC
"""  # noqa: S608 - our own words
_WITH_WORDS = f"""
    SELECT s.number FROM searchable s
    WHERE s.words @@ ?::tsquery AND {_RANGE} LIMIT ?
"""  # noqa: S608 - our own words
_ALL_FEW = (
    f"""
    SELECT DISTINCT {_COLUMNS} FROM labels o JOIN entries e ON e.story_id = o.story_id
    JOIN searchable s ON s.entry_id = e.id
    WHERE o.category IN ({{own}}) AND {{where}} LIMIT ?
    """,  # noqa: S608 - our own words
    f"""
    SELECT DISTINCT {_COLUMNS} FROM citings o JOIN entries e ON e.id = o.entry_id
    JOIN searchable s ON s.entry_id = e.id
    WHERE o.document_id IN ({{own}}) AND {{where}} LIMIT ?
    """,  # noqa: S608 - our own words
)
"""By category, and by document."""
_BETWEEN = """
    SELECT rowid FROM search_words
    WHERE search_words MATCH ? AND rowid >= ? AND rowid <= ?
"""
_OF_FEW = """
    SELECT s.number FROM searchable s
    WHERE s.number = ANY(?) AND s.words @@ ?::tsquery
"""
_CALLED = "SELECT id, slug, number FROM documents WHERE slug = ? OR slug LIKE ?"
_HAS = "s.words @@ ?::tsquery"
_HAS_NOT = {
    "sqlite": "s.number NOT IN"
    " (SELECT rowid FROM search_words WHERE search_words MATCH ?)",
    "postgresql": f"NOT {_HAS}",
}


def _newest(
    connection: Connection, unwanted: Wanted | None, narrow: Narrowing
) -> Iterator[tuple[int, int]]:
    """(story, entry) for all that ``narrow`` lets through, the newest first."""
    where = where_of(narrow)
    if unwanted is not None:
        name = connection.dialect.name
        words = fts5(unwanted) if name == "sqlite" else tsquery(unwanted)
        where = where.also(_HAS_NOT[name], words)
    return _in_order(connection, where, narrow)


def _matching(
    connection: Connection, tier: Tier, narrow: Narrowing
) -> Iterator[tuple[int, int]]:
    """(story, entry) for all that a tier wants, the newest first."""
    where = where_of(narrow)
    if connection.dialect.name != "sqlite":
        return _on_postgres(connection, tier, narrow, where)
    words = fts5(tier.wanted, tier.unwanted)
    query = _ON_SQLITE.replace("{where}", where.said)

    def ask(below: int, most: int) -> _Rows:
        bounds = (words, below, _lowest(narrow), *where.values, most)
        return _rows(connection, query, *bounds)

    return _paged(ask, narrow)


_Few = Mapping[int, tuple[int, int]]
"""Number → (story, entry)."""


def _few(connection: Connection, narrow: Narrowing) -> _Few | None:
    """What may be found at all, where that is few; None where it is many.

    A category of ten stories and a word of ten thousand: the ten are looked at.
    """
    if not narrow.documents and not narrow.categories:
        return None
    where = where_of(narrow)
    query = _ALL_FEW[bool(narrow.documents)].replace("{where}", where.said)
    own = narrow.documents or narrow.categories
    query = query.replace("{own}", marks(own))
    rows = _rows(connection, query, *own, *where.values, FEW + 1)
    if len(rows) > FEW:
        return None
    return {number: (story, entry) for number, story, entry in rows}


def _among(connection: Connection, tier: Tier, few: _Few) -> Iterator[tuple[int, int]]:
    """(story, entry) for those of ``few`` that a tier wants, the newest first."""
    if not few:
        return
    if connection.dialect.name == "sqlite":
        words = fts5(tier.wanted, tier.unwanted)
        bounds = (words, min(few), max(few))
        numbers = [number for (number,) in _rows(connection, _BETWEEN, *bounds)]
    else:
        words = tsquery(tier.wanted, tier.unwanted)
        numbers = [n for (n,) in _rows(connection, _OF_FEW, list(few), words)]
    for number in sorted(few.keys() & numbers, reverse=True):
        yield few[number]


def _on_postgres(
    connection: Connection, tier: Tier, narrow: Narrowing, where: Where
) -> Iterator[tuple[int, int]]:
    """As its planner does not by itself: it believes that rare words are common.

    Of few entries all are sorted. Where there are more, the newest are read one after
    another, and enough of them have the words.
    """
    words = tsquery(tier.wanted, tier.unwanted)
    bounds = (words, _highest(narrow), _lowest(narrow), FEW + 1)
    with _planned(connection, without="seqscan, indexscan, indexonlyscan"):
        found = [number for (number,) in _rows(connection, _WITH_WORDS, *bounds)]
    if len(found) > FEW:
        yield from _in_order(connection, where.also(_HAS, words), narrow)
    elif found:
        query = _FEW.replace("{where}", where.said)
        for _, story, entry in _rows(connection, query, found, *where.values):
            yield story, entry


def _in_order(
    connection: Connection, where: Where, narrow: Narrowing
) -> Iterator[tuple[int, int]]:
    query = _NEWEST.replace("{where}", where.said)

    def ask(below: int, most: int) -> _Rows:
        with _planned(connection, without="seqscan, bitmapscan, sort"):
            bounds = (below, _lowest(narrow), *where.values, most)
            return _rows(connection, query, *bounds)

    return _paged(ask, narrow)


def _paged(
    ask: Callable[[int, int], _Rows], narrow: Narrowing
) -> Iterator[tuple[int, int]]:
    """Rows below a number, ever more of them at once."""
    below, most = _highest(narrow), _FIRST
    rows = ask(below, most)
    while rows:
        for below, story, entry in rows:  # noqa: B007 - the last one counts
            yield story, entry
        if len(rows) < most:
            return
        most = min(most * 4, _MOST)
        rows = ask(below, most)


@contextmanager
def _planned(connection: Connection, *, without: str) -> Iterator[None]:
    """Keep PostgreSQL from ways that ``without`` names, for one statement."""
    names = [f"enable_{way}" for way in without.split(", ")]
    if connection.dialect.name == "sqlite":
        yield
        return
    off = ", ".join(f"set_config('{name}', 'off', true)" for name in names)
    connection.exec_driver_sql(f"SELECT {off}")
    try:
        yield
    finally:
        on = ", ".join(f"set_config('{name}', 'on', true)" for name in names)
        connection.exec_driver_sql(f"SELECT {on}")


def _rows(connection: Connection, query: str, *values: Any) -> _Rows:
    if connection.dialect.name != "sqlite":
        query = query.replace("?", "%s")
    return connection.exec_driver_sql(query, values).all()


def _lowest(narrow: Narrowing) -> int:
    return -_END if narrow.since is None else first_of_day(narrow.since)


def _highest(narrow: Narrowing) -> int:
    # A very full day goes on in the numbers of the next ones.
    return _END if narrow.until is None else first_of_day(narrow.until + _WEEK)


def documents_called(connection: Connection, said: str) -> list[int]:
    """Numbers of the documents with this number, however it is spelt, or this slug.

    Of a number that several places have, the document of each.
    """
    wanted = slug(said)
    names = {wanted, f"0{wanted}"}
    found = []
    for name in names:
        rows = _rows(connection, _CALLED, name, f"{name}-%")
        found += [one for one, own, number in rows if {own, slug(number)} & names]
    return sorted(found)
