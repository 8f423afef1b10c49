"""What a whole process costs: CPU, wall time and the memory it had at its peak."""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 1800.0
"""Seconds after which a measured process is killed."""
_UNIT = 1 if sys.platform == "darwin" else 1024
"""Of ``ru_maxrss``, in bytes."""


class BenchError(Exception):
    """The benchmark itself could not run; the text is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a process and the children that it waited for took."""

    cpu: float
    """Seconds, user and system."""
    wall: float
    """Seconds."""
    memory: float
    """Megabytes (10^6) that the largest of the processes had at its peak.

    Linux carries the peak of the parent over into a child, so the process that
    measures imports none of what it measures.
    """


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


def run(argv: Sequence[str], *, allowed: Sequence[int] = (0,)) -> Ran:
    """Run a process to its end; raises BenchError for a code that is not allowed."""
    with TemporaryFile() as output, TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            argv,
            cwd=ROOT,
            env=environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )
        overdue = threading.Timer(PATIENCE, process.kill)
        overdue.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            overdue.cancel()
        wall = time.perf_counter() - began
        # wait4 took the status away from Popen, which would ask for it again.
        process.returncode = code = os.waitstatus_to_exitcode(status)
        said = [_text(stream) for stream in (output, errors)]
    if code not in allowed:
        raise BenchError(f"{' '.join(argv)}: exit code {code}\n{said[1][-2000:]}")
    cpu = used.ru_utime + used.ru_stime
    memory = used.ru_maxrss * _UNIT / 1e6
    cost = Cost(cpu=cpu, wall=wall, memory=memory)
    return Ran(cost=cost, code=code, output=said[0], errors=said[1])


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
