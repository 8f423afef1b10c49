"""What a listing page looks like to whoever compares its lists.

Which links may be titles, what each element near them holds, how far a pager is, and
what an item is worth: found once for each page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from syndicate.gather.furniture import ends_article, is_chrome, is_side_column
from syndicate.gather.itemworth import (
    builds_of,
    heading_of,
    heads_newest,
    is_candidate,
    without_sections,
    worth_of,
)
from syndicate.gather.page import ancestors, attribute, node_text
from syndicate.gather.pager import pager_links

FULL = 2.5
"""What an item is worth that has more than a title."""
_CLIMB = 8
_MAX_ANCHORS = 1_000

Place = tuple[int, str]
AddressOf = Callable[[str], str]


@dataclass(slots=True)
class ListPage:
    """What is known of one page while its lists are compared."""

    address_of: AddressOf
    held: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Which addresses each element near a candidate holds."""
    led: dict[int, str] = field(default_factory=dict)
    """Where each candidate leads."""
    lists: dict[Place, dict[int, LexborNode]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    steps: dict[int, int] = field(default_factory=dict)
    """How far up from a pager an element stands."""
    nearest: int = 0
    """The fewest steps from a list worth the name up to what holds a pager too."""
    worths: dict[int, float] = field(default_factory=dict)
    beside: dict[int, bool] = field(default_factory=dict)

    def worth(self, item: LexborNode) -> float:
        """What one item is worth; see ``worth_of``."""
        known = self.worths.get(item.mem_id)
        if known is None:
            known = self.worths[item.mem_id] = worth_of(item)
        return known

    def is_aside(self, node: LexborNode) -> bool:
        """Say whether an element is there for the site, or a narrow column."""
        if node.tag in {"body", "html"}:
            return False
        known = self.beside.get(node.mem_id)
        if known is None:
            known = is_chrome(node) or is_side_column(node)
            self.beside[node.mem_id] = known
        return known

    def is_beside(self, item: LexborNode) -> bool:
        """Menus, side columns, and lists under a heading like "Đọc nhiều"."""
        outer = item.parent
        if outer is None:
            return False
        if any(self.is_aside(each) for each in (outer, *ancestors(outer))):
            return True
        heading = heading_of(item, outer)
        said = node_text(heading) if heading is not None else ""
        # Portals head their news with "Tin mới": what has dates or leads is it.
        newest = heads_newest(said) and self.worth(item) >= FULL
        return ends_article(said) and not newest

    def is_of_one(self, item: LexborNode) -> bool:
        """Say whether all titles in an item lead to one place.

        ``held`` does not know it of elements far above the links.
        """
        links = [item] if item.tag == "a" else item.css("a[href]")
        led = {self.led.get(a.mem_id, "") for a in links}
        return len(led - {""}) <= 1

    def address(self, item: LexborNode) -> str:
        """Where an item leads; "" if to several places, or none."""
        found = self.held.get(item.mem_id, set())
        return next(iter(found)) if len(found) == 1 else ""


def look_at(tree: LexborHTMLParser, address_of: AddressOf) -> ListPage:
    """Find the candidates, and everything that may be a list of them."""
    page = ListPage(address_of)
    candidates = (
        (a, address)
        for a in tree.css("a[href]")
        if (address := address_of(attribute(a, "href"))) and is_candidate(a)
    )
    anchors = without_sections(list(islice(candidates, _MAX_ANCHORS)))
    page.led = {anchor.mem_id: address for anchor, address in anchors}
    for anchor, address in anchors:
        for node in (anchor, *_near(anchor)):
            page.held[node.mem_id].add(address)
    for anchor, _ in anchors:
        for node in (anchor, *_near(anchor)):
            parent = node.parent
            if parent is None or len(page.held[node.mem_id]) > 1:
                break
            for build in builds_of(node):
                page.lists[parent.mem_id, build][node.mem_id] = node
    for link in pager_links(tree):
        for step, node in enumerate(ancestors(link)):
            page.steps[node.mem_id] = min(step, page.steps.get(node.mem_id, step))
    return page


def _near(anchor: LexborNode) -> Iterator[LexborNode]:
    for steps, node in enumerate(ancestors(anchor)):
        if steps >= _CLIMB or node.tag in {"body", "html"}:
            return
        yield node
