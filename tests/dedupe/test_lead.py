"""Who leads a story of several tellers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from itertools import permutations

import pytest

from syndicate.dedupe.decide import lead_of
from syndicate.dedupe.lead import names_source
from syndicate.model import Precision, Source, SourceKind


def make_source(key, title, **changes):
    source = Source(
        key=key, title=title, kind=SourceKind.LISTING, url=f"https://{key}.example/tin"
    )
    return replace(source, **changes)


SOURCES = {
    "khoi": make_source("khoi", "Đảng ủy Khối Cơ quan – Doanh nghiệp tỉnh"),
    "bao": make_source("bao", "Báo Cửu Hà"),
    "truong": make_source("truong", "Trường Chính trị tỉnh", hosts=("tct.example",)),
}


@pytest.fixture
def teller(entry, stored):
    """Make the telling of ``source``; ``id`` tells them apart."""

    def make(source, number, *, seen=0, withdrawn=False, **changes):
        one = stored(entry(source=source, **changes), id=number)
        return replace(
            one,
            seen_at=one.seen_at + timedelta(minutes=seen),
            withdrawn_at=one.seen_at if withdrawn else None,
        )

    return make


def assert_leads(expected, others, sources=SOURCES):
    for order in permutations([expected, *others]):
        assert lead_of(order, sources) is expected


def test_the_producer_that_another_credits_leads(teller):
    producer = teller("truong", 2, seen=60)
    repost = teller("bao", 1, credit="Nguồn: tct.example")
    assert_leads(producer, [repost])


def test_of_a_chain_of_credits_the_last_named_leads(teller):
    producer = teller("truong", 3, seen=90)
    between = teller("bao", 2, seen=60, credit="Trường Chính trị tỉnh")
    last = teller("khoi", 1, credit="Theo Báo Cửu Hà")
    assert_leads(producer, [between, last])


def test_who_credits_a_producer_that_we_lack_does_not_lead(teller):
    repost = teller("khoi", 1, credit="Nguồn: bentre.dcs.example")
    assert_leads(teller("bao", 2, seen=60), [repost])


def test_a_source_that_credits_itself_is_no_reposter(teller):
    itself = teller("bao", 1, credit="Báo Cửu Hà")
    assert_leads(itself, [teller("khoi", 2, seen=60)])


def test_the_smaller_rank_leads(teller):
    sources = SOURCES | {"khoi": replace(SOURCES["khoi"], rank=10)}
    assert_leads(teller("khoi", 2, seen=60), [teller("bao", 1)], sources)


def test_the_earlier_publication_leads(teller, dated):
    early = teller("bao", 2, seen=60, published=dated("2026-10-05T07:03"))
    late = teller("khoi", 1, published=dated("2026-10-05T08:15"))
    undated = teller("truong", 3, published=None)
    assert_leads(early, [late, undated])


def test_a_day_is_not_earlier_than_a_minute_of_that_day(teller, dated):
    exact = teller("bao", 1, published=dated("2026-10-05T07:03"))
    later = teller("truong", 3, seen=5, published=dated("2026-10-05T06:00"))
    day = teller("khoi", 2, seen=60, published=dated("2026-10-05"))
    assert_leads(exact, [later, day])


def test_what_was_seen_first_leads_when_nothing_else_tells(teller):
    assert_leads(teller("bao", 2), [teller("khoi", 1, seen=1)])


def test_the_longer_text_then_the_smaller_id_leads(teller):
    long = teller("bao", 3)
    short = teller("khoi", 1, text="Ngắn.")
    assert_leads(long, [short])
    assert_leads(teller("bao", 1), [teller("khoi", 2)])


def test_a_withdrawn_teller_leads_only_alone(teller):
    gone = teller("truong", 1, withdrawn=True)
    repost = teller("bao", 2, credit="Trường Chính trị tỉnh")
    assert_leads(repost, [gone])
    assert lead_of([gone], SOURCES) is gone


def test_a_source_that_is_not_configured_still_tells(teller):
    assert_leads(teller("gone", 2), [teller("lost", 1)], {})


def test_of_equal_tellers_the_order_of_asking_chooses_none(teller):
    """By source and address; numbers say only whom we happened to ask first."""
    assert_leads(teller("bao", 9), [teller("khoi", 1), teller("truong", 2)])
    first = teller("bao", 9, url="https://bao.example/1")
    assert_leads(first, [teller("bao", 3, url="https://bao.example/2")])


@pytest.mark.parametrize(
    ("credit", "key"),
    [
        ("Nguồn: truong.example", "truong"),
        ("www.tct.example", "truong"),
        ("http://tin.bao.example/bai/1", "bao"),
        ("(Theo BÁO CỬU HÀ)", "bao"),
        ("Đảng uỷ Khối", "khoi"),
        ("Đảng ủy Khối Cơ quan - Doanh nghiệp tỉnh", "khoi"),
    ],
)
def test_a_credit_names_its_source_in_many_ways(credit, key):
    named = [one for one, source in SOURCES.items() if names_source(credit, source)]
    assert named == [key]


@pytest.mark.parametrize("credit", ["", "Báo", "tỉnh", "xbao.example", "Báo Nhân Dân"])
def test_a_credit_of_somebody_else_names_none(credit):
    assert not any(names_source(credit, source) for source in SOURCES.values())


def test_an_hour_is_not_earlier_than_a_minute_of_that_hour(teller, dated):
    hour = replace(dated("2026-10-05T07:00"), precision=Precision.HOUR)
    exact = teller("bao", 1, published=dated("2026-10-05T07:40"))
    later = teller("truong", 3, published=dated("2026-10-05T08:05"))
    assert_leads(exact, [teller("khoi", 2, seen=60, published=hour), later])


def test_days_are_those_of_the_sources_own_clock(teller, dated):
    night = dated("2026-10-05T00:30")
    in_utc = replace(night, value=night.value.astimezone(UTC))
    assert_leads(
        teller("bao", 1, published=in_utc),
        [teller("khoi", 2, seen=60, published=dated("2026-10-05"))],
    )
