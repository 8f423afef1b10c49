"""Addresses that get nothing more, whatever anybody asks, imports or restores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from syndicate.errors import MemberError
from syndicate.members.marks import address_mark
from syndicate.members.states import AddressEvent
from syndicate.model import (
    ConsentKind,
    Fault,
    Member,
    Origin,
    Suppression,
    SuppressionReason,
)
from syndicate.pipeline.membership.desk import (
    Membership,
    address_checked,
    consented,
    record,
)
from syndicate.pipeline.membership.moving import STANDING, move_address
from syndicate.store import (
    Connection,
    enrolments,
    members,
    subscriptions,
    suppressions,
)

LIFTED_FORM = "members suppress --lift"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a suppression."""

    mark: str
    kept: Suppression | None


def suppress(work: Membership, address: str, why: str, now: datetime) -> bool:
    """Send nothing more to an address, member or not; False if it was so before."""
    mark = address_mark(work.secret, address_checked(address))
    new = Suppression(mark=mark, reason=SuppressionReason.DESK, at=now, note=why)
    with work.database.write() as connection:
        return suppressions.add(connection, new)


def lift(work: Membership, address: str, statement: str, now: datetime) -> bool:
    """Let an address be written to again; False if nothing stood in the way.

    Subscriptions stay as they are: who left has left. Those that stand do so on the
    desk's word from now on, until the person confirms anew. The statement is kept among
    the records of consent. Raises MemberError if there is none.
    """
    if not statement.strip():
        raise MemberError(
            "say on what ground the address may be written to again",
            fault=Fault.CONSENT,
        )
    mark = address_mark(work.secret, address)
    with work.database.write() as connection:
        lifted = suppressions.lift(connection, mark)
        member = members.marked(connection, mark)
        before = member.state if member else None
        if member:
            after = move_address(connection, member, AddressEvent.LIFTED, now)
            lifted = lifted or after is not before
        if member and lifted:
            _vouch(connection, member)
        if lifted:
            # Whom config.toml names may come back with the next issue.
            enrolments.forget_stamps(connection)
            stated = ConsentKind.STATED
            said = consented("", stated, now, form=LIFTED_FORM, text=statement)
            record(connection, mark, said)
    return lifted


def _vouch(connection: Connection, member: Member) -> None:
    """Let what somebody signed up for stand on the desk's word: theirs is gone.

    Else nothing would be sent, for the address is unverified, and who signs up again
    would be told that they get it already.
    """
    for held in subscriptions.of_member(connection, member.id):
        if held.state in STANDING and held.origin is Origin.SIGNUP:
            subscriptions.set_origin(connection, held.id, Origin.DESK)


def standing(work: Membership, address: str) -> Standing:
    """Tell whether an address is suppressed, and why."""
    mark = address_mark(work.secret, address)
    with work.database.read() as connection:
        return Standing(mark=mark, kept=suppressions.get(connection, mark))
