"""The clock of a visit is never an article's date, however a page dresses it."""

from __future__ import annotations

import pytest

from syndicate.gather.article import parse_article
from syndicate.gather.clean import to_entry
from syndicate.gather.listing import ListedLink
from syndicate.model import DateClaim, DateOrigin

URL = "http://tin.example/bai/17"
TITLE = "Xã Bình Khê họp bàn chuyện nạo vét kênh"
TEXT = (
    "<p>Ngày 23/02/2016, xã họp với bà con hai ấp về con kênh cạn đã ba mùa khô liền, "
    "ghe chở lúa không vào được, phải gánh bộ hơn một cây số.</p>"
    "<p>Bà con chịu góp công, xã lo máy múc; việc chia làm hai đợt, xong trước mùa "
    "mưa, đoạn gần chợ làm sau cùng để khỏi vướng mua bán.</p>"
)
CLOCKS = (
    "Chủ nhật, 21 Tháng 4, 2024 - 16:02",
    "Thứ hai, 19 Tháng 10, 2026 - 06:00",
    "Thứ năm, ngày 18 tháng 12 năm 2025",
    "Thứ hai, 26/01/2026 - 08:18",
    "Hôm nay: Thứ Hai, 19/10/2026 06:00:12",
    "Thứ 2, ngày 19/10/2026",
    "19/10/2026",
    "19/10/2026 05:59",
    "19/10/2026 05:59:58 SA",
    "06:00 | 19/10/2026",
    "Thứ Hai, 19/10/2026, 06:00 [GMT+7]",
    "Thứ Hai, 19/10/2026 6:0'(GMT+7)",
    "Hà Nội, ngày 19 tháng 10 năm 2026",
    "Monday, October 19, 2026",
    "Monday, 19 October 2026 06:00",
    "Mon, 19 Oct 2026 06:00:00 +0700",
    "2026-10-19 06:00:00",
    "T2, 19/10/2026",
    "Bây giờ là 06:00, ngày 19/10/2026",
)
PLACES = {
    "a bar on top": "<div class='bar'>{clock}</div><div class='bai'>{article}</div>",
    "one box before the title": "<div class='bai'><p>{clock}</p>{article}</div>",
    "a cell": "<table><tr><td>{clock}</td></tr><tr><td>{article}</td></tr></table>",
    "a right column": "<div class='bai'>{article}</div><div class='cot'>{clock}</div>",
    "the foot": "<div class='bai'>{article}</div><div class='c'><p>{clock}</p></div>",
    "a header": "<header><span>{clock}</span></header><main>{article}</main>",
}
ARTICLE = f"<h1>{TITLE}</h1><div class='noi'>{TEXT}</div>"


def read(source, now, html, listed=None):
    site = source()
    raw = parse_article(html.encode(), url=URL, source=site, listed=listed)
    return to_entry(raw, source=site, fetched_at=now)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("clock", CLOCKS)
def test_a_clock_alone_gives_no_date(clock, place, source, now):
    page = f"<body>{place.format(clock=clock, article=ARTICLE)}</body>"
    assert read(source, now, page).published is None


@pytest.mark.parametrize("clock", CLOCKS)
def test_the_listing_knows_better_than_a_clock(clock, source, now):
    page = f"<body><p class='bar'>{clock}</p><div class='bai'>{ARTICLE}</div></body>"
    claim = DateClaim(raw="Ngày Đăng : 25/02/2016", origin=DateOrigin.LISTING)
    listed = ListedLink(url=URL, title=TITLE, date=claim)
    found = read(source, now, page, listed).published
    assert found is not None
    assert f"{found.value:%Y-%m-%d}" == "2016-02-25"
    assert found.origin is DateOrigin.LISTING
