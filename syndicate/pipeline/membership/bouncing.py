"""What the next hop says of an address, and what is forgiven when nothing comes back.

What comes back later, in a mail of its own, is taken in by ``intake``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.digest.returns import statuses
from syndicate.digest.returns.dsn import LONGEST
from syndicate.members.scoring import (
    CLEAN_AFTER,
    PROBE_CLEAN_AFTER,
    Verdict,
    verdict,
)
from syndicate.model import (
    Blame,
    Bounce,
    BounceKind,
    Delivery,
    DeliveryState,
    Letter,
    LetterKind,
    Reply,
)
from syndicate.pipeline.membership import scores
from syndicate.store import Connection, Database, bounces, letters

KEPT = timedelta(days=180)
"""How long it is kept what came back."""
FORGIVEN = 1_000
"""Addresses that are found well again at one look."""
_REFUSALS_AT_RCPT = (550, 551, 553, 556)


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bouncing:
    """What taking in bounces works with."""

    database: Database
    secret: str
    zone: str
    """Of the site: a day that counts is a local one."""
    stopping: Callable[[], bool] = _never


# ── What the next hop says at once ───────────────────────────────────────────


def note_reply(
    connection: Connection,
    delivery: Delivery,
    reply: Reply,
    now: datetime,
    *,
    zone: str = "UTC",
) -> None:
    """Let a reply count that concerns the member; of the others nothing is noted.

    To be called in the transaction that settles the copy.
    """
    judgement = judge(reply)
    member = delivery.member.id
    if judgement is Verdict.NONE or not member:
        return
    if reply.state is DeliveryState.REFUSED:
        _keep_reply(connection, delivery, reply, now)
    scores.rate(connection, member, judgement, now, zone=zone)


def note_letter(
    connection: Connection,
    letter: Letter,
    reply: Reply,
    now: datetime,
    *,
    zone: str = "UTC",
) -> None:
    """Let a reply to a letter count: a refused probe is the end of its address.

    Letters go to whoever signs up, so that of the others only what is certain counts:
    a full mailbox is counted when an issue meets it.
    """
    judgement = judge(reply)
    if judgement is Verdict.NONE:
        return
    if letter.kind is not LetterKind.PROBE:
        if judgement is Verdict.HARD:
            scores.rate(connection, letter.member, judgement, now, zone=zone)
        return
    settled = letters.find(connection, letter.id)
    if settled is not None and settled.state is DeliveryState.REFUSED:
        scores.rate_probe(connection, letter.member, now)


def judge(reply: Reply) -> Verdict:
    """Say what a reply means for the address.

    What is only put off is never hard, and soft only where it is the mailbox that
    cannot take it: greylisting says nothing about anybody.
    """
    if reply.blame not in (Blame.ADDRESS, Blame.MAILBOX):
        return Verdict.NONE
    code = str(reply.code) if reply.code else ""
    status = statuses.judged(reply.status, reply.detail, reply=code)
    if reply.state is DeliveryState.DEFERRED:
        full = reply.code == 552 or status.split(".")[1:2] in (["2"], ["3"])
        return Verdict.SOFT if full else Verdict.NONE
    if reply.state is not DeliveryState.REFUSED:
        return Verdict.NONE
    if not status and reply.blame is Blame.ADDRESS and reply.code in _REFUSALS_AT_RCPT:
        return Verdict.HARD
    return verdict(status)


def _keep_reply(
    connection: Connection, delivery: Delivery, reply: Reply, now: datetime
) -> None:
    mark = hashlib.sha256(f"reply\0{delivery.id}".encode()).hexdigest()
    if bounces.known(connection, (mark,)):
        return
    kept = Bounce(
        kind=BounceKind.SMTP,
        form="smtp",
        at=now,
        delivery=delivery.id,
        member=delivery.member.id,
        status=reply.status,
        diagnostic=reply.detail[:LONGEST],
        is_final=True,
    )
    bounces.add(connection, kept, mark)


# ── Now and then ─────────────────────────────────────────────────────────────


def settle_clean(work: Bouncing, now: datetime) -> int:
    """Forgive addresses to which an issue, or a probe, went and nothing came back."""
    with work.database.read() as connection:
        well = _recovered(connection, now)
    if not well:
        return 0
    with work.database.write() as connection:
        return sum(
            scores.forgive(connection, member, now)
            for member in _recovered(connection, now)
        )


def _recovered(connection: Connection, now: datetime) -> list[int]:
    return bounces.recovered(
        connection,
        taken=now - CLEAN_AFTER,
        probed=now - PROBE_CLEAN_AFTER,
        most=FORGIVEN,
    )


def prune(work: Bouncing, now: datetime) -> int:
    """Let go of what came back long ago; gives how many."""
    with work.database.write() as connection:
        return bounces.prune(connection, now - KEPT)
