from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

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
    Precision,
    Relation,
    StoredEntry,
)
from syndicate.store import Database, entries, stories

TOLD = (
    Evidence(kind=EvidenceKind.GRAMS, count=120, of=145),
    Evidence(kind=EvidenceKind.NAMES, said=("Tân Lộc", "Bến Tre")),
)

Make = Callable[..., Entry]
Tell = Callable[..., StoredEntry]
HANOI = timezone(timedelta(hours=7))
LATER = timedelta(hours=5)


@pytest.fixture
def full() -> Entry:
    """An entry with a value in every field."""
    published = Dated(
        value=datetime(2026, 11, 20, tzinfo=HANOI),
        precision=Precision.DAY,
        origin=DateOrigin.LISTING,
        raw="20/11/2026",
    )
    clock = Dated(
        value=datetime(2026, 11, 22, 9, 59, 1, 5, tzinfo=UTC),
        precision=Precision.SECOND,
        origin=DateOrigin.PAGE,
        raw="Chủ nhật, 22/11/2026 16:59:01",
    )
    return Entry(
        source="a",
        url="https://a.example/tin/1?ItemID=12",
        guid="news_12",
        title="Đảng uỷ xã “Hoà Bình” tổng kết",
        lead="Sáng 20/11, …",
        html="<p>Sáng <b>20/11</b></p>",
        text="Sáng 20/11\n\nHội nghị",
        authors=("Nguyễn Văn A", "B"),
        credit="bentre.example",
        published=published,
        dates=(published, clock),
        updated=datetime(2026, 11, 21, 8, 0, 0, 1, tzinfo=HANOI),
        captions=("Quang cảnh",),
        image=Image(url="https://a.example/1.jpg", caption="Ảnh: B"),
        enclosures=(Enclosure(url="https://a.example/1.mp3", type="audio/mpeg"),),
        terms=("Xây dựng Đảng",),
        language="vi",
        citations=(
            Citation(key="05-CT/TW", date=date(2016, 5, 15), year=2016, mentions=3),
            Citation(key="1", inferred=True, scope="ben-tre"),
        ),
        fingerprint="feed",
    )


def test_an_entry_comes_back_as_it_was(
    database: Database, full: Entry, tell: Tell, now: datetime
) -> None:
    bond = Bond(relation=Relation.REPEAT, score=0.83, to=3, evidence=TOLD)
    kept = tell(full, bond=bond, backlog=True)
    assert kept == StoredEntry(
        id=kept.id,
        story=kept.story,
        entry=full,
        bond=bond,
        seen_at=now,
        changed_at=now,
        backlog=True,
    )
    with database.read() as connection:
        again = entries.get(connection, kept.id)
    assert again == kept
    assert again.entry.published is not None
    assert again.entry.published.value.utcoffset() == timedelta(hours=7)


def test_a_character_that_cannot_be_stored_loses_no_entry(
    article: Make, tell: Tell
) -> None:
    odd = "a\x00b\ud83dc"
    kept = tell(
        article(title=odd, authors=(odd,), url=f"https://a.example/{odd}"),
        keys=[("url", odd)],
    )
    assert kept.entry.title == "a\ufffdb\ufffdc"
    assert kept.entry.authors == ("a\ufffdb\ufffdc",)


def test_a_date_before_the_calendar_loses_no_entry(article: Make, tell: Tell) -> None:
    never = Dated(
        value=datetime(1, 1, 1, tzinfo=HANOI),
        precision=Precision.SECOND,
        origin=DateOrigin.META,
        raw="0001-01-01T00:00:00+07:00",
    )
    assert tell(article(published=never)).entry.published == never


def test_unknown_ids_and_addresses_have_no_entry(database: Database) -> None:
    with database.read() as connection:
        assert entries.get(connection, 1) is None
        assert entries.get(connection, 10**30) is None
        assert entries.by_url(connection, "https://a.example/1") is None
        assert entries.count(connection) == 0


def test_an_entry_is_found_by_its_address(
    database: Database, article: Make, tell: Tell
) -> None:
    long = "https://a.example/?q=" + "x" * 9000
    kept = tell(article(url=long))
    tell(article(url=long + "y"))
    with database.read() as connection:
        assert entries.by_url(connection, long) == kept


def test_of_several_at_an_address_the_first_that_is_not_withdrawn_is_found(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    url = "https://c.example/1"
    first, second, third = (
        tell(article(source, url=url), uid=source) for source in "abc"
    )
    with database.write() as connection:
        assert entries.by_url(connection, url) == first
        entries.withdraw(connection, first.id, now)
        assert entries.by_url(connection, url) == second
        entries.withdraw(connection, second.id, now)
        entries.withdraw(connection, third.id, now)
        found = entries.by_url(connection, url)
    assert found is not None
    assert found.id == first.id


def test_a_guid_is_unique_per_source_only(
    database: Database, article: Make, tell: Tell
) -> None:
    guid = ("guid", "news_12")
    ours = tell(article("a"), keys=[guid])
    theirs = tell(article("b"), keys=[guid])
    with database.read() as connection:
        assert entries.matching(connection, "a", [guid]) == [("guid", ours)]
        assert entries.matching(connection, "b", [guid]) == [("guid", theirs)]
        assert entries.matching(connection, "c", [guid]) == []
        assert entries.anywhere(connection, [guid]) == [
            ("guid", ours),
            ("guid", theirs),
        ]


def test_entries_come_in_the_order_of_the_keys_once_for_each(
    database: Database, article: Make, tell: Tell
) -> None:
    one = tell(article(number=1), keys=[("guid", "1"), ("url", "u1")])
    two = tell(article(number=2), keys=[("guid", "1"), ("url", "u2")])
    asked = [("url", "u2"), ("guid", "?"), ("guid", "1"), ("url", "u1"), ("url", "u2")]
    with database.read() as connection:
        assert entries.matching(connection, "a", asked) == [
            ("url", two),
            ("guid", one),
            ("guid", two),
            ("url", one),
        ]
        assert entries.matching(connection, "a", []) == []


def test_the_same_value_of_another_kind_is_another_key(
    database: Database, article: Make, tell: Tell
) -> None:
    tell(article(), keys=[("guid", "https://a.example/1")])
    with database.read() as connection:
        assert entries.anywhere(connection, [("url", "https://a.example/1")]) == []


def test_long_and_odd_keys_are_told_apart(
    database: Database, article: Make, tell: Tell
) -> None:
    values = ["x" * 9000, "x" * 9000 + "y", "\x00", "\x01", "\ud800", "", "Ố"]
    keys = [("guid", value) for value in values]
    kept = {
        value: tell(article(number=number), keys=[key]).id
        for number, (value, key) in enumerate(zip(values, keys, strict=True))
    }
    with database.read() as connection:
        found = entries.matching(connection, "a", keys)
    assert [entry.id for _, entry in found] == list(kept.values())


def test_thousands_of_keys_may_be_asked_at_once(
    database: Database, article: Make, tell: Tell
) -> None:
    keys = [("guid", str(number)) for number in range(2500)]
    kept = tell(article(), keys=keys)
    with database.read() as connection:
        assert entries.anywhere(connection, keys) == [("guid", kept)] * 2500


def test_a_change_moves_the_time_of_change_and_keeps_the_old_keys(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    old = tell(article(), keys=[("guid", "old"), ("url", "u")], shingles=[1, 2])
    new = article(title="Đính chính", fingerprint="2")
    with database.write() as connection:
        kept = entries.change(
            connection,
            old.id,
            new,
            keys=[("guid", "new"), ("url", "u"), ("url", "u")],
            shingles=[2, 3],
            now=now + LATER,
        )
        assert kept == replace(old, entry=new, changed_at=now + LATER)
        for key in [("guid", "old"), ("guid", "new"), ("url", "u")]:
            assert entries.matching(connection, "a", [key]) == [(key[0], kept)]
        assert entries.sharing(connection, [1], since=now) == []
        assert entries.sharing(connection, [2, 3], since=now) == [(2, kept)]


def test_a_change_of_the_leading_entry_is_a_change_of_the_story(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    first = tell(article("a"))
    second = tell(article("b"), story=first.story, now=now + LATER)

    def changed_at(entry: StoredEntry, at: datetime) -> datetime:
        with database.write() as connection:
            entries.change(
                connection, entry.id, entry.entry, keys=[], shingles=[], now=at
            )
            story = stories.get(connection, first.story)
        assert story is not None
        return story.changed_at

    assert changed_at(second, now + 2 * LATER) == now
    assert changed_at(first, now + 3 * LATER) == now + 3 * LATER
    with database.write() as connection:
        stories.set_lead(connection, first.story, second.id)
    assert changed_at(first, now + 4 * LATER) == now + 3 * LATER
    assert changed_at(second, now + 5 * LATER) == now + 5 * LATER
    with database.write() as connection:
        entries.withdraw(connection, second.id, now)
    assert changed_at(first, now + 6 * LATER) == now + 6 * LATER


def test_a_better_date_moves_no_time_of_change(
    database: Database, full: Entry, tell: Tell
) -> None:
    old = tell(replace(full, published=None, dates=()))
    with database.write() as connection:
        entries.redate(connection, [(old.id, replace(full, title="Khác"))])
        kept = entries.get(connection, old.id)
    better = replace(old.entry, published=full.published)
    assert kept == replace(old, entry=replace(better, dates=full.dates))


def test_a_source_never_overwrites_the_entry_of_another(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    ours, theirs = tell(article("a")), article("b")
    with (
        pytest.raises(StoreError, match="source b has no entry"),
        database.write() as connection,
    ):
        entries.change(connection, ours.id, theirs, keys=[], shingles=[], now=now)
    with database.read() as connection:
        assert entries.get(connection, ours.id) == ours


def test_an_entry_is_withdrawn_once_and_may_come_back(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    kept = tell(article())
    with database.write() as connection:
        entries.withdraw(connection, kept.id, now)
        entries.withdraw(connection, kept.id, now + LATER)
        gone = entries.get(connection, kept.id)
        assert gone == replace(kept, withdrawn_at=now)
        assert entries.count(connection) == 1
        entries.restore(connection, kept.id)
        assert entries.get(connection, kept.id) == kept


def test_numbers_are_never_given_twice(
    database: Database, article: Make, tell: Tell
) -> None:
    given = [tell(article(number=number)) for number in range(5)]
    assert len({one.id for one in given}) == len({one.story for one in given}) == 5
