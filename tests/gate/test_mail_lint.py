"""No issue of whatever words, addresses and sizes makes a message with an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ISSUES = 10_000
ROOT = Path(__file__).parents[2]


def made(first: int, last: int) -> subprocess.Popen[str]:
    """Make issues of those numbers in a process of their own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.strangeissues", str(first), str(last)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def test_ten_thousand_strange_issues_make_messages_without_an_error(table):
    cores = os.cpu_count() or 1
    step = -(-ISSUES // cores)
    running = [made(at, min(at + step, ISSUES)) for at in range(0, ISSUES, step)]
    found: list[dict[str, Any]] = []
    for process in running:
        said, _nothing = process.communicate()
        assert process.returncode == 0
        found.append(json.loads(said))
    wrong = [line for one in found for line in one["wrong"]]
    assert wrong == []
    table("strange issues, composed and drawn", sum(o["issues"] for o in found), ISSUES)
    table("strange issues: errors of the lint", len(wrong), 0.0, higher_is_better=False)
