"""The queue of stories whose labels a person is asked about."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, select

from syndicate.model import Asked, Label
from syndicate.store.bulk import insert_rows, moments, run_many
from syndicate.store.codecs import dumps, from_json, to_json
from syndicate.store.schema import entries, reviews

_COLUMNS = ("story_id", "asked", "since", "guesses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A story that waits for a person."""

    story: int
    asked: Asked
    since: datetime
    guesses: tuple[Label, ...] = ()
    """What it may be about, the likeliest first; or what it was labelled."""


def ask_all(connection: Connection, new: Iterable[Review]) -> None:
    """Put stories into the queue; one that stands in it stays as it is."""
    told = moments(connection)
    rows = [
        (one.story, one.asked.value, told(one.since), dumps(to_json(one.guesses)))
        for one in new
    ]
    insert_rows(connection, reviews, _COLUMNS, rows, known="keep")


def settle(connection: Connection, stories: Collection[int], *asked: Asked) -> None:
    """Take stories out of the queue; only what is ``asked`` for that, if it is said."""
    rows = [(story, why.value) for story in stories for why in asked or Asked]
    run_many(connection, "DELETE FROM reviews WHERE story_id = ? AND asked = ?", rows)


def clear(connection: Connection, before: datetime) -> None:
    """Take out what nobody looked at since ``before``."""
    connection.execute(delete(reviews).where(reviews.c.since < before))


def get(connection: Connection, story: int) -> Review | None:
    """How a story stands in the queue; None if it does not."""
    row = connection.execute(select(reviews).where(reviews.c.story_id == story)).first()
    return _review(row) if row else None


def waiting(
    connection: Connection, since: datetime, *, limit: int | None = None
) -> list[Review]:
    """Who waits since then or later, the newest first; not what was withdrawn."""
    query = (
        select(reviews)
        .where(reviews.c.since >= since, _told())
        .order_by(reviews.c.since.desc(), reviews.c.story_id.desc())
    )
    return [_review(row) for row in connection.execute(query.limit(limit))]


def counts(connection: Connection, since: datetime) -> dict[Asked, int]:
    """How many wait since then or later, by why they are asked about."""
    query = (
        select(reviews.c.asked, func.count().label("number"))
        .where(reviews.c.since >= since, _told())
        .group_by(reviews.c.asked)
    )
    return {Asked(row.asked): row.number for row in connection.execute(query)}


def asked_since(connection: Connection, asked: Asked, since: datetime) -> bool:
    """Whether any story stands in the queue for that since then or later."""
    query = select(
        exists().where(reviews.c.asked == asked.value, reviews.c.since >= since)
    )
    return bool(connection.execute(query).scalar())


def _told() -> Any:
    """The story has a teller that is not withdrawn."""
    return exists().where(
        entries.c.story_id == reviews.c.story_id, entries.c.withdrawn_at.is_(None)
    )


def _review(row: Any) -> Review:
    return Review(
        story=row.story_id,
        asked=Asked(row.asked),
        since=row.since,
        guesses=from_json(tuple[Label, ...], row.guesses),
    )
