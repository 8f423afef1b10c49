"""How many sign-ups there may be: by network, by mailbox, and in all.

Kept in the store, so that a restart lets nobody begin anew; by marks, so that it tells
nobody who tried. Who is turned away is not counted: else whoever asks again soon never
may.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from syndicate import signing
from syndicate.members.marks import mailbox
from syndicate.pipeline.membership.desk import Membership
from syndicate.pipeline.membership.letters import forget
from syndicate.store import Connection, attempts

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NETWORKS = 50
"""So many times what one network may is what all together may."""
SPELLINGS = 3
"""So many times what one address may is what all its spellings together may: of
``an+1@…``, ``an+2@…`` all mail comes to one person."""
_DOTLESS = ("gmail.com", "googlemail.com")
"""Domains of one house that passes over dots."""
_ALL, _NETWORK, _STEM = "all", "network", "stem"


class Admission(StrEnum):
    """What becomes of a wish to sign up."""

    WELCOME = "welcome"
    NETWORK = "network"
    """Too many from one network: to be told, it says nothing of the address."""
    CROWD = "crowd"
    """Too many altogether: to be told, too."""
    QUIETLY = "quietly"
    """Too many for one mailbox: not to be told, and nothing is done."""


def admitted(work: Membership, address: str, network: str, now: datetime) -> Admission:
    """Say whether a wish to sign up may go on; if it may, it is counted.

    ``network`` is that of who asks, in CIDR form. Who is turned away costs no writing.
    """
    asked = _Asked(
        network=signing.mark(work.secret, "network", network),
        stem=signing.mark(work.secret, "stem", stem(address)),
        now=now,
    )
    with work.database.read() as connection:
        turned_away = _turned_away(connection, work, asked)
    if turned_away is not None:
        return turned_away
    with work.database.write() as connection:  # others may have come meanwhile
        turned_away = _turned_away(connection, work, asked)
        if turned_away is not None:
            return turned_away
        attempts.note(connection, _ALL, _ALL, now)
        attempts.note(connection, _NETWORK, asked.network, now)
        room = SPELLINGS * work.mails_per_address
        had = attempts.count_since(connection, _STEM, asked.stem, now - DAY)
        if had >= room:
            return Admission.QUIETLY
        attempts.note(connection, _STEM, asked.stem, now)
    return Admission.WELCOME


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Who asks for what, by marks."""

    network: str
    stem: str
    now: datetime


def _turned_away(
    connection: Connection, work: Membership, asked: _Asked
) -> Admission | None:
    since, most = asked.now - HOUR, work.signups_per_network
    if attempts.count_since(connection, _ALL, _ALL, since) >= NETWORKS * most:
        return Admission.CROWD
    if attempts.count_since(connection, _NETWORK, asked.network, since) >= most:
        return Admission.NETWORK
    return None


def stem(address: str) -> str:
    """Return what several spellings of one mailbox have in common (pure)."""
    local, _at, domain = mailbox(address).rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), _DOTLESS[0]
    return f"{local}@{domain}"


def forget_attempts(work: Membership, now: datetime) -> int:
    """Forget what limits nobody any more, and used links; gives how many."""
    with work.database.write() as connection:
        gone = attempts.prune(connection, now - DAY - HOUR)
        return gone + forget(connection, work.confirm_within, now)
