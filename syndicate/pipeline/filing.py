"""One entry → its place in the store, in one transaction.

gather has made the entry; dedupe says whether we know it and which story it tells;
categorise says what it is about. This module asks them in order and writes down what
they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.categorise.decide import label, label_story
from syndicate.categorise.rules import Rules
from syndicate.dedupe.candidates import promising
from syndicate.dedupe.decide import Repeat, lead_of, new_uid, place
from syndicate.dedupe.identity import recognise
from syndicate.dedupe.keys import identity_keys, story_keys
from syndicate.dedupe.likeness import body_of, sampled, shingles
from syndicate.model import Bond, Entry, Label, Outcome, Relation, Source, StoredEntry
from syndicate.store import Connection, entries, stories
from syndicate.store.keys import remember

LIKENESS_WINDOW = timedelta(days=60)
"""How far back a text is looked for; a repost that is older is a new story."""
CANDIDATES = 8
"""Entries that are looked at for one; a copy's original shares the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What filing needs to know of the desk."""

    sources: Mapping[str, Source]
    rules: Rules
    backlog_after: timedelta


@dataclass(frozen=True, slots=True)
class Filed:
    """What an entry turned out to be, and under which number it is kept."""

    outcome: Outcome
    entry_id: int


def file_entry(
    connection: Connection,
    entry: Entry,
    desk: Filing,
    *,
    now: datetime,
    first_import: bool = False,
) -> Filed:
    """Keep ``entry``: new, changed or already known. Call inside one transaction."""
    keys = identity_keys(entry)
    known = entries.matching(connection, entry.source, keys)
    recognised = recognise(entry, known)
    if recognised.match is None:
        return _add(connection, entry, desk, now=now, first_import=first_import)
    kept = recognised.match
    if recognised.outcome is Outcome.UNCHANGED:
        if keys and recognised.key != keys[0][0]:
            # the site moved: next time it is known by its new guid or address too
            remember(connection, kept.id, keys)
        if kept.withdrawn_at:
            entries.restore(connection, kept.id)
        return Filed(Outcome.UNCHANGED, kept.id)
    return _change(connection, kept, entry, desk, now=now)


def refile_story(connection: Connection, story_id: int, desk: Filing) -> None:
    """Choose a story's lead and labels anew, from the entries it has now."""
    story = stories.get(connection, story_id)
    if story is None:
        return
    lead = lead_of(story.entries, desk.sources)
    if lead.id != story.lead.id:
        stories.set_lead(connection, story_id, lead.id)
    tellers = (lead, *(one for one in story.entries if one.id != lead.id))
    labels = _labels(tellers, desk)
    if labels != story.labels:
        stories.set_labels(connection, story_id, labels)


def _labels(tellers: Sequence[StoredEntry], desk: Filing) -> tuple[Label, ...]:
    """Label a story by its tellers, the lead first."""
    return label_story(
        [
            label(one.entry, desk.rules, desk.sources[one.entry.source])
            for one in tellers
            if one.entry.source in desk.sources
        ]
    )


def _add(
    connection: Connection,
    entry: Entry,
    desk: Filing,
    *,
    now: datetime,
    first_import: bool,
) -> Filed:
    grams = shingles(body_of(entry))
    sample = sampled(grams)
    exact = entries.anywhere(connection, story_keys(entry))
    since = now - LIKENESS_WINDOW
    alike = entries.sharing(connection, sample, since=since, limit=CANDIDATES)
    placing = place(entry, exact, promising(len(grams), alike))
    if isinstance(placing, Repeat):
        story_id, bond, outcome = placing.story, placing.bond, Outcome.REPEAT
    else:
        uid = _free_uid(connection, new_uid(entry))
        story_id = stories.create(connection, uid, now)
        bond, outcome = Bond(relation=Relation.FIRST), Outcome.NEW
    stored = entries.add(
        connection,
        entry,
        story=story_id,
        bond=bond,
        keys=identity_keys(entry),
        shingles=sample,
        now=now,
        backlog=_is_backlog(entry, desk, now=now, first_import=first_import),
    )
    if outcome is Outcome.REPEAT:
        refile_story(connection, story_id, desk)
    else:  # it leads, having no rival
        labels = _labels([stored], desk)
        stories.set_labels(connection, story_id, labels)
    return Filed(outcome, stored.id)


def _change(
    connection: Connection,
    kept: StoredEntry,
    entry: Entry,
    desk: Filing,
    *,
    now: datetime,
) -> Filed:
    entries.change(
        connection,
        kept.id,
        entry,
        keys=identity_keys(entry),
        shingles=sampled(shingles(body_of(entry))),
        now=now,
    )
    if kept.withdrawn_at:
        entries.restore(connection, kept.id)
    refile_story(connection, kept.story, desk)
    return Filed(Outcome.CHANGED, kept.id)


def _is_backlog(
    entry: Entry, desk: Filing, *, now: datetime, first_import: bool
) -> bool:
    """Old at first sight; without a date, all that the first import brings."""
    if entry.published is None:
        return first_import
    return entry.published.value < now - desk.backlog_after


def _free_uid(connection: Connection, wanted: str) -> str:
    """A purged entry that comes back, or a collision, gets a uid of its own."""
    uid, attempt = wanted, 1
    while stories.uid_taken(connection, uid):
        attempt += 1
        uid = f"{wanted}-{attempt}"
    return uid
