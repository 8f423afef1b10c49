"""Uids of stories that were merged lead to a story, on both engines."""

from __future__ import annotations

import pytest

from syndicate.store import aliases, moving, stories


@pytest.fixture
def merged(database, tell, article, now):
    """Three stories, of which the second was merged into the first."""
    one, two, three = (tell(article("a", n), uid=f"u{n}") for n in (1, 2, 3))
    with database.write() as connection:
        moving.move(connection, {two.id: two.bond}, one.story, now)
        moving.dissolve(connection, two.story, "u2", one.story, now)
    return one, two, three


def test_a_uid_of_before_leads_to_the_story(database, merged):
    one, two, _ = merged
    with database.read() as connection:
        assert aliases.story_of(connection, "u2") == one.story
        assert aliases.story_of(connection, "u1") is None
        found = stories.by_uid(connection, "u2")
        assert found.uid == "u1"
        assert {each.id for each in found.entries} == {one.id, two.id}
        assert stories.get(connection, two.story) is None


def test_there_are_no_chains(database, merged, now):
    one, two, three = merged
    with database.write() as connection:
        bonds = {each.id: each.bond for each in (one, two)}
        moving.move(connection, bonds, three.story, now)
        moving.dissolve(connection, one.story, "u1", three.story, now)
        assert aliases.of_stories(connection, [three.story]) == {
            three.story: ("u1", "u2")
        }
        assert stories.by_uid(connection, "u2").uid == "u3"


def test_a_uid_that_leads_somewhere_is_taken(database, merged):
    with database.read() as connection:
        asked = ["u1", "u2", "u3", "u4"]
        assert stories.uids_taken(connection, asked) == {"u1", "u2", "u3"}
        assert aliases.taken(connection, asked) == {"u2"}


def test_an_alias_that_is_taken_back_is_free(database, merged):
    with database.write() as connection:
        aliases.take_back(connection, "u2")
        assert stories.uids_taken(connection, ["u2"]) == set()


def test_a_story_that_others_were_merged_into_can_go(database, merged, now):
    from syndicate.store import purging  # noqa: PLC0415 -- this test's alone

    one, two, _ = merged
    with database.write() as connection:
        assert purging.remove(connection, [one.id, two.id]) == []
        assert aliases.story_of(connection, "u2") is None
