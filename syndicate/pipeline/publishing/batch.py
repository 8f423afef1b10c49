"""What changed stories are now: told, gone, or not to be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate.model import Story
from syndicate.pipeline.publishing.work import TOMBSTONES_FOR, Press
from syndicate.publish.select import (
    held_tellers,
    is_free,
    standing_entries,
    told_from,
    without_held,
)
from syndicate.store import Connection, carried, changes, departed, permalinks, stories
from syndicate.store.carried import Place
from syndicate.store.permalinks import Permalink


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A story that was withdrawn, or merged into another."""

    uid: str
    story: int
    """Its number; of one that was merged that of the other."""
    at: datetime
    into: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Stories that are looked at together."""

    whole: Mapping[int, Story]
    """Those that are told, with all tellers that stand."""
    told: Mapping[int, Story]
    """The same without tellers under embargo."""
    gone: Sequence[Gone]
    unseen: frozenset[str]
    """Uids of stories that are purged, or under embargo: not a trace is shown."""
    links: Mapping[str, Permalink]
    """What was published of all of them."""
    rows: Mapping[str, Sequence[Place]]
    """Where they stand, by uid."""
    sources: frozenset[str] | None
    """Of which there may be other newest articles; None: entries were removed, and
    nobody knows of which."""


def batch(on: Press, connection: Connection, ids: Collection[int]) -> Batch:
    """Look at stories; whoever is under embargo is noted for when that ends."""
    found = stories.get_many(connection, ids)
    _note_embargoes(on, connection, found.values())
    sources, now = on.work.sources, on.now
    free = {
        number: story for number, story in found.items() if is_free(story, sources, now)
    }
    seen = {story.uid for story in free.values()}
    held = {story.uid for story in found.values()} - seen
    links = {one.uid: one for one in permalinks.of_stories(connection, ids)}
    links |= permalinks.get_many(connection, (seen | held) - links.keys())
    rest = links.keys() - seen - held
    gone, purged = _departed(connection, {uid: links[uid] for uid in rest})
    rows: defaultdict[str, list[Place]] = defaultdict(list)
    for row in carried.of_uids(connection, links.keys() | seen):
        rows[row.uid].append(row)
    return Batch(
        whole=free,
        told={
            number: without_held(story, sources, now) for number, story in free.items()
        },
        gone=gone,
        unseen=frozenset(held | purged),
        links=links,
        rows=rows,
        sources=_sources(connection, ids, purged),
    )


def _sources(
    connection: Connection, ids: Collection[int], purged: Collection[str]
) -> frozenset[str] | None:
    told = departed.sources_of(connection, ids)
    unknown = set(ids) - told.keys()
    if purged or unknown - {one.story_id for one in _moved(connection, unknown)}:
        return None
    return frozenset[str]().union(*told.values())


def _moved(connection: Connection, ids: Collection[int]) -> list[Permalink]:
    """Stories without entries whose uids lead to others: nothing was removed."""
    links = permalinks.of_stories(connection, ids)
    merged = departed.merged(connection, [one.uid for one in links])
    return [one for one in links if one.uid in merged]


def _note_embargoes(
    on: Press, connection: Connection, found: Collection[Story]
) -> None:
    """Note stories for the moment at which the next embargo in them ends."""
    for story in found:
        ends = [told_from(one, on.work.sources) for one in standing_entries(story)]
        to_come = [end for end in ends if end > on.now]
        if to_come:
            changes.note(connection, [story.id], min(to_come))


def _departed(
    connection: Connection, links: Mapping[str, Permalink]
) -> tuple[list[Gone], set[str]]:
    """Say what became of stories that nobody tells: gone, or purged."""
    merged = departed.merged(connection, links)
    living = departed.living(connection, links.keys() - merged.keys())
    withdrawn = departed.withdrawn(connection, set(living.values()))
    gone: list[Gone] = []
    purged: set[str] = set()
    for uid in sorted(links):
        if uid in merged:
            story, into, at = merged[uid]
            gone.append(Gone(uid=uid, story=story, at=at, into=into))
        elif uid not in living:
            purged.add(uid)
        elif living[uid] != links[uid].story_id:
            continue  # it is told again under another number, which is noted, too
        elif links[uid].story_id in withdrawn:
            at = withdrawn[living[uid]]
            gone.append(Gone(uid=uid, story=living[uid], at=at))
    return gone, purged


def mark_gone(
    on: Press, connection: Connection, some: Batch
) -> tuple[list[Permalink], list[Place]]:
    """Return the pages and rows of stories that are gone, as they are to be now.

    Those that are gone already are left out. A while later each is looked at again:
    then its tombstone goes, too.
    """
    links: list[Permalink] = []
    rows: list[Place] = []
    for one in some.gone:
        was = some.links[one.uid]
        now = replace(was, story_id=one.story, gone_at=one.at, into=one.into, stamp="")
        if now != was:
            links.append(now)
            changes.note(connection, [one.story], one.at + TOMBSTONES_FOR)
        stale = on.now - one.at >= TOMBSTONES_FOR
        rows += [
            replace(row, story=one.story, gone_at=one.at)
            for row in some.rows.get(one.uid, ())
            if row.gone_at != one.at or stale
        ]
    return links, rows


def all_held(on: Press, connection: Connection) -> frozenset[int]:
    """Return the entries that no reader may be told of now."""
    spans = {key: one.embargo for key, one in on.work.sources.items() if one.embargo}
    if not spans:
        return frozenset()
    since = on.now - max(spans.values())
    fresh = stories.get_many(
        connection, stories.fresh_of(connection, spans.keys(), since)
    )
    return frozenset[int]().union(
        *(held_tellers(one, on.work.sources, on.now) for one in fresh.values())
    )
