"""The other reader is asked where ours is not certain, and taken if it is better."""

from __future__ import annotations

import sys

from syndicate.gather.article import parse_article
from syndicate.text.html import to_text

URL = "http://tin.example/bai/17"
TITLE = "Xã Bình Khê nạo vét con kênh cạn đã ba mùa khô"
LINES = (
    "Sáng nay xã Bình Khê ra quân nạo vét con kênh dài gần hai cây số, cạn đã ba mùa"
    " khô liền, ghe chở lúa không vào được nên bà con phải gánh bộ.",
    "Bà con hai ấp góp công đào đắp, xã lo máy múc và dầu; việc chia làm hai đợt để"
    " không vướng vụ lúa, xong trước khi mưa già.",
    "Theo trưởng ấp, kênh thông thì nước về tới ruộng cuối nguồn, hơn một trăm héc-ta"
    " khỏi phải bơm hai lần như mấy năm trước.",
    "Đoạn gần chợ làm sau cùng để khỏi cản trở mua bán, dự kiến vào cuối tháng sau,"
    " khi đã dời xong ba căn nhà sàn.",
)
WHOLE = "".join(f"<p>{line}</p>" for line in LINES)
# Names that mean "not the article" on other sites.
HIDDEN = f"<h1>{TITLE}</h1><div class='sidebar'><div class='search'>{WHOLE}</div></div>"
NAV = "<nav><a href='/a'>Trang chủ</a> <a href='/b'>Tin tức</a></nav>"


def read(source, inside):
    page = f"<html><body>{NAV}<div class='trang'>{inside}</div></body></html>"
    raw = parse_article(page.encode(), url=URL, source=source(), listed=None)
    return to_text(raw.html).split("\n\n")


def test_a_body_that_our_reader_took_for_the_sites_is_rescued(source):
    assert read(source, HIDDEN) == list(LINES)


def test_a_certain_body_never_asks_for_the_other_reader(source, monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    assert read(source, f"<h1>{TITLE}</h1><div>{WHOLE}</div>") == list(LINES)


def test_a_brief_that_is_all_of_its_page_is_certain(source, monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    brief = f"<h1>{TITLE}</h1><div><p>{LINES[0]}</p></div>"
    assert read(source, brief) == [LINES[0]]


def test_a_body_named_by_a_selector_is_never_doubted(source, monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    page = (
        f"<body><h1>{TITLE}</h1><div id='b'><p>{LINES[0]}</p></div>{WHOLE * 3}</body>"
    )
    raw = parse_article(page.encode(), url=URL, source=source(body="#b"), listed=None)
    assert to_text(raw.html) == LINES[0]


def test_a_longer_text_that_begins_elsewhere_is_not_taken(source):
    note = "".join(f"<p>{line} {line}</p>" for line in LINES)
    brief = f"<h1>{TITLE}</h1><div class='noi'><p>{LINES[1]}</p><p>{LINES[2]}</p></div>"
    page = (
        f"<div class='ghi'><h2>Lời ngỏ</h2>{note}</div><div class='bai'>{brief}</div>"
    )
    assert read(source, page) == [LINES[1], LINES[2]]
