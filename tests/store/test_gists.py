from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from syndicate.model import Bond, Entry, Relation, StoredEntry
from syndicate.store import Database, gists, purging, stories

Make = Callable[..., Entry]
Tell = Callable[..., StoredEntry]


def test_a_gist_is_told_with_the_story_that_its_entry_tells_now(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    one, other = tell(article("a")), tell(article("b"))
    with database.write() as connection:
        gists.keep_all(connection, [(one.id, 7, "một"), (other.id, 8, "hai")])
        stories.join(
            connection, one.story, other.id, Bond(relation=Relation.EVENT), now
        )
        gists.keep_all(connection, [(one.id, 9, "ba")])
    with database.read() as connection:
        assert gists.load(connection, [one.id, other.id, 77]) == {
            one.id: gists.Kept(one.story, 9, "ba"),
            other.id: gists.Kept(one.story, 8, "hai"),
        }
        assert gists.load(connection, []) == {}


def test_an_empty_gist_is_no_gist_and_is_missed_by_nobody(
    database: Database, article: Make, tell: Tell
) -> None:
    one = tell(article("a"))
    with database.write() as connection:
        assert gists.missing(connection, 9) == [one]
        gists.keep_all(connection, [(one.id, 0, "")])
    with database.read() as connection:
        assert gists.missing(connection, 9) == []
        assert gists.load(connection, [one.id]) == {}


def test_what_has_no_gist_is_told_newest_first_without_what_repeats(
    database: Database, article: Make, tell: Tell
) -> None:
    told = [tell(article("a", number)) for number in range(5)]
    again = Bond(relation=Relation.REPEAT)
    tell(article("b"), story=told[0].story, bond=again)
    event = tell(article("c"), story=told[0].story, bond=Bond(relation=Relation.EVENT))
    with database.write() as connection:
        gists.keep_all(connection, [(told[4].id, 1, "có rồi")])
        assert gists.missing(connection, 3) == [event, told[3], told[2]]


def test_what_is_long_past_is_not_looked_for(
    database: Database, article: Make, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [tell(article("a", number)) for number in range(5)]
    monkeypatch.setattr(gists, "REACH", 2)
    with database.read() as connection:
        assert gists.missing(connection, 9) == [told[4], told[3]]


def test_a_gist_goes_with_its_entry(
    database: Database, article: Make, tell: Tell
) -> None:
    one = tell(article("a"))
    with database.write() as connection:
        gists.keep_all(connection, [(one.id, 1, "một")])
        purging.remove(connection, [one.id])
        assert gists.load(connection, [one.id]) == {}


def test_a_gist_may_hold_what_no_database_takes(
    database: Database, article: Make, tell: Tell
) -> None:
    one = tell(article("a"))
    with database.write() as connection:
        gists.keep_all(connection, [(one.id, 1, "a\x00b\ud800c")])
        assert gists.load(connection, [one.id])[one.id].packed == "a\ufffdb\ufffdc"


def test_the_first_tellers_of_a_story_are_told_with_their_gists(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    told = [tell(article("a", number)) for number in range(4)]
    bond = Bond(relation=Relation.EVENT)
    story = told[0].story
    with database.write() as connection:
        for one in told[1:3]:
            stories.join(connection, story, one.id, bond, now)
        rows = [(one.id, at, f"lời {at}") for at, one in enumerate(told)]
        gists.keep_all(connection, [*rows, (told[1].id, 0, "")])
    with database.read() as connection:
        first = gists.tellers(connection, [story], 2)
        assert first == {
            told[0].id: gists.Kept(story, 0, "lời 0"),
            told[2].id: gists.Kept(story, 2, "lời 2"),
        }
        assert [*gists.tellers(connection, [story], 1)] == [told[0].id]
        both = gists.tellers(connection, [story, told[3].story], 9)
        assert both.keys() == {told[0].id, told[2].id, told[3].id}
        assert gists.tellers(connection, [], 9) == {}
