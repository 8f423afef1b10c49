"""Which entries of a document do we have? A few look-ups for all of them.

Most of what a source lists again is exactly as it was, and is known by its guid and
fingerprint alone; texts are loaded only where that leaves a doubt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from syndicate.dedupe.dating import is_other_date, redates_everything
from syndicate.dedupe.identity import Recognition, has_moved, nothing_alike, recognise
from syndicate.dedupe.keys import WEAK
from syndicate.model import Bond, Entry, Outcome, Relation, StoredEntry
from syndicate.pipeline.preparing import Prepared
from syndicate.store import Connection, entries, keys
from syndicate.store.entries import Held
from syndicate.store.keys import Mark
from syndicate.text.urls import schemeless

FEW = 5
"""Entries of a document that weak keys may repair, however short it is."""
PART = 0.3
"""The part of a longer one that they may repair; beyond it the site was rebuilt."""
_FIRST = 8
_MOST = 200
"""Holders of one key that are looked at: a standing text may have thousands."""
_TELLING = 5
"""Entries of one source with the same key, beyond which it says nothing of them."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store has under the keys of a document's entries."""

    marks: tuple[tuple[Mark, ...], ...]
    """Of each entry, in the order of its keys."""
    holders: Mapping[Mark, Sequence[int]]
    heads: Mapping[int, Held]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What one entry of a document is to its source."""

    outcome: Outcome
    head: Held | None = None
    """What we have of it; None if it is new."""
    key: str = ""
    again: int | None = None
    """The place in the document of the same entry, which was listed before it."""


def look_up(connection: Connection, prepared: Sequence[Prepared]) -> Known:
    """Find everything that any key of the document leads to."""
    marks = tuple(tuple(keys.marked(one.keys)) for one in prepared)
    found = keys.holders(connection, (mark for some in marks for mark in some))
    holders = {mark: _some(ids) for mark, ids in found.items()}
    heads = entries.heads(connection, {one for ids in holders.values() for one in ids})
    return Known(marks, holders, heads)


def recognise_all(
    connection: Connection, prepared: Sequence[Prepared], known: Known, *, listed: int
) -> list[Recognised]:
    """Say of each entry whether it is new, changed or as it was.

    ``listed`` is how many entries the whole document has, these among them.
    """
    held = [_own(known, at, one.entry) for at, one in enumerate(prepared)]
    found: list[Recognised | None] = [
        _at_once(one.entry, pairs) for one, pairs in zip(prepared, held, strict=True)
    ]
    held = [_telling(pairs) for pairs in held]
    doubtful = {
        head.id
        for answer, pairs in zip(found, held, strict=True)
        if answer is None
        for _, head in pairs
    }
    texts = entries.get_many(connection, doubtful)
    weak: dict[int, Recognition] = {}
    for at, answer in enumerate(found):
        if answer is None:
            entry = prepared[at].entry
            told = _convincing(entry, [(kind, texts[one.id]) for kind, one in held[at]])
            recognition = recognise(entry, told)
            found[at] = _answer(recognition, known)
            if recognition.key in WEAK:
                weak[at] = recognition
    answers = [one or Recognised(Outcome.NEW) for one in found]
    for at in _beyond_budget(prepared, weak, listed):
        answers[at] = Recognised(Outcome.NEW)
    return _each_once(prepared, answers)


def redates(
    prepared: Sequence[Prepared], found: Sequence[Recognised], *, unlooked: int
) -> bool:
    """Whether the source gives new dates to everything that it told before.

    ``unlooked`` counts entries of the document that are known to be as they were.
    """
    others = sum(
        one.head is not None and is_other_date(one.head.published, each.entry.published)
        for each, one in zip(prepared, found, strict=True)
    )
    known = sum(one.head is not None for one in found) + unlooked
    return redates_everything(others, known)


def again_in_document(
    prepared: Sequence[Prepared], found: Sequence[Recognised], known: Known
) -> list[Recognised]:
    """Find new entries that the document lists twice; the first place counts."""
    answers = list(found)
    places: dict[Mark, list[int]] = {}
    for at, (one, answer) in enumerate(zip(prepared, found, strict=True)):
        if answer.outcome is not Outcome.NEW:
            continue
        before = [
            (mark[0], _as_stored(prepared[place].entry, place))
            for mark in known.marks[at]
            if len(places.get(mark, ())) <= _TELLING
            for place in places.get(mark, ())
        ]
        before = [
            (kind, beside)
            for kind, beside in before
            if not nothing_alike(one.entry, beside.entry)
        ]
        match = recognise(one.entry, before).match if before else None
        if match is not None:
            answers[at] = Recognised(Outcome.UNCHANGED, again=match.id)
            continue
        for mark in known.marks[at]:
            places.setdefault(mark, []).append(at)
    return answers


def _some(ids: Sequence[int]) -> Sequence[int]:
    """The first, who began the story, and the newest, among whom the entry may be."""
    return ids if len(ids) <= _MOST else [*ids[:_FIRST], *ids[_FIRST - _MOST :]]


def _own(known: Known, at: int, entry: Entry) -> list[tuple[str, Held]]:
    """(kind of key, entry) for those that are of the same source, in their order."""
    return [
        (kind, head)
        for kind, mark in known.marks[at]
        for one in known.holders.get((kind, mark), ())
        if (head := known.heads[one]).source == entry.source
    ]


def _telling(held: Sequence[tuple[str, Held]]) -> list[tuple[str, Held]]:
    """Without the keys that many entries have: some feeds give all one guid."""
    counts = Counter(kind for kind, _ in held)
    return [one for one in held if counts[one[0]] <= _TELLING]


def _convincing(
    entry: Entry, told: Sequence[tuple[str, StoredEntry]]
) -> list[tuple[str, StoredEntry]]:
    """Without those that share a key with others of us, and nothing but the key.

    Some feeds give all their items one guid and one address; a new one of these must
    not be taken for the first.
    """
    counts = Counter(kind for kind, _ in told)
    return [
        (kind, stored)
        for kind, stored in told
        if counts[kind] == 1 or not nothing_alike(entry, stored.entry)
    ]


def _at_once(entry: Entry, held: Sequence[tuple[str, Held]]) -> Recognised | None:
    """What needs no text to be seen; None where a text has to be looked at."""
    if not held:
        return Recognised(Outcome.NEW)
    for kind, head in held:
        if (
            kind in {"guid", "address"}
            and head.guid == entry.guid
            and bool(entry.fingerprint)
            and head.fingerprint == entry.fingerprint
            and (head.url == entry.url or schemeless(head.url) == schemeless(entry.url))
        ):
            return Recognised(Outcome.UNCHANGED, head, kind)
    return None


def _answer(found: Recognition, known: Known) -> Recognised:
    if found.match is None:
        return Recognised(Outcome.NEW)
    return Recognised(found.outcome, known.heads[found.match.id], found.key)


def _beyond_budget(
    prepared: Sequence[Prepared], weak: Mapping[int, Recognition], listed: int
) -> Iterator[int]:
    """Places of repairs that are not believed, because there are so many of them.

    A site that was rebuilt gives every article another guid and address. Those with
    the same title and day are the same; likeness alone would guess too often.
    """
    if len(weak) <= max(FEW, PART * listed):
        return
    for at, found in weak.items():
        if found.match is not None and not has_moved(
            prepared[at].entry, found.match.entry
        ):
            yield at


def _each_once(
    prepared: Sequence[Prepared], found: list[Recognised]
) -> list[Recognised]:
    """Let each entry that we have be one entry of the document only.

    A guid or an address speaks before weaker keys, then the place in the document.
    The other is the same again, or a new one that resembles it.
    """
    order = sorted(range(len(found)), key=lambda at: found[at].key in WEAK)
    taken: dict[int, int] = {}
    for at in order:
        head = found[at].head
        if head is None:
            continue
        first = taken.setdefault(head.id, at)
        if first == at:
            continue
        resembles = (
            found[at].key in WEAK
            and prepared[at].entry.fingerprint != prepared[first].entry.fingerprint
        )
        found[at] = (
            Recognised(Outcome.NEW)
            if resembles
            else Recognised(Outcome.UNCHANGED, head, found[at].key, again=first)
        )
    return found


def _as_stored(entry: Entry, place: int) -> StoredEntry:
    """An entry of the document as if it were kept, under its place."""
    return StoredEntry(
        id=place,
        story=0,
        entry=entry,
        bond=Bond(relation=Relation.FIRST),
        seen_at=_NEVER,
        changed_at=_NEVER,
    )
