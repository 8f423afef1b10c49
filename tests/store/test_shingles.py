from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, text

from syndicate.model import Bond, Entry, Relation, StoredEntry
from syndicate.store import Database, entries, schema, stories
from syndicate.store.rows import bond_values, entry_values
from syndicate.store.shingles import COMMON

Make = Callable[..., Entry]
Tell = Callable[..., StoredEntry]


def _fill(
    connection: Connection, made: list[Entry], hashes: list[list[int]], now: datetime
) -> None:
    """Many entries of one story at once, numbered from 1."""
    story = stories.create(connection, "all", now)
    rest = {"story_id": story, "backlog": False, "joined_at": now, "seen_at": now}
    rest |= {"changed_at": now} | bond_values(Bond(relation=Relation.REPEAT))
    rows = [entry_values(entry) | rest for entry in made]
    connection.execute(insert(schema.entries), rows)
    keys = [
        {"kind": "guid", "mark": f"{number:032x}", "entry_id": number, "value": ""}
        for number, _ in enumerate(made, 1)
    ]
    connection.execute(insert(schema.keys), keys)
    pairs = [
        {"hash": one, "entry_id": number}
        for number, some in enumerate(hashes, 1)
        for one in some
    ]
    connection.execute(insert(schema.shingles), pairs)


def test_entries_come_with_what_they_share_most_first(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    two = tell(article(number=1), shingles=[1, 2, 9])
    four = tell(article(number=2), shingles=[4, 3, 2, 1, 1])
    also_two = tell(article("b"), shingles=[-(2**63), 2**63 - 1])
    tell(article(number=3), shingles=[7])
    tell(article(number=4))
    asked = {1, 2, 3, 4, -(2**63), 2**63 - 1}
    with database.read() as connection:
        assert entries.sharing(connection, asked, since=now) == [
            (4, four),
            (2, two),
            (2, also_two),
        ]
        assert entries.sharing(connection, asked, since=now, limit=1) == [(4, four)]
        assert entries.sharing(connection, [], since=now) == []
        assert entries.sharing(connection, [5, 6], since=now) == []


def test_older_entries_are_left_out(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    tell(article(number=1), shingles=[1], now=now - timedelta(microseconds=1))
    young = tell(article(number=2), shingles=[1], now=now)
    with database.read() as connection:
        assert entries.sharing(connection, [1], since=now) == [(1, young)]


def test_withdrawn_entries_are_among_the_answer(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    kept = tell(article(), shingles=[1])
    with database.write() as connection:
        entries.withdraw(connection, kept.id, now)
        [(shared, found)] = entries.sharing(connection, [1], since=now)
    assert (shared, found.id, found.withdrawn_at) == (1, kept.id, now)


def test_a_formula_that_everybody_uses_does_not_count(
    database: Database, article: Make, now: datetime
) -> None:
    formula = [-1, -2, -3]
    made = [article(number=number) for number in range(COMMON + 2)]
    hashes = [[*formula, number + 1] for number in range(COMMON + 2)]
    with database.write() as connection:
        _fill(connection, made, hashes, now)
        found = entries.sharing(connection, [*formula, 5, 6, -8, -9], since=now)
    assert [(shared, one.id) for shared, one in found] == [(1, 5), (1, 6)]


def test_a_text_that_half_of_the_country_prints_is_found_all_the_same(
    database: Database, article: Make, now: datetime
) -> None:
    printed = [-1, -2, -3]
    made = [article(number=number) for number in range(COMMON + 2)]
    with database.write() as connection:
        _fill(connection, made, [printed] * len(made), now)
        found = entries.sharing(connection, [*printed, -8, -9], since=now, limit=2)
    assert [(shared, one.id) for shared, one in found] == [(3, 1), (3, 2)]


def test_a_formula_is_kept_of_no_further_entry(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    """The price of a look-up must not grow with the store."""
    made = [article(number=number) for number in range(COMMON)]
    with database.write() as connection:
        _fill(connection, made, [[-1]] * COMMON, now)
    tell(article("b"), shingles=[-1, 7])
    query = text("SELECT hash, count(*) FROM shingles GROUP BY hash ORDER BY hash")
    with database.read() as connection:
        assert [tuple(row) for row in connection.execute(query)] == [
            (-1, COMMON),
            (7, 1),
        ]


def test_a_hash_counts_up_to_the_limit(
    database: Database, article: Make, now: datetime
) -> None:
    made = [article(number=number) for number in range(COMMON - 1)]
    with database.write() as connection:
        _fill(connection, made, [[-1]] * (COMMON - 1), now)
        found = entries.sharing(connection, [-1, 999], since=now, limit=999)
    assert len(found) == COMMON - 1


def test_a_text_that_is_all_formula_is_found_by_it(
    database: Database, article: Make, now: datetime
) -> None:
    made = [article(number=number) for number in range(COMMON + 1)]
    hashes = [[-1, -2], *[[-1]] * COMMON]
    with database.write() as connection:
        _fill(connection, made, [*hashes[:-1], [-1, -2]], now)
        found = entries.sharing(connection, [-1], since=now, limit=3)
    assert [(shared, one.id) for shared, one in found] == [(1, 1), (1, 2), (1, 3)]


def test_thousands_of_hashes_may_be_asked_at_once(
    database: Database, article: Make, tell: Tell, now: datetime
) -> None:
    kept = tell(article(), shingles=range(5000))
    with database.read() as connection:
        asked = range(1000, 6000)
        assert entries.sharing(connection, asked, since=now) == [(4000, kept)]


@pytest.mark.slow
def test_among_ten_thousand_entries_nothing_is_read_from_end_to_end(
    sqlite: Database, article: Make, now: datetime
) -> None:
    size, chance = 10_000, random.Random(7)  # noqa: S311 -- no secret
    made = [article(number=number) for number in range(size)]
    hashes = [chance.sample(range(2000), 10) for _ in range(size)]
    statements: list[tuple[str, Any]] = []

    def note(*told: Any) -> None:
        _, _, statement, parameters, _, many = told
        if not statement.startswith(("EXPLAIN", "PRAGMA", "BEGIN")):
            statements.append((statement, parameters[0] if many else parameters))

    with sqlite.write() as connection:
        _fill(connection, made, hashes, now)
        event.listen(connection, "before_cursor_execute", note)
        story = stories.create(connection, "one more", now)
        kept = entries.add(
            connection,
            article("b"),
            story=story,
            bond=Bond(relation=Relation.FIRST),
            keys=[("guid", "1"), ("url", "2")],
            shingles=hashes[0],
            now=now,
            backlog=False,
        )
        entries.change(
            connection, kept.id, kept.entry, keys=[], shingles=hashes[1], now=now
        )
        assert entries.sharing(connection, hashes[1], since=now)
        entries.matching(connection, "a", [("guid", "1"), ("url", "2")])
        entries.by_url(connection, kept.entry.url)
        event.remove(connection, "before_cursor_execute", note)
        plans = {
            statement: connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", parameters
            ).all()
            for statement, parameters in statements
        }
    assert len(plans) > 10
    full = [
        (statement, step.detail)
        for statement, steps in plans.items()
        for step in steps
        if re.match(r"SCAN (?!\d|\(|json_each)", step.detail)
    ]
    assert full == []
    with sqlite.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM entries")) == size + 1
