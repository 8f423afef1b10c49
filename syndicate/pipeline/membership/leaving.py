"""Members leave: at once, for good, and each digest by itself."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from datetime import datetime

from syndicate.members.marks import address_mark
from syndicate.members.states import SubscriptionEvent
from syndicate.members.tokens import unsubscribe_token
from syndicate.model import (
    ConsentKind,
    Member,
    Origin,
    Subscription,
    SubscriptionState,
)
from syndicate.pipeline.membership.audience import bring_in
from syndicate.pipeline.membership.beside import LEFT, Line, note
from syndicate.pipeline.membership.desk import Membership, consented, record
from syndicate.pipeline.membership.moving import STANDING, may_join, move
from syndicate.store import Connection, enrolments, members, subscriptions

LINK = "link in a mail"
RETURN_FORM = "link to come back"
_OLD_TOKEN = re.compile("[a-z2-7]{32}")


def leave(
    work: Membership, subscription_id: int, now: datetime, form: str = LINK
) -> bool:
    """End a subscription; False if there is none of that number.

    To leave twice is to leave once. ``form`` says by what means.
    """
    with work.database.write() as connection:
        held = subscriptions.get(connection, subscription_id)
        if held is None:
            return False
        end(connection, held, now, form)
        mark = members.mark_of(connection, held.member)
    note(work.beside, [Line(now, LEFT, mark, held.digest)])
    return True


def leave_all(
    work: Membership, member_id: int, now: datetime, form: str = LINK
) -> bool:
    """End every subscription of a member; False if there is no such member."""
    with work.database.write() as connection:
        mark = members.mark_of(connection, member_id)
        left = subscriptions.of_member(connection, member_id)
        for held in left:
            end(connection, held, now, form)
    note(work.beside, [Line(now, LEFT, mark, held.digest) for held in left])
    return bool(mark)


def end(connection: Connection, held: Subscription, now: datetime, form: str) -> bool:
    """End a subscription inside a transaction; False if it had ended so before."""
    if move(connection, held, SubscriptionEvent.LEFT, now) is None:
        if held.asked_at and held.changed_at and held.asked_at >= held.changed_at:
            # What was asked for since counts no more: no letter of it brings back.
            subscriptions.note_asked(connection, held.id, None)
        return False
    mark = members.mark_of(connection, held.member)
    record(connection, mark, consented(held.digest, ConsentKind.LEFT, now, form=form))
    return True


def come_back(work: Membership, subscription_id: int, now: datetime) -> bool:
    """Let who has left come back, by a link of their own; False if that cannot be."""
    with work.database.write() as connection:
        kept = subscriptions.get(connection, subscription_id)
        member = members.get(connection, kept.member) if kept else None
        if kept is None or member is None or not may_join(connection, member):
            return False
        if kept.state is not SubscriptionState.UNSUBSCRIBED:
            return kept.state in STANDING
        move(connection, kept, SubscriptionEvent.CONFIRMED, now)
        subscriptions.set_origin(connection, kept.id, Origin.SIGNUP)
        said = consented(kept.digest, ConsentKind.CONFIRMED, now, form=RETURN_FORM)
        record(connection, members.mark_of(connection, member.id), said)
    return True


# ── Links of mails that were sent before members were kept in the store ──────


def old_link(work: Membership, key: str, token: str) -> Member | None:
    """Whose ``/unsubscribe/DIGEST/TOKEN`` of a version up to 0.4 this is, or None."""
    if key not in work.digests or not _OLD_TOKEN.fullmatch(token):
        return None
    for address in _old_holders(work, key):
        made = unsubscribe_token(work.secret, key, address)
        if hmac.compare_digest(made.encode(), token.encode()):
            return Member(address=address)
    return None


def leave_by_old_link(work: Membership, key: str, token: str, now: datetime) -> bool:
    """Take the holder of such a link off its digest; False if nobody holds it."""
    holder = old_link(work, key, token)
    if holder is None:
        return False
    with work.database.write() as connection:
        bring_in(connection, work.digests[key], secret=work.secret, now=now)
        mark = address_mark(work.secret, holder.address)
        member = members.marked(connection, mark)
        held = member and subscriptions.one(connection, member.id, key)
        if held:
            end(connection, held, now, LINK)
    return True


def _old_holders(work: Membership, key: str) -> Iterator[str]:
    """The addresses, spelt as they were, of those who came by config.toml."""
    for one in work.digests[key].audience:
        yield one.address
    with work.database.read() as connection:
        kept = list(enrolments.addresses(connection, key, Origin.CONFIG))
    for _number, address, mailbox in kept:
        yield address
        yield mailbox
