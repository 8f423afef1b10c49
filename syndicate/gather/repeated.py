"""The repeated block of a listing page: found, when no selector names it.

Every link with a title's length is a candidate. Going up from it, an element whose
siblings are built alike and hold candidates too is an item of a list. Of all lists
the one that says most of each article (titles, dates, leads), and that the pager
stands nearest to, is the news. Menus and "other news" have short titles, no dates,
names and narrow columns that give them away. What stands in the same column and
leads to the same kind of address is read with it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.gather.furniture import ends_article, is_more
from syndicate.gather.itemworth import (
    ROWS,
    builds_of,
    heads_older,
    is_telling,
    kind_of_address,
    line_before,
)
from syndicate.gather.listpage import FULL, AddressOf, ListPage, Place, look_at
from syndicate.gather.page import ancestors, children, node_text

_LARGE = 4.2
"""What an item is worth that has a date, and a lead or a heading."""
_FAIR = 3.0
_SLACK = 0.3
"""Of a list without dates, the article above it is worth about what the others are."""
_MANY = 5
_MAX_COUNTED = 30
"""Items of one list that count towards its score."""


def repeated_items(
    tree: LexborHTMLParser, *, address_of: AddressOf
) -> list[LexborNode]:
    """The items of the page's best list, in document order; [] if there is none.

    ``address_of`` gives the address of an ``href`` that may lead to an article, the
    same for each spelling of it; "" for any other. Lists that are built like the best
    one (the sections of a front page) are read with it, and so is what stands in a
    list beside long titles: "Tin buồn" is news too.
    """
    page = look_at(tree, address_of)
    lists = {place: list(group.values()) for place, group in page.lists.items()}
    if not lists:
        return []
    page.nearest = _nearest(lists.values(), page)
    best = max(lists, key=lambda each: _score(lists[each], page))
    if _is_menu(lists[best], page):
        return []
    alike = [
        place
        for place in lists
        if place == best or (place[1] == best[1] and _is_like(lists[place], page))
    ]
    if len(alike) == 1:
        alike += _sections(best, lists, page)
    items = [item for each in alike for item in _whole(lists[each], each[1], page)]
    return _with_column(tree, items, lists, page)


def _is_menu(items: list[LexborNode], page: ListPage) -> bool:
    """What is left on the page of an empty section: links of the site itself."""
    bare = all(page.worth(item) < FULL for item in items)
    telling = any(is_telling(page.address(item)) for item in items)
    return bare and not telling and page.is_beside(items[0])


def _is_like(items: list[LexborNode], page: ListPage) -> bool:
    """A further list of two or more items with dates, headings or leads."""
    if len(items) < 2 or page.is_beside(items[0]):
        return False
    return sum(map(page.worth, items)) / len(items) >= FULL


def _sections(
    best: Place, lists: dict[Place, list[LexborNode]], page: ListPage
) -> list[Place]:
    """Where each section of a page has one large article, these, if built alike."""
    if len(lists[best]) > 1 or "." not in best[1]:
        return []
    outer = lists[best][0].parent
    builds = builds_of(outer) if outer is not None else set()
    kind = kind_of_address(page.address(lists[best][0]))
    return [
        place
        for place, (item, *others) in lists.items()
        if place != best
        and place[1] == best[1]
        and not others
        and not page.is_beside(item)
        and kind_of_address(page.address(item)) == kind
        and item.parent is not None
        and builds & builds_of(item.parent)
    ]


def _whole(items: list[LexborNode], build: str, page: ListPage) -> Iterable[LexborNode]:
    """The items with their siblings of one build that have short titles."""
    outer = items[0].parent
    known = {item.mem_id for item in items}
    alone = len(items) < 2 and page.worth(items[0]) < FULL
    if outer is None or alone or page.is_beside(items[0]):
        return items
    return [
        child
        for child in children(outer)
        if child.mem_id in known
        or (
            child.tag in ROWS
            and child.mem_id not in page.steps
            and build in builds_of(child)
        )
    ]


def _score(items: list[LexborNode], page: ListPage) -> float:
    worths = [page.worth(item) for item in items]
    # A short list of full items is news; a long list of bare titles is a menu.
    mean = sum(worths) / len(worths)
    total: float = math.pow(min(len(items), _MAX_COUNTED), 0.7) * mean**3
    telling = sum(is_telling(page.address(item)) for item in items) / len(items)
    total *= 0.4 + 0.6 * telling
    if page.is_beside(items[0]):
        total *= 0.1
    # Links that only lead on have no titles of their own.
    if all(is_more(node_text(item)) for item in items):
        total *= 0.01
    total *= _near_pager(items[0], page)
    # One item is hardly a list, unless it says much.
    return total if len(items) > 1 else total * 0.4


def _near_pager(item: LexborNode, page: ListPage) -> float:
    """1 to 4: how few steps there are up to what holds a pager too."""
    steps = _steps(item, page)
    return 1.0 if steps is None else 1.0 + 3.0 / (1.0 + max(steps - page.nearest, 0))


def _steps(item: LexborNode, page: ListPage) -> int | None:
    for steps, node in enumerate(ancestors(item)):
        if node.tag in {"body", "html"}:
            return None
        if node.mem_id in page.steps:
            return steps
    return None


def _nearest(groups: Iterable[list[LexborNode]], page: ListPage) -> int:
    found = (
        _steps(group[0], page)
        for group in groups
        if len(group) > 1 and _is_like(group, page)
    )
    return min((each for each in found if each is not None), default=0)


def _with_column(
    tree: LexborHTMLParser,
    items: list[LexborNode],
    lists: dict[Place, list[LexborNode]],
    page: ListPage,
) -> list[LexborNode]:
    """The items, and what stands in their column and leads to such addresses.

    That is an article shown large above the list, or lists of another build between
    it and the top of its column. In the order of the document.
    """
    items = _of_a_kind(items, page)
    known = {item.mem_id: item for item in items}
    kinds = {kind_of_address(page.address(item)) for item in items} - {("",)}
    taken = {page.address(item) for item in items}
    region = _region(items)
    mean = sum(map(page.worth, items)) / len(items)
    large = min(_LARGE, max(mean - _SLACK, _FAIR))
    above: set[int] = set()
    inside: set[int] = set()
    for group in lists.values():
        if page.is_beside(group[0]):
            continue
        older = len(group) > 1 and _goes_on(group[0], page.address(group[0]), known)
        for item in group:
            address = page.address(item)
            if address in taken or kind_of_address(address) not in kinds:
                continue
            if not page.is_of_one(item):
                continue
            if page.worth(item) >= large:
                above.add(item.mem_id)
            if older or (
                region and any(each.mem_id == region for each in ancestors(item))
            ):
                inside.add(item.mem_id)
    found: list[LexborNode] = []
    begun = False
    for node in tree.body.traverse() if tree.body is not None else ():
        begun = begun or node.mem_id in known
        extra = node.mem_id in inside or (not begun and node.mem_id in above)
        if node.mem_id in known or extra:
            found.append(node)
    return found


def _goes_on(item: LexborNode, address: str, known: dict[int, LexborNode]) -> bool:
    """Bare links below the items, in what holds these too: the news before them."""
    outer = item.parent.mem_id if item.parent is not None else 0
    if not any(
        each.parent is not None and each.parent.mem_id == outer
        for each in known.values()
    ):
        return False
    if kind_of_address(address)[0] != "article":
        return False
    said = line_before(item)
    return not ends_article(said) or heads_older(said)


def _of_a_kind(items: list[LexborNode], page: ListPage) -> list[LexborNode]:
    """Without a lone "About us" among many articles, or a lone "Read more"."""
    titled = [item for item in items if _has_title(item)]
    if 2 * len(titled) > len(items):
        items = titled
    kinds = Counter(kind_of_address(page.address(item)) for item in items)
    usual, most = kinds.most_common(1)[0] if kinds else (("",), 0)
    if most < _MANY or usual[0] != "article":
        return items
    return [
        item
        for item in items
        if (kind := kind_of_address(page.address(item)))[0] != "other"
        or kinds[kind] > 1
    ]


def _has_title(item: LexborNode) -> bool:
    """Some link of an item says more than that it leads on."""
    links = [item] if item.tag == "a" else item.css("a[href]")[:8]
    return any(text and not is_more(text) for text in map(node_text, links)) or (
        item.css_first("h1, h2, h3, h4, h5, h6, a img") is not None
    )


def _region(items: list[LexborNode]) -> int:
    """What holds all sections of a page, if the items stand in sections; else 0."""
    paths = [[each.mem_id for each in ancestors(item)] for item in items]
    if len({path[0] for path in paths if path}) < 2:
        return 0
    shared = set(paths[0]).intersection(*paths[1:])
    outer = next((node for node in ancestors(items[0]) if node.mem_id in shared), None)
    if outer is None or outer.tag in {"body", "html"}:
        return 0
    return outer.mem_id
