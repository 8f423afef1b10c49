"""The repeated block of a listing page: found, when no selector names it.

Every link with a title's length is a candidate. Going up from it, an element whose
siblings are built alike and hold candidates too is an item of a list. Of all lists
the one with the most titles, dates and leads is the news; menus and "other news"
have short titles, no dates, and names that give them away.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.gather.furniture import is_chrome
from syndicate.gather.page import ancestors, attribute, node_lines, node_text

_MIN_WORDS = 4
_CLIMB = 7
_MAX_ANCHORS = 1_000
_DATE = re.compile(r"\b\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}\b|\b\d{4}-\d\d-\d\d\b")
_LONG_DATE = re.compile(r"tháng\s+\d{1,2}\D{1,12}\d{4}", re.IGNORECASE)
_VARYING = re.compile(
    r"\d+|^(?:odd|even|first|last|active|alt|current|clearfix)$|(?:odd|even|first|last)"
)

Place = tuple[int, str]


def repeated_items(
    tree: LexborHTMLParser, *, address_of: Callable[[str], str]
) -> list[LexborNode]:
    """The items of the page's best list, in document order; [] if there is none.

    ``address_of`` gives the address of an ``href`` that may lead to an article, the
    same for each spelling of it; "" for any other.
    """
    groups: dict[Place, dict[int, LexborNode]] = defaultdict(dict)
    candidates = (a for a in tree.css("a[href]") if _is_candidate(a, address_of))
    anchors = list(islice(candidates, _MAX_ANCHORS))
    held = _holding(anchors, address_of)
    for anchor in anchors:
        for node in (anchor, *_near(anchor)):
            parent = node.parent
            if parent is None or len(held[node.mem_id]) > 1:
                break
            for build in _builds(node):
                groups[parent.mem_id, build][node.mem_id] = node
    lists = [list(group.values()) for group in groups.values()]
    return max(lists, key=_score, default=[])


def _is_candidate(anchor: LexborNode, address_of: Callable[[str], str]) -> bool:
    title = node_text(anchor) or attribute(anchor, "title")
    if len(title.split()) < _MIN_WORDS:
        return False
    return bool(address_of(attribute(anchor, "href")))


def _near(anchor: LexborNode) -> Iterable[LexborNode]:
    for steps, node in enumerate(ancestors(anchor)):
        if steps >= _CLIMB or node.tag in {"body", "html"}:
            return
        yield node


def _holding(
    anchors: list[LexborNode], address_of: Callable[[str], str]
) -> dict[int, set[str]]:
    """Which addresses each element near a candidate holds."""
    held: dict[int, set[str]] = defaultdict(set)
    for anchor in anchors:
        for node in (anchor, *_near(anchor)):
            held[node.mem_id].add(address_of(attribute(anchor, "href")))
    return held


def _builds(node: LexborNode) -> set[str]:
    """What an element is built like: its tag, and its classes without counters.

    Both with all of its classes and with the first: blogs write an item's topics and
    its number among them.
    """
    tag = node.tag or ""
    if tag in {"li", "tr", "td", "dd", "dt", "p", "a", "article"}:
        return {tag}
    names = attribute(node, "class").split()
    kept = [name for name in names if not _VARYING.search(name)]
    return {".".join([tag, *sorted(kept)]), ".".join([tag, *kept[:1]])}


def _score(items: list[LexborNode]) -> float:
    worths = [_worth(item) for item in items]
    # A short list of full items is news; a long list of bare titles is a menu.
    total = sum(worths) * (sum(worths) / len(worths)) ** 2
    outer = items[0].parent
    around = [outer, *ancestors(outer)] if outer is not None else []
    if any(is_chrome(node) for node in around):
        total *= 0.1
    # One item is hardly a list, unless it says much.
    return total if len(items) > 1 else total * 0.6


def _worth(item: LexborNode) -> float:
    text = " ".join(node_lines(item))
    link = item if item.tag == "a" else item.css_first("a[href]")
    title = node_text(link) if link is not None else ""
    worth = 1.0 + min(len(title.split()), 16) / 16
    # A date inside a title is what the article is about, not when it came.
    beside = text.replace(title, " ")
    if _DATE.search(beside) or _LONG_DATE.search(beside):
        worth += 2.0
    if len(text) - len(title) > 80:
        worth += 1.0
    if item.css_first("h1, h2, h3, h4, h5") is not None:
        worth += 0.5
    if item.css_first("img") is not None:
        worth += 0.25
    return worth
