"""People sign up: they ask, get one letter, and confirm.

Nothing that is answered here tells where an address stands. Whoever types an address
moves nothing but a pending subscription; all else takes the link in the letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from syndicate.errors import MemberError
from syndicate.members.marks import address_mark, mailbox
from syndicate.members.states import AddressEvent, SubscriptionEvent
from syndicate.model import (
    Choice,
    ConsentKind,
    Fault,
    Letter,
    LetterKind,
    Member,
    MemberState,
    Origin,
    Subscription,
    SubscriptionState,
)
from syndicate.pipeline.membership.choosing import choice_checked, language_checked
from syndicate.pipeline.membership.desk import (
    Membership,
    address_checked,
    consented,
    digest_checked,
    name_checked,
    record,
)
from syndicate.pipeline.membership.letters import is_spent, owe, spend
from syndicate.pipeline.membership.moving import (
    SILENT,
    STANDING,
    begin,
    may_join,
    move,
    move_address,
)
from syndicate.store import (
    Connection,
    consents,
    letters,
    members,
    subscriptions,
    suppressions,
)

CONFIRM_FORM = "confirmation mail"


def ask(  # noqa: PLR0913 -- what a form holds, by name
    work: Membership,
    address: str,
    *,
    digests: Sequence[str],
    choices: Mapping[str, Choice],
    language: str,
    form: str,
    text: str,
    now: datetime,
    name: str = "",
) -> None:
    """Let somebody ask for digests on behalf of an address.

    A letter is owed to it unless it is suppressed, complained, or had its letters of
    the day: one that asks to confirm what is not active, or, if all is, one that says
    so. ``choices`` go by series; ``form`` and ``text`` are where it was asked, and the
    words that were shown.

    :raises MemberError: the address is none, nobody can sign up for one of the
        digests, or the choice cannot be; never for what is known of the address
    """
    sound = address_checked(address)
    wanted = {
        key: _choice(work, key, choices.get(key, Choice()))
        for key in dict.fromkeys(digests)
    }
    if not wanted:
        raise MemberError("say which digest", fault=Fault.DIGEST)
    language_checked(language)
    mark = address_mark(work.secret, sound)
    with work.database.write() as connection:
        if suppressions.get(connection, mark) is not None:
            return
        new = Member(address=sound, name=name_checked(name), language=language)
        member = _asking(connection, new, mark, now)
        if member.state in SILENT:
            return
        open_ = [key for key in wanted if _is_open(connection, member, key)]
        kind = LetterKind.CONFIRM if open_ else LetterKind.ALREADY
        about = open_ or list(wanted)
        most = work.mails_per_address
        if owe(connection, kind, member.id, about, now, most=most) is None:
            return
        for key in open_:
            _note_asked(connection, member, key, wanted[key], now)
            asked = consented(key, ConsentKind.ASKED, now, form=form, text=text)
            record(connection, mark, asked)


def confirm(work: Membership, letter_id: int, now: datetime) -> tuple[str, ...] | None:
    """Confirm what a letter asked for; gives the series, None if the link is no good.

    The link works once. To follow it again changes nothing, and gives the same answer
    as long as the person has not left since.
    """
    with work.database.write() as connection:
        letter = letters.find(connection, letter_id)
        member = members.get(connection, letter.member) if letter else None
        if letter is None or member is None or not may_join(connection, member):
            return None
        if is_spent(connection, work.secret, letter_id):
            return _still(connection, letter)
        if spend(connection, work.secret, letter_id, now) is None:
            return None
        move_address(connection, member, AddressEvent.VERIFIED, now)
        done = [key for key in letter.digests if _confirm(connection, member, key, now)]
        return tuple(done) or None


def _choice(work: Membership, key: str, choice: Choice) -> Choice:
    digest = digest_checked(work, key)
    if not digest.signup:
        said = f'nobody can sign up for "{key}"'
        raise MemberError(said, fault=Fault.DIGEST, word=key)
    return choice_checked(work, digest, choice)


def _asking(connection: Connection, new: Member, mark: str, now: datetime) -> Member:
    """The member of an address: as it is kept, or added.

    Name and language of whoever asks are taken only while nobody has confirmed.
    """
    box = mailbox(new.address)
    member = members.marked(connection, mark)
    if member is None:
        return members.add(connection, new, mailbox=box, mark=mark, now=now)
    new = replace(new, id=member.id, timezone=member.timezone)
    if member.state is MemberState.ERASED:
        move_address(connection, member, AddressEvent.READDRESSED, now)
        members.readdress(connection, member.id, new.address, box, now)
        members.change(connection, new, now)
        return new
    if _is_stranger(connection, member):
        members.change(connection, replace(new, text_only=member.text_only), now)
    return member


def _is_stranger(connection: Connection, member: Member) -> bool:
    """Whether nobody ever vouched for a member, neither the person nor the desk."""
    held = subscriptions.of_member(connection, member.id)
    return member.state is MemberState.UNVERIFIED and all(
        one.state in (SubscriptionState.PENDING, SubscriptionState.EXPIRED)
        and one.confirmed_at is None
        for one in held
    )


def _is_open(connection: Connection, member: Member, key: str) -> bool:
    """Whether there is something to confirm: a digest, or that mail arrives again."""
    held = subscriptions.one(connection, member.id, key)
    standing = held is not None and held.state in STANDING
    return not standing or member.state is MemberState.BOUNCED


def _note_asked(
    connection: Connection, member: Member, key: str, choice: Choice, now: datetime
) -> None:
    """Keep the wish: only a pending subscription takes the choice of who asks."""
    held = begin(
        connection,
        member.id,
        key,
        SubscriptionEvent.ASKED,
        now,
        origin=Origin.SIGNUP,
    ) or subscriptions.one(connection, member.id, key)
    if held is None:
        return
    if held.state is SubscriptionState.PENDING:
        subscriptions.set_choice(connection, held.id, choice, now)
    else:
        subscriptions.note_asked(connection, held.id, now)


def _still(connection: Connection, letter: Letter) -> tuple[str, ...] | None:
    """What a letter confirmed, if all of it stands."""
    for key in letter.digests:
        held = subscriptions.one(connection, letter.member, key)
        if held is None or held.state not in STANDING:
            return None
    return letter.digests


def _confirm(connection: Connection, member: Member, key: str, now: datetime) -> bool:
    held = subscriptions.one(connection, member.id, key)
    if held is None or not _was_asked(held):
        return False
    if held.state not in STANDING:
        move(connection, held, SubscriptionEvent.CONFIRMED, now)
        subscriptions.set_origin(connection, held.id, Origin.SIGNUP)
    mark = members.mark_of(connection, member.id)
    seen = [one for one in consents.of(connection, mark) if one.digest == key]
    asked = [one.text for one in seen if one.kind is ConsentKind.ASKED]
    text = asked[-1] if asked else ""
    said = consented(key, ConsentKind.CONFIRMED, now, form=CONFIRM_FORM, text=text)
    record(connection, mark, said)
    return True


def _was_asked(held: Subscription) -> bool:
    """Who left is brought back only by what was asked for after that."""
    if held.state is not SubscriptionState.UNSUBSCRIBED:
        return True
    asked, left = held.asked_at, held.changed_at
    return asked is not None and left is not None and asked >= left
