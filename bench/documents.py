"""What pages for cited documents cost: publishing one new story, with and without.

Both folders are published from one store in turn; only the run after a new story is
measured, with nothing remembered of the run before, as a command would do it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from bench.table import Report, Row
from syndicate.model import (
    Bond,
    Category,
    Citation,
    Entry,
    Label,
    Relation,
    Site,
    Source,
    SourceKind,
)
from syndicate.pipeline.citing import cite
from syndicate.pipeline.publishing import Publishing, publish
from syndicate.publish import jsonfeed, xml
from syndicate.store import Database, entries, stories
from syndicate.templating import templates

TARGET = 1.3
"""CPU of publishing one new story, over the same without document pages."""
_START = datetime(2026, 11, 1, tzinfo=UTC)
_SOURCES = {
    f"s{n}": Source(
        key=f"s{n}",
        title=f"Nguồn {n}",
        kind=SourceKind.FEED,
        url=f"https://s{n}.example/rss",
        province="Bến Tre",
    )
    for n in range(20)
}
_CATEGORIES = tuple(Category(slug=f"c{n}", title=f"Chủ đề {n}") for n in range(15))
_TEXT = (
    "hội nghị triển khai thực hiện nghị quyết phát triển kinh tế xã hội địa phương "
    "nhiều kết quả bà con nông dân hợp tác xã trồng lúa nuôi tôm đường cầu trường học"
)
_WORDS = _TEXT.split()
_KINDS = ("NQ", "CT", "KL", "QĐ", "HD")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is in the store, and how many stories are added one by one."""

    stories: int
    documents: int
    rounds: int


FULL = Size(stories=6_000, documents=2_000, rounds=6)
QUICK = Size(stories=1_500, documents=500, rounds=2)


def bench(*, quick: bool) -> Report:
    """Measure both in one process."""
    size = QUICK if quick else FULL
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with Database.open(f"sqlite:///{folder}/desk.db") as database:
            return _measure(folder, database, size)


def _measure(folder: Path, database: Database, size: Size) -> Report:
    rng = random.Random(1)
    for start in range(0, size.stories, 500):
        many = range(start, min(size.stories, start + 500))
        _add(database, rng, size, many, _START + timedelta(minutes=start))
    works = {name: _desk(folder / name, database, name) for name in ("with", "without")}
    first = {
        name: _cpu(work, _START + timedelta(days=9)) for name, work in works.items()
    }
    later: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(size.rounds):
        at = _START + timedelta(days=10, hours=turn)
        _add(
            database, rng, size, range(size.stories + turn, size.stories + turn + 1), at
        )
        for name, work in works.items():
            later[name].append(_cpu(work, at))
    ours, other = mean(later["with"]), mean(later["without"])
    return Report(
        name="documents",
        rows=(
            Row(
                name="publish, one new story",
                ours=ours,
                other=other,
                other_name="without document pages",
                unit="s",
                target=TARGET,
            ),
            Row(
                name="publish, the first time",
                ours=first["with"],
                other=first["without"],
                other_name="without document pages",
                unit="s",
            ),
        ),
        notes=(f"{size.stories} stories, {size.documents} documents",),
    )


def _desk(folder: Path, database: Database, name: str) -> Publishing:
    return Publishing(
        database=database,
        site=Site(title="Bàn tin", base_url="https://ban.example"),
        sources=_SOURCES,
        categories=_CATEGORIES,
        feeds=(),
        templates=templates(language="vi"),
        folder=folder,
        documents_from=1 if name == "with" else 0,
    )


def _cpu(work: Publishing, now: datetime) -> float:
    """CPU seconds of one publishing that remembers nothing."""
    for kept in (xml._rss_item, xml._atom_entry, jsonfeed._item):
        kept.cache_clear()
    return _timed(lambda: publish(work, now))


def _timed(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def _add(
    database: Database, rng: random.Random, size: Size, numbers: range, at: datetime
) -> None:
    """Keep stories; every document is cited once, and a few by very many."""
    with database.write() as connection:
        told: list[tuple[int, Entry]] = []
        for number in numbers:
            entry = _entry(rng, size, number)
            story = stories.create(connection, f"u{number}", at)
            kept = entries.add(
                connection,
                entry,
                story=story,
                bond=Bond(relation=Relation.FIRST),
                keys=(),
                shingles=(),
                now=at,
                backlog=False,
            )
            label = Label(category=f"c{number % 15}", reason="", confidence=0.9)
            stories.set_labels(connection, story, [label])
            told.append((kept.id, entry))
        cite(connection, told, _SOURCES)


def _entry(rng: random.Random, size: Size, number: int) -> Entry:
    text = " ".join(rng.choices(_WORDS, k=400))
    cited = [int(rng.paretovariate(0.5)) for _ in range(rng.choice((0, 0, 1, 2, 3)))]
    cited += [number] if number < size.documents else []
    numbers = dict.fromkeys(min(one, size.documents - 1) for one in cited)
    return Entry(
        source=f"s{number % 20}",
        url=f"https://s{number % 20}.example/{number}",
        title=f"Bài {number} {' '.join(rng.choices(_WORDS, k=9))}",
        lead=f"{' '.join(rng.choices(_WORDS, k=40))}.",
        text=text,
        html=f"<p>{text}</p>",
        language="vi",
        citations=tuple(
            Citation(key=f"{one + 1:02d}-{_KINDS[one % 5]}/TU", scope="Bến Tre")
            for one in numbers
        ),
    )
