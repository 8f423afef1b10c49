"""Many rows at once: the same rows that SQLAlchemy would have written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select

from syndicate.errors import StoreError
from syndicate.model import (
    Bond,
    Citation,
    Dated,
    DateOrigin,
    Enclosure,
    Entry,
    Evidence,
    EvidenceKind,
    Image,
    Label,
    Precision,
    Relation,
    StoredEntry,
)
from syndicate.store import Connection, Database, bulk, entries, keys, stories
from syndicate.store.rows import bond_values, entry_values
from syndicate.store.schema import entries as table
from syndicate.store.schema import traffic

TOLD = (
    Evidence(kind=EvidenceKind.GRAMS, count=120, of=145),
    Evidence(kind=EvidenceKind.NAMES, said=("Tân Lộc", "Bến Tre")),
)

Make = Callable[..., Entry]
Tell = Callable[..., StoredEntry]
HANOI = timezone(timedelta(hours=7))
PUBLISHED = Dated(
    value=datetime(2026, 11, 20, tzinfo=HANOI),
    precision=Precision.DAY,
    origin=DateOrigin.LISTING,
    raw='20/11/2026 "\\u0000" \x00',
)
FULL = {
    "guid": "news_12\x00",
    "lead": "Sáng 20/11, \ud83d",
    "html": "<p>ố 😀</p>",
    "text": "Sáng\n\nHội nghị",
    "authors": ("Nguyễn Văn A", 'B "b"'),
    "credit": "bentre.example",
    "published": PUBLISHED,
    "dates": (PUBLISHED,),
    "updated": datetime(1, 1, 1, tzinfo=HANOI),
    "captions": ("Quang cảnh",),
    "image": Image(url="https://a.example/1.jpg", caption="Ảnh"),
    "enclosures": (Enclosure(url="https://a.example/1.mp3", type="audio/mpeg"),),
    "terms": ("Xây dựng Đảng",),
    "language": "vi",
    "citations": (Citation(key="05-CT/TW", year=2016, mentions=3),),
    "fingerprint": "feed",
}


@pytest.mark.parametrize("more", [FULL, {}], ids=["full", "bare"])
def test_a_row_is_that_of_sqlalchemy(
    database: Database, article: Make, now: datetime, more: dict[str, object]
) -> None:
    bond = Bond(relation=Relation.REPEAT, score=0.83, to=3, evidence=TOLD)
    entry = article(**more)
    rest = {"joined_at": now, "seen_at": now, "changed_at": now, "backlog": True}
    with database.write() as connection:
        story = stories.create(connection, "one", now)
        number = connection.execute(
            insert(table)
            .values(entry_values(entry) | bond_values(bond) | rest)
            .values(story_id=story)
            .returning(table.c.id)
        ).scalar_one()
        (other,) = entries.new_ids(connection, 1)
        stored = StoredEntry(
            id=other,
            story=story,
            entry=entry,
            bond=bond,
            seen_at=now,
            changed_at=now,
            backlog=True,
        )
        entries.insert_entries(connection, [entries.NewRow(stored)])
        rows = [
            connection.execute(select(table).where(table.c.id == one)).one()._asdict()
            for one in (number, other)
        ]
    assert rows[0] | {"id": 0} == rows[1] | {"id": 0}


def test_numbers_rise_and_are_given_once(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    first = tell(article(number=1))
    with database.write() as connection:
        given = entries.new_ids(connection, 3)
        new = [
            StoredEntry(
                id=number,
                story=first.story,
                entry=article(number=number),
                bond=Bond(relation=Relation.REPEAT),
                seen_at=now,
                changed_at=now,
            )
            for number in given
        ]
        entries.insert_entries(connection, [entries.NewRow(one) for one in new])
    later = tell(article(number=99))
    numbers = [first.id, *given, later.id]
    assert numbers == sorted(set(numbers))
    with database.read() as connection:
        assert entries.get_many(connection, given) == {one.id: one for one in new}


def test_rows_that_are_there_are_kept_replaced_or_an_error(database: Database) -> None:
    columns = ("host", "day", "requests", "not_modified", "bytes")
    row = ("a.example", "2026-11-22", 1, 0, 10)
    other = ("a.example", "2026-11-22", 2, 1, 20)

    def held(connection: Connection) -> tuple[object, ...]:
        return tuple(connection.execute(select(traffic)).one())

    with database.write() as connection:
        bulk.insert_rows(connection, traffic, columns, [row])
        bulk.insert_rows(connection, traffic, columns, [other], known="keep")
        assert held(connection) == row
        bulk.insert_rows(connection, traffic, columns, [other], known="replace")
        assert held(connection) == other
        bulk.insert_rows(connection, traffic, columns, [])
    with pytest.raises(StoreError), database.write() as connection:
        bulk.insert_rows(connection, traffic, columns, [row])


def test_thousands_may_be_asked_for_in_one_statement(
    database: Database, article: Make, tell: Tell
) -> None:
    kept = tell(article())
    odd = ["'", '"', "\\", "%s", "?", "{some}", "ố", "1"]
    query = "SELECT id FROM entries WHERE source IN {some} AND id = ?"
    with database.read() as connection:
        some = [*odd, *map(str, range(40_000)), "a"]
        assert bulk.rows_in(connection, query, some, kept.id) == [(kept.id,)]
        assert bulk.rows_in(connection, query, odd, kept.id) == []
        assert bulk.rows_in(connection, query, [], kept.id) == []


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with (
        database.read() as connection,
        pytest.raises(ValueError, match="without a zone"),
    ):
        bulk.moments(connection)(datetime(2026, 11, 22))  # noqa: DTZ001 - the point


def test_many_stories_are_begun_and_labelled_at_once(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    label = Label(category="dan-van", reason="r", confidence=0.5, primary=True)
    with database.write() as connection:
        one, two = stories.new_ids(connection, 2)
        stories.create_all(connection, [(one, "u1"), (two, "u2")], now)
        stories.label_all(connection, [(one, [label, label]), (two, [])])
        assert stories.uids_taken(connection, ["u1", "u2", "u3"]) == {"u1", "u2"}
    tell(article(number=1), story=one)
    tell(article(number=2), story=two)
    with database.read() as connection:
        found = stories.get_many(connection, [one, two])
    assert [found[number].labels for number in (one, two)] == [(label,), ()]
    assert found[one].uid == "u1"


def test_an_entry_gets_no_more_keys_than_it_may_have(
    database: Database, article: Make, tell: Tell
) -> None:
    kept = tell(article(), keys=[("guid", "1"), ("guid", "2")])
    with database.write() as connection:
        keys.remember_all(connection, [(kept.id, [("guid", "3")])], most=3)
        keys.remember_all(connection, [(kept.id, [("guid", "4")])], most=3)
        known = keys.of_entry(connection, kept.id)
    assert sorted(value for _, value in known) == ["1", "2", "3"]


def test_utc_is_what_moments_are_kept_in(database: Database) -> None:
    moment = datetime(2026, 11, 22, 6, tzinfo=HANOI)
    with database.read() as connection:
        told = bulk.moments(connection)
        assert told(None) is None
        assert told(moment) == told(moment.astimezone(UTC))
