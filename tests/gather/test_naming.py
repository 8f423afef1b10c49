"""Keys and titles of new sources, and where a site may keep its feeds."""

from __future__ import annotations

import pytest

from syndicate.config.kinds import _slug
from syndicate.gather.guesses import (
    asked_addresses,
    feed_guesses,
    parents_of,
    sitemaps_in,
)
from syndicate.gather.naming import key_for, title_for


@pytest.mark.parametrize(
    ("url", "title", "key"),
    [
        ("https://baocuuha.example/rss", "Báo", "baocuuha"),
        ("https://www.soyte.bentre.gov.vn/tin", "Sở", "soyte-bentre"),
        ("http://127.0.1.4:8081/chinh-tri/", "Báo Cửu Hà", "bao-cuu-ha"),
        ("https://thoi-bao.blogspot.com/feeds/posts/default", "", "thoi-bao"),
        ("https://feeds.feedburner.com/x", "Đặc san Xuân", "dac-san-xuan"),
        ("https://[::1]/x", "???", "source"),
        ("https://xn--tin-tc-xxa.example/", "Tin Tức Mới", "tin-tuc-moi"),
        ("https://dukcqdnbentre.vn/", "", "dukcqdnbentre"),
    ],
)
def test_a_key_is_made_of_the_host_or_the_title(url, title, key):
    assert key_for(url, title, set()) == key
    _slug(key)


def test_a_second_source_of_a_host_is_told_apart_by_section_then_number():
    taken: set[str] = set()
    keys = []
    for path in (
        "/rss/home.rss",
        "/chinh-tri.rss",
        "/rss/the-thao.rss",
        "/rss",
        "/rss",
    ):
        keys.append(key_for(f"https://bao.example{path}", "", taken))
        taken.add(keys[-1])
    assert keys == ["bao", "bao-chinh-tri", "bao-the-thao", "bao-2", "bao-3"]


def test_a_title_names_its_place_and_news_names_none():
    assert title_for("Tin tức", "Sở Y tế", url="https://x.example/") == "Sở Y tế"
    assert title_for("Tin tức", "", url="https://x.example/") == "Tin tức"
    assert title_for("", url="https://x.example/") == "x.example"


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("baocuuha.example", "https://baocuuha.example"),
        ("  <https://x.example/a b> ", "https://x.example/a%20b"),
        ("feed://x.example/rss", "https://x.example/rss"),
        ("feed:http://x.example/rss", "http://x.example/rss"),
        ("HTTP://X.example", "HTTP://X.example"),
        ("//x.example/a", "https://x.example/a"),
        ("x.example:8080/a", "https://x.example:8080/a"),
        ("127.0.1.1:8081", "https://127.0.1.1:8081"),
        ("localhost:8000/x", "https://localhost:8000/x"),
        ("báo.example/tin", "https://báo.example/tin"),
    ],
)
def test_what_a_person_types_becomes_an_address(said, first):
    assert asked_addresses(said)[0] == first


@pytest.mark.parametrize(
    "said",
    ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "tin", "-.-"],
)
def test_what_is_no_web_address_becomes_none(said):
    assert asked_addresses(said) == ()


def test_an_articles_folders_lead_up_to_the_root():
    url = "https://x.example/a/b/c-1.html?x=1"
    assert parents_of(url) == (
        "https://x.example/a/b/",
        "https://x.example/a/",
        "https://x.example/",
    )
    assert parents_of("https://x.example/chi-tiet/?/slug/1")[0].endswith("/chi-tiet/")


def test_guesses_begin_with_what_the_generator_is_known_for():
    assert feed_guesses("https://x.example/tin/", "WordPress 6")[:2] == (
        "https://x.example/tin/feed/",
        "https://x.example/feed/",
    )
    assert feed_guesses("https://x.example/a.html", "Joomla! 4")[0].endswith("type=rss")


def test_sitemaps_of_robots_txt_are_read_with_those_of_news_first():
    text = (
        "User-agent: *\r\nSitemap: /a.xml\r\n#Sitemap: /no.xml\nSITEMAP : /news.xml\n"
    )
    found = sitemaps_in(text, "https://x.example/robots.txt")
    assert found == ("https://x.example/news.xml", "https://x.example/a.xml")
