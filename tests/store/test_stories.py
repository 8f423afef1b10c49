from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, event

from syndicate.errors import StoreError
from syndicate.model import (
    Bond,
    Dated,
    DateOrigin,
    Entry,
    Evidence,
    EvidenceKind,
    Label,
    Precision,
    Relation,
    StoredEntry,
    Story,
)
from syndicate.store import Database, entries, stories

TOLD = (
    Evidence(kind=EvidenceKind.GRAMS, count=120, of=145),
    Evidence(kind=EvidenceKind.NAMES, said=("Tân Lộc", "Bến Tre")),
)

Make = Callable[..., Entry]
Tell = Callable[..., StoredEntry]
HOUR = timedelta(hours=1)


def _label(category: str, *, primary: bool = False) -> Label:
    return Label(category=category, reason="tiêu đề", confidence=0.7, primary=primary)


def _dated(value: datetime) -> Dated:
    return Dated(
        value=value, precision=Precision.MINUTE, origin=DateOrigin.META, raw="x"
    )


def _ids(found: list[Story]) -> list[int]:
    return [story.id for story in found]


@contextmanager
def _counted(connection: Connection) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*told: object) -> None:
        statements.append(str(told[2]))

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)


def test_a_story_is_complete(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    first = tell(article("a"), uid="k3w")
    second = tell(article("b"), story=first.story, now=now + HOUR)
    labels = (_label("dan-van"), _label("chi-bo", primary=True), _label("hoc-tap"))
    with database.write() as connection:
        stories.set_labels(connection, first.story, labels)
        story = stories.get(connection, first.story)
        assert stories.get_many(connection, [first.story, 99]) == {first.story: story}
        assert stories.by_uid(connection, "k3w") == story
    assert story == Story(
        id=first.story,
        uid="k3w",
        entries=(first, second),
        labels=(labels[1], labels[0], labels[2]),
        seen_at=now,
        changed_at=now,
    )


def test_unknown_stories_are_none(database: Database) -> None:
    with database.read() as connection:
        assert stories.get(connection, 1) is None
        assert stories.by_uid(connection, "k3w") is None
        assert stories.latest(connection) == []


def test_a_uid_is_taken_for_ever(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    kept = tell(article(), uid="k3w")
    with database.write() as connection:
        entries.withdraw(connection, kept.id, now)
        assert stories.uids_taken(connection, ["k3w"])
        assert not stories.uids_taken(connection, ["k3w-2"])


def test_the_chosen_entry_leads_then_by_date_published_or_seen(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    undated = tell(article("a"), now=now)
    story = undated.story
    late = tell(article("b", published=_dated(now + HOUR)), story=story)
    early = tell(article("c", published=_dated(now - HOUR)), story=story)
    twin = tell(article("d", published=_dated(now - HOUR)), story=story)
    with database.write() as connection:
        found = stories.get(connection, story)
        assert found is not None
        assert found.entries == (early, twin, undated, late)
        stories.set_lead(connection, story, late.id)
        found = stories.get(connection, story)
        assert found is not None
        assert found.lead == late
        assert found.others == (early, twin, undated)


def test_when_the_lead_is_withdrawn_the_next_one_leads_until_it_is_back(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    first = tell(article("a"))
    second = tell(article("b"), story=first.story, now=now + HOUR)
    with database.write() as connection:
        stories.set_lead(connection, first.story, second.id)
        entries.withdraw(connection, second.id, now)
        found = stories.get(connection, first.story)
        assert found is not None
        assert found.entries == (first,)
        everything = stories.get(connection, first.story, include_withdrawn=True)
        assert everything is not None
        assert [one.id for one in everything.entries] == [second.id, first.id]
        entries.restore(connection, second.id)
        found = stories.get(connection, first.story)
        assert found is not None
        assert found.lead == second


def test_a_story_whose_entries_are_all_withdrawn_is_left_out(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    gone, here = tell(article(number=1)), tell(article(number=2))
    with database.write() as connection:
        empty = stories.create(connection, "without entries", now)
        entries.withdraw(connection, gone.id, now)
        assert _ids(stories.latest(connection)) == [here.story]
        assert _ids(stories.latest(connection, sources=["a"])) == [here.story]
        assert _ids(stories.seen_between(connection, now, now + HOUR)) == [here.story]
        assert _ids(stories.changed_since(connection, now)) == [here.story]
        assert stories.get(connection, gone.story) is None
        assert stories.get_many(connection, [gone.story]) == {}
        shown = stories.latest(connection, include_withdrawn=True)
        assert _ids(shown) == [here.story, gone.story]
        assert empty not in _ids(shown)


def test_the_newest_come_first_and_of_equals_the_last(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    ages = [3, 1, 2, 1]
    made = [
        tell(article(number=number), now=now - age * HOUR).story
        for number, age in enumerate(ages)
    ]
    with database.read() as connection:
        newest = [made[3], made[1], made[2], made[0]]
        assert _ids(stories.latest(connection)) == newest
        assert _ids(stories.latest(connection, limit=2)) == newest[:2]
        assert _ids(stories.latest(connection, limit=0)) == []
        since = stories.latest(connection, since=now - 2 * HOUR)
        assert _ids(since) == newest[:3]


def test_stories_are_chosen_by_category_and_by_source(
    database: Database, article: Make, tell: Tell
) -> None:
    one = tell(article("a", 1))
    two = tell(article("b", 2))
    both = tell(article("a", 3))
    tell(article("b", 4), story=both.story)
    with database.write() as connection:
        stories.set_labels(connection, one.story, [_label("x", primary=True)])
        stories.set_labels(connection, both.story, [_label("y"), _label("x")])

        def chosen(**by: list[str]) -> list[int]:
            return _ids(stories.latest(connection, limit=9, **by))  # type: ignore[arg-type]  # mypy checks every parameter against **by

        assert chosen(categories=["x"]) == [both.story, one.story]
        assert chosen(categories=["y", "z"]) == [both.story]
        assert chosen(categories=["z"]) == []
        assert chosen(sources=["b"]) == [both.story, two.story]
        assert chosen(sources=["a", "b"]) == [both.story, two.story, one.story]
        assert chosen(categories=["x"], sources=["b"]) == [both.story]


def test_the_limit_counts_what_was_chosen(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    wanted = [tell(article("a", number)).story for number in range(2)]
    for number in range(5):
        gone = tell(article("b", number))
        with database.write() as connection:
            entries.withdraw(connection, gone.id, now)
    with database.read() as connection:
        assert _ids(stories.latest(connection, limit=2)) == wanted[::-1]


def test_a_window_has_its_start_and_not_its_end(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    tick = timedelta(microseconds=1)
    made = [
        tell(article(number=number), now=at).story
        for number, at in enumerate([now - tick, now, now + HOUR - tick, now + HOUR])
    ]
    with database.read() as connection:
        within = stories.seen_between(connection, now, now + HOUR)
    assert _ids(within) == [made[2], made[1]]


def test_no_story_falls_between_two_windows(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    made = [
        tell(article(number=number), now=now + number * HOUR / 4).story
        for number in range(12)
    ]
    with database.read() as connection:
        windows = [
            _ids(stories.seen_between(connection, now + a * HOUR, now + (a + 1) * HOUR))
            for a in range(3)
        ]
    assert sorted(one for window in windows for one in window) == made


def test_stories_that_changed_since_a_moment_are_found(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    one, two = tell(article(number=1)), tell(article(number=2))
    with database.write() as connection:
        entries.change(
            connection, one.id, one.entry, keys=[], shingles=[], now=now + HOUR
        )
        changed = stories.changed_since(connection, now + HOUR)
        assert [(story.id, story.changed_at) for story in changed] == [
            (one.story, now + HOUR)
        ]
        both = stories.changed_since(connection, now)
        assert _ids(both) == [two.story, one.story]


def test_stories_that_a_source_tells_in_a_fresh_entry_are_found(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    """Fresh by our sight or by its own date, of whichever teller."""
    old = tell(article(number=1), now=now - 9 * HOUR)
    again = tell(article(number=2), story=old.story, now=now)
    dated = replace(article(number=3), published=_dated(now + HOUR))
    ahead = tell(dated, now=now - 9 * HOUR)
    tell(article(number=4), now=now - 9 * HOUR)
    since, sources = now - HOUR, [old.entry.source]
    with database.write() as connection:
        found = stories.fresh_of(connection, sources, since)
        assert found == sorted((old.story, ahead.story))
        assert stories.fresh_of(connection, ["khac"], since) == []
        assert stories.fresh_of(connection, [], since) == []
        entries.withdraw(connection, again.id, now)
        assert stories.fresh_of(connection, sources, since) == [ahead.story]


def test_a_further_teller_does_not_change_a_story(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    first = tell(article("a"))
    tell(article("b"), story=first.story, now=now + HOUR)
    with database.read() as connection:
        story = stories.get(connection, first.story)
    assert story is not None
    assert (story.seen_at, story.changed_at) == (now, now)


def test_an_entry_may_move_to_another_story(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    one, two = tell(article("a")), tell(article("b"), now=now + HOUR)
    bond = Bond(relation=Relation.REPEAT, score=0.5, evidence=TOLD)
    with database.write() as connection:
        stories.set_lead(connection, two.story, two.id)
        stories.join(connection, one.story, two.id, bond, now + 2 * HOUR)
        story = stories.get(connection, one.story)
        assert story is not None
        assert story.entries == (one, replace(two, story=one.story, bond=bond))
        assert stories.get(connection, two.story) is None
        back = tell  # the emptied story can be told again
    third = back(article("c"), story=two.story)
    with database.read() as connection:
        story = stories.get(connection, two.story)
        assert story is not None
        assert story.entries == (third,)


def test_only_a_teller_may_lead(database: Database, article: Make, tell: Tell) -> None:
    one, two = tell(article("a")), tell(article("b"))
    with (
        pytest.raises(StoreError, match="does not tell story"),
        database.write() as connection,
    ):
        stories.set_lead(connection, one.story, two.id)


def test_an_unknown_entry_joins_nothing(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    one = tell(article("a"))
    bond = Bond(relation=Relation.REPEAT)
    with (
        pytest.raises(StoreError, match="there is no entry 999"),
        database.write() as connection,
    ):
        stories.join(connection, one.story, 999, bond, now)


def test_labels_are_replaced_and_none_is_given_twice(
    database: Database, article: Make, tell: Tell
) -> None:
    kept = tell(article())
    first = _label("x", primary=True)
    with database.write() as connection:
        stories.set_labels(connection, kept.story, [_label("old")])
        again = [first, _label("y"), replace(first, primary=False, reason="2")]
        stories.set_labels(connection, kept.story, again)
        story = stories.get(connection, kept.story)
        assert story is not None
        assert story.labels == (first, _label("y"))
        stories.set_labels(connection, kept.story, [])
        story = stories.get(connection, kept.story)
        assert story is not None
        assert story.labels == ()


@pytest.mark.parametrize("size", [1, 40])
def test_the_number_of_queries_does_not_grow(
    database: Database, article: Make, tell: Tell, now: datetime, size: int
) -> None:
    for number in range(size):
        kept = tell(article("a", number))
        tell(article("b", number), story=kept.story)
        with database.write() as connection:
            stories.set_labels(connection, kept.story, [_label("x")])
    with database.read() as connection:
        connection.exec_driver_sql("SELECT 1")
        with _counted(connection) as statements:
            assert len(stories.latest(connection, categories=["x"])) == size
            assert len(stories.changed_since(connection, now)) == size
    assert len(statements) == 6


def test_times_are_in_utc_whatever_zone_they_came_in(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    kept = tell(article())
    with database.read() as connection:
        story = stories.get(connection, kept.story)
    assert story is not None
    assert story.seen_at.tzinfo is UTC


def test_the_stamp_changes_with_every_entry_correction_and_withdrawal(
    database: Database,
    tell: Callable[..., StoredEntry],
    article: Callable[..., Entry],
    now: datetime,
) -> None:
    """Publishing is skipped while it stays: it must never stay by mistake."""
    seen = []

    def look() -> None:
        with database.read() as connection:
            seen.append(stories.stamp(connection))

    look()
    first = tell(article(number=1))
    look()
    tell(article(number=2))
    look()
    with database.write() as connection:
        entries.withdraw(connection, first.id, now)
    look()
    with database.write() as connection:
        entries.restore(connection, first.id)
    look()
    assert len(set(seen)) == 4
    assert seen[4] == seen[2]
