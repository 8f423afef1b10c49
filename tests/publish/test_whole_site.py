"""A whole site as documents, and the pages for people."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from syndicate.errors import TemplateError
from syndicate.model import Bond, Feed, Relation
from syndicate.publish.select import standing_feeds
from syndicate.templating import templates
from tests.writing import write

BASE = "https://ban-tin.example/feeds/"
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """What a page is made of, and whether its elements are closed in order."""

    def __init__(self, text: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def named(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def told(story, stored, entry):
    """Three stories: with another teller, with a link alone, with an extract."""
    other = stored(entry("bao"), 9, bond=Bond(relation=Relation.REPEAT))
    first = story(1)
    return [
        replace(first, entries=(*first.entries, other)),
        story(2, entries=(stored(entry("truong", published=None)),)),
        story(3, entries=(stored(entry("bao", title="Q&A <b>hỏi</b> – đáp")),)),
    ]


@pytest.fixture
def make(whole_site, site, sources, categories, house, now):
    def made(stories, feeds=None, **changed):
        standing = standing_feeds(site, categories, sources.values())
        given = {
            "site": site,
            "sources": sources,
            "categories": categories,
            "templates": house,
            "now": now,
        }
        chosen = standing if feeds is None else feeds
        return whole_site(stories, chosen, **(given | changed))

    return made


def test_each_feed_has_four_documents_and_the_site_its_own(make, told):
    found = make(told)
    keys = ["all", "category/nong-thon-moi", "category/xay-dung-dang"]
    keys += ["source/bao", "source/khoi", "source/truong"]
    of_feeds = {
        f"{key}.{end}" for key in keys for end in ("rss", "atom", "json", "html")
    }
    of_site = {"index.html", "about.html", "style.css", "feed.xsl"}
    of_site |= {"feeds.opml", "sources.opml"}
    assert set(found) == of_feeds | of_site


def test_building_again_gives_the_same_bytes_whatever_the_hour(make, told, now):
    later = now.replace(year=2027)
    assert make(told) == make(told[::-1], now=later)


def test_every_format_carries_the_same_stories_in_the_same_order(make, told):
    found = make(told)
    ids = [f"tag:ban-tin.example,2026:story/uid000{n}" for n in (2, 1, 3)]
    for form in ("rss", "atom"):
        assert [
            each.id for each in feedparser.parse(found[f"all.{form}"]).entries
        ] == ids
    assert [each["id"] for each in json.loads(found["all.json"])["items"]] == ids
    page = Page(found["all.html"])
    assert [each["id"] for each in page.named("article")] == [
        "s-uid0002",
        "s-uid0001",
        "s-uid0003",
    ]


def test_of_two_feeds_with_one_key_the_first_is_written(make, told):
    found = make(told, [Feed(key="a", title="Một"), Feed(key="a", title="Hai")])
    assert feedparser.parse(found["a.rss"]).feed.title == "Một"


def test_a_site_with_nothing_to_say_is_still_a_site(make):
    found = make([], [])
    assert set(found) == {
        "index.html",
        "about.html",
        "feeds.opml",
        "sources.opml",
        "style.css",
        "feed.xsl",
    }
    Page(found["index.html"])


def test_everything_can_be_written(make, told, tmp_path):
    found = make(told)
    assert write(tmp_path, found).failed == ()
    assert write(tmp_path, found).changed == ()


def test_every_link_inside_the_folder_leads_to_a_document(make, told):
    found = make(told)
    seen = set()
    for path, content in found.items():
        if not path.endswith(".html"):
            continue
        page = Page(content)
        for attrs in page.named("a") + page.named("link"):
            url = urlsplit(urljoin(BASE + path, attrs["href"]))._replace(fragment="")
            if url.geturl().startswith(BASE):
                seen.add(unquote(url.geturl().removeprefix(BASE)))
    pages_by_story_and_day = {f"story/uid000{n}.html" for n in (1, 2, 3)}
    pages_by_story_and_day.add("days.html")
    assert seen - set(found) == pages_by_story_and_day
    assert {"all.rss", "category/xay-dung-dang.html", "sources.opml"} <= seen


def test_links_inside_the_folder_do_not_say_where_it_stands(make, told):
    page = Page(make(told)["category/xay-dung-dang.html"])
    inside = [each["href"] for each in page.named("a") if ".html" in each["href"]]
    assert "../source/khoi.html" in inside
    assert not [each for each in inside if each.startswith(BASE)]


def test_nothing_links_to_a_feed_that_does_not_exist(make, told):
    page = Page(make(told, [Feed(key="all", title="Tất cả")])["all.html"])
    assert not [a for a in page.named("a") if "category/" in a["href"]]
    assert "Xây dựng Đảng" in page.text


def test_a_page_is_in_its_language_and_loads_nothing_from_elsewhere(make, told):
    for path, content in make(told).items():
        if path.endswith(".html"):
            page = Page(content)
            assert page.named("html") == [{"lang": "vi"}]
            loaded = [
                each
                for tag, each in page.tags
                if tag in ("script", "img", "iframe", "style") or "src" in each
            ]
            assert loaded == []
    assert b"url(" not in make(told)["style.css"]
    assert b"@import" not in make(told)["style.css"]


def test_headings_go_down_one_level_at_a_time(make, told):
    for path, content in make(told).items():
        if path.endswith(".html"):
            levels = [
                int(t[1])
                for t, _ in Page(content).tags
                if t[0] == "h" and t[1:].isdigit()
            ]
            assert levels.count(1) == 1
            assert levels[0] == 1
            assert all(b - a <= 1 for a, b in pairwise(levels))


def test_a_page_has_landmarks_and_a_way_past_the_head(make, told):
    page = Page(make(told)["index.html"])
    assert len(page.named("main")) == len(page.named("header")) == 1
    assert page.named("a")[0] == {"class": "skip", "href": "#stories"}
    assert page.named("main")[0]["id"] == "stories"
    ids = [each["id"] for _, each in page.tags if "id" in each]
    assert len(ids) == len(set(ids))
    formats = [each for each in page.named("a") if "aria-label" in each]
    assert "RSS: Xây dựng Đảng" in [each["aria-label"] for each in formats]


def test_a_story_says_source_date_documents_and_other_tellers(make, told):
    text = Page(make(told)["all.html"]).text
    assert "Thứ Hai, ngày 12/10/2026" in text
    assert "không rõ ngày đăng" in text
    assert "05-CT/TW" in text
    assert "Cùng đưa tin: Báo Cửu Hà" in text
    assert "Q&A <b>hỏi</b> – đáp" in text


def test_a_page_can_be_in_english(make, told):
    found = make(told, templates=templates(language="en", zone="UTC"))
    assert "Monday, 12 October 2026" in Page(found["all.html"]).text


def test_a_page_tells_a_browser_where_its_feeds_are(make, told):
    page = Page(make(told)["category/xay-dung-dang.html"])
    alternates = {
        each["type"]: each["href"]
        for each in page.named("link")
        if each["rel"] == "alternate"
    }
    assert alternates == {
        "application/rss+xml": "../category/xay-dung-dang.rss",
        "application/atom+xml": "../category/xay-dung-dang.atom",
        "application/feed+json": "../category/xay-dung-dang.json",
    }


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_a_feed_in_a_browser_explains_itself(make, told, form):
    found = make(told)
    transform = etree.XSLT(etree.fromstring(found["feed.xsl"]))
    shown = str(transform(etree.fromstring(found[f"all.{form}"])))
    assert "Chi bộ ấp Bình Hòa kết nạp đảng viên mới" in shown
    assert 'href="https://khoi.cuuha.example/tin/?/bai/1"' in shown
    assert f"{BASE}all.{form}" in shown
    assert "Báo Cửu Hà" in shown
    assert '"Noto Serif"' in shown


def test_a_template_that_fails_is_named(make, told, tmp_path):
    broken = tmp_path / "web"
    broken.mkdir()
    (broken / "story.html").write_text("{{ nobody.knows }}")
    with pytest.raises(TemplateError, match=r"story\.html"):
        make(told, templates=templates([Path(tmp_path)], language="vi"))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(st.characters(), max_size=80))
def test_hostile_text_never_breaks_a_page(make, story, stored, entry, site, text):
    wild = "</h3>\"'><script>alert(1)</script>" + text
    other = stored(entry("bao", title=wild), 9, bond=Bond(relation=Relation.REPEAT))
    given_entry = entry(title=wild, lead=wild, authors=(wild,))
    told = story(entries=(stored(given_entry), other))
    named = replace(site, title=wild, description=wild)
    found = make([told], [Feed(key="all", title=wild, description=wild)], site=named)
    for path in ("all.html", "index.html"):
        assert Page(found[path]).named("script") == []
    etree.fromstring(found["feed.xsl"])
    etree.fromstring(found["feeds.opml"])
