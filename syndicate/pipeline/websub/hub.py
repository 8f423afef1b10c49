"""Our own hub: what it is asked, and what it keeps of that (WebSub §5).

Nobody is called here. What is asked is noted, and the answer given at once; the
worker verifies it a moment later (``hubworker``).
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from stat import S_ISREG

from syndicate.errors import PublishError
from syndicate.gather.guard import AddressGuard
from syndicate.model import Follower, FollowerState, Intent
from syndicate.publish.websub.following import asked
from syndicate.publish.websub.hub import own_hub, topic_path
from syndicate.publish.websub.wishes import Refusal, Tidings, Wish, read_wish
from syndicate.store import Connection, Database, followers

MOST = 10_000
"""Followers that a hub has room for."""
MOST_AT_HOST = 1_000
MOST_UNVERIFIED = 2_000
"""Wishes that wait to be verified: each is a call that somebody else caused."""
MOST_UNVERIFIED_AT_HOST = 100
GAP = timedelta(seconds=2)
"""Between two verifications of one follower."""
_NO_FILE = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP, None}
)
_ACCEPTED = Refusal(status=202, reason="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hubbing:
    """What our hub, and telling others', works with."""

    database: Database
    base_url: str
    folder: Path
    """Where the documents are: what is pushed is what is served."""
    hubs: tuple[str, ...]
    """Named in our documents; ours among them if we are one."""
    guard: AddressGuard
    clock: Callable[[], datetime]

    @property
    def ours(self) -> str:
        """The address of our own hub; empty if we are none."""
        own = own_hub(self.base_url)
        return own if own in self.hubs else ""

    @property
    def others(self) -> tuple[str, ...]:
        """The hubs of other people."""
        return tuple(hub for hub in self.hubs if hub != own_hub(self.base_url))

    def document(self, topic: str) -> Path | None:
        """The file of a topic; None if there is none (any more).

        :raises PublishError: the folder cannot be read: nobody knows what there is
        """
        path = topic_path(self.base_url, topic)
        if not path:
            return None
        try:
            base = self.folder.resolve(strict=True)
            file = base.joinpath(*path.split("/")).resolve()
            regular = S_ISREG(file.stat().st_mode)
        except OSError as error:
            if error.errno in _NO_FILE and self.folder.is_dir():
                return None
            raise PublishError(f"{path}: {error.strerror or error}") from error
        return file if regular and file.is_relative_to(base) else None


def ask(work: Hubbing, form: Mapping[str, Sequence[str]]) -> Refusal:
    """Take what was posted to the hub: its HTTP status, and why if it is refused.

    What is said about topics of ours that changed is let go: whoever publishes here
    notes it where it happens.
    """
    wish = read_wish(form, work.base_url)
    if isinstance(wish, Refusal):
        return wish
    if isinstance(wish, Tidings):
        return _ACCEPTED
    refused = _literal(work.guard, wish.host)
    if refused:
        return Refusal(status=400, reason=f"hub.callback is at {refused}")
    now = work.clock()
    with work.database.write() as connection:
        known = followers.find(connection, wish.topic, wish.callback)
        full = _full(connection, wish, known, now)
        if full:
            return full
        held = asked(known, wish, now)
        if held is not None:
            followers.save(connection, replace(held, due_at=_due(known, now)))
    return _ACCEPTED


def _literal(guard: AddressGuard, host: str) -> str:
    """Say what is wrong with an IP address; names are looked at when called."""
    try:
        ip_address(host)
    except ValueError:
        return ""
    return guard.refuses(host)


def _full(
    connection: Connection, wish: Wish, known: Follower | None, now: datetime
) -> Refusal | None:
    """Say that there is no room: a hub must not be made to call others without end."""
    if known is None and wish.mode is Intent.UNSUBSCRIBE:
        return None
    held = followers.tally(connection, now)
    here, unverified = followers.at_host(connection, wish.host)
    new = known is None or known.state is FollowerState.FAILED
    wakes = known is None or known.intent is Intent.NONE
    limits = (
        (wakes and unverified >= MOST_UNVERIFIED_AT_HOST, 429, "to be verified"),
        (wakes and held.asked >= MOST_UNVERIFIED, 503, "to be verified"),
        (new and here >= MOST_AT_HOST, 429, "at this host"),
        (new and held.followers >= MOST, 503, "at this hub"),
    )
    return next(
        (
            Refusal(status=status, reason=f"too many callbacks {where}: ask later")
            for full, status, where in limits
            if full
        ),
        None,
    )


def _due(known: Follower | None, now: datetime) -> datetime:
    """Say when a wish is verified: whoever repeats it is not called each time."""
    if known is None or known.state is FollowerState.FAILED:
        return now
    if known.intent is not Intent.NONE and known.due_at is not None:
        return known.due_at
    return max(now, known.asked_at + GAP)
