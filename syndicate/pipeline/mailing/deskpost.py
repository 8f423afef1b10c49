"""Mails to the desk: each is told once, and claimed before it is sent.

The weekly report, a draft that waits for its editors, an alarm. As with digests, a
mail of which nobody knows whether it left is not sent again; one that did not leave
is tried for a day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syndicate.digest.drawing.render import Rendered
from syndicate.digest.drawing.shown import LONGEST_SUBJECT, clipped, plain
from syndicate.digest.writing.notice import Notice, check, notice
from syndicate.errors import SyndicateError
from syndicate.model import DeliveryState, Member, Message, Reply, Site
from syndicate.ports import Transport
from syndicate.store import Database, reports
from syndicate.store.reports import (
    ReportCopy,
    ReportDetail,
    ReportState,
    StoredReport,
)
from syndicate.templating import Templates

RETRY = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240))
"""Pauses after a try that failed; the last one repeats."""
TRIES = 9
"""Together with the pauses this is a day; then the mail is old news."""
ALARMS = "alarm-"
"""How the kinds of alarms begin."""
WAITING = (DeliveryState.PLANNED, DeliveryState.DEFERRED)


_BRACES = re.compile(r"[{}%#](?=[{}%#])")


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPost:
    """What writing to the desk works with."""

    database: Database
    site: Site
    readers: tuple[Member, ...]
    sender: str
    language: str
    zone: str
    templates: Callable[[], Templates]
    stopping: Callable[[], bool] = _never
    """True once the desk is being shut down: no further mail is begun."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mail as it looks, and the marks of what it told."""

    rendered: Rendered
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """A mail to the desk; ``kind`` and ``start`` say which, and it is sent once."""

    kind: str
    start: datetime
    date: datetime
    draw: Callable[[], Drawn]
    """Called when it is certain that the mail is ours to send."""
    again: bool = True
    """Try again if it did not leave."""


def subject(site: Site, said: str) -> str:
    """The subject of a mail to the desk: "[Bàn tin] Draft to decide on: …"."""
    line = f"[{clipped(plain(site.title), 60)}] {plain(said)}"
    # What has "{{" in it would look like a template that nobody filled in.
    return clipped(_BRACES.sub(r"\g<0> ", line), LONGEST_SUBJECT)


def deliver(
    post: DeskPost,
    transport: Callable[[], Transport],
    bulletin: Bulletin,
    clock: Callable[[], datetime],
) -> StoredReport | None:
    """Send a mail to every reader who has not got it; None if there is nothing to do.

    Nothing is to do where it was sent, where another process is at it, and before the
    next try is due. Raises SyndicateError if it cannot be drawn; it is tried again.
    """
    copies = tuple(ReportCopy(address=one.address) for one in post.readers)
    with post.database.write() as connection:
        held = reports.claim(
            connection,
            bulletin.kind,
            bulletin.start,
            ReportDetail(copies=copies),
            now=clock(),
        )
    if held is None:
        return None
    try:
        drawn = bulletin.draw()
        held = replace(held, detail=replace(held.detail, findings=drawn.marks))
        mails = _mails(post, drawn.rendered, bulletin, held)
        held = _hand_over(post, transport, held, mails, clock)
    except Exception as error:  # whatever it is: the claim is settled, then it is told
        _close(post, held, bulletin, clock(), trouble=str(error))
        if isinstance(error, SyndicateError):
            raise
        said = f"the mail to the desk: {type(error).__name__}: {error}"
        raise SyndicateError(said) from error
    return _close(post, held, bulletin, clock())


def _mails(
    post: DeskPost, drawn: Rendered, bulletin: Bulletin, held: StoredReport
) -> dict[str, Message]:
    """Make what is still to be sent; all of it is checked before the first leaves."""
    names = {one.address: one for one in post.readers}
    mails: dict[str, Message] = {}
    for copy in held.detail.copies:
        if copy.state in WAITING:
            about = Notice(
                about=bulletin.kind,
                start=bulletin.start,
                date=bulletin.date,
                member=names.get(copy.address, Member(address=copy.address)),
                sender=post.sender,
                language=post.language,
                zone=post.zone,
            )
            mails[copy.address] = notice(drawn, about, post.site)
            check(mails[copy.address])
    return mails


def _hand_over(
    post: DeskPost,
    transport: Callable[[], Transport],
    held: StoredReport,
    mails: dict[str, Message],
    clock: Callable[[], datetime],
) -> StoredReport:
    if not mails:
        return held
    way = transport()
    try:
        for address, mail in mails.items():
            if post.stopping():
                break
            sending = Reply(state=DeliveryState.SENDING)
            held = _noted(post, held, address, sending, clock())
            held = _noted(post, held, address, _sent(way, mail), clock())
    finally:
        way.close()
    return held


def _sent(way: Transport, mail: Message) -> Reply:
    try:
        return way.send(mail)
    except Exception as error:  # noqa: BLE001 -- a transport must not raise
        said = f"{type(error).__name__}: {error}"
        return Reply(state=DeliveryState.UNCERTAIN, detail=said)


def _noted(
    post: DeskPost, held: StoredReport, address: str, reply: Reply, now: datetime
) -> StoredReport:
    """Commit what became of one copy."""
    copies = tuple(
        replace(copy, state=reply.state, said=reply.detail)
        if copy.address == address
        else copy
        for copy in held.detail.copies
    )
    return _kept(post, held, replace(held.detail, copies=copies), held.state, now)


def _close(
    post: DeskPost,
    held: StoredReport,
    bulletin: Bulletin,
    now: datetime,
    *,
    trouble: str = "",
) -> StoredReport:
    """Settle the mail, or say when those who wait are tried again."""
    detail = held.detail
    if trouble:
        # what was on its way when we stumbled is known by now, or never will be
        with post.database.read() as connection:
            held = reports.find(connection, held.kind, held.start) or held
        copies = tuple(
            replace(copy, said=trouble) if copy.state in WAITING else copy
            for copy in map(reports.rescued, held.detail.copies)
        )
        detail = replace(held.detail, copies=copies)
    states = {copy.state for copy in detail.copies}
    if states == {DeliveryState.ACCEPTED}:
        return _kept(post, held, detail, ReportState.SENT, now)
    due_at = None
    if states & set(WAITING) and detail.attempts < TRIES and bulletin.again:
        pause = RETRY[min(detail.attempts, len(RETRY)) - 1]
        due_at = now if post.stopping() else now + pause
    failed = replace(detail, due_at=due_at)
    return _kept(post, held, failed, ReportState.FAILED, now)


def _kept(
    post: DeskPost,
    held: StoredReport,
    detail: ReportDetail,
    state: ReportState,
    now: datetime,
) -> StoredReport:
    with post.database.write() as connection:
        reports.keep(connection, held, detail, state, now=now)
    return replace(held, detail=detail, state=state, changed_at=now)
