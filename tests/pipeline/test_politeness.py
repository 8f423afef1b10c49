"""robots.txt is obeyed, and what hosts were asked is counted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from syndicate.errors import (
    AddressRefused,
    BadAnswer,
    Disallowed,
    FetchError,
    Offline,
    TooSlow,
    Unreachable,
)
from syndicate.pipeline.politeness import Polite
from syndicate.ports import Hop, Request, Response
from syndicate.store import Database, robots, traffic
from syndicate.store.robots import StoredRobots

AGENT = "syndicate/9 (+https://desk.example/)"
HOST = "http://tin.example"
RULES = b"User-agent: *\nDisallow: /tim-kiem\nCrawl-delay: 7\n"
START = datetime(2026, 10, 19, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Web:
    """A web of answers, the requests that came, and the clock."""

    database: Database
    answers: dict[str, bytes | Response | FetchError]
    asked: list[Request] = field(default_factory=list)
    now: datetime = START

    async def fetch(self, request: Request) -> Response:
        self.asked.append(request)
        await asyncio.sleep(0)
        found = self.answers.get(request.url)
        if isinstance(found, FetchError):
            raise found
        if found is None:
            raise BadAnswer(request.url, 404, "no such page")
        if isinstance(found, bytes):
            return Response(url=request.url, status=200, body=found)
        return found

    @property
    def urls(self) -> list[str]:
        return [request.url for request in self.asked]

    def polite(self) -> Polite:
        return Polite(self, self.database, clock=lambda: self.now, agent=AGENT)

    def stored(self, origin: str = HOST) -> StoredRobots | None:
        with self.database.read() as connection:
            return robots.load(connection, origin)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with Database.open(f"sqlite:///{tmp_path}/polite.db") as database:
        yield Web(database, {f"{HOST}/robots.txt": RULES, f"{HOST}/a": b"here"})


def get(asking: Polite, *urls: str, robots: bool = True) -> list[Response | FetchError]:
    async def one(url: str) -> Response | FetchError:
        try:
            return await asking.fetch(Request(url=url, robots=robots))
        except FetchError as error:
            return error

    async def run() -> list[Response | FetchError]:
        return [await one(url) for url in urls]

    return asyncio.run(run())


def trouble(status: int, url: str = f"{HOST}/robots.txt") -> BadAnswer:
    return BadAnswer(url, status, f"HTTP {status}", 120.0)


# ── Rules ──


def test_a_page_that_robots_txt_forbids_is_not_asked(web):
    [got] = get(web.polite(), f"{HOST}/tim-kiem?q=a")
    assert isinstance(got, Disallowed)
    assert "line 2: Disallow: /tim-kiem" in got.reason
    assert "robots = false" in got.reason
    assert web.urls == [f"{HOST}/robots.txt"]


def test_a_page_that_it_allows_is_asked_with_its_crawl_delay_for_a_pause(web):
    [got] = get(web.polite(), f"{HOST}/a")
    assert isinstance(got, Response)
    assert [request.pause for request in web.asked] == [0.0, 7.0]


def test_a_request_that_robots_have_no_say_in_is_asked_at_once(web):
    get(web.polite(), f"{HOST}/tim-kiem", robots=False)
    assert web.urls == [f"{HOST}/tim-kiem"]


def test_the_rules_are_asked_for_once_a_day_also_by_another_run(web):
    get(web.polite(), f"{HOST}/a", f"{HOST}/a")
    get(web.polite(), f"{HOST}/a")
    assert web.urls.count(f"{HOST}/robots.txt") == 1
    web.now += DAY
    get(web.polite(), f"{HOST}/a")
    assert web.urls.count(f"{HOST}/robots.txt") == 2


def test_a_client_that_lives_for_days_reads_the_rules_anew(web):
    asking = web.polite()
    get(asking, f"{HOST}/a")
    web.now += DAY
    web.answers[f"{HOST}/robots.txt"] = b"User-agent: *\nDisallow: /\n"
    [got] = get(asking, f"{HOST}/a")
    assert isinstance(got, Disallowed)


def test_many_who_want_to_know_ask_once(web):
    asking = web.polite()

    async def run() -> None:
        wanted = Request(url=f"{HOST}/a", robots=True)
        await asyncio.gather(*(asking.fetch(wanted) for _ in range(20)))

    asyncio.run(run())
    assert web.urls.count(f"{HOST}/robots.txt") == 1


def test_of_many_who_wait_for_the_rules_one_may_give_up(web):
    asking = web.polite()

    async def run() -> Response:
        wanted = Request(url=f"{HOST}/a", robots=True)
        first, second = (asyncio.create_task(asking.fetch(wanted)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert asyncio.run(run()).body == b"here"


def test_each_origin_has_rules_of_its_own(web):
    web.answers["https://tin.example/robots.txt"] = b"User-agent: *\nDisallow: /\n"
    web.answers["https://tin.example/a"] = b"x"
    plain, safe = get(web.polite(), f"{HOST}/a", "https://tin.example/a")
    assert isinstance(plain, Response)
    assert isinstance(safe, Disallowed)


def test_a_redirect_to_what_is_forbidden_brings_nothing(web):
    web.answers[f"{HOST}/b"] = Response(
        url=f"{HOST}/tim-kiem/1",
        status=200,
        hops=(Hop(status=302, to=f"{HOST}/tim-kiem/1"),),
    )
    [got] = get(web.polite(), f"{HOST}/b")
    assert isinstance(got, Disallowed)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410])
def test_where_there_is_no_robots_txt_everything_is_allowed(web, status):
    web.answers[f"{HOST}/robots.txt"] = trouble(status)
    [got] = get(web.polite(), f"{HOST}/a")
    assert isinstance(got, Response)
    assert web.stored().status == status


@pytest.mark.parametrize(
    "problem",
    [trouble(500), trouble(503), trouble(429), trouble(0), TooSlow("x", "slow")],
)
def test_a_host_whose_robots_txt_cannot_be_had_is_left_alone(web, problem):
    web.answers[f"{HOST}/robots.txt"] = problem
    first, second = get(web.polite(), f"{HOST}/a", f"{HOST}/a")
    for got in (first, second):
        assert isinstance(got, (BadAnswer, Unreachable))
        assert "/robots.txt" in str(got)
    assert web.urls == [f"{HOST}/robots.txt"]


def test_a_busy_host_is_not_asked_before_it_said(web):
    web.answers[f"{HOST}/robots.txt"] = trouble(503)
    [got] = get(web.polite(), f"{HOST}/a")
    assert isinstance(got, BadAnswer)
    assert (got.status, got.retry_after) == (503, 120.0)


def test_a_robots_txt_that_cannot_be_had_is_asked_for_again_after_an_hour(web):
    asking = web.polite()
    web.answers[f"{HOST}/robots.txt"] = trouble(500)
    get(asking, f"{HOST}/a")
    web.answers[f"{HOST}/robots.txt"] = RULES
    web.now += timedelta(minutes=59)
    assert isinstance(get(asking, f"{HOST}/a")[0], BadAnswer)
    web.now += timedelta(minutes=2)
    assert isinstance(get(asking, f"{HOST}/a")[0], Response)


def test_the_last_known_rules_hold_while_there_are_no_newer_ones(web):
    get(web.polite(), f"{HOST}/a")
    web.now += 90 * DAY
    web.answers[f"{HOST}/robots.txt"] = trouble(500)
    page, search = get(web.polite(), f"{HOST}/a", f"{HOST}/tim-kiem")
    assert isinstance(page, Response)
    assert isinstance(search, Disallowed)
    assert web.stored().body.encode() == RULES


def test_after_thirty_days_a_robots_txt_that_was_never_had_forbids_nothing(web):
    web.answers[f"{HOST}/robots.txt"] = trouble(500)
    for day in (0, 1, 29):
        web.now = START + day * DAY
        assert isinstance(get(web.polite(), f"{HOST}/a")[0], BadAnswer)
    web.now = START + 30 * DAY
    assert isinstance(get(web.polite(), f"{HOST}/a")[0], Response)


def test_our_own_outage_is_no_fault_of_the_rules(web):
    asking = web.polite()
    web.answers[f"{HOST}/robots.txt"] = Offline(HOST, "no route")
    assert isinstance(get(asking, f"{HOST}/a")[0], Offline)
    assert web.stored() is None
    web.answers[f"{HOST}/robots.txt"] = RULES
    web.now += timedelta(minutes=2)
    assert isinstance(get(asking, f"{HOST}/a")[0], Response)


def test_an_address_that_we_never_ask_is_refused_for_what_it_is(web):
    web.answers[f"{HOST}/robots.txt"] = AddressRefused(HOST, "a private address")
    assert isinstance(get(web.polite(), f"{HOST}/a")[0], AddressRefused)
    web.answers["nonsense"] = AddressRefused("nonsense", "no address")
    assert isinstance(get(web.polite(), "nonsense")[0], AddressRefused)


def test_it_is_remembered_when_the_rules_changed(web):
    get(web.polite(), f"{HOST}/a")
    assert web.stored().changed_at is None
    web.now += DAY
    get(web.polite(), f"{HOST}/a")
    assert web.stored().changed_at is None, "the same rules again"
    web.now += DAY
    web.answers[f"{HOST}/robots.txt"] = b"User-agent: *\nDisallow: /\n"
    get(web.polite(), f"{HOST}/a")
    assert web.stored().changed_at == START + 2 * DAY
    web.now += DAY
    get(web.polite(), f"{HOST}/a")
    assert web.stored().changed_at == START + 2 * DAY


def test_a_copy_from_the_future_is_not_believed(web):
    ahead = StoredRobots(origin=HOST, status=200, body="", fetched_at=START + 9 * DAY)
    with web.database.write() as connection:
        robots.save(connection, ahead)
    [got] = get(web.polite(), f"{HOST}/tim-kiem")
    assert isinstance(got, Disallowed)


# ── Counts ──


def counts(web: Web) -> dict[tuple[str, str], tuple[int, int, int]]:
    with web.database.read() as connection:
        found = traffic.since(connection, date(2026, 1, 1))
    return {
        (one.host, one.day): (one.requests, one.not_modified, one.bytes)
        for one in found
    }


def test_requests_304s_and_bytes_are_counted_by_host_and_day(web):
    asking = web.polite()
    web.answers[f"{HOST}/old"] = Response(url=f"{HOST}/old", status=304)
    web.answers[f"{HOST}/moved"] = Response(
        url="http://b.example/x",
        status=200,
        body=b"12345",
        hops=(Hop(status=301, to="http://b.example/x"),),
    )
    urls = [f"{HOST}/{each}" for each in ("a", "old", "moved", "missing")]
    get(asking, *urls, robots=False)
    web.now += DAY
    get(asking, f"{HOST}/a", robots=False)
    asking.flush()
    asking.flush()
    assert counts(web)["b.example", "2026-10-19"] == (1, 0, 5)
    assert counts(web)["tin.example", "2026-10-20"] == (5, 1, 8)


def test_what_never_left_the_house_is_not_counted(web):
    asking = web.polite()
    web.answers["http://x.example/"] = Offline("x", "no route")
    web.answers["http://y.example/"] = AddressRefused("y", "private")
    get(asking, "http://x.example/", "http://y.example/", robots=False)
    asking.flush()
    assert counts(web) == {}


def test_ten_thousand_hosts_are_counted_in_batches(web):
    asking = web.polite()
    urls = [f"http://h{number}.example/" for number in range(1_200)]
    web.answers |= dict.fromkeys(urls, b"x")
    get(asking, *urls, robots=False)
    assert 1_000 <= len(counts(web)) < 1_200
    asking.flush()
    assert len(counts(web)) == 1_200


def test_figures_that_cannot_be_written_lose_no_answer(web):
    asking = web.polite()
    urls = [f"http://h{number}.example/" for number in range(501)]
    web.answers |= dict.fromkeys(urls, b"x")
    with web.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE traffic")
    got = get(asking, *urls, robots=False)
    assert all(isinstance(each, Response) for each in got)
    assert replace(got[0], url="").body == b"x"
