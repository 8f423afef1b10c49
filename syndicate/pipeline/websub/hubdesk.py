"""What people see of the hub, and what they may change: for commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from syndicate.model import Follower, Ping
from syndicate.pipeline.websub.hub import Hubbing
from syndicate.pipeline.websub.news import owe_topics
from syndicate.publish.websub.hub import topic_of, topic_path
from syndicate.store import followers, pings
from syndicate.store.followers import Tally

_PLACES = ("*", "*/*")
"""Where current documents are: at the top, and those of cited documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubStanding:
    """Who follows our feeds, and how others' hubs stand."""

    ours: str
    """The address of our hub; empty if we are none."""
    others: tuple[str, ...]
    tally: Tally
    followers: tuple[Follower, ...]
    pings: tuple[Ping, ...]

    @property
    def untold(self) -> tuple[Ping, ...]:
        """What others' hubs failed to take."""
        return tuple(one for one in self.pings if one.failures)


def hub_standing(work: Hubbing, path: str = "") -> HubStanding:
    """Look at the hub; of one topic's followers alone if ``path`` names it."""
    topic = topic_of(work.base_url, path) if path else ""
    with work.database.read() as connection:
        held = followers.every(connection, topic)
        told = pings.every(connection)
        tally = followers.tally(connection, work.clock())
    return HubStanding(
        ours=work.ours,
        others=work.others,
        tally=tally,
        followers=tuple(held),
        pings=tuple(one for one in told if not topic or one.topic == topic),
    )


def follower_of(work: Hubbing, number: int) -> Follower | None:
    """The follower of that number."""
    with work.database.read() as connection:
        return followers.get(connection, number)


def drop(work: Hubbing, numbers: Sequence[int]) -> int:
    """Let followers go, unasked; how many there were."""
    with work.database.write() as connection:
        return followers.forget(connection, numbers)


def waiting(work: Hubbing) -> tuple[list[Follower], list[Ping]]:
    """Followers and others' hubs whose turn it is now."""
    now = work.clock()
    with work.database.read() as connection:
        count = followers.tally(connection, now)
        most = count.followers + count.asked + 1
        hubs = len(pings.every(connection)) + 1
        return (
            followers.due(connection, now, limit=most),
            pings.due(connection, now, limit=hubs),
        )


def topics(work: Hubbing) -> list[str]:
    """Every document that can be followed, as an address."""
    found = (
        file.relative_to(work.folder).as_posix()
        for place in _PLACES
        for file in work.folder.glob(place)
    )
    listed = sorted(topic for path in found if (topic := topic_of(work.base_url, path)))
    return [topic for topic in listed if work.document(topic)]


def owe_all(work: Hubbing) -> int:
    """Note every document as news, changed or not; how many they are."""
    every = topics(work)
    with work.database.write() as connection:
        owe_topics(connection, work.base_url, work.hubs, every, work.clock())
    return len(every)


def short(work: Hubbing, topic: str) -> str:
    """A topic as people know it: its path."""
    return topic_path(work.base_url, topic) or topic
