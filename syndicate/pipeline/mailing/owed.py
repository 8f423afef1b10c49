"""Who is owed a correction: those who got the story in the words that changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from syndicate.model import Issue
from syndicate.store import Connection, deliveries, issues

Told = Mapping[str, tuple[tuple[str, int], ...]]
"""uid of a story → (edition key, number) of the issues that told it so."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """What is corrected in an issue."""

    told: Told

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.told)

    def owed(
        self, connection: Connection, members: Iterable[int]
    ) -> dict[int, tuple[str, ...]]:
        """Say for each of these members which stories are corrected for them."""
        pairs = {pair for told in self.told.values() for pair in told}
        ids = issues.ids_of(connection, pairs)
        got = deliveries.got(connection, list(ids.values()), list(members))
        wrong = {
            uid: {ids[pair] for pair in told if pair in ids}
            for uid, told in self.told.items()
        }
        return {
            member: tuple(uid for uid, told in wrong.items() if told & had)
            for member, had in got.items()
        }


def corrections(issue: Issue, edition: str) -> Corrections:
    """Find what an issue corrects; ``edition`` is the key of its digest."""
    return Corrections(
        {
            item.uid: item.carried_by
            or tuple((edition, number) for number in item.carried_in)
            for item in issue.items
            if item.corrected
        }
    )
