"""Does the price of a new text grow with what is stored?

There is no rival here: the floor is what the same texts cost in a small store.
"""

from __future__ import annotations

from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from bench import measure
from bench.measure import python, run
from bench.table import Report, Row

TARGET = 1.5
"""CPU per text, large store over small."""


@dataclass(frozen=True, slots=True)
class Size:
    """Entries in the store, texts that are asked for, and how often."""

    small: int
    large: int
    probes: int
    rounds: int


FULL = Size(small=10_000, large=50_000, probes=200, rounds=3)
QUICK = Size(small=2_000, large=10_000, probes=100, rounds=1)


def bench(*, quick: bool) -> Report:
    """Measure; raises BenchError if the process fails."""
    size = QUICK if quick else FULL
    measure.compile_ahead()
    with TemporaryDirectory(prefix="bench-") as folder:
        numbers = (size.small, size.large, size.probes, size.rounds)
        ran = run(python("-m", "bench.probe", folder, *map(str, numbers)))
    return report(size, ran.told())


def report(size: Size, told: dict[str, Any]) -> Report:
    """Return the report on what ``bench.probe`` told."""
    small, large = told["small"], told["large"]
    rows = tuple(
        Row(
            name=f"{name}, {size.large:,} stored",
            ours=large[key],
            other=small[key],
            other_name=f"at {size.small:,}",
            unit="ms",
            target=target,
        )
        for name, key, target in (
            ("a new text", "ms", TARGET),
            ("of it candidates", "looking", None),
            ("of it decision", "deciding", None),
        )
    )
    return Report(
        name="dedupe",
        rows=rows,
        notes=(
            f"CPU per text over {size.probes} texts, median of {size.rounds}",
            *(
                f"{stored:,} stored: {each['found']:.0f} copies found,"
                f" {each['missed']:.0f} missed, {each['wrong']:.0f} found that are none"
                for stored, each in ((size.small, small), (size.large, large))
            ),
        ),
        # Finding nothing is cheap, and no achievement.
        wrong=tuple(
            f"{stored:,} stored: most copies were not found"
            for stored, each in ((size.small, small), (size.large, large))
            if each["missed"] > each["found"]
        ),
    )
