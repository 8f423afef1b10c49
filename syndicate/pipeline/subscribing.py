"""Subscribe: have hubs tell us, and read what they push (WebSub).

Hubs are asked when a feed names one and we can be reached. What they push waits in the
store until gathering reads it, so that a caller is answered at once and nothing is
lost with the process.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicate.errors import SyndicateError
from syndicate.gather import push
from syndicate.model import PushState, Source, SourceState, Subscription
from syndicate.ports import Poster
from syndicate.store import Connection, Database, sources, subscriptions

GOOD = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribing:
    """What subscribing works with."""

    database: Database
    sources: Sequence[Source]
    base_url: str
    """Where hubs reach us; one that is not public ends all subscriptions."""
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What asking one hub came to."""

    source: str
    hub: str
    error: str = ""


async def subscribe_due(work: Subscribing, poster: Poster) -> list[Asked]:
    """Ask the hubs that are due: new ones, lapsing leases, failures."""
    now = work.clock()
    with work.database.write() as connection:
        due = _due(connection, work, now)
    return [await _ask(work, poster, held) for held in due]


async def _ask(work: Subscribing, poster: Poster, held: Subscription) -> Asked:
    with work.database.write() as connection:
        subscriptions.save(connection, push.asking(held, work.clock()))
    error = await _post(poster, held, work.base_url)
    if error:
        with work.database.write() as connection:
            _note(connection, held, error, work.clock())
    return Asked(source=held.source, hub=held.hub, error=error)


def _due(
    connection: Connection, work: Subscribing, now: datetime
) -> list[Subscription]:
    """Bring the table in line with what the sources say, and give what is due."""
    held = subscriptions.every(connection)
    states = sources.states(connection)
    public = push.is_public(work.base_url)
    found: list[Subscription] = []
    wanted: set[str] = set()
    for source in work.sources:
        state = states.get(source.key, SourceState(source=source.key))
        if not public or not push.subscribable(source, state.memory):
            continue
        wanted.add(source.key)
        mine = held.get(source.key)
        hub, topic = state.memory.hub, state.memory.topic
        if mine is None or (mine.hub, mine.topic) != (hub, topic):
            mine = _fresh(source.key, hub, topic)
            subscriptions.save(connection, mine)
        if mine.due_at is None or mine.due_at <= now:
            found.append(mine)
    for key in held.keys() - wanted:
        # its callback answers 404 from now on, which is how hubs learn of it
        subscriptions.forget(connection, key)
    return found


def _fresh(source: str, hub: str, topic: str) -> Subscription:
    return Subscription(
        source=source,
        hub=hub,
        topic=topic,
        token=secrets.token_urlsafe(24),
        secret=secrets.token_urlsafe(32),
    )


async def _post(poster: Poster, held: Subscription, base_url: str) -> str:
    try:
        status = await poster.post(held.hub, push.request_form(held, base_url))
    except SyndicateError as error:
        return str(error)
    return "" if status in GOOD else f"{held.hub}: HTTP {status}"


def _note(
    connection: Connection, held: Subscription, error: str, now: datetime
) -> None:
    # Read anew: a hub may have verified, and failed to answer us afterwards.
    latest = subscriptions.load(connection, held.source)
    if latest is not None and latest.verified_at == held.verified_at:
        subscriptions.save(connection, push.refused(latest, now, error))


def confirm(
    database: Database, token: str, said: Mapping[str, str], now: datetime
) -> str | None:
    """Answer a hub that verifies our intent (§5.3): its challenge, or None for 404.

    The one GET that changes something, as the protocol has it; it changes only what
    we have asked for ourselves.
    """
    mode, topic = said.get("hub.mode", ""), said.get("hub.topic", "")
    challenge = said.get("hub.challenge", "")
    with database.write() as connection:
        held = subscriptions.by_token(connection, token)
        if mode == "unsubscribe" and held is None:
            return challenge  # we want none of it
        if held is None:
            return None
        if mode == "denied":
            reason = said.get("hub.reason", "")
            subscriptions.save(
                connection, push.denied(held, now, topic=topic, reason=reason)
            )
            return ""
        lease = said.get("hub.lease_seconds", "")
        told = push.verified(held, now, topic=topic, lease=lease)
        if mode != "subscribe" or told is None or not challenge:
            return None
        # a verification in the middle of asking belongs to it
        subscriptions.save(connection, told)
    return challenge


def receive(
    database: Database,
    token: str,
    body: bytes,
    *,
    signature: str,
    content_type: str,
    now: datetime,
) -> bool:
    """Keep what a hub pushes; False if the token is not one of ours.

    What is not signed right is let go of without a word to the sender (§8.1).
    """
    with database.read() as connection:
        held = subscriptions.by_token(connection, token)
    if held is None:
        return False
    if held.asked_at is None or not push.signed_right(held.secret, body, signature):
        return True
    with database.write() as connection:
        latest = subscriptions.by_token(connection, token)
        if latest is None:
            return False
        subscriptions.save(connection, push.pushed(latest, now))
        subscriptions.keep_push(
            connection, latest.source, body, content_type=content_type, now=now
        )
    return True


def note_poll(connection: Connection, source: str, now: datetime, *, news: int) -> bool:
    """Tell a source's subscription what a poll found; whether it is still believed."""
    held = subscriptions.load(connection, source)
    if held is None:
        return False
    told = push.polled(held, now, news=news)
    if told != held:
        subscriptions.save(connection, told)
    return push.believed(told, now)


def trusted(connection: Connection, now: datetime) -> frozenset[str]:
    """The sources whose hubs are believed: polling them is the backup."""
    return frozenset(
        key
        for key, held in subscriptions.every(connection).items()
        if held.state is PushState.LIVE and push.believed(held, now)
    )
