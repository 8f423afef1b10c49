"""In how many texts words were met, for all that the desk ever read.

Counted in one write with the entries, so that several processes may. What is seldom
met is forgotten when the store has grown: of a word that one text in thousands has,
it is enough to know that it is rare.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, text

from syndicate.store.codecs import dumps, storable
from syndicate.store.schema import rarities

RAREST = 4096
"""Of so many texts one has to have a word, or it is not known."""
LONGEST = 60
"""Characters; what is longer is no word, and no index takes just anything."""

_TEXTS = ""
"""Stands for no word: its row counts the texts."""
_ADD = {
    "sqlite": """
        INSERT INTO rarities (word, texts) SELECT key, value FROM json_each(?)
        WHERE true ORDER BY key
        ON CONFLICT (word) DO UPDATE SET texts = texts + excluded.texts
    """,
    "postgresql": """
        INSERT INTO rarities (word, texts)
        SELECT key, value::integer FROM json_each_text(%s::json)
        ON CONFLICT (word) DO UPDATE SET texts = rarities.texts + excluded.texts
    """,
}
_KNOWN = text("SELECT word, texts FROM rarities WHERE texts >= :least")
_FORGET = text("DELETE FROM rarities WHERE texts < :least")


def total(connection: Connection) -> int:
    """How many texts were counted."""
    query = rarities.select().where(rarities.c.word == _TEXTS)
    row = connection.execute(query).first()
    return row.texts if row else 0


def load(connection: Connection) -> tuple[int, dict[str, int]]:
    """How many texts were counted, and in how many of them each word was met."""
    texts = total(connection)
    rows = connection.execute(_KNOWN, {"least": texts / RAREST})
    counts: dict[str, int] = dict(map(tuple, rows))
    counts.pop(_TEXTS, None)
    return texts, counts


def add(connection: Connection, texts: int, counts: Mapping[str, int]) -> None:
    """Count ``texts`` more, in which words were met so often."""
    known = {storable(word): many for word, many in counts.items() if fits(word)}
    statement = _ADD[connection.dialect.name]
    connection.exec_driver_sql(statement, (dumps({_TEXTS: texts, **known}),))


def forget(connection: Connection) -> None:
    """Let go of words that are rarer than :func:`load` tells."""
    connection.execute(_FORGET, {"least": total(connection) / RAREST})


def fits(word: str) -> bool:
    """Whether ``word`` is one that is counted."""
    return 0 < len(word) <= LONGEST
