"""Finding the member of an address, as commands name them."""

from __future__ import annotations

from syndicate.cli.members.spoken import unknown
from syndicate.members.marks import address_mark
from syndicate.model import Member, MemberState, Subscription
from syndicate.pipeline.membership.choosing import Held
from syndicate.pipeline.membership.desk import Membership, digest_checked
from syndicate.store import members, subscriptions


def found(work: Membership, address: str) -> Held:
    """The member of an address; raises MemberError if nobody has it."""
    mark = address_mark(work.secret, address)
    with work.database.read() as connection:
        member = members.marked(connection, mark)
        if member is None or member.state is MemberState.ERASED:
            raise unknown(address)
        held = subscriptions.of_member(connection, member.id)
    return Held(member=member, subscriptions=tuple(held))


def wanted(
    work: Membership, held: Held, digests: tuple[str, ...]
) -> list[Subscription]:
    """The subscriptions to the named digests, or all; raises MemberError.

    A digest that config.toml has no more can be named by who is on it.
    """
    mine = {one.digest: one for one in held.subscriptions}
    for key in digests:
        if key not in mine:
            digest_checked(work, key)
    return [one for key, one in mine.items() if not digests or key in digests]


def named(member: Member) -> str:
    """A member as commands speak of them."""
    return f"{member.name} <{member.address}>" if member.name else member.address
