from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import insert

from syndicate.model import Bond, Entry, Relation, StoredEntry
from syndicate.store import Connection, Database, purging, schema, stories, terms
from syndicate.store.rows import bond_values, entry_values

Make = Callable[..., Entry]
Tell = Callable[..., StoredEntry]
LARGEST = 2**63 - 1


def _entries(connection: Connection, made: list[Entry], now: datetime) -> None:
    """Many entries of one story, numbered from 1."""
    story = stories.create(connection, "all", now)
    rest = {"story_id": story, "backlog": False, "joined_at": now, "seen_at": now}
    rest |= {"changed_at": now} | bond_values(Bond(relation=Relation.EVENT))
    connection.execute(
        insert(schema.entries), [entry_values(entry) | rest for entry in made]
    )


def test_entries_are_found_by_the_marks_that_they_share(
    database: Database, article: Make, tell: Tell
) -> None:
    two, one, none = (tell(article(key)) for key in "abc")
    with database.write() as connection:
        terms.keep_all(
            connection,
            [(two.id, [0, 5, 5, LARGEST]), (one.id, (LARGEST, 9)), (none.id, [7])],
            {},
        )
    with database.read() as connection:
        asked = [0, LARGEST, 8]
        held = terms.holding(connection, asked)
        assert sorted(held) == [0, LARGEST]
        assert terms.shared(asked, held) == {two.id: 2, one.id: 1}
        assert terms.shared([], held) == {}
        assert terms.holding(connection, []) == {}


def test_under_a_common_mark_the_first_entries_stay_and_are_found(
    database: Database, article: Make, now: datetime
) -> None:
    many = terms.COMMON + 30
    with database.write() as connection:
        _entries(connection, [article(number=n) for n in range(many)], now)
        for some in (range(1, 31), range(31, many + 1)):
            held = terms.holding(connection, [1])
            terms.keep_all(
                connection, [(each, [1, 1000 + each]) for each in some], held
            )
        held = terms.holding(connection, [1, 1000 + many])
        found = terms.shared([1, 1000 + many], held)
    assert found == dict.fromkeys([*range(1, terms.COMMON + 1), many], 1)


def test_new_marks_take_the_place_of_the_old_ones(
    database: Database, article: Make, tell: Tell
) -> None:
    one = tell(article("a"))
    with database.write() as connection:
        terms.keep(connection, one.id, [1, 2])
        terms.keep(connection, one.id, [2, 3])
        held = terms.holding(connection, [1, 2, 3])
        assert terms.shared([1, 2, 3], held) == {one.id: 2}
        assert sorted(held) == [2, 3]
        terms.keep(connection, one.id, ())
        assert terms.holding(connection, [1, 2, 3]) == {}


def test_marks_go_with_their_entry(
    database: Database, article: Make, tell: Tell
) -> None:
    one = tell(article("a"))
    with database.write() as connection:
        terms.keep(connection, one.id, [1, 2])
        purging.remove(connection, [one.id])
        assert terms.holding(connection, [1, 2]) == {}
