"""The database notes by itself which stories changed, whoever changes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from syndicate.model import Bond, CitedDocument, Label, Relation
from syndicate.store import (
    aliases,
    changes,
    documents,
    entries,
    moving,
    purging,
    stories,
)
from syndicate.store.schema import metadata, triggers

SHOWN_BY_NAME = {"stories", "labels", "entries", "aliases", "citings", "documents"}
"""Tables whose content stands in documents that we publish."""
LABEL = Label(category="cau", reason="thử", confidence=0.9, primary=True)


@pytest.fixture
def noted(database, now):
    """Which stories were noted since the last call."""

    def ask() -> set[int]:
        with database.write() as connection:
            due = changes.due(connection, now, 100)
            changes.remove(connection, due.rows)
        return set(due.stories)

    return ask


@pytest.fixture
def write(database):
    def run(deed, *arguments, **more):
        with database.write() as connection:
            return deed(connection, *arguments, **more)

    return run


def test_every_table_that_documents_are_made_of_is_watched():
    watched = {table for table, *_rest in triggers.WATCHED}
    assert watched == SHOWN_BY_NAME
    for table in ("entries", "labels", "aliases", "citings"):
        names = {name for one, name, *_ in triggers.WATCHED if one == table}
        assert names == {"come", "go", "turn"}


def test_every_column_of_an_entry_that_documents_show_is_watched():
    """A new column is either shown, or named here as one that is not."""
    hidden = {
        "id",
        "joined_at",
        "url_mark",
        "guid",
        "fingerprint",
        "updated",
        "published_at",
        "dates",
        "terms",
        "grams",
        "changes",
        "told",
        "bond_to",
        "score",
        "evidence",
    }
    columns = set(metadata.tables["entries"].c.keys())
    assert set(triggers.SHOWN.split(", ")) == columns - hidden


def test_a_new_entry_is_noted(tell, article, noted):
    stored = tell(article())
    assert noted() == {stored.story}
    other = tell(article("b"), story=stored.story)
    assert noted() == {other.story}


def test_a_correction_is_noted(tell, article, noted, write, now):
    stored = tell(article())
    noted()
    new = replace(stored.entry, title="Tên khác")
    write(entries.change, stored.id, new, keys=(), shingles=(), now=now)
    assert noted() == {stored.story}


def test_a_corrected_date_is_noted(tell, article, noted, write):
    stored = tell(article())
    noted()
    write(entries.redate, [(stored.id, stored.entry)])
    assert noted() == {stored.story}


def test_a_withdrawal_and_a_return_are_noted(tell, article, noted, write, now):
    stored = tell(article())
    noted()
    write(entries.withdraw, stored.id, now)
    assert noted() == {stored.story}
    write(entries.restore, stored.id)
    assert noted() == {stored.story}


def test_what_only_concerns_gathering_is_not_noted(tell, article, noted, write):
    stored = tell(article())
    noted()
    write(entries.tell, [(stored.id, "abc")])
    write(purging.count_grams, stored.id, 7)
    assert noted() == set()


def test_an_entry_that_moves_changes_both_stories(tell, article, noted, write, now):
    one, other = tell(article()), tell(article("b"))
    noted()
    bond = Bond(relation=Relation.EDITOR)
    write(moving.move, {other.id: bond}, one.story, now)
    assert noted() == {one.story, other.story}


def test_a_story_that_is_dissolved_and_what_it_went_into_are_noted(
    tell, article, noted, write, now
):
    one, other = tell(article()), tell(article("b"))
    bond = Bond(relation=Relation.EDITOR)
    write(moving.move, {other.id: bond}, one.story, now)
    noted()
    write(moving.dissolve, other.story, other.entry.url, one.story, now)
    assert noted() == {one.story, other.story}
    write(aliases.take_back, other.entry.url)
    assert noted() == {one.story}


def test_another_lead_is_noted(tell, article, noted, write):
    one = tell(article())
    other = tell(article("b"), story=one.story)
    noted()
    write(stories.set_lead, one.story, other.id)
    assert noted() == {one.story}


def test_a_time_of_change_is_noted(tell, article, noted, write, now):
    stored = tell(article())
    noted()
    write(moving.touch, [stored.story], now + timedelta(hours=1))
    assert noted() == {stored.story}


def test_labels_that_come_and_go_are_noted(tell, article, noted, write):
    stored = tell(article())
    noted()
    write(stories.set_labels, stored.story, [LABEL])
    assert noted() == {stored.story}
    write(stories.set_labels, stored.story, [])
    assert noted() == {stored.story}


def test_a_purge_is_noted(tell, article, noted, write):
    one = tell(article())
    other = tell(article("b"), story=one.story)
    noted()
    write(purging.remove, [other.id])
    assert noted() == {one.story}
    write(purging.remove, [one.id])
    assert noted() == {one.story}


def test_what_a_story_cites_is_noted(tell, article, noted, write):
    stored = tell(article())
    document = CitedDocument(
        id=1, slug="05", number="05", type_word="", issuer="", scope="", issued=""
    )
    write(documents.create_all, [document])
    noted()
    write(documents.cite_all, [(1, stored.id, 1)])
    assert noted() == {stored.story}
    write(documents.cite_all, [(1, stored.id, 2)])
    assert noted() == {stored.story}
    write(documents.learn_all, [replace(document, issuer="Bộ Chính trị")])
    assert noted() == {stored.story}
    write(documents.learn_all, [replace(document, issuer="Bộ Chính trị")])
    assert noted() == set()
    write(documents.forget, [stored.id])
    assert noted() == {stored.story}


def test_a_person_with_a_database_shell_is_heard_too(tell, article, noted, write):
    stored = tell(article())
    noted()
    write(lambda c: c.execute(text("UPDATE entries SET title = 'Khác'")))
    assert noted() == {stored.story}


def test_what_is_undone_was_not_noted(database, tell, article, noted, now):
    stored = tell(article())
    noted()

    def withdraw_and_fail():
        with database.write() as connection:
            entries.withdraw(connection, stored.id, now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        withdraw_and_fail()
    assert noted() == set()


def test_a_change_that_is_to_come_waits_for_its_time(database, now):
    later = now + timedelta(hours=6)
    with database.write() as connection:
        changes.note(connection, [7], later)
    with database.read() as connection:
        assert not changes.pending(connection, later - timedelta(seconds=1))
        assert changes.due(connection, now, 10).rows == ()
        assert changes.pending(connection, later)
        assert changes.due(connection, later, 10).stories == (7,)


def test_stories_are_read_in_the_order_in_which_they_changed_each_once(database, now):
    with database.write() as connection:
        changes.note(connection, [3, 1, 3, 2, 1])
    with database.write() as connection:
        first = changes.due(connection, now, 2)
        assert first.stories == (3, 1)
        changes.remove(connection, first.rows)
        assert changes.due(connection, now, 2).stories == (2,)
        assert changes.count(connection, now) == 1


def test_every_story_is_noted_each_once_also_what_is_gone(tell, article, write, noted):
    one, other = tell(article()), tell(article("b"))
    write(changes.note, [999])
    write(changes.note_all)
    assert noted() == {one.story, other.story, 999}


def test_the_stories_of_a_category_or_a_source_are_noted(tell, article, write, noted):
    one, other = tell(article()), tell(article("b"))
    write(stories.set_labels, one.story, [LABEL])
    noted()
    write(changes.note_all, categories=["cau"])
    assert noted() == {one.story}
    write(changes.note_all, sources=["b"])
    assert noted() == {other.story}
