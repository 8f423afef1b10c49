"""What a fetched document offers to gather from: feeds, sitemaps, lists (pure).

A page may name its feeds (``link rel=alternate``), link to them ("RSS"), link to a
page that lists them, or be a list of articles itself. Here its markup is read; who
asks further, and how often, is the business of pipeline/discovering.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.gather.feedlinks import (
    MAX_ANCHORS,
    Candidate,
    Way,
    is_about_comments,
    is_document,
    linked,
    listed,
    named,
)
from syndicate.gather.guesses import lists_above, parents_of
from syndicate.gather.page import (
    attribute,
    base_of,
    node_text,
    parse_page,
)
from syndicate.gather.trouble import trouble
from syndicate.model import SourceKind
from syndicate.text.clean import fold, one_line
from syndicate.text.urls import absolute, canonical, host

MAX_CANDIDATES = 60
MAX_LINKED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page says of itself and leads to."""

    title: str = ""
    """Name of the site, or of the page."""
    language: str = ""
    generator: str = ""
    feeds: tuple[Candidate, ...] = ()
    """Feeds that its head names, then links that look like feeds, likeliest first."""
    lists: tuple[Candidate, ...] = ()
    """Links that say "RSS", and lead to a feed or to a page that lists feeds."""
    sitemaps: tuple[Candidate, ...] = ()
    around: tuple[Candidate, ...] = ()
    """Lists that the page lies in or leads to: its breadcrumbs, folders, "Tin tức"."""
    article: bool = False
    """It is one article, not a list of them."""
    trouble: str = ""
    """What stands there in place of the page ("a bot challenge"); else empty."""


def read_shown(body: bytes, *, url: str, content_type: str = "") -> Shown:
    """Read what the page at ``url`` (its final address) leads to.

    Raises ParseError for a page that is empty, too large or nested too deep.
    """
    tree = parse_page(body, url=url, content_type=content_type)
    base = base_of(tree, url)
    anchors = tree.css("a[href], area[href]")[:MAX_ANCHORS]
    links = list(islice(linked(anchors, base, url), MAX_LINKED))
    documents = [each for each in links if is_document(each.url)]
    feeds = _once([*named(tree, base), *documents], but=[url])
    others = [each for each in links if not is_document(each.url)]
    return Shown(
        title=_site_title(tree),
        language=_language(tree),
        generator=_meta(tree, "generator"),
        # Articles before comments; otherwise as the page has them.
        feeds=tuple(sorted(feeds, key=is_about_comments)),
        lists=_once(others, but=[url, *(each.url for each in feeds)])[:5],
        sitemaps=_once(_sitemaps(tree, base, anchors), but=[url])[:3],
        around=_once(_around(tree, anchors, base, url), but=[url])[:8],
        article=_is_article(tree, url),
        trouble=trouble(tree),
    )


def read_feed_list(body: bytes, *, url: str, content_type: str = "") -> Shown:
    """Read a page that lists feeds: every link to one counts, with its row's title.

    Raises ParseError like :func:`read_shown`.
    """
    tree = parse_page(body, url=url, content_type=content_type)
    base = base_of(tree, url)
    head = [replace(each, way=Way.LISTED) for each in named(tree, base)]
    return Shown(
        title=_site_title(tree),
        language=_language(tree),
        generator=_meta(tree, "generator"),
        feeds=_once([*listed(tree, base, url), *head], but=[url]),
    )


def _once(found: Iterable[Candidate], but: Sequence[str]) -> tuple[Candidate, ...]:
    """Each address once, those of ``but`` not; a later title fills an empty one."""
    out = {canonical(each) for each in but}
    kept: dict[str, Candidate] = {}
    for each in found:
        key = canonical(each.url)
        if key in out:
            continue
        before = kept.setdefault(key, each)
        if not before.title and each.title:
            kept[key] = replace(before, title=each.title)
        if len(kept) >= MAX_CANDIDATES:
            break
    return tuple(kept.values())


# ── Sitemaps and lists ───────────────────────────────────────────────────────

_NEWS_WORDS = (
    *("tin tuc su kien", "tin tuc", "tin tuc hoat dong", "tin hoat dong"),
    *("tin moi", "tin moi nhat", "thoi su", "hoat dong", "su kien", "news"),
    *("latest news", "news events", "news and events", "press releases", "newsroom"),
    *("tin tuc thoi su", "tin trong tinh", "blog", "articles"),
)
_NEWS_BEGINS = re.compile(r"(?:tin|hoat dong|thong bao|news|latest)\b")
_TRAILS = (
    "[class*=breadcrumb] a[href], [id*=breadcrumb] a[href],"
    " [itemtype*=BreadcrumbList] a[href], [class*=duong-dan] a[href],"
    " [aria-label*=readcrumb] a[href]"
)


def _sitemaps(
    tree: LexborHTMLParser, base: str, anchors: list[LexborNode]
) -> Iterator[Candidate]:
    links = [*tree.css("link[rel~=sitemap][href]"), *anchors]
    for node in links:
        href = attribute(node, "href")
        if node.tag != "link" and not re.search(r"sitemap[\w-]*\.xml", href, re.I):
            continue
        address = absolute(base, href)
        if address:
            yield Candidate(url=address, kind=SourceKind.SITEMAP, way=Way.NAMED)


def _around(
    tree: LexborHTMLParser, anchors: list[LexborNode], base: str, url: str
) -> Iterator[Candidate]:
    """Lists around a page, the likeliest first.

    Its breadcrumbs from the last; what its own address lies in, if the page links
    there; "Tin tức" in a menu; its folders, linked or not; the front page.
    """
    trail = [_list_of(node, base) for node in tree.css(_TRAILS)]
    *folders, root = parents_of(url)
    found = [one for one in reversed(trail) if one and _bare(one.url) != _bare(root)]
    links = {_bare(each.url): each for each in map(_lister(base), anchors) if each}
    found += [links[_bare(each)] for each in lists_above(url) if _bare(each) in links]
    inside = set(urlsplit(url).path.split("/")[1:-1]) - {""}
    found += [each for each in links.values() if _last_name(each.url) in inside]
    ranked = ((_news_rank(each.title), each) for each in links.values())
    news = [(rank, each) for rank, each in ranked if rank is not None]
    found += [each for _rank, each in sorted(news, key=lambda pair: pair[0])[:3]]
    for address in (*lists_above(url)[:2], *folders, root):
        found.append(Candidate(url=address, kind=SourceKind.LISTING, way=Way.AROUND))
    yield from (each for each in found if host(each.url) == host(url))


def _lister(base: str) -> Callable[[LexborNode], Candidate | None]:
    return lambda node: _list_of(node, base)


def _last_name(url: str) -> str:
    """``society`` of ``/society/``, which ``/2026/10/08/society/…`` lies in."""
    return urlsplit(url).path.rstrip("/").rpartition("/")[2]


def _bare(url: str) -> str:
    return canonical(url).rstrip("/")


def _news_rank(text: str) -> int | None:
    """How likely a link's words name a section of news; None if they do not."""
    bare = re.sub(r"[^a-z]+", " ", fold(text)).strip() if len(text) <= 40 else ""
    bare = bare.replace(" va ", " ")
    if bare in _NEWS_WORDS:
        return _NEWS_WORDS.index(bare)
    return len(_NEWS_WORDS) if _NEWS_BEGINS.match(bare) else None


def _list_of(node: LexborNode, base: str) -> Candidate | None:
    address = absolute(base, attribute(node, "href").partition("#")[0])
    if not address:
        return None
    return Candidate(
        url=address,
        kind=SourceKind.LISTING,
        way=Way.AROUND,
        title=node_text(node)[:150],
    )


# ── The page itself ──────────────────────────────────────────────────────────

_ARTICLE_TYPES = re.compile(
    r'"@type"\s*:\s*(?:\[[^\]]{0,200})?"(?:News|Blog|Report|Scholarly|Tech)?'
    r'(?:Article|BlogPosting|Posting)"'
)
_LIST_TYPES = re.compile(
    r'"@type"\s*:\s*"(?:ItemList|CollectionPage|Blog|SearchResultsPage)"'
)
_LIST_QUERY = re.compile(
    r"[?&](?:view=(?:category|categories|section|frontpage|featured)|layout=blog)\b"
)
"""Joomla's word for a page of leads, whose ``id`` is that of the category."""
_ARTICLE_PATH = re.compile(
    r"[-/](?:a|n|d|c|post)?\d{3,}(?:\.[a-z]{3,5})?/?$|/(?:19|20)\d\d/[01]?\d/[^?]*[\w-]{8}"
    r"|[?&](?:itemid|articleid|newsid|idtin|id|p|tin|bai|post)=\d+|[?&][\w.-]+=\d{4,}|-\d+\.html?$"
    r"|/\?/[\w-]{8,}/\d+$|/content/[^/?]{20,}$"
    r"|/(?:[^/?-]+-){4,}[^/?]+(?:\.[a-z]{3,5})?/?$",
    re.IGNORECASE,
)
_SHORT = 500
_BRIEF = 150
_LONGEST = 2_000
_SENTENCE = 80
_MAX_NODES = 50_000
_SILENT = frozenset({"a", "script", "style", "noscript", "option", "textarea"})


def _is_article(tree: LexborHTMLParser, url: str) -> bool:
    """One article: its metadata says so, or its address and its text do."""
    if parents_of(url)[-1].rstrip("/") == url.rstrip("/"):
        return False
    if _says_article(tree):
        return True
    if _LIST_QUERY.search(url[:_LONGEST]):
        return False
    if not _ARTICLE_PATH.search(url[:_LONGEST]):
        return False
    return _running_text(tree) >= (_BRIEF if _is_headed(tree) else _SHORT)


def _says_article(tree: LexborHTMLParser) -> bool:
    """OpenGraph, schema.org as JSON-LD or as microdata."""
    kind = _meta(tree, "og:type").lower()
    if kind.startswith("article") or _meta(tree, "article:published_time"):
        return True
    data = " ".join(node.text(deep=True) or "" for node in _json_ld(tree))
    listed = len(_ARTICLE_TYPES.findall(data)) > 1 or _LIST_TYPES.search(data)
    if _ARTICLE_TYPES.search(data) and not listed:
        return True
    micro = tree.css(
        "[itemtype$=NewsArticle], [itemtype$=Article], [itemtype$=Posting]"
    )
    return len(micro) == 1


def _is_headed(tree: LexborHTMLParser) -> bool:
    """The page's one headline is its title: a list is headed by its topic alone."""
    node = tree.css_first("title")
    title = one_line(node.text(deep=True) or "") if node is not None else ""
    heads = [node_text(each) for each in tree.css("h1")]
    return len(heads) == 1 and len(heads[0].split()) > 4 and heads[0] in title


def _json_ld(tree: LexborHTMLParser) -> list[LexborNode]:
    return tree.css('script[type="application/ld+json"]')[:20]


def _running_text(tree: LexborHTMLParser) -> int:
    """Characters in sentences that are no links; leads of a list are seldom long."""
    if tree.body is None:
        return 0
    total = 0
    for node in islice(tree.body.traverse(include_text=True), _MAX_NODES):
        parent = node.parent
        if node.tag != "-text" or parent is None or parent.tag in _SILENT:
            continue
        length = len(one_line(node.text_content or ""))
        total += length if length >= _SENTENCE else 0
    return total


def _meta(tree: LexborHTMLParser, name: str) -> str:
    for node in tree.css("meta[content]"):
        if name in {attribute(node, "name").lower(), attribute(node, "property")}:
            return one_line(attribute(node, "content"))
    return ""


def _site_title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("title")
    title = node_text(node) if node is not None else ""
    if not title and node is not None:  # <head> is silent for node_text
        title = one_line(node.text(deep=True) or "")
    return (_meta(tree, "og:site_name") or title)[:150]


def _language(tree: LexborHTMLParser) -> str:
    node = tree.css_first("html")
    said = attribute(node, "lang") if node is not None else ""
    found = re.match(r"[a-zA-Z]{2,3}(?=$|[-_])", said or _meta(tree, "og:locale"))
    return found[0].lower() if found else ""
