"""Which stories a person is asked about: the unsure ones, and some of the sure ones.

The sure ones are drawn at random, so that how many of them are right says how many of
all are. Drawn are stories first seen in the last whole week (Monday to Sunday, UTC):
laid out by category and, within each, in the order of a hash, every k-th is taken. So
every story has the same chance, categories have their share, and whoever draws twice
draws the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b

from syndicate.model import Asked, Story
from syndicate.store import (
    Connection,
    Database,
    decisions,
    labelled,
    reviews,
    stories,
)
from syndicate.store.labelled import Given
from syndicate.store.reviews import Review

KEPT = timedelta(days=30)
"""A story that nobody looked at for so long is not asked about any more."""
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A story that a person is asked about, and why."""

    review: Review
    story: Story


def queue(
    database: Database, checks: int, now: datetime, *, limit: int | None = None
) -> list[Waiting]:
    """The stories that wait for a person, the newest first."""
    with database.write() as connection:
        reviews.clear(connection, now - KEPT)
        draw_checks(connection, checks, now)
        waiting = reviews.waiting(connection, now - KEPT, limit=limit)
        found = stories.get_many(connection, [one.story for one in waiting])
    return [
        Waiting(review=one, story=found[one.story])
        for one in waiting
        if one.story in found
    ]


def draw_checks(connection: Connection, checks: int, now: datetime) -> int:
    """Draw the checks of the last whole week, once; returns how many were drawn."""
    end = week_start(now)
    if not checks or _is_drawn(connection, end):
        return 0
    chosen = drawn(labelled.given(connection, end - WEEK, end), checks, str(end.date()))
    found = stories.get_many(connection, [one.story for one in chosen])
    reviews.ask_all(
        connection,
        [
            Review(story=one.id, asked=Asked.CHECK, since=now, guesses=one.labels)
            for one in found.values()
        ],
    )
    return len(found)


def week_start(now: datetime) -> datetime:
    """The Monday, midnight in UTC, with which the week of ``now`` began."""
    day = now.astimezone(UTC).date()
    return datetime.combine(day - timedelta(days=day.weekday()), time(), UTC)


def drawn(pool: Sequence[Given], count: int, week: str) -> list[Given]:
    """``count`` of the ``pool`` (all, if it has no more), each with the same chance."""
    if len(pool) <= count:
        return list(pool)
    laid = sorted(pool, key=lambda one: (one.category, _lot(week, one.uid)))
    first = min(_lot(week, one.uid) for one in pool)
    step = len(laid) / count
    start = int.from_bytes(blake2b(first, digest_size=8).digest()) / 2**64 * step
    return [laid[int(start + place * step)] for place in range(count)]


def _lot(week: str, uid: str) -> bytes:
    return blake2b(f"{week} {uid}".encode(), digest_size=8).digest()


def _is_drawn(connection: Connection, end: datetime) -> bool:
    """Whether the week that ended then was drawn: its stories wait, or are decided.

    Nobody decides before the draw, so a check decided since is one of them.
    """
    return reviews.asked_since(connection, Asked.CHECK, end) or bool(
        decisions.latest(connection, since=end, asked=Asked.CHECK, limit=1)
    )
