"""The learner beside a linear SVM on TF-IDF (scikit-learn), on 6,000 real articles.

Half of them are decided on, several halves, title and 300 characters; both are asked
for the other half, each in a process of its own. A decision more is a small change for
ours and everything anew for the other; that is measured too, and what the store takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from bench import measure
from bench.measure import ROOT, BenchError, python, run
from bench.table import Report, Row

ARTICLES = ROOT.parent / "shared" / "data" / "topics" / "vietnamese.jsonl.gz"
RIVAL = "linear SVM"
UPDATE = 20.0
"""Milliseconds of CPU that one decision may take, reading and writing included."""
LOAD = 200.0
"""Milliseconds of CPU that a process may take to know what was learnt."""
GUESS = 0.5
"""Milliseconds of CPU of a guess, its words not included."""
SIZES = (50, 200, 1_000, 3_000)


def bench(*, quick: bool) -> Report:
    """Measure; raises BenchError if the rival or the articles are missing."""
    if find_spec("sklearn") is None:
        raise BenchError(
            "not installed: scikit-learn; `make bench` installs it, or"
            " `pip install scikit-learn`"
        )
    if not ARTICLES.is_file():
        raise BenchError(f"no articles: {ARTICLES} is missing")
    measure.compile_ahead()
    seeds = range(1 if quick else 5)
    ours = [_told("bench.learning", ARTICLES, seed) for seed in seeds]
    theirs = [_told("bench.rivals.linear_svm", ARTICLES, seed) for seed in seeds]
    return report(ours, theirs)


def report(ours: Sequence[dict[str, Any]], theirs: Sequence[dict[str, Any]]) -> Report:
    """Return the report on what the processes told, one for each half."""
    last = str(SIZES[-1])
    rows = [
        Row(
            name=f"error of macro-F1, {size:,} decisions",
            ours=_mean(ours, "error", str(size)),
            other=_mean(theirs, "error", str(size)),
            other_name=RIVAL,
            unit="%",
            target=1.0 if str(size) == last else None,
        )
        for size in SIZES
    ]
    rows += [
        Row(
            name="CPU of learning all",
            ours=_mean(ours, "learning", last),
            other=_mean(theirs, "learning", last),
            other_name=RIVAL,
            unit="s",
        ),
        Row(
            name="CPU of one decision more",
            ours=_mean(ours, "update"),
            other=1_000 * _mean(theirs, "learning", last),
            other_name=f"{RIVAL}, anew",
            unit="ms",
            target=0.1,
        ),
        Row(
            name="CPU of a guess",
            ours=_mean(ours, "guess"),
            other=_mean(theirs, "guess"),
            other_name=f"{RIVAL}, all at once",
            unit="ms",
        ),
        *_limits(ours),
    ]
    return Report(name="topics", rows=tuple(rows), notes=tuple(_notes(ours, theirs)))


def _limits(ours: Sequence[dict[str, Any]]) -> list[Row]:
    told = (
        ("one decision more", "update", UPDATE),
        ("reading what was learnt", "load", LOAD),
        ("a guess", "guess", GUESS),
    )
    return [
        Row(
            name=f"CPU of {name}",
            ours=_mean(ours, key),
            other=limit,
            other_name="at most",
            unit="ms",
            target=1.0,
        )
        for name, key, limit in told
    ]


def _notes(
    ours: Sequence[dict[str, Any]], theirs: Sequence[dict[str, Any]]
) -> list[str]:
    last = str(SIZES[-1])
    notes = []
    for name, told in (("ours", ours), (RIVAL, theirs)):
        found = [1 - one["error"][last] / 100 for one in told]
        spread = f" ± {stdev(found):.4f}" if len(found) > 1 else ""
        notes.append(
            f"{name}: macro-F1 {fmean(found):.4f}{spread}, {len(found)} halves"
        )
    sure, right = _mean(ours, "sure"), _mean(ours, "right")
    notes.append(f"ours: sure (0.9) of {sure:.1%}, {right:.1%} of these are right")
    notes.append(f"ours: {_mean(ours, 'coverage'):.1%} covered at 95 % precision")
    notes.append(
        f"kept: {_mean(ours, 'state') / 1e6:.1f} MB for ten topics, and"
        f" {_mean(ours, 'each') / 1e3:.1f} kB a decision on a whole article"
    )
    return notes


def _mean(told: Sequence[dict[str, Any]], key: str, size: str = "") -> float:
    return fmean(one[key][size] if size else one[key] for one in told)


def _told(module: str, articles: Path, seed: int) -> dict[str, Any]:
    sizes = map(str, SIZES)
    told: dict[str, Any] = run(
        python("-m", module, str(articles), str(seed), *sizes)
    ).told()
    return told
