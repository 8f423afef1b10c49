"""Those whom config.toml names come into the store, before a digest is planned.

What the store knows goes first: who left stays away, who is suppressed gets nothing.
Who is no longer named there, and never confirmed by themselves, expires.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicate.members.marks import address_mark, mailbox
from syndicate.members.states import SubscriptionEvent
from syndicate.model import (
    ConsentKind,
    Digest,
    Member,
    MemberState,
    Origin,
    SubscriptionState,
)
from syndicate.pipeline.membership.desk import consented, name_checked
from syndicate.pipeline.membership.enrolling import (
    CHUNK,
    JOINED,
    Ground,
    Newcomer,
    enrol,
    newcomer,
)
from syndicate.pipeline.membership.moving import begin
from syndicate.store import (
    Connection,
    consents,
    enrolments,
    members,
    subscriptions,
)
from syndicate.text.clean import one_line
from syndicate.text.mailboxes import LONGEST, checked

FORM = "config.toml"
STATEMENT = "named by audience or audience_file of config.toml"
OLD_FORM = "left before version 0.5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What bringing in an audience came to."""

    joined: int = 0
    expired: int = 0
    left: int = 0
    """Who had left before members were kept in the store."""
    invalid: int = 0
    """Addresses that no message can be made out to; the desk sees them."""


def bring_in(
    connection: Connection, digest: Digest, *, secret: str, now: datetime
) -> Brought:
    """Bring in whom config.toml names for ``digest``; cheap if nothing changed."""
    left = _bring_leavers(connection, digest.series, secret, now)
    stamp = _stamp(digest.audience, secret)
    if enrolments.stamp(connection, digest.series) == stamp:
        return Brought(left=left)
    named: set[str] = set()
    joined = invalid = 0
    ground = Ground(
        event=SubscriptionEvent.STATED,
        origin=Origin.CONFIG,
        consent=consented(
            digest.series, ConsentKind.STATED, now, form=FORM, text=STATEMENT
        ),
    )
    for some in _chunks(digest.audience):
        sound, wrong = _checked(some, secret)
        named.update(one.mark for one in sound)
        invalid += _keep_invalid(connection, wrong, secret, now)
        fates = enrol(connection, digest.series, sound, ground, now)
        joined += sum(fate in JOINED for fate in fates.values())
    expired = _expire_others(connection, digest.series, named, now)
    enrolments.set_stamp(connection, digest.series, stamp, now)
    return Brought(joined=joined, expired=expired, left=left, invalid=invalid)


def _stamp(audience: Sequence[Member], secret: str) -> str:
    """The mark of an audience: the same as long as config.toml names the same."""
    whole = hashlib.sha256(address_mark(secret, "audience").encode())
    for one in audience:
        whole.update(f"{one.address}\0{one.name}\n".encode("utf-8", "replace"))
    return whole.hexdigest()


def _chunks(audience: Sequence[Member]) -> Iterator[Sequence[Member]]:
    for at in range(0, len(audience), CHUNK):
        yield audience[at : at + CHUNK]


def _checked(
    some: Sequence[Member], secret: str
) -> tuple[list[Newcomer], list[Member]]:
    sound: list[Newcomer] = []
    wrong: list[Member] = []
    for one in some:
        try:
            address = checked(one.address)
        except ValueError:
            wrong.append(one)
            continue
        kept = Member(address=address, name=name_checked(one.name))
        sound.append(newcomer(secret, kept))
    return sound, wrong


def _keep_invalid(
    connection: Connection, wrong: Sequence[Member], secret: str, now: datetime
) -> int:
    for one in wrong:
        mark = address_mark(secret, one.address)
        if members.marked(connection, mark) is None:
            # As it can be shown; nothing is ever sent to it.
            shown = one_line(one.address)[:LONGEST]
            new = Member(
                address=shown, name=name_checked(one.name), state=MemberState.INVALID
            )
            box = mailbox(shown)
            members.add(connection, new, mailbox=box, mark=mark, now=now)
    return len(wrong)


def _expire_others(
    connection: Connection, digest: str, named: set[str], now: datetime
) -> int:
    gone = {
        mark: number
        for mark, number in enrolments.held_by(connection, digest, Origin.CONFIG)
        if mark not in named
    }
    expired = SubscriptionState.EXPIRED
    enrolments.restate(connection, gone.values(), expired, now)
    said = consented(
        digest, ConsentKind.CHANGED, now, form=FORM, text="no longer named"
    )
    consents.add_same(connection, gone, said)
    return len(gone)


def _bring_leavers(
    connection: Connection, digest: str, secret: str, now: datetime
) -> int:
    """Move who left a digest of old into subscriptions: they stay away."""
    leavers = enrolments.old_leavers(connection, digest)
    for box, at in leavers:
        mark = address_mark(secret, box)
        member = members.marked(connection, mark) or members.add(
            connection, Member(address=box), mailbox=mailbox(box), mark=mark, now=now
        )
        held = subscriptions.one(connection, member.id, digest)
        if held and held.confirmed_at and held.confirmed_at > at:
            continue  # came back since, by their own hand
        begun = begin(
            connection,
            member.id,
            digest,
            SubscriptionEvent.LEFT,
            now,
            origin=Origin.CONFIG,
        )
        if begun:
            said = consented(digest, ConsentKind.LEFT, at, form=OLD_FORM)
            consents.add(connection, mark, said)
    if leavers:
        enrolments.forget_old_leavers(connection, digest)
    return len(leavers)
