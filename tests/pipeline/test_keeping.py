"""Old articles go, and do not come back as news while they are listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.model import (
    Dated,
    DateOrigin,
    Entry,
    Outcome,
    Page,
    Precision,
)
from syndicate.pipeline import keeping
from syndicate.pipeline.filing import file_entries
from syndicate.pipeline.keeping import purge, reindex
from syndicate.pipeline.preparing import prepare
from syndicate.store import entries, pages, stories, tombstones
from syndicate.store.keys import marked

DAY = timedelta(days=1)
YEAR = 365 * DAY


@pytest.fixture
def shelf(desk, words):
    """A desk with two sources, and the questions of these tests."""
    desk.add()
    desk.add("bao", rank=10)

    class Shelf:
        def entry(self, n=1, source="tin", **given):
            title, text = words.article(n)
            published = Dated(
                value=desk.clock.now - timedelta(hours=2),
                precision=Precision.MINUTE,
                origin=DateOrigin.FEED,
                raw=desk.clock.now.isoformat(),
            )
            values = {
                "source": source,
                "url": f"https://{source}.example/{n}",
                "guid": f"{source}-{n}",
                "title": title,
                "text": text,
                "published": published,
                "fingerprint": f"{title}{text}",
            }
            return Entry(**values | given)

        def file(self, *some, now=None):
            prepared = [
                prepare(one, desk.sources[one.source], desk.rules) for one in some
            ]
            with desk.database.write() as connection:
                return file_entries(
                    connection, prepared, desk.work().desk, now=now or desk.clock.now
                )

        def purge(self, retention=YEAR):
            return purge(desk.database, retention, desk.clock.now, desk.work().desk)

        def stones(self):
            with desk.database.read() as connection:
                return connection.exec_driver_sql(
                    "SELECT count(*) FROM tombstones"
                ).scalar()

        def count(self):
            return desk.ask(entries.count)

    return Shelf()


def test_what_is_older_than_retention_is_purged(desk, shelf):
    shelf.file(shelf.entry(1))
    desk.clock.advance(days=364)
    shelf.file(shelf.entry(2))
    assert shelf.purge() == 0
    desk.clock.advance(days=2)
    assert shelf.purge() == 1
    assert [one.lead.entry.guid for one in desk.stories()] == ["tin-2"]
    with desk.database.read() as connection:
        for table, left in [("keys", "keys"), ("shingles", "shingles")]:
            query = f"SELECT count(*) FROM {table} WHERE entry_id = 1"  # noqa: S608
            assert connection.exec_driver_sql(query).scalar() == 0, left
    assert shelf.purge() == 0


def test_without_retention_everything_is_kept(desk, shelf):
    shelf.file(shelf.entry(1))
    desk.clock.advance(days=9999)
    assert shelf.purge(timedelta(0)) == 0
    assert shelf.count() == 1


def test_what_repeats_are_looked_for_in_is_kept_whatever_retention_says(desk, shelf):
    shelf.file(shelf.entry(1))
    desk.clock.advance(days=59)
    assert shelf.purge(DAY) == 0
    desk.clock.advance(days=2)
    assert shelf.purge(DAY) == 1


def test_more_than_one_batch_is_purged(desk, shelf, monkeypatch):
    monkeypatch.setattr(keeping, "TOGETHER", 2)
    shelf.file(*(shelf.entry(n) for n in range(5)))
    desk.clock.advance(days=400)
    assert shelf.purge() == 5
    assert desk.ask(lambda c: stories.latest(c, include_withdrawn=True)) == []


def test_a_purged_entry_does_not_come_back_while_it_is_listed(desk, shelf):
    one = shelf.entry(1)
    shelf.file(one)
    desk.clock.advance(days=400)
    shelf.purge()
    for _ in range(3):
        desk.clock.advance(days=80)
        (filed,) = shelf.file(one)
        assert (filed.outcome, filed.entry_id) == (Outcome.UNCHANGED, 0)
        assert filed.key
        shelf.purge()
    assert shelf.count() == 0
    assert desk.stories() == []


def test_a_stone_is_of_its_source_alone(desk, shelf):
    shelf.file(shelf.entry(1, guid="news_12"))
    desk.clock.advance(days=400)
    shelf.purge()
    (filed,) = shelf.file(shelf.entry(2, source="bao", guid="news_12"))
    assert filed.outcome is Outcome.NEW


def test_a_standing_address_may_have_something_new_after_a_purge(desk, shelf):
    shelf.file(shelf.entry(1, guid="lich", url="https://tin.example/lich"))
    desk.clock.advance(days=400)
    shelf.purge()
    desk.clock.advance(days=1)
    new = shelf.entry(2, guid="lich", url="https://tin.example/lich")
    assert [one.outcome for one in shelf.file(new)] == [Outcome.NEW]


def test_a_source_that_redates_what_was_purged_brings_nothing_back(desk, shelf):
    text = " ".join(shelf.entry(n).text for n in range(6))
    one = shelf.entry(1, text=text)
    shelf.file(one)
    desk.clock.advance(days=400)
    shelf.purge()
    desk.clock.advance(days=1)
    today = replace(
        one, published=replace(one.published, value=desk.clock.now - DAY / 4)
    )
    (filed,) = shelf.file(today)
    assert (filed.entry_id, filed.key) == (0, "content")


def test_a_stone_goes_when_its_source_has_not_listed_it_for_long(desk, shelf):
    shelf.file(shelf.entry(1))
    desk.clock.advance(days=400)
    shelf.purge()
    assert shelf.stones()
    desk.clock.advance(days=91)
    shelf.file(shelf.entry(2))  # so the source was heard, and did not list it
    shelf.purge()
    assert shelf.stones() == 0


def test_a_feed_that_stood_still_for_a_year_keeps_its_stones(desk, shelf):
    """Unchanged answers are not read, so nobody says that it lists them still."""
    one = shelf.entry(1)
    shelf.file(one)
    desk.clock.advance(days=400)
    shelf.purge()
    desk.clock.advance(days=400)
    shelf.purge()
    (filed,) = shelf.file(one)
    assert filed.entry_id == 0


def test_a_story_that_keeps_a_teller_is_led_by_it_and_keeps_its_id(desk, shelf):
    shelf.file(shelf.entry(0, source="bao"))
    desk.clock.advance(days=50)
    published = shelf.entry(0).published
    shelf.file(shelf.entry(0, published=published))
    (before,) = desk.stories()
    assert before.lead.entry.source == "bao"
    desk.clock.advance(days=330)
    assert shelf.purge() == 1
    (after,) = desk.stories()
    assert after.uid == before.uid
    assert [one.entry.source for one in after.entries] == ["tin"]
    assert [label.category for label in after.labels] == ["cau-duong"]


def test_a_page_of_a_purged_entry_stays_known_as_read(desk, shelf):
    (filed,) = shelf.file(shelf.entry(1))
    page = Page(
        source="tin",
        url="https://tin.example/1",
        body_hash="beef",
        visited_at=desk.clock.now,
        entry_id=filed.entry_id,
    )
    with desk.database.write() as connection:
        pages.save(connection, page)
    desk.clock.advance(days=400)
    shelf.purge()
    found = desk.ask(lambda c: pages.load(c, "tin", [page.url]))
    assert found == {page.url: replace(page, entry_id=None)}


def test_texts_that_an_older_version_hashed_are_hashed_anew(desk, shelf):
    text = " ".join(shelf.entry(n).text for n in range(6))
    shelf.file(shelf.entry(1, text=text), shelf.entry(2, text=""))
    with desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE entries SET grams = 0")
        connection.exec_driver_sql("UPDATE shingles SET hash = -hash - 1")
    assert reindex(desk.database) == 2  # the empty one was never looked at
    assert reindex(desk.database) == 0
    framed = shelf.entry(
        9, source="bao", title="Điểm tin", text=f"Ghi nhanh. {text}", fingerprint="f"
    )
    assert [one.outcome for one in shelf.file(framed)] == [Outcome.REPEAT]


def test_a_stone_is_put_up_for_every_key(desk, shelf):
    shelf.file(shelf.entry(1))
    desk.clock.advance(days=400)
    shelf.purge()
    wanted = [("guid", "tin tin-1"), ("address", "tin.example/1"), ("guid", "tin x")]

    marks = marked(wanted)
    found = desk.ask(lambda c: tombstones.standing(c, "tin", marks))
    assert set(found) == set(marks[:2])
    assert set(found.values()) == {desk.clock.now}
