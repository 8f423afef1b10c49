"""Issues whose time has come: composed at the tick, sent beside it.

Sending has a thread of its own, for a hundred thousand copies, or a relay that is slow,
must not keep sources waiting; it ends when there is nothing left that is due, and the
next tick begins it anew. Issues take turns, so that a slow one keeps none of the others
back. Composing is quick and stays in the order of the sentence.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Thread

from syndicate.digest.choosing.windows import editions
from syndicate.digest.post.pool import Pool
from syndicate.errors import MailError, SyndicateError, TemplateError
from syndicate.model import Delivery, DeliveryState, Digest, IssueState, Reply
from syndicate.pipeline.mailing.composing import compose_issue
from syndicate.pipeline.mailing.copies import Mailing
from syndicate.pipeline.mailing.orphans import orphans, why, wind_up
from syndicate.pipeline.mailing.sending import (
    Watch,
    begun,
    closed,
    is_due,
    may_begin,
    send_issue,
)
from syndicate.store import issues
from syndicate.store.issues import StoredIssue

log = logging.getLogger(__name__)

AT_ONCE = 20.0
"""Seconds that a tick waits for what is sent; most issues are out by then."""
TURN = timedelta(minutes=10)
"""How long an issue is sent before the next one has its turn."""
FAREWELL = 60.0
"""Seconds that copies on their way have when the desk is to end."""
_GLANCE = 0.1


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What the clock mails with."""

    mailing: Mailing
    digests: Sequence[Digest]
    pool: Callable[[], Pool]
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]
    on_alarm: Callable[[Digest, StoredIssue, str, str], None] = (
        lambda _digest, _issue, _domain, _said: None
    )
    """Called with a domain that refused what we send, and what it said."""
    on_stopped: Callable[[Digest, StoredIssue, str], None] = (
        lambda _digest, _issue, _why: None
    )
    """Called with why nothing of an issue was sent."""


class Mailroom:
    """Where issues are sent: one at a time, whatever the clock does meanwhile."""

    def __init__(self) -> None:
        self._thread: Thread | None = None

    @property
    def is_busy(self) -> bool:
        """Copies are being sent."""
        return self._thread is not None and self._thread.is_alive()

    def send(self, post: Post, *, wait: float = AT_ONCE) -> None:
        """Begin to send all that is due, unless that goes on already.

        Returns after ``wait`` seconds at the latest, and sooner if the desk is to end
        or all is sent.
        """
        if self.is_busy:
            return
        # No daemon: copies on their way are waited for, and noted.
        self._thread = Thread(target=send_due, args=(post,), name="mail")
        self._thread.start()
        self.join(wait, post.stopping)

    def join(
        self, wait: float = FAREWELL, stopping: Callable[[], bool] = _never
    ) -> None:
        """Wait for what is being sent, so many seconds at most."""
        for _glance in range(int(wait / _GLANCE)):
            if self._thread is None or stopping():
                return
            self._thread.join(_GLANCE)
            if not self._thread.is_alive():
                return


def compose_due(post: Post) -> None:
    """Compose the issues whose window is whole."""
    for digest in _editions(post):
        _guarded(digest, _compose, post)


def send_due(post: Post) -> None:
    """Deliver what may go out, of all issues that are not closed."""
    for digest in _editions(post):
        if post.stopping():
            return
        _guarded(digest, _send, post)
    known = {digest.key for digest in _editions(post)}
    for digest, stored in orphans(post.mailing.database, known):
        _guarded(digest, partial(_wind_up, stored), post)


def _editions(post: Post) -> list[Digest]:
    return [each for digest in post.digests for each in editions(digest)]


def _guarded(digest: Digest, work: Callable[[Post, Digest], None], post: Post) -> None:
    """One digest's trouble must not stop the others."""
    try:
        work(post, digest)
    except SyndicateError as error:
        log.error('digest "%s": %s', digest.key, error)
    except Exception:  # a fault of ours, as above
        log.exception('digest "%s"', digest.key)


def _compose(post: Post, digest: Digest) -> None:
    stored, made = compose_issue(post.mailing, digest, post.clock())
    if made:
        count = len(stored.issue.items)
        number, state = stored.issue.number, stored.state.value
        log.info("%s no. %d: %s, %d stories", digest.key, number, state, count)


def _send(post: Post, digest: Digest) -> None:
    """Send the approved issues of an edition, the oldest first."""
    with post.mailing.database.read() as connection:
        approved = issues.in_state(connection, IssueState.APPROVED)
    for stored in approved:
        if stored.issue.digest != digest.key:
            continue
        now = post.clock()
        if begun(post.mailing.database, stored) or may_begin(digest, stored, now):
            _send_one(post, digest, stored)


def _send_one(post: Post, digest: Digest, stored: StoredIssue) -> None:
    until = post.clock() + TURN

    def stopping() -> bool:
        return post.stopping() or post.clock() >= until

    watch = Watch(on_delivery=_tell, stopping=stopping)
    try:
        if not is_due(post.mailing, digest, stored, post.clock()):
            closed(post.mailing.database, stored, post.clock())
            return
        with closing(post.pool()) as pool:
            sent = send_issue(
                post.mailing, digest, stored, pool, clock=post.clock, watch=watch
            )
    except (MailError, TemplateError) as error:
        post.on_stopped(digest, stored, str(error))
        raise
    for domain, said in sent.alarms.items():
        post.on_alarm(digest, sent.issue, domain, said)
    if sent.issue.state is IssueState.SENT:
        told = ", ".join(f"{n} {state.value}" for state, n in sent.tally.items() if n)
        log.info("%s no. %d: %s", digest.key, stored.issue.number, told or "nobody")


def _wind_up(stored: StoredIssue, post: Post, digest: Digest) -> None:
    """Nobody can draw its copies any more: tell the desk, and close it in its time."""
    sent = wind_up(post.mailing.database, digest, stored, post.clock())
    if sent.issue.state is IssueState.APPROVED:
        post.on_stopped(digest, stored, why(digest))


def _tell(delivery: Delivery, reply: Reply) -> None:
    accepted = reply.state is DeliveryState.ACCEPTED
    level = logging.DEBUG if accepted else logging.WARNING
    address, state = delivery.member.address, reply.state.value
    log.log(level, "%s: %s%s", address, state, f": {reply.detail}" * (not accepted))
