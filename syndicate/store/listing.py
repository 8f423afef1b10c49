"""Stories as an editor looks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, func, select

from syndicate.model import Relation, Story
from syndicate.store import stories as told
from syndicate.store.schema import entries, labels, stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which stories are looked for; empty means "any"."""

    since: datetime | None = None
    """First seen then or later."""
    categories: Sequence[str] = ()
    sources: Sequence[str] = ()
    relations: Sequence[Relation] = ()
    """A teller that stands joined it so."""
    several: bool = False
    """Two tellers at least stand."""
    limit: int = 50


def find(connection: Connection, wanted: Wanted) -> list[Story]:
    """The stories, newest (seen) first, without what was withdrawn."""
    query = (
        select(stories.c.id)
        .where(*_conditions(wanted))
        .order_by(stories.c.seen_at.desc(), stories.c.id.desc())
        .limit(wanted.limit)
    )
    ids = list(connection.scalars(query))
    found = told.get_many(connection, ids)
    return [found[one] for one in ids if one in found]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    tells = (entries.c.story_id == stories.c.id) & entries.c.withdrawn_at.is_(None)
    found: list[ColumnElement[bool]] = [exists().where(tells)]
    if wanted.since is not None:
        found.append(stories.c.seen_at >= wanted.since)
    if wanted.categories:
        carries = labels.c.category.in_(wanted.categories)
        found.append(exists().where(labels.c.story_id == stories.c.id, carries))
    if wanted.sources:
        found.append(exists().where(tells, entries.c.source.in_(wanted.sources)))
    if wanted.relations:
        joined = [one.value for one in wanted.relations]
        found.append(exists().where(tells, entries.c.relation.in_(joined)))
    if wanted.several:
        tellers = select(func.count()).select_from(entries).where(tells)
        found.append(tellers.scalar_subquery() > 1)
    return found
