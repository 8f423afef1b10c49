"""The score of an address, changed inside a transaction that somebody else began."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from syndicate.members import scoring
from syndicate.members.scoring import Score, Verdict
from syndicate.model import (
    LetterKind,
    MemberState,
    SubscriptionState,
    Suppression,
    SuppressionReason,
)
from syndicate.pipeline.membership.letters import owe
from syndicate.store import Connection, bounces, members, subscriptions, suppressions
from syndicate.store.members import Health

LOOKED_BACK = 12
"""Copies of a member among which the last days of contact are sought."""


def score_of(connection: Connection, member_id: int) -> Score | None:
    """The score of a member; None if there is none of that number, or it is erased."""
    held = members.health(connection, member_id)
    if held is None or held.state is MemberState.ERASED:
        return None
    return Score(
        state=held.state,
        days=tuple(date.fromisoformat(day) for day in held.soft_days),
        scored_at=held.scored_at,
        probed_at=held.probed_at,
    )


def rate(
    connection: Connection,
    member_id: int,
    verdict: Verdict,
    now: datetime,
    *,
    zone: str,
    series: str = "",
) -> None:
    """Let a failed delivery count; a probe is owed when there were too many."""
    score = score_of(connection, member_id)
    if score is None or verdict is Verdict.NONE:
        return
    if verdict is Verdict.HARD:
        keep(connection, member_id, score, scoring.after_hard(score, now), now)
        return
    new = scoring.after_soft(score, _day(now, zone), now)
    sent = bounces.contacts(connection, member_id, LOOKED_BACK)
    days = {_day(moment, zone) for moment in sent}
    if scoring.wants_probe(new, days) and _probe(connection, member_id, series, now):
        new = scoring.after_probe_sent(new, now)
    keep(connection, member_id, score, new, now)


def rate_probe(connection: Connection, member_id: int, now: datetime) -> None:
    """A probe came back: the address is given up, if the probe still counts."""
    score = score_of(connection, member_id)
    if score is not None and score.probed_at is not None:
        new = scoring.after_probe_bounced(score, now)
        keep(connection, member_id, score, new, now)


def complain(
    connection: Connection, member_id: int, now: datetime, note: str = ""
) -> None:
    """The person called it spam: nothing is sent any more, of any digest.

    Of somebody who was erased only the mark is there, and is suppressed as well.
    """
    mark = members.mark_of(connection, member_id)
    if mark:
        said = SuppressionReason.COMPLAINT
        new = Suppression(mark=mark, reason=said, at=now, note=note)
        suppressions.add(connection, new)
    score = score_of(connection, member_id)
    if score is not None:
        keep(connection, member_id, score, scoring.after_complaint(score, now), now)


def forgive(connection: Connection, member_id: int, now: datetime) -> bool:
    """What went to a member did not come back: the address is well again."""
    score = score_of(connection, member_id)
    if score is None:
        return False
    return keep(connection, member_id, score, scoring.after_clean_issue(score), now)


def keep(
    connection: Connection, member_id: int, old: Score, new: Score, now: datetime
) -> bool:
    """Keep a score if it is another; False if it is the same."""
    if new == old:
        return False
    health = Health(
        state=new.state,
        soft_days=tuple(day.isoformat() for day in new.days),
        score=len(new.days),
        scored_at=new.scored_at,
        probed_at=new.probed_at,
    )
    members.set_health(connection, member_id, health, now)
    return True


def _probe(connection: Connection, member_id: int, series: str, now: datetime) -> bool:
    """Owe a probe, about the digest that bounced; none to whom gets nothing."""
    active = [
        held.digest
        for held in subscriptions.of_member(connection, member_id)
        if held.state is SubscriptionState.ACTIVE
    ]
    about = next((one for one in active if one == series), None) or next(
        (one for one in active if series.startswith(one)), active[0] if active else ""
    )
    if not about:
        return False
    return owe(connection, LetterKind.PROBE, member_id, about, now) is not None


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
