"""What members' pages and letters work with, put together from the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from syndicate.cli.wire import Wiring
from syndicate.pipeline.membership.bouncing import note_letter
from syndicate.pipeline.membership.desk import Membership
from syndicate.pipeline.membership.exporting import told
from syndicate.pipeline.membership.letters import Lettering
from syndicate.pipeline.membership.limits import forget_attempts
from syndicate.pipeline.membership.tidying import tidy
from syndicate.schedule.lettering import Letters
from syndicate.web.members.door import MembersDoor


def lettering(desk: Wiring) -> Lettering:
    """Put together what writing letters works with; it needs the secret."""
    settings, work = desk.settings, desk.membership()
    return Lettering(
        database=desk.database,
        site=settings.site,
        digests=work.digests,
        templates=desk.templates,
        sender=settings.mail.sender,
        bounce_domain=settings.mail.bounce_domain,
        secret=work.secret,
        confirm_within=work.confirm_within,
        postal_address=settings.mail.postal_address,
        privacy=work.privacy,
        told=told,
        on_reply=note_letter,
        stopping=desk.stopping.is_set,
    )


def _tidy(work: Membership, now: datetime) -> None:
    forget_attempts(work, now)
    tidy(work, now)


@contextmanager
def letters_sent(desk: Wiring) -> Iterator[Callable[[], None]]:
    """Send letters meanwhile, if there is a digest; gives what wakes it."""
    if not desk.settings.digests:
        yield lambda: None
        return
    thread = Letters(
        lettering(desk),
        desk.transport,
        clock=lambda: desk.clock(),  # noqa: PLW0108 -- the demo's clock is set later
        tidy=partial(_tidy, desk.membership()),
    )
    thread.start()
    try:
        yield thread.wake
    finally:
        thread.stop()


def members_door(desk: Wiring, wake: Callable[[], None]) -> MembersDoor | None:
    """Put together what members' pages need; None where there is no digest."""
    if not desk.settings.digests:
        return None
    return MembersDoor(
        work=desk.membership(),
        site=desk.settings.site,
        templates=desk.templates,
        clock=desk.clock,
        wake=wake,
    )
