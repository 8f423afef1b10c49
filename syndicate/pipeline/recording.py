"""Writes down what visits came to: many at once, and fairly.

Fairly: where nobody answered at all, it is our own line that is down, and no source
is blamed. So failures to reach a host wait here until somebody has answered, or until
all have been asked.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from syndicate.errors import Offline, SyndicateError, TooSlow, Unreachable
from syndicate.model import SourceKind, SourceState, Visit
from syndicate.pipeline.reading import place_of
from syndicate.pipeline.remembering import Visited, remembered, visit_of
from syndicate.pipeline.tally import NEWS
from syndicate.pipeline.visiting import Gathering
from syndicate.store import sources

TOGETHER = 50
"""Visits that are written in one transaction."""
HOSTS = 3
"""Where at least so many hosts were asked and none answered, we are to blame."""

Pair = tuple[SourceState, Visit]


class Recorder:
    """Takes the visits of one run as they end, and gives them back in the end."""

    def __init__(self, work: Gathering, on_visit: Callable[[Visit], None]) -> None:
        self._work = work
        self._on_visit = on_visit
        self._addresses = frozenset(source.url for source in work.desk.sources.values())
        self._doubtful: list[Visited] = []
        self._answered = False
        self._pending: list[Pair] = []
        self._visits: dict[str, Visit] = {}

    async def add(self, visited: Visited) -> None:
        """Take a visit that is over."""
        if not self._answered and isinstance(visited.error, Unreachable | TooSlow):
            self._doubtful.append(visited)
            return
        if _was_answered(visited):
            self._settle(ours=False)
        self._take(visited)
        if len(self._pending) >= TOGETHER:
            pairs, self._pending = self._pending, []
            self._told(await self._work.run(save, self._work, pairs))

    def close(self) -> dict[str, Visit]:
        """Write the rest, at once and in this thread: there may be no other chance."""
        hosts = {place_of(one.source) for one in self._doubtful}
        self._settle(ours=not self._answered and len(hosts) >= HOSTS)
        pairs, self._pending = self._pending, []
        if pairs:
            self._told(save(self._work, pairs))
        return self._visits

    def _settle(self, *, ours: bool) -> None:
        """Decide about those that could not be reached."""
        doubtful, self._doubtful = self._doubtful, []
        self._answered = self._answered or not ours
        for visited in doubtful:
            error = visited.error
            if ours and error is not None:
                error = Offline(visited.source.url, f"nobody answers us ({error})")
            self._take(replace(visited, error=error))

    def _take(self, visited: Visited) -> None:
        source, work = visited.source, self._work
        told = remembered(
            visited,
            work.pace,
            others=lambda: self._addresses - {source.url},
            # A hub that kept something back is no reason to ask seldom.
            pushed=source.key in work.pushed and not visited.tally.news,
            jitter=random.random(),  # noqa: S311 -- spreads visits, keeps no secret
        )
        self._pending.append((told, visit_of(visited, told)))

    def _told(self, visits: Sequence[Visit]) -> None:
        for visit in visits:
            self._visits[visit.source] = visit
            self._on_visit(visit)


def _was_answered(visited: Visited) -> bool:
    """Some host spoke to us: the line is good."""
    if visited.source.kind is SourceKind.FOLDER:
        return False
    return not isinstance(visited.error, Offline)


def save(work: Gathering, pairs: Sequence[Pair], *, polled: bool = True) -> list[Visit]:
    """Keep states and visits; a visit that cannot be kept says so.

    ``polled``: what they found was asked for, and not pushed to us.
    A replay tells nothing of how the sources are today, and leaves no trace.
    """
    if work.replay:
        return [visit for _, visit in pairs]
    try:
        with work.writing() as connection:
            sources.save_many(connection, pairs)
            for _, visit in pairs:
                news = sum(visit.outcomes.get(outcome, 0) for outcome in NEWS)
                if polled and news and visit.source in work.pushed:
                    work.unpushed(connection, visit.source, visit.at, news)
    except SyndicateError as unsaved:
        if len(pairs) > 1:
            return [
                visit for pair in pairs for visit in save(work, [pair], polled=polled)
            ]
        visit = pairs[0][1]
        return [replace(visit, error=visit.error or str(unsaved))]
    return [visit for _, visit in pairs]
