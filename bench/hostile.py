"""Gathering from 300 hosts, 50 of which do us ill: how long, how much, what is lost.

The limits are our own: the time that one request may take and five seconds more, and
200 MB for all of our processes together. Every feed that can be read must be read.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import measure
from bench.gather import settings
from bench.measure import BenchError, Cost, python, run
from bench.table import Report, Row

MEMORY = 200.0
"""Megabytes."""
MORE = 5.0
"""Seconds beyond the limit of one request."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many feeds, and how many seconds one request may take in all."""

    feeds: int
    total: int
    rounds: int


FULL = Size(feeds=300, total=60, rounds=1)
QUICK = Size(feeds=300, total=10, rounds=1)


def bench(*, quick: bool) -> Report:
    """Measure; raises BenchError if the desk cannot be run."""
    if sys.platform != "linux":
        raise BenchError("only Linux answers on all of 127.0.0.0/8")
    size = QUICK if quick else FULL
    measure.compile_ahead()
    costs: list[Cost] = []
    wrong: list[str] = []
    notes: list[str] = []
    with serving(size.feeds) as told:
        for _ in range(size.rounds):
            with TemporaryDirectory(prefix="bench-") as folder:
                cost, visits, kept = _gather(Path(folder), told, size.total)
            costs.append(cost)
            wrong += _lost(told, visits, kept)
            notes = _notes(told, visits, kept)
    cost = measure.middle(costs)
    limit = size.total + MORE
    rows = (
        Row(
            name=f"{size.feeds} feeds, {len(told['hostile'])} hostile: wall",
            ours=cost.wall,
            other=limit,
            other_name="request's limit + 5 s",
            unit="s",
            target=1.0,
        ),
        Row(
            name="memory, all processes",
            ours=cost.memory,
            other=MEMORY,
            other_name="limit",
            unit="MB",
            target=1.0,
        ),
    )
    return Report(name="hostile", rows=rows, notes=tuple(notes), wrong=tuple(wrong))


@contextmanager
def serving(feeds: int) -> Iterator[dict[str, Any]]:
    """Start the hosts; they end with their input."""
    process = subprocess.Popen(
        python("-m", "bench.hostile_server", f"--feeds={feeds}"),
        cwd=measure.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            line = process.stdout.readline()  # type: ignore[union-attr]  # a pipe
            if not line:
                raise BenchError("the server of the hostile hosts has ended")
            yield json.loads(line)
        finally:
            process.stdin.close()  # type: ignore[union-attr]  # a pipe
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _gather(
    folder: Path, told: Mapping[str, Any], total: int
) -> tuple[Cost, list[dict[str, Any]], int]:
    urls = sorted([*told["good"], *told["hostile"]])
    limits = f'total_timeout = "{total}s"\nread_timeout = "{min(total, 20)}s"'
    text = settings(urls).replace("[gather]", f"[gather]\n{limits}")
    config = folder / "config.toml"
    config.write_text(text, "utf-8")
    command = python("-m", "syndicate", "-c", str(config), "gather", "--all", "--json")
    ran = run(command, allowed=(0, 1))
    with closing(sqlite3.connect(folder / "desk.db")) as connection:
        kept = connection.execute("SELECT count(*) FROM entries").fetchone()[0]
    urls_of = {f"s{number}": url for number, url in enumerate(urls)}
    visits = [one | {"url": urls_of[one["source"]]} for one in ran.told()]
    return ran.cost, visits, kept


def _lost(
    told: Mapping[str, Any], visits: list[dict[str, Any]], kept: int
) -> Iterator[str]:
    failed = [one for one in visits if one["error"] and one["url"] in told["good"]]
    if failed:
        first = failed[0]["error"]
        yield f"{len(failed)} of {len(told['good'])} good feeds were lost: {first}"
    total = sum(told["good"].values())
    if kept < total:
        yield f"{kept} entries of {total} were kept"


def _notes(
    told: Mapping[str, Any], visits: list[dict[str, Any]], kept: int
) -> list[str]:
    said: Counter[tuple[str, str]] = Counter()
    for visit in visits:
        if visit["url"] in told["hostile"]:
            why = visit["error"].removeprefix(f"{visit['url']}: ")[:70]
            said[told["hostile"][visit["url"]], why or "read"] += 1
    notes = [f"{kept} entries kept of {sum(told['good'].values())} in good feeds"]
    notes += [f"{what} ({n}): {why}" for (what, why), n in sorted(said.items())]
    return notes
