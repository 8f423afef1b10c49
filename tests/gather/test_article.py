"""One article page becomes a raw entry."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from syndicate.errors import ParseError
from syndicate.gather.article import parse_article
from syndicate.gather.listing import ListedLink
from syndicate.model import DateClaim, DateOrigin
from syndicate.text.html import to_text

URL = "http://tin.example/bai/17"
TITLE = "Hội nghị bàn việc làm đường về ấp"
FIRST = (
    "Sáng nay, Ủy ban nhân dân xã họp với bà con hai ấp để bàn việc làm đường. "
    "Con đường dài hơn ba cây số, mùa mưa xe không qua được."
)
LAST = (
    "Bà con thống nhất góp ngày công và hiến đất; xã lo vật liệu. "
    "Đường khởi công trong tháng tới và xong trước Tết."
)
NAV = '<div class="menu"><a href="/a">Trang chủ</a> <a href="/b">Liên hệ</a></div>'


def page(inside: str, head: str = "", before: str = "", after: str = "") -> str:
    return (
        f"<html><head>{head}</head><body>{NAV}{before}"
        f'<div class="bai">{inside}</div>{after}</body></html>'
    )


PLAIN = f"<h1>{TITLE}</h1><div class='noi'><p>{FIRST}</p><p>{LAST}</p></div>"


def parse(source, html, listed=None, url=URL):
    return parse_article(html.encode(), url=url, source=source, listed=listed)


def body_of(raw):
    return to_text(raw.html).split("\n\n")


def claims(raw, origin):
    return [claim.raw for claim in raw.dates if claim.origin is origin]


def test_title_and_text_are_found_without_selectors(source):
    raw = parse(source(), page(PLAIN))
    assert raw.title == TITLE
    assert body_of(raw) == [FIRST, LAST]


def test_an_editorial_note_before_the_article_is_not_the_article(source):
    note = (
        f"<div class='ghi'><h2>Lời ban biên tập</h2>{'<p>' + FIRST * 5 + '</p>'}</div>"
    )
    raw = parse(source(), page(PLAIN, before=note))
    assert body_of(raw) == [FIRST, LAST]


def test_a_page_without_headings_is_read_by_the_title_of_its_link(source):
    html = page(f"<div><b>{TITLE}</b></div><div><p>{FIRST}</p><p>{LAST}</p></div>")
    listed = ListedLink(url=URL, title=TITLE)
    raw = parse(source(), html, listed)
    assert raw.title == TITLE
    assert body_of(raw) == [FIRST, LAST]


def test_the_site_is_cut_off_the_title_of_the_page(source):
    html = page(
        f"<p>{FIRST}</p><p>{LAST}</p>", head=f"<title>{TITLE} | Trang tin</title>"
    )
    assert parse(source(), html).title == TITLE


def test_paragraphs_of_one_div_with_breaks_are_paragraphs(source):
    html = page(f"<h1>{TITLE}</h1><div>{FIRST}<br><br>{LAST}<br>Lê Thị Hoa</div>")
    raw = parse(source(), html)
    assert body_of(raw) == [FIRST, LAST]
    assert raw.authors == ("Lê Thị Hoa",)


def test_layout_tables_are_read_as_text_and_data_tables_stay(source):
    data = (
        "<table><tr><th>Ấp</th><th>Hộ</th></tr><tr><td>Một</td><td>40</td></tr></table>"
    )
    html = page(
        f"<table><tr><td><h1>{TITLE}</h1></td></tr>"
        f"<tr><td><p>{FIRST}</p>{data}<p>{LAST}</p></td></tr></table>"
    )
    raw = parse(source(), html)
    assert body_of(raw)[0] == FIRST
    assert body_of(raw)[-1] == LAST
    assert "<table>" in raw.html


@pytest.mark.parametrize(
    "figure",
    [
        "<figure><img src='/1.jpg'><figcaption>Quang cảnh buổi họp"
        "</figcaption></figure>",
        "<p><img src='/1.jpg' alt='Quang cảnh buổi họp'></p><p>Quang cảnh buổi họp</p>",
        "<p><img src='/1.jpg'></p><p align='center'>Quang cảnh buổi họp</p>",
        "<p><img src='/1.jpg'><br><em>Quang cảnh buổi họp</em></p>",
        "<div class='wp-caption'><img src='/1.jpg'><p>Quang cảnh buổi họp</p></div>",
        "<table><tr><td><img src='/1.jpg'></td></tr><tr>"
        "<td>Quang cảnh buổi họp</td></tr></table>",
        "<p><img src='/1.jpg' alt='Quang cảnh buổi họp'></p><p>Quang cảnh buổi họp</p>"
        "<p class='image-caption'>Quang cảnh buổi họp</p>",
        "<p style='text-align:center'>"
        "<img data-src='/1.jpg' src='data:image/gif;base64,R0'>"
        "</p><p style='text-align:center'><i>Quang cảnh buổi họp</i></p>",
    ],
)
@pytest.mark.parametrize("chosen", [{}, {"title": "h1", "body": ".noi"}])
def test_captions_are_kept_apart_and_once(source, figure, chosen):
    html = page(
        f"<h1>{TITLE}</h1><div class='noi'><p>{FIRST}</p>{figure}<p>{LAST}</p></div>"
    )
    raw = parse(source(**chosen), html)
    assert raw.captions == ("Quang cảnh buổi họp",)
    assert body_of(raw) == [FIRST, LAST]
    assert raw.image is not None
    assert raw.image.url == "http://tin.example/1.jpg"


def test_a_bold_heading_below_a_picture_is_no_caption(source):
    inside = (
        f"<p>{FIRST}</p><p><img src='/1.jpg'></p><p><b>Bà con đồng lòng</b></p>"
        f"<p>{LAST}</p>"
    )
    raw = parse(source(), page(f"<h1>{TITLE}</h1>{inside}"))
    assert raw.captions == ()
    assert "Bà con đồng lòng" in body_of(raw)


def test_a_paragraph_printed_twice_comes_once(source):
    raw = parse(source(), page(PLAIN.replace("</p><p>", f"</p><p>{FIRST}</p><p>", 1)))
    assert body_of(raw) == [FIRST, LAST]


@pytest.mark.parametrize(
    ("end", "authors", "credit"),
    [
        ("<p>Lê Thị Hoa</p>", ("Lê Thị Hoa",), ""),
        (
            "<p><b>Lê Thị Hoa</b></p><p><b>Trưởng khoa Dân vận</b></p>",
            ("Lê Thị Hoa",),
            "",
        ),
        ("<p>Thu Hà - Quốc Minh</p>", ("Thu Hà", "Quốc Minh"), ""),
        ("<p>ĐUK</p>", ("ĐUK",), ""),
        (
            "<p>Lê Thị Hoa</p><p>Nguồn: so.example</p>",
            ("Lê Thị Hoa",),
            "Nguồn: so.example",
        ),
        (
            "<p>Nguồn: so.example</p><p>Lê Thị Hoa</p>",
            ("Lê Thị Hoa",),
            "Nguồn: so.example",
        ),
        ("<p>(Theo Báo Cửu Hà)</p>", (), "(Theo Báo Cửu Hà)"),
        ("<div class='tags'>Từ khóa: đường</div><p>Hoa</p>", (), ""),
    ],
)
def test_the_last_lines_say_who_and_from_where(source, end, authors, credit):
    html = page(PLAIN.replace("</div>", f"{end}</div>"))
    raw = parse(source(title="h1", body=".noi"), html)
    assert raw.authors == authors
    assert raw.credit == credit
    assert body_of(raw)[:2] == [FIRST, LAST]


def test_an_ordinary_last_sentence_is_no_author(source):
    raw = parse(source(body=".noi"), page(PLAIN))
    assert raw.authors == ()


def test_the_end_of_an_article_keeps_its_sign(source):
    raw = parse(source(body=".noi"), page(PLAIN.replace("trước Tết.", "trước Tết./.")))
    assert body_of(raw)[-1].endswith("trước Tết./.")


def test_the_signature_of_the_portal_is_cut_off_text_and_html(source):
    signed = PLAIN.replace("<p>Sáng", "<p><strong>BCH</strong> - Sáng")
    raw = parse(source(body=".noi", signature="^BCH - "), page(signed))
    assert body_of(raw)[0] == FIRST
    with pytest.raises(ParseError, match="signature"):
        parse(source(body=".noi", signature="("), page(signed))


def test_a_lead_outside_of_the_body_opens_the_text(source):
    html = page(
        f"<h1>{TITLE}</h1><h2 class='dan'>Lời dẫn của bài.</h2>"
        f"<div class='noi'><p>{FIRST}</p></div>"
    )
    raw = parse(source(lead=".dan", body=".noi"), html)
    assert raw.lead == "Lời dẫn của bài."
    assert body_of(raw) == ["Lời dẫn của bài.", FIRST]


def test_dropped_elements_and_furniture_are_not_in_the_text(source):
    noise = (
        "<script>var a</script><form><input>Tìm kiếm</form>"
        "<div class='qc'>Mua ngay</div>"
        "<p>Đã xem: 207</p><span>Tương phản</span> <span>Đánh giá bài viết(0/5)</span>"
        "<p>xem thêm &gt;&gt;&gt;</p><p>Taxonomy upgrade extras: </p><h3>Tin khác</h3>"
        "<ul><li><a href='/x'>Một bài khác của trang tin này</a></li></ul>"
    )
    html = page(
        f"<h1>{TITLE}</h1><div class='noi'><p>{FIRST}</p><p>{LAST}</p>{noise}</div>"
    )
    for chosen in ({"drop": (".qc",)}, {"drop": (".qc",), "body": ".noi"}):
        assert body_of(parse(source(**chosen), html)) == [FIRST, LAST]


def test_dates_are_claimed_with_their_origin(source):
    html = page(
        f"<h1>{TITLE}</h1><div>05/10/2026 - 07:03</div><p>{FIRST}</p><p>{LAST}</p>",
        head=(
            '<meta property="article:published_time"'
            ' content="2026-10-05T07:03:11+07:00">'
        ),
        before="<div>Chủ nhật, 18 Tháng 10, 2026 - 16:02</div>",
    )
    listed = ListedLink(
        url=URL, date=DateClaim(raw="05/10/2026", origin=DateOrigin.LISTING)
    )
    raw = parse(source(), html, listed, url="http://tin.example/bai-05102026-a17.html")
    assert claims(raw, DateOrigin.META) == ["2026-10-05T07:03:11+07:00"]
    assert claims(raw, DateOrigin.LISTING) == ["05/10/2026"]
    assert claims(raw, DateOrigin.ARTICLE) == ["05/10/2026 - 07:03"]
    assert len(claims(raw, DateOrigin.URL)) == 1
    assert claims(raw, DateOrigin.PAGE) == ["Chủ nhật, 18 Tháng 10, 2026 - 16:02"]
    assert "07:03" not in to_text(raw.html)


def test_the_dates_of_other_articles_are_not_claimed(source):
    others = (
        "<h3>Tin khác</h3><ul><li><a href='/x'>Bài khác</a> (01/02/2020)</li></ul>"
        "<div class='muc'><a href='/y'>Bài khác nữa</a><span>03/04/2021</span></div>"
        "<ul><li><time datetime='2019-01-01'>1/1</time></li></ul>"
    )
    raw = parse(source(), page(PLAIN + others, after=others))
    assert raw.dates == ()


def test_schema_org_speaks_first(source):
    head = (
        '<script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"T"},'
        '{"@type":"NewsArticle","headline":"x","datePublished":"2026-10-05T07:03:00+07:00"'
        ","
        '"author":[{"@type":"Person","name":"Lê Thị Hoa"}],"inLanguage":"vi"}]}</script'
        ">"
    )
    raw = parse(source(), page(PLAIN, head=head))
    assert raw.authors == ("Lê Thị Hoa",)
    assert raw.language == "vi"
    assert claims(raw, DateOrigin.META) == ["2026-10-05T07:03:00+07:00"]


def test_hidden_microdata_is_read_and_admin_is_no_author(source):
    micro = (
        "<div class='hidden' style='display:none'>"
        "<span itemprop='datePublished'>2026-10-05T07:03:00+07:00</span>"
        "<span itemprop='author'>admin</span></div>"
    )
    raw = parse(source(), page(PLAIN + micro))
    assert claims(raw, DateOrigin.META) == ["2026-10-05T07:03:00+07:00"]
    assert raw.authors == ()
    assert body_of(raw) == [FIRST, LAST]


def test_broken_json_ld_is_passed_over(source):
    head = '<script type="application/ld+json">{"@type": "NewsArticle", </script>'
    assert parse(source(), page(PLAIN, head=head)).title == TITLE


def test_selectors_that_match_nothing_fall_back_to_finding(source):
    chosen = source(title=".khong", body=".khong", article=".khong", date=".khong")
    raw = parse(chosen, page(PLAIN))
    assert raw.title == TITLE
    assert body_of(raw) == [FIRST, LAST]


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("<title>Just a moment...</title><p>Checking your browser</p>", "challenge"),
        ("<title>x</title><h1>Trang đang bảo trì hệ thống</h1>", "maintenance"),
        ("<body></body>", "neither"),
        ("<body><p>ok</p></body>", "neither"),
    ],
)
def test_an_empty_page_and_a_challenge_are_named(source, html, named):
    with pytest.raises(ParseError, match=named):
        parse(source(), html)


def test_a_20_mb_page_and_a_page_without_a_bottom_are_refused_quickly(source):
    began = time.monotonic()
    for html in ("<p>a b c</p>" * 2_000_000, "<div>" * 100_000):
        with pytest.raises(ParseError):
            parse(source(), html)
    assert time.monotonic() - began < 5


def test_bad_encoding_is_read_as_well_as_it_can_be(source):
    body = page(PLAIN).encode() + b"\xff\xfe\x80"
    raw = parse_article(body, url=URL, source=source(), listed=None)
    assert raw.title == TITLE


def test_garbage_comes_to_an_error_or_an_entry_and_to_nothing_else(source):
    for html in (
        "<!--" * 50_000,
        "<" * 50_000,
        "\x00" * 100,
        "<h1>" * 900,
        "<p" * 9_000,
    ):
        with suppress(ParseError):
            assert parse(source(), html).source == "tin"
