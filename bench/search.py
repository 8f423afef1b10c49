"""Does the price of a search grow with what is stored, and who finds more?

The floor is what the same questions cost in a small store; beside it stand FTS5 as it
comes, and LIKE, asked for the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from bench import measure
from bench.measure import python, run
from bench.table import Report, Row

COMMON_MS, RARE_MS = 30.0, 5.0
"""What a question may take, of words that many texts have, and that few have."""
RARE = ("a document's number", "no text has it")
GROWTH = 1.5
"""CPU to index one text, large store over small."""


@dataclass(frozen=True, slots=True)
class Size:
    """Entries in the store, questions of a kind, and how often each is asked."""

    small: int
    large: int
    queries: int
    rounds: int


FULL = Size(small=10_000, large=100_000, queries=100, rounds=3)
QUICK = Size(small=1_000, large=10_000, queries=40, rounds=2)


def bench(*, quick: bool) -> Report:
    """Measure; raises BenchError if the process fails."""
    size = QUICK if quick else FULL
    measure.compile_ahead()
    with TemporaryDirectory(prefix="bench-") as folder:
        numbers = (size.small, size.large, size.queries, size.rounds)
        ran = run(python("-m", "bench.searching", folder, *map(str, numbers)))
    return report(size, ran.told())


def report(size: Size, told: dict[str, Any]) -> Report:
    """Return the report on what ``bench.searching`` told."""
    asked, index = told["asked"], told["index"]
    ours = asked["large"]
    rows = [
        Row(
            name=f"index a text, {size.large:,} stored",
            ours=index["large"],
            other=index["small"],
            other_name=f"at {size.small:,}",
            unit="ms",
            target=GROWTH,
        )
    ]
    for name, figures in ours.items():
        limit = RARE_MS if name in RARE else COMMON_MS
        rows += [
            Row(
                name=f"{name}, {size.large:,} stored",
                ours=figures["ms"],
                other=limit,
                other_name="limit",
                unit="ms",
                target=1.0,
            ),
            Row(
                name=f"{name}, beside FTS5 as it comes",
                ours=figures["ms"],
                other=asked["fts5"][name]["ms"],
                other_name="FTS5",
                unit="ms",
            ),
        ]
    notes = [
        f"{name}: found {100 * figures['found']:.0f} % of what was meant on the first"
        f" page, FTS5 {100 * asked['fts5'][name]['found']:.0f} %,"
        f" LIKE {100 * asked['like'][name]['found']:.0f} %"
        f" in {asked['like'][name]['ms']:.0f} ms; at worst {figures['worst']:.1f} ms"
        for name, figures in ours.items()
    ]
    wrong = tuple(
        f"{name}: not everything was found"
        for name, figures in ours.items()
        if figures["found"] < 0.95
    )
    return Report(name="search", rows=tuple(rows), notes=tuple(notes), wrong=wrong)
