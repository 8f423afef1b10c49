"""What the store knows of all sources at once, on both engines."""

from __future__ import annotations

from datetime import datetime, timedelta

from syndicate.model import (
    Bond,
    Dated,
    DateOrigin,
    Outcome,
    Precision,
    Relation,
    SourceState,
    Visit,
)
from syndicate.store import facts, sources

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def log(database, *visits: Visit) -> None:
    with database.write() as connection:
        for visit in visits:
            sources.save(connection, SourceState(source=visit.source))
            sources.record(connection, visit)


def ask(database, question):
    with database.read() as connection:
        return question(connection)


def idle(source: str, at: datetime, status: int = 304) -> Visit:
    return Visit(source=source, at=at, not_modified=True, status=status)


def test_the_log_is_reckoned_up_by_source(database, now):
    failed = Visit(
        source="b", at=now, status=200, outcomes={Outcome.FAILED: 1}, details=("x",)
    )
    log(
        database,
        idle("a", now - 3 * DAY),
        idle("a", now - DAY),
        idle("a", now, status=200),
        idle("a", now, status=0),
        Visit(source="a", at=now + DAY, status=200),
        failed,
        failed,
    )
    told = ask(database, facts.polls)
    assert told["a"] == facts.Polls(idle=3, spared=2, idle_days=3)
    assert told["b"] == facts.Polls(troubled=2)
    assert ask(database, lambda c: facts.polls(c, "b")) == {"b": told["b"]}
    assert ask(database, facts.first_visit) == now - 3 * DAY


def test_the_last_visits_of_many_sources_are_read_at_once(database, now):
    log(
        database,
        *(idle(source, now + n * HOUR) for n in range(5) for source in "abc"),
    )
    found = ask(database, lambda c: facts.last_visits(c, {"a", "c", "none"}, 2))
    assert set(found) == {"a", "c"}
    assert [visit.at for visit in found["a"]] == [now + 4 * HOUR, now + 3 * HOUR]


def test_who_has_never_told_anything_is_found(database, article, tell):
    tell(article("a", 1))
    assert ask(database, lambda c: facts.silent(c, ["a", "b"])) == {"b"}
    assert ask(database, lambda c: facts.silent(c, [])) == set()


def test_the_newest_entries_are_reckoned_up_by_source(database, article, tell, now):
    def dated(days: int) -> Dated:
        return Dated(
            value=now + days * DAY,
            precision=Precision.DAY,
            origin=DateOrigin.FEED,
            raw="x",
        )

    tell(article("old", 1))
    tell(article("a", 1, dates=(dated(900),)))
    tell(article("a", 2, dates=(dated(900), dated(-1))))
    tell(article("a", 3))
    tell(article("a", 4, title="B\ufffdn tin", published=dated(-1)))
    found = ask(database, lambda c: facts.recent(c, 4))
    assert found == {"a": facts.Recent(count=4, ahead=1, garbled=1)}
    assert ask(database, lambda c: facts.recent(c)["old"].count) == 1


def test_nothing_is_known_of_an_empty_store(database, now):
    assert ask(database, facts.polls) == {}
    assert ask(database, facts.recent) == {}
    assert ask(database, facts.first_visit) is None
    empty = ask(database, lambda c: facts.gathered(c, now - DAY, now))
    assert empty == facts.Gathered()


def test_what_was_gathered_in_a_week_is_counted(database, article, tell, now):
    for number in range(20):
        again = Bond(relation=Relation.REPEAT if number % 5 == 0 else Relation.FIRST)
        source = "b" if number % 2 else "a"
        at = now - (20 - number) * DAY
        tell(article(source, number), now=at, bond=again)
    found = ask(database, lambda c: facts.gathered(c, now - 7 * DAY, now - DAY))
    assert (found.entries, found.repeats) == (6, 1)
    assert found.by_source == (("a", 3), ("b", 3))
    assert ask(database, lambda c: facts.gathered(c, now, now + DAY)).entries == 0
