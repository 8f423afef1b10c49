"""Pages of feeds, the front page, and the styles."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from syndicate.model import Feed
from syndicate.publish.forms.characters import legal
from syndicate.publish.forms.item import items
from syndicate.publish.html import pages
from syndicate.templating import templates

EVERYTHING = Feed(key="all", title="Bản tin Cửu Hà")
PARTY = Feed(key="category/xay-dung-dang", title="Xây dựng Đảng – Bản tin Cửu Hà")


@pytest.fixture
def fragment(story, site, sources, categories, house):
    def make(number=1, keys=("category/xay-dung-dang", "source/khoi"), **fields):
        (item,) = items(
            [story(number)], site=site, sources=sources, categories=categories
        )
        return pages.story_fragment(
            replace(item, **fields), keys=frozenset(keys), templates=house
        )

    return make


@pytest.fixture
def feed_page(site, house):
    def make(feed, stories=(), **paged):
        made = pages.feed_page(feed, stories, site=site, templates=house, **paged)
        return made.content

    return make


# ── A story in a list ────────────────────────────────────────────────────────


def test_one_fragment_stands_on_pages_of_any_depth(fragment, feed_page, looked_at):
    told = fragment()
    for page, up in ((EVERYTHING, ""), (PARTY, "../")):
        found = looked_at(feed_page(page, [told]))
        links = found.xpath("//article//a/@href")
        assert f"{up}story/uid0001.html" in links
        assert f"{up}category/xay-dung-dang.html" in links
        assert f"{up}source/khoi.html" in links
    deep = looked_at(feed_page(PARTY, [told], pages=1, page=1))
    assert "../../../story/uid0001.html" in deep.xpath("//article//a/@href")


def test_a_fragment_links_to_no_feed_that_does_not_exist(fragment):
    told = fragment(keys=())
    assert b"category/" not in told
    assert b"source/" not in told
    assert "Xây dựng Đảng".encode() in told


def test_a_title_of_another_script_finds_its_own_direction(fragment):
    told = html.fromstring(fragment(title="عاجل: افتتاح الجسر", language="ar").decode())
    (heading,) = told.iter("h3")
    assert (heading.get("dir"), heading.get("lang")) == ("auto", "ar")


def test_the_way_to_the_page_of_a_story_says_which_story(fragment):
    told = html.fromstring(fragment().decode())
    (link,) = told.find_class("permalink")
    assert link.get("aria-label").startswith(link.text_content().strip())
    assert "Chi bộ ấp Bình Hòa" in link.get("aria-label")


# ── Pages of feeds ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("page", "newer", "older"),
    [
        (0, [], ["../archive/category/xay-dung-dang/3.html"]),
        (
            3,
            ["../../../category/xay-dung-dang.html"],
            ["../../../archive/category/xay-dung-dang/2.html"],
        ),
        (
            2,
            ["../../../archive/category/xay-dung-dang/3.html"],
            ["../../../archive/category/xay-dung-dang/1.html"],
        ),
        (1, ["../../../archive/category/xay-dung-dang/2.html"], []),
    ],
)
def test_pages_of_a_feed_lead_to_one_another(feed_page, looked_at, page, newer, older):
    found = looked_at(feed_page(PARTY, pages=3, page=page))
    assert found.xpath("//nav//a[@rel='prev']/@href") == newer
    assert found.xpath("//nav//a[@rel='next']/@href") == older


def test_a_feed_without_archive_has_no_way_to_turn(feed_page, looked_at):
    assert not looked_at(feed_page(PARTY)).find_class("turn")


def test_an_archive_page_says_what_it_is_and_leads_back(feed_page, looked_at):
    found = looked_at(feed_page(PARTY, pages=3, page=2))
    assert "2" in found.findtext(".//title")
    assert "../../../category/xay-dung-dang.html" in found.xpath("//main//p/a/@href")
    assert found.xpath("//link[@rel='canonical']/@href") == [
        "https://ban-tin.example/feeds/archive/category/xay-dung-dang/2.html"
    ]


# ── The front page ───────────────────────────────────────────────────────────


@pytest.fixture
def front(site, house, looked_at):
    def make(feeds, stories=(), **more):
        made = pages.index(feeds, stories, site=site, templates=house, **more)
        return looked_at(made.content)

    return make


def test_three_hundred_categories_are_folded_and_all_there(front):
    many = [Feed(key=f"category/c{n}", title=f"Chuyên mục {n}") for n in range(300)]
    found = front([EVERYTHING, *many])
    (folded,) = found.iter("details")
    assert len(folded.xpath(".//li")) == 288
    assert len(found.xpath("//a[starts-with(@href, 'category/')]")) == 300


def test_of_a_few_feeds_each_has_its_formats(front):
    found = front([EVERYTHING, PARTY])
    assert not list(found.iter("details"))
    links = found.xpath("//nav//a/@href")
    for ending in ("html", "rss", "atom", "json"):
        assert f"category/xay-dung-dang.{ending}" in links


def test_a_front_page_without_feeds_and_stories_is_still_a_page(front):
    assert "Chưa có tin nào." in front([]).text_content()


def test_a_reader_can_search_from_the_front_page(front):
    (form,) = front([EVERYTHING]).iter("form")
    assert form.get("action") == "../search"
    assert form.xpath(".//label/@for") == form.xpath(".//input/@id")


# ── Styles and script ────────────────────────────────────────────────────────


def test_a_feed_without_xslt_says_what_it_is_in_any_language(site, house):
    for language in ("vi", "en"):
        said = replace(site, language=language)
        css = pages.feed_plain_style(said, templates(language=language))
        assert css.count(b"content:") == 4
        assert b"{{" not in css
        assert b"&#" not in css
    assert b"This is a feed" in pages.feed_plain_style(
        replace(site, language="en"), house
    )


def test_the_script_for_other_sites_is_small_and_keeps_nothing(house):
    script = pages.widget(house)
    assert len(script) <= 2048
    for word in (b"cookie", b"localStorage", b"innerHTML", b"eval", b"document.write"):
        assert word not in script.replace(b"No cookies", b"")


@given(st.text(st.characters()))
def test_json_inside_a_script_never_ends_it(text):
    told = pages.script_json({"a": text + "</script><!--"})
    assert "<" not in told
    assert "&" not in told
    assert legal(told) == told
    assert json.loads(told)["a"].startswith(text)
