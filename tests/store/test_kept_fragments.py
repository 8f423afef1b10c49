"""Rendered parts that a process remembers: never longer than they are true."""

from __future__ import annotations

import pytest

from syndicate.store import fragments
from syndicate.store.fragments import Kept, Part

FORM, LOOK = "rss", "look"


@pytest.fixture
def kept():
    return Kept(Part)


def save(database, *stories: int, text: bytes = b"<item/>") -> None:
    with database.write() as connection:
        made = [(story, Part(text, b"packed")) for story in stories]
        fragments.save(connection, FORM, LOOK, made)


def recall(database, kept, *stories: int, look: str = LOOK) -> dict[int, bytes]:
    with database.read() as connection:
        found = fragments.recall(connection, stories, FORM, look, kept)
    return {story: part.content for story, part in found.items()}


def test_what_was_loaded_once_is_remembered(database, kept):
    save(database, 1, 2)
    first = recall(database, kept, 1, 2, 3)
    assert first == {1: b"<item/>", 2: b"<item/>"}
    with database.read() as connection:
        again = fragments.recall(connection, (1, 2), FORM, LOOK, kept)
        more = fragments.recall(connection, (1, 2), FORM, LOOK, kept)
    assert again[1] is more[1]


def test_what_this_process_forgets_is_loaded_anew_and_the_rest_remembered(
    database, kept
):
    save(database, 1, 2)
    with database.read() as connection:
        before = fragments.recall(connection, (1, 2), FORM, LOOK, kept)
    with database.write() as connection:
        fragments.forget(connection, [1], kept)
    save(database, 1, text=b"<item>new</item>")
    with database.read() as connection:
        after = fragments.recall(connection, (1, 2), FORM, LOOK, kept)
    assert after[1].content == b"<item>new</item>"
    assert after[2] is before[2]


def test_what_another_process_forgets_is_forgotten_here(database, kept):
    save(database, 1)
    recall(database, kept, 1)
    with database.write() as connection:
        fragments.forget(connection, [1])
    save(database, 1, text=b"<item>new</item>")
    assert recall(database, kept, 1) == {1: b"<item>new</item>"}


def test_what_is_forgotten_in_vain_is_still_true(database, kept):
    """The transaction that forgot it was rolled back."""
    save(database, 1)
    recall(database, kept, 1)
    with database.write() as connection:
        fragments.forget(connection, [1], kept)
        connection.rollback()
    assert recall(database, kept, 1) == {1: b"<item/>"}


def test_parts_of_another_look_are_not_given(database, kept):
    save(database, 1)
    recall(database, kept, 1)
    assert recall(database, kept, 1, look="another") == {}
    with database.write() as connection:
        fragments.forget_all(connection)
    assert recall(database, kept, 1) == {}


def test_memory_has_an_end(database):
    kept = Kept(Part, most=40)
    save(database, 1, 2, 3, 4, 5, 6)
    for story in range(1, 7):
        assert recall(database, kept, story) == {story: b"<item/>"}
        assert kept._size <= 40


def test_the_word_is_no_story(database):
    save(database, 1)
    with database.write() as connection:
        fragments.forget(connection, [1])
        assert fragments.count(connection) == 0
        assert fragments.keep(connection, []) == 0
    save(database, 2)
    with database.write() as connection:
        assert fragments.keep(connection, [2]) == 0
