"""Pages of stories, days, months and the site, from a real store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree, html

from syndicate.model import Rights
from syndicate.pipeline.pagemaking import PageDesk, make_pages
from syndicate.publish.forms.item import Item, items
from syndicate.publish.html.days import day_of
from syndicate.publish.html.pages import story_fragment
from syndicate.publish.select import standing_feeds
from syndicate.publish.units import Unit, UnitKind
from syndicate.store import permalinks, stories, written
from syndicate.store.permalinks import Permalink
from syndicate.store.written import Record
from syndicate.templating import templates

HOUSE = templates(language="vi", zone="Asia/Ho_Chi_Minh")
LISTS = {
    "feeds.opml",
    "sources.opml",
    "style.css",
    "feed.xsl",
    "about.html",
    "feed.css",
    "widget.js",
    "days.html",
    "sitemap/feeds.xml",
    "sitemap.xml",
}


class Pages:
    """Makes pages of what a desk has gathered, and keeps which were written."""

    def __init__(self, desk) -> None:
        self.desk = desk
        sources = tuple(desk.sources.values())
        self.work = PageDesk(
            site=desk.site,
            sources=desk.sources,
            feeds=standing_feeds(desk.site, (), sources),
            templates=HOUSE,
            shelved=0,
            items=self._items,
            fragments=self._fragments,
        )
        self.rows = {
            item.uid: Permalink(
                uid=item.uid,
                story_id=number,
                day=day_of(item.dated, item.seen, desk.site),
                changed_at=item.updated,
            )
            for number, item in desk.ask(lambda c: self._items(c, range(1, 99))).items()
        }
        self.keep(*self.rows.values())

    def keep(self, *rows: Permalink) -> None:
        self.rows |= {row.uid: row for row in rows}
        with self.desk.database.write() as connection:
            permalinks.save(connection, rows)

    def wrote(self, *paths: str) -> None:
        rows = [
            Record(
                path=path,
                sha256="",
                size=1,
                changed_at=self.desk.clock.now,
                unit="",
                mtime=1,
            )
            for path in paths
        ]
        with self.desk.database.write() as connection:
            written.save(connection, rows)

    def __call__(self, kind: UnitKind, *keys: str):
        units = [Unit(kind, key) for key in keys]
        with self.desk.database.read() as connection:
            return list(make_pages(self.work, connection, units))

    def documents(self, kind: UnitKind, *keys: str):
        made = self(kind, *keys)
        assert [one.failed for one in made] == [()] * len(made)
        found = {path: one for each in made for path, one in each.documents.items()}
        return {path: one and one.content for path, one in found.items()}

    def _items(self, connection, ids: Collection[int]) -> Mapping[int, Item]:
        told = stories.get_many(connection, set(ids))
        made = items(
            told.values(), site=self.desk.site, sources=self.desk.sources, categories=()
        )
        by_uid = {one.uid: number for number, one in told.items()}
        return {by_uid[item.uid]: item for item in made}

    def _fragments(self, connection, ids: Sequence[int]) -> Mapping[int, bytes]:
        found = self._items(connection, ids)
        return {
            number: story_fragment(item, keys=(), templates=self.work.templates)
            for number, item in found.items()
        }


@pytest.fixture
def made(desk):
    return Pages(desk.with_news(1, 2, 3))


def uids(made):
    return sorted(made.rows, key=lambda uid: made.rows[uid].story_id)


# ── Stories ──────────────────────────────────────────────────────────────────


def test_each_story_has_a_page_and_one_that_nobody_knows_has_none(made):
    first, second, _third = uids(made)
    found = made.documents(UnitKind.STORY, first, second, "nobody")
    assert found["story/nobody.html"] is None
    assert b"NewsArticle" in found[f"story/{first}.html"]
    assert b"NewsArticle" in found[f"story/{second}.html"]


def test_a_story_that_may_not_be_told_now_has_no_page(made):
    first = uids(made)[0]
    made.work = replace(made.work, items=lambda _connection, _ids: {})
    assert made.documents(UnitKind.STORY, first) == {f"story/{first}.html": None}


def test_a_withdrawn_story_leaves_a_page_without_its_words(made):
    first = uids(made)[0]
    made.keep(replace(made.rows[first], gone_at=made.desk.clock.now))
    page = made.documents(UnitKind.STORY, first)[f"story/{first}.html"]
    assert b'data-status="410"' in page
    assert "khánh thành".encode() not in page


def test_a_merged_story_leads_to_the_last_of_those_it_became(made):
    first, second, third = uids(made)
    gone = made.desk.clock.now
    made.keep(
        replace(made.rows[first], gone_at=gone, into=second),
        replace(made.rows[second], gone_at=gone, into=third),
    )
    page = made.documents(UnitKind.STORY, first)[f"story/{first}.html"]
    assert f'data-status="301" data-location="{third}.html"'.encode() in page


def test_a_merged_story_whose_new_home_is_gone_is_gone_too(made):
    first, second, third = uids(made)
    gone = made.desk.clock.now
    made.keep(
        replace(made.rows[first], gone_at=gone, into=second),
        replace(made.rows[second], gone_at=gone),
        replace(made.rows[third], gone_at=gone, into="purged"),
    )
    for uid in (first, third):
        page = made.documents(UnitKind.STORY, uid)[f"story/{uid}.html"]
        assert b'data-status="410"' in page


def test_stories_that_were_merged_in_a_circle_end_nowhere(made):
    first, second, _third = uids(made)
    gone = made.desk.clock.now
    made.keep(
        replace(made.rows[first], gone_at=gone, into=second),
        replace(made.rows[second], gone_at=gone, into=first),
    )
    page = made.documents(UnitKind.STORY, first)[f"story/{first}.html"]
    assert b'data-status="410"' in page


# ── Days and months ──────────────────────────────────────────────────────────


def test_a_day_has_its_stories_and_its_sitemap(made):
    (day,) = {row.day for row in made.rows.values()}
    found = made.documents(UnitKind.DAY, day)
    assert set(found) == {f"day/{day}.html", f"sitemap/{day}.xml"}
    page = html.fromstring(found[f"day/{day}.html"].decode())
    assert set(page.xpath("//article/@id")) == {f"s-{uid}" for uid in made.rows}
    listed = etree.fromstring(found[f"sitemap/{day}.xml"]).xpath(
        "//*[local-name()='loc']"
    )
    assert len(listed) == 1 + len(made.rows)


@pytest.mark.parametrize("rights", [Rights.FULL, Rights.LINK])
def test_only_what_is_our_own_is_in_a_sitemap(made, rights):
    (day,) = {row.day for row in made.rows.values()}
    sources = {
        key: replace(one, rights=rights) for key, one in made.desk.sources.items()
    }
    made.work = replace(made.work, sources=sources)
    found = made.documents(UnitKind.DAY, day)[f"sitemap/{day}.xml"]
    assert b"/story/" not in found
    assert b"/day/" in found


def test_the_lower_of_two_rights_decides_what_is_in_a_sitemap(made):
    (day,) = {row.day for row in made.rows.values()}
    made.work = replace(made.work, rights=Rights.LINK)
    assert b"/story/" not in made.documents(UnitKind.DAY, day)[f"sitemap/{day}.xml"]


def test_a_day_that_lost_its_stories_loses_all_of_its_pages(made):
    made.wrote("day/2026-01-01.html", "day/2026-01-01-1.html", "day/2026-01-02.html")
    assert made.documents(UnitKind.DAY, "2026-01-01") == {
        "day/2026-01-01.html": None,
        "day/2026-01-01-1.html": None,
        "sitemap/2026-01-01.xml": None,
    }


def test_a_day_that_shrank_loses_the_parts_it_has_no_more(made):
    (day,) = {row.day for row in made.rows.values()}
    made.wrote(f"day/{day}.html", f"day/{day}-1.html")
    found = made.documents(UnitKind.DAY, day)
    assert found[f"day/{day}-1.html"] is None
    assert found[f"day/{day}.html"]


def test_a_month_leads_to_its_days_and_an_empty_one_has_no_page(made):
    (day,) = {row.day for row in made.rows.values()}
    found = made.documents(UnitKind.MONTH, day[:7], "2025-01")
    assert f"../day/{day}.html".encode() in found[f"day/{day[:7]}.html"]
    assert found["day/2025-01.html"] is None


# ── The site ─────────────────────────────────────────────────────────────────


def test_what_follows_the_settings_is_made_apart_from_the_front_page(made):
    assert set(made.documents(UnitKind.SITE, "lists")) == LISTS
    assert set(made.documents(UnitKind.SITE, "")) == {"index.html"}
    assert set(made.documents(UnitKind.SITE, "sitemap")) == {"sitemap.xml"}


def test_the_index_of_sitemaps_names_every_day(made):
    (day,) = {row.day for row in made.rows.values()}
    found = made.documents(UnitKind.SITE, "sitemap")["sitemap.xml"]
    assert f"/feeds/sitemap/{day}.xml".encode() in found
    assert b"/feeds/sitemap/feeds.xml" in found


def test_units_of_feeds_are_somebody_elses(made):
    assert made(UnitKind.FEED, "all") == []


def test_the_same_is_made_of_the_same(made):
    (day,) = {row.day for row in made.rows.values()}
    wanted = [
        (UnitKind.STORY, uids(made)),
        (UnitKind.DAY, [day]),
        (UnitKind.MONTH, [day[:7]]),
        (UnitKind.SITE, ["", "lists"]),
    ]
    for kind, keys in wanted:
        assert made.documents(kind, *keys) == made.documents(kind, *keys)


def test_a_template_that_fails_is_named_and_keeps_no_other_unit(made, tmp_path):
    broken = tmp_path / "own" / "web"
    broken.mkdir(parents=True)
    (broken / "story-page.html").write_text("{{ nobody.knows }}")
    own = templates([Path(broken.parent)], language="vi", zone="Asia/Ho_Chi_Minh")
    made.work = replace(made.work, templates=own)
    first = uids(made)[0]
    (failed,) = made(UnitKind.STORY, first)
    assert failed.failed[0][0] == f"story/{first}.html"
    assert "story-page.html" in failed.failed[0][1]
    assert set(made.documents(UnitKind.SITE, "lists")) == LISTS
