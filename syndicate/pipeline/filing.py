"""The entries of one document → their places in the store, in one transaction.

gather has made the entries; dedupe says whether we know them and which stories they
tell; categorise says what they are about. This module asks them in order and writes
down what they say, a handful of statements for a whole document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate.dedupe.dating import clamped, is_other_date, kept_date
from syndicate.dedupe.memory import changes_today, stays_away
from syndicate.model import Bond, Entry, Outcome, Relation
from syndicate.pipeline.citing import cite, cite_again
from syndicate.pipeline.eventing import renew
from syndicate.pipeline.heading import Filing, refile_story
from syndicate.pipeline.placing import place_all
from syndicate.pipeline.preparing import Prepared
from syndicate.pipeline.recognising import (
    Known,
    Recognised,
    again_in_document,
    look_up,
    recognise_all,
    redates,
)
from syndicate.store import Connection, entries, keys, tombstones
from syndicate.store.keys import Key

__all__ = [
    "Filed",
    "FiledTogether",
    "Filing",
    "file_entries",
    "known_tellings",
    "refile_story",
]

UPDATES = 12
"""A day, of an entry whose source is no longer configured."""
MOST_KEYS = 40
"""Keys that are kept of one entry: some sites give a new guid at every visit."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What an entry turned out to be, and under which number it is kept."""

    outcome: Outcome
    entry_id: int
    """0 if it is not kept: it was purged, and its source lists it still."""
    key: str = ""
    """The kind of key that it was known by; empty if it is new."""
    note: str = ""
    """For a person, if there is more to say."""


class FiledTogether(list[Filed]):
    """What the entries of one document turned out to be, in their order."""

    redated: bool = False
    """The source gave all that it had told before new dates; the old ones are kept."""


def known_tellings(connection: Connection, source: str) -> frozenset[str]:
    """Hashes of what ``source`` said of entries that we have, as it said it last.

    An item with one of these needs no reading: it is as it was.
    """
    return entries.tellings(connection, source)


def file_entries(
    connection: Connection,
    prepared: Sequence[Prepared],
    desk: Filing,
    *,
    now: datetime,
    first_import: bool = False,
    unlooked: int = 0,
) -> FiledTogether:
    """Keep the entries of one document, which stand in its order, newest first.

    All are of one source. ``unlooked`` is how many more the document has that were
    left out for being :func:`known_tellings`. The answer has the order of ``prepared``.
    They are filed from the last to the first, at a ``first_import`` by their dates.
    Call inside one transaction; if it raises, call again with fewer.
    """
    if not prepared:
        return FiledTogether()
    dated = [_dated(one, now) for one in prepared]
    known = look_up(connection, dated)
    found = recognise_all(connection, dated, known, listed=len(dated) + unlooked)
    redated = redates(dated, found, unlooked=unlooked)
    _note_known(connection, dated, found, known, desk, redated=redated)
    filed = {
        at: _file_known(connection, one, answer, desk, now=now, redated=redated)
        for at, (one, answer) in enumerate(zip(dated, found, strict=True))
        if answer.head is not None
    }
    found = again_in_document(dated, found, known)
    away = _stay_away(connection, dated, found, known, now)
    filed |= {at: Filed(Outcome.UNCHANGED, 0, key) for at, key in away.items()}
    fresh = [
        (at, one)
        for at, one in enumerate(dated)
        if found[at].outcome is Outcome.NEW and at not in away
    ]
    order = _by_date(fresh, now) if first_import else fresh[::-1]
    new = place_all(connection, order, known, desk, now=now, first_import=first_import)
    placed_now = [(one.stored.id, one.stored.entry) for one in new.values()]
    cite(connection, placed_now, desk.sources)
    filed |= {
        at: Filed(_outcome(placed.stored.bond), placed.stored.id)
        for at, placed in new.items()
    }
    together = FiledTogether(
        _in_place(filed, at, answer) for at, answer in enumerate(found)
    )
    together.redated = redated
    return together


def _dated(one: Prepared, now: datetime) -> Prepared:
    """The entry with a date that is not still to come."""
    published = one.entry.published
    if published is None or published.value <= now:
        return one
    return replace(one, entry=replace(one.entry, published=clamped(published, now)))


def _note_known(
    connection: Connection,
    prepared: Sequence[Prepared],
    found: Sequence[Recognised],
    known: Known,
    desk: Filing,
    *,
    redated: bool,
) -> None:
    """Keep what is known better of entries whose content is as it was."""
    told: list[tuple[int, str]] = []
    dates: list[tuple[int, Entry]] = []
    new_keys: list[tuple[int, list[Key]]] = []
    for at, (one, answer) in enumerate(zip(prepared, found, strict=True)):
        head = answer.head
        if head is None or answer.again is not None:
            continue
        unchanged = answer.outcome is Outcome.UNCHANGED
        date = kept_date(
            head.published,
            one.entry.published,
            redated=redated,
            had=head.changed_at if unchanged else None,
        )
        kept = date == one.entry.published
        missing = [
            key
            for key, mark in zip(one.keys, known.marks[at], strict=True)
            if head.id not in known.holders.get(mark, ())
            and (kept or key[0] != "title-date")
        ]
        if missing:
            new_keys.append((head.id, missing))
        if unchanged:
            if one.told != head.told:
                told.append((head.id, one.told))
            if date != head.published:
                dates.append((head.id, replace(one.entry, published=date)))
                if desk.events_within and date and is_other_date(head.published, date):
                    renew(connection, head.id, one, desk.words, seen_at=date.value)
    entries.tell(connection, told)
    entries.redate(connection, dates)
    keys.remember_all(connection, new_keys, most=MOST_KEYS)


def _file_known(
    connection: Connection,
    one: Prepared,
    found: Recognised,
    desk: Filing,
    *,
    now: datetime,
    redated: bool,
) -> Filed:
    head = found.head
    if head is None or found.again is not None:
        return Filed(Outcome.UNCHANGED, head.id if head else 0, found.key)
    changes = changes_today(head.changes, head.changed_at, now)
    waits = found.outcome is Outcome.CHANGED and changes >= _most(one.entry, desk)
    if found.outcome is Outcome.CHANGED and not waits:
        date = kept_date(head.published, one.entry.published, redated=redated)
        kept = entries.change(
            connection,
            head.id,
            replace(one.entry, published=date),
            keys=(),
            shingles=one.sample,
            now=now,
            grams=one.grams,
            changes=changes + 1,
            told=one.told,
        )
        cite_again(connection, (head.id, kept.entry), desk.sources)
        if desk.events_within:
            dated = replace(one, entry=kept.entry)
            renew(connection, head.id, dated, desk.words, seen_at=kept.seen_at)
    changed = found.outcome is Outcome.CHANGED and not waits
    if head.withdrawn_at:
        entries.restore(connection, head.id)
    if head.withdrawn_at or changed:
        refile_story(connection, head.story, desk)
    outcome = Outcome.CHANGED if changed else Outcome.UNCHANGED
    note = (
        f"{one.entry.url}: changed {changes} times today, this waits" if waits else ""
    )
    return Filed(outcome, head.id, found.key, note)


def _most(entry: Entry, desk: Filing) -> int:
    source = desk.sources.get(entry.source)
    return source.max_updates if source else UPDATES


def _stay_away(
    connection: Connection,
    prepared: Sequence[Prepared],
    found: Sequence[Recognised],
    known: Known,
    now: datetime,
) -> dict[int, str]:
    """New entries that were purged before, by place, and the key that says so."""
    fresh = [at for at, one in enumerate(found) if one.outcome is Outcome.NEW]
    if not fresh:
        return {}
    source = prepared[0].entry.source
    marks = [mark for at in fresh for mark in known.marks[at]]
    stones = tombstones.standing(connection, source, marks)
    away: dict[int, str] = {}
    for at in fresh if stones else ():
        own = {mark[0]: stones[mark] for mark in known.marks[at] if mark in stones}
        published = prepared[at].entry.published
        kind = stays_away(published.value if published else None, own)
        if kind:
            away[at] = kind
    here = {mark for at in away for mark in known.marks[at] if mark in stones}
    tombstones.listed(connection, source, here, now)
    return away


def _by_date(
    fresh: Sequence[tuple[int, Prepared]], now: datetime
) -> list[tuple[int, Prepared]]:
    """The oldest first, then those without a date, from the last of the document."""

    def when(one: tuple[int, Prepared]) -> tuple[datetime, int]:
        published = one[1].entry.published
        return (published.value if published else now, -one[0])

    return sorted(fresh, key=when)


def _outcome(bond: Bond) -> Outcome:
    return Outcome.NEW if bond.relation is Relation.FIRST else Outcome.REPEAT


def _in_place(filed: Mapping[int, Filed], at: int, answer: Recognised) -> Filed:
    """What was filed, or the entry that the document lists again at ``at``."""
    if at in filed or answer.again is None:
        return filed[at]
    return Filed(Outcome.UNCHANGED, filed[answer.again].entry_id)
