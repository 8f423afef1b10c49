"""Robots and browsers find at the root what they ask of every site."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser

import pytest
from starlette.applications import Starlette

from syndicate.model import Site
from syndicate.web.root import routes

SITE = Site(title="Bàn", base_url="https://tin.example")


@pytest.fixture
def web(caller):
    return caller(Starlette(routes=routes(SITE)))


def test_robots_may_read_what_is_published_and_find_the_list_of_it(web):
    answer = web.get("/robots.txt")
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())
    for path in ("/feeds/index.html", "/feeds/all.atom", "/issues/tuan/1", "/"):
        assert rules.can_fetch("Googlebot", path)
    for path in ("/search?q=x", "/unsubscribe/tuan/x", "/partner/syn_x/feed.atom"):
        assert not rules.can_fetch("Googlebot", path)
    assert rules.site_maps() == ["https://tin.example/feeds/sitemap.xml"]
    assert answer.headers["content-type"].startswith("text/plain")


def test_the_sitemap_at_the_root_leads_to_that_of_the_feeds(web):
    answer = web.get("/sitemap.xml")
    assert (answer.status, answer.headers["location"]) == (301, "/feeds/sitemap.xml")


def test_a_browser_that_looks_for_a_picture_is_told_once_that_there_is_none(web):
    answer = web.get("/favicon.ico")
    assert (answer.status, answer.body) == (204, b"")
    assert "max-age=86400" in answer.headers["cache-control"]
