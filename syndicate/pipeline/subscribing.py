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
from syndicate.model import HubSubscription, PushState, Source, Visit
from syndicate.pipeline.gathering import ingest
from syndicate.pipeline.visiting import Gathering
from syndicate.ports import Poster
from syndicate.store import Connection, Database, hub_subscriptions, sources

GOOD = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribing:
    """What subscribing works with."""

    database: Database
    sources: Sequence[Source]
    base_url: str
    """Where hubs reach us; one that is not public ends all hub_subscriptions."""
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What asking one hub came to."""

    source: str
    hub: str
    error: str = ""


def due_hubs(work: Subscribing) -> list[HubSubscription]:
    """Bring the subscriptions in line with what feeds say; give those to ask now."""
    now = work.clock()
    with work.database.read() as connection:
        held = hub_subscriptions.every(connection)
        wanted = _wanted(connection, work)
    fresh = [
        _fresh(key, hub, topic)
        for key, (hub, topic) in wanted.items()
        if key not in held or (held[key].hub, held[key].topic) != (hub, topic)
    ]
    gone = held.keys() - wanted
    if fresh or gone:
        with work.database.write() as connection:
            for one in fresh:
                hub_subscriptions.save(connection, one)
            for key in gone:
                # its callback answers 404 from now on, which is how hubs learn of it
                hub_subscriptions.forget(connection, key)
    found = {key: held[key] for key in wanted if key in held}
    found |= {one.source: one for one in fresh}
    return [one for one in found.values() if one.due_at is None or one.due_at <= now]


async def subscribe(
    work: Subscribing, poster: Poster, due: Sequence[HubSubscription]
) -> list[Asked]:
    """Ask hubs: new ones, lapsing leases, those that failed."""
    return [await _ask(work, poster, held) for held in due]


async def _ask(work: Subscribing, poster: Poster, held: HubSubscription) -> Asked:
    with work.database.write() as connection:
        hub_subscriptions.save(connection, push.asking(held, work.clock()))
    error = await _post(poster, held, work.base_url)
    if error:
        with work.database.write() as connection:
            _note(connection, held, error, work.clock())
    return Asked(source=held.source, hub=held.hub, error=error)


def _wanted(connection: Connection, work: Subscribing) -> dict[str, tuple[str, str]]:
    """Hub and topic of each source that names them, where hubs can reach us."""
    if not push.is_public(work.base_url):
        return {}
    memories = sources.with_hubs(connection)
    return {
        source.key: (memory.hub, memory.topic)
        for source in work.sources
        if (memory := memories.get(source.key)) is not None
        and push.subscribable(source, memory)
    }


def _fresh(source: str, hub: str, topic: str) -> HubSubscription:
    return HubSubscription(
        source=source,
        hub=hub,
        topic=topic,
        token=secrets.token_urlsafe(24),
        secret=secrets.token_urlsafe(32),
    )


async def _post(poster: Poster, held: HubSubscription, base_url: str) -> str:
    try:
        status = await poster.post(held.hub, push.request_form(held, base_url))
    except SyndicateError as error:
        return str(error)
    return "" if status in GOOD else f"{held.hub}: HTTP {status}"


def _note(
    connection: Connection, held: HubSubscription, error: str, now: datetime
) -> None:
    # Read anew: a hub may have verified, and failed to answer us afterwards.
    latest = hub_subscriptions.load(connection, held.source)
    if latest is not None and latest.verified_at == held.verified_at:
        hub_subscriptions.save(connection, push.refused(latest, now, error))


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
        held = hub_subscriptions.by_token(connection, token)
        if mode == "unsubscribe" and held is None:
            return challenge  # we want none of it
        if held is None:
            return None
        if mode == "denied":
            reason = said.get("hub.reason", "")
            hub_subscriptions.save(
                connection, push.denied(held, now, topic=topic, reason=reason)
            )
            return ""
        lease = said.get("hub.lease_seconds", "")
        told = push.verified(held, now, topic=topic, lease=lease)
        if mode != "subscribe" or told is None or not challenge:
            return None
        # a verification in the middle of asking belongs to it
        hub_subscriptions.save(connection, told)
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
        held = hub_subscriptions.by_token(connection, token)
    if held is None:
        return False
    if held.asked_at is None or not push.signed_right(held.secret, body, signature):
        return True
    with database.write() as connection:
        latest = hub_subscriptions.by_token(connection, token)
        if latest is None:
            return False
        hub_subscriptions.save(connection, push.pushed(latest, now))
        hub_subscriptions.keep_push(
            connection, latest.source, body, content_type=content_type, now=now
        )
    return True


async def read_pushed(
    work: Gathering, *, on_visit: Callable[[Visit], None] = lambda _: None
) -> int:
    """File what hubs have pushed, oldest first; how many documents were read.

    A push is forgotten once it was read, even if it could not be: the next poll brings
    what it held. A process that dies in between reads it again, which does no harm.
    """
    with work.database.read() as connection:
        found = hub_subscriptions.waiting(connection)
    for one in found:
        source = work.desk.sources.get(one.source)
        if source is not None and not source.archived:
            on_visit(
                await ingest(work, source, one.body, one.content_type, one.received_at)
            )
        with work.database.write() as connection:
            hub_subscriptions.drop_pushes(connection, [one.id])
    return len(found)


def note_poll(connection: Connection, source: str, now: datetime, *, news: int) -> bool:
    """Tell a source's subscription what a poll found; whether it is still believed."""
    held = hub_subscriptions.load(connection, source)
    if held is None:
        return False
    told = push.polled(held, now, news=news)
    if told != held:
        hub_subscriptions.save(connection, told)
    return push.believed(told, now)


def trusted(connection: Connection, now: datetime) -> frozenset[str]:
    """The sources whose hubs are believed: polling them is the backup."""
    return frozenset(
        key
        for key, held in hub_subscriptions.every(connection).items()
        if held.state is PushState.LIVE and push.believed(held, now)
    )
