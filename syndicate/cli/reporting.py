"""What reporting to the desk works with, put together from the settings."""

from __future__ import annotations

from email.utils import parseaddr

from syndicate.cli.wire import Wiring
from syndicate.model import Member
from syndicate.pipeline.reporting import Reporting


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


def _readers(boxes: tuple[str, ...]) -> tuple[Member, ...]:
    """Each address once, whatever its spelling."""
    readers: dict[str, Member] = {}
    for box in boxes:
        name, address = parseaddr(box)
        readers.setdefault(address.lower(), Member(address=address, name=name))
    return tuple(readers.values())
