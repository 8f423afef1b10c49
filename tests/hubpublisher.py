"""Publishes one document, says so, and tells followers until it is killed.

Run as a program: DATABASE FOLDER BASE_URL BODY.
"""

from __future__ import annotations

import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

from syndicate.gather.calling import HttpCaller
from syndicate.pipeline.websub.hub import Hubbing
from syndicate.publish.websub.hub import own_hub
from syndicate.schedule.telling import HubThread
from syndicate.store import Database

# by its folder: another package may be called "tests", too
sys.path.insert(0, str(Path(__file__).parent))

import hubworld


@asynccontextmanager
async def caller():
    async with HttpCaller(hubworld.LOOPBACK, "desk/1") as http:
        yield http


def main(url: str, folder: str, base_url: str, body: str) -> None:
    """Publish ``body`` as all.atom, and wait for the end."""
    with Database.open(url) as database:
        work = Hubbing(
            database=database,
            base_url=base_url,
            folder=Path(folder),
            hubs=(own_hub(base_url),),
            guard=hubworld.LOOPBACK,
            clock=hubworld.utc,
        )
        thread = HubThread(work, caller)
        desk = hubworld.Desk(work=work, thread=thread)
        thread.start()
        desk.publish(body=body.encode())
        sys.stdout.write("noted\n")
        sys.stdout.flush()
        time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
