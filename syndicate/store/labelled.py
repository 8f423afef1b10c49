"""Labels in figures, and stories by their labels, without the texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, select

from syndicate.model import LabelOrigin
from syndicate.store.schema import entries, labels, stories


@dataclass(frozen=True, slots=True)
class Given:
    """A story that the desk itself labelled: it may be drawn for a check."""

    story: int
    uid: str
    category: str
    """Its primary one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """The stories of a span of time, in figures."""

    stories: int = 0
    unlabelled: int = 0
    by_category: dict[tuple[str, LabelOrigin], int]
    """Labels by category and by who gave them."""

    def of(self, category: str) -> int:
        """Stories that carry a category, whoever said so."""
        return sum(n for (slug, _), n in self.by_category.items() if slug == category)

    def by(self, origin: LabelOrigin) -> int:
        """Labels that came from there."""
        return sum(n for (_, said), n in self.by_category.items() if said is origin)


def figures(
    connection: Connection, start: datetime, end: datetime | None = None
) -> Labelled:
    """Stories first seen from ``start`` to before ``end``; None: until now."""
    within = _within(start, end)
    counted = (
        select(labels.c.category, labels.c.origin, func.count().label("number"))
        .join(stories, stories.c.id == labels.c.story_id)
        .where(*within)
        .group_by(labels.c.category, labels.c.origin)
    )
    every = select(func.count()).select_from(stories).where(*within)
    bare = every.where(~exists().where(labels.c.story_id == stories.c.id))
    return Labelled(
        stories=int(connection.execute(every).scalar_one()),
        unlabelled=int(connection.execute(bare).scalar_one()),
        by_category={
            (row.category, LabelOrigin(row.origin)): row.number
            for row in connection.execute(counted)
        },
    )


def given(connection: Connection, start: datetime, end: datetime) -> list[Given]:
    """Stories with ``start`` ≤ first seen < ``end`` that the desk itself labelled."""
    query = (
        select(stories.c.id, stories.c.uid, labels.c.category)
        .join(labels, labels.c.story_id == stories.c.id)
        .where(
            *_within(start, end),
            labels.c.is_primary,
            labels.c.origin != LabelOrigin.EDITOR.value,
        )
    )
    return [Given(row.id, row.uid, row.category) for row in connection.execute(query)]


def ids_since(connection: Connection, start: datetime) -> list[int]:
    """Numbers of the stories first seen then or later, the newest first."""
    query = (
        select(stories.c.id)
        .where(*_within(start, None))
        .order_by(stories.c.seen_at.desc(), stories.c.id.desc())
    )
    return list(connection.scalars(query))


def _within(start: datetime, end: datetime | None) -> list[Any]:
    """Stories of that time with a teller that is not withdrawn."""
    told = exists().where(
        entries.c.story_id == stories.c.id, entries.c.withdrawn_at.is_(None)
    )
    within = [stories.c.seen_at >= start, told]
    return within if end is None else [*within, stories.c.seen_at < end]
