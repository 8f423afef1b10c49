"""Several processes file copies and tellings of the same events at once."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import text

from syndicate.store import Database, stories

ROOT = Path(__file__).resolve().parents[2]
EVENTS = ROOT / "tests" / "data" / "pipeline" / "events.toml"

FILER = """
import sys, tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from syndicate.categorise.rules import Rules
from syndicate.model import (
    Dated, DateOrigin, Entry, Precision, Scoring, Source, SourceKind
)
from syndicate.pipeline.filing import Filing, file_entries
from syndicate.pipeline.preparing import prepare
from syndicate.store import Database

now = datetime(2026, 10, 14, 3, tzinfo=UTC)
url, source, path = sys.argv[1:]
rules = Rules([], Scoring())
sources = {
    key: Source(key=key, title=key, kind=SourceKind.FEED, url=f"https://{key}.example")
    for key in "abc"
}
desk = Filing(
    sources=sources, rules=rules, backlog_after=timedelta(days=9999),
    events_within=timedelta(days=4),
)
events = tomllib.loads(Path(path).read_text("utf-8"))["event"]
telling = 1 if source == "b" else 0
with Database.open(url, timeout=60) as database:
    print("ready", flush=True)
    sys.stdin.readline()
    for event in events:
        told = event["telling"][telling]
        frame = "Tin tổng hợp của cộng tác viên.\\n\\n" if source == "c" else ""
        dated = Dated(
            value=now - timedelta(hours=telling), precision=Precision.MINUTE,
            origin=DateOrigin.FEED, raw="",
        )
        name = f"{source}-{event['key']}"
        entry = Entry(
            source=source, url=f"https://{source}.example/{name}", guid=name,
            title=told["title"], text=frame + told["text"].strip(), published=dated,
            fingerprint=name,
        )
        prepared = prepare(entry, sources[source], rules)
        with database.write() as connection:
            file_entries(connection, [prepared], desk, now=now)
"""


def filers(url: str) -> list[subprocess.Popen[str]]:
    """Three processes that begin when they are told to."""
    some = [
        subprocess.Popen(
            [sys.executable, "-c", FILER, url, source, str(EVENTS)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for source in "abc"
    ]
    for one in some:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in some:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    return some


def test_each_event_has_one_story_however_many_tell_of_it_at_once(url: str) -> None:
    events = tomllib.loads(EVENTS.read_text("utf-8"))["event"]
    for one in filers(url):
        with one:
            one.communicate(timeout=120)
        assert one.returncode == 0
    with Database.open(url) as database, database.read() as connection:
        found = stories.latest(connection)
        told = sorted(
            sorted(each.entry.guid for each in story.entries) for story in found
        )
        counted = connection.execute(
            text("SELECT texts FROM rarities WHERE word = ''")
        ).scalar_one()
        kept = connection.execute(text("SELECT count(*) FROM gists")).scalar_one()
    keys = sorted(one["key"] for one in events)
    assert told == [[f"{source}-{key}" for source in "abc"] for key in keys]
    # The copies have none of their own, nor were they counted; whoever was first.
    assert counted == kept == 2 * len(events)


@pytest.mark.parametrize("after", [3, 9])
def test_a_kill_leaves_no_half_of_an_entry(url: str, after: int) -> None:
    some = filers(url)
    with Database.open(url) as database:
        while True:
            with database.read() as connection:
                count = connection.execute(text("SELECT count(*) FROM entries"))
                if count.scalar_one() >= after:
                    break
        some[0].kill()
        for one in some:
            with one:
                one.communicate(timeout=120)
        with database.read() as connection:
            bare = connection.execute(
                text(
                    "SELECT count(*) FROM entries WHERE relation <> 'repeat' AND id"
                    " NOT IN (SELECT entry_id FROM gists)"
                )
            ).scalar_one()
            unfound = connection.execute(
                text(
                    "SELECT count(*) FROM gists WHERE content <> '' AND entry_id"
                    " NOT IN (SELECT entry_id FROM terms)"
                )
            ).scalar_one()
    assert (bare, unfound) == (0, 0)
    assert [one.returncode for one in some[1:]] == [0, 0]
