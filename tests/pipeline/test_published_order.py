"""Another order of a feed: other places, the same archive pages."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from syndicate.model import Feed, FeedOrder
from syndicate.pipeline.publishing import publish

SEEN, PUBLISHED = FeedOrder.SEEN, FeedOrder.PUBLISHED


@pytest.fixture
def told(desk, web, clock, words):
    """Six stories, two at a time; what we had last was published first."""
    desk.add()
    numbers = range(1, 7)
    for turn in range(3):
        some = [
            words.item(n, at=words.start - timedelta(hours=n))
            for n in numbers[2 * turn : 2 * turn + 2]
        ]
        web.pages[desk.sources["tin"].url] = words.rss(*some)
        desk.visit()
        release(desk, SEEN)
        clock.advance(hours=2)
    return desk


def release(desk, order, limit=1):
    feeds = (Feed(key="rieng", title="Riêng", order=order, limit=limit),)
    assert publish(desk.publishing(feeds=feeds), desk.clock.now).failed == ()


def pages(desk) -> dict[str, list[str]]:
    folder = desk.folder / "feeds/archive/rieng"
    return {
        path.name: [one["url"] for one in json.loads(path.read_bytes())["items"]]
        for path in sorted(folder.glob("*.json"))
    }


def shown(desk) -> list[str]:
    found = json.loads((desk.folder / "feeds/rieng.json").read_bytes())
    return [one["url"].rpartition("/")[2] for one in found["items"]]


def test_closed_pages_keep_their_stories_when_the_order_changes(told):
    before = pages(told)
    assert len(before) > 1
    release(told, PUBLISHED)
    after = pages(told)
    assert {name: after[name] for name in before} == before
    assert shown(told) == ["1.html"]
    every = [url.rpartition("/")[2] for some in after.values() for url in some]
    assert {*every, *shown(told)} == {f"{n}.html" for n in range(1, 7)}
    assert len(every) == len(set(every))


def test_a_feed_that_comes_back_in_another_order_has_that_order(told):
    assert shown(told) == ["5.html"]
    assert publish(told.publishing(), told.clock.now).failed == ()
    release(told, PUBLISHED)
    assert shown(told) == ["1.html"]
    release(told, SEEN)
    assert shown(told) == ["5.html"]
