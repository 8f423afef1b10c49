"""What the store gives up: old articles, and the stones that stood for them."""

from __future__ import annotations

from datetime import datetime, timedelta

from syndicate.dedupe.wording import body_of, wording
from syndicate.pipeline.citing import cite_older
from syndicate.pipeline.eventing import index
from syndicate.pipeline.heading import Filing, refile_story
from syndicate.pipeline.placing import LIKENESS_WINDOW
from syndicate.pipeline.wordcounts import WordCounts
from syndicate.store import (
    Connection,
    Database,
    gists,
    purging,
    rulings,
    shingles,
    tombstones,
)

TOGETHER = 200
"""Entries that are purged in one transaction: others want to write too."""
UNLISTED = timedelta(days=90)
"""A stone goes when its source has not listed what it stands for so long."""
LEAST = LIKENESS_WINDOW
"""Whatever retention says: repeats are looked for so far back, and no window of a
digest that is still to be composed reaches back further."""


def purge(
    database: Database, retention: timedelta, now: datetime, desk: Filing | None = None
) -> int:
    """Remove entries first seen longer ago than ``retention``; returns how many.

    Nothing is removed if ``retention`` is zero, and nothing that is younger than 60
    days. A story goes with its last entry; one that keeps others is led and labelled
    by those, for which ``desk`` is asked. Issues keep what they printed. Each entry
    leaves stones under all of its keys, so that it does not come back as news while
    its source lists it; stones that are no longer listed are removed.
    """
    purged = 0
    if retention > timedelta(0):
        before = now - max(retention, LEAST)
        while some := _purge_some(database, before, now, desk):
            purged += some
    with database.write() as connection:
        tombstones.clear(connection, UNLISTED)
    return purged


def purgeable(database: Database, retention: timedelta, now: datetime) -> int:
    """How many entries :func:`purge` would remove."""
    if not retention:
        return 0
    with database.read() as connection:
        return purging.count_old(connection, now - max(retention, LEAST))


def reindex(
    database: Database, *, most: int = 1_000, desk: Filing | None = None
) -> int:
    """Look at texts that an older version kept, newest first; returns how many.

    Its hashes were of another kind, so that repeats of these are not found by them;
    and it did not note what entries are about, so that their events are not found, nor
    whose documents they cite, for which ``desk`` is asked. To be called now and then
    until it returns 0.
    """
    # Their texts need not be read for that: it is quick.
    cited = cite_older(database, desk.sources, most * 20) if desk else 0
    with database.write() as connection:
        untold = gists.missing(connection, most)
        index(connection, untold, WordCounts())
        stale = purging.uncounted(connection, most)
        for stored in stale:
            body = wording(body_of(stored.entry))
            shingles.keep(connection, stored.id, body.sample)
            purging.count_grams(connection, stored.id, len(body.distinct))
    return cited + len({one.id for one in (*stale, *untold)})


def _purge_some(
    database: Database, before: datetime, now: datetime, desk: Filing | None
) -> int:
    with database.write() as connection:
        ids = purging.old(connection, before, TOGETHER)
        if not ids:
            return 0
        tombstones.raise_for(connection, ids, now)
        rulings.hand_on(connection, ids)
        for story in purging.remove(connection, ids):
            _tidy(connection, story, desk)
    return len(ids)


def _tidy(connection: Connection, story: int, desk: Filing | None) -> None:
    if desk is not None:
        refile_story(connection, story, desk)
