"""Listing pages become links."""

from __future__ import annotations

import pytest

from syndicate.errors import ParseError
from syndicate.gather.listing import parse_listing

URL = "http://tin.example/muc/"
NAV = (
    '<ul class="menu">'
    '<li><a href="/gioi-thieu">Giới thiệu về cơ quan chúng tôi</a></li>'
    '<li><a href="/van-ban">Văn bản chỉ đạo điều hành mới</a></li>'
    '<li><a href="/lien-he">Liên hệ với ban biên tập</a></li></ul>'
)


def item(n: int, date: str = "17/02/2021") -> str:
    return (
        f'<div class="tin le{n % 2}">'
        f'<a href="/tin/?/bai-{n}/{n}"><img src="/a{n}.jpg"></a>'
        f'<h3><a class="ten" href="/tin/?/bai-{n}/{n}">'
        f"Bài viết số {n} của chuyên mục</a></h3>"
        f'<span class="ngay">Ngày Đăng : {date}</span>'
        f'<p class="sapo">Lời dẫn {n}.</p></div>'
    )


PAGE = (
    f'<body>{NAV}<div id="ds">{"".join(map(item, range(3)))}</div>'
    '<a href="?p=2">Trang sau</a></body>'
)
CHOSEN = {
    "item": ".tin",
    "link": "h3 a",
    "item_title": ".ten",
    "item_date": ".ngay",
    "item_lead": ".sapo",
    "item_image": "img",
}


def parse(source, page, url=URL):
    return parse_listing(page.encode(), url=url, source=source)


@pytest.mark.parametrize("chosen", [CHOSEN, {"item": ".tin"}, {}])
def test_title_date_and_picture_travel_with_the_link(source, chosen):
    listing = parse(source(**chosen), PAGE)
    assert len(listing.links) == 3
    first = listing.links[0]
    assert first.url == "http://tin.example/tin/?/bai-0/0"
    assert first.title == "Bài viết số 0 của chuyên mục"
    assert first.date is not None
    assert "17/02/2021" in first.date.raw
    assert first.image == "http://tin.example/a0.jpg"
    assert listing.next_page == "http://tin.example/muc/?p=2"


def test_a_lead_is_read_by_its_selector(source):
    assert parse(source(**CHOSEN), PAGE).links[1].lead == "Lời dẫn 1."


def test_links_to_other_sites_scripts_and_the_page_itself_are_no_articles(source):
    bad = "".join(
        f'<div class="tin"><a href="{href}">Một đường dẫn không phải bài viết</a></div>'
        for href in (
            "http://other.example/a",
            "javascript:void(0)",
            "#top",
            "/muc/",
            "mailto:a@b.example",
        )
    )
    listing = parse(source(item=".tin"), f"{bad}{item(7)}")
    assert [link.url for link in listing.links] == ["http://tin.example/tin/?/bai-7/7"]


def test_other_hosts_of_the_source_are_the_same_site(source):
    link = '<a href="http://www.moi.example/a/1">Bài viết ở tên miền mới</a>'
    page = f'<div class="tin">{link}</div>'
    listing = parse(source(item=".tin", hosts=("moi.example",)), page)
    assert listing.links[0].url == "http://www.moi.example/a/1"


def test_a_title_doubled_on_its_line_is_halved(source):
    twice = "<span>Tin hoạt động</span> <span>Tin hoạt động</span>"
    page = f'<div class="tin"><a href="/a/1">{twice}</a></div>'
    assert parse(source(item=".tin"), page).links[0].title == "Tin hoạt động"


def test_a_title_cut_with_dots_is_taken_whole_from_its_attribute(source):
    page = (
        '<div class="tin"><a href="/a/1" title="Hội nghị tổng kết năm 2026">'
        "Hội nghị tổng...</a></div>"
    )
    assert (
        parse(source(item=".tin"), page).links[0].title == "Hội nghị tổng kết năm 2026"
    )


def test_an_item_that_two_selectors_match_comes_once(source):
    listing = parse(source(item=".tin, div.tin, #ds > div"), PAGE)
    assert len(listing.links) == 3


def test_the_first_copy_of_a_link_learns_from_the_second(source):
    page = f'<div class="tin"><a href="/tin/?/bai-1/1">Bài viết số 1</a></div>{item(1)}'
    [link] = parse(source(item=".tin"), page).links
    assert link.date is not None


def test_a_date_in_a_title_or_a_lead_is_not_the_listing_date(source):
    page = "".join(
        f'<li><a href="/a/{n}">Hội nghị ngày 03/02/2020 bàn việc số {n}</a>'
        "<p>Kỷ niệm ngày 19/8/1945 với nhiều hoạt động.</p></li>"
        for n in range(3)
    )
    assert all(link.date is None for link in parse(source(), f"<ul>{page}</ul>").links)


def test_a_selector_that_matches_nothing_says_that_the_layout_changed(source):
    with pytest.raises(ParseError, match=r"layout changed\?.*\.doi-moi"):
        parse(source(item=".doi-moi"), PAGE)
    with pytest.raises(ParseError, match=r"layout changed\?.*a\.khac"):
        parse(source(item=".tin", link="a.khac"), PAGE)


def test_a_selector_that_is_none_is_an_error_of_ours(source):
    with pytest.raises(ParseError, match="CSS"):
        parse(source(item="a["), PAGE)


def test_a_page_without_articles_is_an_error(source):
    with pytest.raises(ParseError, match="no list"):
        parse(source(), "<p>Không có gì ở đây.</p>")
    with pytest.raises(ParseError, match="empty"):
        parse(source(), "")


def test_a_bot_challenge_is_named(source):
    page = (
        "<title>Just a moment...</title><p>Checking your browser before accessing.</p>"
    )
    with pytest.raises(ParseError, match="challenge"):
        parse(source(item=".tin"), page)


def test_a_table_of_news_is_found_without_selectors(source):
    rows = "".join(
        f'<tr class="{"le" if n % 2 else "chan"}"><td><a href="/tin.aspx?ItemID={n}">'
        f"Tiêu đề của tin thứ {n} trong bảng</a> (0{n + 1}/10/2026)</td></tr>"
        for n in range(4)
    )
    listing = parse(source(), f"<form>{NAV}<table>{rows}</table></form>")
    assert [link.url[-1] for link in listing.links] == ["0", "1", "2", "3"]
    assert all(link.date for link in listing.links)


def test_a_last_page_with_one_item_beats_the_menu(source):
    listing = parse(source(), f"<body>{NAV}<div>{item(5)}</div></body>")
    assert [link.url for link in listing.links] == ["http://tin.example/tin/?/bai-5/5"]


def test_the_last_page_has_no_next(source):
    page = PAGE.replace(
        '<a href="?p=2">Trang sau</a>', '<a href="?p=1">Trang trước</a>'
    )
    assert parse(source(), page).next_page == ""


def test_base_href_is_obeyed(source):
    page = (
        '<head><base href="http://tin.example/goc/"></head>'
        '<div class="tin"><a href="a/1">Bài viết ở gốc khác</a></div>'
    )
    assert parse(source(item=".tin"), page).links[0].url == "http://tin.example/goc/a/1"
