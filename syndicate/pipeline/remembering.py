"""What a visit teaches us of its source (pure)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate.errors import BadAnswer, Offline, StoreError, SyndicateError
from syndicate.gather.cadence import Seen, learnt, plan
from syndicate.gather.drift import learnt as shape_learnt
from syndicate.gather.hints import hint
from syndicate.gather.limits import Pace
from syndicate.gather.redirects import address, moved, tried
from syndicate.model import (
    Outcome,
    Shape,
    Source,
    SourceMemory,
    SourceState,
    Visit,
)
from syndicate.pipeline.jobs import NobodyReadsError
from syndicate.pipeline.tally import Heard, Tally
from syndicate.ports import Response

GONE = 410
OURS = (Offline, StoreError, NobodyReadsError)
"""Errors that no source is to blame for."""

Others = Callable[[], Collection[str]]
"""Gives the addresses of all other sources; seldom asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A visit that is over, with all that it left to remember."""

    source: Source
    state: SourceState
    """What was known before it."""
    at: datetime
    tally: Tally
    heard: Heard
    error: SyndicateError | None = None


def known_of(source: Source, state: SourceState) -> SourceState:
    """Give what is known of ``source``, without what another address taught us.

    Whoever mends an address in config.toml wants it asked as a new one: validators of
    the other one would let it answer "not modified" to what we never had.
    """
    memory = state.memory
    if memory.of in ("", source.url):
        return state
    return SourceState(
        source=state.source,
        visited_at=state.visited_at,
        succeeded_at=state.succeeded_at,
        imported=state.imported,
        memory=SourceMemory(
            rhythm=memory.rhythm,
            news_at=memory.news_at,
            redated_at=memory.redated_at,
        ),
    )


def visit_of(visited: Visited, told: SourceState) -> Visit:
    """Put a visit down for the log and for people; ``told`` is what it taught."""
    error, heard = visited.error, visited.heard
    status = heard.response.status if heard.response is not None else 0
    if isinstance(error, BadAnswer) and not status:
        status = error.status
    return Visit(
        source=visited.source.key,
        at=visited.at,
        error=str(error) if error else "",
        not_modified=heard.not_modified,
        status=status,
        outcomes=visited.tally.outcomes,
        details=(*visited.tally.details, *_warnings(visited, told)),
    )


def _warnings(visited: Visited, told: SourceState) -> Iterator[str]:
    """What is no failure of this visit, and wants a look all the same."""
    shape = told.memory.shape
    if shape.drift and (visited.heard.links is not None or visited.heard.words):
        yield (
            f"{visited.source.url}: has the layout changed? Other than usual:"
            f" {shape.drift}"
        )
    if visited.tally.redated:
        yield (
            f"{visited.source.url}: gave all its entries other dates at once; those"
            " of before are kept"
        )


def remembered(
    visited: Visited,
    pace: Pace,
    *,
    others: Others,
    pushed: bool,
    jitter: float,
) -> SourceState:
    """What is known of a source after a visit, and when it is asked again.

    Call it with failures to reach the source only if they are its own.
    """
    told = _told(visited, others, pace)
    told = replace(told, memory=replace(told.memory, of=visited.source.url))
    # The rhythm has learnt the new dates already; failures are counted by the plan.
    error = visited.error
    if isinstance(error, OURS) and not isinstance(error, Offline):
        error = Offline(visited.source.url, str(error))
    seen = Seen(
        now=visited.at,
        error=error,
        news=visited.tally.news + visited.tally.outcomes.get(Outcome.CHANGED, 0),
    )
    known = replace(told, failures=visited.state.failures)
    due, reason = plan(visited.source, known, seen, pace, pushed=pushed, jitter=jitter)
    return replace(told, due_at=due, memory=replace(told.memory, reason=reason))


def taught(visited: Visited) -> SourceState:
    """What is known after a push: when there was news; it answered no question."""
    state, tally = visited.state, visited.tally
    if visited.error is not None or not tally.dates:
        return state
    rhythm = learnt(state.memory.rhythm, tuple(tally.dates), visited.source.timezone)
    memory = replace(state.memory, rhythm=rhythm, news_at=visited.at)
    return replace(state, memory=memory)


def _told(visited: Visited, others: Others, pace: Pace) -> SourceState:
    state, at, error = visited.state, visited.at, visited.error
    if isinstance(error, OURS):
        return replace(state, visited_at=at)  # nothing was learnt, nobody is to blame
    if error is not None:
        return replace(
            state,
            visited_at=at,
            error=str(error),
            failures=state.failures + 1,
            memory=_after_failure(state.memory, error, at),
        )
    tally = visited.tally
    told = replace(
        state,
        visited_at=at,
        succeeded_at=at,
        error="",
        failures=0,
        imported=state.imported or not tally.left,
        memory=_after_answer(visited, others, pace),
    )
    if visited.heard.response is None:
        return told
    if tally.unsure or tally.left:
        # What failed or was left is read again next time: only a whole visit makes
        # the answer old news, for us and, by its validators, for the server.
        return replace(told, etag="", last_modified="", body_hash="")
    return _with_validators(told, visited.heard, visited.heard.response)


def _with_validators(
    told: SourceState, heard: Heard, response: Response
) -> SourceState:
    """Keep the new validators; a 304 may bring new ones, or leave the old in place."""
    kept = told if heard.not_modified else SourceState(source=told.source)
    return replace(
        told,
        etag=response.headers.get("etag", "") or kept.etag,
        last_modified=response.headers.get("last-modified", "") or kept.last_modified,
        body_hash=heard.body_hash or kept.body_hash,
    )


def _after_failure(
    memory: SourceMemory, error: SyndicateError, at: datetime
) -> SourceMemory:
    parked = memory.parked_at
    if isinstance(error, BadAnswer) and error.status == GONE:
        parked = parked or at
    return replace(memory, parked_at=parked, failing_since=memory.failing_since or at)


def _after_answer(visited: Visited, others: Others, pace: Pace) -> SourceMemory:
    source, tally, heard = visited.source, visited.tally, visited.heard
    memory, at = visited.state.memory, visited.at
    if tally.dates:
        rhythm = learnt(memory.rhythm, tuple(tally.dates), source.timezone)
        memory = replace(memory, rhythm=rhythm)
    memory = replace(
        memory,
        parked_at=None,
        failing_since=None,
        news_at=at if tally.news else memory.news_at,
        redated_at=at if tally.redated else memory.redated_at,
        shape=_shape(memory.shape, heard, at),
    )
    if heard.response is not None:
        memory = _from_answer(memory, heard, heard.response, at)
        hops = heard.response.hops
        if hops or memory.move:
            asked = address(source, memory, visited.state.failures)
            move = tried(memory.move, source.url, asked)
            move = moved(move, source.url, hops, others(), at, pace)
            memory = replace(memory, move=move)
    return memory


def _from_answer(
    memory: SourceMemory, heard: Heard, response: Response, at: datetime
) -> SourceMemory:
    facts = heard.facts
    hinted = hint(response.headers, facts, at)
    if facts is None and hinted is None:
        hinted = memory.hint  # "not modified" says nothing of the feed's own hint
    memory = replace(
        memory,
        full_at=at if heard.fully else memory.full_at,
        hint=hinted,
        certificate_until=response.certificate_until or memory.certificate_until,
    )
    if facts is None:
        return memory
    return replace(
        memory,
        skip_hours=facts.skip_hours,
        skip_days=facts.skip_days,
        hub=facts.hub,
        topic=facts.topic,
        home=facts.home,
    )


def _shape(shape: Shape, heard: Heard, at: datetime) -> Shape:
    links = heard.links
    if links is None and not heard.words:
        return shape
    count = len(links) if links is not None else None
    dated = sum(1 for link in links if link.dates) / count if links and count else None
    words = sum(heard.words) / len(heard.words) if heard.words else None
    return shape_learnt(shape, items=count, dated=dated, words=words, now=at)
