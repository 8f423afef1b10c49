"""What a source takes back is taken down (Decree 147/2024, article 35)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from syndicate.model import Page
from syndicate.pipeline.filing import refile_story
from syndicate.pipeline.jobs import FeedRead
from syndicate.pipeline.visiting import Visiting
from syndicate.store import Connection, entries, pages, unread
from syndicate.store.unread import Living

MISSES_UNTIL_GONE = 2
"""The decree wants removal when the source removes; one miss may be an accident."""


def is_taken_down(page: Page) -> bool:
    """Whether so many visits missed it that its entry was withdrawn."""
    return page.misses >= MISSES_UNTIL_GONE


def withdraw_gone(on: Visiting, read: FeedRead) -> None:
    """Withdraw what a feed's tombstones name, and what a complete feed lost twice."""
    if on.work.replay or not (read.deleted or read.listed):
        return
    with on.work.writing() as connection:
        living = unread.living(connection, on.source.key)
        deleted = {" ".join(guid.split()) for guid in read.deleted}
        named = [one for one in living if _names(deleted, one)]
        withdraw(on, connection, [one.id for one in named])
        if read.listed:
            rest = [one for one in living if one not in named]
            _miss_vanished(on, connection, rest, read.listed)


def _names(names: Collection[str], one: Living) -> bool:
    return " ".join(one.guid.split()) in names or one.url in names


def _miss_vanished(
    on: Visiting,
    connection: Connection,
    living: Collection[Living],
    listed: Collection[str],
) -> None:
    known = pages.load(connection, on.source.key, [one.url for one in living])
    for one in living:
        page = known.get(one.url) or Page(
            source=on.source.key, url=one.url, visited_at=on.at, entry_id=one.id
        )
        if _names(listed, one):
            if page.misses:
                pages.save(connection, replace(page, misses=0))
            continue
        missed = replace(page, misses=page.misses + 1, visited_at=on.at)
        pages.save(connection, missed)
        if is_taken_down(missed):
            withdraw(on, connection, [one.id])
        else:
            # The next visit has to see the document, changed or not, to be certain.
            on.tally.unsure = True


def withdraw(on: Visiting, connection: Connection, ids: Iterable[int]) -> None:
    """Take entries down; their stories go on with what is left."""
    for entry_id in ids:
        stored = entries.get(connection, entry_id)
        if stored is None or stored.withdrawn_at:
            continue
        entries.withdraw(connection, entry_id, on.work.clock())
        refile_story(connection, stored.story, on.work.desk)
