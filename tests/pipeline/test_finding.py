"""Finding: what the desk and its readers are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from syndicate.model import Bond, Entry, Label, Relation
from syndicate.pipeline import finding
from syndicate.pipeline.finding import Findings, Searching, Wish, catch_up, find
from syndicate.pipeline.keeping import purge
from syndicate.pipeline.narrowing import Named, day_span
from syndicate.store import entries, indexing, stories
from syndicate.text.tiers import Marks, Place

ZONE = "Asia/Ho_Chi_Minh"


@pytest.fixture
def search(desk: Any) -> Callable[..., Findings]:
    def ask(query: str, **wish: Any) -> Findings:
        categories = desk.publishing().categories
        named = Named(sources=desk.sources, categories=categories, zone=ZONE)
        work = Searching(database=desk.database, named=named, clock=desk.clock)
        return find(work, query, Wish(**wish))

    return ask


@pytest.fixture
def tell(desk: Any) -> Callable[..., int]:
    """Keep an entry of a source; gives its number."""
    counted = iter(range(1, 1_000))

    def keep(source: str, title: str, text: str = "", story: int = 0) -> int:
        number, now = next(counted), desk.clock()
        if source not in desk.sources:
            desk.add(source)
        entry = Entry(
            source=source,
            url=f"https://{source}.example/{number}",
            title=title,
            text=text,
        )
        with desk.database.write() as connection:
            story = story or stories.create(connection, f"u{number}", now)
            stored = entries.add(
                connection,
                entry,
                story=story,
                bond=Bond(relation=Relation.FIRST),
                keys=(),
                shingles=(),
                now=now,
                backlog=False,
            )
        desk.clock.advance(minutes=1)
        return stored.id

    return keep


def ids(found: Findings) -> list[int]:
    return [one.teller.id for one in found.found]


def test_what_was_gathered_is_found_at_once(
    desk: Any, search: Callable[..., Findings]
) -> None:
    desk.with_news(1, 2)
    (one,) = search("phu khanh").found
    assert "Phú Khánh" in one.story.lead.entry.title
    assert (one.marks, one.place) == (Marks.TYPED, Place.TITLE_ROW)
    assert any(piece.found for piece in one.title)
    assert any(piece.found for piece in one.excerpt)


def test_a_story_is_shown_once_with_the_teller_that_has_the_words(
    desk: Any, tell: Callable[..., int], search: Callable[..., Findings]
) -> None:
    lead = tell("mot", "Mưa lớn ở xã", "Nước ngập.")
    story = desk.ask(lambda c: entries.get(c, lead)).story
    other = tell("hai", "Mưa lớn ở xã", "Nước ngập, đê vỡ.", story)
    (found,) = search("mưa lớn").found
    assert (found.teller.id, found.story.lead.id) == (lead, lead)
    (found,) = search("đê vỡ").found
    assert (found.teller.id, found.story.lead.id) == (other, lead)


def test_pages_of_an_answer_do_not_overlap_and_say_whether_there_is_more(
    tell: Callable[..., int], search: Callable[..., Findings]
) -> None:
    all_of = [tell("mot", f"Mưa {number}") for number in range(45)]
    first, second = search("mưa"), search("mưa", offset=20)
    third = search("mưa", offset=40)
    assert ids(first) + ids(second) + ids(third) == all_of[::-1]
    assert [first.more, second.more, third.more] == [True, True, False]
    assert ids(search("mưa", limit=1)) == all_of[-1:]
    assert search("mưa", offset=10**12).found == ()
    assert len(search("mưa", limit=10**9).found) == 45


def test_what_is_under_embargo_is_for_the_desk_alone_and_marked(
    desk: Any, tell: Callable[..., int], search: Callable[..., Findings]
) -> None:
    desk.add("cam", embargo=timedelta(hours=2))
    held, free = tell("cam", "Mưa lớn"), tell("mot", "Mưa lớn")
    assert ids(search("mưa")) == [free, held]
    assert [bool(one.held_until) for one in search("mưa").found] == [False, True]
    assert ids(search("mưa", public=True)) == [free]
    desk.clock.advance(hours=3)
    assert ids(search("mưa", public=True)) == [free, held]


def test_the_words_of_a_teller_under_embargo_show_nothing_to_readers(
    desk: Any, tell: Callable[..., int], search: Callable[..., Findings]
) -> None:
    desk.add("cam", embargo=timedelta(hours=2))
    lead = tell("mot", "Mưa lớn")
    story = desk.ask(lambda c: entries.get(c, lead)).story
    tell("cam", "Mưa lớn", "Bí mật.", story)
    assert len(search("bí mật").found) == 1
    assert search("bí mật", public=True).found == ()
    assert ids(search("mưa", public=True)) == [lead]


def test_filters_name_things_by_key_title_or_without_marks(
    desk: Any, tell: Callable[..., int], search: Callable[..., Findings]
) -> None:
    one, two = tell("mot", "Mưa"), tell("hai", "Mưa")
    story = desk.ask(lambda c: entries.get(c, two)).story
    with desk.database.write() as connection:
        label = Label(category="cau-duong", reason="", confidence=1.0)
        stories.set_labels(connection, story, [label])
    for said in ("cau-duong", "“Cầu đường”", '"cau duong"'):
        assert ids(search(f"mưa category:{said}")) == [two]
    assert ids(search("-chuyên-mục:cau-duong")) == [one]
    assert ids(search("nguồn:mot")) == [one]
    assert ids(search('mưa source:"nguồn hai"')) == [two]
    assert ids(search("source:mot source:hai")) == [two, one]
    assert ids(search("language:vi")) == [two, one]
    assert ids(search("language:en")) == []
    assert ids(search("language:vi -language:en")) == [two, one]


@pytest.mark.parametrize(
    "said",
    ["category:x", "source:?", "document:99-XX/YY", "since:mai", "until:31/2/2026"],
)
def test_a_filter_that_names_nothing_is_told(
    search: Callable[..., Findings], said: str
) -> None:
    found = search(said)
    assert len(found.unknown) == 1
    assert found.found == ()


def test_days_are_those_of_the_site(
    tell: Callable[..., int], search: Callable[..., Findings]
) -> None:
    one = tell("mot", "Mưa")  # 14 October 2026, ten in the morning there
    for said in ("14/10/2026", "2026-10-14", "10/2026", "2026"):
        assert ids(search(f"since:{said} until:{said}")) == [one]
    assert ids(search("since:15/10/2026")) == []
    assert ids(search("mưa until:13/10/2026")) == []


@pytest.mark.parametrize(
    ("said", "days"),
    [("1/12/2026", 1), ("12/2026", 31), ("2026-12", 31), ("2024-2", 29), ("2026", 365)],
)
def test_a_span_is_as_long_as_what_was_said(said: str, days: int) -> None:
    span = day_span(said, ZONE)
    assert span is not None
    assert span[1] - span[0] == days * 86_400


@pytest.mark.parametrize("said", ["", "0/1/2026", "2026-13-01", "31/12/9999", "1.1.26"])
def test_what_is_no_day_is_none(said: str) -> None:
    assert day_span(said, ZONE) is None


def test_a_quoted_phrase_that_only_its_pairs_are_there_for_is_not_found(
    tell: Callable[..., int], search: Callable[..., Findings]
) -> None:
    tell("mot", "Tin", "Cán bộ trẻ và bộ trẻ em; cán bộ già.")
    right = tell("mot", "Tin", "Họp cán bộ trẻ em.")
    assert ids(search('"cán bộ trẻ em"')) == [right]


def test_entries_that_wait_are_indexed_when_asked_and_not_twice(
    desk: Any, tell: Callable[..., int], search: Callable[..., Findings]
) -> None:
    tell("mot", "Mưa")
    assert search("mưa", catch_up=0).found == ()
    assert catch_up(desk.database) == 1
    assert catch_up(desk.database) == 0
    assert len(search("mưa", catch_up=0).found) == 1


def test_a_bounded_search_indexes_a_part(
    desk: Any,
    tell: Callable[..., int],
    search: Callable[..., Findings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(indexing, "TOGETHER", 2)
    for _ in range(5):
        tell("mot", "Mưa")
    assert len(search("mưa", catch_up=3).found) == 3
    assert len(search("mưa").found) == 5


def test_a_store_that_another_writes_to_is_searched_all_the_same(
    desk: Any, tell: Callable[..., int], search: Callable[..., Findings]
) -> None:
    one = tell("mot", "Mưa")
    catch_up(desk.database)
    tell("mot", "Mưa")
    with desk.database.read() as connection:
        (path,) = [row[2] for row in connection.exec_driver_sql("PRAGMA database_list")]
    with finding.Database.open(f"sqlite:///{path}", timeout=0.05) as hurried:
        named = Named(sources=desk.sources, categories=(), zone=ZONE)
        work = Searching(database=hurried, named=named, clock=desk.clock)
        with desk.database.write():
            assert ids(find(work, "mưa")) == [one]


def test_what_is_purged_is_not_found(
    desk: Any, search: Callable[..., Findings]
) -> None:
    desk.with_news(1)
    assert len(search("").found) == 1
    later = desk.clock.advance(days=400)
    assert purge(desk.database, timedelta(days=100), later) == 1
    assert search("").found == ()
    assert search("tân lộc").found == ()
