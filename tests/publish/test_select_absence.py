"""Why a feed does not carry a story: every rule of ``select`` has its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from syndicate.model import Feed
from syndicate.publish.select import Absence, ready, select, why_out

ALL = Feed(key="all", title="Tất cả")


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({}, None),
        ({"categories": ("khac",)}, Absence.CATEGORY),
        ({"sources": ("bao",)}, Absence.SOURCE),
        ({"languages": ("en",)}, Absence.LANGUAGE),
        ({"phrases": ("không có ở đâu",)}, Absence.PHRASE),
        ({"limit": 0}, Absence.LIMIT),
    ],
)
def test_each_condition_that_is_not_met_is_a_reason(
    story, sources, now, wanted, reason
):
    told = story()
    feed = replace(ALL, **wanted)
    ordered = ready([told], sources, now)
    assert why_out(feed, told, ordered, sources, now) is reason


def test_a_story_under_embargo_is_held_back(story, sources, now):
    told = story()
    sources = {
        key: replace(one, embargo=timedelta(days=9)) for key, one in sources.items()
    }
    ordered = ready([told], sources, now)
    assert why_out(ALL, told, ordered, sources, now) is Absence.EMBARGO


@pytest.fixture
def told_too(story, stored, entry):
    other = entry("bao", title="Báo kể thêm chuyện kín")
    return story(entries=(stored(entry(), 1), stored(other, 2)))


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({}, None),
        ({"sources": ("khoi",)}, None),
        ({"sources": ("bao",)}, Absence.EMBARGO),
        ({"phrases": ("chuyện kín",)}, Absence.EMBARGO),
        ({"sources": ("truong",)}, Absence.SOURCE),
    ],
)
def test_a_feed_that_only_a_teller_under_embargo_speaks_for_says_so(
    told_too, sources, now, wanted, reason
):
    held = sources | {"bao": replace(sources["bao"], embargo=timedelta(days=9))}
    ordered = ready([told_too], held, now)
    assert why_out(replace(ALL, **wanted), told_too, ordered, held, now) is reason


def test_a_story_that_all_withdrew_is_withdrawn(story, stored, entry, sources, now):
    gone = story(entries=(stored(entry(), withdrawn_at=now),))
    assert why_out(ALL, gone, (), sources, now) is Absence.WITHDRAWN


def test_a_story_beyond_what_publishing_looks_at_is_pushed_out(story, sources, now):
    assert why_out(ALL, story(), (), sources, now) is Absence.LIMIT


def test_a_story_is_in_a_feed_if_and_only_if_nothing_keeps_it_out(
    story, stored, entry, sources, now
):
    """Of many desks made by chance."""
    chance = Random(5)  # noqa: S311 -- no secret
    seen: set[Absence | None] = set()
    for _ in range(60):
        held = {
            key: replace(one, embargo=timedelta(hours=chance.choice((0, 0, 200))))
            for key, one in sources.items()
        }
        told = [
            replace(
                story(
                    entries=tuple(
                        stored(
                            entry(chance.choice(tuple(sources))),
                            10 * number + place,
                            withdrawn_at=chance.choice((None, None, None, now)),
                        )
                        for place in range(chance.choice((1, 1, 2)))
                    )
                ),
                id=number,
                uid=f"u{number}",
            )
            for number in range(1, 9)
        ]
        feed = Feed(
            key="f",
            title="F",
            categories=chance.choice(((), (), ("xay-dung-dang",), ("khac",))),
            sources=chance.choice(((), (), ("bao",))),
            languages=chance.choice(((), (), ("en",), ("vi",))),
            phrases=chance.choice(((), (), ("đảng viên",), ("không có",))),
            limit=chance.choice((0, 2, 50)),
        )
        ordered = ready(told, held, now)
        inside = {one.id for one in select(feed, told, held, now)}
        for one in told:
            reason = why_out(feed, one, ordered, held, now)
            seen.add(reason)
            assert (reason is None) == (one.id in inside)
    assert seen == {None, *Absence}
