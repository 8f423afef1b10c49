"""What a whole process costs: CPU, wall time and the memory it had at its peak."""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 1800.0
"""Seconds after which a measured process is killed."""


class BenchError(Exception):
    """The benchmark itself could not run; the text is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a process took, and all processes that came of it."""

    cpu: float
    """Seconds, user and system."""
    wall: float
    """Seconds."""
    memory: float
    """Megabytes (10^6) that they had together at the peak; shared pages count once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A process that has ended."""

    cost: Cost
    code: int
    output: str
    errors: str

    def told(self) -> Any:
        """Return the JSON that it printed; raises BenchError if it is none."""
        try:
            return json.loads(self.output)
        except ValueError:
            said = self.errors[-2000:] or self.output[-2000:]
            raise BenchError(f"no JSON, exit code {self.code}\n{said}") from None


def run(
    argv: Sequence[str],
    *,
    allowed: Sequence[int] = (0,),
    more: Mapping[str, str] | None = None,
) -> Ran:
    """Run a process to its end; raises BenchError for a code that is not allowed.

    ``more`` is added to its environment. All that comes of the process is waited for
    and counted, see :mod:`bench.reaping`.
    """
    with (
        TemporaryFile() as output,
        TemporaryFile() as errors,
        NamedTemporaryFile() as told,
    ):
        process = subprocess.run(
            [
                *python("-m", "bench.reaping", told.name, str(PATIENCE)),
                *argv,
            ],
            cwd=ROOT,
            env=environment(os.environ) | dict(more or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            check=False,
        )
        said = [_text(stream) for stream in (output, errors)]
        found = Path(told.name).read_text("utf-8")
    if process.returncode or not found:
        raise BenchError(f"{' '.join(argv)}: could not be run\n{said[1][-2000:]}")
    used = json.loads(found)
    code = used.pop("code")
    if code not in allowed:
        raise BenchError(f"{' '.join(argv)}: exit code {code}\n{said[1][-2000:]}")
    return Ran(cost=Cost(**used), code=code, output=said[0], errors=said[1])


def python(*arguments: str) -> list[str]:
    """Return the command that runs this Python."""
    return [sys.executable, *arguments]


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Leave out what would lead a process away from loopback or to another store."""
    kept = {
        name: value
        for name, value in given.items()
        if not name.lower().endswith("_proxy") and not name.startswith("SYNDICATE_")
    }
    return kept | {"PYTHONHASHSEED": "0"}


def compile_ahead() -> None:
    """Compile our modules, or the first process that is measured would do it."""
    for package in ("syndicate", "bench"):
        compileall.compile_dir(ROOT / package, quiet=2)


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure on its own."""
    return Cost(
        cpu=median(cost.cpu for cost in costs),
        wall=median(cost.wall for cost in costs),
        memory=median(cost.memory for cost in costs),
    )


def _text(stream: object) -> str:
    stream.seek(0)  # type: ignore[attr-defined]  # a file
    return stream.read().decode("utf-8", "replace")  # type: ignore[attr-defined]  # a file
