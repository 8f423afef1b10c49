"""How sources stand: facts from the store, assessed one by one.

A handful of queries, however many sources there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yarl import URL

from syndicate.gather import health as gathering
from syndicate.gather.findings import Facts, Finding, FindingCode, Health, Severity
from syndicate.model import (
    HubSubscription,
    Source,
    SourceKind,
    SourceState,
    SourceStatus,
    Visit,
)
from syndicate.store import Connection, Database, hub_subscriptions, robots, sources
from syndicate.store import facts as known
from syndicate.store.facts import Polls, Recent

VISITS = 10
"""Last visits that are looked at, of the sources that need it."""
WASTEFUL = (FindingCode.NEVER_304, FindingCode.NO_VALIDATORS)
_LEGION = (*WASTEFUL, FindingCode.ARCHIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Healths:
    """How all sources stand, in the order of the settings."""

    at: datetime
    pairs: tuple[tuple[Source, Health], ...]
    desk: tuple[Finding, ...] = ()
    """What is wrong with the desk itself: nobody else is to blame."""

    @property
    def counts(self) -> dict[SourceStatus, int]:
        """How many sources stand how; statuses that no source has are left out."""
        tally = Counter(health.status for _source, health in self.pairs)
        return {status: tally[status] for status in SourceStatus if tally[status]}

    @property
    def needy(self) -> tuple[tuple[Source, Health], ...]:
        """The sources that need a person, the gravest first.

        While nearly all of them fail side by side it is rather our own line: those
        that have nothing but their failure are not named one by one.
        """
        ours = {one.code for one in self.desk}
        rank = list(Severity)
        found = [
            (source, health)
            for source, health in self.pairs
            if health.needs_a_person and not (ours and _merely_fails(health))
        ]
        return tuple(sorted(found, key=lambda pair: rank.index(pair[1].severity)))

    @property
    def noted(self) -> tuple[tuple[Source, Health], ...]:
        """The sources with something good to know and nothing to do.

        Without those that are archived or send too much: such sources are legion.
        """
        return tuple(
            (source, health)
            for source, health in self.pairs
            if not health.needs_a_person
            and any(one.code not in _LEGION for one in health.findings)
        )

    @property
    def wasteful(self) -> tuple[Source, ...]:
        """The sources that send everything again when nothing is new."""
        return tuple(
            source
            for source, health in self.pairs
            if any(one.code in WASTEFUL for one in health.findings)
        )


def healths(
    database: Database,
    configured: Sequence[Source],
    now: datetime,
    *,
    states: Mapping[str, SourceState] | None = None,
) -> Healths:
    """Assess all of ``configured`` by everything that the store knows.

    ``states`` saves reading them again.
    """
    with database.read() as connection:
        held = sources.states(connection) if states is None else states
        pairs = [(one, _state(held, one)) for one in configured]
        look = _look(connection, pairs, now)
    addresses = frozenset(one.url for one in configured)
    return Healths(
        at=now,
        pairs=tuple(
            (
                source,
                gathering.assess(
                    source,
                    state,
                    look.visits.get(source.key, ()),
                    now,
                    facts=look.facts(source, addresses),
                ),
            )
            for source, state in pairs
        ),
        desk=gathering.desk(pairs, now),
    )


def health_of(
    database: Database,
    source: Source,
    now: datetime,
    *,
    others: Sequence[Source] = (),
) -> Health:
    """Assess one source; ``others`` are the desk's, so that none is suggested."""
    with database.read() as connection:
        state = sources.load(connection, source.key)
        look = _look(connection, [(source, state)], now)
    addresses = frozenset(one.url for one in others)
    visits = look.visits.get(source.key, ())
    facts = look.facts(source, addresses)
    return gathering.assess(source, state, visits, now, facts=facts)


def statuses(
    pairs: Sequence[tuple[Source, SourceState]], now: datetime
) -> dict[str, SourceStatus]:
    """Say in a word how each source stands; asks the store nothing."""
    return {
        source.key: gathering.status_of(source, state, now) for source, state in pairs
    }


@dataclass(frozen=True, slots=True)
class _Look:
    """What the store told of several sources."""

    polls: Mapping[str, Polls]
    recent: Mapping[str, Recent]
    visits: Mapping[str, list[Visit]]
    silent: frozenset[str]
    robots: Mapping[str, datetime]
    hubs: Mapping[str, HubSubscription]

    def facts(self, source: Source, addresses: frozenset[str]) -> Facts:
        """Put together what belongs to ``source``."""
        polls = self.polls.get(source.key, Polls())
        recent = self.recent.get(source.key, Recent())
        hub = self.hubs.get(source.key)
        return Facts(
            taken=addresses,
            robots_changed_at=self.robots.get(_origin(source)),
            hub=hub.state if hub else None,
            hub_failures=hub.failures if hub else 0,
            hub_detail=hub.detail if hub else "",
            idle=polls.idle,
            spared=polls.spared,
            idle_days=polls.idle_days,
            told=source.key not in self.silent,
            recent=recent.count,
            ahead=recent.ahead,
            garbled=recent.garbled,
        )


def _look(
    connection: Connection,
    pairs: Sequence[tuple[Source, SourceState]],
    now: datetime,
) -> _Look:
    asked = [(one, state) for one, state in pairs if not one.archived]
    only = pairs[0][0].key if len(pairs) == 1 else None
    polls = known.polls(connection, only)
    quiet = [one.key for one, state in asked if _may_be_silent(state)]
    silent = frozenset(known.silent(connection, quiet))
    troubled = {
        one.key
        for one, state in asked
        if state.failures
        or one.key in silent
        or polls.get(one.key, Polls()).troubled > 1
    }
    return _Look(
        polls=polls,
        recent=known.recent(connection),
        visits=known.last_visits(connection, troubled, VISITS),
        silent=silent,
        robots=robots.changed(connection, now - gathering.RECENT),
        hubs=hub_subscriptions.every(connection),
    )


def _may_be_silent(state: SourceState) -> bool:
    return state.succeeded_at is not None and state.memory.news_at is None


def _merely_fails(health: Health) -> bool:
    """Its failure is all that there is to say, and does not name the way out."""
    return all(
        one.code is FindingCode.FAILING or one.severity is Severity.NOTE
        for one in health.findings
    )


def _state(held: Mapping[str, SourceState], source: Source) -> SourceState:
    return held.get(source.key) or SourceState(source=source.key)


def _origin(source: Source) -> str:
    """Whose robots.txt it is."""
    if source.kind is SourceKind.FOLDER:
        return ""
    try:
        return str(URL(source.url).origin()).rstrip("/")
    except ValueError:
        return ""
