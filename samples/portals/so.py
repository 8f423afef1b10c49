"""A department on NukeViet 4: a feed with wrong minutes and guids that collide."""

from __future__ import annotations

import re

from samples.exchange import Answer, Request, html
from samples.layout import render
from samples.portals.pager import leaf, others
from samples.showing import Article
from samples.words import slug

PAGE_SIZE = 10
FEED_SIZE = 30
LISTING = "/vi/news/"
FEED = "/vi/news/rss/"
ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /vi/users/\n"

_PAGE = re.compile(r"/vi/news/page-([0-9]{1,9})/")
_ARTICLE = re.compile(r"/(vi|en)/(news|thong-bao)/[^/]*?-([0-9]+)\.html")
_LABELS = ("Nguồn tin:", "Nguồn:", "Theo ")


def address(article: Article) -> str:
    """``/vi/<module>/<slug>-<number>.html``."""
    language = "en" if article.language == "en" else "vi"
    name = f"{slug(article.first_title)}-{article.number}"
    return f"/{language}/{article.section}/{name}.html"


def origin(article: Article) -> str:
    """The credit without its own label, as the page has "Nguồn tin:" before it."""
    credit = article.credit.strip("() ")
    for label in _LABELS:
        credit = credit.removeprefix(label)
    return credit.strip()


def _feed(request: Request, articles: tuple[Article, ...]) -> Answer:
    text = render(
        "so_rss.xml",
        articles=articles[:FEED_SIZE],
        changed_at=request.changed_at,
        address=address,
        base=request.base,
    )
    return Answer(
        body=text.encode(),
        content_type="text/xml; charset=utf-8",
        tagged=True,
        last_modified=request.changed_at,
    )


def _listing(number: int, articles: tuple[Article, ...]) -> Answer | None:
    page = leaf(articles, number, PAGE_SIZE)
    if page is None:
        return None
    return html(render("so_listing.html", page=page, address=address, lang="vi"))


def _article(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    found = _ARTICLE.fullmatch(request.path)
    key = (found[2], found[3]) if found else ("", "")
    article = next(
        (one for one in articles if (one.section, str(one.number)) == key), None
    )
    if article is None:
        return None
    text = render(
        "so_article.html",
        article=article,
        lang="en" if article.language == "en" else "vi",
        origin=origin(article),
        others=others(articles, article),
        address=address,
    )
    return html(text)


def answer(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    """The page that is asked for; None if there is none."""
    if request.path in ("/", "/vi/", LISTING):
        return _listing(1, articles)
    if request.path in (FEED, FEED.rstrip("/")):
        return _feed(request, articles)
    found = _PAGE.fullmatch(request.path)
    if found:
        return _listing(int(found[1]), articles)
    return _article(request, articles)
