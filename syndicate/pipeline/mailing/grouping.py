"""Who gets what of an issue: its readers, counted by their wishes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from syndicate.digest.drawing.parts import Parts
from syndicate.digest.drawing.wishes import Wish
from syndicate.model import Digest
from syndicate.pipeline.mailing.owed import Corrections
from syndicate.store import Connection, wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Members who get the same."""

    wish: Wish
    members: int


def groups(
    connection: Connection,
    digest: Digest,
    parts: Parts,
    corrections: Corrections,
    now: datetime,
) -> list[Group]:
    """Count those who are to get an issue, largest group first.

    The database counts; only where something is corrected, everybody is looked at.
    """
    edition = wanted.edition(digest)
    found: Counter[Wish] = Counter()
    if corrections:
        for some in wanted.people(connection, edition, now):
            for wish in _one_by_one(connection, parts, corrections, some):
                found[wish] += 1
    else:
        for person, count in wanted.counted(connection, edition, now):
            found[_wish(parts, person)] += count
    counted = [Group(wish=wish, members=count) for wish, count in found.items()]
    return sorted(counted, key=lambda group: (-group.members, group.wish.key))


def _one_by_one(
    connection: Connection,
    parts: Parts,
    corrections: Corrections,
    people: list[wanted.Person],
) -> Iterator[Wish]:
    owed = corrections.owed(connection, [one.member for one in people])
    return (_wish(parts, one, owed.get(one.member, ())) for one in people)


def _wish(parts: Parts, person: wanted.Person, owed: tuple[str, ...] = ()) -> Wish:
    return Wish(
        language=parts.language(person.language),
        categories=person.categories,
        sources=person.sources,
        text_only=person.text_only,
        corrections=owed,
    )
