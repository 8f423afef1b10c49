"""Which stories a feed carries, and in what order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.model import Bond, Dated, DateOrigin, Feed, Label, Precision, Relation
from syndicate.publish.select import carries, free_at, ready, select, standing_feeds

ALL = Feed(key="all", title="Tất cả")


def test_every_site_has_a_feed_of_all_and_of_each_category_and_source(
    site, categories, sources
):
    feeds = standing_feeds(site, categories, sources.values())
    assert [feed.key for feed in feeds] == [
        "all",
        "category/xay-dung-dang",
        "category/nong-thon-moi",
        "source/khoi",
        "source/bao",
        "source/truong",
    ]
    assert feeds[1].title == "Xây dựng Đảng – Bản tin Cửu Hà"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, True),
        ({"categories": ("xay-dung-dang", "khac")}, True),
        ({"categories": ("khac",)}, False),
        ({"sources": ("khoi",)}, True),
        ({"sources": ("bao",)}, False),
        ({"languages": ("vi-VN",)}, True),
        ({"languages": ("en",)}, False),
        ({"phrases": ("KẾT NẠP đảng viên",)}, True),
        ({"phrases": ("nhà văn hoá ấp",)}, True),
        ({"phrases": ("nạp đảng vi",)}, False),
        ({"phrases": ("...",)}, False),
        ({"categories": ("xay-dung-dang",), "sources": ("bao",)}, False),
    ],
)
def test_every_condition_of_a_feed_must_hold(story, wanted, found):
    assert carries(replace(ALL, **wanted), story()) is found


def test_an_entry_that_does_not_say_its_language_speaks_that_of_its_source(
    story, stored, entry, sources
):
    told = story(entries=(stored(entry(language="")),))
    assert carries(replace(ALL, languages=("vi",)), told, sources)


def test_a_source_feed_carries_what_another_source_leads(story, stored, entry):
    told = story(entries=(stored(entry("khoi"), 1), stored(entry("bao"), 2)))
    assert carries(replace(ALL, sources=("bao",)), told)


def test_a_story_that_every_teller_withdrew_is_gone(story, stored, entry, sources, now):
    gone = stored(entry(), withdrawn_at=now)
    assert select(ALL, [story(entries=(gone,))], sources, now) == ()


def test_a_story_stays_while_one_teller_stands(story, stored, entry, sources, now):
    left = story(
        entries=(stored(entry(), 1, withdrawn_at=now), stored(entry("bao"), 2))
    )
    assert select(ALL, [left], sources, now) == (left,)


def test_stories_stand_newest_first_by_when_we_had_them(story, sources, now):
    given = [story(n, seen_at=now - timedelta(hours=n)) for n in (3, 1, 2)]
    assert [each.id for each in select(ALL, given, sources, now)] == [1, 2, 3]


def test_what_came_together_stands_by_its_date_and_then_by_its_id(
    story, stored, entry, sources, now, published
):
    earlier = replace(published, value=published.value - timedelta(days=3))
    old = story(1, entries=(stored(entry(published=earlier)),))
    given = [old, story(3), story(2)]
    for order in (given, given[::-1]):
        assert [each.id for each in select(ALL, order, sources, now)] == [2, 3, 1]


def test_a_new_lead_or_a_corrected_story_keeps_its_place(
    story, stored, entry, sources, now
):
    first = story(1, seen_at=now - timedelta(hours=2))
    second = story(2, seen_at=now - timedelta(hours=1))
    joined = stored(entry("bao"), 9, seen_at=now, bond=Bond(relation=Relation.REPEAT))
    changed = replace(first, entries=(joined, *first.entries), changed_at=now)
    assert [each.id for each in select(ALL, [changed, second], sources, now)] == [2, 1]


def test_the_archive_of_a_new_source_does_not_bury_the_news(
    story, stored, entry, sources, now, published
):
    year_ago = replace(published, value=published.value - timedelta(days=365))
    archive = stored(entry(published=year_ago), backlog=True, seen_at=now)
    given = [
        story(1, seen_at=now, entries=(archive,)),
        story(2, seen_at=now - timedelta(days=2)),
    ]
    assert [each.id for each in select(ALL, given, sources, now)] == [2, 1]


def test_the_limit_keeps_the_newest(story, sources, now):
    given = [story(n, seen_at=now - timedelta(hours=n)) for n in range(1, 6)]
    chosen = select(replace(ALL, limit=2), given, sources, now)
    assert [each.id for each in chosen] == [1, 2]


def test_nothing_is_published_before_its_embargo_ends(story, sources, now, published):
    held = sources | {"khoi": replace(sources["khoi"], embargo=timedelta(hours=1))}
    end = published.value + timedelta(hours=1)
    assert select(ALL, [story()], held, end - timedelta(seconds=1)) == ()
    assert len(select(ALL, [story()], held, end)) == 1


def test_an_embargo_without_a_date_counts_from_when_we_saw_it(
    story, stored, entry, sources
):
    held = {"khoi": replace(sources["khoi"], embargo=timedelta(hours=1))}
    told = story(entries=(stored(entry(published=None)),))
    assert free_at(told, held) == told.lead.seen_at + timedelta(hours=1)


def test_a_date_known_to_the_day_never_shortens_an_embargo(
    story, stored, entry, sources, published
):
    midnight = published.value.replace(hour=0, minute=0)
    day = Dated(
        value=midnight, precision=Precision.DAY, origin=DateOrigin.LISTING, raw="12/10"
    )
    held = {"khoi": replace(sources["khoi"], embargo=timedelta(hours=1))}
    told = story(entries=(stored(entry(published=day)),))
    assert free_at(told, held) == told.lead.seen_at + timedelta(hours=1)


def test_labels_without_a_feed_do_no_harm(story, sources, now):
    told = story(labels=(Label(category="khac", reason="", confidence=1.0),))
    assert select(ALL, [told], sources, now) == (told,)


@pytest.fixture
def told_too(story, stored, entry, now):
    """A story that somebody whom an embargo may bind tells, too."""
    other = entry("bao", published=None, title="Báo kể thêm chuyện kín")
    return story(
        entries=(stored(entry(), 1), stored(other, 2, seen_at=now)), seen_at=now
    )


def test_another_teller_is_not_named_before_its_embargo_ends(told_too, sources, now):
    hour = timedelta(hours=1)
    held = sources | {"bao": replace(sources["bao"], embargo=hour)}
    (early,) = ready([told_too], held, now + hour - timedelta(seconds=1))
    assert [one.id for one in early.entries] == [1]
    assert ready([told_too], held, now + hour) == (told_too,)


@pytest.mark.parametrize("wanted", [{"sources": ("bao",)}, {"phrases": ("kín",)}])
def test_a_feed_carries_nothing_through_a_teller_under_embargo(
    told_too, sources, now, wanted
):
    hour = timedelta(hours=1)
    held = sources | {"bao": replace(sources["bao"], embargo=hour)}
    feed = replace(ALL, **wanted)
    assert select(feed, [told_too], held, now) == ()
    assert select(feed, [told_too], held, now + hour) == (told_too,)


def test_nobody_else_leads_while_the_lead_is_under_embargo(told_too, sources, now):
    held = sources | {"khoi": replace(sources["khoi"], embargo=timedelta(days=9))}
    assert ready([told_too], held, now) == ()


def test_a_story_keeps_its_place_when_the_embargo_of_a_teller_ends(
    story, stored, entry, sources, now, published
):
    """Its place is that of whoever told it first, named or not."""
    year_ago = replace(published, value=published.value - timedelta(days=365))
    first = stored(entry("bao", published=year_ago), 1, backlog=True, seen_at=now)
    lead = stored(entry(), 2, seen_at=now)
    given = [
        story(1, entries=(lead, first), seen_at=now),
        story(2, seen_at=now - timedelta(days=2)),
    ]
    for days in (0, 9999):
        held = {"bao": replace(sources["bao"], embargo=timedelta(days=days))}
        told = ready(given, sources | held, now)
        assert [one.id for one in told] == [2, 1]
        assert len(told[1].entries) == (1 if days else 2)
