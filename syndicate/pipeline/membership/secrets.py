"""Marks are worth nothing under another secret: the store knows with which it began.

With another secret every suppression would be forgotten at once, and whoever was
erased could be written to again. So nothing of members is done, and nothing is sent,
until the secret is back, or the desk says that it is lost.
"""

from __future__ import annotations

from datetime import datetime

from syndicate.errors import MailError
from syndicate.members.marks import address_mark
from syndicate.signing import mark
from syndicate.store import Database, enrolments, rekeying

_PRINT = 12
"""Hexadecimal digits of the print: 48 bits tell two secrets apart, and no more."""


def check_secret(database: Database, secret: str, now: datetime) -> None:
    """Raise MailError if marks here were made with another secret."""
    print_ = _print(secret)
    with database.read() as connection:
        known = rekeying.is_known(connection, print_)
    if known is None:
        with database.write() as connection:
            rekeying.keep(connection, print_, now)
    elif not known:
        raise MailError(
            "SYNDICATE_SECRET is another one than this store was begun with: who left "
            "and who is suppressed would not be known again. Put the old one back; if "
            "it is lost, run `syndicate members rekey`"
        )


def rekey(database: Database, secret: str, now: datetime) -> tuple[int, int]:
    """Go on with another secret; see :func:`syndicate.store.rekeying.rekey`."""
    with database.write() as connection:
        if rekeying.is_known(connection, _print(secret)) in (True, None):
            rekeying.keep(connection, _print(secret), now)
            return 0, 0
        done = rekeying.rekey(connection, lambda box: address_mark(secret, box))
        enrolments.forget_stamps(connection)
        rekeying.keep(connection, _print(secret), now)
    return done


def _print(secret: str) -> int:
    return int(mark(secret, "print")[:_PRINT], 16)
