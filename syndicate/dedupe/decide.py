"""Which story an entry belongs to, and which of its tellers leads.

The limits below were set on altered copies of real articles and on formula texts;
tests/gate/test_repeats.py holds their floors.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from syndicate.dedupe.lead import lead_of, leading
from syndicate.dedupe.likeness import Likeness, likeness
from syndicate.dedupe.roundup import is_roundup
from syndicate.dedupe.wording import body_of, containment, shingles
from syndicate.model import (
    Bond,
    Entry,
    Evidence,
    EvidenceKind,
    Relation,
    StoredEntry,
)

__all__ = ["NewStory", "Repeat", "lead_of", "leading", "new_uid", "place"]

_RULES = (
    # containment, shared 3-grams, part of them in one stretch
    (0.50, 60, 0.0),
    (0.58, 24, 0.0),
    (0.47, 45, 0.5),
)
"""A text that passes one of these is a copy. The last is a short excerpt in a text
as long again: what is shared stands together, where formulas lie scattered."""
_NEARLY_ALL = 0.8
"""Containment asked of a brief, which has not that many 3-grams."""
_BRIEF = 8
"""Shared 3-grams below which even that says nothing."""
_CONFLICT = 0.4
"""The part of the names or of the numbers that may differ in a copy."""
_WHOLE = 0.95
"""The part of an entry that has to be in a text that nobody resembles more."""
_TITLE = 0.5
"""Containment of titles that say the same."""


_FIRST = Bond(relation=Relation.FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStory:
    """The entry begins a story."""

    bond: Bond = _FIRST
    roundup: bool = False
    """It repeats several stories, so that it is not to be found as any event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """The entry tells a story that we have; ``bond`` says why we think so."""

    story: int
    bond: Bond


def place(
    entry: Entry,
    exact: Sequence[tuple[str, StoredEntry]],
    alike: Sequence[StoredEntry],
) -> NewStory | Repeat:
    """Decide which story a new entry belongs to.

    ``exact`` holds (kind of key, stored entry) for entries anywhere that share a key
    of :func:`~syndicate.dedupe.keys.story_keys`; ``alike`` entries that share
    sampled shingles. Neither is believed unseen: the texts are compared here. Within
    one source, titles on one form ("… tuần 41", "… tuần 42") are two notices even over
    the same standing text.
    """
    for kind, stored in exact:
        if _key_convinces(kind, entry, stored.entry):
            bond = Bond(
                relation=Relation.REPEAT, to=stored.id, evidence=_by_key(kind, entry)
            )
            return Repeat(story=stored.story, bond=bond)
    copies: list[tuple[Likeness, StoredEntry]] = []
    for stored in alike:
        found = likeness(entry, stored.entry)
        other = found.retitled and stored.entry.source == entry.source
        if other or not (_is_copy(found) or _is_brief_copy(found, entry, stored.entry)):
            continue
        copies.append((found, stored))
        if _is_whole(found, entry):
            break  # none of the others, which share less, could be more alike
    if not copies:
        return NewStory()
    copies.sort(key=lambda copy: (-copy[0].score * copy[0].shared, copy[1].id))
    found, stored = copies[0]
    if is_roundup(entry, [(one.story, one.entry) for _, one in copies]):
        return NewStory(roundup=True)
    bond = Bond(
        relation=Relation.REPEAT,
        score=round(found.score, 3),
        to=stored.id,
        evidence=found.evidence,
    )
    return Repeat(story=stored.story, bond=bond)


def new_uid(entry: Entry) -> str:
    """Sixteen lower-case base32 characters, the same for the same entry for ever."""
    identity = "\0".join((entry.source, entry.url, entry.guid))
    digest = sha256(identity.encode("utf-8", "surrogatepass")).digest()
    return b32encode(digest[:10]).decode("ascii").lower()


_KEY_EVIDENCE = {"address": EvidenceKind.ADDRESS, "content": EvidenceKind.CONTENT}


def _by_key(kind: str, entry: Entry) -> tuple[Evidence, ...]:
    said = (entry.url,) if kind == "address" else ()
    return (Evidence(kind=_KEY_EVIDENCE[kind], said=said),)


def _key_convinces(kind: str, entry: Entry, other: Entry) -> bool:
    """One source may give many items one address; two sources agree on an article."""
    if kind == "address":
        return entry.source != other.source or _is_copy(likeness(entry, other))
    return kind in _KEY_EVIDENCE


def _is_copy(found: Likeness) -> bool:
    """Enough is shared for one of the rules, and it is about the same thing."""
    return not _conflicts(found) and any(
        found.score >= score
        and found.shared >= shared
        and found.run >= together * found.shared
        for score, shared, together in _RULES
    )


def _is_brief_copy(found: Likeness, a: Entry, b: Entry) -> bool:
    """Of a brief nearly all is shared, and the title or its particulars agree.

    Within one source only the title counts: there, a few equal sentences with the
    office's name and number stand under every notice.
    """
    if found.score < _NEARLY_ALL or found.shared < _BRIEF or _conflicts(found):
        return False
    if containment(shingles(a.title), shingles(b.title)) >= _TITLE:
        return True
    agreeing = found.particulars - found.differing
    return a.source != b.source and found.shared >= 12 and agreeing >= 3


def _is_whole(found: Likeness, entry: Entry) -> bool:
    """Nearly all of the entry is in the other text, and a good part of that."""
    words = len(body_of(entry).split())
    return found.score >= _WHOLE and found.shared >= _WHOLE * words


def _conflicts(found: Likeness) -> bool:
    """The same formula about something else."""
    if found.other_subject:
        return True
    if found.slots.tell_another or (found.retitled and found.slots.swapped):
        return True
    return found.differing >= 2 and found.conflict > _CONFLICT
