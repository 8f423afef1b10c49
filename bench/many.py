"""Ten times the sources, ten times the cost? Gathering 1,000 beside 10,000."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from bench import gather, measure
from bench.measure import BenchError, Cost, python, run
from bench.table import Report, Row

FULL = (1_000, 10_000)
QUICK = (200, 2_000)
HOSTS = 500
PER_FEED = 3
"""Entries of each feed: what counts here is the number of sources."""
TARGET = 1.3
"""A source more may cost so much more at the larger number."""


def bench(*, quick: bool) -> Report:
    """Measure both; raises BenchError if the desk cannot be run."""
    few, many = QUICK if quick else FULL
    measure.compile_ahead()
    small, large = _cost(few), _cost(many)
    rows = [
        Row(
            name=f"{phase}: CPU a source at {many:,} and {few:,}",
            ours=1000 * large[phase].cpu / many,
            other=1000 * small[phase].cpu / few,
            other_name=f"at {few:,}",
            unit="ms",
            target=TARGET,
        )
        for phase in small
    ]
    notes = [
        f"{phase}: {many:,} sources {large[phase].wall:.1f} s wall,"
        f" {large[phase].memory:.0f} MB"
        for phase in small
    ]
    return Report(name="many", rows=tuple(rows), notes=tuple(notes))


def _cost(feeds: int) -> dict[str, Cost]:
    size = gather.Size(feeds=feeds, hosts=min(HOSTS, feeds), rounds=1)
    found: dict[str, Cost] = {}
    with (
        gather.serving(size, per_feed=PER_FEED) as server,
        TemporaryDirectory(prefix="bench-") as name,
    ):
        config = Path(name) / "config.toml"
        config.write_text(gather.settings(list(server.told["feeds"])), "utf-8")
        command = python(
            "-m", "syndicate", "-c", str(config), "gather", "--all", "--json"
        )
        for phase in ("first gather", "nothing changed"):
            ran = run(command, allowed=(0, 1))
            failed = [one["error"] for one in ran.told() if one["error"]]
            if failed:
                raise BenchError(f"{phase}: {len(failed)} failed, first {failed[0]}")
            found[phase] = ran.cost
    return found
