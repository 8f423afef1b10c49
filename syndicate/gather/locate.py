"""Where on a page the article stands, when no selector says so.

The title is found first (portals put long editorial notes before the article, so the
densest text of the page is not to be trusted); the article is the smallest element
around the title with enough text after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.gather.furniture import is_chrome, is_imprint, is_side_column
from syndicate.gather.page import ancestors, attribute, children, node_text
from syndicate.text.clean import key_text

_ENOUGH = 160
"""Characters of paragraphs that make an article, not a teaser."""
_PARAGRAPH = 40
_SITE_SUFFIX = re.compile(r"\s+[|»·]\s+|\s+[-–—]\s+|\s*::\s*")
_SITE_PREFIX = re.compile(rf"{_SITE_SUFFIX.pattern}|:\s+")
_HOME = re.compile(r"^(?:https?://[^/]+)?/?(?:index\.\w+|default\.aspx)?$", re.I)
_MAX_DEPTH = 200
_SKIPPED = frozenset({"script", "style", "noscript", "template", "head", "-comment"})
_TITLE_SELECTORS = (
    "[itemprop~=headline]",
    "article h1",
    "main h1",
    "h1",
)
# Portals without headings name the element, in one of two languages.
_TITLE_CLASSES = (
    "[class*=title i], [class*=tieude i], [class*=tieu-de i], [class*=headline i],"
    " [class*=ten-bai i], [class*=tenbai i], [id*=title i], h2, h3"
)
_TEXTUAL = frozenset(
    """
    p div td li span h1 h2 h3 h4 h5 h6 strong b font center a
    """.split()  # noqa: SIM905 - words read better in lines
)


def find_title(tree: LexborHTMLParser, hints: tuple[str, ...]) -> LexborNode | None:
    """The element that shows the article's title.

    ``hints`` are titles from elsewhere (listing, metadata): an element that shows one
    of them is certain; a headline that stands alone is next.
    """
    chrome = _Chrome(tree)
    said = tuple(_heads_of_title(tree))
    keys = {key_text(hint).strip() for hint in (*hints, *said) if len(hint) >= 8}
    shown = _showing(tree, keys, chrome) if keys else None
    if shown is not None:
        return shown
    for selector in (*_TITLE_SELECTORS, _TITLE_CLASSES):
        found = [
            node
            for node in tree.css(selector)
            if len(node_text(node)) >= 8
            and not chrome.holds(node)
            and not _is_logo(node)
        ]
        if found:
            return _best_headline(found, tree)
    return None


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
    tree: LexborHTMLParser, keys: set[str], chrome: _Chrome
) -> LexborNode | None:
    """The smallest element whose whole text is one of ``keys``, outside of links."""
    best: LexborNode | None = None
    body = tree.body
    longest = max(map(len, keys)) * 2 + 20
    for node in body.traverse() if body is not None else ():
        if node.tag not in _TEXTUAL or chrome.holds(node) or _is_logo(node):
            continue
        text = node.text(deep=True) or ""
        if len(text) > longest + 400 or key_text(node_text(node)).strip() not in keys:
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


class _Chrome:
    """Which elements of one page are there for the site; each is asked about once."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        body = tree.body
        self._most = 0.5 * len(body.text(deep=True) or "") if body is not None else 0
        self._known: dict[int, bool] = {}

    def holds(self, node: LexborNode) -> bool:
        """Say whether ``node`` stands in something for the site."""
        return any(
            self._is_one(each)
            for each in (node, *ancestors(node))
            if each.tag not in {"body", "html"}
        )

    def _is_one(self, node: LexborNode) -> bool:
        known = self._known.get(node.mem_id)
        if known is None:
            # What holds most of a page is its main part, whatever it is called.
            known = is_chrome(node) and len(node.text(deep=True) or "") <= self._most
            self._known[node.mem_id] = known
        return known


def find_article(tree: LexborHTMLParser, title: LexborNode | None) -> LexborNode | None:
    """The element that holds the article: around its title, or the densest."""
    body = tree.body
    if body is None:
        return None
    named = tree.css_first("[itemprop~=articleBody]")
    if named is not None and title is None and _weight(named) >= _ENOUGH:
        return named
    if title is None:
        return _densest(body, _Chrome(tree))
    best, most = body, 0
    for around in ancestors(title):
        if around.tag == "html":
            break
        after = sum(_weights_after(around, title))
        if after >= _ENOUGH:
            return around
        # Of a brief the smallest element that has all of it.
        if after > most:
            best, most = around, after
    return best


def _weights_after(around: LexborNode, title: LexborNode) -> Iterator[int]:
    """Paragraph text in ``around`` that follows ``title``."""
    path = {title.mem_id, *(each.mem_id for each in ancestors(title))}
    passed = False
    for child in children(around):
        if child.mem_id in path:
            passed = True
            # An ancestor was measured when it was `around` itself.
        elif passed and not is_side_column(child):
            yield _weight(child)


def _weight(node: LexborNode, depth: int = 0) -> int:
    """Characters in paragraphs of ``node``: no chrome, no links, no short lines."""
    if node.tag == "-text":
        text = (node.text_content or "").strip()
        return len(text) if len(text) >= _PARAGRAPH else 0
    if node.tag in _SKIPPED or depth > _MAX_DEPTH or is_chrome(node):
        return 0
    own = _own_text(node)
    if _PARAGRAPH <= own < 600 and is_imprint(node.text(deep=True) or ""):
        return 0
    inner = sum(
        _weight(child, depth + 1)
        for child in children(node)
        if child.tag not in {"-text", "a"} and not _is_run(child)
    )
    return inner + (own if own >= _PARAGRAPH else 0)


_RUN = frozenset(
    """
    b strong i em u font span sup sub small mark br
    """.split()  # noqa: SIM905 - words read better in lines
)


def _is_run(node: LexborNode) -> bool:
    return node.tag in _RUN and node.css_first("p, div, td, li") is None


def _own_text(node: LexborNode) -> int:
    """Characters that stand directly in ``node``, with its inline markup."""
    total = 0
    for child in children(node):
        if child.tag == "-text":
            total += len((child.text_content or "").strip())
        elif child.tag != "-comment" and _is_run(child):
            anchors = sum(len(a.text(deep=True) or "") for a in child.css("a"))
            total += max(len((child.text(deep=True) or "").strip()) - anchors, 0)
    return total


def _densest(body: LexborNode, chrome: _Chrome) -> LexborNode | None:
    """The element whose own paragraphs weigh most, with what its parent adds."""
    scores: dict[int, float] = {}
    nodes: dict[int, LexborNode] = {}
    for node in body.traverse():
        if node.tag not in {"p", "div", "td", "li", "section", "article"}:
            continue
        own = _own_text(node)
        if own < _PARAGRAPH or chrome.holds(node):
            continue
        holders = [node, *ancestors(node)][(0 if node.tag != "p" else 1) :][:3]
        for share, holder in zip((1.0, 0.6, 0.3), holders, strict=False):
            nodes[holder.mem_id] = holder
            scores[holder.mem_id] = scores.get(holder.mem_id, 0.0) + own * share
    best = max(scores, key=lambda each: scores[each], default=None)
    return nodes[best] if best is not None else None
