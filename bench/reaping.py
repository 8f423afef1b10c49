"""Run a command, wait for every process that comes of it, and say what all of it cost.

``python -m bench.reaping FILE SECONDS COMMAND …`` writes a line of JSON into FILE: exit
code, CPU and wall seconds, and the peak of the memory that all of its processes had
together (proportional set size: pages that they share count once). A process that
outlives its parent becomes ours (PR_SET_CHILD_SUBREAPER), so nothing is left out.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

_SUBREAPER = 36
_EACH = 0.05
"""Seconds between two looks at the memory."""


def main() -> None:
    """Run, wait, and write down what it cost."""
    target, patience, *argv = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    began = time.perf_counter()
    process = subprocess.Popen(argv, start_new_session=True)
    peak = Peak()
    peak.start()
    overdue = threading.Timer(float(patience), _kill, [process.pid])
    overdue.daemon = True
    overdue.start()
    _, status = os.waitpid(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    _wait_for_orphans()
    peak.ended.set()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {
        "code": process.returncode,
        "cpu": used.ru_utime + used.ru_stime,
        "wall": wall,
        "memory": peak.bytes / 1e6,
    }
    Path(target).write_text(json.dumps(told), "utf-8")


class Peak(threading.Thread):
    """Looks at the memory of all processes below us, again and again."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bytes = 0
        self.ended = threading.Event()

    def run(self) -> None:
        """Keep the largest sum."""
        while not self.ended.wait(_EACH):
            self.bytes = max(self.bytes, sum(map(_memory, _below(os.getpid()))))


def _below(pid: int) -> list[int]:
    try:
        said = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    children = [int(one) for one in said.split()]
    return children + [one for child in children for one in _below(child)]


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended meanwhile
        return 0
    found = [line.split()[1] for line in lines if line.startswith("Pss:")]
    return int(found[0]) * 1024 if found else 0


def _wait_for_orphans() -> None:
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return


def _kill(pid: int) -> None:
    os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
