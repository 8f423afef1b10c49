"""What reporting to the desk works with, put together from the settings."""

from __future__ import annotations

from email.utils import parseaddr
from functools import partial

from syndicate.cli.wire import Wiring
from syndicate.model import Digest, Member
from syndicate.pipeline.mailing.consulting import Consulting, in_vain, tell_desk
from syndicate.pipeline.mailing.deskpost import DeskPost
from syndicate.pipeline.mailing.drafting import decide_silence
from syndicate.pipeline.reporting import Reporting
from syndicate.store import issues
from syndicate.store.issues import StoredIssue


def reporting(desk: Wiring) -> Reporting | None:
    """Put it together; None where nobody is to get a report."""
    return preparing(desk) if desk.settings.desk.report_to else None


def preparing(desk: Wiring) -> Reporting:
    """Put it together, whether or not anybody is to get a report."""
    said, site = desk.settings.desk, desk.settings.site
    return Reporting(
        database=desk.database,
        site=site,
        sources=desk.settings.sources,
        categories=desk.settings.categories,
        digests=desk.editions,
        checks=desk.settings.scoring.checks,
        readers=_readers(said.report_to),
        sender=desk.settings.mail.sender,
        weekday=said.weekday,
        hour=said.hour,
        minute=said.minute,
        language=said.language,
        zone=site.timezone,
        templates=lambda: desk.templates(said.language),
        fetcher=desk.fetcher,
        stopping=desk.stopping.is_set,
    )


def consulting(desk: Wiring) -> Consulting:
    """Put together what it takes to ask the desk; it needs the secret of all mail."""
    said, site = desk.settings.desk, desk.settings.site
    post = DeskPost(
        database=desk.database,
        site=site,
        readers=_readers(said.report_to),
        sender=desk.settings.mail.sender,
        language=said.language,
        zone=site.timezone,
        templates=lambda: desk.templates(said.language),
        stopping=desk.stopping.is_set,
    )
    return Consulting(
        mailing=desk.mailing(), post=post, transport=desk.transport, clock=desk.clock
    )


def consulted(desk: Wiring, digest: Digest, stored: StoredIssue) -> StoredIssue:
    """Tell the desk of a draft, and hear its silence: as the clock does, without one.

    Gives the issue as it stands then.
    """
    work = consulting(desk)
    tell_desk(work, digest, stored)
    decide_silence(
        work.mailing,
        [digest],
        desk.clock(),
        asks=bool(work.post.readers),
        in_vain=partial(in_vain, work),
    )
    with desk.database.read() as connection:
        return issues.get(connection, stored.id) or stored


def _readers(boxes: tuple[str, ...]) -> tuple[Member, ...]:
    """Each address once, whatever its spelling."""
    readers: dict[str, Member] = {}
    for box in boxes:
        name, address = parseaddr(box)
        readers.setdefault(address.lower(), Member(address=address, name=name))
    return tuple(readers.values())
