"""Editors find stories by what they are, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.model import Bond, Label, Relation
from syndicate.store import entries, stories
from syndicate.store.listing import Wanted, find


@pytest.fixture
def three(database, tell, article, now):
    """One of two sources, one of one, one that is withdrawn; the oldest first."""
    one = tell(article("a", 1), now=now - timedelta(days=9))
    bond = Bond(relation=Relation.EVENT, to=one.id)
    tell(article("b", 1), story=one.story, bond=bond, now=now - timedelta(days=8))
    two = tell(article("b", 2), now=now - timedelta(days=2))
    gone = tell(article("c", 3))
    label = Label(category="cau", reason="", confidence=0.5)
    with database.write() as connection:
        stories.set_labels(connection, two.story, [label])
        entries.withdraw(connection, gone.id, now)
    return one.story, two.story


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [1, 0]),
        ({"limit": 1}, [1]),
        ({"several": True}, [0]),
        ({"relations": [Relation.EVENT]}, [0]),
        ({"relations": [Relation.REPEAT]}, []),
        ({"sources": ["b"]}, [1, 0]),
        ({"sources": ["c"]}, []),
        ({"categories": ["cau", "khac"]}, [1]),
        ({"categories": ["cau"], "several": True}, []),
    ],
)
def test_every_condition_must_hold_and_the_newest_come_first(
    database, three, wanted, expected
):
    with database.read() as connection:
        found = [story.id for story in find(connection, Wanted(**wanted))]
    assert found == [three[at] for at in expected]


def test_stories_are_found_since_a_moment(database, three, now):
    since = now - timedelta(days=3)
    with database.read() as connection:
        found = [story.id for story in find(connection, Wanted(since=since))]
    assert found == [three[1]]
