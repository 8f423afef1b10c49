"""Different texts of one event find one story, however they come."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from syndicate.dedupe.gist import unpacked
from syndicate.model import (
    Dated,
    DateOrigin,
    Entry,
    Outcome,
    Precision,
    Relation,
)
from syndicate.pipeline.filing import Filed, file_entries
from syndicate.pipeline.keeping import reindex
from syndicate.pipeline.preparing import prepare
from syndicate.store import entries, gists, rarities, stories, terms

EVENTS = tomllib.loads(
    (Path(__file__).parents[1] / "data" / "pipeline" / "events.toml").read_text("utf-8")
)["event"]
WITHIN = timedelta(days=4)
Tell = Callable[..., Entry]
File = Callable[..., Sequence[Filed]]


@pytest.fixture
def tell(words) -> Tell:
    """The telling of an event by a source: ``tell(event, telling)``."""

    def make(event: int, telling: int, source: str = "", **given) -> Entry:
        told = EVENTS[event]["telling"][telling]
        source = source or "ab"[telling]
        at = given.pop("at", words.start - timedelta(hours=telling + 1))
        published = Dated(
            value=at, precision=Precision.MINUTE, origin=DateOrigin.FEED, raw=f"{at}"
        )
        values = {
            "source": source,
            "url": f"https://{source}.example/{event}-{telling}",
            "guid": f"{source}-{event}-{telling}",
            "title": told["title"],
            "text": told["text"].strip(),
            "published": published,
            "fingerprint": f"{source}{event}{telling}",
        }
        return Entry(**values | given)

    return make


@pytest.fixture
def file(desk) -> File:
    """File entries of one source as one document, and give what became of each."""
    for key in "abc":
        desk.add(key)
    work = replace(desk.work().desk, events_within=WITHIN)

    def file_some(*some: Entry, now: datetime | None = None, desk_is=None, **given):
        with desk.database.write() as connection:
            return file_entries(
                connection,
                [prepare(one, desk.sources[one.source], desk.rules) for one in some],
                desk_is or work,
                now=now or desk.clock.now,
                **given,
            )

    return file_some


def together(desk) -> list[set[str]]:
    """The guids of each story."""
    return sorted(
        ({one.entry.guid for one in story.entries} for story in desk.stories()),
        key=sorted,
    )


PAIRS = [{f"a-{n}-0", f"b-{n}-1"} for n in range(len(EVENTS))]


def test_two_portals_that_tell_of_one_event_tell_one_story(desk, file, tell):
    file(*(tell(n, 0) for n in range(len(EVENTS))))
    filed = file(*(tell(n, 1) for n in range(len(EVENTS))))
    assert {one.outcome for one in filed} == {Outcome.REPEAT}
    assert together(desk) == PAIRS
    bonds = [story.entries for story in desk.stories()]
    for one in (one for some in bonds for one in some):
        if one.entry.source == "b":
            (other,) = {each.id for each in desk.entries()} & {one.bond.to}
            assert one.bond.relation is Relation.EVENT
            assert one.bond.evidence
            assert 0 < one.bond.score <= 1
            assert other != one.id


def test_two_entries_of_one_document_tell_one_story_too(desk, file, tell):
    some = [tell(n, telling, "a") for telling in (0, 1) for n in range(len(EVENTS))]
    file(*some)
    assert [len(each) for each in together(desk)] == [2] * len(EVENTS)


def test_a_copy_of_a_telling_in_the_same_document_follows_it(desk, file, tell):
    file(tell(0, 0))
    copy = tell(0, 1, "b", guid="copy", url="https://b.example/copy", fingerprint="c")
    file(tell(0, 1), replace(copy, title="Điểm báo sáng"))
    assert together(desk) == [{"a-0-0", "b-0-1", "copy"}]
    relations = {one.entry.guid: one.bond.relation for one in desk.entries()}
    assert sorted(relations.values()) == ["event", "first", "repeat"]


def test_a_story_is_told_in_one_document_by_two_who_join_it_at_once(desk, file, tell):
    file(tell(0, 0))
    again = tell(0, 1, "c", guid="again", url="https://c.example/again")
    file(again, tell(1, 0, "c"), tell(1, 1, "c"))
    assert together(desk) == [{"a-0-0", "again"}, {"c-1-0", "c-1-1"}]


def test_what_is_far_apart_is_another_event(desk, file, tell, words):
    file(tell(0, 0))
    late = words.start + WITHIN + timedelta(days=1)
    file(tell(0, 1, at=late), now=late + timedelta(hours=1))
    assert len(together(desk)) == 2


def test_an_archive_is_put_together_by_its_own_days(desk, file, tell, words):
    """Not by the day on which it came: all of it came today."""
    past = words.start - timedelta(days=400)
    file(
        tell(0, 0, at=past),
        tell(1, 0, at=past - timedelta(days=30)),
        first_import=True,
    )
    file(
        tell(0, 1, at=past + timedelta(hours=5)),
        tell(1, 1, at=past - timedelta(days=1)),
        first_import=True,
    )
    assert together(desk) == [{"a-0-0", "b-0-1"}, {"a-1-0"}, {"b-1-1"}]


def test_without_a_date_an_entry_stands_where_it_was_first_seen(
    desk, file, tell, words
):
    file(tell(0, 0), now=words.start)
    soon, late = words.start + timedelta(days=1), words.start + timedelta(days=30)
    file(replace(tell(0, 1, "b"), published=None), now=soon)
    file(tell(1, 0), now=soon)
    file(replace(tell(1, 1, "b"), published=None), now=late)
    assert together(desk) == [{"a-0-0", "b-0-1"}, {"a-1-0"}, {"b-1-1"}]


def test_a_date_that_is_still_to_come_counts_as_today(desk, file, tell, words):
    file(tell(0, 0))
    file(tell(0, 1, at=words.start + timedelta(days=300)))
    assert together(desk) == [{"a-0-0", "b-0-1"}]


def test_events_are_not_looked_for_if_the_desk_does_not_want_them(desk, file, tell):
    plain = desk.work().desk
    file(tell(0, 0), desk_is=plain)
    file(tell(0, 1), desk_is=plain)
    assert len(together(desk)) == 2
    assert desk.ask(rarities.total) == 0


def test_a_changed_entry_is_found_by_what_it_says_now(desk, file, tell):
    empty = "Tin đang được cập nhật, mời bạn đọc trở lại sau ít phút nữa."
    file(replace(tell(0, 0), title="Tin nóng", text=empty, fingerprint="before"))
    (filed,) = file(tell(0, 0))
    assert filed.outcome is Outcome.CHANGED
    file(tell(0, 1))
    assert together(desk) == [{"a-0-0", "b-0-1"}]


def test_an_entry_that_is_dated_anew_is_found_on_its_new_day(desk, file, tell, words):
    first = words.start - timedelta(days=40)
    file(tell(0, 0, at=first))
    (filed,) = file(tell(0, 0, at=words.start - timedelta(days=50)))
    assert filed.outcome is Outcome.UNCHANGED
    file(tell(0, 1, at=words.start - timedelta(days=51)))
    assert together(desk) == [{"a-0-0", "b-0-1"}]


def test_what_an_older_version_kept_is_found_once_it_was_looked_at(desk, file, tell):
    file(tell(0, 0), tell(1, 0), desk_is=desk.work().desk)
    assert reindex(desk.database) == 2
    assert reindex(desk.database) == 0
    file(tell(0, 1), tell(1, 1))
    assert together(desk) == PAIRS[:2]


def test_of_what_repeats_nothing_is_kept_to_find_it_by(desk, file, tell):
    (first,) = file(tell(0, 0))
    (copy,) = file(tell(0, 0, "c", guid="copy"))
    with desk.database.read() as connection:
        known = gists.load(connection, [first.entry_id, copy.entry_id])
    assert list(known) == [first.entry_id]


def test_a_whole_text_is_found_though_a_piece_of_it_came_first(desk, file, tell):
    whole = tell(0, 0)
    file(replace(whole, text=whole.text.split("\n")[0], fingerprint="piece"))
    (filed,) = file(tell(0, 0, "c", guid="whole"))
    with desk.database.read() as connection:
        known = gists.load(connection, [filed.entry_id])
        assert filed.outcome is Outcome.REPEAT
    kept = known[filed.entry_id]
    assert kept.story == desk.stories()[0].id
    assert unpacked(kept.packed).tells


def test_words_are_counted_of_new_texts_only(desk, file, tell):
    file(tell(0, 0), tell(1, 0))
    file(tell(0, 0, "c"), tell(0, 1, "c"))
    assert desk.ask(rarities.total) == 3
    file(tell(0, 0), tell(1, 0))
    assert desk.ask(rarities.total) == 3


def test_a_text_of_a_few_words_joins_nothing(desk, file, tell):
    file(tell(0, 0), tell(1, 0))
    short = replace(tell(0, 1), title="Vàm Nao", text="Xem ảnh.", lead="")
    file(short)
    assert len(together(desk)) == 3
    assert reindex(desk.database) == 0


def test_what_a_failed_write_counted_is_forgotten(desk, file, tell):
    work = replace(desk.work().desk, events_within=WITHIN)
    one = prepare(tell(0, 0), desk.sources["a"], desk.rules)

    def fail() -> None:
        with desk.database.write() as connection:
            file_entries(connection, [one], work, now=desk.clock.now)
            raise KeyError("a fault of the caller")

    with pytest.raises(KeyError):
        fail()
    with desk.database.write() as connection:
        assert work.words.rarity(connection).texts == 0
    file(tell(0, 0), desk_is=work)
    file(tell(0, 1), desk_is=work)
    assert together(desk) == PAIRS[:1]


def test_an_entry_that_was_taken_back_is_still_known(desk, file, tell):
    (first,) = file(tell(0, 0))
    with desk.database.write() as connection:
        entries.withdraw(connection, first.entry_id, desk.clock.now)
    file(tell(0, 1))
    (story,) = desk.stories()
    assert story.lead.entry.guid == "b-0-1"
    with desk.database.read() as connection:
        whole = stories.get(connection, story.id, include_withdrawn=True)
        assert whole is not None
        assert len(whole.entries) == 2


def test_a_large_document_is_put_together_to_its_end(desk, file, tell, monkeypatch):
    monkeypatch.setattr("syndicate.pipeline.eventing.TOGETHER", 2)
    some = [tell(n, telling, "a") for telling in (0, 1) for n in range(len(EVENTS))]
    file(*some)
    assert [len(each) for each in together(desk)] == [2] * len(EVENTS)
    with desk.database.read() as connection:
        known = gists.load(connection, range(1, 20))
        assert len(known) == 2 * len(EVENTS)
        assert terms.holding(connection, [0]) == {}


def test_a_story_does_not_go_on_for_ever(desk, file, tell, words):
    """Each telling is near the one before, but the last is far from the event."""
    for telling, key in enumerate("abc"):
        at = words.start + timedelta(days=2.5 * telling)
        file(tell(0, telling, key, at=at), now=at)
    assert together(desk) == [{"a-0-0", "b-0-1"}, {"c-0-2"}]


def test_a_third_telling_joins_while_the_event_is_near(desk, file, tell, words):
    for telling, key in enumerate("abc"):
        at = words.start + timedelta(days=1.5 * telling)
        file(tell(0, telling, key, at=at), now=at)
    assert together(desk) == [{"a-0-0", "b-0-1", "c-0-2"}]
