"""The desk is told of each draft, once, and asked what to do with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syndicate.model import DeliveryState, Digest, IssueState
from syndicate.pipeline.mailing.copies import Mailing
from syndicate.pipeline.mailing.deskpost import Bulletin, DeskPost, Drawn, deliver
from syndicate.pipeline.mailing.draftmail import draw, told
from syndicate.pipeline.mailing.draftwords import Titles
from syndicate.pipeline.mailing.overview import overview
from syndicate.ports import Transport
from syndicate.store import Connection, drafts, issues, reports
from syndicate.store.issues import StoredIssue
from syndicate.store.reports import ReportState, StoredReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulting:
    """What it takes to ask the desk."""

    mailing: Mailing
    post: DeskPost
    transport: Callable[[], Transport]
    clock: Callable[[], datetime]

    @property
    def titles(self) -> Titles:
        """Names for readers."""
        mailing = self.mailing
        return Titles(
            categories={one.slug: one.title for one in mailing.categories.values()},
            sources={one.key: one.title for one in mailing.sources.values()},
        )


def waiting(work: Consulting, digests: Sequence[Digest]) -> list[StoredIssue]:
    """The drafts of which somebody may not have been told, oldest window first."""
    known = {digest.key for digest in digests}
    with work.mailing.database.read() as connection:
        found = issues.in_state(connection, IssueState.DRAFT)
        return [
            one
            for one in found
            if one.issue.digest in known
            and not (one.told_at and _is_settled(_found(connection, one)))
        ]


def tell_desk(
    work: Consulting, digest: Digest, stored: StoredIssue
) -> StoredReport | None:
    """Tell the desk of a draft, unless it was told; None if there is nothing to do.

    The silence of those who are told late counts late: half of the time for review is
    left to them at least. Raises SyndicateError if the draft cannot be drawn.
    """
    if not work.post.readers:
        return None
    now = work.clock()

    def drawn() -> Drawn:
        until = _until(digest, stored, now)
        seen = overview(work.mailing, digest, replace(stored, deadline_at=until), now)
        post = work.post
        words = told(
            seen,
            post.site,
            work.titles,
            now=now,
            language=post.language,
            zone=post.zone,
        )
        return Drawn(draw(words, post.site, post.templates()))

    bulletin = Bulletin(
        kind=_kind(stored), start=stored.issue.start, date=now, draw=drawn
    )
    held = deliver(work.post, work.transport, bulletin, work.clock)
    _note(work, digest, stored)
    return held


def in_vain(work: Consulting, stored: StoredIssue) -> bool:
    """Tell whether we have given up to tell the desk of a draft."""
    with work.mailing.database.read() as connection:
        return stored.told_at is None and _is_settled(_found(connection, stored))


def _kind(stored: StoredIssue) -> str:
    return f"draft-{stored.issue.digest}"


def _found(connection: Connection, stored: StoredIssue) -> StoredReport | None:
    return reports.find(connection, _kind(stored), stored.issue.start)


def _is_settled(held: StoredReport | None) -> bool:
    """Nobody is tried again: all have got it, or we gave up."""
    if held is None or held.state is ReportState.CLAIMED:
        return False
    return held.state is ReportState.SENT or held.detail.due_at is None


def _until(digest: Digest, stored: StoredIssue, told_at: datetime) -> datetime | None:
    """Until when the silence of those who are told then counts for nothing."""
    if stored.deadline_at is None:
        return None
    return max(stored.deadline_at, told_at + digest.review / 2)


def _note(work: Consulting, digest: Digest, stored: StoredIssue) -> None:
    """Keep with the issue that somebody has got the mail, whoever sent it."""
    with work.mailing.database.read() as connection:
        held = _found(connection, stored)
    copies = held.detail.copies if held else ()
    if held is None or not any(one.state is DeliveryState.ACCEPTED for one in copies):
        return
    at = held.changed_at
    with work.mailing.database.write() as connection:
        kept = drafts.locked(connection, stored.id) or stored
        if kept.told_at is not None:
            return
        drafts.note_told(connection, kept.id, at)
        if kept.state is IssueState.DRAFT:
            drafts.put_off(connection, kept.id, _until(digest, kept, at))
