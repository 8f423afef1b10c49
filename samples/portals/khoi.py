"""A party bloc on Liferay: the article hides in the query string."""

from __future__ import annotations

import re
import unicodedata

from samples.exchange import Answer, Request, html
from samples.layout import render
from samples.portals.pager import asked, leaf, numbered
from samples.showing import Article
from samples.words import slug_without_d

UNIT = "Đảng ủy Khối Cơ quan – Doanh nghiệp tỉnh Cửu Hà"
PAGE_SIZE = 8
PORTLET = "101_INSTANCE_kH0iCqDn"
ROBOTS = "User-agent: *\nDisallow: /c/\nDisallow: /group/\nDisallow: /user/\n"

_UNITS = re.compile(r"^(Ban|Đảng|ĐUK|Văn phòng|Ủy ban|Hội|Đoàn|Công đoàn|Phòng)\b")


def address(article: Article) -> str:
    """``/chi-tiet-tin/?/<slug that lost every đ>/<number>``."""
    return f"/chi-tiet-tin/?/{slug_without_d(article.first_title)}/{article.number}"


def first_line(article: Article) -> str:
    """The author as the first line of the article, ``Name (unit)``; mostly empty.

    The desk signs at the end; contributions by mail come with the name on top, and
    every third of them is put up as it came.
    """
    if "(" in article.author:
        return article.author
    name = unicodedata.normalize("NFC", article.author)
    person = name and not _UNITS.match(name)
    if person and article.number % 3 == 0:
        return f"{article.author} ({UNIT})"
    return ""


def _pager(number: int) -> str:
    return f"/tin-tuc?p_p_id={PORTLET}&p_p_lifecycle=0&_{PORTLET}_cur={number}"


def _counters(request: Request) -> dict[str, object]:
    return {
        "unit": UNIT,
        "online": 1 + request.visits % 9,
        "today": 244 + request.visits,
        "visits": 395_654 + request.visits,
    }


def _listing(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    page = leaf(articles, asked(request.query, f"_{PORTLET}_cur", 1), PAGE_SIZE)
    if page is None:
        return None
    text = render(
        "khoi_listing.html",
        page=page,
        address=address,
        pager=_pager,
        **_counters(request),
    )
    return html(text)


def _article(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    # Liferay looks at the number alone; an old slug still leads to the article.
    article = numbered(articles, request.query.split("?")[0].rpartition("/")[2])
    if article is None:
        return None
    text = render(
        "khoi_article.html",
        article=article,
        first_line=first_line(article),
        **_counters(request),
    )
    return html(text)


def answer(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    """The page that is asked for; None if there is none."""
    if request.path in ("/", "/tin-tuc", "/tin-tuc/"):
        return _listing(request, articles)
    if request.path in ("/chi-tiet-tin", "/chi-tiet-tin/"):
        return _article(request, articles)
    return None
