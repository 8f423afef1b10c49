"""Lists of many shapes are found without selectors, each item with its date."""

from __future__ import annotations

import pytest

from syndicate.gather.listing import parse_listing
from syndicate.model import DateOrigin
from syndicate.text import dates

URL = "http://tin.example/muc/"
TITLES = (
    "Hội nghị bàn việc làm đường về ấp",
    "Khánh thành cây cầu bê tông qua rạch",
    "Trao học bổng cho học sinh nghèo vượt khó",
    "Ra quân trồng rừng ngập mặn ven biển",
)
NAV = (
    '<div class="menu"><ul><li><a href="/gt">Giới thiệu chung về huyện nhà</a></li>'
    '<li><a href="/vb">Văn bản chỉ đạo điều hành mới</a></li>'
    '<li><a href="/lh">Liên hệ với ban biên tập trang</a></li></ul></div>'
)
LEAD = "Lời dẫn của bài viết, đủ nhiều chữ để thấy rõ đây là một bài viết thật."
SHAPES = {
    "rows of a table": "<tr><td>{n}</td><td><a href='/b/{n}'>{t}</a></td>"
    "<td>0{n}/10/2026</td></tr>",
    "cards that are links": "<a class='card' href='/b/{n}'><img src='/{n}.jpg'>"
    f"<h3>{{t}}</h3><span>0{{n}}/10/2026</span><p>{LEAD}</p></a>",
    "a link that says only more": f"<div class='i'><h3>{{t}}</h3><p>{LEAD}</p>"
    "<a href='/b/{n}'>Xem chi tiết</a><em>0{n}/10/2026</em></div>",
    "paragraphs": "<p>• <a href='/b/{n}'>{t}</a> <font>(0{n}/10/2026)</font></p>",
    "links and breaks": "<a href='/b/{n}'>{t}</a> <i>(0{n}/10/2026)</i><br>",
    "links, bare dates and breaks": "<a href='/b/{n}'>{t}</a> (0{n}/10/2026)<br>",
    "a calendar leaf": "<div class='ev'><div><b>0{n}</b><span>Tháng 10</span>"
    "<span>2026</span></div><h4><a href='/b/{n}'>{t}</a></h4></div>",
    "classes of their own": "<div class='post post-{n} chu-de-{n}x'><h2><a"
    " href='/b/{n}'>{t}</a></h2><span>0{n}/10/2026</span></div>",
}


def listing_of(source, inside):
    page = f"<html><body>{NAV}{inside}</body></html>"
    return parse_listing(page.encode(), url=URL, source=source())


def shown(links):
    return [(link.url.rsplit("/")[-1], link.title, day_of(link)) for link in links]


def day_of(link):
    if link.date is None:
        return ""
    found = dates.read(
        link.date.raw, origin=DateOrigin.LISTING, zone="Asia/Ho_Chi_Minh"
    )
    return f"{found.value:%Y-%m-%d}" if found else ""


def rows(shape, titles=TITLES, first=1):
    return "".join(shape.format(n=n, t=title) for n, title in enumerate(titles, first))


EXPECTED = [(str(n), t, f"2026-10-0{n}") for n, t in enumerate(TITLES, 1)]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_list_of_any_shape_is_found(shape, source):
    tag = "table" if shape.startswith("<tr") else "div"
    listing = listing_of(source, f"<{tag} id='ds'>{rows(shape)}</{tag}>")
    assert shown(listing.links) == EXPECTED


def test_a_date_may_stand_in_the_term_above(source):
    inside = rows("<dt>0{n}/10/2026</dt><dd><a href='/b/{n}'>{t}</a></dd>")
    assert shown(listing_of(source, f"<dl>{inside}</dl>").links) == EXPECTED


ROW = "<li><a href='/b/{n}'>{t}</a> <span>0{n}/10/2026</span></li>"


@pytest.mark.parametrize("long", ["Thông báo số bốn", "Khánh thành cầu qua rạch Dừa"])
def test_short_titles_in_a_list_are_news_too(long, source):
    titles = ("Giấy mời họp", long, "Tin buồn", "Lịch tiếp dân")
    links = listing_of(source, f"<ul>{rows(ROW, titles)}</ul>").links
    assert [link.title for link in links] == list(titles)


def test_headlines_of_two_words_are_found(source):
    shape = "<article><h2><a href='/b/{n}'>{t}</a></h2><i>0{n}/10/2026</i></article>"
    titles = ("Bridge approved", "Market reopens", "Prize won")
    links = listing_of(source, f"<main>{rows(shape, titles)}</main>").links
    assert [link.title for link in links] == list(titles)


def test_sections_of_one_build_are_read_together(source):
    shape = "<div class='n'><h3><a href='/b/{n}'>{t}</a></h3><i>0{n}/10/2026</i></div>"
    inside = "".join(
        f"<div><h2><a href='/m{n}'>Kinh tế nông nghiệp nông thôn</a></h2>"
        f"{rows(shape, TITLES[at : at + 2], at + 1)}</div>"
        for n, at in enumerate((0, 2))
    )
    assert shown(listing_of(source, inside).links) == EXPECTED


def test_the_article_shown_large_above_the_list_is_one_of_it(source):
    hot = (
        f"<div class='hot'><h2><a href='/b/1'>{TITLES[0]}</a></h2>"
        f"<p>{LEAD}</p><span>01/10/2026</span></div>"
    )
    inside = f"{hot}<ul>{rows(ROW, TITLES[1:], 2)}</ul>"
    assert shown(listing_of(source, inside).links) == EXPECTED


@pytest.mark.parametrize(
    "side",
    [
        "<div class='right'><h3>Tin nổi bật trong tuần này</h3><ul>{}</ul></div>",
        "<div class='cot'><h3>Đọc nhiều</h3><ul>{}</ul></div>",
        "<div class='col-md-3'><ul>{}</ul></div>",
    ],
)
def test_a_longer_list_beside_the_news_is_not_taken_for_it(side, source):
    shape = f"<div class='n'><h3><a href='/b/{{n}}'>{{t}}</a></h3><p>{LEAD}</p></div>"
    others = "".join(
        f"<li><a href='/m/{n}'>Bài đọc nhiều số {n} trong tuần của trang tin</a></li>"
        for n in range(12)
    )
    links = listing_of(source, f"<div>{rows(shape)}</div>{side.format(others)}").links
    assert [link.title for link in links] == list(TITLES)
