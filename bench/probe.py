"""What it costs to find out whether we have a text already, as the store grows.

``python -m bench.probe FOLDER SMALL LARGE PROBES ROUNDS`` fills a store to SMALL
entries, asks for PROBES new texts (a fifth of them copies), fills on to LARGE, asks
the same again, and prints CPU milliseconds per text.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median

from bench.stock import MOMENT, entry
from bench.texts import article, copied
from syndicate.dedupe.decide import Repeat, place
from syndicate.dedupe.keys import identity_keys, story_keys
from syndicate.dedupe.wording import body_of, wording
from syndicate.model import Bond, Entry, Relation
from syndicate.store import Database, entries, stories

BATCH = 500
"""Entries of one transaction, while the store is filled."""
COPIES = 5
"""One in so many texts that are asked for is a copy."""
WINDOW = timedelta(days=60)


def stored(number: int) -> Entry:
    """Return the entry of that number."""
    rng = Random(f"stored:{number}")
    text = article(rng, size=rng.randint(900, 3_000))
    return entry(text, number, f"s{number % 50}")


def fill(database: Database, numbers: range) -> None:
    """Keep an entry, with a story of its own, for each number."""
    for start in range(numbers.start, numbers.stop, BATCH):
        with database.write() as connection:
            for number in range(start, min(start + BATCH, numbers.stop)):
                one = stored(number)
                entries.add(
                    connection,
                    one,
                    story=stories.create(connection, f"story{number}", MOMENT),
                    bond=Bond(relation=Relation.FIRST),
                    keys=identity_keys(one),
                    shingles=wording(body_of(one)).sample,
                    now=MOMENT,
                    backlog=False,
                )


def probes(count: int, small: int) -> Iterator[tuple[Entry, bool]]:
    """Yield texts to ask for, and whether each is a copy of one of the first."""
    for number in range(count):
        rng = Random(f"probe:{number}")
        is_copy = number % COPIES == 0
        source = Random(f"stored:{rng.randrange(small)}")
        text = (
            copied(rng, article(source, size=source.randint(900, 3_000)))
            if is_copy
            else article(rng, size=rng.randint(900, 3_000))
        )
        yield entry(text, number, "probe"), is_copy


def ask(database: Database, asked: Sequence[tuple[Entry, bool]]) -> dict[str, float]:
    """Return milliseconds per text, in all and in parts, and how many were right."""
    wording.cache_clear()
    looking = deciding = 0.0
    found = missed = wrong = 0
    with database.read() as connection:
        for one, is_copy in asked:
            began = time.process_time()
            sample = wording(body_of(one)).sample
            exact = entries.anywhere(connection, story_keys(one))
            alike = entries.sharing(connection, sample, since=MOMENT - WINDOW)
            between = time.process_time()
            placing = place(one, exact, [each for _, each in alike])
            ended = time.process_time()
            looking, deciding = looking + between - began, deciding + ended - between
            repeats = isinstance(placing, Repeat)
            found += repeats and is_copy
            missed += is_copy and not repeats
            wrong += repeats and not is_copy
    each = 1000 / len(asked)
    return {
        "ms": (looking + deciding) * each,
        "looking": looking * each,
        "deciding": deciding * each,
        "found": found,
        "missed": missed,
        "wrong": wrong,
    }


def main() -> None:
    """Read the arguments, fill, ask, fill and ask."""
    folder, *numbers = sys.argv[1:]
    small, large, count, rounds = map(int, numbers)
    asked = list(probes(count, small))
    told: dict[str, dict[str, float]] = {}
    with Database.open(f"sqlite:///{Path(folder) / 'desk.db'}") as database:
        for name, sized in (("small", range(small)), ("large", range(small, large))):
            fill(database, sized)
            turns = [ask(database, asked) for _ in range(rounds)]
            told[name] = {key: median(turn[key] for turn in turns) for key in turns[0]}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
