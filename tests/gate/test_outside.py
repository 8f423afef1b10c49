"""Floors on news that an outside hand wrote before it had seen the engine.

Streamed in time order through the store, as gathering does it. ``cold``: nothing was
filed before; ``warm``: the desk knows how rare words are, from other news.
"""

from __future__ import annotations

import gzip
import json
import tomllib
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from syndicate.categorise.rules import Rules
from syndicate.model import (
    Dated,
    DateOrigin,
    Entry,
    Precision,
    Scoring,
    Source,
    SourceKind,
)
from syndicate.pipeline.filing import Filing, file_entries
from syndicate.pipeline.preparing import prepare
from syndicate.store import Database, stories

ROOT = Path(__file__).parents[2]
OUTSIDE = ROOT / "tests" / "data" / "dedupe" / "outside"
STORIES = ROOT.parent / "shared" / "data" / "stories"
ARTICLES = ROOT / "samples" / "articles"
FIRST = datetime(2026, 10, 5, 1, tzinfo=UTC)
MERGED = {False: 8 / 61, True: 7 / 61}
FOUND = {False: 0.90, True: 0.96}


class Desk:
    """A store that entries are filed in, one after another."""

    def __init__(self, path: Path) -> None:
        self.database = Database.open(f"sqlite:///{path}/desk.db")
        self.rules = Rules((), Scoring())
        self.desk = Filing(
            sources={},
            rules=self.rules,
            backlog_after=timedelta(days=10_000),
            events_within=timedelta(days=4),
        )
        self.ids: dict[str, int] = {}

    def file(self, some: list[Entry]) -> None:
        source = some[0].source
        feed = Source(
            key=source,
            kind=SourceKind.FEED,
            title=source,
            url=f"https://{source}.example/rss",
        )
        now = max(one.published.value for one in some if one.published)
        with self.database.write() as connection:
            filed = file_entries(
                connection,
                [prepare(one, feed, self.rules) for one in some],
                self.desk,
                now=now + timedelta(minutes=5),
            )
        for one, found in zip(some, filed, strict=True):
            self.ids[one.guid] = found.entry_id

    def stories(self) -> dict[str, int]:
        """The story of each entry, by its guid."""
        with self.database.read() as connection:
            held = stories.latest(connection, limit=100_000)
        where = {one.id: story.id for story in held for one in story.entries}
        return {guid: where[number] for guid, number in self.ids.items()}


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.database.close()


def entry(guid: str, source: str, at: datetime, title: str, text: str) -> Entry:
    published = Dated(
        value=at, precision=Precision.MINUTE, origin=DateOrigin.FEED, raw=f"{at}"
    )
    return Entry(
        source=source,
        url=f"https://{source}.example/{guid}.html",
        guid=guid,
        title=title,
        text=text.strip(),
        published=published,
        fingerprint=sha256(f"{title}\n{text}".encode()).hexdigest(),
    )


def groups(name: str) -> dict[str, list[Entry]]:
    told = tomllib.loads((OUTSIDE / f"{name}.toml").read_text(encoding="utf-8"))
    return {
        group["name"]: [
            entry(f"{name}-{group['name']}-{at}", **each)
            for at, each in enumerate(group["telling"])
        ]
        for group in told["group"]
    }


def other_news() -> list[Entry]:
    """News of the month before, from which the desk learns how rare words are."""
    found = []
    for language in ("vietnamese", "english"):
        path = STORIES / f"{language}.jsonl.gz"
        if not path.is_file():
            pytest.skip("no ../shared/data/stories")
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows: list[dict[str, Any]] = [json.loads(line) for line in file]
        for at, row in enumerate(rows):
            when = FIRST - timedelta(days=30) + timedelta(minutes=40 * at)
            guid = f"{language}-{at}"
            found.append(entry(guid, f"bg{at % 7}", when, row["title"], row["text"]))
    return found


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
def test_events_that_an_outside_hand_wrote_are_told_apart(desk, warm, table):
    for one in other_news() if warm else ():
        desk.file([one])
    same, other = groups("events"), groups("formulas")
    new = [one for some in (*same.values(), *other.values()) for one in some]
    for one in sorted(new, key=lambda one: (one.published.value, one.guid)):
        desk.file([one])
    where = desk.stories()
    pairs = [pair for some in same.values() for pair in combinations(some, 2)]
    found = sum(where[one.guid] == where[two.guid] for one, two in pairs)
    merged = sum(where[one.guid] == where[two.guid] for one, two in other.values())
    name = f"outside, {'warm' if warm else 'cold'}"
    table(f"{name}: pairs of one event found", found / len(pairs), FOUND[warm])
    table(
        f"{name}: pairs on one form merged",
        merged / len(other),
        MERGED[warm],
        higher_is_better=False,
    )


def articles() -> list[Entry]:
    """The sample desk's own articles, one of each story."""
    found: dict[str, Entry] = {}
    for path in sorted(ARTICLES.glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        text = f"{told['lead']}\n\n{told['body'].strip()}"
        found.setdefault(
            told["story"], entry(path.stem, "goc", FIRST, told["title"], text)
        )
    return list(found.values())


def test_a_roundup_makes_no_two_articles_one_story(desk, table):
    told = articles()
    tried = merged = 0
    for at in range(0, len(told) - 2, 3):
        parts = told[at : at + 3]
        text = "\n\n".join(f"{one.title.upper()}\n\n{one.text}" for one in parts)
        roundup = entry(f"roundup-{at}", "diembao", FIRST, "Điểm báo sáng nay", text)
        for one in (parts[0], roundup, *parts[1:]):
            desk.file([one])
        where = desk.stories()
        pairs = list(combinations([where[one.guid] for one in parts], 2))
        merged += sum(one == other for one, other in pairs)
        tried += len(pairs)
    assert tried
    table("roundups: articles merged", merged / tried, 0.0, higher_is_better=False)


def test_a_roundup_of_articles_that_we_have_is_a_story_of_its_own(desk):
    first, second, third, *_ = articles()
    for one in (first, second, third):
        desk.file([one])
    text = "\n\n".join(one.text for one in (first, second, third))
    desk.file([entry("roundup", "diembao", FIRST, "Điểm báo sáng nay", text)])
    where = desk.stories()
    assert where["roundup"] not in {where[one.guid] for one in (first, second, third)}
