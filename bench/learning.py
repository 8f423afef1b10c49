"""Our learner for ``bench.topics``: taught one half, asked for the other.

``python -m bench.learning ARTICLES SEED SIZE…`` prints what it found, as JSON.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from typing import Any

from syndicate.categorise.features import Example, example_of
from syndicate.categorise.learned import Guess, Learner, study
from syndicate.categorise.phrases import Phrases
from syndicate.model import Entry
from syndicate.pipeline.learning import Taught, learner_of, teach
from syndicate.store import Database, learned

CHARACTERS = 300
SURE = 0.9
FURTHER = 25
"""Decisions that are made one by one, on whole articles, after all others."""
NOBODY = Phrases(())
Article = dict[str, str]


def main() -> None:
    """Print the figures of one half."""
    seed, sizes = int(sys.argv[2]), list(map(int, sys.argv[3:]))
    decided, others = halves(articles(Path(sys.argv[1])), seed)
    found: dict[str, Any] = {"error": {}, "learning": {}}
    guesses: list[tuple[Guess, ...]] = []
    for size in sizes:
        began = time.process_time()
        learner = _learner(decided[:size])
        found["learning"][str(size)] = time.process_time() - began
        examples = [_read(one, CHARACTERS) for one in others]
        began = time.process_time()
        guesses = [learner.guess(one, learner.counts) for one in examples]
        found["guess"] = 1_000 * (time.process_time() - began) / len(others)
        said = [told[0].category if told else "" for told in guesses]
        found["error"][str(size)] = error([one["topic"] for one in others], said)
    found |= _certain(others, guesses)
    found |= _kept(decided, others)
    print(json.dumps(found))


def articles(path: Path) -> list[Article]:
    """Return every article: title, text (which repeats the title) and topic."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def halves(rows: Sequence[Article], seed: int) -> tuple[list[Article], list[Article]]:
    """Return two halves that ``seed`` has drawn."""
    order = list(rows)
    random.Random(seed).shuffle(order)
    half = len(order) // 2
    return order[:half], order[half:]


def parts(row: Article, characters: int | None) -> tuple[str, str]:
    """Return the title, and so much of what follows it."""
    text = row["text"][len(row["title"]) :].strip()
    return row["title"].strip(), text[:characters]


def error(wanted: Sequence[str], said: Sequence[str]) -> float:
    """What macro-F1 lacks to 100 %."""
    right = Counter(one for one, two in zip(wanted, said, strict=True) if one == two)
    count = Counter(wanted) + Counter(said)
    return 100 * (1 - fmean(2 * right[one] / count[one] for one in set(wanted)))


def _learner(decided: Sequence[Article]) -> Learner:
    learner = Learner()
    study(
        learner,
        (
            (at, _read(one, CHARACTERS), (one["topic"],))
            for at, one in enumerate(decided)
        ),
    )
    return learner


def _read(row: Article, characters: int | None) -> Example:
    return example_of(_entry(row, characters), NOBODY)


def _entry(row: Article, characters: int | None) -> Entry:
    title, text = parts(row, characters)
    return Entry(source="a", url="https://a.example/1", title=title, text=text)


def _certain(
    others: Sequence[Article], guesses: Sequence[tuple[Guess, ...]]
) -> dict[str, float]:
    """How many are sure and right, and how many are covered at 95 % precision."""
    told = [
        (guess[0].confidence, guess[0].category == one["topic"])
        for guess, one in zip(guesses, others, strict=True)
        if guess
    ]
    sure = [right for confidence, right in told if confidence >= SURE]
    covered = right = 0
    for count, (_, is_right) in enumerate(sorted(told, reverse=True), 1):
        right += is_right
        covered = count if right >= 0.95 * count else covered
    return {
        "sure": len(sure) / len(others),
        "right": fmean(sure) if sure else 1.0,
        "coverage": covered / len(others),
    }


def _kept(decided: Sequence[Article], others: Sequence[Article]) -> dict[str, float]:
    """What the store takes: CPU milliseconds, and bytes."""
    taught = [
        Taught(entry_id=at, entry=_entry(row, None), categories=(row["topic"],))
        for at, row in enumerate([*decided, *others], 1)
    ]
    first, further = taught[: len(decided) // 3], taught[len(decided) :][:FURTHER]
    with (
        TemporaryDirectory(prefix="bench-") as folder,
        Database.open(f"sqlite:///{folder}/desk.db") as database,
    ):
        with database.write() as connection:
            teach(connection, first, NOBODY)
        took = []
        for one in further:
            began = time.process_time()
            with database.write() as connection:
                teach(connection, [one], NOBODY)
            took.append(time.process_time() - began)
        with database.read() as connection:
            began = time.process_time()
            learner = learner_of(connection)
            load = time.process_time() - began
            keys = learned.next_keys(connection, 0, len(taught))
            each = learned.decisions(connection, keys).values()
    lines = sum(len(line) * line.itemsize for line in learner.lines.weights.values())
    spread = learner.lines.spread
    return {
        "update": 1_000 * median(took),
        "load": 1_000 * load,
        "state": lines + len(spread) * spread.itemsize,
        "each": fmean(map(len, each)),
    }


if __name__ == "__main__":
    main()
