"""What composing an issue costs, out of how much is stored.

``python -m bench.composing`` fills a store of ten thousand stories and one of a hundred
thousand with the same week at the end and a year of issues before it, and composes the
issue of that week: it should cost what the week holds, not what the store holds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

from bench.stock import entry
from bench.texts import article
from syndicate.digest.choosing.compose import compose
from syndicate.model import (
    Bond,
    Digest,
    Issue,
    IssueItem,
    IssueSection,
    IssueState,
    Label,
    Relation,
    Section,
    Source,
    SourceKind,
    StoredEntry,
)
from syndicate.pipeline.mailing.composing import material
from syndicate.store import Connection, Database, issues, stories
from syndicate.store.rows import NewRow, insert_entries

END = datetime(2026, 10, 18, 23, tzinfo=UTC)
WEEK = timedelta(days=7)
APART = timedelta(minutes=7)
"""Between two stories of the weeks before."""
TIMES = 5
SLUGS = tuple(f"muc-{number}" for number in range(8))
SOURCES = {
    key: Source(key=key, title=key, kind=SourceKind.FEED, url=f"https://{key}.example/")
    for key in (f"nguon-{number}" for number in range(40))
}
DIGEST = Digest(
    key="tuan",
    title="Bản tin tuần",
    sections=tuple(Section(title=slug, categories=(slug,)) for slug in SLUGS),
)


def main() -> None:
    """Fill, compose and print a line for each size."""
    parser = argparse.ArgumentParser(prog="python -m bench.composing")
    parser.add_argument("--week", type=int, default=1_000, help="stories of the week")
    sizes = [10_000, 100_000]
    parser.add_argument("--stories", type=int, nargs="+", default=sizes)
    given = parser.parse_args()
    for count in given.stories:
        print(measured(count, given.week))


def measured(count: int, week: int) -> str:
    """Compose out of a store of ``count`` stories, and say what it took."""
    with (
        TemporaryDirectory() as folder,
        Database.open(f"sqlite:///{Path(folder) / 'desk.db'}") as database,
    ):
        with database.write() as connection:
            fill(connection, count, week)
        runs = [timed(database) for _time in range(TIMES)]
    issue = runs[0][2]
    reading = median(one[0] for one in runs)
    choosing = median(one[1] for one in runs)
    return (
        f"{count:>9,} stories kept, {week:,} of the week: read in {reading:.3f} s, "
        f"composed in {choosing:.3f} s; {len(issue.items)} shown, "
        f"{issue.left_out:,} left out"
    )


def timed(database: Database) -> tuple[float, float, Issue]:
    """Compose the issue of the last week: seconds to read, to choose, and the issue."""
    began = time.perf_counter()
    with database.read() as connection:
        found = material(connection, DIGEST, END - WEEK, END, SOURCES)
    read = time.perf_counter()
    issue = compose(
        DIGEST,
        found.stories,
        edition=replace(found.edition, number=53),
        sources=SOURCES,
        categories={},
        carried=found.carried,
    )
    return read - began, time.perf_counter() - read, issue


def fill(connection: Connection, count: int, week: int) -> None:
    """Keep so many stories, ``week`` of them of the last week, and a year of issues."""
    rng = Random(6)
    some = [article(rng, size=rng.randint(900, 5_400)) for _ in range(200)]
    keys = tuple(SOURCES)
    for number, at in zip(
        stories.new_ids(connection, count), moments(count, week), strict=True
    ):
        stories.create_all(connection, [(number, uid(number))], at)
        kept = StoredEntry(
            id=number,
            story=number,
            entry=entry(some[number % 200], number, keys[number % 40], at),
            bond=Bond(relation=Relation.FIRST),
            seen_at=at,
            changed_at=at,
        )
        insert_entries(connection, [NewRow(kept)])
        slug = SLUGS[number % len(SLUGS)]
        label = Label(category=slug, reason="", confidence=0.9, primary=True)
        stories.label_all(connection, [(number, (label,))])
    for number in range(1, 53):
        issues.create(
            connection,
            printed(number, week),
            state=IssueState.SENT,
            sha256="",
            now=END - (52 - number) * WEEK - WEEK,
        )


def moments(count: int, week: int) -> Iterator[datetime]:
    """When each story came: so many in the last week, the others before it."""
    for number in range(week):
        yield END - WEEK + number * WEEK / week
    for number in range(count - week):
        yield END - WEEK - APART * (number + 1)


def uid(number: int) -> str:
    """The uid of the numbered story."""
    return f"story{number:09}"


def printed(number: int, week: int) -> Issue:
    """The numbered issue of the year before, of thirty stories."""
    first = week + 1 + 30 * number
    items = tuple(
        IssueItem(
            story=one,
            uid=uid(one),
            title="",
            url="",
            summary="",
            source="",
            language="vi",
            published=None,
        )
        for one in range(first, first + 30)
    )
    start = END - (54 - number) * WEEK
    return Issue(
        digest=DIGEST.key,
        number=number,
        start=start,
        end=start + WEEK,
        sections=(IssueSection(title="", items=items),),
    )


if __name__ == "__main__":
    main()
