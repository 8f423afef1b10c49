"""Rulings are kept as they were made, on both engines."""

from __future__ import annotations

import pytest

from syndicate.model import Ruling, RulingKind
from syndicate.store import moving, rulings


@pytest.fixture
def three(tell, article):
    """Three entries, each with a story of its own."""
    return [tell(article("a", number)) for number in (1, 2, 3)]


@pytest.fixture
def rule(database, now):
    def keep(kind: RulingKind, entry: int, other: int = 0, **more) -> Ruling:
        made = Ruling(kind=kind, entry=entry, other=other, at=now, **more)
        with database.write() as connection:
            return rulings.keep(connection, [made])[0]

    return keep


def test_a_ruling_is_read_as_it_was_kept(database, three, rule):
    kept = rule(RulingKind.APART, three[0].id, three[1].id, by="An\0", note="vì “thế”")
    lead = rule(RulingKind.LEAD, three[2].id)
    assert (kept.id, lead.id, lead.other) == (1, 2, 0)
    assert kept.note == "vì “thế”"
    with database.read() as connection:
        assert rulings.newest(connection) == [lead, kept]
        assert rulings.newest(connection, limit=1) == [lead]
        assert rulings.of_entries(connection, [three[1].id]) == [kept]
        assert rulings.of_entries(connection, []) == []


def test_none_to_keep_is_nothing(database):
    with database.write() as connection:
        assert rulings.keep(connection, []) == ()


def test_a_number_is_never_given_again(database, three, rule):
    first = rule(RulingKind.LEAD, three[0].id)
    with database.write() as connection:
        assert rulings.remove(connection, first.id) == first
        assert rulings.remove(connection, first.id) is None
        assert rulings.remove(connection, 10**30) is None
    assert rule(RulingKind.LEAD, three[0].id).id > first.id


def test_the_newest_choice_of_a_lead_comes_first(database, three, rule, now):
    one, two, _ = three
    with database.write() as connection:
        moving.move(connection, {two.id: two.bond}, one.story, now)
    rule(RulingKind.LEAD, one.id)
    rule(RulingKind.LEAD, two.id)
    with database.read() as connection:
        assert rulings.chosen(connection, [one.story]) == {one.story: [two.id, one.id]}
        assert rulings.chosen(connection, []) == {}


def test_stories_are_apart_until_a_newer_ruling_on_the_same_entries(
    database, three, rule
):
    one, two, third = three
    rule(RulingKind.APART, two.id, one.id)
    every = [each.story for each in three]
    pair = (one.story, two.story)
    with database.read() as connection:
        assert rulings.apart(connection, every) == {pair}
        assert rulings.apart(connection, [one.story]) == set()
        assert rulings.apart(connection, [one.story, third.story]) == set()
    rule(RulingKind.TOGETHER, one.id, two.id)
    with database.read() as connection:
        assert rulings.apart(connection, every) == set()


def test_what_goes_hands_its_rulings_on_to_what_stays(database, three, rule, now):
    one, two, third = three
    with database.write() as connection:
        moving.move(connection, {third.id: third.bond}, one.story, now)
    rule(RulingKind.APART, one.id, two.id)
    rule(RulingKind.LEAD, one.id)
    with database.write() as connection:
        rulings.hand_on(connection, [one.id])
        lead, apart = rulings.newest(connection)
    assert (apart.entry, apart.other) == (third.id, two.id)
    assert lead.entry == one.id


def test_a_side_that_goes_altogether_hands_nothing_on(database, three, rule):
    one, two, _ = three
    kept = rule(RulingKind.APART, one.id, two.id)
    with database.write() as connection:
        rulings.hand_on(connection, [one.id])
        rulings.hand_on(connection, [])
        assert rulings.newest(connection) == [kept]
