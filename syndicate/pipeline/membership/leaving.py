"""Membership: who leaves a digest. Sign-up and preferences come with the members."""

from __future__ import annotations

from datetime import datetime

from syndicate.members.tokens import holder
from syndicate.model import Digest, Member
from syndicate.store import Database, members


def subscriber(digest: Digest, token: str, secret: str) -> Member | None:
    """Return whose link this is, or None."""
    return holder(token, secret, digest.key, digest.audience)


def leave(
    database: Database, digest: Digest, token: str, *, secret: str, now: datetime
) -> bool:
    """Take the holder of ``token`` off ``digest``; False if nobody holds it.

    Doing it twice is the same as doing it once.
    """
    member = subscriber(digest, token, secret)
    if member is None:
        return False
    with database.write() as connection:
        members.unsubscribe(connection, digest.key, member.address, now)
    return True
