"""Headlines for other sites."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from syndicate.model import Feed, Precision
from syndicate.publish.forms.fragments import Form
from syndicate.publish.forms.item import items
from syndicate.publish.forms.rendering import render
from syndicate.publish.html.headlines import MOST, headlines, headlines_path

FEED = Feed(key="category/dan-van", title="Dân vận – Bản tin Cửu Hà")


@pytest.fixture
def item(story, site, sources, categories):
    def make(number=1, **fields):
        (found,) = items(
            [story(number)], site=site, sources=sources, categories=categories
        )
        return replace(found, **fields)

    return make


@pytest.fixture
def told(site):
    def make(*items):
        parts = [render(Form.JSON, one, site) for one in items]
        made = headlines(FEED, parts, site=site)
        assert gzip.decompress(made.packed) == made.content
        return json.loads(made.content)

    return make


def test_a_headline_is_what_the_feed_says_and_no_more(told, item):
    found = told(item())
    assert found["title"] == "Dân vận – Bản tin Cửu Hà"
    page = "https://ban-tin.example/feeds/category/dan-van.html"
    assert found["home_page_url"] == page
    assert found["items"] == [
        {
            "title": "Chi bộ ấp Bình Hòa kết nạp đảng viên mới",
            "url": "https://khoi.cuuha.example/tin/?/bai/1",
            "source": "Đảng ủy Khối Cửu Hà",
            "day": "12/10/2026",
            "date_published": "2026-10-12T07:30:00Z",
            "language": "vi",
        }
    ]


def test_only_the_newest_are_told(told, item):
    assert len(told(*(item(n) for n in range(1, MOST + 5)))["items"]) == MOST


def test_a_day_is_that_of_the_site_and_an_unknown_one_is_not_said(told, item):
    first = item()
    late = datetime(2026, 10, 12, 18, 0, tzinfo=UTC)
    moved = replace(first, published=late, dated=replace(first.dated, value=late))
    unknown = replace(first, published=None, dated=None)
    found = told(moved, unknown)["items"]
    assert found[0]["day"] == "13/10/2026"
    assert "day" not in found[1]


@pytest.mark.parametrize(
    "zone",
    ["Asia/Ho_Chi_Minh", "UTC", "Pacific/Auckland", "Pacific/Honolulu", "Asia/Tokyo"],
)
def test_a_day_that_is_only_a_day_stays_that_day(told, item, published, zone):
    by_day = replace(
        published,
        value=datetime(2026, 10, 12, tzinfo=ZoneInfo(zone)),
        precision=Precision.DAY,
    )
    found = told(item(published=by_day.value, dated=by_day))["items"]
    assert found[0]["day"] == "12/10/2026"


def test_a_feed_without_stories_is_an_empty_list(told):
    assert told()["items"] == []


def test_headlines_stand_beside_the_documents_of_their_feed():
    assert headlines_path("category/dan-van") == "category/dan-van.headlines.json"
