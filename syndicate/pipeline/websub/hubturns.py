"""Whose turn it is at the hub, and what became of it: the store's side.

All that finished and all that begins is one transaction. A row whose turn it is, is
claimed for some seconds, again and again while the call lasts; if the process dies, it
is due when these are over.
"""

from __future__ import annotations

import logging
import random
import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from syndicate.errors import PublishError
from syndicate.model import Follower, Intent, Ping
from syndicate.pipeline.websub.hub import Hubbing
from syndicate.publish.websub import following
from syndicate.publish.websub.following import Step
from syndicate.store import Connection, followers, pings

log = logging.getLogger(__name__)

MENDING = timedelta(minutes=1)
"""Until we look again whether a document of ours can be read."""
CLAIM = timedelta(seconds=10)
"""So long others keep off a row, and so long it waits if we die."""
KEPT = timedelta(days=7)
"""How long those that failed are shown."""
MOST_FAILED = 1_000
IDLE = timedelta(days=30)
"""How long it is remembered that a hub was told."""
GONE = 410
_GOOD = range(200, 300)
_FINAL = range(300, 500)
_LATER = frozenset({408, 425, 429})
"""Of those, they say: not now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One call to make: to a follower, or to another's hub."""

    step: Step
    held: Follower | Ping
    host: str
    challenge: str = ""

    @property
    def key(self) -> int | tuple[str, str]:
        """Of its row."""
        held = self.held
        return held.id if isinstance(held, Follower) else (held.hub, held.topic)

    @property
    def doubtful(self) -> bool:
        """Whether it may come to nothing: to be confirmed, or it failed before."""
        held = self.held
        asked = isinstance(held, Follower) and bool(held.intent)
        return held.failures > 0 or (asked and self.step is not Step.DELIVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a turn."""

    turn: Turn
    good: bool
    """It took the news, or confirmed."""
    status: int = 0
    """HTTP; 0 if there was no answer."""
    ours: bool = False
    """It failed because of us, before anybody was called."""
    detail: str = ""
    wait: timedelta = timedelta(0)
    """That it asked for."""


@dataclass(slots=True)
class Room:
    """How many calls may begin, in all and to each host."""

    left: int
    flying: Collection[int | tuple[str, str]] = ()
    """Rows that are being seen to."""
    at: Counter[str] = field(default_factory=Counter)
    """Calls under way, by host."""
    allowed: Mapping[str, int] = field(default_factory=dict)
    first: int = 8
    """Calls at once to a host that we know nothing of."""
    doubtful: int = 64
    """Calls that may begin to those who may let us wait: the others have the rest."""
    slow: Collection[str] = ()
    """Hosts that let us wait the last time."""
    slowly: int = 64
    """Calls that may begin to them."""

    def full(self) -> list[str]:
        """The hosts that are to be left alone now."""
        busy = [host for host, count in self.at.items() if count >= self._most(host)]
        return busy if self.slowly > 0 else [*{*busy, *self.slow}]

    def take(self, turn: Turn) -> bool:
        """Whether ``turn`` may begin; it is counted then."""
        busy = self.at[turn.host] >= self._most(turn.host)
        slow = turn.host in self.slow
        shut = (turn.doubtful and self.doubtful <= 0) or (slow and self.slowly <= 0)
        if busy or shut or self.left <= 0 or turn.key in self.flying:
            return False
        self.at[turn.host] += 1
        self.left -= 1
        self.doubtful -= turn.doubtful
        self.slowly -= slow
        return True

    def _most(self, host: str) -> int:
        return self.allowed.get(host, self.first)


def take_turns(
    work: Hubbing, done: Sequence[Done], room: Room, lasting: Sequence[Turn] = ()
) -> list[Turn]:
    """Note what is ``done``, and claim what is due as far as there is room.

    ``lasting`` are turns under way whose claim would be over soon.
    """
    now = work.clock()
    if not done and not lasting:
        with work.database.read() as connection:
            due = followers.are_due(connection, now) or pings.are_due(connection, now)
        if not due:
            return []
    with work.database.write() as connection:
        for one in done:
            _note(connection, one, now)
        _claim(connection, lasting, now + CLAIM)
        return [*_pings(connection, now, room), *_steps(connection, work, now, room)]


def tidy(work: Hubbing) -> int:
    """Let go of leases that are over, and of hubs that are no longer ours to tell."""
    now = work.clock()
    with work.database.write() as connection:
        gone = followers.lapse(
            connection, now, failed_before=now - KEPT, most=MOST_FAILED
        )
        return gone + pings.keep_only(connection, work.others, idle_before=now - IDLE)


def release(work: Hubbing, turns: Sequence[Turn]) -> None:
    """Give back what was claimed and not done: it is due at once."""
    with work.database.write() as connection:
        _claim(connection, turns, work.clock())


def _claim(connection: Connection, turns: Sequence[Turn], until: datetime) -> None:
    rows = [one.held for one in turns]
    followers.claim(
        connection, [one.id for one in rows if isinstance(one, Follower)], until
    )
    pings.claim(connection, [one for one in rows if isinstance(one, Ping)], until)


# ── What is due ──────────────────────────────────────────────────────────────


def _pings(connection: Connection, now: datetime, room: Room) -> list[Turn]:
    due = (
        Turn(step=Step.DELIVER, held=one, host=urlsplit(one.hub).hostname or "")
        for one in pings.due(connection, now, limit=2 * max(room.left, 0))
    )
    taken = [turn for turn in due if room.take(turn)]
    _claim(connection, taken, now + CLAIM)
    return taken


def _steps(
    connection: Connection, work: Hubbing, now: datetime, room: Room
) -> list[Turn]:
    taken: list[Turn] = []
    exists: dict[str, bool] = {}
    while room.left > 0:
        limit = 2 * room.left
        due = followers.due(
            connection,
            now,
            limit=limit,
            without=room.full(),
            doubtful=room.doubtful > 0,
        )
        begun = [
            turn
            for held in due
            if (turn := _turn(connection, work, held, exists, now)) and room.take(turn)
        ]
        _claim(connection, begun, now + CLAIM)
        taken += begun
        if len(due) < limit or not begun:
            break
    return taken


def _turn(
    connection: Connection,
    work: Hubbing,
    held: Follower,
    exists: dict[str, bool],
    now: datetime,
) -> Turn | None:
    if held.topic not in exists:
        try:
            exists[held.topic] = work.document(held.topic) is not None
        except PublishError as error:
            log.error("hub: %s", error)
            # ours to mend: it counts against nobody, and keeps nobody else waiting
            followers.save(connection, replace(held, due_at=now + MENDING))
            return None
    step = following.step(held, now, exists=exists[held.topic])
    if step is Step.REST:
        followers.save(connection, following.resting(held))
        return None
    challenge = secrets.token_urlsafe(32) if step is Step.VERIFY else ""
    return Turn(step=step, held=held, host=held.host, challenge=challenge)


# ── What became of it ────────────────────────────────────────────────────────


def _note(connection: Connection, done: Done, now: datetime) -> None:
    held = done.turn.held
    if isinstance(held, Ping):
        _note_ping(connection, done, held, now)
        return
    # Read anew: it may have asked for something else, or newer news have come.
    latest = followers.get(connection, held.id)
    if latest is None:
        return
    if done.ours:
        followers.save(connection, replace(latest, due_at=now + MENDING))
        return
    told = _after(done, held, latest, now)
    if told is None:
        followers.forget(connection, [latest.id])
    else:
        followers.save(connection, told)


def _after(
    done: Done, held: Follower, latest: Follower, now: datetime
) -> Follower | None:
    if done.turn.step is Step.DELIVER:
        return _after_delivery(done, held, latest, now)
    if (latest.asked_at, latest.intent) != (held.asked_at, held.intent):
        return replace(latest, due_at=now)  # it asked anew meanwhile
    if done.turn.step is Step.DENY:
        return None
    if done.good:
        return following.verified(latest, now)
    final = done.status in _FINAL and done.status not in _LATER
    # 2xx and another answer than ours (§5.3)
    final = final or done.status in _GOOD
    return following.unverified(latest, now, done.detail, final=final)


def _after_delivery(
    done: Done, held: Follower, latest: Follower, now: datetime
) -> Follower | None:
    if done.good:
        return following.delivered(latest, held.owed_at, now)
    if done.status == GONE and latest.intent is not Intent.SUBSCRIBE:
        return None
    return following.undelivered(
        latest, now, done.detail, wait=done.wait, spread=_spread()
    )


def _note_ping(connection: Connection, done: Done, held: Ping, now: datetime) -> None:
    latest = pings.get(connection, held.hub, held.topic)
    if latest is None:
        return
    told = (
        following.told(latest, held.owed_at, now)
        if done.good
        else following.untold(
            latest, now, done.detail, wait=done.wait, spread=_spread()
        )
    )
    pings.save(connection, told)


def _spread() -> float:
    return random.uniform(1.0, 1.2)  # noqa: S311 -- spreads, no secret
