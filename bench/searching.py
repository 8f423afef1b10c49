"""What it costs to index a text and to find it, as the store grows; and rivals.

``python -m bench.searching FOLDER SMALL LARGE QUERIES ROUNDS`` fills a store to SMALL
entries, indexes them, asks; fills on to LARGE, asks the same of it; and asks two
rivals for the same texts: SQLite's FTS5 as it comes (with marks removed, as far as it
does that), and LIKE. It prints CPU milliseconds, and how many were found.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from bench.stock import MOMENT, entry
from bench.texts import Text, article
from syndicate.model import Bond, Entry, Relation, StoredEntry
from syndicate.store import Database, entries, indexing, search, stories
from syndicate.store.conditions import Narrowing
from syndicate.store.rows import NewRow
from syndicate.text.query import parse

BATCH = 1_000
"""Entries of one transaction, while the store is filled."""
SHOWN = 20
"""Stories of a page."""

Ask = Callable[[str], Sequence[int]]


def stored(number: int) -> Entry:
    """Return the entry of that number, which cites a document of its own."""
    rng = Random(f"sought:{number}")
    text = article(rng, size=rng.randint(600, 2_400))
    cites = f"Theo Quyết định số {number}-QĐ/UBND của tỉnh."
    text = Text(text.title, (*text.paragraphs, cites))
    return entry(text, number, f"s{number % 50}")


def fill(database: Database, numbers: range) -> None:
    """Keep an entry, with a story of its own, for each number; the ids are theirs."""
    for start in range(numbers.start, numbers.stop, BATCH):
        some = range(start, min(start + BATCH, numbers.stop))
        with database.write() as connection:
            new = [(number, f"story{number}") for number in some]
            stories.create_all(connection, new, MOMENT)
            entries.insert_entries(connection, list(map(_row, some)))


def _row(number: int) -> NewRow:
    stored_entry = StoredEntry(
        id=number,
        story=number,
        entry=stored(number),
        bond=Bond(relation=Relation.FIRST),
        seen_at=MOMENT,
        changed_at=MOMENT,
    )
    return NewRow(stored=stored_entry, grams=0, told="")


def index(database: Database) -> float:
    """Index what waits; returns CPU milliseconds per entry."""
    start, done = time.process_time(), 0
    while True:
        with database.write() as connection:
            count = indexing.index_waiting(connection)
        done += count
        if not count:
            return (time.process_time() - start) / max(1, done) * 1_000


def queries(count: int, small: int) -> dict[str, list[tuple[str, int]]]:
    """Return what is asked: (query, number of an entry that has the words; 0: many)."""
    rng = Random("queries")
    numbers = rng.sample(range(1, small), count)
    pieces = [(" ".join(stored(one).title.split()[1:6]), one) for one in numbers]
    common = [" ".join(stored(one).text.split()[20:22]) for one in numbers]
    return {
        "a document's number": [(f"{one} qd ubnd", one) for one in numbers],
        "two common words": [(bare(said), 0) for said in common],
        "five words of a title": pieces,
        "five without marks": [(bare(said), one) for said, one in pieces],
        "five in quotes": [(f'"{said}"', one) for said, one in pieces],
        "no text has it": [(f"qqx{one} {bare(said)}", -1) for said, one in pieces],
    }


def bare(text: str) -> str:
    """Return ``text`` as it is typed on a keyboard without marks."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(one for one in parts if not unicodedata.combining(one))


def ours(database: Database) -> Ask:
    """Return our search: entries of the first page."""

    def ask(said: str) -> Sequence[int]:
        with database.read() as connection:
            hits = search.hits(connection, parse(said), Narrowing())
            return list(islice(_each_once(hit.entry for hit in hits), SHOWN))

    return ask


def _each_once(numbers: Iterator[int]) -> Iterator[int]:
    seen: set[int] = set()
    for one in numbers:
        if one not in seen:
            seen.add(one)
            yield one


def plain_fts5(folder: Path, count: int) -> Ask:
    """Return FTS5 as it comes, which folds what it folds."""
    made = sqlite3.connect(folder / "rival.db")
    made.execute(
        "CREATE VIRTUAL TABLE t USING fts5"
        "(title, body, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    with made:
        for number in range(1, count + 1):
            one = stored(number)
            row = (number, one.title, one.text)
            made.execute("INSERT INTO t (rowid, title, body) VALUES (?, ?, ?)", row)

    def ask(said: str) -> Sequence[int]:
        words = " ".join(f'"{word}"' for word in said.replace('"', "").split())
        query = f"SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT {SHOWN}"
        return [one for (one,) in made.execute(query, (words,))]

    return ask


def like(database: Database) -> Ask:
    """Return LIKE on the texts that are stored."""

    def ask(said: str) -> Sequence[int]:
        words = [f"%{word}%" for word in said.replace('"', "").split()]
        where = " AND ".join(["title || text LIKE ?"] * len(words))
        query = f"SELECT id FROM entries WHERE {where} ORDER BY id DESC LIMIT {SHOWN}"
        with database.read() as connection:
            rows = connection.exec_driver_sql(query, tuple(words)).all()
        return [one for (one,) in rows]

    return ask


def told(ask: Ask, asked: list[tuple[str, int]], rounds: int) -> dict[str, float]:
    """Return the median of CPU milliseconds, the worst, and how many were found."""
    times, found = [], 0
    for said, wanted in asked:
        best = float("inf")
        answer: Sequence[int] = ()
        for _ in range(rounds):
            start = time.process_time()
            answer = ask(said)
            best = min(best, time.process_time() - start)
        times.append(best * 1_000)
        found += wanted in answer if wanted > 0 else bool(answer) is (wanted == 0)
    share = found / len(asked)
    return {"ms": median(times), "worst": max(times), "found": share}


def measured(folder: Path, small: int, large: int, count: int, rounds: int) -> Any:
    """Return all figures, by what was asked."""
    asked = queries(count, small)
    with Database.open(f"sqlite:///{folder}/search.db") as database:
        fill(database, range(1, small + 1))
        costs = {"small": index(database)}
        figures = {
            "small": {
                name: told(ours(database), some, rounds) for name, some in asked.items()
            }
        }
        fill(database, range(small + 1, large + 1))
        costs["large"] = index(database)
        for name, ask in (
            ("large", ours(database)),
            ("fts5", plain_fts5(folder, large)),
        ):
            figures[name] = {
                one: told(ask, some, rounds) for one, some in asked.items()
            }
        # LIKE reads every text: a few questions tell what it takes.
        few = {name: some[:5] for name, some in asked.items()}
        figures["like"] = {
            one: told(like(database), some, 1) for one, some in few.items()
        }
    return {"index": costs, "asked": figures}


if __name__ == "__main__":
    place, *numbers = sys.argv[1:]
    print(json.dumps(measured(Path(place), *map(int, numbers))))
