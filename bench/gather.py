"""Gathering beside ``reader``, and beside feedparser in a bare loop.

Whole processes are measured, three times over one set of portals: when nothing is
known yet, when nothing has changed, and when a twentieth of the feeds has news. The
programs take turns, so that a slow minute of the machine is everybody's.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import measure
from bench.measure import BenchError, Cost, Ran, python, run
from bench.table import Report, Row

PHASES = ("first gather", "nothing changed", "5 % changed")
TARGETS = {"first gather": 1.5, "nothing changed": 1.5}
"""CPU, ours over reader's."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is gathered, and how often each program is run."""

    feeds: int
    hosts: int
    rounds: int


FULL = Size(feeds=300, hosts=150, rounds=3)
QUICK = Size(feeds=40, hosts=20, rounds=1)


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
def serving(size: Size) -> Iterator[Server]:
    """Start the portals; they end with their input, or are ended by their number."""
    argv = python("-m", "bench.server", f"--feeds={size.feeds}")
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


@dataclass(frozen=True, slots=True)
class Programs:
    """The three that are compared."""

    ours: Run = field(default_factory=Run)
    reader: Run = field(default_factory=Run)
    floor: Run = field(default_factory=Run)


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
    found = Programs()
    traffic: dict[str, Any] = {}
    expected: dict[str, dict[str, int]] = {}
    with serving(size) as server:
        for _ in range(size.rounds):
            with TemporaryDirectory(prefix="bench-") as folder:
                _round(Path(folder), server, found, traffic, expected)
    return _report(found, size, expected, traffic)


def _round(
    folder: Path,
    server: Server,
    found: Programs,
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
        for name, once in (("ours", _ours), ("reader", _reader), ("floor", _floor)):
            server.ask()
            ran, entries, said = once(folder)
            program: Run = getattr(found, name)
            program.keep(phase, ran, entries)
            program.said[phase] = said
            traffic[phase, name] = server.ask()


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


def _floor(folder: Path) -> tuple[Ran, int, Any]:
    ran = run(python("-m", "bench.rivals.loop_feedparser", str(folder / "urls")))
    return ran, ran.told()["entries"], None


def _count(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT count(*) FROM entries").fetchone()[0]


def _report(
    found: Programs,
    size: Size,
    expected: Mapping[str, Mapping[str, int]],
    traffic: dict[str, Any],
) -> Report:
    notes = [
        f"{size.feeds} feeds on {size.hosts} hosts, median of {size.rounds};"
        " ours also cleans, deduplicates and categorises"
    ]
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


def _rows(phase: str, found: Programs) -> list[Row]:
    ours, reader, floor = (
        measure.middle(program.costs[phase])
        for program in (found.ours, found.reader, found.floor)
    )

    def row(what: str, unit: str, other: Cost, name: str, target: float | None) -> Row:
        figure = what.lower().split()[0]
        return Row(
            name=f"{phase}: {what}",
            ours=getattr(ours, figure),
            other=getattr(other, figure),
            other_name=name,
            unit=unit,
            target=target,
        )

    return [
        row("CPU", "s", reader, "reader", TARGETS.get(phase)),
        row("CPU", "s", floor, "feedparser loop", None),
        row("wall", "s", reader, "reader", None),
        row("memory", "MB", reader, "reader", None),
    ]


def _notes(phase: str, found: Programs, traffic: dict[str, Any]) -> list[str]:
    outcomes: dict[str, int] = {}
    for visit in found.ours.said[phase]:
        for outcome, count in visit["outcomes"].items():
            outcomes[outcome] = outcomes.get(outcome, 0) + count
    counted = ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()))
    wire = "; ".join(
        f"{name} {told['requests']} requests, {told['not_modified']} x 304,"
        f" {told['bytes'] / 1e6:.1f} MB"
        for name in ("ours", "reader")
        for told in [traffic[phase, name]]
    )
    refused = len(found.reader.said[phase])
    return [
        f"{phase}: entries kept: ours {found.ours.entries[phase]} ({counted}),"
        f" reader {found.reader.entries[phase]} ({refused} feeds refused),"
        f" loop {found.floor.entries[phase]}",
        f"{phase}: on the wire: {wire}",
    ]


def _wrong(found: Programs, expected: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Compare what was kept with what the portals had, phase by phase.

    Feeds only grow here, so that a store holds just what the feeds do.
    """
    for phase in PHASES:
        total = sum(expected[phase].values())
        if found.ours.entries[phase] != total:
            kept = found.ours.entries[phase]
            yield f"{phase}: ours kept {kept} of {total} entries"
        errors = [visit["error"] for visit in found.ours.said[phase] if visit["error"]]
        if errors:
            yield f"{phase}: ours failed at {len(errors)} feeds, first {errors[0]}"
        # reader refuses a feed that is not well-formed, whole; it says which.
        refused = sum(expected[phase][url] for url in found.reader.said[phase])
        if found.reader.entries[phase] != total - refused:
            yield (
                f"{phase}: reader kept {found.reader.entries[phase]} of {total}"
                f" entries, and refused feeds with {refused}"
            )
