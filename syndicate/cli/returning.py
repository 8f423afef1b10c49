"""What taking in bounces works with, put together from the settings.

Of all that a desk has it needs little: a mail system runs us once for each bounce.
"""

from __future__ import annotations

from collections.abc import Callable

from syndicate.cli.parts import Parts
from syndicate.config.environment import SECRET
from syndicate.digest.returns.boxes import box
from syndicate.errors import MailError
from syndicate.pipeline.membership.bouncing import Bouncing
from syndicate.ports import Box


def bouncing(desk: Parts) -> Bouncing:
    """Put together what takes in bounces; it needs the secret, which signed them."""
    if not desk.secret:
        raise MailError(f"{SECRET} is not set; nobody can tell whose bounces these are")
    return Bouncing(
        database=desk.database,
        secret=desk.secret,
        zone=desk.settings.site.timezone,
        stopping=desk.stopping.is_set,
    )


def box_of(desk: Parts) -> Callable[[], Box] | None:
    """Return what opens the mailbox of the settings; None if they name none."""
    mail = desk.settings.mail
    if not mail.bounces:
        return None
    return lambda: box(mail.bounces, mail.imap_password)
