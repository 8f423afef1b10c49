"""What hubs have to do with a tick: read what they pushed, ask those that are due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from syndicate.model import HubSubscription, Visit
from syndicate.pipeline.subscribing import (
    Subscribing,
    due_hubs,
    read_pushed,
    subscribe,
)
from syndicate.pipeline.visiting import Gathering
from syndicate.ports import Fetcher, Poster
from syndicate.store import hub_subscriptions

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushing:
    """What a tick needs for hubs."""

    subscribing: Subscribing
    poster: Callable[[], AbstractAsyncContextManager[Poster]]
    fetcher: Callable[[], AbstractAsyncContextManager[Fetcher]]
    gathering: Callable[[Fetcher], Gathering]


def push_due(pushing: Pushing, *, on_visit: Callable[[Visit], None]) -> None:
    """Read what was pushed, then ask the hubs that are due."""
    with pushing.subscribing.database.read() as connection:
        waiting = hub_subscriptions.count_waiting(connection)
    if waiting:
        asyncio.run(_read(pushing, on_visit))
    due = due_hubs(pushing.subscribing)
    if due:
        asyncio.run(_ask(pushing, due))


async def _read(pushing: Pushing, on_visit: Callable[[Visit], None]) -> None:
    async with pushing.fetcher() as fetcher:
        work = pushing.gathering(fetcher)
        try:
            await read_pushed(work, on_visit=on_visit)
        finally:
            work.reader.close()


async def _ask(pushing: Pushing, due: Sequence[HubSubscription]) -> None:
    async with pushing.poster() as poster:
        for asked in await subscribe(pushing.subscribing, poster, due):
            if asked.error:
                log.warning("%s: hub %s: %s", asked.source, asked.hub, asked.error)
            else:
                log.info("%s: asked hub %s", asked.source, asked.hub)
