"""What matters more stands first, and each reason for it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.digest.choosing.news import Edition
from syndicate.digest.choosing.ranking import ranked, weight
from syndicate.model import Image, Rights

START = datetime(2026, 10, 11, 23, tzinfo=UTC)
END = datetime(2026, 10, 18, 23, tzinfo=UTC)
EDITION = Edition(number=12, start=START, end=END, now=END)
DAY = timedelta(days=1)
PICTURE = Image(url="https://khoi.cuuha.example/a.jpg")


@pytest.fixture
def order(digest, sources):
    """The uids of stories, what matters most first."""

    def of(*stories, **given):
        mine = replace(digest, **given)
        return [story.uid for story in ranked(stories, mine, EDITION, sources)]

    return of


def test_each_reason_counts(order, sources, make_story, make_entry, make_dated):
    plain = {"published": make_dated(START + 2 * DAY)}
    sources["khoi"] = replace(sources["khoi"], rank=100)
    sources["so"] = replace(sources["so"], rank=1)
    dull = make_story(1, **plain)
    better = {
        "tellings": make_story(
            2, entries=(make_entry(2, **plain), make_entry(3, source="bao", **plain))
        ),
        "recency": make_story(2, published=make_dated(START + 5 * DAY)),
        "producer": make_story(2, source="so", **plain),
        "picture": make_story(2, image=PICTURE, **plain),
        "length": make_story(2, text="dài " * 600, **plain),
    }
    for reason, story in better.items():
        assert order(dull, story) == ["u0002", "u0001"], reason


def test_a_category_weighs_what_the_digest_says(order, make_story):
    people, party = make_story(1, topic="dan-van"), make_story(2)
    assert order(people, party) == ["u0001", "u0002"]
    assert order(people, party, weights=(("xay-dung-dang", 1.5),)) == ["u0002", "u0001"]
    assert order(people, party, weights=(("dan-van", 0.5),)) == ["u0002", "u0001"]


@pytest.mark.parametrize("times", [0.1, 0.5, 2.0, 10.0])
def test_more_weight_is_never_less_however_little_there_is_to_a_story(
    digest, sources, make_story, times
):
    """A notice without a text has the smallest sum; it must not turn negative."""
    poor = make_story(1, lead="", text="", published=None)
    heavy = replace(digest, weights=(("xay-dung-dang", times),))
    plain = weight(poor, digest, EDITION, sources)
    assert plain > 0
    assert weight(poor, heavy, EDITION, sources) == pytest.approx(times * plain)


def test_a_category_that_weighs_nothing_comes_last(order, make_story, make_entry):
    great = make_story(
        1, topic="the-thao", entries=(make_entry(1), make_entry(2, source="bao"))
    )
    poor = make_story(3, text="", lead="")
    assert order(great, poor, weights=(("the-thao", 0.0),)) == ["u0003", "u0001"]


def test_a_picture_that_may_not_be_shown_counts_for_nothing(order, sources, make_story):
    pictured, plain = make_story(2, image=PICTURE), make_story(1)
    assert order(plain, pictured) == ["u0002", "u0001"]
    sources["khoi"] = replace(sources["khoi"], rights=Rights.EXTRACT)
    assert order(plain, pictured) == ["u0001", "u0002"]


def test_the_order_of_what_matters_the_same_is_fixed(order, make_story):
    stories = [make_story(number) for number in range(1, 9)]
    assert order(*stories) == order(*reversed(stories)) == sorted(order(*stories))
    assert order(*stories, *stories) == order(*stories)
