"""Teaching the learner, and keeping what it knows in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from syndicate.categorise.features import example_of
from syndicate.categorise.learned import AGAIN, Learner, study
from syndicate.categorise.lines import Kept
from syndicate.categorise.packing import (
    UnreadableError,
    packed,
    packed_decision,
    parts_of,
    unpacked,
    unpacked_decision,
)
from syndicate.categorise.phrases import Phrases
from syndicate.model import Entry
from syndicate.store import Connection, decisions, entries, learned

TOGETHER = 500
"""Decisions that are learnt between two writes, when all are learnt anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """An article, and what a person says that it is about."""

    entry_id: int
    entry: Entry
    categories: tuple[str, ...]
    """The primary one first; empty: none fits."""


def learner_of(connection: Connection, held: Learner | None = None) -> Learner:
    """What was learnt so far; ``held`` itself if that is still all.

    What cannot be read (another version wrote it) is nothing: the next decision has
    everything learnt anew.
    """
    now = learned.version(connection)
    if held is not None and held.version == now:
        return held
    try:
        return _read(connection, now)
    except UnreadableError:
        return unpacked({}, now)


def kept_decision(connection: Connection, entry_id: int) -> Kept | None:
    """What was learnt of one article; None if nothing was."""
    content = learned.decisions(connection, [entry_id]).get(entry_id)
    try:
        return unpacked_decision(content) if content else None
    except UnreadableError:
        return None


def teach(connection: Connection, decided: Iterable[Taught], masks: Phrases) -> None:
    """Learn decisions, each in place of what was learnt of the same article.

    ``connection`` must be one that writes: nobody else teaches meanwhile. ``masks``
    are names (in matching form) that say nothing.
    """
    new = list(decided)
    try:
        _teach(connection, new, masks)
    except UnreadableError:
        relearn(connection, masks)


def forget(connection: Connection, entry_ids: Iterable[int], masks: Phrases) -> None:
    """Take back what was learnt of articles; ``connection`` must be one that writes."""
    gone = sorted(set(entry_ids))
    try:
        learner = _read(connection, learned.version(connection))
        learner.kept = _kept(connection, gone)
        if not learner.kept:
            return
        for key in list(learner.kept):
            learner.forget(key)
        again = _again(connection, learner, len(gone), without=gone)
        learner.settle(again)
        _keep(connection, learner, gone)
    except UnreadableError:
        relearn(connection, masks)


def relearn(connection: Connection, masks: Phrases) -> int:
    """Learn everything anew from the decisions that count; how many they are."""
    learned.clear(connection)
    found = decisions.standing(connection)[::-1]
    _keep(connection, unpacked({}, 0), ())
    for start in range(0, len(found), TOGETHER):
        some = found[start : start + TOGETHER]
        texts = entries.get_many(connection, [one.entry for one in some])
        new = [
            Taught(
                entry_id=one.entry,
                entry=texts[one.entry].entry,
                categories=one.categories,
            )
            for one in some
            if one.entry in texts
        ]
        _teach(connection, new, masks)
    return len(found)


def _teach(connection: Connection, new: Sequence[Taught], masks: Phrases) -> None:
    if not new:
        return
    learner = _read(connection, learned.version(connection))
    ids = [one.entry_id for one in new]
    learner.kept = _kept(connection, ids)
    old = _again(connection, learner, len(new), without=ids)
    read = ((one.entry_id, example_of(one.entry, masks), one.categories) for one in new)
    study(learner, read, [*learner.kept, *old])
    _keep(connection, learner, ())


def _again(
    connection: Connection, learner: Learner, new: int, without: Sequence[int]
) -> list[int]:
    """Old decisions to look at again for so many new ones; they come into ``kept``."""
    keys = learned.next_keys(connection, learner.cursor, AGAIN * new)
    old = [key for key in keys if key not in without]
    learner.kept |= _kept(connection, old)
    learner.cursor = keys[-1] if keys else learner.cursor
    return old


def _read(connection: Connection, version: int) -> Learner:
    head = learned.read(connection, [learned.HEAD])
    if not head:
        return unpacked({}, version)
    names = parts_of(head[learned.HEAD])
    return unpacked(head | learned.read(connection, names), version)


def _kept(connection: Connection, keys: Iterable[int]) -> dict[int, Kept]:
    found = learned.decisions(connection, keys)
    return {key: unpacked_decision(content) for key, content in found.items()}


def _keep(connection: Connection, learner: Learner, gone: Sequence[int]) -> None:
    kept = {key: packed_decision(one) for key, one in learner.kept.items()}
    learned.write(connection, packed(learner), kept, gone)
