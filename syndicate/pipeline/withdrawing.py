"""What a source takes back is taken down (Decree 147/2024, article 35)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from syndicate.dedupe.keys import place_keys
from syndicate.model import Page
from syndicate.pipeline.filing import refile_story
from syndicate.pipeline.jobs import FeedRead
from syndicate.pipeline.visiting import Visiting
from syndicate.store import Connection, entries, keys, pages, unread
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
        named = _named(on, connection, living, deleted)
        withdraw(on, connection, sorted(named))
        if read.listed:
            rest = [one for one in living if one.id not in named]
            listed = _named(on, connection, rest, read.listed)
            _miss_vanished(on, connection, rest, listed)


def _named(
    on: Visiting,
    connection: Connection,
    living: Collection[Living],
    names: Collection[str],
) -> set[int]:
    """Those of ``living`` that ``names`` names: by what they are called or ever were.

    A site that flips its guids or addresses has not taken back what it lists.
    """
    marks = keys.marked(place_keys(on.source.key, names))
    holders = keys.holders(connection, marks).values()
    ever = {one for ids in holders for one in ids}
    return {one.id for one in living if one.id in ever or _names(names, one)}


def _names(names: Collection[str], one: Living) -> bool:
    return " ".join(one.guid.split()) in names or one.url in names


def _miss_vanished(
    on: Visiting,
    connection: Connection,
    living: Collection[Living],
    listed: Collection[int],
) -> None:
    known = pages.load(connection, on.source.key, [one.url for one in living])
    for one in living:
        page = known.get(one.url) or Page(
            source=on.source.key, url=one.url, visited_at=on.at, entry_id=one.id
        )
        if one.id in listed:
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
