"""Note for whom a published document is news: our followers, and others' hubs.

Noted in the transaction in which a document counts as written, before anything is
sent: a process that dies sends again and never forgets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count

from syndicate.model import Site
from syndicate.publish.websub.hub import own_hub, topic_of
from syndicate.store import Connection, followers, pings

_NOTES = count()


def owe_news(
    connection: Connection,
    site: Site,
    hubs: Sequence[str],
    paths: Iterable[str],
    now: datetime,
) -> int:
    """Note that the documents ``paths`` have changed; how many followers that concerns.

    ``hubs`` are those that our documents name; where ours is not among them nobody
    follows us. News that was not told yet and newer news are one.
    """
    topics = [topic for path in paths if (topic := topic_of(site.base_url, path))]
    return owe_topics(connection, site.base_url, hubs, topics, now)


def owe_topics(
    connection: Connection,
    base_url: str,
    hubs: Sequence[str],
    topics: Sequence[str],
    now: datetime,
) -> int:
    """Note that ``topics`` have changed; how many followers that concerns."""
    ours = own_hub(base_url)
    # One run of publishing says the same moment each time; what was noted while an
    # earlier note was being delivered must be told from it.
    mark = now + timedelta(microseconds=next(_NOTES) % 1_000)
    others = [hub for hub in hubs if hub != ours]
    pings.owe(connection, others, topics, now, mark=mark)
    return followers.owe(connection, topics, now, mark=mark) if ours in hubs else 0
