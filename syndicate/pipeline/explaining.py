"""Explain: the whole life of one article, for a person who asks "why?"."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicate.dedupe.lead import LeadReason, why_leads_of
from syndicate.dedupe.passage import shared_passage
from syndicate.dedupe.rulings import chosen_lead, in_force
from syndicate.model import (
    Category,
    Decision,
    Digest,
    Feed,
    Relation,
    Ruling,
    Source,
    StoredEntry,
    Story,
)
from syndicate.pipeline.prospects import Printed, Prospect, printed, prospect
from syndicate.pipeline.referring import (
    RefusedError,
    article_of,
    merged_uids,
    story_named,
)
from syndicate.publish.places import place
from syndicate.publish.select import Absence, free_at, told_from, why_unfit
from syndicate.store import (
    Connection,
    Database,
    carried,
    decisions,
    entries,
    keys,
    rulings,
    stories,
)
from syndicate.store.carried import Place
from syndicate.store.keys import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What an entry was found to be like, as far as that can still be seen."""

    entry: StoredEntry
    passage: str
    """The longest that both say, of a text that came again; else empty."""
    words: int
    """Of the whole passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What we know of an entry and its story."""

    entry: StoredEntry
    known_by: tuple[Key, ...]
    """Every key that it was ever known by: (kind, value)."""
    like: Likeness | None
    """What brought it to its story; None if it began it, or that was purged."""
    story: Story | None
    """None if everything in it was withdrawn."""
    uid: str
    """Of its story, withdrawn or not."""
    merged: tuple[str, ...]
    """Uids of stories that were merged into this one."""
    lead: LeadReason | None
    """Why the leader leads; None if nobody stands."""
    rulings: tuple[Ruling, ...]
    """What editors ruled of it or of its story's lead and holds, the newest first."""
    named: Mapping[int, StoredEntry]
    """The other entries of these rulings."""
    decision: Decision | None
    """What an editor decided of the story's labels, last."""
    feeds: tuple[tuple[Feed, Absence | None], ...]
    """Every feed, and why the story is not in it; None: it is."""
    held_until: datetime | None
    """End of its embargo, if that is still to come."""
    digests: tuple[Prospect, ...]
    """What each digest makes of the story; none if all of it is withdrawn."""
    issues: tuple[tuple[Digest, Printed], ...]
    """The issues that hold the story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a life is told against."""

    database: Database
    feeds: Sequence[Feed]
    digests: Sequence[Digest]
    sources: Mapping[str, Source]
    categories: Mapping[str, Category]
    now: datetime


def explain(desk: Desk, asked: str) -> Explanation | None:
    """Tell of an article, named by number, address or (as its leader) story.

    None if there is no such article.
    """
    with desk.database.read() as connection:
        try:
            stored = article_of(connection, asked)
        except RefusedError:
            return None
        return _told(connection, desk, stored)


def _told(connection: Connection, desk: Desk, stored: StoredEntry) -> Explanation:
    whole = story_named(connection, str(stored.id))
    story = stories.get(connection, stored.story)
    merged = merged_uids(connection, whole)
    uids = {whole.uid, *merged}
    chosen = rulings.chosen(connection, [whole.id]).get(whole.id, [])
    held = _rulings(connection, stored, chosen)
    others = {each for one in held for each in (one.entry, one.other)} - {0, stored.id}
    free = _free_at(story, stored, desk.sources) if story else None
    return Explanation(
        entry=stored,
        known_by=tuple(keys.of_entry(connection, stored.id)),
        like=_likeness(connection, stored),
        story=story,
        uid=whole.uid,
        merged=merged,
        lead=_why_leads(story, chosen, desk.sources) if story else None,
        rulings=held,
        named=entries.get_many(connection, others),
        decision=decisions.of_stories(connection, [whole.id]).get(whole.id),
        feeds=_feeds(connection, desk, story),
        held_until=free if free and free > desk.now else None,
        digests=_digests(connection, desk, story, uids) if story else (),
        issues=tuple(
            (digest, one)
            for digest in desk.digests
            for one in printed(connection, digest, uids)
        ),
    )


def _free_at(
    story: Story, stored: StoredEntry, sources: Mapping[str, Source]
) -> datetime:
    """When both the story and this teller of it may be told of."""
    whole = free_at(story, sources)
    return whole if stored.withdrawn_at else max(whole, told_from(stored, sources))


def _likeness(connection: Connection, stored: StoredEntry) -> Likeness | None:
    other = entries.get(connection, stored.bond.to) if stored.bond.to else None
    if other is None:
        return None
    passage, words = "", 0
    if stored.bond.relation is Relation.REPEAT:
        passage, words = shared_passage(stored.entry, other.entry)
    return Likeness(entry=other, passage=passage, words=words)


def _rulings(
    connection: Connection, stored: StoredEntry, chosen: Sequence[int]
) -> tuple[Ruling, ...]:
    """Those that hold of the entry, and the choice of its story's lead."""
    found = rulings.of_entries(connection, {stored.id, *chosen})
    touching = [
        one
        for one in in_force(found)
        if stored.id in (one.entry, one.other)
        or (one.entry in chosen and not one.other)
    ]
    return tuple(sorted(touching, key=lambda one: -one.id))


def _why_leads(
    story: Story, chosen: Sequence[int], sources: Mapping[str, Source]
) -> LeadReason:
    if chosen_lead(chosen, story.entries) is not None:
        return LeadReason.CHOSEN
    return why_leads_of(story.entries, sources)


def _feeds(
    connection: Connection, desk: Desk, story: Story | None
) -> tuple[tuple[Feed, Absence | None], ...]:
    if story is None:
        return tuple((feed, Absence.WITHDRAWN) for feed in desk.feeds)
    rows = carried.feeds_of(connection, story.uid)
    return tuple(
        (feed, _absence(connection, desk, feed, story, rows.get(feed.key)))
        for feed in desk.feeds
    )


def _absence(
    connection: Connection, desk: Desk, feed: Feed, story: Story, row: Place | None
) -> Absence | None:
    """Why the current document of a feed does not show the story; None if it does."""
    unfit = why_unfit(feed, story, desk.sources, desk.now)
    if unfit is not None:
        return unfit
    where = row.place if row is not None else place(story, feed.order)
    last = carried.last_shown(connection, feed.key, feed.limit)
    return Absence.LIMIT if last is not None and where < last else None


def _digests(
    connection: Connection, desk: Desk, story: Story, uids: Collection[str]
) -> tuple[Prospect, ...]:
    return tuple(
        prospect(
            connection,
            digest,
            story,
            uids,
            sources=desk.sources,
            categories=desk.categories,
            now=desk.now,
        )
        for digest in desk.digests
    )
