"""A person is forgotten: what is kept of them goes, but for their marks.

The mark in the list of suppressions sees to it that nothing is ever sent to them
again, whatever is imported later; their records of consent stay, by mark, to show that
there was a ground for what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate.members.marks import address_mark, mailbox
from syndicate.model import (
    ConsentKind,
    Member,
    MemberState,
    SubscriptionState,
    Suppression,
    SuppressionReason,
)
from syndicate.pipeline.membership.beside import SUPPRESSED, Line, note
from syndicate.pipeline.membership.desk import Membership, consented, record
from syndicate.store import (
    Connection,
    Database,
    forgetting,
    members,
    subscriptions,
    suppressions,
)
from syndicate.store.forgetting import Person

FORM = "erased"
QUICK = 256_000_000
"""Bytes of a database file that is looked at while somebody waits for a page."""
_TELLING = 3
"""Characters of a name from which on it is taken out of statements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What erasing a person came to, or would come to."""

    held: Mapping[str, int]
    """Table → rows that told something of the person."""
    suppressed: bool
    """The address was suppressed as erased before."""
    named: tuple[str, ...] = ()
    """Digests whose config.toml names the address: only a person can change that."""
    clean: bool = True
    """The address stands nowhere in the database file any more."""


def erase(work: Membership, member_id: int, now: datetime) -> bool:
    """Forget a member, who asks for it on the web; False if there is none."""
    with work.database.read() as connection:
        member = members.get(connection, member_id)
    if member is None:
        return False
    if member.state is not MemberState.ERASED:
        forget(work.database, work.secret, member.address, now, most=QUICK)
        _note(work, member.address, now)
    return True


def erase_address(
    work: Membership, address: str, now: datetime, *, dry_run: bool = False
) -> Erased:
    """Forget whoever has this address; to do it twice is to do it once.

    Somebody who is no member is forgotten, too: the ledger of older versions may have
    the address, and it is suppressed from now on.
    """
    named = tuple(
        key
        for key, digest in work.digests.items()
        if any(mailbox(one.address) == mailbox(address) for one in digest.audience)
    )
    if not dry_run:
        done = forget(work.database, work.secret, address, now)
        _note(work, address, now)
        return replace(done, named=named)
    with work.database.read() as connection:
        seen = _look(connection, _person(connection, work.secret, address))
        return replace(seen, named=named)


def forget(
    database: Database,
    secret: str,
    address: str,
    now: datetime,
    *,
    most: int | None = None,
) -> Erased:
    """Wipe whoever has this address; ``most`` is for :meth:`Database.scrub`."""
    with database.write() as connection:
        person = _person(connection, secret, address)
        seen = _look(connection, person)
        _leave_all(connection, person, now)
        forgetting.wipe(connection, person, now)
        gone = Suppression(
            mark=person.mark, reason=SuppressionReason.ERASED, at=now, note=""
        )
        suppressions.add(connection, gone)
    return replace(seen, clean=database.scrub(person.spellings, most))


def _note(work: Membership, address: str, now: datetime) -> None:
    """Have the file beside the store remember it, too."""
    mark = address_mark(work.secret, address)
    erased = SuppressionReason.ERASED.value
    note(work.beside, [Line(now, SUPPRESSED, mark, "", erased)])


def _person(connection: Connection, secret: str, address: str) -> Person:
    mark = address_mark(secret, address)
    member = members.marked(connection, mark)
    spellings = _spellings(address, member)
    name = member.name if member else ""
    return Person(
        mark=mark,
        member=member.id if member else None,
        spellings=spellings,
        words=(*spellings, name) if len(name) >= _TELLING else spellings,
    )


def _spellings(address: str, member: Member | None) -> tuple[str, ...]:
    """How an address may stand somewhere, in lower case, each once."""
    said = [address, member.address if member else ""]
    forms = [form for one in said for form in (mailbox(one), one.strip().lower())]
    return tuple(dict.fromkeys(form for form in forms if form))


def _look(connection: Connection, person: Person) -> Erased:
    gone = suppressions.get(connection, person.mark)
    return Erased(
        held=forgetting.held(connection, person),
        suppressed=bool(gone and gone.reason is SuppressionReason.ERASED),
    )


def _leave_all(connection: Connection, person: Person, now: datetime) -> None:
    """Note for each digest that the person left it."""
    if person.member is None:
        return
    for held in subscriptions.of_member(connection, person.member):
        if held.state is not SubscriptionState.UNSUBSCRIBED:
            said = consented(held.digest, ConsentKind.LEFT, now, form=FORM)
            record(connection, person.mark, said)
