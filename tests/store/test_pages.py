from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.model import Entry, Page, StoredEntry
from syndicate.store import Database, entries, pages


def test_pages_come_back_by_address(database: Database, now: datetime) -> None:
    page = Page(
        source="a",
        url="https://a.example/1",
        etag='"x"',
        last_modified="Sun, 22 Nov 2026 03:00:00 GMT",
        body_hash="beef",
        visited_at=now,
        misses=2,
    )
    with database.write() as connection:
        pages.save(connection, page)
        pages.save(connection, replace(page, source="b", misses=0))
        asked = [page.url, "https://a.example/2", page.url]
        assert pages.load(connection, "a", asked) == {page.url: page}
        assert pages.load(connection, "a", []) == {}


def test_a_page_is_replaced_whole(database: Database, now: datetime) -> None:
    page = Page(source="a", url="https://a.example/1", visited_at=now, etag='"x"')
    later = Page(source="a", url=page.url, visited_at=now + timedelta(days=1))
    with database.write() as connection:
        pages.save(connection, page)
        pages.save(connection, later)
        assert pages.load(connection, "a", [page.url]) == {page.url: later}


def test_any_address_is_kept_however_long_or_odd(
    database: Database, now: datetime
) -> None:
    urls = [f"https://a.example/?q={'x' * 9000}{end}" for end in "12"]
    urls += ["https://a.example/\x00", "https://a.example/\x01", "https://a.example/Ố"]
    with database.write() as connection:
        for url in urls:
            pages.save(connection, Page(source="a", url=url, visited_at=now))
        assert set(pages.load(connection, "a", urls)) == set(urls)


def test_many_pages_are_loaded_at_once(database: Database, now: datetime) -> None:
    urls = [f"https://a.example/{number}" for number in range(1201)]
    with database.write() as connection:
        for url in urls:
            pages.save(connection, Page(source="a", url=url, visited_at=now))
        assert len(pages.load(connection, "a", urls)) == 1201


def test_pages_of_recent_entries_are_looked_at_again_stalest_first(
    database: Database,
    now: datetime,
    article: Callable[..., Entry],
    tell: Callable[..., StoredEntry],
) -> None:
    def page(number: int, seen: int, visited: int, source: str = "a") -> Page:
        entry = article(source, number)
        stored = tell(entry, now=now - timedelta(days=seen))
        return Page(
            source=source,
            url=entry.url,
            visited_at=now - timedelta(hours=visited),
            entry_id=stored.id,
        )

    old = page(1, seen=8, visited=1)
    first = page(2, seen=7, visited=1)
    stale = page(3, seen=0, visited=9)
    gone = page(4, seen=0, visited=5)
    other = page(5, seen=0, visited=5, source="b")
    bare = Page(source="a", url="https://a.example/bare", visited_at=now)
    with database.write() as connection:
        for one in (old, first, stale, gone, other, bare):
            pages.save(connection, one)
        assert gone.entry_id is not None
        entries.withdraw(connection, gone.entry_id, now)
        since = now - timedelta(days=7)
        assert pages.to_recheck(connection, "a", since) == [stale, first]
