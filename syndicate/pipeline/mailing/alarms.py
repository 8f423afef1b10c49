"""Alarms for the desk: what must not wait for the weekly report, each told once.

What is wrong is read off the store, so that a desk that dies and begins again tells
what it had no time to tell; only what stops a send is told by those whom it stops.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from gettext import NullTranslations
from hashlib import blake2b

from syndicate.digest.drawing.render import Rendered, inlined
from syndicate.digest.drawing.shown import (
    PREHEADER,
    clipped,
    plain,
)
from syndicate.model import DeliveryState, Digest, IssueState, RelayRecord
from syndicate.pipeline.mailing.consulting import Consulting
from syndicate.pipeline.mailing.deskpost import (
    ALARMS,
    Bulletin,
    DeskPost,
    Drawn,
    deliver,
    subject,
)
from syndicate.pipeline.mailing.restoring import Lost, lost
from syndicate.pipeline.telling import Told
from syndicate.store import drafts, ledger, relays, reports
from syndicate.store.issues import StoredIssue
from syndicate.store.reports import ReportState, StoredReport
from syndicate.translate import moment, translation

YOUNG = timedelta(days=14)
"""Issues composed longer ago are no news; what a new version finds is told of none."""
AGAIN = timedelta(days=1)
"""A relay that stays shut is told of once a day."""
LONG = timedelta(minutes=30)
"""A domain that lets us wait less than this is nothing unusual."""
REFUSED_SHARE = 0.05
REFUSED_LEAST = 3
"""An alarm if more than this share, and as many copies, of an issue were refused."""
_LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that the desk must know now; ``kind`` and ``start`` say what it is."""

    kind: str
    start: datetime
    title: str
    told: Told


def raise_due(work: Consulting, digests: Sequence[Digest]) -> list[StoredReport]:
    """Tell the desk of everything in the store that it was not told of yet."""
    made = (raise_alarm(work, alarm) for alarm in due(work, digests))
    return [held for held in made if held is not None]


def due(work: Consulting, digests: Sequence[Digest]) -> list[Alarm]:
    """What is wrong in the store, as far as the desk was not told of it."""
    if not work.post.readers:
        return []
    found = list(_found(work, digests))
    with work.mailing.database.read() as connection:
        told = [reports.find(connection, one.kind, one.start) for one in found]
    return [
        alarm
        for alarm, held in zip(found, told, strict=True)
        if held is None or held.state is not ReportState.SENT
    ]


def raise_stopped(
    work: Consulting, digest: Digest, stored: StoredIssue, why: str
) -> StoredReport | None:
    """Tell the desk why nothing of an issue is sent, once for each reason."""
    if lost(work.mailing) is not None:
        return None  # which is told for all issues at once
    return raise_alarm(work, _stopped(work.post, digest, stored, why))


def raise_refused(
    work: Consulting, digest: Digest, stored: StoredIssue, domain: str, said: str
) -> StoredReport | None:
    """Tell the desk, once for each issue, of a domain that refuses what we send."""
    return raise_alarm(work, _unwanted(work.post, digest, stored, domain, said))


def raise_alarm(work: Consulting, alarm: Alarm) -> StoredReport | None:
    """Tell the desk, unless it was told; None if there is nothing to do."""
    if not work.post.readers:
        return None
    bulletin = Bulletin(
        kind=alarm.kind,
        start=alarm.start,
        date=work.clock(),
        draw=lambda: Drawn(draw(alarm, work.post, work.clock()), (alarm.title,)),
    )
    return deliver(work.post, work.transport, bulletin, work.clock)


def draw(alarm: Alarm, post: DeskPost, now: datetime) -> Rendered:
    """Draw the mail."""
    site, templates = replace(post.site, title=plain(post.site.title)), post.templates()
    line = subject(site, alarm.title)
    preheader = clipped(f"{alarm.told.what} {site.title}", PREHEADER[1])
    values = {
        "title": alarm.title,
        "told": alarm.told,
        "when": moment(now, language=post.language, zone=post.zone),
        "site": site,
        "subject": line,
        "preheader": preheader.ljust(PREHEADER[0], "."),
    }
    html = inlined(templates.render("mail/alarm.html", **values))
    return Rendered(line, html, templates.render("mail/alarm.txt", **values))


# ── What is in the store ─────────────────────────────────────────────────────


def _found(work: Consulting, digests: Sequence[Digest]) -> Iterator[Alarm]:
    catalogue, now = translation(work.post.language), work.clock()
    known = {digest.key: digest for digest in digests}
    database = work.mailing.database
    with database.read() as connection:
        young = [
            stored
            for stored in drafts.recent(connection, now - YOUNG)
            if stored.issue.digest in known
        ]
        tallies = {
            one.id: ledger.tally(connection, one.id)
            for one in young
            if one.planned_at is not None and now - (one.closed_at or now) < AGAIN
        }
        held = relays.held(connection)
    for stored in young:
        digest = known[stored.issue.digest]
        # What a version before this one decided has no name to it.
        if stored.state in (IssueState.HELD, IssueState.SKIPPED) and stored.decided_by:
            yield _kept_back(digest, stored, catalogue)
        if stored.id in tallies and _is_much(tallies[stored.id]):
            yield _many_refused(digest, stored, tallies[stored.id], catalogue)
    for record in held:
        if record.open_until is not None and _is_shut(record, now):
            yield _shut(work, record, now, catalogue)
    forgotten = lost(work.mailing)
    if forgotten is not None:
        yield _restored(forgotten, catalogue)


def _is_much(tally: dict[DeliveryState, int]) -> bool:
    refused = tally.get(DeliveryState.REFUSED, 0)
    return refused >= max(REFUSED_LEAST, REFUSED_SHARE * sum(tally.values()))


def _is_shut(record: RelayRecord, now: datetime) -> bool:
    until = record.open_until or now
    return until - now >= LONG if record.domain else until > now


def _mark(*words: str) -> str:
    return blake2b("\0".join(words).encode(), digest_size=4).hexdigest()


# ── In words ─────────────────────────────────────────────────────────────────


def _name(digest: Digest, stored: StoredIssue, catalogue: NullTranslations) -> str:
    said = catalogue.gettext("{digest} no. {number}")
    title = clipped(plain(digest.title), 50)
    return said.format(digest=title, number=stored.issue.number)


def _kept_back(
    digest: Digest, stored: StoredIssue, catalogue: NullTranslations
) -> Alarm:
    _ = catalogue.gettext
    issue = _name(digest, stored, catalogue)
    this = f"{digest.key} {stored.issue.number}"
    why = _(stored.held_why) if stored.held_why else "–"
    by = _(stored.decided_by)
    if stored.state is IssueState.HELD:
        title = _("{issue} is kept back").format(issue=issue)
        what = _("Nobody has got it. Kept back by {by}: {why}")
        todo = _(
            "Look at it with `syndicate digest show {this}`; then approve it with "
            "`syndicate digest approve {this}`, or drop it with "
            "`syndicate digest skip {this}`."
        )
    else:
        title = _("{issue} was not sent").format(issue=issue)
        what = _("Nobody gets it. Dropped by {by}: {why}")
        todo = _("Its stories come up in the next issue; nothing is to be done.")
    return Alarm(
        # Held, approved and held again is told again; the same twice is not.
        kind=f"{ALARMS}{stored.state.value}-{digest.key}-{_mark(by, why)}",
        start=stored.issue.start,
        title=title,
        told=_told(what.format(by=by, why=why), todo.format(this=this)),
    )


def _stopped(post: DeskPost, digest: Digest, stored: StoredIssue, why: str) -> Alarm:
    catalogue = translation(post.language)
    _ = catalogue.gettext
    issue = _name(digest, stored, catalogue)
    todo = _(
        "Nothing more of it leaves until that is mended. How it stands: "
        "`syndicate digest status {this}`"
    ).format(this=f"{digest.key} {stored.issue.number}")
    # The same reason with other figures in it is the same reason.
    mark = _mark(re.sub(r"\d+", "", why))
    return Alarm(
        kind=f"{ALARMS}stopped-{digest.key}-{mark}",
        start=stored.issue.start,
        title=_("{issue} is not being sent").format(issue=issue),
        told=_told(why, todo),
    )


def _unwanted(
    post: DeskPost, digest: Digest, stored: StoredIssue, domain: str, said: str
) -> Alarm:
    catalogue = translation(post.language)
    _ = catalogue.gettext
    issue = _name(digest, stored, catalogue)
    what = _("{domain} refuses what we send, or who we are: {said}")
    todo = _(
        "Its members are not to blame and are tried again. See whether the DNS has "
        "SPF, DMARC and the record that `syndicate digest dkim --show` prints, and who "
        "waits with `syndicate digest who {this}`."
    ).format(this=f"{digest.key} {stored.issue.number}")
    return Alarm(
        kind=f"{ALARMS}refused-{digest.key}-{_mark(domain)}",
        start=stored.issue.start,
        title=_("{domain} refuses {issue}").format(domain=domain, issue=issue),
        told=_told(what.format(domain=domain, said=said), todo),
    )


def _many_refused(
    digest: Digest,
    stored: StoredIssue,
    tally: dict[DeliveryState, int],
    catalogue: NullTranslations,
) -> Alarm:
    _ = catalogue.gettext
    refused, planned = tally[DeliveryState.REFUSED], sum(tally.values())
    what = _("{refused} of {planned} copies were refused ({share} %).")
    todo = _("Who did not get it, and why: `syndicate digest who {this}`")
    issue = _name(digest, stored, catalogue)
    return Alarm(
        kind=f"{ALARMS}many-refused-{digest.key}",
        start=stored.issue.start,
        title=_("Many copies of {issue} were refused").format(issue=issue),
        told=_told(
            what.format(
                refused=refused, planned=planned, share=round(100 * refused / planned)
            ),
            todo.format(this=f"{digest.key} {stored.issue.number}"),
        ),
    )


def _shut(
    work: Consulting, record: RelayRecord, now: datetime, catalogue: NullTranslations
) -> Alarm:
    _ = catalogue.gettext
    where = " → ".join(filter(None, (record.relay, record.domain)))
    post = work.post
    what = _("Nothing is sent there until {when}. What was said: {said}").format(
        when=moment(record.open_until, language=post.language, zone=post.zone),
        said=record.detail or "–",
    )
    todo = _("It is tried again by itself. How it stands: `syndicate digest status`")
    kind = f"{ALARMS}relay-{_mark(record.relay, record.domain)}"
    return Alarm(
        kind=kind,
        start=_since(work, kind, now),
        title=_("Mail does not leave: {where}").format(where=where or "–"),
        told=_told(what, todo),
    )


def _since(work: Consulting, kind: str, now: datetime) -> datetime:
    """The time of the alarm that was raised last, if it still counts; else now."""
    with work.mailing.database.read() as connection:
        last = reports.latest(connection, kind)
    if last is None or now - last.start >= AGAIN or last.start > now:
        return now
    return last.start


def _restored(forgotten: Lost, catalogue: NullTranslations) -> Alarm:
    _ = catalogue.gettext
    what = _(
        "This store was restored from a backup: it does not know of {claims} copies "
        "that left since. Nothing is sent until somebody confirms it, so that nobody "
        "gets an issue twice."
    )
    todo = _("Confirm it with `syndicate digest send --restored`")
    return Alarm(
        kind=f"{ALARMS}restored",
        start=forgotten.until,
        title=_("A restored backup holds all mail"),
        told=_told(what.format(claims=forgotten.claims), todo),
    )


def _told(what: str, todo: str) -> Told:
    return Told(what=clipped(plain(what), _LONGEST), todo=todo)
