"""Publishing that is killed at any moment leaves nothing torn and loses nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KILLS = 100


def test_a_hundred_kills_leave_no_torn_document_and_lose_no_story():
    command = [sys.executable, "-m", "bench.crash", "--kills", str(KILLS)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] >= KILLS
    assert found["stories"] > 0
    assert found["documents"] > 0
    assert not any(found["wrong"].values()), found["wrong"]
