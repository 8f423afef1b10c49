"""A department's list page on ASP.NET: ``?ItemID=`` and a counter in every article."""

from __future__ import annotations

from samples.exchange import Answer, Request, html
from samples.layout import render
from samples.portals.pager import asked, leaf, numbered, others
from samples.showing import Article

PAGE_SIZE = 10
ROBOTS = "User-agent: *\nDisallow: /quan-tri/\n"


def address(article: Article) -> str:
    """``/tin-chi-tiet.aspx?ItemID=<number>``."""
    return f"/tin-chi-tiet.aspx?ItemID={article.number}"


def _listing(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    page = leaf(articles, asked(request.query, "page", 1), PAGE_SIZE)
    if page is None:
        return None
    text = render("danvan_listing.html", page=page, address=address)
    return html(text)


def _article(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    article = numbered(articles, str(asked(request.query, "ItemID", -1)))
    if article is None:
        return None
    text = render(
        "danvan_article.html",
        article=article,
        seen=206 + request.visits,
        others=others(articles, article),
        page=leaf(articles, 1, PAGE_SIZE),
        address=address,
    )
    return html(text)


def answer(request: Request, articles: tuple[Article, ...]) -> Answer | None:
    """The page that is asked for; None if there is none."""
    if request.path.lower() in ("/", "/default.aspx", "/tin-tuc.aspx"):
        return _listing(request, articles)
    if request.path.lower() == "/tin-chi-tiet.aspx":
        return _article(request, articles)
    return None
