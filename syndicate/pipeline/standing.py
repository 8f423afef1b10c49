"""How the desk stands: its sources, stories and issues, for people and monitors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.gather.health import FAILING_AFTER
from syndicate.gather.limits import Pace
from syndicate.model import Digest, Source, SourceState, SourceStatus
from syndicate.pipeline.health import statuses
from syndicate.store import Database, entries, issues, ledger, sources
from syndicate.store.issues import StoredIssue

OVERDUE = timedelta(days=2)
"""If no source was visited for so long, we stand still."""
CEILING = Pace().ceiling


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A picture of the desk at one moment."""

    at: datetime
    sources: tuple[tuple[Source, SourceState], ...]
    entries: int
    issues: tuple[tuple[StoredIssue, dict[str, int]], ...]
    """The last issues of each digest, and how their deliveries stand."""
    statuses: Mapping[str, SourceStatus]
    """How each source stands, by its key."""
    ceiling: timedelta = CEILING
    """The longest pause between two visits."""

    @property
    def failing(self) -> tuple[str, ...]:
        """Keys of the sources that have failed several times in a row."""
        return tuple(
            source.key
            for source, state in self.sources
            if state.failures >= FAILING_AFTER and not source.archived
        )

    @property
    def counts(self) -> dict[SourceStatus, int]:
        """How many sources stand how; statuses that no source has are left out."""
        tally = Counter(self.statuses.values())
        return {status: tally[status] for status in SourceStatus if tally[status]}

    @property
    def ok(self) -> bool:
        """The desk itself works: somebody else's outage is not ours."""
        expected = [
            state.visited_at + max(OVERDUE, 2 * (source.every or self.ceiling))
            for source, state in self.sources
            if state.visited_at and not source.archived
        ]
        return not expected or max(expected) > self.at

    def as_json(self) -> dict[str, object]:
        """Return the same for machines."""
        return {
            "ok": self.ok,
            "at": self.at.isoformat(),
            "entries": self.entries,
            "failing": list(self.failing),
            "statuses": {status.value: count for status, count in self.counts.items()},
            "sources": [
                _source_json(*pair) | {"status": self.statuses[pair[0].key].value}
                for pair in self.sources
            ],
            "issues": [_issue_json(*pair) for pair in self.issues],
        }


def standing(
    database: Database,
    known: Sequence[Source],
    digests: Sequence[Digest],
    now: datetime,
    *,
    last: int = 4,
    ceiling: timedelta = CEILING,
) -> Standing:
    """Look at everything once."""
    with database.read() as connection:
        states = sources.states(connection)
        recent = [
            stored
            for digest in digests
            for stored in issues.latest(connection, digest.key, last)
        ]
        tallies = [
            {
                state.value: count
                for state, count in ledger.tally(connection, stored.id).items()
            }
            for stored in recent
        ]
        count = entries.count(connection)
    pairs = tuple(
        (source, states.get(source.key, SourceState(source=source.key)))
        for source in known
    )
    return Standing(
        at=now,
        sources=pairs,
        statuses=statuses(pairs, now),
        ceiling=ceiling,
        entries=count,
        issues=tuple(zip(recent, tallies, strict=True)),
    )


def _source_json(source: Source, state: SourceState) -> dict[str, object]:
    return {
        "key": source.key,
        "title": source.title,
        "kind": source.kind.value,
        "url": source.url,
        "visited_at": _time(state.visited_at),
        "succeeded_at": _time(state.succeeded_at),
        "due_at": _time(state.due_at),
        "failures": state.failures,
        "error": state.error,
    }


def _issue_json(stored: StoredIssue, tally: dict[str, int]) -> dict[str, object]:
    return {
        "digest": stored.issue.digest,
        "number": stored.issue.number,
        "start": stored.issue.start.isoformat(),
        "end": stored.issue.end.isoformat(),
        "state": stored.state.value,
        "stories": len(stored.issue.items),
        "deliveries": tally,
    }


def _time(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
