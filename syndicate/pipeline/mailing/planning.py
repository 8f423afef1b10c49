"""Planning an issue: who gets a copy, and when it is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate.digest.choosing.hours import due_moment
from syndicate.model import Digest
from syndicate.pipeline.mailing.copies import Copies, Mailing
from syndicate.pipeline.mailing.grouping import Group
from syndicate.pipeline.mailing.restoring import doubt_planned
from syndicate.pipeline.membership.audience import bring_in
from syndicate.pipeline.membership.beside import file_beside
from syndicate.pipeline.membership.remembering import remember
from syndicate.store import Connection, ledger, planned, wanted
from syndicate.store.deliveries import WAITING
from syndicate.store.issues import StoredIssue
from syndicate.store.planned import Edition
from syndicate.store.planned import Group as Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldGet:
    """Who would get an issue that is not planned yet."""

    count: int
    due: tuple[tuple[datetime, int], ...]
    """When, and how many copies then."""
    domains: tuple[tuple[str, int], ...]
    """Where most of them live."""
    first: tuple[str, ...]
    """Some of the addresses."""
    groups: tuple[Group, ...]
    """Who gets the same, and how many they are."""


class _Undone(Exception):
    """Ends a transaction of which nothing is to be kept."""


def edition_of(digest: Digest) -> Edition:
    """Say which subscribers of the series get this cadence of it."""
    return wanted.edition(digest)


def assemble(work: Mailing, digest: Digest, now: datetime) -> None:
    """Bring in those whom config.toml names, so that the check knows every group.

    What people said before a backup was restored comes first.
    """
    beside = file_beside(work.generation_file)
    remember(work.database, work.secret, beside, now)
    with work.database.write() as connection:
        bring_in(connection, digest, secret=work.secret, now=now)


def plan(work: Mailing, digest: Digest, stored: StoredIssue, now: datetime) -> int:
    """Plan a copy for everybody who is to get an issue, once; gives how many it has.

    Those whom config.toml names are brought in first. Who joins after this gets the
    next issue.
    """
    with work.database.write() as connection:
        count = planned.planned(connection, stored.id)
        if count is not None:
            return count
        bring_in(connection, digest, secret=work.secret, now=now)
        planned.adopt(connection, stored.id)
        edition = edition_of(digest)
        due = moments(digest, planned.sizes(connection, edition, now), now)
        planned.plan(connection, stored.id, edition, due, now)
        doubt_planned(connection, stored.id, stored.issue.end, now)
        return planned.close_plan(connection, stored.id, now)


def waiting(work: Mailing, digest: Digest, stored: StoredIssue, now: datetime) -> int:
    """Count the copies of an issue that are to be sent, planned or not."""
    with work.database.read() as connection:
        if planned.planned(connection, stored.id) is not None:
            return ledger.count(connection, stored.id, WAITING)
    return would_get(work, digest, None, now, 0).count


def would_get(
    work: Mailing, digest: Digest, copies: Copies | None, now: datetime, most: int
) -> WouldGet:
    """Count who would get an issue that was planned now; nothing is kept.

    ``copies`` tells the groups; ``most`` limits the lists. Those whom config.toml names
    are brought in, and taken out again: no second rule says who gets it.
    """
    found: list[WouldGet] = []
    try:
        with work.database.write() as connection:
            bring_in(connection, digest, secret=work.secret, now=now)
            groups = copies.groups(connection, now) if copies else []
            found.append(
                replace(_counted(connection, digest, now, most), groups=tuple(groups))
            )
            raise _Undone
    except _Undone:
        return found[0]


def moments(
    digest: Digest, sizes: Iterable[tuple[Moment, int]], now: datetime
) -> dict[Moment, datetime]:
    """Say when each group of members wants its copies."""
    return {
        (weekday, hour, zone): due_moment(
            digest, now, weekday=weekday, hour=hour, timezone=zone
        )
        for (weekday, hour, zone), _count in sizes
    }


def _counted(
    connection: Connection, digest: Digest, now: datetime, most: int
) -> WouldGet:
    edition = edition_of(digest)
    sizes = planned.sizes(connection, edition, now)
    due = moments(digest, sizes, now)
    at: dict[datetime, int] = {}
    for group, count in sizes:
        at[due[group]] = at.get(due[group], 0) + count
    return WouldGet(
        count=sum(at.values()),
        due=tuple(sorted(at.items())),
        domains=tuple(planned.domains(connection, edition, now, most)),
        first=tuple(planned.addresses(connection, edition, now, most)),
        groups=(),
    )
