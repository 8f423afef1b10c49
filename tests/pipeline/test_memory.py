"""What gathering remembers of a source from visit to visit, and what it forgives."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from syndicate.errors import (
    BadAnswer,
    Disallowed,
    Offline,
    TooSlow,
    Unreachable,
)
from syndicate.gather.limits import Pace
from syndicate.model import Outcome, ReasonCode, SourceKind
from syndicate.pipeline.gathering import due_sources
from syndicate.pipeline.jobs import NobodyReadsError
from syndicate.ports import Hop, Response
from syndicate.store import sources

FEED = "https://tin.example/rss"
WHOLE = timedelta(hours=24)


def state(desk, key="tin"):
    return desk.ask(lambda connection: sources.load(connection, key))


def answer(body, *, url=FEED, hops=(), **headers):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(url=url, status=200, headers=given, body=body, hops=hops)


def several(desk, count):
    """Sources on as many hosts."""
    for n in range(count):
        desk.add(f"n{n}", url=f"https://n{n}.example/rss")


# ── "Not modified" lies (4) ──────────────────────────────────────────────────


def test_a_full_answer_is_asked_for_once_a_day_though_304s_go_on(
    desk, web, clock, words
):
    desk.add()
    web.pages[FEED] = answer(words.rss(words.item(1)), etag='"a"')
    desk.visit()
    clock.advance(hours=23)
    desk.visit()
    assert web.asked[-1].etag == '"a"'
    clock.advance(hours=2)
    visit = desk.visit()
    assert web.asked[-1].etag == ""
    assert visit.not_modified  # the same body as before
    assert state(desk).memory.full_at == clock.now
    clock.advance(hours=1)
    desk.visit()
    assert web.asked[-1].etag == '"a"'


def test_what_a_lying_304_kept_from_us_is_found_by_the_full_answer(
    desk, web, clock, words
):
    desk.add()
    web.pages[FEED] = answer(words.rss(words.item(1)), etag='"a"')
    desk.visit()
    web.pages[FEED] = answer(words.rss(words.item(2), words.item(1)), etag='"a"')
    clock.advance(hours=1)
    assert desk.visit().not_modified
    clock.advance(hours=24)
    assert desk.outcomes() == {"new": 1, "unchanged": 1}


def test_a_body_that_differs_in_its_build_date_only_is_unchanged(desk, web, words):
    desk.add()
    body = words.rss(words.item(1))
    date = "<lastBuildDate>Wed, 14 Oct 2026 0{}:00:00 +0700</lastBuildDate><item>"
    web.pages[FEED] = body.replace(b"<item>", date.format(1).encode(), 1)
    desk.visit()
    web.pages[FEED] = body.replace(b"<item>", date.format(2).encode(), 1)
    assert desk.visit().not_modified


def test_new_validators_that_come_with_a_304_are_kept(desk, web, words):
    desk.add()
    web.pages[FEED] = answer(words.rss(words.item(1)), etag='"a"')
    desk.visit()
    web.pages[FEED] = Response(url=FEED, status=304, headers={"etag": '"b"'})
    assert desk.visit().not_modified
    assert state(desk).etag == '"b"'


def test_validators_of_an_answer_that_has_none_are_not_those_of_before(
    desk, web, words
):
    desk.add()
    web.pages[FEED] = answer(words.rss(words.item(1)), etag='"a"')
    desk.visit()
    web.pages[FEED] = words.rss(words.item(2), words.item(1))
    desk.visit()
    assert state(desk).etag == ""


# ── Redirects (5) ────────────────────────────────────────────────────────────


def moving(desk, web, words, status=301):
    desk.add()
    new = "https://moi.example/rss"
    web.pages[FEED] = answer(
        words.rss(words.item(1)), url=new, hops=(Hop(status=status, to=new),)
    )
    web.pages[new] = words.rss(words.item(1))
    return new


def test_a_permanent_redirect_is_followed_now_and_adopted_after_a_week(
    desk, web, clock, words
):
    new = moving(desk, web, words)
    desk.visit()
    assert state(desk).memory.move.to == new
    for _ in range(7):
        assert web.asked[-1].url == FEED
        clock.advance(days=1)
        desk.visit()
    clock.advance(days=1)
    desk.visit()
    assert web.asked[-1].url == new
    assert state(desk).memory.move.adopted


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_is_never_adopted(desk, web, clock, words, status):
    moving(desk, web, words, status)
    for _ in range(10):
        desk.visit()
        clock.advance(days=1)
    assert {request.url for request in web.asked} == {FEED}


def test_a_redirect_onto_another_source_is_never_adopted(desk, web, clock, words):
    new = moving(desk, web, words)
    desk.add("moi", url=new)
    for _ in range(10):
        desk.visit("tin")
        clock.advance(days=1)
    assert state(desk).memory.move is None


def test_an_address_that_answers_itself_again_ends_an_adopted_move(
    desk, web, clock, words
):
    new = moving(desk, web, words)
    for _ in range(10):
        desk.visit()
        clock.advance(days=1)
    assert state(desk).memory.move.adopted
    web.gone(new)
    web.pages[FEED] = words.rss(words.item(2))
    desk.visit()  # the adopted one fails
    assert desk.outcomes() == {"new": 1}  # so the one of config.toml is tried
    assert state(desk).memory.move is None
    clock.advance(hours=1)
    desk.visit()
    assert web.asked[-1].url == FEED


def test_an_address_that_was_changed_in_the_settings_is_asked_as_a_new_one(
    desk, web, clock, words
):
    """Validators of another address would let it say "not modified"."""
    desk.add()
    web.pages[FEED] = answer(words.rss(words.item(1)), etag='"1"')
    desk.visit()
    clock.advance(hours=1)
    other = "https://tin.example/rss2"
    desk.add(url=other)
    web.pages[other] = answer(words.rss(words.item(2)), url=other, etag='"1"')
    assert desk.outcomes() == {"new": 1}
    assert web.asked[-1].etag == ""


def test_failures_of_an_address_are_forgotten_when_the_settings_change_it(
    desk, web, clock, words
):
    desk.add()
    web.pages[FEED] = BadAnswer(FEED, 410, "HTTP 410: gone")
    desk.visit()
    assert state(desk).memory.parked_at
    desk.add(url="https://tin.example/rss2")
    web.pages["https://tin.example/rss2"] = BadAnswer("", 500, "in trouble")
    desk.visit()
    kept = state(desk)
    assert (kept.failures, kept.memory.parked_at) == (1, None)


# ── Outages, waits, and sources that are gone (6) ────────────────────────────


def test_our_own_outage_is_counted_against_nobody(desk, web, clock, words):
    desk.add()
    web.pages[FEED] = Offline(FEED, "no name server answers")
    visit = desk.visit()
    assert "no name server" in visit.error
    kept = state(desk)
    assert (kept.failures, kept.error, kept.memory.failing_since) == (0, "", None)
    assert kept.memory.reason.code is ReasonCode.OUTAGE
    assert kept.due_at - clock.now < timedelta(minutes=15)


def test_where_no_host_at_all_answers_it_is_our_own_line(desk, web):
    several(desk, 4)
    for n in range(4):
        url = f"https://n{n}.example/rss"
        kind = TooSlow if n % 2 else Unreachable
        web.pages[url] = kind(url, "no connection")
    visits = desk.gather()
    assert all("nobody answers us" in visit.error for visit in visits.values())
    assert [state(desk, f"n{n}").failures for n in range(4)] == [0, 0, 0, 0]


def test_where_one_host_answers_the_others_failures_are_their_own(desk, web, words):
    several(desk, 4)
    for n in range(3):
        url = f"https://n{n}.example/rss"
        web.pages[url] = Unreachable(url, "no connection")
    web.pages["https://n3.example/rss"] = words.rss(words.item(1))
    visits = desk.gather()
    assert visits["n0"].error == "https://n0.example/rss: no connection"
    assert [state(desk, f"n{n}").failures for n in range(4)] == [1, 1, 1, 0]


def test_a_fault_of_this_machine_is_counted_against_nobody(desk, web, clock, words):
    class Broken:
        def read(self, job, body):
            raise NobodyReadsError("no process can be started")

    desk.add()
    desk.reader = Broken()
    web.pages[FEED] = words.rss(words.item(1))
    assert "no process" in desk.visit().error
    assert state(desk).failures == 0
    assert state(desk).due_at - clock.now < timedelta(minutes=15)
    desk.reader = None
    assert desk.outcomes() == {"new": 1}


def test_one_dead_host_that_is_asked_alone_is_to_blame_itself(desk, web):
    desk.add()
    web.pages[FEED] = Unreachable(FEED, "no such host name")
    desk.visit()
    assert state(desk).failures == 1


def test_a_source_that_is_gone_is_parked_and_one_success_clears_it(
    desk, web, clock, words
):
    desk.add()
    web.pages[FEED] = BadAnswer(FEED, 410, "HTTP 410: gone")
    assert desk.visit().status == 410
    parked = state(desk).memory.parked_at
    assert parked == clock.now
    clock.now = state(desk).due_at
    desk.visit()
    assert state(desk).memory.parked_at == parked
    assert state(desk).memory.reason.code is ReasonCode.PARKED
    clock.now = state(desk).due_at
    web.pages[FEED] = words.rss(words.item(1))
    assert desk.outcomes() == {"new": 1}
    kept = state(desk)
    assert (kept.memory.parked_at, kept.memory.failing_since) == (None, None)


def test_a_source_that_asks_for_time_gets_it(desk, web, clock):
    desk.add(every=timedelta(hours=1))
    web.pages[FEED] = BadAnswer(FEED, 429, "come less often", retry_after=18_000.0)
    desk.visit()
    assert state(desk).due_at - clock.now >= timedelta(hours=5)


def test_however_often_a_source_fails_it_is_asked_again_within_a_day(desk, web, clock):
    source = desk.add()
    web.pages[FEED] = BadAnswer(FEED, 500, "in trouble")
    for _ in range(12):
        desk.visit()
        due = state(desk).due_at
        assert due - clock.now <= WHOLE * 1.1
        clock.now = due
    assert due_sources(desk.database, [source], clock.now) == [source]


def test_how_long_it_has_been_failing_is_known(desk, web, clock, words):
    desk.add()
    web.pages[FEED] = TooSlow(FEED, "no answer")
    desk.visit()
    since = clock.now
    clock.advance(hours=5)
    desk.visit()
    assert state(desk).memory.failing_since == since


def test_a_source_whose_robots_txt_refuses_us_fails_and_is_asked_again(desk, web):
    desk.add(kind=SourceKind.LISTING)
    web.pages[FEED] = Disallowed(FEED, "robots.txt asks us not to")
    assert "robots.txt" in desk.visit().error
    assert state(desk).failures == 1


# ── What an answer teaches ───────────────────────────────────────────────────


def test_hints_hubs_and_certificates_are_remembered(desk, web, clock, words):
    desk.add()
    body = words.rss(words.item(1)).replace(
        b"<item>",
        b"<ttl>90</ttl><atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='hub'"
        b" href='https://hub.example/'/><item>",
        1,
    )
    until = clock.now + timedelta(days=40)
    web.pages[FEED] = replace(answer(body), certificate_until=until)
    desk.visit()
    memory = state(desk).memory
    assert memory.hub == "https://hub.example/"
    assert memory.hint == timedelta(minutes=90)
    assert memory.certificate_until == until
    desk.visit()  # unchanged: what the feed said of itself still holds
    assert state(desk).memory.hub == "https://hub.example/"
    assert state(desk).memory.hint == timedelta(minutes=90)


def test_when_there_was_news_is_known_and_its_rhythm_learnt(desk, web, clock, words):
    desk.add()
    older = words.start - timedelta(hours=5)
    web.pages[FEED] = words.rss(words.item(1), words.item(2, at=older))
    desk.visit()
    first = clock.now
    assert state(desk).memory.news_at == first
    assert state(desk).memory.rhythm.seen == 2
    clock.advance(hours=1)
    desk.visit()
    assert state(desk).memory.news_at == first


def test_every_plan_has_its_reason(desk, web, words):
    desk.add(every=timedelta(hours=3))
    web.pages[FEED] = words.rss(words.item(1))
    desk.visit()
    reason = state(desk).memory.reason
    assert (reason.code, reason.pause) == (ReasonCode.FIXED, timedelta(hours=3))


def test_the_status_of_the_answer_is_in_the_visit(desk, web, words):
    desk.add()
    web.pages[FEED] = answer(words.rss(words.item(1)), etag='"a"')
    assert desk.visit().status == 200
    assert desk.visit().status == 304
    web.pages[FEED] = BadAnswer(FEED, 503, "out of service")
    assert desk.visit().status == 503
    web.pages[FEED] = TooSlow(FEED, "no answer")
    assert desk.visit().status == 0


def test_an_archived_source_is_never_asked_and_never_due(desk, web, clock, words):
    source = desk.add(archived=True)
    web.pages[FEED] = words.rss(words.item(1))
    assert desk.gather() == {}
    assert web.asked == []
    assert due_sources(desk.database, [source], clock.now) == []


def test_a_source_that_gives_all_its_entries_new_dates_is_remembered_for_it(
    desk, web, clock, words
):
    desk.add()
    early = words.start - timedelta(days=2)
    web.pages[FEED] = words.rss(*(words.item(n, at=early) for n in range(6)))
    desk.visit()
    before = {one.entry.guid: one.entry.published for one in desk.entries()}
    clock.advance(hours=1)
    web.pages[FEED] = words.rss(*(words.item(n, at=clock.now) for n in range(6)))
    visit = desk.visit()
    assert state(desk).memory.redated_at == clock.now
    assert any("other dates at once" in said for said in visit.details)
    assert {one.entry.guid: one.entry.published for one in desk.entries()} == before


# ── Many at once ─────────────────────────────────────────────────────────────


def test_an_address_that_is_none_fails_alone(desk, web, words):
    desk.add("xau", url="http://[::bad/rss")
    desk.add()
    web.pages[FEED] = words.rss(words.item(1))
    visits = desk.gather()
    assert visits["xau"].error
    assert visits["tin"].outcomes == {"new": 1}


def test_visits_of_many_sources_are_all_kept_and_told_once(desk, web, words):
    several(desk, 120)
    for n in range(120):
        web.pages[f"https://n{n}.example/rss"] = words.rss(
            words.item(1, host=f"n{n}.example", guid=f"n{n}")
        )
    visits = desk.gather()
    assert len(visits) == 120
    assert all(visit.outcomes for visit in visits.values())
    assert all(state(desk, f"n{n}").imported for n in range(120))
    log = desk.ask(lambda c: [len(sources.visits(c, f"n{n}")) for n in range(120)])
    assert log == [1] * 120


def test_the_hosts_are_asked_by_turns(desk, web, words):
    for host in "ab":
        for n in range(3):
            desk.add(f"{host}{n}", url=f"https://{host}.example/{n}")
    desk.gather()
    assert [request.url[8:] for request in web.asked] == [
        *("a.example/0", "b.example/0", "a.example/1"),
        *("b.example/1", "a.example/2", "b.example/2"),
    ]


def test_a_poll_that_brings_nothing_costs_no_statement_of_its_own(desk, web, words):
    counted = []
    event.listen(
        desk.database._engine,
        "before_cursor_execute",
        lambda *told: counted.append(told[2]),
    )

    def statements(count):
        several(desk, count)
        for n in range(count):
            url = f"https://n{n}.example/rss"
            web.pages[url] = Response(url=url, status=304)
        desk.gather()
        counted.clear()
        desk.gather()
        return len(counted)

    assert statements(40) - statements(4) <= 4


def test_the_pace_of_the_settings_is_kept(desk, web, clock, words):
    desk.add()
    desk.pace = Pace(start=timedelta(hours=4), floor=timedelta(hours=3))
    web.pages[FEED] = words.rss(words.item(1))
    desk.visit()
    assert state(desk).due_at - clock.now >= timedelta(hours=2.5)


# ── Pushes (10) ──────────────────────────────────────────────────────────────


def test_a_pushed_document_is_filed_as_a_fetched_one(desk, web, clock, words):
    desk.add()
    web.pages[FEED] = answer(words.rss(words.item(1)), etag='"a"')
    desk.visit()
    before = state(desk)
    clock.advance(minutes=5)
    visit = desk.push("tin", words.rss(words.item(2)))
    assert visit.outcomes == {Outcome.NEW: 1}
    assert len(desk.entries()) == 2
    after = state(desk)
    assert after.memory.news_at == clock.now
    assert (after.etag, after.due_at) == (before.etag, before.due_at)


def test_a_pushed_document_that_is_no_feed_is_an_error_and_blames_no_source(
    desk, web, words
):
    desk.add()
    visit = desk.push("tin", b"<html><body>no</body></html>")
    assert visit.error
    assert state(desk).failures == 0


def test_what_polling_finds_of_a_push_is_no_news(desk, web, words):
    desk.add()
    body = words.rss(words.item(1))
    desk.push("tin", body)
    web.pages[FEED] = body
    assert desk.outcomes() == {"unchanged": 1}


def test_a_source_that_is_pushed_is_polled_as_a_backup_once_a_day(
    desk, web, clock, words
):
    desk.add()
    desk.pushed = frozenset({"tin"})
    web.pages[FEED] = words.rss(words.item(1))
    desk.visit()
    clock.advance(hours=1)
    desk.visit()
    assert state(desk).memory.reason.code is ReasonCode.PUSHED
    assert state(desk).due_at - clock.now >= WHOLE * 0.9


def test_what_polling_finds_of_a_pushed_source_is_told_of_its_hub(desk, web, words):
    desk.add()
    desk.add("bao", url="https://bao.example/rss")
    desk.pushed = frozenset({"tin"})
    web.pages[FEED] = words.rss(words.item(1), words.item(2))
    web.pages["https://bao.example/rss"] = words.rss(words.item(3, host="bao.example"))
    desk.gather()
    assert desk.unpushed == [("tin", 2)]
    assert state(desk).memory.reason.code is not ReasonCode.PUSHED
    desk.push("tin", words.rss(words.item(4)))
    assert desk.unpushed == [("tin", 2)]  # what was pushed is not kept back
