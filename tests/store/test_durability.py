"""What was committed is there after kill -9, and nothing half done is."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from syndicate.store import Database, entries, sources, stories

ROOT = Path(__file__).resolve().parents[2]

WRITER = """
import sys
from datetime import UTC, datetime
from syndicate.model import Bond, Entry, Relation
from syndicate.store import Database, entries, stories

now = datetime(2026, 11, 22, tzinfo=UTC)
database = Database.open(sys.argv[1])
for number in range(1_000_000):
    with database.write() as connection:
        story = stories.create(connection, str(number), now)
        entry = Entry(source="a", url=f"https://a.example/{number}", title="x")
        entries.add(
            connection, entry, story=story, bond=Bond(relation=Relation.FIRST),
            keys=[("url", entry.url)], shingles=range(20), now=now, backlog=False,
        )
    print(number, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 40])
def test_what_was_committed_is_there_after_a_kill(url: str, lines: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        told = [child.stdout.readline() for _ in range(lines)]
        child.kill()
        told += [line for line in child.stdout if line.endswith("\n")]
    assert child.returncode == -signal.SIGKILL
    committed = {line.strip() for line in told}
    assert len(committed) >= lines
    with Database.open(url) as database, database.read() as connection:
        kept = stories.latest(connection)
        whole = [
            one
            for one in kept
            if entries.anywhere(connection, [("url", one.lead.entry.url)])
        ]
    assert committed <= {story.uid for story in kept}
    # One more may have been committed and not yet told.
    assert len(kept) <= len(committed) + 1
    assert whole == kept


def test_the_database_can_be_written_after_a_kill_inside_a_write(url: str) -> None:
    holder = (
        "import sys, time; from syndicate.store import Database, sources; "
        "from syndicate.model import SourceState\n"
        "with Database.open(sys.argv[1]).write() as connection:\n"
        "    sources.save(connection, SourceState(source='half done'))\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", holder, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        child.kill()
    with Database.open(url, timeout=10) as database:
        with database.write() as connection:
            assert not stories.uids_taken(connection, ["x"])
        with database.read() as connection:
            assert sources.states(connection) == {}
