"""Ours without deduplication and labels: fetched, read, cleaned and stored.

What readers such as ``reader`` do, made of our own parts, so that the two can be
compared. Every entry begins a story of its own.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

from syndicate.categorise.rules import Rules
from syndicate.config.environment import Environment
from syndicate.config.load import load
from syndicate.dedupe.keys import identity_keys
from syndicate.errors import SyndicateError
from syndicate.gather.clean import to_entry
from syndicate.gather.feed import read_feed
from syndicate.gather.fetch import HttpFetcher
from syndicate.gather.guard import AddressGuard
from syndicate.gather.sameness import content_hash
from syndicate.model import Scoring, Source, SourceState, Visit
from syndicate.pipeline.filing import Filing, file_entries, known_tellings
from syndicate.pipeline.preparing import Prepared, told
from syndicate.ports import Request, Response
from syndicate.store import Database, sources

TOGETHER = 50


class Keeping:
    """Files what comes and remembers the answers."""

    def __init__(self, database: Database, known: Sequence[Source]) -> None:
        self.database = database
        self.desk = Filing(
            sources={source.key: source for source in known},
            rules=Rules((), Scoring()),
            backlog_after=timedelta(days=10),
        )
        with database.read() as connection:
            self.states = sources.load_all(connection, [source.key for source in known])
        self.pairs: list[tuple[SourceState, Visit]] = []

    def keep(self, source: Source, response: Response) -> None:
        """File an answer, if it says anything new."""
        state = self.states[source.key]
        if not response.not_modified:
            content_type = response.headers.get("content-type", "")
            digest = content_hash(response.body, content_type)
            if digest != state.body_hash:
                self._file(source, response, content_type)
            state = replace(
                state,
                etag=response.headers.get("etag", ""),
                last_modified=response.headers.get("last-modified", ""),
                body_hash=digest,
                imported=True,
            )
        now = datetime.now(UTC)
        told = replace(state, visited_at=now, succeeded_at=now)
        self.pairs.append((told, Visit(source=source.key, at=now)))
        if len(self.pairs) >= TOGETHER:
            self.close()

    def close(self) -> None:
        """Write down the visits."""
        with self.database.write() as connection:
            sources.save_many(connection, self.pairs)
        self.pairs = []

    def _file(self, source: Source, response: Response, content_type: str) -> None:
        now = datetime.now(UTC)
        document = read_feed(
            response.body, url=response.url, source=source, content_type=content_type
        )
        with self.database.write() as connection:
            known = known_tellings(connection, source.key)
            prepared = [
                Prepared(entry=entry, told=telling, keys=identity_keys(entry))
                for raw in document.entries
                if (telling := told(raw)) not in known
                for entry in [to_entry(raw, source=source, fetched_at=now)]
            ]
            first = not self.states[source.key].imported
            file_entries(connection, prepared, self.desk, now=now, first_import=first)


async def main() -> None:
    """Arguments: config.toml and the database."""
    settings = load(Path(sys.argv[1]), Environment())
    allow = tuple(ip_network(net) for net in settings.gather.allow)
    failed: list[str] = []
    with Database.open(f"sqlite:///{sys.argv[2]}") as database:
        keeping = Keeping(database, settings.sources)
        limits = settings.gather.limits
        async with HttpFetcher(limits, AddressGuard(allow=allow), "bench/1") as fetcher:
            rest = iter(settings.sources)

            async def visit() -> None:
                for source in rest:
                    state = keeping.states[source.key]
                    try:
                        response = await fetcher.fetch(
                            Request(
                                url=source.url,
                                etag=state.etag,
                                last_modified=state.last_modified,
                            )
                        )
                        keeping.keep(source, response)
                    except SyndicateError as error:
                        failed.append(str(error))

            await asyncio.gather(*(visit() for _ in range(limits.parallel)))
        keeping.close()
    print(json.dumps(failed))


if __name__ == "__main__":
    asyncio.run(main())
