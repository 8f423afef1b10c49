"""Whose mail came back: read from words that nobody can make but we."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from syndicate import signing
from syndicate.members.marks import mailbox
from syndicate.model import BounceKind, Letter, MemberState, Returned
from syndicate.store import Connection, bounces, letters, members, subscriptions

_TOKENS = re.compile(r"(?<![a-z0-9])[a-z2-7]{32}(?![a-z0-9])", re.IGNORECASE)


class Proof(StrEnum):
    """By what it is known whose mail it was, the surest first."""

    ENVELOPE = "envelope"
    MESSAGE_ID = "message-id"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The member whose copy, or letter, came back."""

    member: int
    address: str
    digest: str
    """Key of the edition, or of the series."""
    proof: Proof
    at: datetime | None = None
    """When it left, as far as we know."""
    delivery: int | None = None
    letter: Letter | None = None


def owner_of(
    connection: Connection, secret: str, returned: Returned, now: datetime
) -> Owner | None:
    """Say whose mail a message is about; None if nothing in it is a word of ours.

    A Message-ID or a link counts only where the report does not name somebody else; a
    report of failure has to name the member.
    """
    for owner in _owners(connection, secret, returned, now):
        if owner.proof is Proof.ENVELOPE or _agrees(owner, returned):
            return owner
    return None


def names(owner: Owner, recipients: tuple[str, ...]) -> bool:
    """Say whether a report names the owner's address."""
    own = mailbox(owner.address)
    return any(mailbox(one) == own for one in recipients)


def _agrees(owner: Owner, returned: Returned) -> bool:
    named = tuple(one for report in returned.reports for one in report.recipients)
    if names(owner, named):
        return True
    return returned.kind is BounceKind.ARF and not named


def _owners(
    connection: Connection, secret: str, returned: Returned, now: datetime
) -> Iterator[Owner]:
    for word in returned.words:
        purpose = "bounce" if word.startswith("b-") else "letter"
        number = signing.number_of(secret, purpose, word[2:], now)
        if number is not None:
            yield from _of(connection, purpose, number, Proof.ENVELOPE)
    for identity in returned.message_ids:
        for found in _TOKENS.finditer(identity.partition("@")[0]):
            for purpose in ("copy", "letter"):
                number = signing.number_of(secret, purpose, found[0], now)
                if number is not None:
                    yield from _of(connection, purpose, number, Proof.MESSAGE_ID)
    if returned.kind is BounceKind.ARF:
        for token in returned.links:
            number = signing.number_of(secret, "leave", token, now)
            if number is not None:
                yield from _subscriber(connection, number)


def _of(
    connection: Connection, purpose: str, number: int, proof: Proof
) -> Iterator[Owner]:
    if purpose in ("bounce", "copy"):
        sent = bounces.copy(connection, number)
        if sent is not None:
            yield Owner(
                member=sent.member,
                address=sent.address,
                digest=sent.digest,
                at=sent.at,
                proof=proof,
                delivery=sent.id,
            )
        return
    letter = letters.find(connection, number)
    member = members.get(connection, letter.member) if letter else None
    if letter is not None and member is not None and letter.attempts:
        yield Owner(
            member=member.id,
            address=member.address,
            digest=letter.digests[0] if letter.digests else "",
            at=letter.asked_at,
            proof=proof,
            letter=letter,
        )


def _subscriber(connection: Connection, number: int) -> Iterator[Owner]:
    held = subscriptions.get(connection, number)
    member = members.get(connection, held.member) if held else None
    if held is None or member is None or member.state is MemberState.ERASED:
        return
    yield Owner(
        member=member.id,
        address=member.address,
        digest=held.digest,
        proof=Proof.LINK,
    )
