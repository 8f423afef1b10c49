"""What a page's markup leads to, and pages that are built to take for ever."""

from __future__ import annotations

import time

import pytest

from syndicate.gather.discover import read_feed_list, read_shown
from syndicate.gather.nature import Nature, nature
from syndicate.gather.opml import read_opml

URL = "https://portal.example/muc/"
DATA = '<script type="application/ld+json">'


def shown(body: str, url: str = URL):
    return read_shown(f"<html>{body}</html>".encode(), url=url)


def feeds(body: str) -> dict[str, str]:
    page = read_feed_list(f"<html><body>{body}</body></html>".encode(), url=URL)
    return {
        one.url.removeprefix("https://portal.example"): one.title for one in page.feeds
    }


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("<tr><td>Kinh tế</td><td><a href='/rss/a.rss'>RSS</a></td></tr>", "Kinh tế"),
        ("<li>Xã hội: <a href='/rss/a.rss'><img src=x.gif></a></li>", "Xã hội"),
        ("<p><a href='/rss/a.rss'>Văn hoá</a></p>", "Văn hoá"),
        ("<p>Y tế - <a href='/rss/a.rss'>https://portal.example/rss/a</a></p>", "Y tế"),
        ("<p><a href='/rss/a.rss' title='Thể thao'>RSS 2.0</a></p>", "Thể thao"),
        ("<p>Đất đai <input value='https://portal.example/rss/a.rss'></p>", "Đất đai"),
    ],
)
def test_a_nameless_rss_link_has_the_title_of_its_row(body, title):
    if "<tr>" in body:
        body = f"<table>{body}</table>"
    assert feeds(body) == {"/rss/a.rss": title}


@pytest.mark.parametrize(
    "href",
    [
        "/feed",
        "/feed/",
        "/rss",
        "/rss.xml",
        "/atom.xml",
        "/index.xml",
        "/feeds/posts/default",
        "/?feed=rss2",
        "/rss/home.rss",
        "/rss.aspx",
        "/Pages/TinTuc/rss.aspx?chuyenmucid=91",
        "/vi/news/rss/",
        "/vi/news/rss/the-thao/",
        "/taxonomy/term/5/feed",
        "/index.php?option=com_content&format=feed&type=rss",
        "/rss-feed-14512.html",
        "/-/asset_publisher/Xy/rss?p_p_cacheability=cacheLevelFull",
        "/kinh-te.rss",
    ],
)
def test_addresses_that_look_like_feeds_are_tried_first(href):
    page = shown(
        f'<a href="{href}"><i class="icon"></i></a>', "https://portal.example/"
    )
    assert [one.url for one in page.feeds] == [f"https://portal.example{href}"]


@pytest.mark.parametrize(
    "body",
    [
        "<a href='/phan-hoi.html'>Feedback</a>",
        "<a href='/tin.html'>Bài viết về nguồn RSS và cách dùng nó cho người mới bắt"
        " đầu ở tỉnh ta trong năm nay</a>",
        "<a href='https://other.example/rss'>RSS</a>",
        "<a href='mailto:rss@portal.example'>RSS</a>",
        "<a href='#rss'>RSS</a>",
        "<link rel=stylesheet type=text/css href=/rss.css>",
        "<link rel=alternate hreflang=en href=/en/>",
        "<link rel=alternate type=application/json href=/wp-json/wp/v2/pages/1>",
    ],
)
def test_links_that_only_look_like_feeds_are_left_alone(body):
    page = shown(body)
    assert (page.feeds, page.lists) == ((), ())


def around(body: str, path: str) -> list[str]:
    site = "https://portal.example"
    found = shown(f"<body>{body}</body>", site + path).around
    return [one.url.removeprefix(site) for one in found]


def test_breadcrumbs_come_first_then_the_news_menu_then_folders():
    found = around(
        '<ol class="breadcrumb"><li><a href="/">Trang chủ</a></li>'
        '<li><a href="/tin/xa-hoi">Xã hội</a></li></ol>'
        '<nav><a href="/tin-tuc">Tin tức</a><a href="/lien-he">Liên hệ</a></nav>',
        "/bai/xa-hoi/mot-bai.html",
    )
    assert found == [
        "/tin/xa-hoi",
        "/tin-tuc",
        "/bai/xa-hoi/",
        "/bai/xa-hoi.html",
        "/bai/",
        "/",
    ]


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("/chinh-tri.html", "/chinh-tri/mot-bai-1.html"),
        ("/Default.aspx?tabid=105", "/Default.aspx?tabid=105&ArticleID=17999"),
        ("/society", "/2026/10/08/society/riverbank"),
        ("/xa-hoi", "/xa-hoi/mot-bai"),
    ],
)
def test_what_an_articles_address_lies_in_comes_first_if_the_page_links_there(
    link, path
):
    assert around(f'<a href="/lien-he">x</a><a href="{link}">Mục</a>', path)[0] == link


@pytest.mark.parametrize(
    ("head", "url", "is_one"),
    [
        ("<meta property=og:type content=article>", URL + "x", True),
        ("<meta property=og:type content=website>", URL + "x", False),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle"}</script>',
            URL,
            True,
        ),
        (
            f'{DATA}[{{"@type":"NewsArticle"}},{{"@type": "NewsArticle"}}]</script>',
            URL,
            False,
        ),
        ("<meta property=og:type content=article>", "https://portal.example/", False),
        ("", "https://portal.example/tin/mot-bai-viet-dai-12345.html", False),
    ],
)
def test_one_article_is_told_from_a_list(head, url, is_one):
    assert shown(f"<head>{head}</head><body><p>x</p></body>", url).article is is_one


def test_a_category_of_joomla_is_a_list_though_its_leads_are_long():
    said = "Sáng nay bà con ra đồng từ rất sớm, vì đài báo có mưa. " * 3
    leads = f"<p>{said}</p>" * 20
    base = "https://portal.example/index.php?option=com_content"
    assert shown(f"<h1>Tin tức</h1>{leads}", f"{base}&view=article&id=34").article
    for query in ("&view=category&layout=blog&id=34", "&view=featured&id=34"):
        assert not shown(f"<h1>Tin tức</h1>{leads}", base + query).article


HOSTILE = {
    "links": "<body>"
    + "".join(f"<li><a href=/t-{n}>Tin {n}</a>" for n in range(20_000)),
    "feeds in one row": "<div>" + "<a href=/r.rss>RSS</a>" * 20_000,
    "many feeds in one row": "<div>"
    + "".join(f"<a href=/rss/{n}.rss>RSS</a>" for n in range(20_000)),
    "deep": "<div>" * 1_900 + "<a href=/rss>RSS</a>" * 3_000,
    "comments": "<!--" * 50_000,
    "named": '<link rel=alternate type=application/rss+xml href="/a">' * 50_000,
    "linked data": '<script type="application/ld+json">' + '"@type" : [' * 50_000,
    "long address": "<a href='" + "/2020/1/feed" * 100_000 + "'>RSS</a>",
    "paragraphs": "<p>" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_pages_built_to_take_for_ever_are_read_in_time(name):
    body = HOSTILE[name].encode()
    begun = time.process_time()
    assert nature(b"<html>" + body) is Nature.PAGE
    page = read_shown(body, url=URL)
    listed = read_feed_list(body, url=URL)
    assert len(page.feeds) <= 60
    assert len(listed.feeds) <= 60
    assert time.process_time() - begun < 5


def test_an_address_built_to_take_for_ever_is_judged_in_time():
    begun = time.process_time()
    shown("<p>x</p>", "https://portal.example" + "/2020/1/" * 20_000)
    assert time.process_time() - begun < 2


def test_opml_with_a_head_of_doctypes_is_read_in_time():
    begun = time.process_time()
    body = b"<!DOCTYPE[" * 6_000 + b"<opml><body/></opml>"
    assert read_opml(body, name="f") == ()
    assert time.process_time() - begun < 5
