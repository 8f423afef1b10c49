"""Many people are put on a digest at once, on the desk's own statement.

Nobody is put back who left, who is suppressed, or whose mails come back: whatever a
file or config.toml says, the person's own word and the other side's go first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from syndicate.members.marks import address_mark, mailbox
from syndicate.members.states import (
    WRITABLE,
    AddressEvent,
    SubscriptionEvent,
    subscription_after,
)
from syndicate.model import (
    Choice,
    Consent,
    Member,
    MemberState,
    Origin,
    SubscriptionState,
)
from syndicate.pipeline.membership.moving import move_address
from syndicate.store import Connection, consents, enrolments, members, suppressions
from syndicate.store.enrolments import Known, NewMember, NewSubscription

EVERYTHING = Choice()
"""Whatever the digest says."""
CHUNK = 2_000
"""People that are looked up and written at once."""


class Fate(StrEnum):
    """What becomes of a person who is to be put on a digest."""

    ADDED = "added"
    RENEWED = "renewed"
    """The person was asked for before, or named before, and was not active."""
    KNOWN = "known"
    """Active or paused already: nothing changes."""
    LEFT = "left"
    """Has left this digest: comes back only by a confirmation of their own."""
    SUPPRESSED = "suppressed"
    STOPPED = "stopped"
    """The address bounced, complained or cannot be written to."""
    PASSED = "passed"
    """The table itself says that it is pending or expired."""


JOINED = (Fate.ADDED, Fate.RENEWED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A person who is to be put on a digest."""

    member: Member
    """Its address is sound, and it has no number."""
    mailbox: str
    mark: str
    choice: Choice = EVERYTHING
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """On what ground people are put on a digest, and how."""

    event: SubscriptionEvent
    """STATED: at once. ASKED: once they confirm."""
    origin: Origin
    consent: Consent
    """The record that is kept of each; its digest is the one they are put on."""


def newcomer(secret: str, member: Member, choice: Choice = EVERYTHING) -> Newcomer:
    """Return a person as they are enrolled; the address has been checked."""
    return Newcomer(
        member=member,
        mailbox=mailbox(member.address),
        mark=address_mark(secret, member.address),
        choice=choice,
    )


def fates(
    connection: Connection,
    digest: str,
    people: Sequence[Newcomer],
    event: SubscriptionEvent,
) -> dict[str, Fate]:
    """Mark → what would become of each person."""
    marks = list(dict.fromkeys(one.mark for one in people))
    known = enrolments.known(connection, digest, marks)
    out = suppressions.among(connection, marks)
    return {
        mark: Fate.SUPPRESSED if mark in out else _fate(known.get(mark), event)
        for mark in marks
    }


def enrol(
    connection: Connection,
    digest: str,
    people: Iterable[Newcomer],
    ground: Ground,
    now: datetime,
) -> dict[str, Fate]:
    """Put people on a digest; gives mark → what became of each.

    Of two spellings of one address the first counts. People who are there already
    keep what they chose; a name is filled in where there was none.
    """
    once: dict[str, Newcomer] = {}
    for one in people:
        once.setdefault(one.mark, one)
    decided = fates(connection, digest, list(once.values()), ground.event)
    known = enrolments.known(connection, digest, once)
    joining = [one for one in once.values() if decided[one.mark] in JOINED]
    _add_members(connection, [one for one in joining if one.mark not in known], now)
    _give_back(connection, joining, known, now)
    known = enrolments.known(connection, digest, [one.mark for one in joining]) | {
        mark: kept for mark, kept in known.items() if decided[mark] not in JOINED
    }
    _subscribe(connection, digest, joining, known, ground, now)
    consents.add_same(connection, (one.mark for one in joining), ground.consent)
    _rename(connection, list(once.values()), known, ground)
    return decided


def _fate(known: Known | None, event: SubscriptionEvent) -> Fate:
    if known is None:
        return Fate.ADDED
    if known.state not in (*WRITABLE, MemberState.ERASED):
        return Fate.STOPPED
    if known.standing is None:
        return Fate.ADDED
    if known.standing is SubscriptionState.UNSUBSCRIBED:
        return Fate.LEFT
    after = subscription_after(known.standing, event)
    return Fate.KNOWN if after in (None, known.standing) else Fate.RENEWED


def _add_members(
    connection: Connection, joining: Sequence[Newcomer], now: datetime
) -> None:
    new = [
        NewMember(member=one.member, mailbox=one.mailbox, mark=one.mark)
        for one in joining
    ]
    enrolments.add_members(connection, new, now)


def _give_back(
    connection: Connection,
    joining: Sequence[Newcomer],
    known: dict[str, Known],
    now: datetime,
) -> None:
    """Give those their address back who were erased, and whom the desk let in again."""
    for one in joining:
        kept = known.get(one.mark)
        if kept is None or kept.state is not MemberState.ERASED:
            continue
        member = replace(one.member, id=kept.member)
        members.readdress(connection, member.id, member.address, one.mailbox, now)
        members.change(connection, member, now)
        erased = replace(member, state=MemberState.ERASED)
        move_address(connection, erased, AddressEvent.READDRESSED, now)


def _subscribe(
    connection: Connection,
    digest: str,
    joining: Sequence[Newcomer],
    known: dict[str, Known],
    ground: Ground,
    now: datetime,
) -> None:
    asked = now if ground.event is SubscriptionEvent.ASKED else None
    stated = now if ground.event is SubscriptionEvent.STATED else None
    new, again = [], []
    for one in joining:
        kept = known[one.mark]
        if kept.subscription is not None:
            again.append(kept.subscription)
            continue
        state = subscription_after(None, ground.event)
        if one.paused_until and state is SubscriptionState.ACTIVE:
            state = SubscriptionState.PAUSED
        new.append(
            NewSubscription(
                member=kept.member,
                state=state or SubscriptionState.PENDING,
                choice=one.choice,
                paused_until=one.paused_until,
                asked_at=asked,
                confirmed_at=stated,
            )
        )
    enrolments.add_subscriptions(connection, digest, new, ground.origin, now)
    if again:
        state = subscription_after(SubscriptionState.EXPIRED, ground.event)
        columns = {"asked_at": asked} if asked else {"confirmed_at": stated}
        enrolments.restate(
            connection,
            again,
            state or SubscriptionState.PENDING,
            now,
            origin=ground.origin.value,
            **columns,
        )


def _rename(
    connection: Connection,
    people: Sequence[Newcomer],
    known: dict[str, Known],
    ground: Ground,
) -> None:
    """Fill in names; config.toml also changes those of whom it alone names."""
    names = []
    for one in people:
        kept, name = known.get(one.mark), one.member.name
        if kept is None or not name or kept.name == name:
            continue
        own = ground.origin is Origin.CONFIG and kept.origin is Origin.CONFIG
        if kept.state is not MemberState.ERASED and (own or not kept.name):
            names.append((name, kept.member))
    enrolments.rename(connection, names)
