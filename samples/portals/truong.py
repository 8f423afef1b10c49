"""A political school on Drupal 7: dates on the listing only, a clock on every page."""

from __future__ import annotations

import re
from urllib.parse import quote

from samples.exchange import Answer, Request, html
from samples.layout import render
from samples.portals.pager import asked, leaf, numbered, others
from samples.showing import Article
from samples.words import slug_with_marks

PAGE_SIZE = 6
LISTING = "/tin-tức-sự-kiện"
# Drupal's own file also asks for Crawl-delay: 10, which would make trying slow.
ROBOTS = (
    "User-agent: *\nDisallow: /admin/\nDisallow: /user/login/\nDisallow: /search/\n"
)


def address(article: Article) -> str:
    """``/content/<title with its marks, percent-encoded>-<number>``."""
    name = f"{slug_with_marks(article.first_title)}-{article.number}"
    return f"/content/{quote(name)}"


def ending(article: Article) -> tuple[str, ...]:
    """The paragraphs with the school's full stop, "./.", under the last."""
    if not article.paragraphs:
        return ()
    *before, last = article.paragraphs
    return (*before, f"{last.rstrip('./ ')}./.")


def _pager(number: int) -> str:
    # Drupal counts pages from nought, and the first needs no number.
    path = quote(LISTING)
    return path if number == 1 else f"{path}?page={number - 1}"


def _listing(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    page = leaf(articles, asked(request.query, "page", 0) + 1, PAGE_SIZE)
    if page is None:
        return None
    text = render(
        "truong_listing.html",
        page=page,
        now=request.now,
        address=address,
        pager=_pager,
    )
    return html(text)


def _article(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    article = numbered(articles, re.split(r"[-/]", request.path)[-1])
    if article is None:
        return None
    text = render(
        "truong_article.html",
        article=article,
        paragraphs=ending(article),
        now=request.now,
        others=others(articles, article, 4),
        address=address,
    )
    return html(text)


def answer(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    """The page that is asked for; None if there is none."""
    if request.path in ("/", LISTING):
        return _listing(request, articles)
    if request.path.startswith(("/content/", "/node/")):
        return _article(request, articles)
    return None
