"""Which stories do the new entries of a document tell? Looked up and kept together.

An entry may repeat one of the store, or one that stands beside it in the document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from syndicate.dedupe.candidates import CANDIDATES, may_be, promising
from syndicate.dedupe.decide import Repeat, new_uid, place
from syndicate.model import (
    Entry,
    Label,
    Relation,
    StoredEntry,
)
from syndicate.pipeline.heading import Filing, rejoin_all
from syndicate.pipeline.preparing import Prepared
from syndicate.pipeline.recognising import Known
from syndicate.store import Connection, entries, keys, shingles, stories
from syndicate.store.keys import Mark

LIKENESS_WINDOW = timedelta(days=60)
"""How far back a text is looked for; a repost that is older is a new story."""
_RANKED = 24
"""Entries that share the most, whose lengths are looked at."""
_BRIEF = 120
"""Grams; a longer text shares more than one sampled gram with what it repeats."""
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
    placed: dict[int, Placed] = field(default_factory=dict)
    by_mark: dict[Mark, list[int]] = field(default_factory=dict)
    by_hash: dict[int, list[int]] = field(default_factory=dict)

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
    begun: list[Entry] = []
    for (at, one), number in zip(fresh, numbers, strict=True):
        placing = place(
            one.entry, shelf.exact(known, one, marks[at]), shelf.like(at, one)
        )
        if isinstance(placing, Repeat):
            story = placing.story
        else:
            begun.append(one.entry)
            story = -len(begun)  # until we know how many numbers are needed
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
    given = stories.new_ids(connection, len(begun))
    numbered = list(zip(given, begun, strict=True))
    stories.create_all(connection, _with_uids(connection, numbered), now)
    new = [_numbered(one, given) for one in shelf.placed.values()]
    _keep(connection, new, held)
    _head_stories(connection, new, desk)
    return {at: each for (at, _), each in zip(fresh, new, strict=True)}


def _may_share(kind: str, one: Prepared, other: Prepared) -> bool:
    """Whether a key that both have may mean one text, as far as their samples tell.

    Some feeds give one address to all of their items, which are not compared for that.
    """
    if kind != "address":
        return True
    shared = len(set(one.sample).intersection(other.sample))
    return may_be(one.grams, other.grams, shared)


def _numbered(one: Placed, given: Sequence[int]) -> Placed:
    """The same with the number of its story, if that is one of the ``given`` ones."""
    story = one.stored.story
    if story > 0:
        return one
    stored = replace(one.stored, story=given[-story - 1])
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
    return _Shelf(entries.get_many(connection, wanted | exact), alike)


def _most(shared: Counter[int], grams: int) -> list[tuple[int, int]]:
    """(id, grams shared) of what may be repeated, without looking at its length."""
    least = 1 if grams <= _BRIEF else 2
    some = [one for one in shared.items() if one[1] >= least]
    return sorted(some, key=lambda one: (-one[1], one[0]))[:_RANKED]


def _with_uids(
    connection: Connection, begun: Sequence[tuple[int, Entry]]
) -> list[tuple[int, str]]:
    """A uid for each new story; one that is taken gets a number."""
    wanted = {story: new_uid(entry) for story, entry in begun}
    taken = stories.uids_taken(connection, set(wanted.values()))
    found: list[tuple[int, str]] = []
    for story, base in wanted.items():
        uid, attempt = base, 1
        while uid in taken:
            attempt += 1
            uid = f"{base}-{attempt}"
            taken |= stories.uids_taken(connection, [uid]) - {base}
        taken.add(uid)
        found.append((story, uid))
    return found


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
    begun = {
        one.stored.story: one.prepared.labels
        for one in new
        if one.stored.bond.relation is Relation.FIRST
    }
    stories.label_all(connection, begun.items())
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
