"""What an address offers: sites of many shapes, served without a network."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from syndicate.errors import BadAnswer, Disallowed, SyndicateError, Unreachable
from syndicate.gather.feedlinks import Way
from syndicate.gather.nature import Nature
from syndicate.gather.verdict import Point
from syndicate.model import Precision, SourceKind
from syndicate.pipeline.asking import Looking
from syndicate.pipeline.discovering import Discovery, discover
from syndicate.ports import Hop, Request, Response

NOW = datetime(2026, 10, 19, 6, 0, tzinfo=UTC)
SITE = "https://portal.example"
NEEDS_SCRIPTS = "a page that shows nothing without scripts (scripts = true draws it)"
TITLES = (
    "Xã Tân Lộc khánh thành cây cầu mới bắc qua rạch Sâu",
    "Bà con ấp Phú Khánh hiến đất làm đường vào trường học",
    "Lớp bồi dưỡng nghiệp vụ khai giảng tại huyện Bình Khê",
    "Trạm y tế phường An Hòa nhận thêm giường bệnh mới",
    "Hợp tác xã xoài Mỹ Thủy ký hợp đồng với siêu thị",
    "Đoàn viên thanh niên dọn rác trên bờ kè Long Thạnh",
)
TEXT = (
    "Sáng nay, đông đảo bà con có mặt từ sớm để dự buổi lễ. Công trình dài hai trăm"
    " mét, rộng bốn mét, do nhân dân và nhà nước cùng làm trong sáu tháng. "
)


class Web:
    """A fetcher whose answers are pages in a dictionary; says what it was asked."""

    def __init__(self, pages: Mapping[str, object]) -> None:
        self.pages = dict(pages)
        self.asked: list[Request] = []

    async def fetch(self, request: Request) -> Response:
        self.asked.append(request)
        found = self.pages.get(request.url)
        if isinstance(found, Exception):
            raise found
        if isinstance(found, Response):
            return found
        if found is None:
            raise BadAnswer(request.url, 404, "HTTP 404: no such page")
        body = found.encode() if isinstance(found, str) else bytes(found)
        return Response(url=request.url, status=200, body=body)

    @property
    def urls(self) -> list[str]:
        return [one.url for one in self.asked]


def look(pages: Mapping[str, object], said: str = SITE, **more) -> Discovery:
    return asyncio.run(discover(Looking(fetcher=Web(pages), now=NOW, **more), said))


def best(pages: Mapping[str, object], said: str = SITE, **more):
    return look(pages, said, **more).offers[0]


def rss(
    *, titles=TITLES, base=SITE, text=TEXT * 4, title="Tin Cổng tỉnh", day=10
) -> str:
    items = "".join(
        f"<item><title>{one}</title><link>{base}/bai-{n}.html</link>"
        f"<guid>{base}/{n}</guid><pubDate>{day + n} Oct 2026 0{n}:15:20 GMT</pubDate>"
        f"<description>{text}</description></item>"
        for n, one in enumerate(titles, 1)
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>{base}/</link>{items}</channel></rss>"
    )


def article(n: int, *, begins="", text=TEXT) -> str:
    title = TITLES[n - 1]
    return (
        f'<html lang="vi"><head><title>{title}</title></head><body><h1>{title}</h1>'
        f'<p class="date">1{n}/10/2026 08:0{n}</p><div class="body">'
        f"<p>{begins}{text}</p><p>{text}</p><p>{text * 2}</p></div></body></html>"
    )


def articles(**more) -> dict[str, object]:
    return {f"{SITE}/bai-{n}.html": article(n, **more) for n in range(1, 7)}


def page(body: str, head: str = "", title: str = "Cổng tỉnh") -> str:
    return (
        f'<!DOCTYPE html><html lang="vi"><head><title>{title}</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


def listing(*, dates=True) -> str:
    rows = "".join(
        f'<li class="tin"><h3><a href="/bai-{n}.html">{title}</a></h3>'
        + (f"<span>1{n}/10/2026</span>" if dates else "")
        + f"<p>{TEXT[:90]}</p></li>"
        for n, title in enumerate(TITLES, 1)
    )
    return f"<ul>{rows}</ul>"


def named(href: str, kind="application/rss+xml", title="") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


# ── What a person types ──


def test_the_address_of_a_feed_is_offered_itself_after_one_request():
    web = Web({f"{SITE}/rss": rss()})
    found = asyncio.run(discover(Looking(fetcher=web, now=NOW), f"{SITE}/rss"))
    (offer,) = found.offers
    assert (offer.kind, offer.way, offer.url) == ("feed", Way.ASKED, f"{SITE}/rss")
    assert offer.title == "Tin Cổng tỉnh"
    assert offer.confidence > 0.9
    assert len(web.asked) == 1


def test_an_address_without_scheme_is_tried_over_https_then_http():
    web = Web({"http://portal.example/": rss()})
    web.pages["https://portal.example"] = Unreachable(SITE, "no TLS here")
    web.pages["http://portal.example"] = rss()
    found = asyncio.run(discover(Looking(fetcher=web, now=NOW), "portal.example"))
    assert found.offers[0].url == "http://portal.example"
    assert web.urls == ["https://portal.example", "http://portal.example"]


@pytest.mark.parametrize(
    "said", ["", "  ", "mailto:a@b.example", "ftp://x.example/", "tin tức", "a", "/tin"]
)
def test_what_is_no_web_address_is_told_with_an_example(said):
    with pytest.raises(SyndicateError, match="is no web address"):
        look({}, said)


def test_a_site_that_does_not_answer_is_an_error_of_the_first_try():
    pages = {
        "https://portal.example": Unreachable(SITE, "no such name"),
        "http://portal.example": Unreachable("http", "refused"),
    }
    with pytest.raises(Unreachable, match="no such name"):
        look(pages, "portal.example")


def test_an_address_that_is_gone_is_looked_for_at_its_sites_front_page():
    pages = {f"{SITE}/": page("", named("/feed")), f"{SITE}/feed": rss()}
    found = look(pages, f"{SITE}/rss/cu.xml")
    assert found.gone
    assert found.offers[0].url == f"{SITE}/feed"
    assert found.tries[0].url == f"{SITE}/rss/cu.xml"


def test_an_address_that_is_gone_on_a_site_that_is_gone_says_so_itself():
    with pytest.raises(BadAnswer) as raised:
        look({}, f"{SITE}/rss/cu.xml")
    assert raised.value.url == f"{SITE}/rss/cu.xml"


# ── Shapes of sites ──


def test_wordpress_names_its_feeds_and_that_of_comments_comes_last():
    head = (
        '<meta name="generator" content="WordPress 6.6">'
        + named("/comments/feed/", title="Bình luận")
        + named("/feed/", title="Cổng tỉnh » Dòng thông tin")
        + '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/p/1">'
        + '<link rel="alternate" type="application/json+oembed" href="/oembed?u=1">'
    )
    pages = {SITE: page(listing(), head), f"{SITE}/feed/": rss(), **articles()}
    found = look(pages)
    assert found.offers[0].url == f"{SITE}/feed/"
    comments = [one for one in found.offers if "comments" in one.url]
    assert comments[0].confidence < 0.2
    assert not any("json" in one.url for one in found.offers)


def test_nukeviet_prints_the_month_for_minutes_and_summaries_alone():
    feed = rss(text="Tóm tắt một câu ngắn.").replace(":15:20 GMT", ":10:20 GMT")
    pages = {
        SITE: page(
            listing(),
            '<meta name="generator" content="NukeViet v4.5">'
            + named("/vi/news/rss/", title="Tin tức"),
        ),
        f"{SITE}/vi/news/rss/": feed,
        **articles(),
    }
    offer = best(pages)
    assert (offer.url, offer.read_pages) == (f"{SITE}/vi/news/rss/", True)
    assert offer.hour_only
    last = offer.entries[-1].published
    assert last is not None
    assert last.precision is not Precision.SECOND, "what is shown is what is kept"
    assert {one.point for one in offer.grounds} >= {Point.SUMMARIES, Point.PAGES}


def test_drupal_without_any_link_has_its_feed_at_the_usual_place():
    head = '<meta name="Generator" content="Drupal 7 (http://drupal.org)">'
    pages = {SITE: page("<p>Chào mừng</p>", head), f"{SITE}/rss.xml": rss()}
    offer = best(pages)
    assert (offer.url, offer.way) == (f"{SITE}/rss.xml", Way.GUESSED)


def test_sharepoint_links_its_feed_behind_a_picture():
    body = '<a href="/Pages/TinTuc/rss.aspx?chuyenmucid=91"><img src="/i/rss.gif"></a>'
    address = f"{SITE}/Pages/TinTuc/rss.aspx?chuyenmucid=91"
    offer = best({SITE: page(body), address: rss()})
    assert (offer.url, offer.way) == (address, Way.LINKED)


def test_liferay_links_to_a_page_that_lists_twenty_feeds():
    rows = "".join(
        f"<tr><td>Chuyên mục số {n}</td><td><a href='/rss/cm-{n}.rss'>RSS</a></td></tr>"
        for n in range(1, 21)
    )
    pages = {
        SITE: page('<a href="/rss-page">RSS</a>' + listing()),
        f"{SITE}/rss-page": page(f"<table>{rows}</table>"),
        **{f"{SITE}/rss/cm-{n}.rss": rss(title="") for n in range(1, 21)},
        **articles(),
    }
    found = look(pages)
    feeds = [one for one in found.offers if one.kind is SourceKind.FEED]
    titles = {one.title for one in feeds}
    assert feeds[0].read
    assert {"Chuyên mục số 7", "Chuyên mục số 20"} <= titles
    assert len(feeds) >= 16
    assert found.requests <= 12


def test_a_guess_that_is_a_page_of_feeds_is_read_as_one():
    body = "<ul><li><a href='/rss/tin-moi-nhat.rss'>Tin mới nhất</a></li></ul>"
    pages = {
        SITE: page("<p>Chào</p>"),
        f"{SITE}/rss": page(body),
        f"{SITE}/rss/tin-moi-nhat.rss": rss(title=""),
    }
    offer = best(pages)
    assert offer.url == f"{SITE}/rss/tin-moi-nhat.rss"
    assert offer.title == "Tin mới nhất"


def test_a_static_site_has_a_json_feed():
    feed = (
        '{"version":"https://jsonfeed.org/version/1.1","title":"Blog","items":['
        '{"id":"1","url":"https://portal.example/1","title":"Một bài viết dài",'
        f'"content_text":"{TEXT * 4}","date_published":"2026-10-12T08:00:00+07:00"}}]}}'
    )
    pages = {
        SITE: page("<p>x</p>", named("/feed.json", "application/feed+json")),
        f"{SITE}/feed.json": feed,
    }
    assert best(pages).url == f"{SITE}/feed.json"


def test_a_relative_feed_address_starts_from_the_base_of_the_page():
    head = '<base href="/vi/">' + named("rss.xml")
    pages = {SITE: page("", head), f"{SITE}/vi/rss.xml": rss()}
    assert best(pages).url == f"{SITE}/vi/rss.xml"


def test_feed_schemes_and_links_into_readers_lead_to_the_feed():
    inner = "https%3A%2F%2Fportal.example%2Fnews.rss"
    body = (
        '<a href="feed://portal.example/a.rss">RSS</a>'
        f'<a href="https://feedly.com/i/subscription/feed/{inner}">Feedly RSS</a>'
    )
    found = look({SITE: page(body), f"{SITE}/news.rss": rss()})
    assert found.offers[0].url == f"{SITE}/news.rss"


def test_feeds_in_two_languages_are_both_offered():
    head = named("/vi.rss", title="Tin") + (
        '<link rel="alternate" type="application/rss+xml" hreflang="en" href="/en.rss">'
    )
    english = (
        "Bridge over the creek opens to the people of the commune",
        "Villagers give land for the road to the new school",
        "Training course for the staff of the district begins",
        "Health station of the ward receives beds from the province",
    )
    words = "The people of the commune came early to the opening of the bridge. " * 9
    feed = rss(titles=english, base=f"{SITE}/en", text=words)
    pages = {SITE: page("", head), f"{SITE}/vi.rss": rss(), f"{SITE}/en.rss": feed}
    languages = {one.url: one.language for one in look(pages).offers}
    assert languages == {f"{SITE}/vi.rss": "vi", f"{SITE}/en.rss": "en"}


def test_rss_and_atom_of_the_same_articles_are_one_offer():
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Tin</title>'
        + "".join(
            f"<entry><title>{one}</title><id>{n}</id>"
            f'<link href="{SITE}/bai-{n}.html"/><updated>2026-10-1{n}T08:00:00Z'
            f"</updated><content>{TEXT * 4}</content></entry>"
            for n, one in enumerate(TITLES, 1)
        )
        + "</feed>"
    )
    head = named("/rss") + named("/atom", "application/atom+xml")
    found = look({SITE: page("", head), f"{SITE}/rss": rss(), f"{SITE}/atom": atom})
    assert len([one for one in found.offers if one.kind is SourceKind.FEED]) == 1


def test_a_portal_without_feed_or_sitemap_is_offered_as_a_listing():
    offer = best({SITE: page(listing()), **articles()})
    assert (offer.kind, offer.url) == (SourceKind.LISTING, SITE)
    assert offer.confidence >= 0.85
    assert offer.figures.good == 3
    assert all(entry.text for entry in offer.entries[:3])


def test_a_listing_whose_pages_cannot_be_read_is_hardly_worth_taking():
    offer = best({SITE: page(listing())})
    assert offer.kind is SourceKind.LISTING
    assert offer.confidence < 0.4
    assert Point.NO_PAGES in {one.point for one in offer.grounds}


def test_a_listing_without_dates_gets_them_from_its_pages():
    offer = best({SITE: page(listing(dates=False)), **articles()})
    assert offer.figures.pages_dated == 3
    assert Point.DATED in {one.point for one in offer.grounds}


def test_what_all_articles_begin_with_is_the_portals_signature():
    offer = best({SITE: page(listing()), **articles(begins="VTV24 - ")})
    assert offer.signature == "VTV24 -"
    assert best({SITE: page(listing()), **articles()}).signature == ""


def test_a_section_takes_its_own_list_before_a_feed_of_the_whole_site():
    elsewhere = tuple(f"Bài của một chuyên mục khác hẳn số {n}" for n in range(1, 7))
    feed = rss(titles=elsewhere, base=f"{SITE}/khac")
    pages = {
        f"{SITE}/chinh-tri/": page(listing(), named("/rss")),
        f"{SITE}/rss": feed,
        **articles(),
    }
    found = look(pages, f"{SITE}/chinh-tri/")
    assert found.offers[0].kind is SourceKind.LISTING
    (feed_offer,) = (one for one in found.offers if one.kind is SourceKind.FEED)
    assert Point.ELSEWHERE in {one.point for one in feed_offer.grounds}


def test_a_section_takes_its_own_feed_before_its_list():
    pages = {
        f"{SITE}/chinh-tri/": page(listing(), named("/rss")),
        f"{SITE}/rss": rss(),
        **articles(),
    }
    offer = best(pages, f"{SITE}/chinh-tri/")
    assert offer.kind is SourceKind.FEED
    assert offer.figures.shared == 6


def test_an_article_leads_to_the_list_that_it_stands_in():
    address = f"{SITE}/chinh-tri/xa-tan-loc-khanh-thanh-cau-12345.html"
    pages = {
        address: article(1),
        f"{SITE}/chinh-tri/": page(listing()),
        **articles(),
    }
    found = look(pages, address)
    assert found.article
    assert found.offers[0].url == f"{SITE}/chinh-tri/"
    assert found.offers[0].way is Way.AROUND


def test_an_article_that_names_the_feed_leads_to_the_feed():
    address = f"{SITE}/2026/10/khanh-thanh-cau-moi"
    text = article(1).replace("</head>", named("/feed") + "</head>")
    found = look({address: text, f"{SITE}/feed": rss()}, address)
    assert found.offers[0].url == f"{SITE}/feed"


def sitemap(*, news=False) -> str:
    urls = "".join(
        f"<url><loc>{SITE}/bai-{n}.html</loc>"
        + (
            "<news:news><news:publication_date>2026-10-1"
            f"{n}T08:00:00+07:00</news:publication_date>"
            f"<news:title>{title}</news:title></news:news></url>"
            if news
            else f"<lastmod>2026-10-1{n}</lastmod></url>"
        )
        for n, title in enumerate(TITLES, 1)
    )
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        f"{urls}</urlset>"
    )


def test_a_news_sitemap_from_robots_txt_is_offered_with_its_titles():
    pages = {
        SITE: page("<p>Chào</p>"),
        f"{SITE}/robots.txt": f"User-agent: *\nSitemap: {SITE}/sm.xml\n"
        f"sitemap: {SITE}/news-sm.xml\n",
        f"{SITE}/news-sm.xml": sitemap(news=True),
        f"{SITE}/sm.xml": sitemap(),
        **articles(),
    }
    offer = best(pages)
    assert (offer.kind, offer.url) == (SourceKind.SITEMAP, f"{SITE}/news-sm.xml")
    assert offer.figures.titled == 6
    assert offer.confidence > 0.8


def test_a_site_with_nothing_but_a_packed_sitemap_index_is_offered():
    index = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{SITE}/page-sitemap.xml</loc></sitemap>"
        f"<sitemap><loc>{SITE}/post-sitemap.xml.gz</loc></sitemap></sitemapindex>"
    )
    pages = {
        SITE: page("<p>Chào</p>"),
        f"{SITE}/sitemap.xml": index,
        f"{SITE}/post-sitemap.xml.gz": gzip.compress(sitemap().encode()),
        **articles(),
    }
    offer = best(pages)
    assert (offer.kind, offer.url) == (SourceKind.SITEMAP, f"{SITE}/sitemap.xml")
    assert offer.entries[0].title, "titles come from the pages that were read"


def test_a_permanent_redirect_is_kept_and_a_temporary_one_is_not():
    def answer(*hops: Hop) -> Response:
        return Response(
            url=f"{SITE}/end", status=200, body=rss().encode(), hops=tuple(hops)
        )

    for_ever = Hop(status=301, to=f"{SITE}/end")
    for_now = Hop(status=302, to=f"{SITE}/end")
    between = Hop(status=308, to=f"{SITE}/between")
    assert best({f"{SITE}/a": answer(for_ever)}, f"{SITE}/a").url == f"{SITE}/end"
    assert best({f"{SITE}/a": answer(for_now)}, f"{SITE}/a").url == f"{SITE}/a"
    mixed = {f"{SITE}/a": answer(between, for_now)}
    assert best(mixed, f"{SITE}/a").url == f"{SITE}/between"


# ── What stands in a page's place ──


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        ("<h1>Just a moment...</h1><p>Checking your browser</p>", "a bot challenge"),
        (
            "<form><input name=u><input type=password></form><a href=/q>Quên?</a>",
            "a login page",
        ),
        ('<div id="root"></div><script src="/app.js"></script>', NEEDS_SCRIPTS),
        (
            "<noscript>You need to enable JavaScript to run this app.</noscript>"
            "<div id=app></div><script src=a.js></script>",
            NEEDS_SCRIPTS,
        ),
    ],
)
def test_what_stands_in_a_pages_place_is_named_and_offers_nothing(body, trouble):
    found = look({SITE: page(body)})
    assert (found.offers, found.trouble) == ((), trouble)


def test_a_page_without_its_scripts_may_still_name_a_feed():
    pages = {
        SITE: page('<div id="root"></div><script src="/a.js"></script>', named("/f")),
        f"{SITE}/f": rss(),
    }
    assert best(pages).url == f"{SITE}/f"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", Nature.EMPTY),
        (b"%PDF-1.7\n%\xe2\xe3", Nature.OTHER),
        (b"\x89PNG\r\n\x1a\n\x00\x00", Nature.OTHER),
        (b'{"status": "ok"}', Nature.OTHER),
        (b"[" * 100_000, Nature.OTHER),
        (b"\x1f\x8bbroken", Nature.OTHER),
        (b"<opml version='2.0'><body/></opml>", Nature.OPML),
        (b"User-agent: *", Nature.OTHER),
    ],
)
def test_what_is_neither_page_nor_feed_is_told_apart(body, kind):
    found = look({SITE: body})
    assert (found.nature, found.offers) == (kind, ())


def test_a_feed_that_cannot_be_read_is_told_with_its_reason():
    found = look({SITE: page("", named("/f")), f"{SITE}/f": "<rss><channel><<<"})
    assert not [one for one in found.offers if one.read]
    assert any(one.url == f"{SITE}/f" and one.said for one in found.tries)


def test_an_empty_feed_and_a_stale_one_are_trusted_less():
    empty = best({f"{SITE}/f": rss(titles=())}, f"{SITE}/f")
    assert (empty.confidence < 0.2, empty.grounds[0].point) == (True, Point.EMPTY)
    old = rss().replace(" 2026 ", " 2019 ")
    stale = best({f"{SITE}/f": old}, f"{SITE}/f")
    assert Point.STALE in {one.point for one in stale.grounds}
    assert stale.confidence < 0.75


# ── Manners ──


def test_never_more_than_a_dozen_requests_whatever_a_page_names():
    head = "".join(named(f"/feed-{n}.xml") for n in range(200))
    body = "".join(f'<a href="/rss/{n}.rss">RSS</a>' for n in range(200))
    web = Web({SITE: page(body + listing(), head), **articles()})
    found = asyncio.run(discover(Looking(fetcher=web, now=NOW), SITE))
    assert len(web.asked) <= 12
    assert found.requests == len(web.asked)
    assert len(set(web.urls)) == len(web.urls), "no address twice"


def test_robots_txt_has_a_say_in_pages_and_guesses_not_in_named_feeds():
    web = Web({SITE: page(listing(), named("/f")), f"{SITE}/f": rss(), **articles()})
    asyncio.run(discover(Looking(fetcher=web, now=NOW), SITE))
    robots = {one.url: one.robots for one in web.asked}
    assert (robots[SITE], robots[f"{SITE}/f"]) == (True, False)
    for policy, expected in (("all", True), ("none", False)):
        web = Web({SITE: page("", named("/f")), f"{SITE}/f": rss()})
        asyncio.run(discover(Looking(fetcher=web, now=NOW, robots=policy), SITE))
        assert {one.robots for one in web.asked} == {expected}


def test_what_robots_txt_forbids_is_told_and_the_rest_is_tried():
    pages = {
        SITE: page(listing(), named("/f")),
        f"{SITE}/f": Disallowed(f"{SITE}/f", "robots.txt says no"),
        **articles(),
    }
    found = look(pages)
    assert found.offers[0].kind is SourceKind.LISTING
    assert "robots.txt says no" in {one.said for one in found.tries}
