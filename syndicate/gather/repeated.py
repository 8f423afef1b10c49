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

from syndicate.gather.furniture import (
    ends_article,
    is_chrome,
    is_more,
    is_side_column,
)
from syndicate.gather.page import (
    ancestors,
    attribute,
    children,
    node_lines,
    node_text,
)

_MIN_WORDS = 4
_CLIMB = 7
_FULL = 2.5
"""What an item is worth that has more than a title."""
_LARGE = 4.0
"""What an item is worth that has a date, and a lead or a heading."""
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ROWS = frozenset({"li", "tr", "div", "article", "dd", "p", "section"})
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
    same for each spelling of it; "" for any other. Lists that are built like the best
    one (the sections of a front page) are read with it, and so is what stands in a
    list beside long titles: "Tin buồn" is news too.
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
    lists = {place: list(group.values()) for place, group in groups.items()}
    if not lists:
        return []
    place = max(lists, key=lambda each: _score(lists[each]))
    alike = [each for each in lists if each[1] == place[1]]
    chosen = [each for each in alike if each == place or _is_like(lists[each])]
    items = [item for each in chosen for item in _whole(lists[each], each[1])]
    alone = [group[0] for group in lists.values() if len(group) == 1]
    return _in_order(tree, items, [item for item in alone if _is_featured(item)])


def _is_featured(item: LexborNode) -> bool:
    """One article that is shown large above a list: with its date, and more."""
    return _worth(item) >= _LARGE and not _is_beside(item.parent)


def _is_like(items: list[LexborNode]) -> bool:
    """A further list of two or more items with dates, headings or leads."""
    outer = items[0].parent
    if len(items) < 2 or _is_beside(outer):
        return False
    return sum(map(_worth, items)) / len(items) >= _FULL


def _whole(items: list[LexborNode], build: str) -> Iterable[LexborNode]:
    """The items with their siblings of one build that have short titles."""
    outer = items[0].parent
    known = {item.mem_id for item in items}
    alone = len(items) < 2 and _worth(items[0]) < _FULL
    if outer is None or alone or _is_beside(outer):
        return items
    return [
        child
        for child in children(outer)
        if child.mem_id in known or (child.tag in _ROWS and build in _builds(child))
    ]


def _in_order(
    tree: LexborHTMLParser, items: list[LexborNode], above: list[LexborNode]
) -> list[LexborNode]:
    """As they stand in the document; of ``above`` only what comes before the items."""
    known = {item.mem_id: item for item in items}
    featured = {item.mem_id: item for item in above if item.mem_id not in known}
    found: list[LexborNode] = []
    begun = False
    for node in tree.body.traverse() if tree.body is not None else ():
        begun = begun or node.mem_id in known
        if node.mem_id in known or (not begun and node.mem_id in featured):
            found.append(node)
    return found


def _is_candidate(anchor: LexborNode, address_of: Callable[[str], str]) -> bool:
    title = node_text(anchor) or attribute(anchor, "title")
    words = len(title.split())
    if words < _MIN_WORDS and not _heads(anchor, words) and not is_more(title):
        return False
    return bool(address_of(attribute(anchor, "href")))


def _heads(anchor: LexborNode, words: int) -> bool:
    """A short title is one in a heading ("Market reopens"), or with its date."""
    around = [each for each, _ in zip(ancestors(anchor), range(2), strict=False)]
    tags = {each.tag for each in (*around[:1], *children(anchor))}
    if words < 2:
        return False
    row = next((each for each in around if each.tag in _ROWS), None)
    text = row.text(deep=True) or "" if row is not None else ""
    return bool(tags & _HEADINGS) or (len(text) <= 150 and bool(_DATE.search(text)))


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
        address = address_of(attribute(anchor, "href"))
        for node in (anchor, *_near(anchor)):
            held[node.mem_id].add(address)
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
    if _is_beside(outer):
        total *= 0.1
    # Links that only lead on have no titles of their own.
    if all(is_more(node_text(item)) for item in items):
        total *= 0.01
    # One item is hardly a list, unless it says much.
    return total if len(items) > 1 else total * 0.6


def _is_beside(outer: LexborNode | None) -> bool:
    """Menus, side columns, and lists under a heading like "Đọc nhiều"."""
    if outer is None:
        return False
    around = [each for each in (outer, *ancestors(outer)) if each.tag != "html"]
    if any(is_chrome(node) for node in around):
        return True
    if any(is_side_column(node) for node in around):
        return True
    before = outer.prev
    while before is not None and before.tag in {"-text", "-comment"}:
        before = before.prev
    return before is not None and ends_article(node_text(before))


def _worth(item: LexborNode) -> float:
    text = " ".join(node_lines(item))
    link = item if item.tag == "a" else item.css_first("a[href]")
    title = node_text(link) if link is not None else ""
    worth = 1.0 + min(len(title.split()), 16) / 16
    # A date inside a title is what the article is about, not when it came.
    beside = text.replace(title, " ")
    if _DATE.search(beside) or _LONG_DATE.search(beside):
        worth += 2.0
    if len(text) - len(title) > 60:
        worth += 1.0
    if item.css_first("h1, h2, h3, h4, h5") is not None:
        worth += 0.5
    if item.css_first("img") is not None:
        worth += 0.25
    return worth
