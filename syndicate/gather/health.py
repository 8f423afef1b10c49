"""How a source stands, and what a person should know of it (pure).

One bad visit is weather; health is what lasts. A finding is a code with its figures;
the words for it come with the reader (pipeline/telling.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from syndicate.gather.drift import DATES
from syndicate.gather.findings import Facts, Finding, FindingCode, Health, Severity
from syndicate.gather.silence import is_quiet, last_news, missed
from syndicate.model import (
    Outcome,
    PushState,
    ReasonCode,
    Source,
    SourceKind,
    SourceState,
    SourceStatus,
    Visit,
)

FAILING_AFTER = 3
"""Failures in a row; one or two are weather."""
CERTIFICATE_DAYS = timedelta(days=21)
CERTIFICATE_URGENT = timedelta(days=7)
RECENT = timedelta(days=14)
"""How long something that happened once is worth telling."""
MANY_FAILED = 0.25
"""Part of the entries of the last visits that could not be read."""
FEW_304 = 0.2
ENOUGH = 10
"""Visits without news, or entries, that a share is reckoned from."""
TOGETHER = 0.8
"""If so many fail side by side, it is rather us."""
AT_LEAST = 5
"""Sources that "nearly all" needs."""
NO_ANSWER = timedelta(hours=2)
"""If anybody has answered since, it is not our line."""

GONE = (404, 410)
"""Statuses that say: not here, and perhaps never again."""

_REFUSED = "robots.txt asks us not to"
"""What pipeline/politeness.py says of an address that a robots.txt forbids."""
_NAMED = re.compile(r"names (?:this feed|these feeds): (.+)$", re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s,]+")
NOTHING = Facts()


def assess(
    source: Source,
    state: SourceState,
    visits: Sequence[Visit],
    now: datetime,
    *,
    facts: Facts = NOTHING,
) -> Health:
    """Say how ``source`` stands at ``now``.

    ``visits`` are its last ones, newest first; without them what needs them is not
    looked for. A failure of ours (no line) is no finding here, see :func:`desk`.
    """
    status = status_of(source, state, now)
    if status is SourceStatus.ARCHIVED:
        archived = Finding(
            code=FindingCode.ARCHIVED, severity=Severity.NOTE, detail=source.successor
        )
        return Health(source=source.key, status=status, findings=(archived,))
    found = [
        *_failure(source, state, visits, facts),
        *_silence(source, state, status),
        *_address(source, state, facts),
        *_certificate(state, now),
        *_lately(state, facts, now),
        *_contents(source, state, visits, facts),
        *_hub(facts),
        *_validators(source, state, facts),
    ]
    rank = list(Severity)
    found.sort(key=lambda one: rank.index(one.severity))
    return Health(source=source.key, status=status, findings=tuple(found))


def status_of(source: Source, state: SourceState, now: datetime) -> SourceStatus:
    """Say in a word how ``source`` stands; needs nothing but its state."""
    if source.archived:
        return SourceStatus.ARCHIVED
    if _parked_at(state):
        return SourceStatus.PARKED
    if state.failures >= FAILING_AFTER:
        return SourceStatus.FAILING
    if is_quiet(source, state, now):
        return SourceStatus.QUIET
    return SourceStatus.ACTIVE


def desk(
    pairs: Sequence[tuple[Source, SourceState]], now: datetime
) -> tuple[Finding, ...]:
    """Find what is wrong with the desk's own line, at ``now``."""
    asked = [state for source, state in pairs if _is_asked(source, state)]
    last = max((one.succeeded_at for one in asked if one.succeeded_at), default=None)
    down = [
        one.visited_at
        for one in asked
        if one.visited_at and one.memory.reason.code is ReasonCode.OUTAGE
    ]
    if down and (last is None or last <= max(down)):
        outage = Finding(
            code=FindingCode.OUTAGE,
            severity=Severity.ACT,
            since=last,
            count=len(down),
            total=len(asked),
        )
        return (outage,)
    failing = [one for one in asked if one.failures >= FAILING_AFTER]
    if len(asked) < AT_LEAST or len(failing) < TOGETHER * len(asked):
        return ()
    if last and now - last < NO_ANSWER:
        return ()
    together = Finding(
        code=FindingCode.NOTHING_ANSWERS,
        severity=Severity.ACT,
        since=last,
        count=len(failing),
        total=len(asked),
    )
    return (together,)


def named_feeds(error: str) -> tuple[str, ...]:
    """The addresses of feeds that an error says a page names."""
    said = _NAMED.search(error)
    if said is None:
        return ()
    found = (match.rstrip(".;)") for match in _ADDRESS.findall(said.group(1)))
    return tuple(dict.fromkeys(found))


# ── Parts of an assessment ──


def _parked_at(state: SourceState) -> datetime | None:
    """When it said that it is gone, unless it has answered since."""
    parked, answered = state.memory.parked_at, state.succeeded_at
    return None if parked and answered and answered > parked else parked


def _is_asked(source: Source, state: SourceState) -> bool:
    web = source.kind is not SourceKind.FOLDER
    return web and not source.archived and state.visited_at is not None


def _failure(
    source: Source, state: SourceState, visits: Sequence[Visit], facts: Facts
) -> Iterator[Finding]:
    parked = _parked_at(state)
    if parked is None and state.failures < FAILING_AFTER:
        return
    last = visits[0] if visits and visits[0].error else None
    code = FindingCode.PARKED if parked else FindingCode.FAILING
    address = ""
    if _REFUSED in state.error:
        code = FindingCode.DISALLOWED
    else:
        own = {source.url, state.memory.move.to if state.memory.move else ""}
        offered = (
            one
            for one in named_feeds(state.error)
            if one not in own and one not in facts.taken
        )
        if address := next(offered, ""):
            code = FindingCode.FEED_ELSEWHERE
    yield Finding(
        code=code,
        severity=Severity.ACT,
        since=parked or _failing_since(state, visits),
        count=state.failures,
        status=last.status if last else 0,
        detail=state.error,
        address=address,
    )


def _failing_since(state: SourceState, visits: Sequence[Visit]) -> datetime | None:
    if state.memory.failing_since:
        return state.memory.failing_since
    bad: datetime | None = None
    for visit in visits:
        if not visit.error:
            break
        bad = visit.at
    return bad or state.succeeded_at


def _silence(
    source: Source, state: SourceState, status: SourceStatus
) -> Iterator[Finding]:
    if status is not SourceStatus.QUIET:
        return
    rhythm, last, until = state.memory.rhythm, last_news(state), state.succeeded_at
    if last and until:
        yield Finding(
            code=FindingCode.QUIET,
            severity=Severity.LOOK,
            since=last,
            count=round(missed(rhythm, last, until, source.timezone)),
            total=round(rhythm.gap),
        )


def _address(source: Source, state: SourceState, facts: Facts) -> Iterator[Finding]:
    move = state.memory.move
    if move is None or move.of not in ("", source.url) or move.to == source.url:
        return
    if move.to in facts.taken:
        return
    yield Finding(
        code=FindingCode.MOVED if move.adopted else FindingCode.MOVING,
        severity=Severity.LOOK if move.adopted else Severity.NOTE,
        since=move.since,
        address=move.to,
    )


def _certificate(state: SourceState, now: datetime) -> Iterator[Finding]:
    until, answered = state.memory.certificate_until, state.succeeded_at
    if until is None or until - now > CERTIFICATE_DAYS:
        return
    if answered and answered > until:
        return  # it has answered since: it has another one, or needs none
    if until <= now:
        code, severity = FindingCode.CERTIFICATE_ENDED, Severity.ACT
    else:
        code = FindingCode.CERTIFICATE_ENDS
        urgent = until - now <= CERTIFICATE_URGENT
        severity = Severity.LOOK if urgent else Severity.NOTE
    yield Finding(code=code, severity=severity, since=until)


def _lately(state: SourceState, facts: Facts, now: datetime) -> Iterator[Finding]:
    """Find what happened once, and not long ago; and a layout that has changed."""
    memory = state.memory
    if memory.redated_at and now - memory.redated_at <= RECENT:
        yield Finding(
            code=FindingCode.REDATED, severity=Severity.LOOK, since=memory.redated_at
        )
    times = (memory.robots_changed_at, facts.robots_changed_at)
    changed = max((when for when in times if when), default=None)
    if changed and now - changed <= RECENT:
        yield Finding(
            code=FindingCode.ROBOTS_CHANGED, severity=Severity.NOTE, since=changed
        )
    if memory.shape.drift:
        # Without dates it still tells; without links or texts it tells nothing.
        dates = memory.shape.drift == DATES
        yield Finding(
            code=FindingCode.DRIFT,
            severity=Severity.LOOK if dates else Severity.ACT,
            since=memory.shape.since,
            detail=memory.shape.drift,
        )


def _contents(
    source: Source, state: SourceState, visits: Sequence[Visit], facts: Facts
) -> Iterator[Finding]:
    """Find what is wrong with what it tells."""
    answering = bool(state.succeeded_at) and state.failures < FAILING_AFTER
    if answering and not facts.told and not source.may_be_empty:
        good = [visit for visit in visits if not visit.error]
        if len(good) >= FAILING_AFTER:
            yield Finding(
                code=FindingCode.EMPTY, severity=Severity.LOOK, since=good[-1].at
            )
    yield from _unread(visits)
    for code, bad in (
        (FindingCode.FUTURE_DATES, facts.ahead),
        (FindingCode.GARBLED, facts.garbled),
    ):
        # One article from the future is a slip, one odd letter a typing error.
        all_of_them = code is FindingCode.FUTURE_DATES
        least = facts.recent if all_of_them else facts.recent / 5
        if bad >= 3 and bad >= least:
            yield Finding(
                code=code, severity=Severity.LOOK, count=bad, total=facts.recent
            )


def _unread(visits: Sequence[Visit]) -> Iterator[Finding]:
    """Find entries that fail again and again; once is weather."""
    told = [visit for visit in visits if visit.outcomes][:5]
    bad = [visit for visit in told if visit.outcomes.get(Outcome.FAILED)]
    if len(bad) < 2 or bad[0] is not told[0]:
        return
    failed = sum(visit.outcomes[Outcome.FAILED] for visit in bad)
    total = sum(sum(visit.outcomes.values()) for visit in told)
    if failed < 3 or failed < MANY_FAILED * total:
        return
    detail = next((line for visit in bad for line in visit.details), "")
    refused = _REFUSED in detail
    yield Finding(
        code=FindingCode.DISALLOWED if refused else FindingCode.ENTRIES_FAIL,
        severity=Severity.LOOK,
        since=bad[-1].at,
        count=failed,
        total=total,
        detail=detail,
    )


def _hub(facts: Facts) -> Iterator[Finding]:
    broken = facts.hub in (PushState.DISTRUSTED, PushState.DENIED)
    if facts.hub and (broken or facts.hub_failures >= FAILING_AFTER):
        yield Finding(
            code=FindingCode.HUB_BROKEN,
            severity=Severity.NOTE,
            count=facts.hub_failures,
            detail=facts.hub_detail or facts.hub.value,
        )


def _validators(source: Source, state: SourceState, facts: Facts) -> Iterator[Finding]:
    """Find who sends everything again although nothing is new.

    Once a day a source is asked for all of it on purpose: these answers are no sign.
    """
    if source.kind is SourceKind.FOLDER:
        return
    sent = facts.idle - facts.spared - (facts.idle_days + 1)
    asked = facts.spared + sent
    if asked < ENOUGH or facts.spared >= FEW_304 * asked:
        return
    given = bool(state.etag or state.last_modified)
    yield Finding(
        code=FindingCode.NEVER_304 if given else FindingCode.NO_VALIDATORS,
        severity=Severity.NOTE,
        count=facts.spared,
        total=facts.idle,
    )
