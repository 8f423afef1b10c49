"""Which element of a page shows its article's title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.gather.byline import is_signature
from syndicate.gather.dateline import is_date_line
from syndicate.gather.furniture import ends_article
from syndicate.gather.locate import Chrome, densest, text_start
from syndicate.gather.page import ancestors, attribute, node_text
from syndicate.text.clean import key_text, slug

_SITE_SUFFIX = re.compile(r"\s+[|»·]\s+|\s+[-–—]\s+|\s*::\s*")


_SITE_PREFIX = re.compile(rf"{_SITE_SUFFIX.pattern}|:\s+|\s+[>›]+\s+")


_HOME = re.compile(r"^(?:https?://[^/]+)?/?(?:index\.\w+|default\.aspx)?$", re.I)


_TITLE_SELECTORS = (
    "[itemprop~=headline]",
    "article h1",
    "main h1",
    "h1",
)
# Portals without headings name the element, in one of two languages.


_TITLE_CLASSES = (
    "[class*=title i], [class*=tieude i], [class*=tieu-de i], [class*=headline i],"
    " [class*=ten-bai i], [class*=tenbai i], [id*=title i], h2, h3, h4,"
    " h5"
)


_TEXTUAL = frozenset(
    """
    p div td li span h1 h2 h3 h4 h5 h6 strong b font center a
    """.split()  # noqa: SIM905 - words read better in lines
)


def find_title(
    tree: LexborHTMLParser, hints: tuple[str, ...], *, url: str = ""
) -> LexborNode | None:
    """The element that shows the article's title.

    ``hints`` are titles from elsewhere, the surest first (listing, metadata): an
    element that shows one of them is certain; next are one whose words stand in the
    address ``url``, one that ``<title>`` names, and a headline near the text.
    """
    chrome = Chrome(tree)
    for sayings in ((hints[0],), hints[1:]) if hints else ():
        shown = _showing(tree, _keys(sayings), chrome)
        if shown is not None:
            return shown
    in_address = _in_address(tree, url, chrome)
    if in_address is not None:
        return in_address
    shown = _showing(tree, _keys(_heads_of_title(tree)), chrome)
    if shown is not None and _signs(shown, tree, chrome):
        shown = None
    found = shown if shown is not None else _headline(tree, chrome)
    return _nearer(tree, found, chrome)


def _signs(node: LexborNode, tree: LexborHTMLParser, chrome: Chrome) -> bool:
    """Say whether a line stands in the text: the house that signs it, not its title."""
    body = tree.body
    dense = densest(body, chrome) if body is not None and node.tag != "h1" else None
    if dense is None or all(e.mem_id != dense.mem_id for e in ancestors(node)):
        return False
    order = {each.mem_id: at for at, each in enumerate(dense.traverse())}
    start = text_start(dense, but=frozenset({node.mem_id}))
    return order.get(start.mem_id, 0) < order.get(node.mem_id, 0)


def _keys(titles: Iterable[str]) -> set[str]:
    return {key_text(title).strip() for title in titles if len(title) >= 8}


def _in_address(tree: LexborHTMLParser, url: str, chrome: Chrome) -> LexborNode | None:
    """The headline whose words stand in the page's address, as slugs do."""
    address = unquote(url.partition("//")[2].partition("/")[2]).lower()
    if address.count("-") + address.count("_") < _SLUG_WORDS:
        return None
    address = address.replace("_", "-")
    seen = 0
    for node in tree.css(f"h1, h2, h3, h4, {_TITLE_CLASSES}"):
        text = node_text(node)
        if not 4 <= len(text.split()) <= 60 or chrome.holds(node) or _is_linked(node):
            continue
        seen += 1
        if seen > _MAX_HEADLINES:
            break
        if slug(text, 40)[:40].rstrip("-") in address or _begins(text, address):
            return node
    return None


def _begins(text: str, address: str) -> bool:
    """Say whether the address's slug is the start of a title, cut to a length."""
    last = address.partition("?")[0].rstrip("/").rpartition("/")[2]
    said = _ENDING.sub("", last)
    short = said.count("-") < _SLUG_WORDS
    return not short and f"{slug(text, 200)}-".startswith(f"{said}-")


_ENDING = re.compile(r"\.\w{2,5}$|[-.]\w?\d+(?:\.\w{2,5})?$")


def _is_linked(node: LexborNode) -> bool:
    """A headline that leads to another page is not this page's."""
    if any(each.tag == "a" for each in ancestors(node)):
        return True
    links = node.css("a[href]")
    return sum(len(node_text(each)) for each in links) > 0.8 * len(node_text(node))


def _nearer(
    tree: LexborHTMLParser, title: LexborNode | None, chrome: Chrome
) -> LexborNode | None:
    """A headline that stands right before the text, where ``title`` is far from it.

    A site's name is an ``<h1>`` on all of its pages.
    """
    body = tree.body
    dense = densest(body, chrome) if body is not None else None
    if title is None or dense is None:
        return title
    around = [dense, *ancestors(dense)]
    inner = {node.mem_id: step for step, node in enumerate(around)}
    here = _steps_to(title, inner)
    if here is None or here == 0 or around[min(here, len(around) - 1)].tag != "body":
        return title
    order = {node.mem_id: at for at, node in enumerate(body.traverse())} if body else {}
    start, best = order.get(dense.mem_id, 0), title
    for node in tree.css("h1, h2, h3, h4")[:_MOST_HEADLINES]:
        at = order.get(node.mem_id, 0)
        far = _steps_to(node, inner)
        if not order.get(title.mem_id, 0) < at or far is None or far >= here:
            continue
        before = at <= start or any(
            each.mem_id == dense.mem_id for each in ancestors(node)
        )
        fits = len(node_text(node).split()) >= 4 and not _is_linked(node)
        if before and fits and not chrome.holds(node):
            return node
    return best


def _steps_to(node: LexborNode, inner: dict[int, int]) -> int | None:
    """How far up from the text is the first element that holds ``node`` too."""
    return next(
        (
            inner[each.mem_id]
            for each in (node, *ancestors(node))
            if each.mem_id in inner
        ),
        None,
    )


def _headline(tree: LexborHTMLParser, chrome: Chrome) -> LexborNode | None:
    for selector in (*_TITLE_SELECTORS, _TITLE_CLASSES):
        found = [
            node
            for node in tree.css(selector)[:_MOST_HEADLINES]
            if len(node_text(node)) >= 8
            and not chrome.holds(node)
            and not _is_logo(node)
        ]
        if not found:
            continue
        if selector != _TITLE_CLASSES:
            return _best_headline(found, tree)
        closest = _closest(found, tree, chrome)
        if closest is not None:
            return closest
    return _emphasised(tree, chrome)


def _closest(
    found: list[LexborNode], tree: LexborHTMLParser, chrome: Chrome
) -> LexborNode | None:
    """Of what only its class makes a headline: the one that the text follows.

    Boxes beside the article have such headlines too, those below it as well.
    """
    named = _best_headline(found, tree)
    head = tree.css_first("title")
    if head is not None and key_text(node_text(named)).strip() in key_text(
        node_text(head)
    ):
        return named
    body = tree.body
    dense = densest(body, chrome) if body is not None else None
    if body is None or dense is None:
        return named
    order = {node.mem_id: at for at, node in enumerate(body.traverse())}
    titles = frozenset(node.mem_id for node in found)
    start = order.get(text_start(dense, but=titles).mem_id, 0)
    inner = {node.mem_id: step for step, node in enumerate([dense, *ancestors(dense)])}
    ranked = [
        (far, len(node_text(node).split()) < _LOUD_WORDS[0], at, node)
        for at, node in enumerate(found)
        if order.get(node.mem_id, 0) < start
        and not ends_article(node_text(node))
        and not _is_linked(node)
        and (far := _steps_to(node, inner)) is not None
    ]
    if not ranked:
        return None
    return min(ranked, key=lambda each: each[:3])[3]


def _emphasised(tree: LexborHTMLParser, chrome: Chrome) -> LexborNode | None:
    """Where no headline has a name: the last bold or large line above the text."""
    body = tree.body
    dense = densest(body, chrome) if body is not None else None
    if body is None or dense is None:
        return None
    order = {node.mem_id: at for at, node in enumerate(body.traverse())}
    start, best = order.get(dense.mem_id, 0), None
    for node in tree.css(_LOUD)[:_MOST_HEADLINES]:
        text = node_text(node)
        if order.get(node.mem_id, 0) >= start:
            break
        if not _LOUD_WORDS[0] <= len(text.split()) <= _LOUD_WORDS[1]:
            continue
        if text.endswith((".", ":", ";")) or is_date_line(text) or chrome.holds(node):
            continue
        if not _is_linked(node) and not is_signature(text, stressed=True):
            best = node
    return best


_LOUD = "b, strong, big, font[size], [style*=font-size i], [style*=bold i]"
_LOUD_WORDS = (4, 40)


def _heads_of_title(tree: LexborHTMLParser) -> Iterator[str]:
    """``<title>``, whole and without one part after another, from either end."""
    head = tree.css_first("title")
    text = node_text(head) if head is not None else ""
    if len(text.split()) >= 4:
        yield text
    for separator in reversed(list(_SITE_SUFFIX.finditer(text))):
        rest = text[: separator.start()]
        if len(rest.split()) >= 4:
            yield rest
    for separator in _SITE_PREFIX.finditer(text):
        rest = text[separator.end() :]
        if len(rest.split()) >= 4:
            yield rest


def _best_headline(found: list[LexborNode], tree: LexborHTMLParser) -> LexborNode:
    """Of several the one that ``<title>`` names, else the first."""
    head = tree.css_first("title")
    said = key_text(node_text(head)) if head is not None else ""
    agreeing = (node for node in found if key_text(node_text(node)).strip() in said)
    return next(agreeing, found[0])


def _showing(
    tree: LexborHTMLParser, keys: set[str], chrome: Chrome
) -> LexborNode | None:
    """The smallest element whose whole text is one of ``keys``, outside of links."""
    if not keys:
        return None
    best: LexborNode | None = None
    body = tree.body
    longest = max(map(len, keys)) * 2 + 420
    shortest = min(map(len, keys)) // 2
    for node in body.traverse() if body is not None else ():
        if node.tag not in _TEXTUAL:
            continue
        text = node.text(deep=True) or ""
        if not shortest <= len(text) <= longest or not shortest <= len(text.strip()):
            continue
        if key_text(node_text(node)).strip() not in keys:
            continue
        if chrome.holds(node) or _is_logo(node):
            continue
        if node.tag == "h1":
            return node
        linked = node.tag == "a" or any(each.tag == "a" for each in ancestors(node))
        if best is None and not linked:
            best = node
    return best


def _is_logo(node: LexborNode) -> bool:
    """A site's name as a headline leads home."""
    links = [each for each in node.css("a[href]") if node_text(each)]
    return len(links) == 1 and _HOME.match(attribute(links[0], "href")) is not None


_SLUG_WORDS = 3


_MAX_HEADLINES = 60
_MOST_HEADLINES = 300
