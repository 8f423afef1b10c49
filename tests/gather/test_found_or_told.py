"""What page, listing and feed say of one article comes together, failures apart."""

from __future__ import annotations

from syndicate.gather.article import parse_article
from syndicate.gather.clean import to_entry
from syndicate.gather.combine import combine
from syndicate.gather.listing import ListedLink
from syndicate.model import DateClaim, DateOrigin, RawEntry

URL = "http://tin.example/tin/ho-kenh-05102026-a17.html"
LONG = "<p>" + "Bà con hai ấp góp công đào con kênh cạn đã ba mùa khô. " * 5 + "</p>"


def told(**values):
    given = {"source": "tin", "url": URL, "title": "Tít của nguồn tin", **values}
    return RawEntry(**given)


def test_a_page_that_says_less_than_the_feed_was_not_read_right():
    page = told(title="Mời đăng nhập", html="<p>Ngắn.</p>", lead="Ngắn.")
    joined = combine(told(html=LONG, lead="Lời dẫn."), page)
    assert (joined.title, joined.html) == ("Tít của nguồn tin", LONG)
    assert joined.lead == "Lời dẫn."


def test_a_page_that_says_more_is_believed():
    joined = combine(told(html="<p>Ngắn.</p>"), told(title="Tít của trang", html=LONG))
    assert (joined.title, joined.html) == ("Tít của trang", LONG)


def test_dates_that_disagree_are_all_kept_with_who_said_them(source, now):
    page = (
        "<head><meta property='article:published_time'"
        " content='2026-10-04T07:00:00+07:00'>"
        "</head><body><div class='dong-ho'>Thứ Hai, 19/10/2026 06:00</div>"
        "<div class='bai'><h1>Xã họp bàn chuyện nạo vét kênh</h1>"
        f"<span>Cập nhật: 06/10/2026 09:15</span>{LONG}</div></body>"
    )
    claim = DateClaim(raw="07/10/2026", origin=DateOrigin.LISTING)
    listed = ListedLink(url=URL, title="Xã họp bàn chuyện nạo vét kênh", date=claim)
    site = source()
    raw = parse_article(page.encode(), url=URL, source=site, listed=listed)
    entry = to_entry(raw, source=site, fetched_at=now)
    assert {f"{each.origin} {each.value:%d/%m}" for each in entry.dates} == {
        "meta 04/10",
        "listing 07/10",
        "article 06/10",
        "url 05/10",
        "page 19/10",
    }
    assert entry.published is not None
    assert entry.published.origin is DateOrigin.META


def test_a_signature_in_front_of_the_first_sentence_is_cut(source):
    for sign in ("(BCH) - ", "BCH - ", "(tin.example) – "):
        signed = LONG.replace("Bà", f"{sign}Bà", 1)
        page = f"<h1>Xã họp bàn chuyện nạo vét kênh</h1>{signed}"
        raw = parse_article(page.encode(), url=URL, source=source(), listed=None)
        assert raw.html.startswith("<p>Bà con hai ấp")


def test_an_office_in_capitals_is_no_signature(source):
    text = LONG.replace("Bà", "UBND - Hội đồng xã cùng bà", 1)
    page = f"<h1>Xã họp bàn chuyện nạo vét kênh</h1>{text}"
    raw = parse_article(page.encode(), url=URL, source=source(), listed=None)
    assert raw.html.startswith("<p>UBND - Hội đồng")
