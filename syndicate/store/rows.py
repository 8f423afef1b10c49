"""Entries as rows, and rows as entries."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, bindparam, select

from syndicate.errors import StoreError
from syndicate.model import (
    Bond,
    Citation,
    Dated,
    Enclosure,
    Entry,
    Evidence,
    EvidenceKind,
    Image,
    Relation,
    StoredEntry,
)
from syndicate.store import bulk, indexing
from syndicate.store.codecs import all_storable, dumps, reader, sparse_json, to_json
from syndicate.store.columns import mark
from syndicate.store.schema import entries

T = TypeVar("T")

_TEXTS = (
    "source",
    "url",
    "guid",
    "title",
    "lead",
    "html",
    "text",
    "credit",
    "language",
    "fingerprint",
)
_PLAIN = (*_TEXTS, "updated")
_JSON: dict[str, Any] = {
    "published": Dated | None,
    "image": Image | None,
    "dates": tuple[Dated, ...],
    "authors": tuple[str, ...],
    "captions": tuple[str, ...],
    "enclosures": tuple[Enclosure, ...],
    "terms": tuple[str, ...],
    "citations": tuple[Citation, ...],
}
_texts: Callable[[Entry], tuple[str, ...]] = attrgetter(*_TEXTS)
_rich: Callable[[Entry], tuple[Any, ...]] = attrgetter(*_JSON)
_READERS = {name: reader(kind) for name, kind in _JSON.items()}
_read_evidence = reader(tuple[Evidence, ...])
_RELATIONS = {one.value: one for one in Relation}
_COLUMNS = (
    "id",
    "story_id",
    "relation",
    "score",
    "evidence",
    "joined_at",
    "seen_at",
    "changed_at",
    "withdrawn_at",
    "backlog",
    "grams",
    "changes",
    "told",
    "url_mark",
    "published_at",
    "updated",
    "bond_to",
    *_TEXTS,
    *_JSON,
)
# In the order of the columns, so that a row is read by numbers.
_AT = {name: at for at, name in enumerate(entries.c.keys())}
_BY_ID = select(entries).where(entries.c.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class NewRow:
    """An entry that is to be kept, and what is kept beside it."""

    stored: StoredEntry
    grams: int = 0
    told: str = ""


def entry_values(entry: Entry) -> dict[str, Any]:
    """The columns that hold ``entry``."""
    values = {name: getattr(entry, name) for name in _PLAIN}
    values |= {name: to_json(getattr(entry, name)) for name in _JSON}
    values["url_mark"] = mark(entry.url)
    values["published_at"] = entry.published.value if entry.published else None
    return values


def insert_entries(connection: Connection, new: Sequence[NewRow]) -> None:
    """Keep entries under the numbers that they have."""
    told = bulk.moments(connection)
    rows = [_cells(one, told) for one in new]
    bulk.insert_rows(connection, entries, _COLUMNS, rows)
    indexing.note(connection, [one.stored.id for one in new])


def _cells(new: NewRow, told: bulk.Moments) -> bulk.Row:
    """A row in the order of ``_COLUMNS``, as the driver takes it."""
    stored = new.stored
    entry, bond, seen_at = stored.entry, stored.bond, told(stored.seen_at)
    published = entry.published.value if entry.published else None
    is_fresh = stored.changed_at is stored.seen_at
    return (
        stored.id,
        stored.story,
        bond.relation.value,
        bond.score,
        evidence_text(bond.evidence),
        seen_at,
        seen_at,
        seen_at if is_fresh else told(stored.changed_at),
        told(stored.withdrawn_at),
        stored.backlog,
        new.grams,
        0,
        new.told,
        mark(entry.url),
        told(published),
        told(entry.updated),
        bond.to,
        *all_storable(_texts(entry)),
        *map(_json, _rich(entry)),
    )


def _json(value: Any) -> str:
    if value is None:
        return "null"
    if not value:
        return "[]"
    if type(value) is tuple and type(value[0]) is str:
        return _names(value)
    return dumps(to_json(value))


@lru_cache(maxsize=512)
def _names(values: tuple[str, ...]) -> str:
    """Authors and terms, which a feed repeats."""
    return dumps(values)


def bond_values(bond: Bond) -> dict[str, Any]:
    """The columns that hold ``bond``."""
    return {
        "relation": bond.relation.value,
        "score": bond.score,
        "evidence": evidence_text(bond.evidence),
        "bond_to": bond.to,
    }


def evidence_text(evidence: tuple[Evidence, ...]) -> str:
    """Evidence as its column holds it: JSON, or nothing for none."""
    return dumps([sparse_json(one) for one in evidence]) if evidence else ""


def read_evidence(text: str) -> tuple[Evidence, ...]:
    """What :func:`evidence_text` wrote; a sentence of an older version is a note."""
    if not text:
        return ()
    if not text.startswith("[{"):
        return (Evidence(kind=EvidenceKind.NOTE, said=(text,)),)
    found: tuple[Evidence, ...] = _read_evidence(json.loads(text))
    return found


def stored_entry(row: Row[Any]) -> StoredEntry:
    """The entry that a whole row of ``entries`` holds.

    :raises StoreError: it holds what no entry has
    """
    plain = {name: row[_AT[name]] for name in _PLAIN}
    try:
        rich = {name: read(row[_AT[name]]) for name, read in _READERS.items()}
        relation = _RELATIONS[row[_AT["relation"]]]
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise StoreError(f"entry {row[0]} cannot be read: {error}") from error
    return StoredEntry(
        id=row[_AT["id"]],
        story=row[_AT["story_id"]],
        entry=Entry(**plain, **rich),
        bond=Bond(
            relation=relation,
            score=row[_AT["score"]],
            to=row[_AT["bond_to"]],
            evidence=read_evidence(row[_AT["evidence"]]),
        ),
        seen_at=row[_AT["seen_at"]],
        changed_at=row[_AT["changed_at"]],
        withdrawn_at=row[_AT["withdrawn_at"]],
        backlog=row[_AT["backlog"]],
    )


def entries_by_id(
    connection: Connection, ids: Collection[int]
) -> dict[int, StoredEntry]:
    """The entries with these ids; unknown ids are left out."""
    found: dict[int, StoredEntry] = {}
    for some in portions(sorted(set(ids))):
        for row in connection.execute(_BY_ID, {"ids": some}):
            found[row[0]] = stored_entry(row)
    return found


def portions(values: Sequence[T], size: int = 500) -> Iterator[list[T]]:
    """``values`` in lists of at most ``size``: a statement takes only so many."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
