"""Entries as rows, and rows as entries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, select

from syndicate.model import (
    Bond,
    Citation,
    Dated,
    Enclosure,
    Entry,
    Image,
    Relation,
    StoredEntry,
)
from syndicate.store.codecs import from_json, to_json
from syndicate.store.columns import mark
from syndicate.store.schema import entries

T = TypeVar("T")

_PLAIN = (
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
    "updated",
)
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


def entry_values(entry: Entry) -> dict[str, Any]:
    """The columns that hold ``entry``."""
    values = {name: getattr(entry, name) for name in _PLAIN}
    values |= {name: to_json(getattr(entry, name)) for name in _JSON}
    values["url_mark"] = mark(entry.url)
    values["published_at"] = entry.published.value if entry.published else None
    return values


def bond_values(bond: Bond) -> dict[str, Any]:
    """The columns that hold ``bond``."""
    return {
        "relation": bond.relation.value,
        "score": bond.score,
        "evidence": bond.evidence,
    }


def stored_entry(row: Row[Any]) -> StoredEntry:
    """The entry that a whole row of ``entries`` holds."""
    values = row._mapping
    plain = {name: values[name] for name in _PLAIN}
    rich = {name: from_json(kind, values[name]) for name, kind in _JSON.items()}
    return StoredEntry(
        id=values["id"],
        story=values["story_id"],
        entry=Entry(**plain, **rich),
        bond=Bond(
            relation=Relation(values["relation"]),
            score=values["score"],
            evidence=values["evidence"],
        ),
        seen_at=values["seen_at"],
        changed_at=values["changed_at"],
        withdrawn_at=values["withdrawn_at"],
        backlog=values["backlog"],
    )


def entries_by_id(
    connection: Connection, ids: Collection[int]
) -> dict[int, StoredEntry]:
    """The entries with these ids; unknown ids are left out."""
    found: dict[int, StoredEntry] = {}
    for some in portions(sorted(set(ids))):
        rows = connection.execute(select(entries).where(entries.c.id.in_(some)))
        found |= {row.id: stored_entry(row) for row in rows}
    return found


def portions(values: Sequence[T], size: int = 500) -> Iterator[list[T]]:
    """``values`` in lists of at most ``size``: a statement takes only so many."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
