"""Where on a page the article stands, when no selector says so.

The title is found first (portals put long editorial notes before the article, so the
densest text of the page is not to be trusted); the article is the smallest element
around the title with enough text after it.
"""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.gather.furniture import (
    ends_article,
    is_chrome,
    is_imprint,
    is_side_column,
)
from syndicate.gather.page import ancestors, children, node_lines

_ENOUGH = 160
"""Characters of paragraphs that make an article, not a teaser."""
_PARAGRAPH = 40
_GROWTH = 3
"""Levels up from a title's box to where its text may stand."""
_MAX_DEPTH = 200
_SKIPPED = frozenset({"script", "style", "noscript", "template", "head", "-comment"})


class Chrome:
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
    if named is not None and title is None and weigh(named) >= _ENOUGH:
        return named
    if title is None:
        return densest(body, Chrome(tree))
    best, most = body, 0
    for around in ancestors(title):
        if around.tag == "html":
            break
        after = sum(_weights_after(around, title))
        if after >= _ENOUGH:
            return _grown(around, after)
        # Of a brief the smallest element that has all of it.
        if after > most:
            best, most = around, after
    return best


def _grown(found: LexborNode, weight: int) -> LexborNode:
    """``found``, or what holds it together with a much longer text after it.

    Some portals keep title and lead in one box, and the text in the next.
    """
    around = found
    for _ in range(_GROWTH):
        outer = around.parent
        if outer is None or outer.tag in {"body", "html", None}:
            break
        gained = 0
        after = around.next
        while after is not None:
            if after.tag not in {"-text", "-comment"} and not (
                is_side_column(after) or is_chrome(after) or not is_running(after)
            ):
                gained += weigh(after)
            after = after.next
        if gained >= 2 * weight:
            return outer
        around = outer
    return found


def is_running(node: LexborNode) -> bool:
    """Running text: hardly linked, and not headed as a list of others."""
    text = len(node.text(deep=True) or "")
    linked = sum(len(a.text(deep=True) or "") for a in node.css("a[href]")[:50])
    if not text or linked > 0.15 * text:
        return False
    first = next((line for line in node_lines(node)[:1]), "")
    return not ends_article(first)


def _weights_after(around: LexborNode, title: LexborNode) -> Iterator[int]:
    """Paragraph text in ``around`` that follows ``title``."""
    path = {title.mem_id, *(each.mem_id for each in ancestors(title))}
    passed = False
    for child in children(around):
        if child.mem_id in path:
            passed = True
            # An ancestor was measured when it was `around` itself.
        elif passed and not is_side_column(child):
            yield weigh(child)


def weigh(node: LexborNode, depth: int = 0) -> int:
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
        weigh(child, depth + 1)
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


def text_start(node: LexborNode, *, but: frozenset[int]) -> LexborNode:
    """Where in ``node`` its first paragraph begins; ``node`` itself if nowhere.

    A paragraph without an element of its own begins at the element before it. ``but``:
    ``mem_id``s of elements that are none, whatever their length.
    """
    for each in node.traverse():
        if each.mem_id in but or each.tag in _SKIPPED:
            continue
        for child in children(each):
            text = child.tag == "-text"
            if child.mem_id in but or not (text or _is_run(child)):
                continue
            if len((child.text(deep=True) or "").strip()) < _PARAGRAPH:
                continue
            begin = child.prev if text else child
            return begin if begin is not None and begin.tag != "-comment" else each
    return node


def densest(body: LexborNode, chrome: Chrome) -> LexborNode | None:
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
