"""What a new entry costs when thousands, or a million, are stored.

``python -m bench.growth FOLDER SIZE…`` files entries as gathering does, 300 in one
transaction, over a year and more of news, and prints a line of JSON at each size: what
each of the last ones cost to prepare and to file with its commit, and what it costs
to look one up. A tenth are copies of something of the last days.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bench.stock import MOMENT, entry
from bench.telling import desk_for
from bench.texts import Text, article, copied
from syndicate.dedupe.gist import unpacked
from syndicate.model import Entry
from syndicate.pipeline.eventing import Telling, find_events
from syndicate.pipeline.filing import Filing, file_entries
from syndicate.pipeline.placing import LIKENESS_WINDOW
from syndicate.pipeline.preparing import Prepared, prepare
from syndicate.store import Database, entries

SOURCES = 50
TOGETHER = 300
"""Entries of one transaction."""
LAST = 3_000
"""Entries before each size whose cost is told."""
ASKED = 200
A_DAY = 3_000
COPIES = 10
_RECENT = 6_000
"""Entries back, within which something is copied."""


def told(number: int) -> Entry:
    """Return the entry of that number; entries are numbered as they come."""
    rng = Random(f"grown:{number}")
    copies = number > COPIES and rng.randrange(COPIES) == 0
    text = (
        copied(rng, _text(rng.randrange(max(1, number - _RECENT), number)))
        if copies
        else _text(number)
    )
    at = published(number)
    made = entry(text, number, f"s{number % SOURCES}")
    assert made.published is not None
    dated = replace(made.published, value=at)
    return replace(made, html="", published=dated, dates=(dated,))


def _text(number: int) -> Text:
    rng = Random(f"text:{number}")
    return article(rng, size=rng.randint(600, 2_400))


def published(number: int) -> datetime:
    """Return when the entry of that number came out."""
    return MOMENT + timedelta(days=number / A_DAY)


def grow(
    database: Database, desk: Filing, numbers: range
) -> Iterator[tuple[int, float, float, float]]:
    """File entries; yield (how many, preparing, filing and waiting) for each write.

    The first two are CPU seconds, the last is seconds by the clock.
    """
    for start in range(numbers.start, numbers.stop, TOGETHER):
        some = range(start, min(start + TOGETHER, numbers.stop))
        made = [told(number) for number in some]
        began = time.process_time()
        ready = [prepare(one, desk.sources[one.source], desk.rules) for one in made]
        between = time.process_time()
        clock = time.monotonic()
        with database.write() as connection:
            for document in _documents(ready):
                file_entries(connection, document, desk, now=published(some.stop))
        waited = time.monotonic() - clock
        yield len(some), between - began, time.process_time() - between, waited


def _documents(ready: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    for source in sorted({one.entry.source for one in ready}):
        yield [one for one in ready if one.entry.source == source][::-1]


def ask(database: Database, desk: Filing, size: int) -> dict[str, float]:
    """Return CPU milliseconds to find what a text may repeat, or tell the event of."""
    made = [told(size + number) for number in range(ASKED)]
    ready = [prepare(one, desk.sources[one.source], desk.rules) for one in made]
    copies = events = 0.0
    since = published(size) - LIKENESS_WINDOW
    with database.write() as connection:
        for one in ready:
            began = time.process_time()
            entries.sharing(connection, one.sample, since=since, limit=8)
            between = time.process_time()
            gist = unpacked(one.gist)
            find_events(
                connection, [Telling(0, -1, gist)], desk.words, desk.events_within
            )
            copies += between - began
            events += time.process_time() - between
        connection.rollback()
    return {"copies": 1000 * copies / ASKED, "events": 1000 * events / ASKED}


def main() -> None:
    """Read the arguments, and grow to each size."""
    folder, *sizes = sys.argv[1:]
    path = Path(folder) / "grown.db"
    desk = desk_for(SOURCES, events=True)
    before = 0
    with Database.open(f"sqlite:///{path}") as database:
        for size in map(int, sizes):
            turns = list(grow(database, desk, range(before, size)))
            last = turns[-(LAST // TOGETHER) :]
            count = sum(turn[0] for turn in last)
            parts = ("preparing", "filing", "waiting")
            spent = {
                name: 1000 * sum(turn[1 + at] for turn in last) / count
                for at, name in enumerate(parts)
            }
            files = sum(each.stat().st_size for each in Path(folder).glob("grown.db*"))
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
            line = {"size": size, **spent, **ask(database, desk, size)}
            print(
                json.dumps(line | {"bytes": files / size, "memory": memory}), flush=True
            )
            before = size


if __name__ == "__main__":
    main()
