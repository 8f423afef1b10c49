"""Health is what lasts: each finding is made by its cause, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syndicate.errors import ParseError
from syndicate.gather.feed import parse_feed
from syndicate.gather.findings import Facts, FindingCode, Health, Severity
from syndicate.gather.health import assess, desk, named_feeds, status_of
from syndicate.gather.silence import missed
from syndicate.model import (
    Move,
    Outcome,
    PushState,
    Reason,
    ReasonCode,
    Rhythm,
    Shape,
    Source,
    SourceKind,
    SourceMemory,
    SourceState,
    SourceStatus,
    Visit,
)

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Hà Nội."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = "https://tin.example/rss"
TIN = Source(key="tin", title="Tin", kind=SourceKind.FEED, url=URL)
OFFICE = Rhythm(
    hours=tuple(1.0 if 8 <= hour < 17 else 0.0 for hour in range(24)),
    weekdays=(1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0),
    gap=DAY.total_seconds(),
    seen=50,
    last=NOW - DAY,
)


def state(**given: Any) -> SourceState:
    """A source that answered an hour ago; what is not a field is of its memory."""
    outer = {"source": "tin", "visited_at": NOW - HOUR, "succeeded_at": NOW - HOUR}
    own = set(SourceState.__dataclass_fields__)
    memory = {name: given.pop(name) for name in [*given] if name not in own}
    return SourceState(**{**outer, "memory": SourceMemory(**memory), **given})


def failing(failures: int = 3, error: str = f"{URL}: HTTP 500", **given: Any) -> Any:
    return state(failures=failures, error=error, succeeded_at=NOW - 2 * DAY, **given)


def visits(*outcomes: dict[Outcome, int], **given: Any) -> list[Visit]:
    """Visits an hour apart, the newest first."""
    return [
        Visit(source="tin", at=NOW - n * HOUR, outcomes=one, status=200, **given)
        for n, one in enumerate(outcomes)
    ]


def look(
    known: SourceState, *, source: Source = TIN, at: datetime = NOW, **facts: Any
) -> Health:
    seen = facts.pop("visits", ())
    return assess(source, known, seen, at, facts=Facts(**facts))


def codes(health: Health) -> list[FindingCode]:
    return [one.code for one in health.findings]


# ── Who is well ──


@pytest.mark.parametrize(
    "known",
    [
        SourceState(source="tin"),
        state(),
        state(rhythm=OFFICE, news_at=NOW - DAY),
        state(certificate_until=NOW + 60 * DAY),
        state(shape=Shape(items=20, dated=1, words=400, visits=30)),
    ],
    ids=["never visited", "plain", "with a rhythm", "with a certificate", "shaped"],
)
def test_a_healthy_source_has_no_finding(known):
    health = look(known)
    assert (health.status, health.findings) == (SourceStatus.ACTIVE, ())
    assert not health.needs_a_person


@pytest.mark.parametrize("failures", [1, 2])
def test_one_bad_visit_is_weather(failures):
    assert codes(look(failing(failures))) == []
    assert look(failing(failures)).status is SourceStatus.ACTIVE


def test_our_own_outage_is_no_finding_of_a_source():
    known = state(error="no name server answers", reason=Reason(code=ReasonCode.OUTAGE))
    assert look(known).findings == ()


# ── Failing, parked, archived ──


def test_a_source_that_keeps_failing_is_named_with_since_when_and_why():
    known = failing(7, failing_since=NOW - DAY)
    health = look(known, visits=[Visit(source="tin", at=NOW, error="x", status=500)])
    (finding,) = health.findings
    assert health.status is SourceStatus.FAILING
    assert finding.code is FindingCode.FAILING
    assert finding.severity is Severity.ACT
    assert (finding.count, finding.since, finding.status) == (7, NOW - DAY, 500)
    assert "HTTP 500" in finding.detail


def test_since_when_it_fails_is_read_from_the_log_where_it_is_not_remembered():
    log = [Visit(source="tin", at=NOW - n * HOUR, error="x") for n in range(4)]
    log.append(Visit(source="tin", at=NOW - 5 * HOUR))
    (finding,) = look(failing(4), visits=log).findings
    assert finding.since == NOW - 3 * HOUR
    (finding,) = look(failing(4)).findings
    assert finding.since == NOW - 2 * DAY
    (finding,) = look(replace(failing(4), succeeded_at=None)).findings
    assert finding.since is None


def test_a_source_that_said_410_is_parked():
    health = look(failing(1, parked_at=NOW - DAY))
    (finding,) = health.findings
    assert health.status is SourceStatus.PARKED
    assert (finding.code, finding.since) == (FindingCode.PARKED, NOW - DAY)
    assert health.needs_a_person


def test_a_parked_source_that_answers_again_is_active():
    assert look(state(parked_at=NOW - DAY)).status is SourceStatus.ACTIVE


def test_an_archived_source_is_archived_whatever_else_it_is():
    gone = replace(TIN, archived=True, successor="moi")
    health = look(failing(99, parked_at=NOW - DAY), source=gone)
    (finding,) = health.findings
    assert health.status is SourceStatus.ARCHIVED
    assert (finding.code, finding.detail) == (FindingCode.ARCHIVED, "moi")
    assert not health.needs_a_person


# ── Where it has gone ──


PAGE = b"""<!doctype html><html><head><title>Tin</title>
<link rel="alternate" type="application/rss+xml" href="/rss/tin-moi.rss">
<link rel="alternate" type="application/atom+xml" href="https://khac.example/a.atom">
</head><body><p>Trang tin</p></body></html>"""


def page_error() -> str:
    with pytest.raises(ParseError) as caught:
        parse_feed(PAGE, url=URL, source=TIN)
    return str(caught.value)


def test_a_feed_that_became_a_page_is_suggested_where_the_page_names_feeds():
    (finding,) = look(failing(error=page_error())).findings
    assert finding.code is FindingCode.FEED_ELSEWHERE
    assert finding.address == "https://tin.example/rss/tin-moi.rss"


def test_nobody_is_sent_to_a_feed_that_another_source_has():
    taken = frozenset({"https://tin.example/rss/tin-moi.rss"})
    (finding,) = look(failing(error=page_error()), taken=taken).findings
    assert finding.address == "https://khac.example/a.atom"
    both = taken | {"https://khac.example/a.atom"}
    (finding,) = look(failing(error=page_error()), taken=both).findings
    assert (finding.code, finding.address) == (FindingCode.FAILING, "")


def test_a_feed_that_names_itself_is_no_suggestion():
    error = f"{URL}: an HTML page; it names these feeds: {URL}"
    assert codes(look(failing(error=error))) == [FindingCode.FAILING]


def test_a_page_that_names_feeds_once_is_weather():
    assert look(failing(1, error=page_error())).findings == ()


@pytest.mark.parametrize(
    "error",
    [
        "",
        "it names these feeds: ",
        "it names these feeds: javascript:alert(1), data:x",
        "it names no feed",
    ],
)
def test_an_error_without_addresses_names_no_feed(error):
    assert named_feeds(error) == ()


def test_an_adopted_redirect_asks_for_the_new_address_in_the_settings():
    move = Move(to="https://moi.example/rss", since=NOW - 8 * DAY, of=URL, adopted=True)
    (finding,) = look(state(move=move)).findings
    assert finding.code is FindingCode.MOVED
    assert (finding.address, finding.severity) == (move.to, Severity.LOOK)


def test_a_redirect_that_is_watched_is_good_to_know():
    move = Move(to="https://moi.example/rss", since=NOW - DAY, of=URL)
    health = look(state(move=move))
    assert codes(health) == [FindingCode.MOVING]
    assert not health.needs_a_person


@pytest.mark.parametrize(
    ("to", "of"),
    [
        ("https://moi.example/rss", "https://cu.example/rss"),
        (URL, URL),
        ("https://bao.example/rss", URL),
    ],
    ids=["of another address", "to itself", "to another source"],
)
def test_a_redirect_that_says_nothing_of_this_source_is_no_finding(to, of):
    move = Move(to=to, since=NOW - 9 * DAY, of=of, adopted=True)
    taken = frozenset({"https://bao.example/rss", URL})
    assert look(state(move=move), taken=taken).findings == ()


# ── Silence ──


def test_a_source_that_is_silent_beyond_its_rhythm_is_quiet():
    known = state(rhythm=replace(OFFICE, last=NOW - 30 * DAY))
    health = look(known)
    (finding,) = health.findings
    assert health.status is SourceStatus.QUIET
    assert (finding.code, finding.severity) == (FindingCode.QUIET, Severity.LOOK)
    assert finding.since == NOW - 30 * DAY
    assert 25 <= finding.count <= 35
    assert finding.total == 86_400


def test_a_source_whose_rhythm_is_unknown_is_never_called_quiet():
    for rhythm in (Rhythm(), replace(OFFICE, seen=4), replace(OFFICE, gap=0.0)):
        known = state(rhythm=replace(rhythm, last=NOW - 900 * DAY))
        assert look(known).status is SourceStatus.ACTIVE


def test_the_weekend_of_an_office_is_no_silence():
    friday = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    monday = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    zone = "Asia/Ho_Chi_Minh"
    assert missed(OFFICE, friday, monday, zone) == 0
    assert missed(OFFICE, friday, friday + 7 * DAY, zone) == pytest.approx(7)
    assert missed(replace(OFFICE, weekdays=()), friday, monday, zone) >= 2


def test_a_busy_source_is_not_quiet_within_three_days():
    busy = Rhythm(gap=600, seen=900, last=NOW - 2 * DAY)
    assert look(state(rhythm=busy)).status is SourceStatus.ACTIVE
    older = replace(busy, last=NOW - 4 * DAY)
    assert look(state(rhythm=older)).status is SourceStatus.QUIET


def test_a_weekly_source_may_miss_a_month():
    weekly = Rhythm(gap=7 * 86_400, seen=20, last=NOW - 30 * DAY)
    assert look(state(rhythm=weekly)).status is SourceStatus.ACTIVE
    older = replace(weekly, last=NOW - 60 * DAY)
    assert look(state(rhythm=older)).status is SourceStatus.QUIET


def test_a_source_that_does_not_answer_is_failing_and_not_quiet():
    health = look(failing(rhythm=replace(OFFICE, last=NOW - 60 * DAY)))
    assert codes(health) == [FindingCode.FAILING]


def test_our_own_downtime_makes_nobody_quiet():
    """What it told while nobody listened is not known."""
    known = state(rhythm=OFFICE, visited_at=NOW - 60 * DAY, succeeded_at=NOW - 60 * DAY)
    old = replace(known.memory.rhythm, last=NOW - 61 * DAY)
    known = replace(known, memory=replace(known.memory, rhythm=old))
    assert look(known).status is SourceStatus.ACTIVE


def test_an_entry_from_the_future_does_not_make_a_silent_source_loud():
    rhythm = replace(OFFICE, last=NOW + 900 * DAY)
    known = state(rhythm=rhythm, news_at=NOW - 40 * DAY)
    assert look(known).status is SourceStatus.QUIET


# ── What it tells ──


def test_a_layout_that_has_drifted_needs_a_person():
    shape = Shape(items=20, visits=30, drift="links", since=NOW - DAY)
    (finding,) = look(state(shape=shape)).findings
    assert (finding.code, finding.severity) == (FindingCode.DRIFT, Severity.ACT)
    assert (finding.detail, finding.since) == ("links", NOW - DAY)
    (finding,) = look(state(shape=replace(shape, drift="dates"))).findings
    assert finding.severity is Severity.LOOK


def test_a_source_that_gave_all_entries_new_dates_is_named_for_a_fortnight():
    assert codes(look(state(redated_at=NOW - DAY))) == [FindingCode.REDATED]
    assert codes(look(state(redated_at=NOW - 15 * DAY))) == []


def test_a_source_that_answers_and_never_tells_anything_is_empty():
    seen = visits({}, {}, {})
    assert codes(look(state(), visits=seen, told=False)) == [FindingCode.EMPTY]
    assert codes(look(state(), visits=seen[:2], told=False)) == []
    fine = replace(TIN, may_be_empty=True)
    assert codes(look(state(), source=fine, visits=seen, told=False)) == []


FAILED, NEW = Outcome.FAILED, Outcome.NEW


def test_entries_that_fail_visit_after_visit_are_named_with_one_of_them():
    seen = visits(
        {FAILED: 2, NEW: 2}, {FAILED: 2}, details=("https://x/1: no article",)
    )
    (finding,) = look(state(), visits=seen).findings
    assert finding.code is FindingCode.ENTRIES_FAIL
    assert (finding.count, finding.total) == (4, 6)
    assert finding.detail == "https://x/1: no article"


@pytest.mark.parametrize(
    "seen",
    [
        visits({FAILED: 9}),
        visits({NEW: 1}, {FAILED: 5}, {FAILED: 5}),
        visits({FAILED: 1, NEW: 30}, {FAILED: 2, NEW: 30}),
        visits({FAILED: 1}, {FAILED: 1}),
    ],
    ids=["once", "over", "few of many", "two in all"],
)
def test_entries_that_fail_now_and_then_are_weather(seen):
    assert look(state(), visits=seen).findings == ()


def test_all_dates_ahead_are_a_finding_and_one_is_a_slip():
    assert codes(look(state(), recent=9, ahead=9)) == [FindingCode.FUTURE_DATES]
    assert codes(look(state(), recent=9, ahead=8)) == []
    assert codes(look(state(), recent=2, ahead=2)) == []


def test_broken_letters_in_many_titles_are_a_finding():
    assert codes(look(state(), recent=10, garbled=4)) == [FindingCode.GARBLED]
    assert codes(look(state(), recent=100, garbled=4)) == []
    assert codes(look(state(), recent=2, garbled=2)) == []


# ── Certificates, robots.txt, hubs, validators ──


@pytest.mark.parametrize(
    ("days", "code", "severity"),
    [
        (22, None, None),
        (20, FindingCode.CERTIFICATE_ENDS, Severity.NOTE),
        (6, FindingCode.CERTIFICATE_ENDS, Severity.LOOK),
        (-1, FindingCode.CERTIFICATE_ENDED, Severity.ACT),
    ],
)
def test_a_certificate_is_told_of_before_it_ends(days, code, severity):
    until = NOW + days * DAY
    known = state(certificate_until=until, succeeded_at=NOW - 3 * DAY)
    found = look(known).findings
    assert [(one.code, one.severity) for one in found] == (
        [(code, severity)] if code else []
    )
    assert all(one.since == until for one in found)


def test_a_source_that_answered_after_its_certificate_ended_has_another():
    assert look(state(certificate_until=NOW - DAY)).findings == ()


def test_a_robots_txt_that_lets_nobody_in_is_said_as_such():
    error = f"{URL}: https://tin.example/robots.txt asks us not to (Disallow: /)"
    health = look(failing(error=error))
    assert codes(health) == [FindingCode.DISALLOWED]
    assert health.status is SourceStatus.FAILING


def test_article_pages_that_robots_txt_keeps_from_us_are_said_as_such():
    seen = visits(
        {FAILED: 3},
        {FAILED: 3},
        details=("https://x/1: https://x/robots.txt asks us not to",),
    )
    (finding,) = look(state(), visits=seen).findings
    assert (finding.code, finding.count) == (FindingCode.DISALLOWED, 6)


def test_a_robots_txt_that_changed_is_good_to_know_for_a_fortnight():
    for known, facts in (
        (state(robots_changed_at=NOW - DAY), {}),
        (state(), {"robots_changed_at": NOW - DAY}),
    ):
        health = look(known, **facts)
        assert codes(health) == [FindingCode.ROBOTS_CHANGED]
        assert not health.needs_a_person
    assert look(state(robots_changed_at=NOW - 20 * DAY)).findings == ()


@pytest.mark.parametrize("hub", [PushState.DISTRUSTED, PushState.DENIED])
def test_a_hub_that_is_not_relied_on_is_good_to_know(hub):
    health = look(state(), hub=hub, hub_detail="polling was faster")
    (finding,) = health.findings
    assert (finding.code, finding.severity) == (FindingCode.HUB_BROKEN, Severity.NOTE)
    assert finding.detail == "polling was faster"


def test_a_hub_that_works_or_is_slow_once_is_no_finding():
    for hub in (None, PushState.LIVE, PushState.VERIFIED, PushState.WANTED):
        assert look(state(), hub=hub, hub_failures=2).findings == ()
    dead = look(state(), hub=PushState.WANTED, hub_failures=3)
    assert codes(dead) == [FindingCode.HUB_BROKEN]


@pytest.mark.parametrize(
    ("known", "idle", "spared", "code"),
    [
        (state(etag='"1"'), 40, 30, None),
        (state(etag='"1"'), 40, 1, FindingCode.NEVER_304),
        (state(last_modified="x"), 40, 0, FindingCode.NEVER_304),
        (state(), 40, 0, FindingCode.NO_VALIDATORS),
        (state(), 9, 0, None),
    ],
)
def test_who_sends_everything_again_is_good_to_know(known, idle, spared, code):
    health = look(known, idle=idle, spared=spared, idle_days=2)
    assert codes(health) == ([code] if code else [])
    assert not health.needs_a_person


def test_what_is_asked_in_full_on_purpose_each_day_is_no_sign():
    """A source that is asked once a day is never asked with validators."""
    assert look(state(etag='"1"'), idle=40, spared=0, idle_days=39).findings == ()


def test_the_gravest_finding_comes_first():
    known = failing(redated_at=NOW - DAY, robots_changed_at=NOW - DAY)
    severities = [one.severity for one in look(known).findings]
    assert severities == [Severity.ACT, Severity.LOOK, Severity.NOTE]


# ── The desk ──


def pairs(*states: SourceState) -> list[tuple[Source, SourceState]]:
    return [(replace(TIN, key=f"s{n}"), one) for n, one in enumerate(states)]


def test_no_line_is_one_finding_of_the_desk():
    down = state(reason=Reason(code=ReasonCode.OUTAGE), succeeded_at=NOW - DAY)
    early = state(visited_at=NOW - 5 * HOUR, succeeded_at=NOW - 5 * HOUR)
    (finding,) = desk(pairs(down, down, early), NOW)
    assert finding.code is FindingCode.OUTAGE
    assert (finding.count, finding.total) == (2, 3)
    assert finding.since == NOW - 5 * HOUR


def test_a_line_that_is_up_again_is_no_finding():
    down = state(reason=Reason(code=ReasonCode.OUTAGE), succeeded_at=NOW - DAY)
    again = state(visited_at=NOW, succeeded_at=NOW)
    assert desk(pairs(down, again), NOW) == ()


def test_nearly_all_failing_side_by_side_is_rather_us():
    (finding,) = desk(pairs(*[failing()] * 5), NOW)
    assert finding.code is FindingCode.NOTHING_ANSWERS
    assert finding.since == NOW - 2 * DAY


@pytest.mark.parametrize(
    "states",
    [
        [],
        [failing()] * 4,
        [failing()] * 5 + [state()],
        [failing()] * 5 + [state(succeeded_at=NOW - 2 * DAY)] * 5,
    ],
    ids=["none", "few", "one has just answered", "half"],
)
def test_the_desk_does_not_take_the_blame_of_others(states):
    assert desk(pairs(*states), NOW) == ()


def test_a_word_for_a_source_needs_its_state_alone():
    assert status_of(TIN, failing(), NOW) is SourceStatus.FAILING
    assert status_of(TIN, state(), NOW) is SourceStatus.ACTIVE
