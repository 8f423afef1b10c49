"""The province's newspaper: dates in addresses, captions twice, a signature."""

from __future__ import annotations

import re

from samples.exchange import Answer, Request, html
from samples.layout import render
from samples.portals.pager import asked, leaf, numbered, others
from samples.showing import Article
from samples.words import LOCAL, slug

PAGE_SIZE = 9
LISTING = "/chinh-tri/"
SIGNATURE = "BCH - "
ROBOTS = "User-agent: *\nDisallow: /tim-kiem/\nDisallow: /ajax/\n"

_ARTICLE = re.compile(r"/chinh-tri/[^/]*-a([0-9]+)\.html")


def address(article: Article) -> str:
    """``/chinh-tri/<slug>-<ddmmyyyy>-a<number>.html``."""
    date = f"-{article.date.astimezone(LOCAL):%d%m%Y}" if article.date else ""
    return f"{LISTING}{slug(article.first_title)}{date}-a{article.number}.html"


def _listing(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    page = leaf(articles, asked(request.query, "p", 1), PAGE_SIZE)
    if page is None:
        return None
    text = render("bao_listing.html", page=page, address=address, base=request.base)
    return html(text, tagged=True)


def _article(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    found = _ARTICLE.fullmatch(request.path)
    article = numbered(articles, found[1]) if found else None
    if article is None:
        return None
    text = render(
        "bao_article.html",
        article=article,
        signature=SIGNATURE,
        others=others(articles, article, 4),
        address=address,
        base=request.base,
    )
    return html(text, tagged=True)


def answer(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    """The page that is asked for; None if there is none."""
    if request.path in ("/", LISTING):
        return _listing(request, articles)
    return _article(request, articles)
