"""Mail: compose the issue of a window, once, and keep it as it is.

The issue is frozen in one transaction, unique on (digest, start of its window), so it
is composed once however often we are started. It reaches back to the last window that
readers were told of: what came in a window that was missed, or whose issue nobody got,
comes in this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syndicate.digest.choosing.compose import compose
from syndicate.digest.choosing.news import Edition
from syndicate.digest.choosing.windows import keys, window
from syndicate.errors import MailError
from syndicate.model import (
    Approval,
    Carried,
    Digest,
    Issue,
    IssueState,
    Source,
    Story,
)
from syndicate.pipeline.mailing.copies import Mailing, sealed
from syndicate.store import Connection, arrivals, carrying, issues, stories
from syndicate.store.issues import StoredIssue
from syndicate.translate import translation


@dataclass(frozen=True, slots=True)
class Material:
    """What the issue of a window is made of."""

    edition: Edition
    """Without a number."""
    stories: tuple[Story, ...]
    """Those of the window, and some that are not."""
    carried: Mapping[str, Carried]
    """What readers were given of them before, by uid."""


def preview(work: Mailing, digest: Digest, as_of: datetime) -> Issue:
    """Return the issue of the last whole window before ``as_of``; keep nothing.

    An issue that is frozen is shown as it is: it is what an editor approves.
    """
    start, end = window(digest, as_of)
    with work.database.read() as connection:
        kept = issues.find(connection, digest.key, start)
        if kept is not None:
            return kept.issue
        found = material(connection, digest, start, end, work.sources)
        number = issues.next_number(connection, digest.key)
        return composed(work, digest, found, number)


def compose_issue(
    work: Mailing, digest: Digest, now: datetime, *, review_from: datetime | None = None
) -> tuple[StoredIssue, bool]:
    """Return the issue of the last whole window, and whether it was composed just now.

    Where that is a window of the past, ``review_from`` is when it is really composed:
    from then on its editor has the time for review.

    With fewer stories than ``min_stories`` the issue is kept as skipped, and its
    stories come again. So do those of earlier issues that are old news by now and of
    which nobody has a copy: they are skipped, too.
    """
    start, end = window(digest, now)
    with work.database.write() as connection:
        kept = issues.find(connection, digest.key, start)
        if kept is not None:
            return kept, False
        _skip_old(connection, digest, start, now)
        found = material(connection, digest, start, end, work.sources, now=now)
        number = issues.next_number(connection, digest.key)
        issue = composed(work, digest, found, number)
        state, why = _first_state(digest, issue)
        deadline = (review_from or now) + digest.review
        issues.create(
            connection,
            issue,
            state=state,
            sha256=sealed(work, digest, issue),
            now=now,
            deadline_at=deadline if state is IssueState.DRAFT else None,
            held_why=why,
        )
        made = issues.find(connection, digest.key, start)
    if made is None:
        raise MailError(f'digest "{digest.key}": the issue just made is not there')
    return made, True


def composed(work: Mailing, digest: Digest, found: Material, number: int) -> Issue:
    """Return the issue that the material makes."""
    return compose(
        digest,
        found.stories,
        edition=replace(found.edition, number=number),
        sources=work.sources,
        categories=work.categories,
        carried=found.carried,
    )


def material(  # noqa: PLR0913 - a window, and as of when it is looked at
    connection: Connection,
    digest: Digest,
    start: datetime,
    end: datetime,
    sources: Mapping[str, Source],
    *,
    now: datetime | None = None,
    before: datetime | None = None,
    at: datetime | None = None,
) -> Material:
    """Return what the issue of a window is made of, and what readers had before.

    What was withdrawn by ``now`` (default: the window's end) is not told. Earlier
    issues are those whose window begins ``before``, if that is given, as things stood
    ``at``.
    """
    told = carrying.reached(connection, digest.key, start, end, at)
    furthest = min(start - digest.max_age, window(digest, start)[0])
    # The first issue of all tells of its own window.
    since = start if told is None else max(told.until, furthest)
    after = told.newest if told else 0
    longest = max((one.embargo for one in sources.values()), default=timedelta())
    ids = arrivals.story_ids(connection, since - longest, end, sources)
    if after:
        ids |= arrivals.story_ids(connection, furthest, since, sources, after)
    owed = carrying.owed(connection, digest.key, furthest, start, at)
    series = keys(digest)
    ids |= owed.keys() | carrying.changed_ids(connection, series, since)
    found = stories.get_many(connection, ids, include_withdrawn=True)
    uids = [story.uid for story in found.values()]
    edition = Edition(
        number=0,
        start=start,
        end=end,
        now=now or end,
        since=since,
        owed=frozenset(owed.values()),
        after=after,
        newest=arrivals.newest(connection),
    )
    return Material(
        edition=edition,
        stories=tuple(found[number] for number in sorted(found)),
        carried=carrying.carried(connection, series, uids, before=before, at=at),
    )


def _skip_old(
    connection: Connection, digest: Digest, start: datetime, now: datetime
) -> None:
    """Give up issues of earlier windows that nobody got in their time."""
    for stored in issues.unread(connection, digest.key, start):
        since = (stored.issue.end, stored.deadline_at, stored.approved_at)
        if max(filter(None, since)) + digest.expires <= now:
            _ = translation(digest.language).gettext
            why = _("nobody got it in time; its stories come in a later issue")
            why = f"{stored.held_why}; {why}" if stored.held_why else why
            issues.set_state(
                connection, stored.id, IssueState.SKIPPED, now=now, why=why
            )


def _first_state(digest: Digest, issue: Issue) -> tuple[IssueState, str]:
    """Say where a new issue stands, and why if it does not go out."""
    news = sum(not item.corrected for item in issue.items)
    if news < digest.min_stories:
        _ = translation(digest.language).ngettext
        why = _(
            "{count} story; the digest wants {least} at least",
            "{count} stories; the digest wants {least} at least",
            news,
        )
        said = why.format(count=news, least=digest.min_stories)
        return IssueState.SKIPPED, said
    automatic = digest.approval is Approval.AUTOMATIC
    return IssueState.APPROVED if automatic else IssueState.DRAFT, ""
