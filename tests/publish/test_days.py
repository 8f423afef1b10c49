"""Pages by day and by month."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import Precision
from syndicate.publish.html.days import (
    PART,
    day_of,
    day_pages,
    days_page,
    month_page,
)

SEEN = datetime(2026, 10, 12, 18, 30, tzinfo=UTC)


def story(number: int) -> bytes:
    link = f'<a href="\0x">{number}</a>'
    return f'<article id="s-{number}"><h3>{link}</h3></article>'.encode()


@pytest.fixture
def make(site, house, looked_at):
    def made(stories, earlier="", later="", count=0):
        found = day_pages(
            "2026-10-12",
            stories,
            count=count or len(stories),
            beside=(earlier, later),
            site=site,
            templates=house,
        )
        return {path: looked_at(each.content) for path, each in found.items()}

    return made


# ── Which day ────────────────────────────────────────────────────────────────


def test_a_day_is_that_of_the_site_not_that_of_greenwich(published, site):
    late = replace(published, value=datetime(2026, 10, 12, 18, 30, tzinfo=UTC))
    assert day_of(late, SEEN, site) == "2026-10-13"
    assert day_of(late, SEEN, replace(site, timezone="UTC")) == "2026-10-12"


def test_a_day_that_is_only_a_day_does_not_move_with_the_zone(published, site):
    by_day = replace(
        published,
        value=datetime(2026, 10, 12, 0, 0, tzinfo=UTC),
        precision=Precision.DAY,
    )
    assert day_of(by_day, SEEN, replace(site, timezone="America/Lima")) == "2026-10-12"


def test_without_a_date_it_is_the_day_on_which_we_had_it(site):
    assert day_of(None, SEEN, site) == "2026-10-13"


# ── A day ────────────────────────────────────────────────────────────────────


def test_a_day_has_its_stories_and_the_ways_to_the_days_beside_it(make):
    (page,) = make(
        [story(2), story(1)], earlier="2026-10-09", later="2026-10-14"
    ).values()
    assert page.xpath("//article/@id") == ["s-2", "s-1"]
    assert page.xpath("//article//a/@href") == ["../x", "../x"]
    assert page.xpath("//a[@rel='prev']/@href") == ["../day/2026-10-09.html"]
    assert page.xpath("//a[@rel='next']/@href") == ["../day/2026-10-14.html"]
    assert "../day/2026-10.html" in page.xpath("//main//a/@href")
    assert page.findtext(".//h1") == "Thứ Hai, ngày 12/10/2026"


def test_the_first_day_leads_nowhere_else(make):
    (page,) = make([story(1)]).values()
    assert not page.find_class("turn")


@pytest.mark.parametrize("count", [PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 1])
def test_a_full_day_is_cut_and_nothing_is_lost_or_twice(make, count):
    newest_first = [story(n) for n in range(count, 0, -1)]
    made = make(newest_first)
    ids = [one for page in made.values() for one in page.xpath("//article/@id")]
    assert sorted(ids) == sorted(f"s-{n}" for n in range(1, count + 1))
    assert all(len(page.xpath("//article")) <= PART for page in made.values())
    assert "day/2026-10-12.html" in made
    newest = made["day/2026-10-12.html"].xpath("//article/@id")[0]
    assert newest == f"s-{count}"


def test_a_part_that_is_full_keeps_its_stories_when_more_come(make):
    before = make([story(n) for n in range(PART + 3, 0, -1)])
    after = make([story(n) for n in range(2 * PART + 9, 0, -1)])
    path = "day/2026-10-12-1.html"
    ids = [made[path].xpath("//article/@id") for made in (before, after)]
    assert ids[0] == ids[1]


def test_a_day_that_does_not_show_all_of_its_stories_says_so(make):
    (page,) = make([story(1)], count=1001).values()
    assert page.xpath("//h2")[0].text_content().split()[0] == "1001"
    assert "·" in page.xpath("//h2")[0].text_content()


def test_parts_of_a_day_lead_to_one_another(make):
    made = make([story(n) for n in range(2 * PART + 1, 0, -1)])
    ways = {
        path: page.xpath("//nav[@class='turn']//a/@href") for path, page in made.items()
    }
    assert ways == {
        "day/2026-10-12-1.html": ["../day/2026-10-12-2.html"],
        "day/2026-10-12-2.html": ["../day/2026-10-12-1.html", "../day/2026-10-12.html"],
        "day/2026-10-12.html": ["../day/2026-10-12-2.html"],
    }


# ── A month, and all of them ─────────────────────────────────────────────────


def test_a_month_is_a_calendar_that_begins_on_monday(site, house, looked_at):
    counts = {"2026-10-12": 2, "2026-10-31": 1}
    made = month_page(
        "2026-10", counts, earlier="2026-08", later="", site=site, templates=house
    )
    page = looked_at(made.content)
    rows = page.xpath("//tbody/tr")
    assert all(len(row.xpath("td")) == 7 for row in rows)
    (cell,) = page.xpath("//a[@href='../day/2026-10-12.html']")
    assert cell.text_content().split()[:2] == ["12", "2"]
    assert cell.xpath("count(../preceding-sibling::td)") == 0
    assert len(page.xpath("//td/a")) == 2
    assert len(page.xpath("//td[a or i]")) == 31
    assert page.xpath("//a[@rel='prev']/@href") == ["../day/2026-08.html"]


def test_all_months_stand_under_their_years_the_newest_first(site, house, looked_at):
    made = days_page(["2025-12", "2026-01", "2026-10"], site=site, templates=house)
    page = looked_at(made.content)
    assert [each.text for each in page.iter("h2")] == ["2026", "2025"]
    assert page.xpath("//main//li/a/@href") == [
        "day/2026-10.html",
        "day/2026-01.html",
        "day/2025-12.html",
    ]


def test_a_desk_without_stories_has_a_page_that_says_so(site, house, looked_at):
    page = looked_at(days_page([], site=site, templates=house).content)
    assert "Chưa có tin nào." in page.text_content()


def test_every_day_of_ten_years_has_a_page_in_its_month(site, house):
    day = datetime(2026, 1, 1, tzinfo=UTC)
    for _number in range(0, 3653, 61):
        name = day.date().isoformat()
        made = month_page(
            name[:7], {name: 1}, earlier="", later="", site=site, templates=house
        )
        assert f"../day/{name}.html".encode() in made.content
        day += timedelta(days=61)
