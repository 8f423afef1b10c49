"""Gathering beside ``reader``, newsboat, sfeed, and feedparser in a bare loop.

Whole processes are measured, three times over one set of portals: when nothing is
known yet, when nothing has changed, and when a twentieth of the feeds has news. The
programs take turns, so that a slow minute of the machine is everybody's.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import measure
from bench.measure import BenchError, Cost, Ran, python, run
from bench.rivals import desktop
from bench.table import Report, Row

PHASES = ("first gather", "nothing changed", "5 % changed")
TARGETS = {
    # CPU and wall, whole processes over reader's
    ("ours", "CPU"): {"first gather": 0.5},
    ("ours", "wall"): {"first gather": 0.25},
    ("kept", "CPU"): {
        "first gather": 0.25,
        "nothing changed": 0.2,
        "5 % changed": 0.2,
    },
}
"""The largest ratio to ``reader`` that is good enough."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is gathered, and how often each program is run."""

    feeds: int
    hosts: int
    rounds: int


FULL = Size(feeds=1000, hosts=500, rounds=3)
QUICK = Size(feeds=100, hosts=50, rounds=1)


class Server:
    """The portals' process, and the line on which it takes orders."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.told = self._hear()

    def ask(self, order: int | None = None) -> dict[str, Any]:
        """Set the revision if one is given; return the counts since the last call."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{'' if order is None else order}\n")
        self._process.stdin.flush()
        self.told = self._hear()
        return self.told

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise BenchError("the server of the portals has ended")
        return json.loads(line)


@contextmanager
def serving(size: Size, per_feed: int = 0) -> Iterator[Server]:
    """Start the portals; they end with their input, or are ended by their number.

    ``per_feed`` cuts each feed to so many entries; 0 leaves it as it is.
    """
    argv = python("-m", "bench.server", f"--feeds={size.feeds}", f"--cut={per_feed}")
    process = subprocess.Popen(
        [*argv, f"--hosts={size.hosts}"],
        cwd=measure.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Server(process)
        finally:
            process.stdin.close()  # type: ignore[union-attr]  # it is a pipe
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


@dataclass(slots=True)
class Run:
    """What one program cost and counted, by phase."""

    costs: dict[str, list[Cost]] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)

    def keep(self, phase: str, ran: Ran, entries: int) -> None:
        """Note a run."""
        self.costs.setdefault(phase, []).append(ran.cost)
        self.entries[phase] = entries


Once = Callable[[Path], tuple[Ran, int, Any]]


@dataclass(frozen=True, slots=True)
class Program:
    """One of those that are compared: how it is run once, and its runs."""

    name: str
    title: str
    once: Once
    run: Run = field(default_factory=Run)


def programs() -> list[Program]:
    """All that can be run here, ours first."""
    found = [
        Program("ours", "ours", _ours),
        Program("kept", "ours, gathered, cleaned and stored", _kept),
        Program("reader", "reader", _reader),
    ]
    if desktop.has_newsboat():
        found.append(Program("newsboat", "newsboat", _newsboat))
    if desktop.has_sfeed():
        found.append(Program("sfeed", "sfeed", _sfeed))
    found.append(Program("loop", "feedparser loop", _loop))
    return found


def bench(*, quick: bool) -> Report:
    """Measure; raises BenchError if a rival is missing or a program fails."""
    if find_spec("reader") is None or find_spec("sgmllib") is None:
        raise BenchError(
            "the rival is not installed: `make bench` installs it, or"
            " `pip install reader sgmllib3k`"
        )
    if sys.platform != "linux":
        raise BenchError("only Linux answers on all of 127.0.0.0/8")
    size = QUICK if quick else FULL
    measure.compile_ahead()
    compared = programs()
    traffic: dict[str, Any] = {}
    expected: dict[str, dict[str, int]] = {}
    with serving(size) as server:
        for _ in range(size.rounds):
            with TemporaryDirectory(prefix="bench-") as folder:
                _round(Path(folder), server, compared, traffic, expected)
    by_name = {program.name: program for program in compared}
    return _report(by_name, size, expected, traffic)


def _round(
    folder: Path,
    server: Server,
    compared: Sequence[Program],
    traffic: dict[str, Any],
    expected: dict[str, dict[str, int]],
) -> None:
    """Run every program in every phase once, on stores of this round's own."""
    server.ask(0)
    urls = list(server.told["feeds"])
    (folder / "urls").write_text("\n".join(urls), "utf-8")
    (folder / "config.toml").write_text(settings(urls), "utf-8")
    for phase in PHASES:
        if phase == "5 % changed":
            server.ask(1)
        expected[phase] = server.told["feeds"]
        for program in compared:
            server.ask()
            ran, entries, said = program.once(folder)
            program.run.keep(phase, ran, entries)
            program.run.said[phase] = said
            traffic[phase, program.name] = server.ask()


def settings(urls: list[str]) -> str:
    """Return the config.toml of a desk that gathers from ``urls``."""
    lines = [
        '[site]\ntitle = "Bench"\nbase_url = "http://127.0.0.1:8000"',
        '[store]\nurl = "sqlite:///desk.db"',
        '[gather]\ngap = "0s"\nallow = ["127.1.0.0/16"]',
        *(
            f'[[source]]\nkey = "s{number}"\ntitle = "Trang {number}"\nkind = "feed"\n'
            f'url = "{url}"\nrights = "full"'
            for number, url in enumerate(urls)
        ),
        *(
            f'[category.{slug}]\ntitle = "{title}"\nstrong = {json.dumps(strong)}'
            for slug, title, strong in _TOPICS
        ),
    ]
    return "\n\n".join(lines) + "\n"


_TOPICS = (
    ("xay-dung-dang", "Xây dựng Đảng", ["nghị quyết đại hội", "đảng bộ tỉnh"]),
    ("hoi-nghi", "Hội nghị", ["phát biểu tại hội nghị", "chủ trì"]),
    ("dia-phuong", "Địa phương", ["tình hình thực tế", "địa phương"]),
    ("khu-vuc", "Khu vực", ["la commune", "le conseil"]),
)


def _ours(folder: Path) -> tuple[Ran, int, Any]:
    config = str(folder / "config.toml")
    command = python("-m", "syndicate", "-c", config, "gather", "--all", "--json")
    # 1: a source failed; which ones stands in the answer, and is looked at below
    ran = run(command, allowed=(0, 1))
    visits = ran.told()
    return ran, _count(folder / "desk.db"), visits


def _reader(folder: Path) -> tuple[Ran, int, Any]:
    database, urls = str(folder / "reader.db"), str(folder / "urls")
    ran = run(python("-m", "bench.rivals.read_with_reader", database, urls))
    said = ran.told()
    return ran, said["entries"], said["refused"]


def _kept(folder: Path) -> tuple[Ran, int, Any]:
    config, database = str(folder / "config.toml"), folder / "kept.db"
    ran = run(python("-m", "bench.rivals.keep_only", config, str(database)))
    return ran, _count(database), ran.told()


def _newsboat(folder: Path) -> tuple[Ran, int, Any]:
    return (*desktop.newsboat(folder), None)


def _sfeed(folder: Path) -> tuple[Ran, int, Any]:
    return (*desktop.sfeed(folder), None)


def _loop(folder: Path) -> tuple[Ran, int, Any]:
    ran = run(python("-m", "bench.rivals.loop_feedparser", str(folder / "urls")))
    return ran, ran.told()["entries"], None


def _count(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT count(*) FROM entries").fetchone()[0]


def _report(
    found: Mapping[str, Program],
    size: Size,
    expected: Mapping[str, Mapping[str, int]],
    traffic: dict[str, Any],
) -> Report:
    notes = [
        f"{size.feeds} feeds on {size.hosts} hosts, median of {size.rounds}; whole"
        " processes with all that came of them; memory is what they had together"
    ]
    missing = {"newsboat", "sfeed"} - set(found)
    if missing:
        notes.append(f"not installed, so not compared: {', '.join(sorted(missing))}")
    rows: list[Row] = []
    for phase in PHASES:
        rows += _rows(phase, found)
        notes += _notes(phase, found, traffic)
    return Report(
        name="gather",
        rows=tuple(rows),
        notes=tuple(notes),
        wrong=tuple(_wrong(found, expected)),
    )


def _rows(phase: str, found: Mapping[str, Program]) -> Iterator[Row]:
    """Ours over each rival; the targets are over reader."""
    costs = {
        name: measure.middle(program.run.costs[phase])
        for name, program in found.items()
    }
    rivals = [name for name in found if name not in {"ours", "kept"}]
    pairs = [
        *(("ours", figure, rival) for rival in rivals for figure in ("CPU", "wall")),
        ("ours", "memory", "reader"),
        ("kept", "CPU", "reader"),
        ("kept", "wall", "reader"),
    ]
    for mine, figure, rival in pairs:
        said = f"{figure}, stored only" if mine == "kept" else figure
        target = TARGETS.get((mine, figure), {}).get(phase)
        yield Row(
            name=f"{phase}: {said}",
            ours=getattr(costs[mine], figure.lower()),
            other=getattr(costs[rival], figure.lower()),
            other_name=found[rival].title,
            unit="MB" if figure == "memory" else "s",
            target=target if rival == "reader" else None,
        )


def _notes(
    phase: str, found: Mapping[str, Program], traffic: dict[str, Any]
) -> Iterator[str]:
    outcomes: Counter[str] = Counter()
    for visit in found["ours"].run.said[phase]:
        outcomes.update(visit["outcomes"])
    counted = ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()))
    kept = ", ".join(
        f"{program.title} {program.run.entries[phase]}" for program in found.values()
    )
    refused = len(found["reader"].run.said[phase])
    yield f"{phase}: entries: {kept} (ours: {counted}; reader refused {refused} feeds)"
    wire = "; ".join(
        f"{name} {told['requests']} requests, {told['not_modified']} x 304,"
        f" {told['bytes'] / 1e6:.1f} MB"
        for name in found
        for told in [traffic[phase, name]]
    )
    yield f"{phase}: on the wire: {wire}"


def _wrong(
    found: Mapping[str, Program], expected: Mapping[str, Mapping[str, int]]
) -> Iterator[str]:
    """Compare what was kept with what the portals had, phase by phase.

    Feeds only grow here, so that a store holds just what the feeds do.
    """
    ours, reader = found["ours"].run, found["reader"].run
    for phase in PHASES:
        total = sum(expected[phase].values())
        for name in ("ours", "kept"):
            if found[name].run.entries[phase] != total:
                kept = found[name].run.entries[phase]
                yield f"{phase}: {name} kept {kept} of {total} entries"
        if ours.entries[phase] < found["loop"].run.entries[phase]:
            yield f"{phase}: ours kept fewer entries than feedparser finds"
        errors = [visit["error"] for visit in ours.said[phase] if visit["error"]]
        if errors:
            yield f"{phase}: ours failed at {len(errors)} feeds, first {errors[0]}"
        # reader refuses a feed that is not well-formed, whole; it says which.
        refused = sum(expected[phase][url] for url in reader.said[phase])
        if reader.entries[phase] != total - refused:
            yield (
                f"{phase}: reader kept {reader.entries[phase]} of {total}"
                f" entries, and refused feeds with {refused}"
            )
