"""Which stories do the new entries of a document tell? Looked up and kept together.

An entry may repeat one of the store, or one that stands beside it in the document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from syndicate.dedupe.candidates import CANDIDATES, may_be, promising
from syndicate.dedupe.decide import NewStory, Repeat, place
from syndicate.dedupe.rulings import on_one_side
from syndicate.model import Bond, Entry, Label, Relation, StoredEntry
from syndicate.pipeline.beginning import begin_stories, is_quoted_beside
from syndicate.pipeline.eventing import (
    Events,
    Telling,
    find_events,
    keep_events,
    telling,
)
from syndicate.pipeline.heading import Filing, rejoin_all
from syndicate.pipeline.preparing import Prepared
from syndicate.pipeline.recognising import Known
from syndicate.pipeline.topics import label_new
from syndicate.store import Connection, entries, keys, rulings, shingles
from syndicate.store.keys import Mark

LIKENESS_WINDOW = timedelta(days=60)
"""How far back a text is looked for; a repost that is older is a new story."""
_RANKED = 24
"""Entries that share the most, whose lengths are looked at."""
_BRIEF = 120
"""Grams; a longer text shares more than one sampled gram with what it repeats."""
_MORE = 1.5
"""A repeat that is longer than what it repeats by so much is the better witness."""
_EXACT = 8
"""Holders of one key that are looked at."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A new entry that has its place."""

    stored: StoredEntry
    prepared: Prepared
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class _Shelf:
    """What new entries are compared with: the store's, and those placed so far."""

    texts: Mapping[int, StoredEntry]
    alike: Mapping[int, Sequence[tuple[int, int, int]]]
    """(shared, grams, id) of the store's likely ones, by place in the document."""
    grams: Mapping[int, int]
    """3-grams of texts of the store, as far as they were asked for."""
    apart: Collection[rulings.StoryPair]
    """Stories of these that editors say are not one."""
    placed: dict[int, Placed] = field(default_factory=dict)
    by_mark: dict[Mark, list[int]] = field(default_factory=dict)
    by_hash: dict[int, list[int]] = field(default_factory=dict)
    quoted: dict[int, int] = field(default_factory=dict)
    """By entry, the story with a roundup that quotes it, and that it is not."""

    roundups: set[int] = field(default_factory=set)
    """Entries that tell of many events, and are none."""

    def exact(
        self, known: Known, one: Prepared, marks: Iterable[Mark]
    ) -> list[tuple[str, StoredEntry]]:
        """Entries with one of the keys, and the kind of key."""
        found: list[tuple[str, StoredEntry]] = []
        for mark in marks:
            for other in known.holders.get(mark, ())[:_EXACT]:
                stored = self.texts.get(other) or self.placed[other].stored
                found.append((mark[0], stored))
            beside = map(self.placed.__getitem__, self.by_mark.get(mark, ()))
            likely = (new for new in beside if _may_share(mark[0], one, new.prepared))
            found += [(mark[0], new.stored) for new in islice(likely, _EXACT)]
        return found

    def like(self, at: int, one: Prepared) -> list[StoredEntry]:
        """Entries that share enough of their sampled 3-grams."""
        here = Counter(
            other for gram in one.sample for other in self.by_hash.get(gram, ())
        )
        beside = [
            (shared, self.placed[other].prepared.grams, other)
            for other, shared in here.items()
        ]
        ids = promising(one.grams, [*self.alike.get(at, ()), *beside])
        return [self.texts.get(other) or self.placed[other].stored for other in ids]

    def says_more(self, one: Placed) -> bool:
        """Whether a repeat says so much more that an event is better found by it."""
        to = one.stored.bond.to
        before = (
            self.placed[to].prepared.grams if to in self.placed else self.grams.get(to)
        )
        return before is not None and one.prepared.grams > _MORE * before

    def add(self, new: Placed) -> None:
        """Let later entries of the document be compared with ``new``."""
        number = new.stored.id
        self.placed[number] = new
        for mark in new.marks:
            self.by_mark.setdefault(mark, []).append(number)
        for gram in new.prepared.sample:
            self.by_hash.setdefault(gram, []).append(number)


def place_all(
    connection: Connection,
    fresh: Sequence[tuple[int, Prepared]],
    known: Known,
    desk: Filing,
    *,
    now: datetime,
    first_import: bool,
) -> dict[int, Placed]:
    """Keep new entries, (place in the document, entry) in the order of filing.

    :returns: how each was placed, by its place in the document
    """
    marks = {at: _story_marks(known, at, one) for at, one in fresh}
    held = shingles.holding(
        connection, {one for _, each in fresh for one in each.sample}
    )
    shelf = _shelf(connection, fresh, known, marks, held, since=now - LIKENESS_WINDOW)
    numbers = entries.new_ids(connection, len(fresh))
    begun = 0
    for (at, one), number in zip(fresh, numbers, strict=True):
        placing, quoted_by = _placing(
            connection, one, shelf, shelf.exact(known, one, marks[at]), at
        )
        shelf.quoted[number] = quoted_by
        if isinstance(placing, Repeat):
            story = placing.story
        else:
            if placing.roundup:
                shelf.roundups.add(number)
            begun += 1
            story = -begun  # until we know how many numbers are needed
        stored = StoredEntry(
            id=number,
            story=story,
            entry=one.entry,
            bond=placing.bond,
            seen_at=now,
            changed_at=now,
            backlog=_is_backlog(one.entry, desk, now=now, first_import=first_import),
        )
        shelf.add(Placed(stored, one, marks[at]))
    found = _find_events(connection, shelf, desk, now)
    new = _settle(connection, list(shelf.placed.values()), found)
    _keep(connection, new, held)
    keep_events(connection, found)
    _head_stories(connection, new, desk)
    return {at: each for (at, _), each in zip(fresh, new, strict=True)}


def _placing(
    connection: Connection,
    one: Prepared,
    shelf: _Shelf,
    exact: Sequence[tuple[str, StoredEntry]],
    at: int,
) -> tuple[NewStory | Repeat, int]:
    """Where it belongs, and the story that it was kept from, or 0.

    A roundup in that story quotes it, beside what the story is about.
    """
    exact, alike = on_one_side(one.entry, exact, shelf.like(at, one), shelf.apart)
    found = place(one.entry, exact, alike)
    if isinstance(found, NewStory) or not _is_other_part(connection, one, found, shelf):
        return found, 0
    exact = [each for each in exact if each[1].story != found.story]
    alike = [each for each in alike if each.story != found.story]
    return place(one.entry, exact, alike), found.story


def _find_events(
    connection: Connection, shelf: _Shelf, desk: Filing, now: datetime
) -> Events:
    """Ask of each entry that would begin a story whether its event has one."""
    if not desk.events_within:
        return Events()
    new = [
        replace(
            _telling(one, shelf, now),
            repeats=one.stored.bond.relation is not Relation.FIRST,
            apart=shelf.quoted.get(one.stored.id, 0),
        )
        for one in shelf.placed.values()
        if one.stored.bond.relation is Relation.FIRST or shelf.says_more(one)
    ]
    return find_events(connection, new, desk.words, desk.events_within)


def _telling(one: Placed, shelf: _Shelf, now: datetime) -> Telling:
    if one.stored.id in shelf.roundups:
        return Telling(one.stored.id, one.stored.story, None)
    return telling(one.stored.id, one.stored.story, one.prepared, now)


def _settle(
    connection: Connection, new: Sequence[Placed], found: Events
) -> list[Placed]:
    """Begin the stories that are new, and put each entry into its own."""
    begun = [
        one.stored
        for one in new
        if one.stored.bond.relation is Relation.FIRST
        and one.stored.id not in found.placed
    ]
    where = begin_stories(connection, begun)
    bonds: dict[int, Bond] = {}
    for one in new:
        joined = found.placed.get(one.stored.id)
        if joined is not None:
            where[one.stored.story] = where.get(joined.story, joined.story)
            bonds[one.stored.id] = joined.bond
    return [_settled(one, where, bonds.get(one.stored.id)) for one in new]


def _is_other_part(
    connection: Connection, one: Prepared, found: Repeat, shelf: _Shelf
) -> bool:
    """Whether it is like a roundup only, which stands in the story of another part."""
    beside = shelf.placed.get(found.bond.to)
    to = beside.stored if beside else shelf.texts[found.bond.to]
    tellers = (new.stored for new in shelf.placed.values())
    return is_quoted_beside(connection, one.entry, to, tellers)


def _may_share(kind: str, one: Prepared, other: Prepared) -> bool:
    """Whether a key that both have may mean one text, as far as their samples tell.

    Some feeds give one address to all of their items, which are not compared for that.
    """
    if kind != "address":
        return True
    shared = len(set(one.sample).intersection(other.sample))
    return may_be(one.grams, other.grams, shared)


def _settled(one: Placed, where: Mapping[int, int], bond: Bond | None) -> Placed:
    """The same with the number of its story, and as a teller of an event."""
    stored = one.stored
    if stored.story > 0:
        return one
    stored = replace(stored, story=where[stored.story], bond=bond or stored.bond)
    return Placed(stored, one.prepared, one.marks)


def _story_marks(known: Known, at: int, one: Prepared) -> tuple[Mark, ...]:
    """Those of an entry's keys that mean the same text whatever the source."""
    wanted = {kind for kind, _ in one.story_keys}
    return tuple(mark for mark in known.marks[at] if mark[0] in wanted)


def _shelf(
    connection: Connection,
    fresh: Sequence[tuple[int, Prepared]],
    known: Known,
    marks: Mapping[int, Sequence[Mark]],
    held: shingles.Held,
    *,
    since: datetime,
) -> _Shelf:
    """Load what the store has that may be repeated; texts only of what is likely."""
    ranked = {
        at: _most(shingles.shared(connection, one.sample, held), one.grams)
        for at, one in fresh
    }
    sizes = shingles.sizes(
        connection, {one for some in ranked.values() for one, _ in some}, since
    )
    alike = {
        at: [
            (shared, sizes[one], one)
            for one, shared in ranked[at]
            if one in sizes and may_be(each.grams, sizes[one], shared)
        ][:CANDIDATES]
        for at, each in fresh
    }
    wanted = {one for some in alike.values() for _, _, one in some}
    exact = {
        one
        for some in marks.values()
        for mark in some
        for one in known.holders.get(mark, ())[:_EXACT]
    }
    texts = entries.get_many(connection, wanted | exact)
    apart = rulings.apart(connection, {one.story for one in texts.values()})
    return _Shelf(texts, alike, sizes, apart)


def _most(shared: Counter[int], grams: int) -> list[tuple[int, int]]:
    """(id, grams shared) of what may be repeated, without looking at its length."""
    least = 1 if grams <= _BRIEF else 2
    some = [one for one in shared.items() if one[1] >= least]
    return sorted(some, key=lambda one: (-one[1], one[0]))[:_RANKED]


def _keep(connection: Connection, new: Sequence[Placed], held: shingles.Held) -> None:
    rows = [
        entries.NewRow(one.stored, one.prepared.grams, one.prepared.told) for one in new
    ]
    entries.insert_entries(connection, rows)
    keys.remember_all(connection, [(one.stored.id, one.prepared.keys) for one in new])
    shingles.keep_all(
        connection, [(one.stored.id, one.prepared.sample) for one in new], held
    )


def _head_stories(connection: Connection, new: Sequence[Placed], desk: Filing) -> None:
    """Give new stories their labels, and stories that were joined a lead and labels."""
    begun = [
        (one.stored, one.prepared.labels)
        for one in new
        if one.stored.bond.relation is Relation.FIRST
    ]
    label_new(connection, begun, desk)
    joined: dict[int, dict[int, tuple[Label, ...]]] = {}
    for one in new:
        if one.stored.bond.relation is not Relation.FIRST:
            joined.setdefault(one.stored.story, {})[one.stored.id] = one.prepared.labels
    rejoin_all(connection, joined, desk)


def _is_backlog(
    entry: Entry, desk: Filing, *, now: datetime, first_import: bool
) -> bool:
    """Old at first sight; without a date, all that the first import brings."""
    if entry.published is None:
        return first_import
    return entry.published.value < now - desk.backlog_after
