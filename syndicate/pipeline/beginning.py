"""New stories: their numbers and uids, and whether an entry must begin one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from syndicate.dedupe.decide import new_uid
from syndicate.dedupe.roundup import is_other_part, may_be_quoted
from syndicate.model import Entry, StoredEntry
from syndicate.store import Connection, stories

_TOLD = 24
"""Tellers of a story that are looked at, for what else a roundup quotes."""


def begin_stories(
    connection: Connection, begun: Sequence[StoredEntry]
) -> dict[int, int]:
    """Begin a story with each entry; their numbers, by those they went under so far."""
    given = stories.new_ids(connection, len(begun))
    where = {one.story: number for one, number in zip(begun, given, strict=True)}
    if begun:
        numbered = [(where[one.story], one.entry) for one in begun]
        uids = _with_uids(connection, numbered)
        stories.create_all(connection, uids, begun[0].seen_at)
    return where


def is_quoted_beside(
    connection: Connection,
    entry: Entry,
    whole: StoredEntry,
    beside: Iterable[StoredEntry],
) -> bool:
    """Whether ``whole`` is a roundup that quotes ``entry``, and its story elsewhere.

    ``beside`` are entries that the store does not have yet; those of another story
    are left out of account.
    """
    if not may_be_quoted(entry, whole.entry):
        return False
    held = stories.get(connection, whole.story) if whole.story > 0 else None
    tellers = [one.entry for one in held.entries[:_TOLD]] if held else []
    new = (one.entry for one in beside if one.story == whole.story)
    return is_other_part(entry, whole.entry, [*tellers, *islice(new, _TOLD)])


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
