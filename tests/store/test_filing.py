"""Whole documents are filed, known again and purged alike on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.categorise.rules import Rules
from syndicate.model import (
    Category,
    Dated,
    DateOrigin,
    Entry,
    Outcome,
    Precision,
    Scoring,
    Source,
    SourceKind,
)
from syndicate.pipeline.filing import Filing, file_entries, known_tellings
from syndicate.pipeline.keeping import purge, reindex
from syndicate.pipeline.preparing import prepare
from syndicate.store import Database, entries, stories, tombstones
from syndicate.store.keys import marked

RULES = Rules([Category(slug="cau", title="Cầu", strong=("cây cầu",))], Scoring())
SOURCES = {
    key: Source(key=key, title=key, kind=SourceKind.FEED, url=f"https://{key}.example")
    for key in "ab"
}
DESK = Filing(sources=SOURCES, rules=RULES, backlog_after=timedelta(days=10))


def told(number: int, source: str, now: datetime) -> Entry:
    """An article of its own; every third tells of a bridge."""
    words = " ".join(f"chữ{number}x{at} vần{at % 7}" for at in range(90))
    topic = "Bà con có cây cầu mới" if number % 3 == 0 else "Bà con có lớp học mới"
    date = Dated(
        value=now - timedelta(hours=number + 1),
        precision=Precision.MINUTE,
        origin=DateOrigin.FEED,
        raw=f"{number}",
    )
    return Entry(
        source=source,
        url=f"https://{source}.example/{number}",
        guid=f"news_{number}",
        title=f"{topic} số {number}",
        text=f"{topic} {words}",
        published=date,
        dates=(date,),
        fingerprint=f"{source}{number}",
    )


def file(database: Database, now: datetime, *some: Entry) -> list[Outcome]:
    prepared = [
        prepare(one, SOURCES[one.source], RULES, f"{at:032}")
        for at, one in enumerate(some)
    ]
    with database.write() as connection:
        filed = file_entries(connection, prepared, DESK, now=now)
    return [one.outcome for one in filed]


def test_a_document_has_one_life_on_every_engine(
    database: Database, now: datetime
) -> None:
    ours = [told(number, "a", now) for number in range(12)]
    assert file(database, now, *ours) == [Outcome.NEW] * 12
    framed = [
        replace(
            told(number, "b", now),
            title="Điểm tin các báo trong tuần",
            text=f"Ghi nhanh của cộng tác viên.\n\n{ours[number].text}",
        )
        for number in range(6)
    ]
    news = [told(number, "b", now) for number in range(50, 53)]
    assert (
        file(database, now, *framed, *news) == [Outcome.REPEAT] * 6 + [Outcome.NEW] * 3
    )
    assert file(database, now, *ours) == [Outcome.UNCHANGED] * 12
    changed = replace(ours[0], text=f"{ours[0].text} Thêm một câu.", fingerprint="x")
    assert file(database, now, changed, ours[1]) == [
        Outcome.CHANGED,
        Outcome.UNCHANGED,
    ]
    with database.read() as connection:
        found = stories.latest(connection)
        assert len(known_tellings(connection, "a")) == 12
    assert len(found) == 15
    labelled = [story for story in found if story.labels]
    assert len(labelled) == 4 + 1
    assert sum(len(story.entries) for story in found) == 21


def test_purged_articles_stay_away_on_every_engine(
    database: Database, now: datetime
) -> None:
    ours = [told(number, "a", now) for number in range(5)]
    file(database, now, *ours)
    later = now + timedelta(days=400)
    assert purge(database, timedelta(days=365), later, DESK) == 5
    assert file(database, later, *ours) == [Outcome.UNCHANGED] * 5
    marks = marked([("guid", "a news_0"), ("guid", "b news_0")])
    with database.write() as connection:
        assert entries.count(connection) == 0
        assert list(tombstones.standing(connection, "a", marks)) == marks[:1]
        assert tombstones.standing(connection, "b", marks) == {}
    assert reindex(database) == 0
