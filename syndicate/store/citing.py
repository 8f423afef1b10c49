"""What stories cite, asked for some stories, documents or sources at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from syndicate.model import CitedDocument
from syndicate.store import documents
from syndicate.store.bulk import insert_rows, rows_in
from syndicate.store.rows import portions
from syndicate.store.schema import boilerplates, carried, changes, citings, entries


class Cited(NamedTuple):
    """An entry that stands cites a document."""

    story: int
    entry: int
    source: str
    document: int
    mentions: int
    """0: its number was only put together from words."""


_OF_STORIES = """
    SELECT entries.story_id, entries.id, entries.source,
        citings.document_id, citings.mentions
    FROM entries JOIN citings ON citings.entry_id = entries.id
    WHERE entries.story_id IN {some} AND entries.withdrawn_at IS NULL
"""
_OF_ENTRIES = """
    SELECT citings.document_id, citings.entry_id, citings.mentions
    FROM citings JOIN entries ON entries.id = citings.entry_id
    WHERE citings.entry_id IN {some} AND entries.withdrawn_at IS NULL
"""
_BY_ID = """
    SELECT id, slug, number, type_word, issuer, scope, issued FROM documents
    WHERE id IN {some}
"""


def of_stories(connection: Connection, ids: Collection[int]) -> list[Cited]:
    """What stories cite."""
    rows = rows_in(connection, _OF_STORIES, sorted(set(ids))) if ids else ()
    return [Cited(*row) for row in rows]


def of_entries(
    connection: Connection, ids: Collection[int]
) -> dict[int, dict[int, int]]:
    """How often entries name documents: document → entry → mentions."""
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for document, entry, mentions in rows_in(connection, _OF_ENTRIES, sorted(ids)):
        found[document][entry] = mentions
    return dict(found)


def get_documents(
    connection: Connection, ids: Collection[int]
) -> dict[int, CitedDocument]:
    """Documents by number of their row."""
    rows = rows_in(connection, _BY_ID, sorted(set(ids))) if ids else ()
    names = ("id", "slug", "number", "type_word", "issuer", "scope", "issued")
    found = (CitedDocument(**dict(zip(names, row, strict=True))) for row in rows)
    return {one.id: one for one in found}


def by_keys(
    connection: Connection, keys: Iterable[str], start: str
) -> dict[str, CitedDocument]:
    """Documents by their slugs, in front of which ``start`` stands."""
    slugs = {key.removeprefix(start) for key in keys}
    found = documents.by_slug(connection, slugs) if slugs else []
    return {f"{start}{one.slug}": one for one in found}


def alike(
    connection: Connection, some: Iterable[CitedDocument]
) -> dict[int, CitedDocument]:
    """Documents of the same numbers as these, these among them."""
    numbers = {one.number for one in some}
    found = documents.of_numbers(connection, numbers) if numbers else {}
    return {one.id: one for those in found.values() for one in those}


def is_named(connection: Connection, document: int, held: Collection[int]) -> bool:
    """Whether an entry that counts writes a document's number out.

    What counts is no boilerplate and not among ``held``.
    """
    query = (
        select(citings.c.entry_id)
        .join(entries, entries.c.id == citings.c.entry_id)
        .join(
            boilerplates,
            (boilerplates.c.source == entries.c.source)
            & (boilerplates.c.document_id == citings.c.document_id),
            isouter=True,
        )
        .where(
            citings.c.document_id == document,
            citings.c.mentions > 0,
            entries.c.withdrawn_at.is_(None),
            boilerplates.c.mentions.is_(None)
            | (citings.c.mentions > boilerplates.c.mentions),
        )
        .limit(len(held) + 1)
    )
    return bool(set(connection.scalars(query)) - set(held))


# ── Boilerplate ──────────────────────────────────────────────────────────────


def boilerplate(
    connection: Connection, sources: Collection[str]
) -> dict[str, dict[int, int]]:
    """What sources print under everything: source → document → mentions."""
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for some in portions(sorted(sources)):
        query = select(boilerplates).where(boilerplates.c.source.in_(some))
        for row in connection.execute(query):
            found[row.source][row.document_id] = row.mentions
    return dict(found)


def keep_boilerplate(
    connection: Connection, source: str, printed: dict[int, int]
) -> None:
    """Keep what a source prints under everything, in place of what was known."""
    connection.execute(delete(boilerplates).where(boilerplates.c.source == source))
    rows = [(source, document, times) for document, times in printed.items()]
    columns = ("source", "document_id", "mentions")
    insert_rows(connection, boilerplates, columns, rows)


def sources_with_boilerplate(connection: Connection) -> set[str]:
    """The sources that print something under everything."""
    return set(connection.scalars(select(boilerplates.c.source).distinct()))


# ── Noting stories as changed ────────────────────────────────────────────────


def note_citing(connection: Connection, document: int, source: str) -> None:
    """Note all stories that cite a document through a source."""
    told = (
        select(entries.c.story_id)
        .join(citings, citings.c.entry_id == entries.c.id)
        .where(citings.c.document_id == document, entries.c.source == source)
        .distinct()
    )
    connection.execute(insert(changes).from_select(["story_id"], told))


def note_carried(connection: Connection, feed: str) -> None:
    """Note all stories that stand in a feed."""
    told = (
        select(carried.c.story_id)
        .where(carried.c.feed == feed, carried.c.gone_at.is_(None))
        .order_by(carried.c.id)
    )
    connection.execute(insert(changes).from_select(["story_id"], told))


def note_all_citing(connection: Connection) -> None:
    """Note all stories that cite anything."""
    told = (
        select(entries.c.story_id)
        .where(entries.c.id.in_(select(citings.c.entry_id)))
        .distinct()
    )
    connection.execute(insert(changes).from_select(["story_id"], told))
