"""What portals that nobody had seen taught: one behaviour a test."""

from __future__ import annotations

import pytest

from syndicate.errors import ParseError
from syndicate.gather.article import parse_article
from syndicate.gather.byline import authors_in
from syndicate.gather.clean import to_entry
from syndicate.gather.dateline import is_date_line
from syndicate.gather.infoline import read_info
from syndicate.gather.listing import parse_listing
from syndicate.gather.page import is_icon_address

URL = "http://tin.example/muc/"
ONE = "/tin/khanh-thanh-cau-qua-rach-101.html"
TITLE = "Khánh thành cây cầu bê tông qua rạch Cái Sơn"
FIRST = "Sáng nay, cây cầu dài 42 m được đưa vào sử dụng sau tám tháng thi công."
LAST = "Người dân hai ấp đóng góp gần một nửa kinh phí và 300 ngày công lao động."
TITLES = (
    "Hội nghị bàn việc làm đường về ấp",
    "Trao học bổng cho học sinh nghèo vượt khó",
    "Ra quân trồng rừng ngập mặn ven biển",
    "Tập huấn kỹ thuật ghép cành cho nhà vườn",
)


def listed(source, inside):
    page = f"<html><body><div class='trang'>{inside}</div></body></html>"
    links = parse_listing(page.encode(), url=URL, source=source()).links
    return [link.url.rpartition("/")[2] for link in links], links


def entry_of(source, now, inside, *, head="", url=f"http://tin.example{ONE}"):
    page = f"<html><head>{head}</head><body>{inside}</body></html>"
    raw = parse_article(page.encode(), url=url, source=source(), listed=None)
    return to_entry(raw, source=source(), fetched_at=now)


def paragraphs(*texts):
    return "".join(f"<p>{each}</p>" for each in texts)


# ── Listings ─────────────────────────────────────────────────────────────────


def test_the_section_named_beside_each_title_is_no_article(source):
    items = "".join(
        f"<article><h3><a href='/a-{n}00.html'>{t}</a></h3><div class='meta'><span"
        f" class='cat'><a href='/nong-nghiep/'>Nông nghiệp</a></span>"
        f" <span>0{n}/10/2026</span></div></article>"
        for n, t in enumerate(TITLES, 1)
    )
    assert listed(source, items)[0] == [f"a-{n}00.html" for n in range(1, 5)]


def test_the_headline_over_the_newest_articles_makes_no_side_column_of_them(source):
    items = "".join(
        f"<div class='it'><b>0{n}</b><span>Th10</span><i>2026</i>"
        f"<div class='c'><a href='/a-{n}00.html'>{t}</a></div></div>"
        for n, t in enumerate(TITLES, 1)
    )
    names, links = listed(source, f"<h2>Tin mới</h2><div class='ls'>{items}</div>")
    assert names == [f"a-{n}00.html" for n in range(1, 5)]
    assert all(link.date is not None for link in links)


def test_bare_links_below_the_items_are_the_news_before_them(source):
    items = "".join(
        f"<table><tr><td><a href='/a-{n}00.html'>{t}</a><br>Lời dẫn của bài viết này,"
        " đủ dài để thấy rằng đây là một bài viết.</td></tr></table><hr>"
        for n, t in enumerate(TITLES[:2], 1)
    )
    older = "".join(
        f"<img src='dot.gif'> <a href='/a-{n}00.html'>{t}</a><br>"
        for n, t in enumerate(TITLES[2:], 3)
    )
    names, _ = listed(source, f"{items}<b>CÁC TIN KHÁC</b><br>{older}")
    assert names == [f"a-{n}00.html" for n in range(1, 5)]


def test_bare_links_under_most_read_are_not(source):
    items = "".join(
        f"<table><tr><td><a href='/a-{n}00.html'>{t}</a><br>Lời dẫn của bài viết này,"
        " đủ dài để thấy rằng đây là một bài viết.</td></tr></table><hr>"
        for n, t in enumerate(TITLES[:2], 1)
    )
    read = "".join(
        f"<a href='/a-{n}00.html'>{t}</a><br>" for n, t in enumerate(TITLES[2:], 3)
    )
    names, _ = listed(source, f"{items}<b>ĐỌC NHIỀU</b><br>{read}")
    assert names == ["a-100.html", "a-200.html"]


def test_an_empty_section_is_not_filled_from_the_menu(source):
    menu = "".join(
        f"<li><a href='/muc-{n}/'>Thông báo của phường nhà</a></li>" for n in "abc"
    )
    page = f"<ul class='menu'>{menu}</ul><p>Chưa có bài viết nào trong mục này.</p>"
    with pytest.raises(ParseError):
        listed(source, page)


def test_months_in_words_and_relative_dates_mark_an_item(source):
    items = "".join(
        f"<div class='x'><h3><a href='/a-{n}00.html'>{t}</a></h3><time>{n} giờ trước"
        "</time></div>"
        for n, t in enumerate(TITLES, 1)
    )
    names, links = listed(source, items)
    assert len(names) == 4
    # When it was shown is not known from the page: no date is claimed.
    assert all(link.date is None for link in links)


def test_an_icon_beside_a_title_is_no_thumbnail(source):
    items = "".join(
        f"<div class='x'><h3><a href='/a-{n}00.html'><img src='/th/page.png'> {t}</a>"
        f"</h3><img src='/anh/{n}.jpg'><i>0{n}/10/2026</i></div>"
        for n, t in enumerate(TITLES, 1)
    )
    _, links = listed(source, items)
    assert links[0].image == "http://tin.example/anh/1.jpg"


# ── Lines ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "line",
    [
        "20 Tháng Mười, 2026",
        "5 tháng chạp năm 2026",
        "12 Tháng Mười Một, 2026 08:15",
        "20 Th10 2026",
        "(14:05 | 20/10/2026)",
    ],
)
def test_months_in_words_are_dates(line):
    assert is_date_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Thời gian: sáng các ngày 06, 07 và 08/11/2026, từ 7 giờ đến 11 giờ.",
        "Từ ngày 01/10/2026 đến 15/10/2026",
        "From 1 October 2026 to 5 October 2026",
    ],
)
def test_a_span_of_days_is_what_an_article_says(line):
    assert not is_date_line(line)


def test_a_line_of_facts_may_name_its_section():
    info = read_info("by Anna Tran | Oct 20, 2026 | News, Field | 0 comments")
    assert info is not None
    assert info.authors == ("Anna Tran",)
    assert info.dates == ("Oct 20, 2026",)


def test_names_stand_before_their_date_without_a_bar():
    info = read_info("Giàng A Lử - Phan Hòa Thứ Bảy, ngày 17/10/2026 - 05:40")
    assert info is not None
    assert info.authors == ("Giàng A Lử", "Phan Hòa")


def test_a_sentence_with_a_bar_is_no_line_of_facts():
    assert read_info("Cầu mới | Đường mới: xã nào cũng có 20/10/2026 là vui") is None


def test_what_the_author_did_is_no_part_of_the_name():
    assert authors_in("Quỳnh Chi (tổng hợp)") == ("Quỳnh Chi",)
    assert authors_in("Quỳnh Chi (Đài xã)") == ("Quỳnh Chi (Đài xã)",)


@pytest.mark.parametrize("name", ["noimage.gif", "icon-pdf.png", "dot.gif", "logo.png"])
def test_stand_ins_and_icons_are_known_by_name(name):
    assert is_icon_address(f"http://tin.example/img/{name}?v=2")


@pytest.mark.parametrize(
    "name", ["dot-quy-tre-em.jpg", "icecream.jpg", "logistics.jpg"]
)
def test_names_that_only_begin_like_an_icon_are_pictures(name):
    assert not is_icon_address(f"http://tin.example/anh/{name}")


# ── Articles ─────────────────────────────────────────────────────────────────


def test_a_box_beside_the_article_does_not_head_it(source, now):
    box = "<div class='box'><div class='box-title'>Thông báo mới của huyện</div></div>"
    text = f"<span class='detail-title'>{TITLE}</span>{paragraphs(FIRST, LAST)}"
    entry = entry_of(source, now, f"{box}<div>{text}</div>", url=URL + "?id=7")
    assert entry.title == TITLE


def test_a_headline_of_any_rank_counts_right_before_the_text(source, now):
    text = f"<h4>{TITLE}</h4><div>{paragraphs(FIRST, LAST)}</div><h5>BÀI KHÁC</h5>"
    head = "<title>Đảng bộ tỉnh</title>"
    entry = entry_of(source, now, f"<div>{text}</div>", head=head, url=URL + "?id=7")
    assert entry.title == TITLE


def test_the_card_of_another_article_is_no_part_of_the_text(source, now):
    card = (
        "<div class='x'><figure><a href='/b.html'><img src='/b.jpg'></a></figure>"
        "<h4><a href='/b.html'>Cá tầm tăng giá trước mùa cưới</a></h4>"
        "<span>Nông nghiệp 17/10/2026 - 09:00</span></div>"
    )
    text = f"<h1>{TITLE}</h1><div>{paragraphs(FIRST)}{card}{paragraphs(LAST)}</div>"
    entry = entry_of(source, now, f"<div>{text}</div>")
    assert entry.text.split("\n\n") == [FIRST, LAST]
    assert entry.captions == ()
    assert entry.image is None


def test_the_button_beside_a_title_makes_no_caption_of_the_byline(source, now):
    text = (
        f"<table><tr><td class='contentheading'>{TITLE}</td><td><a href='#'><img"
        " src='/images/M_images/pdf_button.png'></a></td></tr></table><table><tr><td>"
        "<span>Viết bởi Nguyễn Thu Hiền</span></td></tr><tr><td>"
        f"{paragraphs(FIRST, LAST)}</td></tr></table>"
    )
    head = f"<title>{TITLE}</title>"
    entry = entry_of(source, now, f"<div>{text}</div>", head=head)
    assert entry.authors == ("Nguyễn Thu Hiền",)
    assert entry.captions == ()
    assert entry.image is None


def test_the_picture_of_the_site_is_not_the_articles(source, now):
    head = (
        "<meta property='og:title' content='Trang thông tin điện tử phường An Hòa'>"
        "<meta property='og:image' content='/static/share.png'>"
    )
    text = f"<h1>{TITLE}</h1>{paragraphs(FIRST, LAST)}"
    assert entry_of(source, now, f"<div>{text}</div>", head=head).image is None


def test_documents_of_an_article_come_with_it(source, now):
    files = "<p><a href='/tep/ke-hoach.pdf?v=2'>ke-hoach.pdf</a> (45 KB)</p>"
    text = f"<h1>{TITLE}</h1>{paragraphs(FIRST, LAST)}{files}"
    entry = entry_of(source, now, f"<div>{text}</div>")
    assert [each.url for each in entry.enclosures] == [
        "http://tin.example/tep/ke-hoach.pdf?v=2"
    ]
    assert entry.enclosures[0].type == "application/pdf"
    assert entry.text.split("\n\n") == [FIRST, LAST]


def test_links_to_the_neighbours_end_no_article(source, now):
    text = f"<h1>{TITLE}</h1>{paragraphs(FIRST, LAST)}<p>&lt; Lùi Tiếp theo &gt;</p>"
    assert entry_of(source, now, f"<div>{text}</div>").text.endswith(LAST)


def test_a_time_of_day_below_the_title_is_no_paragraph(source, now):
    text = f"<h1>{TITLE}</h1><p>20/10/2026</p><p>9:40 sáng</p>{paragraphs(FIRST, LAST)}"
    assert entry_of(source, now, f"<div>{text}</div>").text.startswith(FIRST)


def test_words_that_are_icons_of_a_font_are_not_read(source, now):
    line = "<div><mat-icon>schedule</mat-icon> 12/10/2026 10:05</div>"
    text = f"<h1>{TITLE}</h1>{line}{paragraphs(FIRST, LAST)}"
    assert entry_of(source, now, f"<div>{text}</div>").text.startswith(FIRST)


def test_rdfa_tells_the_moment_where_figures_are_in_doubt(source, now):
    line = (
        "<div><span property='dc:date dc:created' content='2026-10-06T08:15:00+07:00'>"
        "Submitted by webmaster on Tue, 10/06/2026 - 08:15</span></div>"
    )
    text = f"<h1>{TITLE}</h1>{line}{paragraphs(FIRST, LAST)}"
    entry = entry_of(source, now, f"<div>{text}</div>")
    assert entry.published is not None
    assert f"{entry.published.value:%Y-%m-%d %H:%M}" == "2026-10-06 08:15"
    assert entry.text.startswith(FIRST)
    assert entry.authors == ()


def test_who_posted_it_as_admin_is_neither_author_nor_text(source, now):
    text = f"<h1>{TITLE}</h1>{paragraphs(FIRST, LAST)}<p>Người đăng: admin</p>"
    entry = entry_of(source, now, f"<div>{text}</div>")
    assert entry.authors == ()
    assert entry.text.endswith(LAST)
