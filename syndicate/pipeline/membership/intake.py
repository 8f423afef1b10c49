"""What comes back: whose it is, and what it means for them.

Nobody can bounce anybody else. A message counts only for the copy whose word it
carries: a token in the envelope, in the Message-ID, in the link to leave. All of them
are HMACs under our secret, and each went to one member alone. Whoever forges a bounce
can therefore forge their own, which is as good as to unsubscribe.

A Message-ID travels further than an envelope (in answers, in what is passed on), so it
counts only for a report that also names the member's address.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.digest.returns import feedback
from syndicate.digest.returns.reading import read
from syndicate.members.scoring import Verdict, verdict
from syndicate.model import (
    Bounce,
    BounceKind,
    ConsentKind,
    Fate,
    LetterKind,
    Report,
    Returned,
)
from syndicate.pipeline.membership import scores
from syndicate.pipeline.membership.bouncing import Bouncing
from syndicate.pipeline.membership.leaving import end
from syndicate.pipeline.membership.owners import Owner, names, owner_of
from syndicate.store import Connection, bounces, consents, members, subscriptions

log = logging.getLogger(__name__)

LATEST = timedelta(days=30)
"""A copy that left longer ago does not bounce any more: hosts give up in five days."""
MOST_UNKNOWN = 500
"""Messages that are nobody's and are kept for the desk; the oldest go first."""
LARGEST_RAW = 64_000
"""Bytes that are kept of one of them."""
MOST_OF_ONE = 20
"""Bounces of one member that are kept in a day; the rest counts and is not kept."""
_DAY = timedelta(days=1)


def take_in(work: Bouncing, raw: bytes, recipient: str, now: datetime) -> Bounce:
    """Take in one message; ``recipient`` is to whom it was sent, "" if nobody says."""
    return take_in_all(work, [(raw, recipient)], now)[0]


def take_in_all(
    work: Bouncing, arrived: Sequence[tuple[bytes, str]], now: datetime
) -> list[Bounce]:
    """Take in messages in one transaction: all count, or none.

    The same message twice counts once. Automatic answers are not kept.
    """
    read_so_far = [(mark_of(raw, to), _read(raw, to), raw) for raw, to in arrived]
    with work.database.write() as connection:
        taken = [
            _take(connection, work, mark, returned, raw, now)
            for mark, returned, raw in read_so_far
        ]
        if any(one.member is None and one.id for one in taken):
            bounces.trim(connection, MOST_UNKNOWN)
    return taken


def looked_at(
    work: Bouncing, arrived: Sequence[tuple[bytes, str]], now: datetime
) -> list[Bounce]:
    """Say what messages would count for; nothing changes."""
    with work.database.read() as connection:
        return [
            _bounce(returned, owner_of(connection, work.secret, returned, now), now)
            for returned in (_read(raw, to) for raw, to in arrived)
        ]


def mark_of(raw: bytes, recipient: str = "") -> str:
    """Name a message by its bytes, and by whom it was handed over for."""
    to = recipient.strip().lower().encode("utf-8", "replace")
    return hashlib.sha256(raw + b"\0" + to).hexdigest()


def _read(raw: bytes, recipient: str) -> Returned:
    try:
        return read(raw, recipient)
    except Exception:  # a fault of ours in one message must not stop all behind it
        log.exception("a message to the bounce address could not be read")
        return Returned(kind=BounceKind.UNKNOWN)


def _take(
    connection: Connection,
    work: Bouncing,
    mark: str,
    returned: Returned,
    raw: bytes,
    now: datetime,
) -> Bounce:
    if returned.kind is BounceKind.AUTO:
        return Bounce(kind=BounceKind.AUTO, at=now, form=returned.form)
    before = bounces.known(connection, (mark,)).get(mark)
    if before is not None:
        return before
    owner = owner_of(connection, work.secret, returned, now)
    bounce = _bounce(returned, owner, now)
    if owner is None or returned.kind is BounceKind.UNKNOWN:
        kept = replace(bounce, delivery=None, letter=None, member=None)
        number = bounces.add(connection, kept, mark, raw[:LARGEST_RAW])
        return replace(kept, id=number)
    _apply(connection, work, returned, bounce, owner)
    if bounces.count_since(connection, owner.member, now - _DAY) >= MOST_OF_ONE:
        return bounce
    return replace(bounce, id=bounces.add(connection, bounce, mark))


def _bounce(returned: Returned, owner: Owner | None, now: datetime) -> Bounce:
    report = _report_for(returned, owner)
    failed = report is not None and report.fate is Fate.FAILED
    return Bounce(
        kind=returned.kind,
        form=returned.form,
        at=now,
        delivery=owner.delivery if owner else None,
        letter=owner.letter.id if owner and owner.letter else None,
        member=owner.member if owner else None,
        status=report.status if report else "",
        diagnostic=report.diagnostic if report else "",
        is_final=failed,
        feedback=returned.feedback,
    )


def _report_for(returned: Returned, owner: Owner | None) -> Report | None:
    """The report that concerns the owner.

    Where none names the address (it was passed on to others, or written anew) and one
    of those others got it, the mail has arrived.
    """
    if owner is not None:
        named = [one for one in returned.reports if names(owner, one.recipients)]
        if named:
            return named[0]
    arrived = [one for one in returned.reports if one.fate is Fate.DELIVERED]
    return next(iter([*arrived, *returned.reports]), None)


def _apply(
    connection: Connection,
    work: Bouncing,
    returned: Returned,
    bounce: Bounce,
    owner: Owner,
) -> None:
    if returned.kind is BounceKind.ARF:
        _hear(connection, returned.feedback, owner, bounce.at)
        return
    if not bounce.is_final or _is_stale(connection, owner, bounce.at):
        return
    judgement = verdict(bounce.status)
    if owner.letter is None:
        scores.rate(
            connection,
            owner.member,
            judgement,
            bounce.at,
            zone=work.zone,
            series=owner.digest,
        )
    elif owner.letter.kind is LetterKind.PROBE and judgement is not Verdict.NONE:
        scores.rate_probe(connection, owner.member, bounce.at)
    elif judgement is Verdict.HARD:
        scores.rate(connection, owner.member, judgement, bounce.at, zone=work.zone)


def _hear(connection: Connection, said: str, owner: Owner, now: datetime) -> None:
    """Act on a complaint: at once, and on all digests but where only one is meant."""
    if said in feedback.COMPLAINTS:
        scores.complain(connection, owner.member, now, note=f"feedback report: {said}")
    elif said in feedback.LEAVING:
        for held in subscriptions.of_member(connection, owner.member):
            if owner.digest == held.digest or owner.digest.startswith(
                f"{held.digest}-"
            ):
                end(connection, held, now, form="feedback report")


def _is_stale(connection: Connection, owner: Owner, now: datetime) -> bool:
    """Say whether it is too late to be true.

    A copy comes back once, and soon; and who has signed up since reads their mail.
    """
    if owner.delivery is not None and bounces.came_back(connection, owner.delivery):
        return True
    if owner.at is None:
        return False
    if now - owner.at > LATEST:
        return True
    mark = members.mark_of(connection, owner.member)
    return any(
        one.kind is ConsentKind.CONFIRMED and one.at > owner.at
        for one in consents.of(connection, mark)
    )
