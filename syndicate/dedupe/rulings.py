"""What editors' rulings mean for new entries and for who leads (pure).

The engine never moves an entry that has its story, so a ruling on two entries stands
by itself. What a later visit could undo is the lead, and the side on which a new
entry falls that resembles both halves of a story that was split.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from syndicate.dedupe.likeness import likeness
from syndicate.model import Entry, Relation, Ruling, RulingKind, StoredEntry

Exact = tuple[str, StoredEntry]
"""(kind of the key that is shared, its holder)."""


class _Standing(Protocol):
    """What may lead if it is not withdrawn."""

    @property
    def id(self) -> int:
        """Its number in the store."""

    @property
    def withdrawn_at(self) -> datetime | None:
        """When its source took it back."""


Teller = TypeVar("Teller", bound=_Standing)

_FAR = timedelta(days=999_999)


def in_force(rulings: Iterable[Ruling]) -> tuple[Ruling, ...]:
    """Those that hold: of several on the same two entries only the newest.

    Every choice of a lead holds as long as no newer one in its story does, which is
    for :func:`chosen_lead` to say.
    """
    held: dict[tuple[int, ...], Ruling] = {}
    for one in sorted(rulings, key=lambda each: each.id):
        pair = tuple(sorted((one.entry, one.other)))
        held[(one.id,) if one.kind is RulingKind.LEAD else pair] = one
    return tuple(held.values())


def chosen_lead(chosen: Sequence[int], tellers: Iterable[Teller]) -> Teller | None:
    """The teller that an editor chose last, of those that still stand.

    ``chosen`` holds entries, the newest choice first. One that is withdrawn waits:
    it leads again when it comes back.
    """
    if not chosen:
        return None
    standing = {one.id: one for one in tellers if one.withdrawn_at is None}
    return next((standing[one] for one in chosen if one in standing), None)


def came_by(ids: Collection[int], tellers: Sequence[StoredEntry]) -> set[int]:
    """Those of a story's tellers that joined it for being like one of ``ids``.

    Also those that joined for being like these, and so on; ``ids`` themselves are
    left out, and what an editor put there.
    """
    found = set(ids)
    grew = True
    while grew:
        more = {
            one.id
            for one in tellers
            if one.id not in found
            and one.bond.to in found
            and one.bond.relation is not Relation.EDITOR
        }
        found |= more
        grew = bool(more)
    return found - set(ids)


def on_one_side(
    entry: Entry,
    exact: Sequence[Exact],
    alike: Sequence[StoredEntry],
    apart: Collection[tuple[int, int]],
) -> tuple[list[Exact], list[StoredEntry]]:
    """Leave out candidates that are ruled apart from the one that is most alike.

    ``apart`` holds pairs of stories. A key that both halves of a split story share
    tells nothing, so the texts are compared; of two that are equally alike, the one
    published nearer to the new entry.
    """
    stories = {one.story for _, one in exact} | {one.story for one in alike}
    parted = [pair for pair in apart if stories.issuperset(pair)]
    if not parted:
        return list(exact), list(alike)
    disputed = {story for pair in parted for story in pair}
    candidates = {one.id: one for one in (*(held for _, held in exact), *alike)}
    best = max(
        (one for one in candidates.values() if one.story in disputed),
        key=lambda one: _closeness(entry, one),
    )
    out = {story for pair in parted if best.story in pair for story in pair} - {
        best.story
    }
    return (
        [one for one in exact if one[1].story not in out],
        [one for one in alike if one.story not in out],
    )


def _closeness(entry: Entry, other: StoredEntry) -> tuple[float, timedelta, int]:
    """Sorts what is more like ``entry`` last."""
    found = likeness(entry, other.entry)
    return found.score * found.shared, -_between(entry, other), -other.id


def _between(entry: Entry, other: StoredEntry) -> timedelta:
    """The time between two publications; without a date they are far apart."""
    ours, theirs = entry.published, other.entry.published
    if ours is None or theirs is None:
        return _FAR
    return abs(ours.value - theirs.value)
