"""The index of search."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Table,
    Text,
    event,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import TSVECTOR

from syndicate.store.columns import Id
from syndicate.store.schema.base import metadata

# ── Search ───────────────────────────────────────────────────────────────────

# Entries in the order of search: newest first is the highest number first.
searchable = Table(
    "searchable",
    metadata,
    # The day of its date since 1970, times 2^17, and a count within that day.
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    # Empty where an entry has gone whose words SQLite could not be told to forget.
    Column("entry_id", Id, ForeignKey("entries.id")),
    # Its date as seconds since 1970, for filters.
    Column("at", BigInteger, nullable=False),
    # text.sought.Sought.print of what was indexed.
    Column("print", BigInteger, nullable=False),
    # Its words on PostgreSQL, without places; SQLite has them in ``search_words``.
    Column("words", TSVECTOR().with_variant(Text, "sqlite")),
    Index(
        None,
        "words",
        postgresql_using="gin",
        # On SQLite, where it would be of no use, it holds nothing.
        sqlite_where=sql("words IS NOT NULL"),
    ),
    Index(None, "entry_id", unique=True),
)

# Entries that are new or have changed, and are not in the index as they are now.
unsearched = Table(
    "unsearched",
    metadata,
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
)

SEARCH_WORDS = """
CREATE VIRTUAL TABLE search_words USING fts5(
    exact, plain, content='', columnsize=0, tokenize="ascii tokenchars '-:=@^_'"
)
"""
"""SQLite's index of words: ``text.sought.Sought`` under ``searchable.number``.

It keeps no texts (they are in ``entries``) and splits at spaces, no more: what a word
is, we say. ``ascii`` takes every letter that is not ASCII for part of a word."""


def _index_words(_table: object, connection: Connection, **_more: object) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(SEARCH_WORDS)


event.listen(searchable, "after_create", _index_words)
