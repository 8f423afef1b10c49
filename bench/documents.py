"""What pages for cited documents cost: publishing one new story, with and without.

Two desks with the same stories, each with a store and a folder of its own.
"""

from __future__ import annotations

import random
import shutil
import time
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
from syndicate.store import Database, entries, stories
from syndicate.templating import templates

TARGET = 0.05
"""CPU of publishing one new story, over publishing all of them."""
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
        stocked = folder / "stocked.db"
        with Database.open(f"sqlite:///{stocked}") as database:
            _fill(database, size)
        found = {}
        for kind in ("with", "without"):
            shutil.copy(stocked, folder / f"{kind}.db")
            with Database.open(f"sqlite:///{folder}/{kind}.db") as database:
                found[kind] = _measured(_desk(folder / kind, database, kind), size)
    return _report(size, found["with"], found["without"])


def _fill(database: Database, size: Size) -> None:
    rng = random.Random(1)
    for start in range(0, size.stories, 500):
        many = range(start, min(size.stories, start + 500))
        _add(database, rng, size, many, _START + timedelta(minutes=start))


def _measured(work: Publishing, size: Size) -> dict[str, float]:
    """Publish for the first time, then after one new story at a time."""
    rng, first = random.Random(2), _START + timedelta(days=9)
    clock = time.monotonic()
    spent = {"first": _cpu(work, first)}
    spent["wall"] = time.monotonic() - clock
    later: list[float] = []
    for turn in range(size.rounds):
        at = _START + timedelta(days=10, hours=turn)
        number = size.stories + turn
        _add(work.database, rng, size, range(number, number + 1), at)
        later.append(_cpu(work, at))
    return spent | {"one": mean(later)}


def _report(size: Size, ours: dict[str, float], other: dict[str, float]) -> Report:
    def row(name: str, figure: str) -> Row:
        return Row(
            name=name,
            ours=ours[figure],
            other=other[figure],
            other_name="without document pages",
            unit="s",
        )

    return Report(
        name="documents",
        rows=(
            Row(
                name="publish, one new story: CPU",
                ours=ours["one"],
                other=ours["first"],
                other_name="the first time",
                unit="s",
                target=TARGET,
            ),
            row("publish, one new story: CPU", "one"),
            row("publish, the first time: CPU", "first"),
            row("publish, the first time: wall", "wall"),
        ),
        notes=(f"{size.stories} stories, {size.documents} documents",),
    )


def _desk(folder: Path, database: Database, kind: str) -> Publishing:
    return Publishing(
        database=database,
        site=Site(title="Bàn tin", base_url="https://ban.example"),
        sources=_SOURCES,
        categories=_CATEGORIES,
        feeds=(),
        templates=templates(language="vi"),
        folder=folder,
        documents_from=1 if kind == "with" else 0,
    )


def _cpu(work: Publishing, now: datetime) -> float:
    """CPU seconds of one publishing."""
    started = time.process_time()
    publish(work, now)
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
