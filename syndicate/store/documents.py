"""Cited documents: each once, however it is written, and which entries cite it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from syndicate.model import Citation, CitedDocument, Dated, Entry
from syndicate.store.bulk import insert_rows, loaded, next_ids, rows_in, run_many
from syndicate.store.codecs import from_json, storable
from syndicate.store.schema import citings, documents, stories

_COLUMNS = ("id", "slug", "number", "type_word", "issuer", "scope", "issued")
_ALL = f"SELECT {', '.join(_COLUMNS)} FROM documents"  # noqa: S608 - our own names
_LOOKED_AT = 1_000
"""Citings that are counted to find the better known of two documents: no more."""

# ── Writing ──────────────────────────────────────────────────────────────────


def new_ids(connection: Connection, count: int) -> list[int]:
    """Numbers for so many new documents; inside a transaction that writes."""
    return next_ids(connection, documents, count)


def create_all(connection: Connection, new: Iterable[CitedDocument]) -> None:
    """Keep new documents, with their numbers and slugs.

    :raises StoreError: at the end of ``write``, if a slug is taken
    """
    rows = [
        (one.id, *(storable(getattr(one, name)) for name in _COLUMNS[1:]))
        for one in new
    ]
    insert_rows(connection, documents, _COLUMNS, rows)


def learn_all(connection: Connection, known: Iterable[CitedDocument]) -> None:
    """Keep what is known better of documents; number and slug stay."""
    rows = [
        (*map(storable, (one.type_word, one.issuer, one.scope, one.issued)), one.id)
        for one in known
    ]
    statement = (
        "UPDATE documents SET type_word = ?, issuer = ?, scope = ?, issued = ?"
        " WHERE id = ?"
    )
    run_many(connection, statement, rows)


def cite_all(connection: Connection, new: Iterable[tuple[int, int, int]]) -> None:
    """Note which entries cite which documents: (document, entry, mentions)."""
    columns = ("document_id", "entry_id", "mentions")
    insert_rows(connection, citings, columns, list(new), known="replace")


def forget(connection: Connection, entry_ids: Iterable[int]) -> None:
    """Entries cite nothing any more; the documents stay, and so do their slugs."""
    rows = [(entry_id,) for entry_id in entry_ids]
    run_many(connection, "DELETE FROM citings WHERE entry_id = ?", rows)


# ── Reading ──────────────────────────────────────────────────────────────────


def everything(connection: Connection) -> list[CitedDocument]:
    """Every document that was ever cited."""
    return [_document(row) for row in connection.exec_driver_sql(f"{_ALL} ORDER BY id")]


def by_slug(connection: Connection, slugs: Collection[str]) -> list[CitedDocument]:
    """The documents with these slugs."""
    query = f"{_ALL} WHERE slug IN {{some}} ORDER BY id"
    return [_document(row) for row in rows_in(connection, query, sorted(slugs))]


def of_numbers(
    connection: Connection, numbers: Collection[str]
) -> dict[str, list[CitedDocument]]:
    """Known documents by number; where one has several, the most cited first."""
    found: defaultdict[str, list[CitedDocument]] = defaultdict(list)
    query = f"{_ALL} WHERE number IN {{some}} ORDER BY id"
    for row in rows_in(connection, query, sorted(map(storable, set(numbers)))):
        document = _document(row)
        found[document.number].append(document)
    for some in found.values():
        if len(some) > 1:
            often = {one.id: _how_often(connection, one.id) for one in some}
            some.sort(key=lambda one: (-often[one.id], one.id))
    return dict(found)


class Citing(NamedTuple):
    """An entry that readers can see cites a document; there are many: no dataclass."""

    document: int
    entry: int
    story: int
    source: str
    mentions: int
    """0: its number was only put together from words."""
    place: Any
    """Sorts as time does, within one database: when it was news."""


_CITINGS = """
    SELECT citings.document_id, citings.entry_id, entries.story_id, entries.source,
        citings.mentions,
        CASE WHEN entries.backlog AND entries.published_at < entries.seen_at
            THEN entries.published_at ELSE entries.seen_at END
    FROM citings JOIN entries ON entries.id = citings.entry_id
    WHERE entries.withdrawn_at IS NULL
"""


def every_citing(connection: Connection) -> list[Citing]:
    """Who cites what, of all entries that are not withdrawn."""
    return [Citing._make(row) for row in connection.exec_driver_sql(_CITINGS)]


def newest_of(connection: Connection, source: str, most: int) -> list[int]:
    """The newest entries of a source."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    query = (
        f"SELECT id FROM entries WHERE source = {mark}"  # noqa: S608 - our own names
        f" ORDER BY seen_at DESC, id DESC LIMIT {most}"
    )
    return [row[0] for row in connection.exec_driver_sql(query, (source,))]


def texts(connection: Connection, entry_ids: Collection[int]) -> list[str]:
    """The texts of entries, the first first."""
    query = "SELECT text FROM entries WHERE id IN {some} ORDER BY id"
    return [row[0] for row in rows_in(connection, query, sorted(entry_ids))]


_VERSIONS = """
    SELECT entries.story_id, entries.id, entries.changed_at, entries.published_at,
        entries.published, entries.relation, entries.url, entries.source,
        stories.changed_at, stories.seen_at, entries.id = stories.lead_id
    FROM entries JOIN stories ON stories.id = entries.story_id
    WHERE entries.story_id IN {some} AND entries.withdrawn_at IS NULL
    ORDER BY entries.story_id, entries.id
"""
_LABELS = """
    SELECT story_id, category, is_primary, position FROM labels
    WHERE story_id IN {some} ORDER BY story_id, position, category
"""


def versions(connection: Connection, story_ids: Collection[int]) -> dict[int, str]:
    """All of each story that can make its pages others, in a word for comparing.

    Its texts are not read: they do not change without their time of change. Stories
    that nobody tells any more are left out.
    """
    parts: defaultdict[int, list[str]] = defaultdict(list)
    wanted = sorted(set(story_ids))
    for query in (_VERSIONS, _LABELS):
        for story_id, *cells in rows_in(connection, query, wanted):
            if query is _VERSIONS or story_id in parts:
                parts[story_id].append(repr(cells))
    return {story_id: "\n".join(some) for story_id, some in parts.items()}


def uncited(connection: Connection, below: int, most: int) -> list[tuple[int, Entry]]:
    """Entries below a number that cite something and have no citings, newest first.

    Of the entry there is only what says what it cites: source, date and citations.
    """
    many = "citations::text" if connection.dialect.name == "postgresql" else "citations"
    query = f"""
        SELECT id, source, published, citations FROM entries
        WHERE id < {below} AND {many} <> '[]' AND NOT EXISTS
            (SELECT 1 FROM citings WHERE citings.entry_id = entries.id)
        ORDER BY id DESC LIMIT {most}
    """  # noqa: S608 - our own names and numbers
    return [
        (
            entry_id,
            Entry(
                source=source,
                url="",
                title="",
                published=from_json(Dated | None, loaded(published)),
                citations=from_json(tuple[Citation, ...], loaded(said)),
            ),
        )
        for entry_id, source, published, said in connection.exec_driver_sql(query)
    ]


def _document(row: Sequence[Any]) -> CitedDocument:
    return CitedDocument(**dict(zip(_COLUMNS, row, strict=True)))


def _how_often(connection: Connection, document: int) -> int:
    """How many entries cite a document, as far as it matters."""
    query = select(citings.c.entry_id).where(citings.c.document_id == document)
    return len(connection.execute(query.limit(_LOOKED_AT)).all())


def free_slug(connection: Connection, wanted: Iterable[str], taken: set[str]) -> str:
    """The first of ``wanted`` that neither the store has nor is among ``taken``."""
    tries = iter(wanted)
    while True:
        some = list(islice(tries, 12))
        held = {one.slug for one in by_slug(connection, some)} | taken
        for slug in some:
            if slug not in held:
                return slug


def stories_since(connection: Connection, since: datetime) -> set[int]:
    """Numbers of the stories first seen since then."""
    return set(
        connection.scalars(select(stories.c.id).where(stories.c.seen_at >= since))
    )
