"""Entries go from story to story, because an editor says so; each in one transaction.

What stays and what goes is known; here is what else follows: uids, bonds, rulings,
leads, labels, and that feeds and events notice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicate.dedupe.decide import new_uid
from syndicate.dedupe.rulings import came_by, in_force
from syndicate.model import (
    Bond,
    Evidence,
    EvidenceKind,
    Relation,
    Ruling,
    RulingKind,
    StoredEntry,
    Story,
)
from syndicate.pipeline.eventing import index
from syndicate.pipeline.heading import Filing, refile_story
from syndicate.pipeline.referring import RefusedError, Trouble, merged_uids, numbers
from syndicate.store import Connection, aliases, gists, moving, rulings, stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Who rules, when and why."""

    now: datetime
    by: str = ""
    note: str = ""
    dry_run: bool = False
    """Only to see what would come of it: nothing is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What came of a ruling."""

    rulings: tuple[Ruling, ...] = ()
    """Those that were kept, or taken back; empty if all was so already."""
    stories: tuple[Story, ...] = ()
    """The stories that it is about, as they are now; withdrawn articles included."""
    moved: tuple[int, ...] = ()
    """Articles that tell another story now."""
    gone: tuple[str, ...] = ()
    """Uids of stories that are no more; they lead to the first of ``stories``."""
    overruled: tuple[Ruling, ...] = ()
    """Older rulings that do not hold any more."""
    copies: tuple[int, ...] = ()
    """Articles that stay, though they joined for being like one that went."""


def part(
    connection: Connection,
    desk: Filing,
    story: Story,
    going: Collection[int],
    editor: Editor,
) -> Ruled:
    """Let the entries ``going`` leave a story, and begin one of their own."""
    leaving = [one for one in story.entries if one.id in going]
    staying = [one for one in story.entries if one.id not in going]
    if not staying:
        raise RefusedError(Trouble.ALONE, numbers(leaving))
    pairs = [(one.id, other.id) for one in leaving for other in staying]
    held = pairs_in_force(connection, pairs)
    overruled = tuple(one for one in held if one.kind is RulingKind.TOGETHER)
    first = min(leaving, key=lambda one: (one.seen_at, one.id))
    begun = moving.begin(
        connection,
        _free_uid(connection, first, story),
        seen_at=first.seen_at,
        changed_at=editor.now,
    )
    bonds = {one.id: _bond_beside(one, going, first, editor) for one in leaving}
    moving.move(connection, bonds, begun, editor.now)
    new = [(RulingKind.APART, *pair) for pair in pairs]
    kept = keep_rulings(connection, new, editor)
    renew(connection, desk, [begun, story.id], editor.now)
    halves = as_they_are(connection, [begun, story.id])
    _let_be_found(connection, desk, halves)
    return Ruled(
        rulings=kept,
        stories=halves,
        moved=tuple(bonds),
        overruled=overruled,
        copies=tuple(sorted(came_by(going, story.entries))),
    )


def unite(
    connection: Connection,
    desk: Filing,
    kept: Story,
    rest: Sequence[Story],
    editor: Editor,
) -> Ruled:
    """Let the entries of ``rest`` tell ``kept``."""
    parted: list[Ruling] = []
    new: list[tuple[RulingKind, int, int]] = []
    anchor = _first_of(kept)
    before = list(kept.entries)
    for story in rest:
        pairs = [(one.id, other.id) for one in before for other in story.entries]
        held = pairs_in_force(connection, pairs)
        against = [one for one in held if one.kind is RulingKind.APART]
        first = _first_of(story)
        wanted = {frozenset((anchor.id, first.id)): (anchor.id, first.id)}
        for one in against:
            wanted.setdefault(frozenset((one.entry, one.other)), (one.entry, one.other))
        new += [(RulingKind.TOGETHER, *pair) for pair in wanted.values()]
        parted += against
        bonds = {
            one.id: _bond_in(one, story, first, anchor, editor) for one in story.entries
        }
        moving.move(connection, bonds, kept.id, editor.now)
        moving.dissolve(connection, story.id, story.uid, kept.id, editor.now)
        before += story.entries
    seen_at = min(story.seen_at for story in (kept, *rest))
    moving.seen_from(connection, kept.id, seen_at)
    told = keep_rulings(connection, new, editor)
    renew(connection, desk, [kept.id], editor.now)
    return Ruled(
        rulings=told,
        stories=as_they_are(connection, [kept.id]),
        moved=tuple(one.id for story in rest for one in story.entries),
        gone=tuple(story.uid for story in rest),
        overruled=tuple(parted),
    )


def renew(
    connection: Connection, desk: Filing, ids: Sequence[int], now: datetime
) -> None:
    """Elect leads and label anew; feeds and pages notice."""
    for story_id in ids:
        refile_story(connection, story_id, desk)
    moving.touch(connection, ids, now)


def _let_be_found(
    connection: Connection, desk: Filing, halves: Sequence[Story]
) -> None:
    """Let other texts of its event find a story of which only copies were left.

    What an entry is about is noted of whoever says something of its own, not of copies.
    """
    if not desk.events_within:
        return
    for story in halves:
        if not gists.load(connection, {one.id for one in story.entries}):
            index(connection, [_first_of(story)], desk.words)


def keep_rulings(
    connection: Connection,
    new: Iterable[tuple[RulingKind, int, int]],
    editor: Editor,
) -> tuple[Ruling, ...]:
    """Keep new rulings of an editor: (kind, entry, other entry or 0)."""
    told = [
        Ruling(
            kind=kind,
            entry=entry,
            other=other,
            at=editor.now,
            by=editor.by,
            note=editor.note,
        )
        for kind, entry, other in new
    ]
    return rulings.keep(connection, told)


def pairs_in_force(
    connection: Connection, pairs: Collection[tuple[int, int]]
) -> list[Ruling]:
    """What is ruled of these pairs of entries, and holds."""
    wanted = {frozenset(pair) for pair in pairs}
    ids = {one for pair in pairs for one in pair}
    held = in_force(rulings.of_entries(connection, ids))
    return [one for one in held if frozenset((one.entry, one.other)) in wanted]


def _first_of(story: Story) -> StoredEntry:
    """The article that we had first."""
    return min(story.entries, key=lambda one: (one.seen_at, one.id))


def _free_uid(connection: Connection, first: StoredEntry, story: Story) -> str:
    """The uid of the story that ``first`` begins.

    Its own of before, if that story was merged into this one: readers who knew it
    have it back. Else one that no story ever had.
    """
    base = new_uid(first.entry)
    if base in merged_uids(connection, story):
        aliases.take_back(connection, base)
        return base
    uid, attempt = base, 1
    while stories.uids_taken(connection, [uid]):
        attempt += 1
        uid = f"{base}-{attempt}"
    return uid


def _note(editor: Editor) -> tuple[Evidence, ...]:
    said = tuple(filter(None, (editor.note,)))
    return (Evidence(kind=EvidenceKind.NOTE, said=said),) if said else ()


def _bond_beside(
    one: StoredEntry, going: Collection[int], first: StoredEntry, editor: Editor
) -> Bond:
    """Why an entry belongs to a story that was split off."""
    if one.bond.to in going and one.id != first.id:
        return one.bond
    to = 0 if one.id == first.id else first.id
    return Bond(relation=Relation.EDITOR, to=to, evidence=_note(editor))


def _bond_in(
    one: StoredEntry,
    story: Story,
    first: StoredEntry,
    anchor: StoredEntry,
    editor: Editor,
) -> Bond:
    """Why an entry belongs to the story into which its own was merged."""
    inside = any(one.bond.to == other.id for other in story.entries)
    if inside and one.id != first.id:
        return one.bond
    return Bond(relation=Relation.EDITOR, to=anchor.id, evidence=_note(editor))


def as_they_are(connection: Connection, ids: Sequence[int]) -> tuple[Story, ...]:
    """The stories with these ids, in their order, withdrawn articles included."""
    found = (
        stories.get(connection, one, include_withdrawn=True)
        for one in dict.fromkeys(ids)
    )
    return tuple(story for story in found if story is not None)
