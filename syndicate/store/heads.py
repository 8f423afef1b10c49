"""Who tells a story, and who leads it: without the long texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from syndicate.model import Dated, Label, LabelOrigin
from syndicate.store.bulk import as_moment, loaded, rows_in, run_many
from syndicate.store.codecs import from_json

Place = tuple[bool, datetime, str, str, int]
"""Sorts the tellers of a story."""


@dataclass(frozen=True, slots=True)
class Teller:
    """An entry of a story without its long texts: what says whether it leads."""

    id: int
    source: str
    url: str
    credit: str
    published: Dated | None
    seen_at: datetime
    withdrawn_at: datetime | None
    length: int
    """Characters of its text."""


@dataclass(frozen=True, slots=True)
class Headed:
    """What a story shows of itself."""

    id: int
    tellers: tuple[Teller, ...]
    """Those that are not withdrawn; the first leads."""
    labels: tuple[Label, ...]


_HEADS = """
    SELECT entries.story_id, entries.id = stories.lead_id, entries.id,
        entries.source, entries.url, entries.credit, entries.published,
        entries.seen_at, length(entries.text)
    FROM entries JOIN stories ON stories.id = entries.story_id
    WHERE entries.story_id IN {some} AND entries.withdrawn_at IS NULL
"""
_LABELS = """
    SELECT story_id, category, reason, confidence, is_primary, origin
    FROM labels WHERE story_id IN {some} ORDER BY is_primary DESC, position
"""


def load(connection: Connection, ids: Collection[int]) -> dict[int, Headed]:
    """What stories show of themselves, by id, without the texts of their entries.

    Stories whose entries are all withdrawn are left out.
    """
    if not ids:
        return {}
    wanted = sorted(set(ids))
    found: defaultdict[int, list[tuple[Place, Teller]]] = defaultdict(list)
    for story_id, leads, *rest in rows_in(connection, _HEADS, wanted):
        teller = _teller(*rest)
        where = place(
            bool(leads),
            teller.published,
            teller.seen_at,
            (teller.source, teller.url, teller.id),
        )
        found[story_id].append((where, teller))
    topics: defaultdict[int, list[Label]] = defaultdict(list)
    for story_id, category, reason, confidence, primary, origin in rows_in(
        connection, _LABELS, wanted
    ):
        label = Label(
            category=category,
            reason=reason,
            confidence=confidence,
            primary=bool(primary),
            origin=LabelOrigin(origin),
        )
        topics[story_id].append(label)
    return {
        one: Headed(
            id=one,
            tellers=tuple(teller for _, teller in sorted(some, key=_by_place)),
            labels=tuple(topics.get(one, ())),
        )
        for one, some in found.items()
    }


def _by_place(one: tuple[Place, Teller]) -> Place:
    return one[0]


def _teller(*cells: Any) -> Teller:
    entry_id, source, url, credit, published, seen_at, length = cells
    return Teller(
        id=entry_id,
        source=source,
        url=url,
        credit=credit,
        published=from_json(Dated | None, loaded(published)),
        seen_at=as_moment(seen_at),
        withdrawn_at=None,
        length=length,
    )


def lead_all(connection: Connection, new: Iterable[tuple[int, int]]) -> None:
    """Let one of its entries lead each story: (story, entry), known to tell it."""
    rows = [(entry_id, story_id) for story_id, entry_id in new]
    run_many(connection, "UPDATE stories SET lead_id = ? WHERE id = ?", rows)


def place(
    leads: bool,
    published: Dated | None,
    seen_at: datetime,
    who: tuple[str, str, int],
) -> Place:
    """The leader first, then by date; of equals by source and address.

    Not by number: that says only whom we happened to ask first.
    """
    return (not leads, published.value if published else seen_at, *who)
