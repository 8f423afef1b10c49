"""Publishing beside plain feedgen.

A long feed, a feed for every category and every source: all formats into an empty
folder, again with nothing changed, and after one more story. feedgen builds the same
feeds as RSS and Atom; ours also writes JSON Feed, pages, OPML and a .gz of each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench import measure
from bench.measure import Cost, python, run
from bench.table import Report, Row


@dataclass(frozen=True, slots=True)
class Size:
    """How much is published, and how often each program is run."""

    stories: int
    categories: int
    limit: int
    """Entries of the long feed."""
    rounds: int


FULL = Size(stories=1_500, categories=60, limit=500, rounds=3)
QUICK = Size(stories=400, categories=20, limit=200, rounds=1)
FULL_TARGET = 1.5
"""CPU of a full build, over feedgen's two documents; ours are five, each packed."""
XML_TARGET = 1.0
"""CPU of RSS and Atom, over feedgen's: like for like."""
AGAIN_TARGET = 1.0
"""CPU with nothing changed, over our own full build."""
_FEEDS = "feeds"


def bench(*, quick: bool) -> Report:
    """Measure; raises BenchError if a program fails."""
    size = QUICK if quick else FULL
    measure.compile_ahead()
    costs: dict[str, list[Cost]] = {}
    lasting: list[dict[str, float]] = []
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        config = folder / "config.toml"
        config.write_text(settings(size), "utf-8")
        dump = str(folder / "dump.json")
        run([*_stock(config), f"--stories={size.stories}", f"--dump={dump}"])
        for turn in range(size.rounds):
            more = size.stories + 2 * turn
            building = _round(folder, config, dump, more, costs)
            rmtree(folder / _FEEDS)
            again = run(python("-m", "bench.lasting", str(config), str(more + 1)))
            lasting.append(again.told() | {"feedgen": building})
        documents = sum(1 for file in (folder / _FEEDS).rglob("*") if file.is_file())
    return _report(size, costs, lasting, documents)


def _round(
    folder: Path, config: Path, dump: str, more: int, costs: dict[str, list[Cost]]
) -> float:
    """Run every program once; return what feedgen's building alone cost."""
    command = python("-m", "syndicate", "-c", str(config), "publish", "--json")

    def measured(name: str, argv: list[str]) -> dict[str, Any]:
        ran = run(argv)
        costs.setdefault(name, []).append(ran.cost)
        return ran.told()

    rmtree(folder / _FEEDS, ignore_errors=True)
    rmtree(folder / "rival", ignore_errors=True)
    build = python("-m", "bench.rivals.build_feedgen", dump, str(folder / "rival"))
    measured("full", command)
    building: float = measured("feedgen", build)["building"]
    again = measured("nothing", command)
    if again["changed"]:
        raise measure.BenchError(f"written though nothing changed: {again['changed']}")
    run([*_stock(config), f"--more={more}"])
    measured("one", command)
    return building


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
        f'[[feed]]\nkey = "dai"\ntitle = "Dài"\nlimit = {size.limit}',
    ]
    return "\n\n".join(lines) + "\n"


def _stock(config: Path) -> list[str]:
    return python("-m", "bench.stock", str(config))


def _report(
    size: Size,
    costs: dict[str, list[Cost]],
    lasting: list[dict[str, float]],
    documents: int,
) -> Report:
    cost = {name: measure.middle(each) for name, each in costs.items()}
    kept = {name: median(each[name] for each in lasting) for name in lasting[0]}
    full, feedgen = cost["full"], cost["feedgen"]

    def row(name: str, figure: Callable[[Cost], float], other: Cost, than: str) -> Row:
        which = name.partition(":")[0]
        keys = {"full build": "full", "nothing changed": "nothing"}
        ours = figure(cost[keys.get(which, "one")])
        unit = "MB" if name.endswith("memory") else "s"
        return Row(
            name=name, ours=ours, other=figure(other), other_name=than, unit=unit
        )

    return Report(
        name="publish",
        rows=(
            Row(
                name="full build: CPU",
                ours=full.cpu,
                other=feedgen.cpu,
                other_name="feedgen",
                unit="s",
                target=FULL_TARGET,
            ),
            row("full build: wall", lambda one: one.wall, feedgen, "feedgen"),
            row("full build: memory", lambda one: one.memory, feedgen, "feedgen"),
            Row(
                name="nothing changed: CPU",
                ours=cost["nothing"].cpu,
                other=full.cpu,
                other_name="full build",
                unit="s",
                target=AGAIN_TARGET,
            ),
            row("one new story: CPU", lambda one: one.cpu, full, "full build"),
            Row(
                name="RSS and Atom alone, no start: CPU",
                ours=kept["xml"],
                other=kept["feedgen"],
                other_name="feedgen",
                unit="s",
                target=XML_TARGET,
            ),
            *(
                Row(
                    name=f"{name}, same process: CPU",
                    ours=kept[key],
                    other=kept["full"],
                    other_name="full build",
                    unit="s",
                )
                for name, key in (("nothing changed", "nothing"), ("one new", "one"))
            ),
        ),
        notes=(
            f"{size.stories} stories, {size.categories} categories, a feed of"
            f" {size.limit}; {documents} files of ours; median of {size.rounds}",
            "ours also writes JSON Feed, pages, OPML and a .gz of each, fsynced",
        ),
    )
