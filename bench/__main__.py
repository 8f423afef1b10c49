"""``python -m bench NAME|all [--quick] [--json]``: measure, and say what is short.

Exit codes: 0 every target is met; 1 one is short, or what was compared was not the
same work; 2 wrong usage, or the benchmark could not run.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import import_module

from bench.measure import BenchError
from bench.table import Report, as_json, exit_code, rendered

BENCHMARKS = (
    "gather",
    "hostile",
    "many",
    "publish",
    "serving",
    "documents",
    "dedupe",
    "stories",
    "search",
    "topics",
    "digest",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark that is named, or all; return the exit code."""
    given = _parser().parse_args(arguments)
    names = BENCHMARKS if given.name == "all" else (given.name,)
    if unknown := set(names) - set(BENCHMARKS):
        known = ", ".join((*BENCHMARKS, "all"))
        print(
            f'there is no benchmark "{unknown.pop()}"; known: {known}', file=sys.stderr
        )
        return 2
    reports: list[Report] = []
    try:
        for name in names:
            report = import_module(f"bench.{name}").bench(quick=given.quick)
            reports.append(report)
            if not given.json:
                print(rendered(report), end="\n\n", flush=True)
    except BenchError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps([as_json(each) for each in reports], ensure_ascii=False))
    return exit_code(reports)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Ratios of ours to rivals, measured in one run.",
    )
    parser.add_argument("name", help=f"one of {', '.join(BENCHMARKS)}, or all")
    parser.add_argument("--quick", action="store_true", help="smaller, and only once")
    parser.add_argument("--json", action="store_true", help="for machines")
    return parser


if __name__ == "__main__":
    sys.exit(main())
