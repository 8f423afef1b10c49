"""Publishing beside plain feedgen, and beside itself.

A desk with a feed for every category and a long one: all documents into an empty
folder, again with nothing changed, and after one new story that five categories carry.
feedgen builds the same feeds as RSS and Atom; ours are JSON Feed, archives, a page for
each story, each day and each feed, sitemaps, OPML and a .gz of each, too, fsynced.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench import measure
from bench.measure import Cost, python, run
from bench.table import Report, Row
from bench.turns import LONG, TOUCHED


@dataclass(frozen=True, slots=True)
class Size:
    """How much is published, and how often each program is run."""

    stories: int
    categories: int
    limit: int
    """Entries of the long feed."""
    rounds: int
    kept: tuple[int, int] = (0, 0)
    """Stories of two desks that differ in nothing else; (0, 0): none."""


FULL = Size(stories=3_000, categories=300, limit=500, rounds=3, kept=(1_000, 10_000))
QUICK = Size(stories=1_200, categories=150, limit=500, rounds=1)
LONG_TARGET = 0.05
"""CPU of the long feed's RSS and Atom after one new story, over feedgen's."""
TOUCHED_TARGET = 0.05
"""CPU of a whole run after one new story, over our own full build."""
XML_TARGET = 1.0
"""CPU of RSS and Atom and their gz, nothing kept, over feedgen's and gzip's."""
GROWTH_TARGET = 1.5
"""CPU with nothing changed, ten times as many stories over as many."""
AGAIN_TARGET = 1.0
"""CPU of the command with nothing changed, over that of our own full build."""
_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "200000000", "MALLOC_MMAP_THRESHOLD_": "200000000"}
"""For both programs alike: memory that is free is not handed back to the kernel.

Without it, half of what a document of two megabytes costs us, and little of what it
costs feedgen, is the kernel's giving the same memory again, on virtual machines most.
"""
_FEEDS, _STORE = "feeds", "desk.db"


@dataclass(slots=True)
class _Found:
    """What was measured: of processes, and within one."""

    cost: dict[str, list[Cost]] = field(default_factory=dict)
    turns: list[dict[str, float]] = field(default_factory=list)
    nothing: tuple[float, float] = (0.0, 0.0)

    def middle(self, name: str) -> Cost:
        return measure.middle(self.cost[name])

    def turn(self, name: str) -> float:
        return median(turn[name] for turn in self.turns)


def bench(*, quick: bool) -> Report:
    """Measure; raises BenchError if a program fails."""
    size = QUICK if quick else FULL
    measure.compile_ahead()
    found = _Found()
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        config = _desk(folder, size, size.stories)
        shutil.copy(folder / _STORE, folder / "stocked.db")
        for _turn in range(size.rounds):
            _round(folder, config, size, found)
        if size.kept[1]:
            small, large = (_idle(folder / f"{n}", size, n) for n in size.kept)
            found.nothing = (small, large)
    return _report(size, found)


def _desk(folder: Path, size: Size, stories: int) -> Path:
    """Stock a desk; return its config.toml."""
    folder.mkdir(exist_ok=True)
    config = folder / "config.toml"
    config.write_text(settings(size), "utf-8")
    run(python("-m", "bench.stock", str(config), f"--stories={stories}"))
    return config


def _afresh(folder: Path) -> None:
    """Go back to a desk that has stories, and has published nothing."""
    shutil.rmtree(folder / _FEEDS, ignore_errors=True)
    for file in folder.glob(f"{_STORE}*"):
        file.unlink()
    shutil.copy(folder / "stocked.db", folder / _STORE)


def _round(folder: Path, config: Path, size: Size, found: _Found) -> None:
    """Run every program once."""
    command = python("-m", "syndicate", "-c", str(config), "publish", "--json")
    number, dump = str(size.stories), folder / "dump.json"

    def measured(name: str, argv: Sequence[str]) -> Any:
        ran = run(argv, more=_MEMORY)
        found.cost.setdefault(name, []).append(ran.cost)
        return ran.told()

    _afresh(folder)
    turns = python("-m", "bench.turns", str(config), number, f"--dump={dump}")
    turn = run(turns, more=_MEMORY).told()
    shutil.rmtree(folder / "rival", ignore_errors=True)
    build = python("-m", "bench.rivals.build_feedgen", str(dump), f"{folder}/rival")
    told = measured("feedgen", build)
    long = told["feeds"][LONG]
    packed = long + told["packing"][LONG]
    whole = told["building"] + sum(told["packing"].values())
    more = {"feedgen": whole, "feedgen long": long, "feedgen packed": packed}
    found.turns.append(turn | more)
    _afresh(folder)
    measured("full", command)
    again = measured("nothing", command)
    if again["changed"]:
        raise measure.BenchError(f"written though nothing changed: {again['changed']}")
    run(python("-m", "bench.stock", str(config), f"--more={number}"))
    measured("one", command)


def _idle(folder: Path, size: Size, stories: int) -> float:
    """Return the CPU of publishing when nothing has changed since."""
    config = _desk(folder, size, stories)
    told = run(python("-m", "bench.turns", str(config), str(stories), "--rounds=1"))
    nothing: float = told.told()["nothing"]
    shutil.rmtree(folder)
    return nothing


def settings(size: Size) -> str:
    """Return the config.toml of a desk with so many categories."""
    lines = [
        '[site]\ntitle = "Bench"\nbase_url = "http://127.0.0.1:8000"',
        '[store]\nurl = "sqlite:///desk.db"',
        *(
            f'[[source]]\nkey = "s{number}"\ntitle = "Trang {number}"\nkind = "feed"\n'
            f'url = "https://s{number}.example/rss"\nrights = "full"'
            for number in range(4)
        ),
        *(
            f'[category.c{number}]\ntitle = "Chủ đề {number}"\nstrong = ["từ {number}"]'
            for number in range(size.categories)
        ),
        f'[[feed]]\nkey = "{LONG}"\ntitle = "Dài"\nlimit = {size.limit}',
    ]
    return "\n\n".join(lines) + "\n"


def _report(size: Size, found: _Found) -> Report:
    full, feedgen = found.middle("full"), found.middle("feedgen")
    one, nothing = found.middle("one"), found.middle("nothing")
    turn = found.turn
    own = "full build"
    rows = [
        _row(
            f"feed of {size.limit} after one new story: CPU",
            1000 * turn("long"),
            1000 * turn("feedgen long"),
            target=LONG_TARGET,
            unit="ms",
        ),
        _row(
            "the same, both documents packed, too: CPU",
            1000 * turn("long packed"),
            1000 * turn("feedgen packed"),
            unit="ms",
        ),
        _row(
            f"{size.categories} feeds, one new in {TOUCHED}, same process: CPU",
            turn("one"),
            turn("full"),
            other_name=own,
            target=TOUCHED_TARGET,
        ),
        _row(
            "RSS and Atom, packed, nothing kept, no start: CPU",
            turn("xml"),
            turn("feedgen"),
            target=XML_TARGET,
        ),
        _row(
            "nothing changed, same process: CPU",
            turn("nothing"),
            turn("full"),
            other_name=own,
        ),
        _row(
            "nothing changed, command: CPU",
            nothing.cpu,
            full.cpu,
            other_name=own,
            target=AGAIN_TARGET,
        ),
        _row("one new story, command: CPU", one.cpu, full.cpu, other_name=own),
        _row("full build, command: CPU", full.cpu, feedgen.cpu),
        _row("full build, command: wall", full.wall, feedgen.wall),
        _row("full build, command: memory", full.memory, feedgen.memory, unit="MB"),
    ]
    if size.kept[1]:
        small, large = found.nothing
        rows.append(
            _row(
                f"nothing changed, {size.kept[1]:,} stories: CPU",
                1000 * large,
                1000 * small,
                other_name=f"{size.kept[0]:,}",
                target=GROWTH_TARGET,
                unit="ms",
            )
        )
    return Report(
        name="publish",
        rows=tuple(rows),
        notes=(
            "with memory that is not handed back (MALLOC_*), both alike",
            f"{size.stories} stories, {size.categories} categories, a feed of"
            f" {size.limit}; {turn('files'):.0f} documents of ours at first,"
            f" {turn('changed'):.0f} after one new story; median of {size.rounds}",
            "ours are JSON Feed, archives, pages, sitemaps, OPML, and a .gz of each,"
            " fsynced",
        ),
    )


def _row(
    name: str,
    ours: float,
    other: float,
    *,
    other_name: str = "feedgen",
    target: float | None = None,
    unit: str = "s",
) -> Row:
    return Row(
        name=name,
        ours=ours,
        other=other,
        other_name=other_name,
        unit=unit,
        target=target,
    )
