"""Facts of the store become the health of each source, in a handful of queries."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, insert, text

from syndicate.errors import Disallowed
from syndicate.gather.findings import FindingCode
from syndicate.model import (
    Bond,
    Entry,
    HubSubscription,
    Outcome,
    PushState,
    Relation,
    Source,
    SourceKind,
    SourceMemory,
    SourceState,
    SourceStatus,
    Visit,
)
from syndicate.pipeline.health import health_of, healths
from syndicate.pipeline.politeness import Polite
from syndicate.pipeline.standing import standing
from syndicate.ports import Request
from syndicate.store import entries, hub_subscriptions, schema, sources, stories

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def source(key: str, **given) -> Source:
    given.setdefault("url", f"https://{key}.example/rss")
    return Source(key=key, title=f"Nguồn {key}", kind=SourceKind.FEED, **given)


@pytest.fixture
def remember(database):
    def keep(key: str, *visits: Visit, **given) -> None:
        values = {
            "visited_at": NOW - HOUR,
            "succeeded_at": NOW - HOUR,
            "memory": SourceMemory(news_at=NOW - HOUR),
        }
        with database.write() as connection:
            sources.save(connection, SourceState(source=key, **values | given))
            for visit in visits:
                sources.record(connection, visit)

    return keep


def visit(key: str, hours: float = 1, **given) -> Visit:
    return Visit(source=key, at=NOW - hours * HOUR, **given)


def codes(found, key: str) -> list[FindingCode]:
    by_key = {one.key: health for one, health in found.pairs}
    return [one.code for one in by_key[key].findings]


def test_every_source_has_a_health_in_the_order_of_the_settings(database, remember):
    remember("b", failures=3, error="HTTP 500", succeeded_at=NOW - DAY)
    known = [source("a"), source("b"), source("c", archived=True)]
    found = healths(database, known, NOW)
    assert [one.key for one, _health in found.pairs] == ["a", "b", "c"]
    assert found.counts == {
        SourceStatus.ACTIVE: 1,
        SourceStatus.FAILING: 1,
        SourceStatus.ARCHIVED: 1,
    }
    assert [one.key for one, _health in found.needy] == ["b"]


def test_the_log_the_entries_robots_and_hubs_are_looked_at(database, remember):
    bad = {"status": 200, "outcomes": {Outcome.FAILED: 3}, "details": ("x",)}
    remember("log", visit("log", 2, **bad), visit("log", 1, **bad))
    idle = [visit("idle", n / 4, status=200, not_modified=True) for n in range(40)]
    remember("idle", *idle)
    remember("robots")
    remember("hub")
    seen = [visit("empty", n, status=200) for n in (3, 2, 1)]
    remember("empty", *seen, memory=SourceMemory())
    remember("old", memory=SourceMemory())
    with database.write() as connection:
        connection.execute(
            insert(schema.robots).values(
                origin="https://robots.example",
                status=200,
                body="",
                fetched_at=NOW,
                changed_at=NOW - DAY,
            )
        )
        held = HubSubscription(
            source="hub",
            hub="https://hub.example",
            topic="https://hub.example/rss",
            token="t",
            secret="s",
            state=PushState.DENIED,
        )
        hub_subscriptions.save(connection, held)
        story = stories.create(connection, "u", NOW)
        for number in range(3):
            title = f"B\ufffdi {number}"
            entries.add(
                connection,
                Entry(source="old", url=f"https://old.example/{number}", title=title),
                story=story,
                bond=Bond(relation=Relation.FIRST),
                keys=(),
                shingles=(),
                now=NOW,
                backlog=False,
            )
    known = [source(key) for key in ("log", "idle", "robots", "hub", "empty", "old")]
    found = healths(database, known, NOW)
    assert codes(found, "log") == [FindingCode.ENTRIES_FAIL]
    assert codes(found, "idle") == [FindingCode.NO_VALIDATORS]
    assert codes(found, "robots") == [FindingCode.ROBOTS_CHANGED]
    assert codes(found, "hub") == [FindingCode.HUB_BROKEN]
    assert codes(found, "empty") == [FindingCode.EMPTY]
    assert codes(found, "old") == [FindingCode.GARBLED]
    assert [one.key for one in found.wasteful] == ["idle"]
    assert [one.key for one, _health in found.noted] == ["robots", "hub"]
    for one in known:
        alone = health_of(database, one, NOW, others=known)
        assert [each.code for each in alone.findings] == codes(found, one.key)


def test_a_source_of_which_nothing_is_known_is_active(database):
    assert health_of(database, source("a"), NOW).status is SourceStatus.ACTIVE
    folder = Source(key="f", title="F", kind=SourceKind.FOLDER, url="saved")
    broken = source("x", url="http://[::bad/rss")
    assert [
        health.findings
        for _one, health in healths(database, [folder, broken], NOW).pairs
    ] == [(), ()]


def test_while_nothing_answers_no_source_is_blamed_by_name(database, remember):
    known = [source(f"s{n}") for n in range(6)]
    for one in known:
        remember(one.key, failures=4, error="no answer", succeeded_at=NOW - DAY)
    found = healths(database, known, NOW)
    assert [one.code for one in found.desk] == [FindingCode.NOTHING_ANSWERS]
    assert found.needy == ()
    assert found.counts == {SourceStatus.FAILING: 6}


def test_the_number_of_queries_does_not_grow_with_the_sources(database, remember):
    asked: list[str] = []

    def count(_connection, _cursor, statement, *_more) -> None:
        asked.append(statement)

    def queries(known) -> int:
        asked.clear()
        healths(database, known, NOW)
        return len(asked)

    for n in range(60):
        remember(f"s{n}", visit(f"s{n}", error="x"), failures=n % 4)
    event.listen(database._engine, "before_cursor_execute", count)
    few = queries([source("s3"), source("s2")])
    assert queries([source(f"s{n}") for n in range(60)]) == few < 15


def test_the_standing_says_how_each_source_stands(database, remember):
    remember("b", failures=3, error="HTTP 500", succeeded_at=NOW - DAY)
    stand = standing(database, [source("a"), source("b")], [], NOW)
    told = stand.as_json()
    assert told["statuses"] == {"active": 1, "failing": 1}
    assert [one["status"] for one in told["sources"]] == ["active", "failing"]
    assert told["failing"] == ["b"]


def test_an_archived_source_neither_fails_nor_stands_still(database, remember):
    remember("b", failures=9, visited_at=NOW - 90 * DAY)
    stand = standing(database, [source("b", archived=True)], [], NOW)
    assert (stand.failing, stand.ok) == ((), True)
    assert not standing(database, [source("b")], [], NOW).ok


def test_a_longer_ceiling_is_no_standing_still(database, remember):
    remember("b", visited_at=NOW - 6 * DAY)
    assert not standing(database, [source("b")], [], NOW).ok
    assert standing(database, [source("b")], [], NOW, ceiling=7 * DAY).ok


def test_what_politeness_says_of_robots_txt_is_understood(database, web):
    """The two modules agree on the words of a refusal, and on what an origin is."""
    one = source("cam", url="https://cam.example:443/rss")
    web.pages["https://cam.example/robots.txt"] = b"User-agent: *\nDisallow: /\n"
    polite = Polite(web, database, clock=lambda: NOW, agent="syndicate/1")
    with pytest.raises(Disallowed) as refused:
        asyncio.run(polite.fetch(Request(url=one.url, robots=True)))
    known = SourceState(source="cam", failures=3, error=str(refused.value))
    with database.write() as connection:
        sources.save(connection, known)
    assert [each.code for each in health_of(database, one, NOW).findings] == [
        FindingCode.DISALLOWED
    ]
    changed = text("UPDATE robots SET changed_at = :at").bindparams(at=str(NOW)[:19])
    with database.write() as connection:
        connection.execute(changed)
    found = health_of(database, one, NOW)
    assert FindingCode.ROBOTS_CHANGED in [each.code for each in found.findings]
