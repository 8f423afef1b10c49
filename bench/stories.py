"""One story once, beside rensa and datasketch: who is right, and what it costs.

All place the same entries (:mod:`bench.corpus`), one after another, each in a process
of its own; the threshold of a rival is the one that suits it best. Then our store is
filled on disk, to see what a new entry costs as it grows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import measure
from bench.corpus import KINDS, Told, read
from bench.judged import Judged, judge
from bench.measure import BenchError, python, run
from bench.table import Report, Row

PRECISION, F1 = 0.98, 0.96
RATE = 4_000
"""Entries a CPU second."""
SLOWEST = 5.0
"""Milliseconds of a new entry, with its part of the commit, however many are kept."""
RIVALS = ("rensa", "datasketch")


@dataclass(frozen=True, slots=True)
class Size:
    """Feeds of 35 entries each, thresholds of the rivals, and entries on disk."""

    feeds: int
    thresholds: tuple[float, ...]
    grown: tuple[int, ...]


FULL = Size(feeds=1_000, thresholds=(0.4, 0.5, 0.7), grown=(10_000, 100_000))
QUICK = Size(feeds=100, thresholds=(0.5,), grown=(3_000, 9_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What one program made of the entries."""

    name: str
    judged: Judged
    each: float
    """CPU milliseconds from an entry to its story."""
    memory: float
    """Megabytes of the whole process."""
    more: Mapping[str, float]


def bench(*, quick: bool) -> Report:
    """Measure; raises BenchError if a rival is missing or a process fails."""
    missing = [name for name in RIVALS if find_spec(name) is None]
    if missing:
        raise BenchError(
            f"not installed: {', '.join(missing)}; `make bench` installs them, or"
            " `pip install rensa datasketch`"
        )
    size = QUICK if quick else FULL
    measure.compile_ahead()
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        corpus = folder / "corpus.jsonl"
        run(python("-m", "bench.corpus", str(corpus), str(size.feeds)))
        told = list(read(corpus))
        rivals = {rival: _best(rival, corpus, told, size) for rival in RIVALS}
        ours = {
            f"{kind}, {wanted}": _ours(kind, wanted, corpus, told, folder)
            for kind in ("shelf", "store")
            for wanted in ("copies", "events")
        }
        grown = _grown(folder, size)
    return report(told, ours, rivals, grown)


def _best(rival: str, corpus: Path, told: Sequence[Told], size: Size) -> Placed:
    """Return what a rival found at the threshold that suits it best."""
    tries = [
        _placed(
            f"{rival} at {threshold}",
            ["bench.rivals.minhash", rival, str(corpus), str(threshold)],
            told,
        )
        for threshold in size.thresholds
    ]
    return max(tries, key=lambda one: one.judged.f1)


def _ours(
    kind: str, wanted: str, corpus: Path, told: Sequence[Told], folder: Path
) -> Placed:
    own = folder / f"{kind}-{wanted}"
    own.mkdir()
    argv = ["bench.telling", kind, str(corpus), str(own), wanted]
    return _placed(f"ours, {kind}, {wanted}", argv, told)


def _placed(name: str, argv: Sequence[str], told: Sequence[Told]) -> Placed:
    ran = run(python("-m", *argv))
    said = ran.told()
    groups = {int(number): group for number, group in said.pop("groups").items()}
    cpu = said.pop("cpu")
    return Placed(
        name=name,
        judged=judge(told, groups),
        each=1000 * cpu / len(told),
        memory=ran.cost.memory,
        more=said,
    )


def _grown(folder: Path, size: Size) -> list[dict[str, float]]:
    own = folder / "grown"
    own.mkdir()
    sizes = map(str, size.grown)
    ran = run(python("-m", "bench.growth", str(own), *sizes))
    return [json.loads(line) for line in ran.output.splitlines()]


def report(
    told: Sequence[Told],
    ours: Mapping[str, Placed],
    rivals: Mapping[str, Placed],
    grown: Sequence[Mapping[str, float]],
) -> Report:
    """Return the report on all that was found and measured."""
    return Report(
        name="stories",
        rows=(*_rows(ours, rivals), *_grown_rows(grown)),
        notes=(
            f"{len(told):,} entries, {sum(one.kind in KINDS for one in told):,} of"
            " them copies; CPU from the entry to its story; errors are 1 - F1 of"
            " pairs, and wrong pairs of those found",
            *map(_told, [*ours.values(), *rivals.values()]),
            *map(_told_grown, grown),
        ),
    )


def _rows(ours: Mapping[str, Placed], rivals: Mapping[str, Placed]) -> Iterator[Row]:
    rensa = rivals["rensa"]
    for name, one in ours.items():
        yield Row(
            name=f"{name}: errors",
            ours=100 * (1 - one.judged.f1),
            other=100 * (1 - F1),
            other_name="allowed",
            unit="%",
            target=1.0,
        )
        yield Row(
            name=f"{name}: wrong pairs",
            ours=100 * (1 - one.judged.precision),
            other=100 * (1 - PRECISION),
            other_name="allowed",
            unit="%",
            target=1.0,
        )
        for rival in rivals.values():
            yield Row(
                name=f"{name}: errors",
                ours=100 * (1 - one.judged.f1),
                other=100 * (1 - rival.judged.f1),
                other_name=rival.name,
                unit="%",
            )
            yield Row(
                name=f"{name}: CPU an entry",
                ours=one.each,
                other=rival.each,
                other_name=rival.name,
                unit="ms",
            )
        yield Row(
            name=f"{name}: memory",
            ours=one.memory,
            other=rensa.memory,
            other_name=rensa.name,
            unit="MB",
        )
    yield Row(
        name="shelf, copies: CPU an entry",
        ours=ours["shelf, copies"].each,
        other=1000 / RATE,
        other_name="allowed",
        unit="ms",
        target=1.0,
    )


def _grown_rows(grown: Sequence[Mapping[str, float]]) -> Iterator[Row]:
    first = grown[0]
    for one in grown:
        size = f"{one['size']:,} on disk"
        yield Row(
            name=f"{size}: a new entry, with its commit",
            ours=one["preparing"] + one["filing"],
            other=SLOWEST,
            other_name="allowed",
            unit="ms",
            target=1.0,
        )
        for what in ("copies", "events"):
            yield Row(
                name=f"{size}: looking for {what}",
                ours=one[what],
                other=first[what],
                other_name=f"at {first['size']:,}",
                unit="ms",
            )


def _told(one: Placed) -> str:
    found = one.judged
    kinds = ", ".join(
        f"{kind} {100 * part:.1f}" for kind, part in found.by_kind.items()
    )
    rate = 1000 / one.each if one.each else 0.0
    return (
        f"{one.name}: F1 {found.f1:.4f}, precision {found.precision:.4f}, recall"
        f" {found.recall:.4f}; {rate:,.0f} entries a CPU second; found, %: {kinds}"
    )


def _told_grown(one: Mapping[str, float]) -> str:
    rate = 1000 / (one["preparing"] + one["filing"])
    return (
        f"{one['size']:,} on disk: {rate:,.0f} entries a CPU second (prepared"
        f" {one['preparing']:.2f} ms, filed {one['filing']:.2f} ms, by the clock"
        f" {one['waiting']:.2f} ms), {one['bytes']:,.0f} bytes an entry,"
        f" {one['memory']:.0f} MB of memory"
    )
